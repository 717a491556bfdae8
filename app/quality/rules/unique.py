"""Values that occur once."""

from app.core.phrases import say
from app.quality import keys
from app.quality.conditions import at_most
from app.quality.measures import Measure, bad_rows, whole
from app.quality.parameters import RowParameters
from app.quality.ruletype import PLAIN, FieldCount, RuleType
from app.quality.spec import Dimension
from app.quality.subject import Subject


class Unique(RuleType[RowParameters]):
    name = "unique"
    title = "Unique values"
    description = "Rows whose value stands in a row above already. Absent values do not repeat each other."
    dimension = Dimension.UNIQUENESS
    fields = FieldCount.ONE
    accepts = PLAIN
    default = at_most(0)
    parameters = RowParameters

    def measure(self, subject: Subject[RowParameters]) -> Measure:
        column = subject.column
        there = f"{column.sql} IS NOT NULL"
        return bad_rows(
            subject,
            name="duplicate",
            label=say("ROWS_REPEATING_VALUE", "rows that repeat a value of '{column}'", column=column.name),
            failing=keys.repeating(subject, subject.columns, there),
            aggregates=(keys.present(subject, column), keys.distinct(subject, column, all_expected=True), subject.count()),
            bad=lambda row: whole(row[0]) - whole(row[1]),
            total=lambda row: whole(row[2]),
        )
