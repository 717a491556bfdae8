"""How many fields there are."""

from app.core.phrases import say
from app.quality.measures import Measure, known
from app.quality.parameters import Parameters
from app.quality.ruletype import FieldCount, RuleType
from app.quality.spec import Dimension
from app.quality.subject import Subject


class FieldCountRule(RuleType[Parameters]):
    name = "field_count"
    title = "Field count"
    description = "The number of fields of the table."
    dimension = Dimension.CONFORMITY
    fields = FieldCount.NONE
    takes_filter = False
    parameters = Parameters

    def measure(self, subject: Subject[Parameters]) -> Measure:
        return known("field_count", say("MEASURE_FIELDS", "The number of fields"), len(subject.table.columns))
