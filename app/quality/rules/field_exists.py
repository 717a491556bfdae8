"""Whether a field is there."""

from collections.abc import Iterator

from app.core.phrases import say
from app.quality.conditions import Bound, Condition
from app.quality.measures import Measure, known
from app.quality.parameters import Parameters
from app.quality.ruletype import FieldCount, RuleType
from app.quality.spec import Dimension, Operator, RuleSpec
from app.quality.subject import Subject
from app.quality.table import Column, Table


class FieldExists(RuleType[Parameters]):
    name = "field_exists"
    title = "Field exists"
    description = "1 when the table has the field, otherwise 0."
    dimension = Dimension.CONFORMITY
    fields = FieldCount.ONE
    takes_filter = False
    default = Condition(Bound(Operator.EQUAL, 1))
    parameters = Parameters

    def measure(self, subject: Subject[Parameters]) -> Measure:
        (path,) = subject.spec.field_paths
        return known(
            "field_exists", say("MEASURE_FIELDS_CALLED", "The number of fields called '{path}'", path=path), len(subject.columns)
        )

    def _columns(self, spec: RuleSpec, table: Table) -> Iterator[Column]:
        """An absent field is a result here, not a mistake."""
        for path in spec.field_paths:
            column = table.column(path)
            if column is not None:
                yield column
