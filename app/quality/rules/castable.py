"""Texts that can be read as another type."""

from enum import StrEnum

from pydantic import Field

from app.core.phrases import say
from app.quality import formats
from app.quality.conditions import at_most
from app.quality.formats import Format
from app.quality.measures import Looks, Measure, rows_that
from app.quality.parameters import RowParameters
from app.quality.ruletype import TEXTS, FieldCount, RuleType
from app.quality.spec import Dimension
from app.quality.subject import Subject


class Target(StrEnum):
    """The type that a text can be read as."""

    INTEGER = "INTEGER"
    NUMBER = "NUMBER"
    BOOLEAN = "BOOLEAN"
    DATE = "DATE"
    TIME = "TIME"
    TIMESTAMP = "TIMESTAMP"


class CastableParameters(RowParameters):
    type: Target = Field(
        title="Type",
        description="INTEGER: digits, up to 64 bits. NUMBER: with a decimal point or an exponent, finite. BOOLEAN: true or false."
        " DATE, TIME, TIMESTAMP: ISO 8601.",
    )


class Castable(RuleType[CastableParameters]):
    name = "castable"
    title = "Readable as a type"
    description = "Rows whose text cannot be read as the type, spaces around it left out. Absent values pass; see 'nulls'."
    dimension = Dimension.CONFORMITY
    fields = FieldCount.ONE
    accepts = TEXTS
    default = at_most(0)
    parameters = CastableParameters

    def measure(self, subject: Subject[CastableParameters]) -> Measure:
        target = subject.parameters.type
        label = say(
            "VALUES_NOT_READABLE",
            "values in '{column}' that cannot be read as {target}",
            column=subject.column.name,
            target=target,
        )
        return rows_that(
            subject, f"NOT ({_is(f'trim({subject.column.sql})', target)})", name="uncastable", label=label, looks=Looks.CLOSELY
        )


def _is(text: str, target: Target) -> str:
    """Condition. The form first: a cast alone would read 1.5 as the integer 2."""
    if target is Target.BOOLEAN:
        return f"(lower({text}) IN ('true', 'false'))"
    form = formats.has(text, Format(target.value))
    if target is Target.INTEGER:
        return f"CASE WHEN {form} THEN TRY_CAST({text} AS BIGINT) IS NOT NULL ELSE {form} END"
    if target is Target.NUMBER:
        return f"CASE WHEN {form} THEN coalesce(isfinite(TRY_CAST({text} AS DOUBLE)), false) ELSE {form} END"
    return form
