"""Fields that identify a row."""

from app.core.phrases import say
from app.quality import keys
from app.quality.conditions import at_most
from app.quality.measures import Failing, Measure, bad_rows, whole
from app.quality.parameters import RowParameters
from app.quality.ruletype import PLAIN, FieldCount, RuleType
from app.quality.spec import Dimension
from app.quality.subject import Subject


class PrimaryKey(RuleType[RowParameters]):
    name = "primary_key"
    title = "Primary key"
    description = "Rows in which a field of the key is absent, or whose key stands in a row above already."
    dimension = Dimension.UNIQUENESS
    fields = FieldCount.SOME
    accepts = PLAIN
    default = at_most(0)
    parameters = RowParameters

    def measure(self, subject: Subject[RowParameters]) -> Measure:
        columns = subject.columns
        label = say(
            "ROWS_NOT_IDENTIFIED",
            "rows that {columns} does not identify",
            columns=", ".join(repr(column.name) for column in columns),
        )
        absent = " OR ".join(f"{column.sql} IS NULL" for column in columns)
        there = f"NOT ({absent})"
        repeating = keys.repeating(subject, columns, there)
        failing = Failing(condition=f"({absent}) OR ({repeating.condition})", qualify=f"({absent}) OR ({repeating.qualify})")
        if len(columns) == 1:
            return bad_rows(
                subject,
                name="invalid",
                label=label,
                failing=failing,
                aggregates=(subject.count(), keys.distinct(subject, columns[0], all_expected=True)),
                bad=lambda row: whole(row[0]) - whole(row[1]),
                total=lambda row: whole(row[0]),
            )
        rows = f"(SELECT count(*) FROM {subject.relation})"
        return bad_rows(
            subject,
            name="invalid",
            label=label,
            failing=failing,
            statement=f"SELECT {rows}, (SELECT count(*) FROM (SELECT DISTINCT {', '.join(column.sql for column in columns)}"
            f" FROM {subject.table.source} WHERE {subject.seen(there)}))",
            bad=lambda row: whole(row[0]) - whole(row[1]),
            total=lambda row: whole(row[0]),
        )
