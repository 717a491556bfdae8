"""How the number of rows differs from an earlier version."""

from pydantic import Field

from app.core.phrases import say
from app.quality.measures import Measure, known
from app.quality.parameters import Parameters, Unit
from app.quality.problems import NothingToCompare
from app.quality.ruletype import FieldCount, Needs, RuleType
from app.quality.spec import PREVIOUS, Dimension
from app.quality.subject import Subject


class RowCountChangeParameters(Parameters):
    unit: Unit = Field(
        default=Unit.FRACTION, title="Unit", description="FRACTION: of the earlier number, -0.5 is half as many. COUNT: rows."
    )


class RowCountChange(RuleType[RowCountChangeParameters]):
    name = "row_count_change"
    title = "Change of row count"
    description = "Rows that came or, below zero, went since the previous version."
    dimension = Dimension.COVERAGE
    fields = FieldCount.NONE
    takes_filter = False
    parameters = RowCountChangeParameters

    def needs(self, parameters: RowCountChangeParameters) -> Needs:
        return Needs(profiles=frozenset({PREVIOUS}))

    def measure(self, subject: Subject[RowCountChangeParameters]) -> Measure:
        previous = subject.history.versions.get(PREVIOUS)
        if previous is None or previous.row_count is None:
            raise NothingToCompare(say("NO_EARLIER_ROWS", "There is no earlier version to compare the number of rows with."))
        rows = subject.table.footer.row_count if subject.table.footer is not None else 0
        change = rows - previous.row_count
        note = say(
            "ROWS_NOW_AND_BEFORE", "There are {rows:,} rows now; there were {before:,}.", rows=rows, before=previous.row_count
        )
        if subject.parameters.unit is Unit.COUNT:
            return known("row_count_change", say("MEASURE_ROWS_CHANGE", "The change of the number of rows"), change, note=note)
        if previous.row_count == 0:
            raise NothingToCompare(
                say("EARLIER_WITHOUT_ROWS", "The earlier version had no rows, so that there is no fraction of them.")
            )
        return known(
            "row_count_change_fraction",
            say("MEASURE_ROWS_RELATIVE", "The relative change of the number of rows"),
            change / previous.row_count,
            note=note,
        )
