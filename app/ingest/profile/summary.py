"""Count, distinct estimate, ends and mean of every column of a table expression, in one pass over many columns."""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import duckdb

from app.ingest.columns import quoted
from app.ingest.job import Field, LogicalType
from app.ingest.profile.relation import Relation
from app.ingest.profile.sample import Sampler
from app.ingest.values import TEXT_CHARACTERS

SAFE_TO_SQUARE = 1e150
STATEMENT_COLUMNS = 25
MOST_BITS = 1 << 27
"""Of one statement, 16 MiB for each of its threads."""
BITS_A_ROW = 64
"""More of them cost more to clear than an estimate."""

NUMBERS = (LogicalType.INTEGER, LogicalType.NUMBER)
TIMES = (LogicalType.DATE, LogicalType.TIMESTAMP)
_NESTED = (LogicalType.OBJECT, LogicalType.ARRAY)


@dataclass(frozen=True)
class Summary:
    """What one pass tells of a column. Numbers are epoch seconds for dates and times."""

    min: str | None
    max: str | None
    low: float | None
    high: float | None
    present: int
    distinct_estimate: int
    finite: int
    mean: float | None
    min_length: int | None
    max_length: int | None
    distinct_is_exact: bool = False
    """Whether `distinct_estimate` is none."""


NOTHING = Summary(
    min=None, max=None, low=None, high=None, present=0, distinct_estimate=0, finite=0, mean=None, min_length=None, max_length=None
)
"""Of a column without a row."""


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
    def is_small(self) -> bool:
        """Of integers of at most 64 bits."""
        return self.field.native_type.endswith("INT") and "HUGE" not in self.field.native_type

    @property
    def is_text(self) -> bool:
        return self.field.logical_type is LogicalType.STRING

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

    def is_finite(self, summary: Summary) -> bool:
        """Whether a summary taken over all values shows that all of them are finite: not-a-number is the greatest, and the
        mean knows it too where a footer forgot it."""
        ends = [end for end in (summary.low, summary.high) if end is not None]
        if self.kind == "float":
            return all(abs(end) < SAFE_TO_SQUARE for end in ends) and math.isfinite(summary.mean or 0.0)
        return all(math.isfinite(end) for end in ends)

    def number(self, *, all_finite: bool = False) -> str:
        """The value as DOUBLE, in epoch seconds for times; NULL where it is not finite."""
        value = self.moment if self.kind == "time" else self.sql
        number = f"epoch({value})" if self.kind == "time" else f"CAST({value} AS DOUBLE)"
        return number if all_finite or self.kind == "exact" else f"CASE WHEN isfinite({value}) THEN {number} END"


def summarise(
    connection: duckdb.DuckDBPyConnection, source: str, columns: list[Column], sampler: Sampler | None = None
) -> list[Summary]:
    """First as if all values were finite, which takes half the time; then with care where the ends say otherwise.

    Args:
        sampler: takes its sample on the way.
    """
    found: dict[Column, Summary] = {}
    for some in statements(columns):
        try:
            quick = _quickly(connection, source, some, sampler)
        except duckdb.OutOfRangeException:
            continue
        found.update({column: one for column, one in quick.items() if column.is_finite(one)})
    for some in statements([column for column in columns if column not in found]):
        ends, counted = (_row(connection, source, some, expressions) for expressions in (_careful_ends, _careful_counts))
        found.update(_summaries(ends, counted))
    return [found[column] for column in columns]


def by_column(connection: duckdb.DuckDBPyConnection, source: str, value: Column, owner: str) -> dict[int, Summary]:
    """The summaries of columns whose cells are one column of `source`, by the number of each in `owner`."""
    expressions = ", ".join((*_careful_ends(value), *_careful_counts(value)))
    rows = connection.execute(f"SELECT {owner}, {expressions} FROM {source} GROUP BY {owner}").fetchall()
    return {at: Summary(*row) for at, *row in rows}


def of_counts(connection: duckdb.DuckDBPyConnection, relation: Relation, column: Column) -> Summary:
    """The summary of a column whose different values are counted: the number of them is exact."""
    (ends,) = _row(connection, relation.source, [column], _careful_ends).values()
    value, number = column.sql, column.number() if column.kind else "NULL"
    total = relation.sum(_summand(column)) if column.kind in ("float", "exact") else "NULL"
    lengths = (f"min(length({value}))", f"max(length({value}))") if column.is_text else ("NULL", "NULL")
    present, distinct, finite, summed, shortest, longest = connection.execute(
        f"SELECT {relation.rows(f'{value} IS NOT NULL')}, count({value}), {relation.rows(f'{number} IS NOT NULL')},"
        f" CAST({total} AS DOUBLE), {', '.join(lengths)} FROM {relation.source}"
    ).fetchall()[0]
    mean = None if summed is None or not finite else summed / finite
    return Summary(*ends, present, distinct, finite, mean, shortest, longest)  # type: ignore[arg-type, call-arg]


def _summand(column: Column) -> str:
    """What a mean is the sum of: integers exactly, as an average of them is."""
    return f"CAST({column.sql} AS HUGEINT)" if column.is_small else column.number()


Expressions = Callable[[Column], tuple[str, ...]]
Rows = dict[Column, tuple[object, ...]]


def _quickly(
    connection: duckdb.DuckDBPyConnection, source: str, columns: list[Column], sampler: Sampler | None
) -> dict[Column, Summary]:
    # DuckDB answers a statement of plain ends from the footers, unless a single column has none there, as booleans do.
    booleans = [column for column in columns if column.field.logical_type is LogicalType.BOOLEAN]
    others = [column for column in columns if column not in booleans]
    ends = {**_row(connection, source, others, _plain_ends), **_row(connection, source, booleans, _plain_ends)}
    if sampler is None:
        return _summaries(ends, _row(connection, source, columns, _plain_counts))
    bits = _dense(ends, sampler.row_count)

    def counts(column: Column) -> tuple[str, ...]:
        present, estimate, *others = _plain_counts(column)
        return present, bits.get(column, estimate), *others

    row = sampler.row(_listed(columns, counts), {column.field.field_path: column.sql for column in columns})
    found = _summaries(ends, _sliced(row, columns))
    return {column: replace(one, distinct_is_exact=column in bits) for column, one in found.items()}


def _dense(ends: Rows, row_count: int) -> dict[Column, str]:
    """Aggregates that count different values exactly by one bit each, for columns of integers where all bits fit into memory."""
    found, left = {}, MOST_BITS
    for column, (*_, low, high) in ends.items():
        if not column.is_small or not isinstance(low, float) or not isinstance(high, float) or max(-low, high) >= 2**53:
            continue
        width = int(high - low) + 1
        if width <= min(left, BITS_A_ROW * row_count):
            found[column] = f"coalesce(bit_count(bitstring_agg(CAST({column.sql} AS BIGINT), {low:.0f}, {high:.0f})), 0)"
            left -= width
    return found


def _summaries(ends: Rows, counted: Rows) -> dict[Column, Summary]:
    # The cells of a row have the types of its expressions.
    return {column: Summary(*ends[column], *counted[column]) for column in counted}  # type: ignore[arg-type]


def _row(connection: duckdb.DuckDBPyConnection, source: str, columns: list[Column], expressions_of: Expressions) -> Rows:
    if not columns:
        return {}
    listed = _listed(columns, expressions_of)
    return _sliced(connection.execute(f"SELECT {', '.join(listed)} FROM {source}").fetchall()[0], columns)


def _listed(columns: list[Column], expressions_of: Expressions) -> list[str]:
    return [expression for column in columns for expression in expressions_of(column)]


def _sliced(row: tuple[object, ...], columns: list[Column]) -> Rows:
    width = len(row) // len(columns)
    return {column: row[at * width : (at + 1) * width] for at, column in enumerate(columns)}


def statements(columns: list[Column]) -> Iterator[list[Column]]:
    """The columns of one statement after the other: planning time grows with the square of their number."""
    for start in range(0, len(columns), STATEMENT_COLUMNS):
        yield columns[start : start + STATEMENT_COLUMNS]


def _plain_ends(column: Column) -> tuple[str, ...]:
    """Least and greatest value as text and as number, where all values are finite."""
    value = column.sql
    ends = f"min({value})", f"max({value})"
    if column.kind == "float":
        return (*(f"CAST({end} AS VARCHAR)" for end in ends), *(f"CAST({end} AS DOUBLE)" for end in ends))
    if column.kind == "time":
        moments = (column.moment.replace(value, end) for end in ends)
        numbers = (f"CASE WHEN isfinite({moment}) THEN epoch({moment}) ELSE 'inf'::DOUBLE END" for moment in moments)
        return (*_careful_ends(column)[:2], *numbers)
    return _careful_ends(column)


def _careful_ends(column: Column) -> tuple[str, ...]:
    """The same of any values: not-a-number is no end, and the numbers are those of the finite values."""
    value, kind = column.sql, column.field.logical_type
    ordered = f"{value}) FILTER (WHERE NOT isnan({value})" if column.is_float else value
    texts = tuple(
        "NULL" if kind in _NESTED else f"left(CAST({end}({ordered}) AS VARCHAR), {TEXT_CHARACTERS})" for end in ("min", "max")
    )
    if column.kind == "exact":
        return (*texts, f"CAST(min({value}) AS DOUBLE)", f"CAST(max({value}) AS DOUBLE)")
    if column.kind == "time":
        ends = f"{value}) FILTER (WHERE isfinite({column.moment})"
        least, greatest = (column.moment.replace(value, f"{end}({ends})") for end in ("min", "max"))
        return (*texts, f"epoch({least})", f"epoch({greatest})")
    if column.kind == "float":
        return (*texts, f"min({column.number()})", f"max({column.number()})")
    return (*texts, "NULL", "NULL")


def _plain_counts(column: Column) -> tuple[str, ...]:
    """Values, distinct values (estimated), finite values, mean, least and greatest length, where all values are finite."""
    value = column.sql
    if column.kind == "float":
        mean = f"avg(CAST({value} AS DOUBLE))"
        return f"count({value})", f"approx_count_distinct({value})", f"count({value})", mean, "NULL", "NULL"
    if column.kind == "time":
        return f"count({value})", f"approx_count_distinct({value})", f"count({value})", "NULL", "NULL", "NULL"
    return _careful_counts(column)


def _careful_counts(column: Column) -> tuple[str, ...]:
    """The same of any values."""
    value = column.sql
    finite, mean = "0", "NULL"
    if column.kind == "float":
        finite, mean = f"count({column.number()})", f"avg({column.number()})"
    elif column.kind == "exact":
        # An average of small integers is exact before it becomes a double; sums of larger ones may overflow.
        finite, mean = f"count({value})", f"avg({value if column.is_small else column.number()})"
    elif column.kind == "time":
        finite = f"count({value}) FILTER (WHERE isfinite({column.moment}))"
    lengths = (f"min(length({value}))", f"max(length({value}))") if column.is_text else ("NULL", "NULL")
    return f"count({value})", f"approx_count_distinct({value})", finite, mean, *lengths
