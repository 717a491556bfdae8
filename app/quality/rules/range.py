"""Numbers between two ends."""

from decimal import Decimal
from typing import Self

from pydantic import Field, StrictFloat, StrictInt, model_validator

from app.core.phrases import say
from app.quality.conditions import at_most
from app.quality.measures import Looks, Measure, rows_that
from app.quality.parameters import RowParameters
from app.quality.ruletype import NUMBERS, FieldCount, RuleType
from app.quality.spec import Dimension
from app.quality.subject import Subject


class RangeParameters(RowParameters):
    min: StrictInt | StrictFloat | None = Field(default=None, title="Least value", description="Absent: no lower end.")
    max: StrictInt | StrictFloat | None = Field(default=None, title="Greatest value", description="Absent: no upper end.")
    exclusive_min: bool = Field(default=False, title="Greater than", description="The least value itself is out of the range.")
    exclusive_max: bool = Field(default=False, title="Less than", description="The greatest value itself is out of the range.")

    @model_validator(mode="after")
    def _ends(self) -> Self:
        if self.min is None and self.max is None:
            raise ValueError(say("RANGE_NEEDS_END", "A range needs at least one end"))
        if self.min is not None and self.max is not None and self.min > self.max:
            raise ValueError(say("RANGE_CROSSED", "The least value is above the greatest"))
        return self


class Range(RuleType[RangeParameters]):
    name = "range"
    title = "Range"
    description = "Rows whose number is outside of the range, or is no number (NaN). Absent values pass; see 'nulls'."
    dimension = Dimension.CONFORMITY
    fields = FieldCount.ONE
    accepts = NUMBERS
    default = at_most(0)
    parameters = RangeParameters

    def measure(self, subject: Subject[RangeParameters]) -> Measure:
        wanted, column = subject.parameters, subject.column
        parts = []
        if wanted.min is not None:
            parts.append(f"{column.sql} {'<=' if wanted.exclusive_min else '<'} {subject.value(wanted.min, 'min')}")
        if wanted.max is not None:
            parts.append(f"{column.sql} {'>=' if wanted.exclusive_max else '>'} {subject.value(wanted.max, 'max')}")
        if column.is_float:
            parts.append(f"isnan({column.sql})")
        return rows_that(
            subject,
            f"({' OR '.join(parts)})",
            name="invalid",
            label=say("VALUES_OUT_OF_RANGE", "values in '{column}' that are out of range", column=column.name),
            none_fail=self._none_fail(subject),
            looks=Looks.AT_ENDS,
        )

    def _none_fail(self, subject: Subject[RangeParameters]) -> bool:
        """The footer's ends lie within: then every row does, whatever the filter."""
        wanted, footer = subject.parameters, subject.table.footer
        ends = footer.ends.get(subject.column.name) if footer is not None else None
        if ends is None:
            return False
        above = wanted.min is None or ends.low > Decimal(str(wanted.min)) or (ends.low == wanted.min and not wanted.exclusive_min)
        below = (
            wanted.max is None or ends.high < Decimal(str(wanted.max)) or (ends.high == wanted.max and not wanted.exclusive_max)
        )
        return above and below
