"""Values that are absent."""

from app.quality.conditions import at_most
from app.quality.measures import Measure, fraction, known, rows_that
from app.quality.parameters import RowParameters, Unit
from app.quality.ruletype import FieldCount, RuleType
from app.quality.spec import Dimension
from app.quality.subject import Subject


class Nulls(RuleType[RowParameters]):
    name = "nulls"
    title = "Absent values"
    description = "Rows in which the field has no value. An empty text is a value; see 'missing'."
    dimension = Dimension.COMPLETENESS
    fields = FieldCount.ONE
    default = at_most(0)
    parameters = RowParameters

    def measure(self, subject: Subject[RowParameters]) -> Measure:
        column, footer = subject.column, subject.footer
        label = f"absent values in '{column.name}'"
        count = footer.nulls.get(column.name) if footer is not None else None
        measure = rows_that(subject, f"{column.sql} IS NULL", name="null", label=label)
        if footer is None or count is None:
            return measure
        value = count if subject.parameters.unit is Unit.COUNT else fraction(count, footer.row_count)
        return known(measure.metric_name, measure.label, value, failed_rows=count, failing=measure.failing)
