"""How many different values there are."""

from app.core.phrases import say
from app.quality import keys
from app.quality.measures import Measure, whole
from app.quality.parameters import Parameters
from app.quality.ruletype import PLAIN, FieldCount, RuleType
from app.quality.spec import Dimension
from app.quality.subject import Subject


class DistinctCount(RuleType[Parameters]):
    name = "distinct_count"
    title = "Distinct values"
    description = "The exact number of different values; absent ones are none."
    dimension = Dimension.CONSISTENCY
    fields = FieldCount.ONE
    accepts = PLAIN
    parameters = Parameters

    def measure(self, subject: Subject[Parameters]) -> Measure:
        return Measure(
            metric_name="distinct_count",
            label=say("MEASURE_DISTINCT", "The number of different values in '{column}'", column=subject.column.name),
            aggregates=(keys.distinct(subject, subject.column),),
            value=lambda row: whole(row[0]),
        )
