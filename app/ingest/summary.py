"""Count, distinct estimate, ends and moments of every column of a table expression, in one pass over many columns."""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import duckdb

from app.ingest.columns import quoted
from app.ingest.job import Field, LogicalType
from app.ingest.median import STATEMENT_COLUMNS
from app.ingest.values import TEXT_CHARACTERS

SAFE_TO_SQUARE = 1e150

NUMBERS = (LogicalType.INTEGER, LogicalType.NUMBER)
TIMES = (LogicalType.DATE, LogicalType.TIMESTAMP)
_NESTED = (LogicalType.OBJECT, LogicalType.ARRAY)


@dataclass(frozen=True)
class Summary:
    """What one pass tells of a column. Numbers are epoch seconds for dates and times."""

    present: int
    distinct_estimate: int
    min: str | None
    max: str | None
    finite: int
    low: float | None
    high: float | None
    mean: float | None
    stddev: float | None
    min_length: int | None
    max_length: int | None


@dataclass(frozen=True)
class Column:
    """A field with its expressions in SQL."""

    field: Field

    @property
    def sql(self) -> str:
        return quoted(self.field.field_path)

    @property
    def is_float(self) -> bool:
        return self.field.native_type in ("FLOAT", "DOUBLE")

    @property
    def kind(self) -> str | None:
        """How the value becomes a number: 'float', 'exact', 'time'; None where it does not."""
        if self.field.logical_type in NUMBERS:
            return "float" if self.is_float else "exact"
        return "time" if self.field.logical_type in TIMES else None

    @property
    def moment(self) -> str:
        """A time in one of the two types that all functions of time know."""
        zoned = self.field.native_type.startswith(("TIMESTAMPTZ", "TIMESTAMP WITH"))
        return f"CAST({self.sql} AS {'TIMESTAMP WITH TIME ZONE' if zoned else 'TIMESTAMP'})"

    def is_finite_between(self, low: float | None, high: float | None) -> bool:
        """Whether ends taken over all values show that all of them are finite: not-a-number is the greatest, infinity is out."""
        if self.kind == "float":
            return all(end is None or abs(end) < SAFE_TO_SQUARE for end in (low, high))
        return all(end is None or math.isfinite(end) for end in (low, high))

    def number(self, *, all_finite: bool = False) -> str:
        """The value as DOUBLE, in epoch seconds for times; NULL where it is not finite."""
        value = self.moment if self.kind == "time" else self.sql
        number = f"epoch({value})" if self.kind == "time" else f"CAST({value} AS DOUBLE)"
        return number if all_finite or self.kind == "exact" else f"CASE WHEN isfinite({value}) THEN {number} END"


def summarise(connection: duckdb.DuckDBPyConnection, source: str, columns: list[Column]) -> list[Summary]:
    """First as if all values were finite, which takes half the time; then with care where the ends say otherwise."""
    found: dict[Column, Summary] = {}
    for some in statements(columns):
        try:
            quick = _summarised(connection, source, some, _plain_expressions)
        except duckdb.OutOfRangeException:
            continue
        found.update({column: one for column, one in quick.items() if column.is_finite_between(one.low, one.high)})
    for some in statements([column for column in columns if column not in found]):
        found.update(_summarised(connection, source, some, _careful_expressions))
    return [found[column] for column in columns]


def _summarised(
    connection: duckdb.DuckDBPyConnection, source: str, columns: list[Column], expressions_of: Callable[[Column], tuple[str, ...]]
) -> dict[Column, Summary]:
    expressions = [expression for column in columns for expression in expressions_of(column)]
    row = connection.execute(f"SELECT {', '.join(expressions)} FROM {source}").fetchall()[0]
    width = len(expressions) // len(columns)
    return {column: Summary(*row[at * width : (at + 1) * width]) for at, column in enumerate(columns)}


def statements(columns: list[Column]) -> Iterator[list[Column]]:
    """The columns of one statement after the other: planning time grows with the square of their number."""
    for start in range(0, len(columns), STATEMENT_COLUMNS):
        yield columns[start : start + STATEMENT_COLUMNS]


def _plain_expressions(column: Column) -> tuple[str, ...]:
    """In the order of Summary's fields, for values that are all finite."""
    value = column.sql
    if column.kind == "float":
        ends = f"min({value})", f"max({value})"
        return (
            f"count({value})",
            f"approx_count_distinct({value})",
            *(f"CAST({end} AS VARCHAR)" for end in ends),
            f"count({value})",
            *(f"CAST({end} AS DOUBLE)" for end in ends),
            f"avg(CAST({value} AS DOUBLE))",
            f"stddev_samp(CAST({value} AS DOUBLE))",
            "NULL",
            "NULL",
        )
    if column.kind == "time":
        careful = _careful_expressions(column)
        ends = f"min({value})", f"max({value})"
        moments = (column.moment.replace(value, end) for end in ends)
        finite = (
            f"count({value})",
            *(f"CASE WHEN isfinite({moment}) THEN epoch({moment}) ELSE 'inf'::DOUBLE END" for moment in moments),
        )
        return (*careful[:4], *finite, *careful[7:])
    return _careful_expressions(column)


def _careful_expressions(column: Column) -> tuple[str, ...]:
    """In the order of Summary's fields."""
    value, kind = column.sql, column.field.logical_type
    ordered = f"{value}) FILTER (WHERE NOT isnan({value})" if column.is_float else value
    bound = "NULL" if kind in _NESTED else f"left(CAST({{}}({ordered}) AS VARCHAR), {TEXT_CHARACTERS})"
    finite, moments = _finite_expressions(column), ("NULL", "NULL")
    if column.kind == "float":
        number = column.number()
        moments = (f"avg({number})", f"stddev_samp(CASE WHEN abs({value}) < {SAFE_TO_SQUARE} THEN {number} END)")
    elif column.kind == "exact":
        # An average of small integers is exact before it becomes a double; sums of larger ones may overflow.
        small = column.field.native_type.endswith("INT") and "HUGE" not in column.field.native_type
        moments = (f"avg({value if small else column.number()})", f"stddev_samp({column.number()})")
    lengths = (f"min(length({value}))", f"max(length({value}))") if kind == LogicalType.STRING else ("NULL", "NULL")
    return (
        f"count({value})",
        f"approx_count_distinct({value})",
        bound.format("min"),
        bound.format("max"),
        *finite,
        *moments,
        *lengths,
    )


def _finite_expressions(column: Column) -> tuple[str, str, str]:
    """Count, least and greatest of the finite values, as numbers. What is counted and ordered anyway is not done twice."""
    value = column.sql
    if column.kind == "exact":
        return f"count({value})", f"CAST(min({value}) AS DOUBLE)", f"CAST(max({value}) AS DOUBLE)"
    if column.kind == "time":
        ends = f"{value}) FILTER (WHERE isfinite({column.moment})"
        least, greatest = (column.moment.replace(value, f"{end}({ends})") for end in ("min", "max"))
        return f"count({ends})", f"epoch({least})", f"epoch({greatest})"
    if column.kind == "float":
        return f"count({column.number()})", f"min({column.number()})", f"max({column.number()})"
    return "0", "NULL", "NULL"
