"""Texts of a certain length."""

from typing import Self

from pydantic import Field, model_validator

from app.core.phrases import say
from app.quality.conditions import at_most
from app.quality.measures import Looks, Measure, rows_that
from app.quality.parameters import RowParameters
from app.quality.ruletype import TEXTS, FieldCount, RuleType
from app.quality.spec import Dimension
from app.quality.subject import Subject


class LengthParameters(RowParameters):
    min: int | None = Field(default=None, ge=0, title="Least length", description="In characters. Absent: no lower end.")
    max: int | None = Field(default=None, ge=0, title="Greatest length", description="In characters. Absent: no upper end.")

    @model_validator(mode="after")
    def _ends(self) -> Self:
        if self.min is None and self.max is None:
            raise ValueError(say("LENGTH_NEEDS_END", "A length needs at least one end"))
        if self.min is not None and self.max is not None and self.min > self.max:
            raise ValueError(say("LENGTH_CROSSED", "The least length is above the greatest"))
        return self


class Length(RuleType[LengthParameters]):
    name = "length"
    title = "Length"
    description = "Rows whose text has fewer or more characters. Absent values pass; see 'nulls'."
    dimension = Dimension.CONFORMITY
    fields = FieldCount.ONE
    accepts = TEXTS
    default = at_most(0)
    parameters = LengthParameters

    def measure(self, subject: Subject[LengthParameters]) -> Measure:
        wanted, column = subject.parameters, subject.column
        parts = []
        if wanted.min is not None:
            parts.append(f"length({column.sql}) < {wanted.min}")
        if wanted.max is not None:
            parts.append(f"length({column.sql}) > {wanted.max}")
        label = say("VALUES_LENGTH", "values in '{column}' that are too short or too long", column=column.name)
        fails, none_fail = f"({' OR '.join(parts)})", self._none_fail(subject)
        return rows_that(subject, fails, name="invalid", label=label, none_fail=none_fail, looks=Looks.CLOSELY)

    def _none_fail(self, subject: Subject[LengthParameters]) -> bool:
        wanted, known = subject.parameters, subject.known()
        if known is None or known.lengths is None:
            return False
        least, greatest = known.lengths
        return (wanted.min is None or wanted.min <= least) and (wanted.max is None or greatest <= wanted.max)
