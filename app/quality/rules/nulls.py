"""Values that are absent."""

from app.core.phrases import say
from app.quality.conditions import at_most
from app.quality.measures import Failing, Measure, bad_rows, rows_that
from app.quality.parameters import RowParameters
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
        label, fails = say("VALUES_ABSENT", "absent values in '{column}'", column=column.name), f"{column.sql} IS NULL"
        count = footer.nulls.get(column.name) if footer is not None else None
        if footer is None or count is None:
            return rows_that(subject, fails, name="null", label=label)
        nulls, rows = count, footer.row_count
        return bad_rows(subject, name="null", label=label, failing=Failing(fails), bad=lambda row: nulls, total=lambda row: rows)
