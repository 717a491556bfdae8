"""A number that a user's SQL computes."""

from pydantic import Field

from app.core.phrases import say
from app.quality import binding, fence
from app.quality.measures import Measure, numeric
from app.quality.parameters import Parameters
from app.quality.ruletype import FieldCount, RuleType
from app.quality.spec import Dimension
from app.quality.subject import Subject


class SqlMetricParameters(Parameters):
    sql: str = Field(
        title="SQL",
        description=f"One SELECT on the table '{fence.TABLE}' that gives one number: SELECT avg(price) FROM {fence.TABLE}",
        min_length=1,
        max_length=fence.MAX_QUERY_CHARACTERS,
    )


class SqlMetric(RuleType[SqlMetricParameters]):
    name = "sql_metric"
    title = "Number by SQL"
    description = "The number that a SELECT gives."
    dimension = Dimension.ACCURACY
    fields = FieldCount.NONE
    takes_filter = False
    parameters = SqlMetricParameters

    def check(self, parameters: SqlMetricParameters) -> None:
        fence.query(parameters.sql, "parameters", "sql")

    def measure(self, subject: Subject[SqlMetricParameters]) -> Measure:
        sql = subject.parameters.sql
        binding.number(sql, subject.table, "parameters", "sql")
        return Measure(
            metric_name="sql_metric", label=say("MEASURE_SQL", "The number"), user_query=sql, value=lambda row: numeric(row[0])
        )
