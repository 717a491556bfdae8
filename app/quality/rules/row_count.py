"""How many rows there are."""

from app.core.phrases import say
from app.quality.measures import Measure, known, whole
from app.quality.parameters import Parameters
from app.quality.ruletype import FieldCount, RuleType
from app.quality.spec import Dimension
from app.quality.subject import Subject


class RowCount(RuleType[Parameters]):
    name = "row_count"
    title = "Row count"
    description = "The number of rows, of those that the filter keeps where there is one."
    dimension = Dimension.COVERAGE
    fields = FieldCount.NONE
    parameters = Parameters

    def measure(self, subject: Subject[Parameters]) -> Measure:
        label = say("MEASURE_ROWS", "The number of rows")
        if subject.footer is not None:
            return known("row_count", label, subject.footer.row_count)
        return Measure(metric_name="row_count", label=label, aggregates=(subject.count(),), value=lambda row: whole(row[0]))
