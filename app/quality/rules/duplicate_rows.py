"""Rows that occur once."""

from app.core.phrases import say
from app.quality import keys
from app.quality.conditions import at_most
from app.quality.measures import Measure, bad_rows, whole
from app.quality.parameters import RowParameters
from app.quality.ruletype import FieldCount, RuleType
from app.quality.spec import Dimension
from app.quality.subject import Subject


class DuplicateRows(RuleType[RowParameters]):
    name = "duplicate_rows"
    title = "Duplicate rows"
    description = (
        "Rows that repeat an earlier one in the named fields, in all when none is named. Absent values equal each other."
    )
    dimension = Dimension.UNIQUENESS
    fields = FieldCount.ANY
    default = at_most(0)
    parameters = RowParameters

    def measure(self, subject: Subject[RowParameters]) -> Measure:
        columns = subject.columns or subject.table.columns
        names = ", ".join(repr(column.name) for column in subject.columns)
        return bad_rows(
            subject,
            name="duplicate",
            label=say("ROWS_REPEATED_IN", "rows that repeat an earlier one in {names}", names=names)
            if names
            else say("ROWS_REPEATED", "rows that repeat an earlier one"),
            failing=keys.repeating(subject, columns),
            statement=keys.distinct_rows(subject, columns),
            bad=lambda row: whole(row[0]) - whole(row[1]),
            total=lambda row: whole(row[0]),
        )
