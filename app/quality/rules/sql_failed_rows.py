"""Rows that a user's SQL finds wrong."""

from pydantic import Field

from app.core.phrases import say
from app.quality import binding, fence
from app.quality.conditions import at_most
from app.quality.measures import Failing, Measure, whole
from app.quality.parameters import Parameters
from app.quality.ruletype import FieldCount, RuleType
from app.quality.spec import Dimension
from app.quality.subject import Subject


class SqlFailedRowsParameters(Parameters):
    sql: str = Field(
        title="SQL",
        description=f"One SELECT on the table '{fence.TABLE}' that gives the bad rows: SELECT * FROM {fence.TABLE} WHERE price < cost",
        min_length=1,
        max_length=fence.MAX_QUERY_CHARACTERS,
    )


class SqlFailedRows(RuleType[SqlFailedRowsParameters]):
    name = "sql_failed_rows"
    title = "Rows by SQL"
    description = "The number of rows that a SELECT gives."
    dimension = Dimension.ACCURACY
    fields = FieldCount.NONE
    takes_filter = False
    default = at_most(0)
    parameters = SqlFailedRowsParameters

    def check(self, parameters: SqlFailedRowsParameters) -> None:
        fence.query(parameters.sql, "parameters", "sql")

    def measure(self, subject: Subject[SqlFailedRowsParameters]) -> Measure:
        sql = subject.parameters.sql
        binding.rows(sql, subject.table, "parameters", "sql")
        return Measure(
            metric_name="invalid_count",
            label=say("MEASURE_SQL_ROWS", "The number of rows that the SQL finds"),
            user_query=sql,
            value=lambda row: whole(row[0]),
            failed_rows=lambda row: whole(row[0]),
            failing=Failing(),
        )
