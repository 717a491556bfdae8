"""Which type a column of JSON values has, decided over all of its values, and the SQL that makes it so."""

from dataclasses import dataclass
from enum import IntFlag, auto

from app.ingest.job import LogicalType
from app.ingest.text import shapes


class Kind(IntFlag):
    """Kinds of JSON values; each value of a column adds its own."""

    BOOLEAN = auto()
    INT = auto()
    WIDE_INT = auto()  # beyond 2**53, where a double skips integers
    BIG_INT = auto()  # beyond 64 bits, up to 38 digits
    DOUBLE = auto()
    HUGE = auto()  # no number type holds it
    DATE = auto()  # text from here to TEXT
    TIMESTAMP = auto()
    TIMESTAMP_ZONE = auto()
    TIME = auto()
    TEXT = auto()
    OBJECT = auto()
    ARRAY = auto()


@dataclass(frozen=True)
class JsonColumn:
    """What a column becomes."""

    logical: LogicalType
    native: str = "VARCHAR"
    mixed: bool = False
    """Values of different kinds, kept as the text they have in JSON."""


_INTEGERS = Kind.INT | Kind.WIDE_INT
_SINGLE = {
    Kind.BOOLEAN: JsonColumn(LogicalType.BOOLEAN, "BOOLEAN"),
    Kind.DATE: JsonColumn(LogicalType.DATE, "DATE"),
    Kind.TIMESTAMP: JsonColumn(LogicalType.TIMESTAMP, "TIMESTAMP"),
    Kind.TIMESTAMP_ZONE: JsonColumn(LogicalType.TIMESTAMP, "TIMESTAMP WITH TIME ZONE"),
    Kind.TIME: JsonColumn(LogicalType.TIME, "TIME"),
    Kind.OBJECT: JsonColumn(LogicalType.OBJECT),
    Kind.ARRAY: JsonColumn(LogicalType.ARRAY),
}
_TEXTS = Kind.DATE | Kind.TIMESTAMP | Kind.TIMESTAMP_ZONE | Kind.TIME | Kind.TEXT


def decide(mask: int) -> JsonColumn:
    """The type that holds every value of a column without loss, from the OR of their kinds."""
    kinds = Kind(mask)
    if kinds in _SINGLE:
        return _SINGLE[kinds]
    if not kinds & ~_TEXTS:
        return JsonColumn(LogicalType.STRING)
    if not kinds & ~_INTEGERS:
        return JsonColumn(LogicalType.INTEGER, "BIGINT")
    if not kinds & ~(_INTEGERS | Kind.BIG_INT):
        return JsonColumn(LogicalType.INTEGER, "DECIMAL(38,0)")
    if not kinds & ~(Kind.INT | Kind.DOUBLE):
        return JsonColumn(LogicalType.NUMBER, "DOUBLE")
    return JsonColumn(LogicalType.STRING, mixed=True)


def kind_sql(value: str) -> str:
    """SQL for the kind (UBIGINT) of a JSON value given as text; 0 where it is NULL or null."""
    text = f"({value}::JSON ->> '$')"
    whole = shapes.matches(value, "-?[0-9]+")
    return (
        f"(CASE WHEN {value} IS NULL OR {value} = 'null' THEN 0"
        f" WHEN {value} IN ('true', 'false') THEN {int(Kind.BOOLEAN)}"
        f" WHEN starts_with({value}, '{{') THEN {int(Kind.OBJECT)}"
        f" WHEN starts_with({value}, '[') THEN {int(Kind.ARRAY)}"
        f" WHEN starts_with({value}, '\"') THEN {_text_kind_sql(text, value)}"
        f" WHEN TRY_CAST({value} AS BIGINT) IS NOT NULL AND {whole} THEN"
        f" CASE WHEN TRY_CAST({value} AS BIGINT) BETWEEN -{2**53} AND {2**53} THEN {int(Kind.INT)} ELSE {int(Kind.WIDE_INT)} END"
        f" WHEN {whole} THEN CASE WHEN length(ltrim({value}, '-')) <= 38 THEN {int(Kind.BIG_INT)} ELSE {int(Kind.HUGE)} END"
        f" WHEN isfinite(TRY_CAST({value} AS DOUBLE)) THEN {int(Kind.DOUBLE)}"
        f" ELSE {int(Kind.HUGE)} END)::UBIGINT"
    )


def _text_kind_sql(text: str, value: str) -> str:
    return (
        f"CASE WHEN length({value}) > 42 OR NOT {shapes.matches(value, '.[0-9].*')} THEN {int(Kind.TEXT)}"
        f" WHEN length({text}) = 10 AND TRY_CAST({text} AS DATE)::VARCHAR = {text} THEN {int(Kind.DATE)}"
        f" WHEN {shapes.matches(text, shapes.ISO_TIMESTAMP)} AND TRY_CAST({text} AS TIMESTAMP) IS NOT NULL"
        f" THEN {int(Kind.TIMESTAMP)}"
        f" WHEN {shapes.matches(text, shapes.ISO_TIMESTAMP + shapes.ISO_ZONE)} AND TRY_CAST({text} AS TIMESTAMPTZ) IS NOT NULL"
        f" THEN {int(Kind.TIMESTAMP_ZONE)}"
        f" WHEN {shapes.matches(text, shapes.TIME)} AND TRY_CAST({text} AS TIME) IS NOT NULL THEN {int(Kind.TIME)}"
        f" ELSE {int(Kind.TEXT)} END"
    )


def text_sql(value: str) -> str:
    """SQL for a JSON value as text: strings bare, all else as in JSON, null absent."""
    return f"({value}::JSON ->> '$')"


def value_sql(value: str, column: JsonColumn) -> str:
    """SQL for a JSON value in its column's type."""
    if column.logical in (LogicalType.OBJECT, LogicalType.ARRAY):
        return f"nullif({value}, 'null')"
    if column.native == "VARCHAR":
        return text_sql(value)
    return f"CAST({text_sql(value)} AS {column.native})"
