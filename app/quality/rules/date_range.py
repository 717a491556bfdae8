"""Dates and times between two ends."""

from datetime import UTC, datetime
from typing import Self

from pydantic import Field, model_validator

from app.core.phrases import say
from app.ingest.job import LogicalType
from app.quality.conditions import at_most
from app.quality.measures import Looks, Measure, rows_that
from app.quality.parameters import RowParameters
from app.quality.ruletype import TIMES, FieldCount, RuleType
from app.quality.spec import Dimension
from app.quality.subject import Subject

NOW = "NOW"


class DateRangeParameters(RowParameters):
    min: str | None = Field(
        default=None,
        title="Earliest",
        description="ISO 8601, or NOW: the moment of the check. Absent: no lower end.",
        max_length=64,
    )
    max: str | None = Field(
        default=None,
        title="Latest",
        description="ISO 8601, or NOW: the moment of the check. Absent: no upper end.",
        max_length=64,
    )

    @model_validator(mode="after")
    def _ends(self) -> Self:
        if self.min is None and self.max is None:
            raise ValueError(say("RANGE_NEEDS_END", "A range needs at least one end"))
        return self


class DateRange(RuleType[DateRangeParameters]):
    name = "date_range"
    title = "Range of dates"
    description = "Rows whose date or time is before the earliest or after the latest. Absent values pass; see 'nulls'."
    dimension = Dimension.CONFORMITY
    fields = FieldCount.ONE
    accepts = TIMES
    default = at_most(0)
    parameters = DateRangeParameters

    def measure(self, subject: Subject[DateRangeParameters]) -> Measure:
        wanted, column = subject.parameters, subject.column
        parts = []
        if wanted.min is not None:
            parts.append(f"{column.sql} < {self._end(subject, wanted.min, 'min')}")
        if wanted.max is not None:
            parts.append(f"{column.sql} > {self._end(subject, wanted.max, 'max')}")
        label = say("VALUES_OUT_OF_RANGE", "values in '{column}' that are out of range", column=column.name)
        return rows_that(subject, f"({' OR '.join(parts)})", name="invalid", label=label, looks=Looks.AT_ENDS)

    def _end(self, subject: Subject[DateRangeParameters], given: str, name: str) -> str:
        if given != NOW:
            return subject.value(given, name)
        now = subject.history.now.astimezone(UTC)
        moment = now if subject.column.is_zoned else datetime.combine(now.date(), now.time())
        text = now.date().isoformat() if subject.column.logical is LogicalType.DATE else moment.isoformat()
        return subject.value(text, name)
