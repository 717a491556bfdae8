"""Statistics of every column of a stored table, in as few passes over the file as memory allows."""

import math
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

import duckdb

from app.ingest import bins, frequency, median
from app.ingest.columns import literal, quoted
from app.ingest.job import Field, FieldProfile, HistogramBin, LogicalType, TableProfile
from app.ingest.median import STATEMENT_COLUMNS
from app.ingest.table import Report
from app.ingest.values import TEXT_CHARACTERS, shown

DIRECT_COLUMNS = 64
"""A wider table is taken in batches, each copied to memory once: opening a file of 10,000 columns costs 20 ms a statement."""
BATCH_COLUMNS = 250
BATCH_CELLS = 8_000_000
_SAFE_TO_SQUARE = 1e150

_NUMBERS = (LogicalType.INTEGER, LogicalType.NUMBER)
_TIMES = (LogicalType.DATE, LogicalType.TIMESTAMP)
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
        if self.field.logical_type in _NUMBERS:
            return "float" if self.is_float else "exact"
        return "time" if self.field.logical_type in _TIMES else None

    @property
    def moment(self) -> str:
        """A time in one of the two types that all functions of time know."""
        zoned = self.field.native_type.startswith(("TIMESTAMPTZ", "TIMESTAMP WITH"))
        return f"CAST({self.sql} AS {'TIMESTAMP WITH TIME ZONE' if zoned else 'TIMESTAMP'})"

    def number(self, *, all_finite: bool = False) -> str:
        """The value as DOUBLE, in epoch seconds for times; NULL where it is not finite."""
        value = self.moment if self.kind == "time" else self.sql
        number = f"epoch({value})" if self.kind == "time" else f"CAST({value} AS DOUBLE)"
        return number if all_finite or self.kind == "exact" else f"CASE WHEN isfinite({value}) THEN {number} END"


def profile(connection: duckdb.DuckDBPyConnection, table_path: str, fields: Sequence[Field], report: Report) -> TableProfile:
    """Statistics of all fields, exact but for the distinct count of columns with more than `frequency.EXACT_DISTINCT` values.

    Not-a-number counts as a value, but not towards min, max, mean, median and deviation. A mean or deviation that a
    double cannot hold is None. Min and max of text are cut at 200 characters. JSON columns have neither.
    """
    started = time.monotonic()
    file = f"read_parquet({literal(table_path)}, hive_partitioning = false)"
    row_count = connection.execute(f"SELECT count(*) FROM {file}").fetchall()[0][0]
    profiles: list[FieldProfile] = []
    partial = False
    for source, batch in _batches(connection, file, [Column(field) for field in fields], row_count):
        summaries = _summaries(connection, source, batch)
        histograms = _histograms(connection, source, batch, summaries)
        middles = _medians(connection, source, batch, summaries)
        for column, summary, histogram, middle in zip(batch, summaries, histograms, middles, strict=True):
            found, complete = _field_profile(connection, source, column, summary, row_count)
            profiles.append(replace(found, histogram=histogram, median=middle))
            partial |= not complete
            report(len(profiles) / len(fields))
    return TableProfile(
        row_count=row_count,
        column_count=len(fields),
        size_bytes=Path(table_path).stat().st_size,
        duration_ms=round((time.monotonic() - started) * 1000),
        partial=partial,
        field_profiles=tuple(profiles),
    )


def _batches(
    connection: duckdb.DuckDBPyConnection, file: str, columns: list[Column], row_count: int
) -> Iterator[tuple[str, list[Column]]]:
    """Columns and the table expression to read them from."""
    if len(columns) <= DIRECT_COLUMNS:
        yield file, columns
        return
    size = max(1, min(BATCH_COLUMNS, BATCH_CELLS // max(1, row_count)))
    for start in range(0, len(columns), size):
        batch = columns[start : start + size]
        names = ", ".join(column.sql for column in batch)
        connection.execute(f"CREATE OR REPLACE TEMP TABLE batch AS SELECT {names} FROM {file}").fetchall()
        yield "batch", batch


def _summaries(connection: duckdb.DuckDBPyConnection, source: str, columns: list[Column]) -> list[Summary]:
    found: list[Summary] = []
    for some in _statements(columns):
        expressions = [expression for column in some for expression in _summary_expressions(column)]
        row = connection.execute(f"SELECT {', '.join(expressions)} FROM {source}").fetchall()[0]
        width = len(expressions) // len(some)
        found.extend(Summary(*row[start : start + width]) for start in range(0, len(row), width))
    return found


def _statements(columns: list[Column]) -> Iterator[list[Column]]:
    """The columns of one statement after the other: planning time grows with the square of their number."""
    for start in range(0, len(columns), STATEMENT_COLUMNS):
        yield columns[start : start + STATEMENT_COLUMNS]


def _summary_expressions(column: Column) -> tuple[str, ...]:
    """In the order of Summary's fields."""
    value, kind = column.sql, column.field.logical_type
    ordered = f"{value}) FILTER (WHERE NOT isnan({value})" if column.is_float else value
    bound = "NULL" if kind in _NESTED else f"left(CAST({{}}({ordered}) AS VARCHAR), {TEXT_CHARACTERS})"
    finite, moments = _finite_expressions(column), ("NULL", "NULL")
    if column.kind == "float":
        number = column.number()
        moments = (f"avg({number})", f"stddev_samp(CASE WHEN abs({value}) < {_SAFE_TO_SQUARE} THEN {number} END)")
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


def _histograms(
    connection: duckdb.DuckDBPyConnection, source: str, columns: list[Column], summaries: list[Summary]
) -> list[tuple[HistogramBin, ...]]:
    """Of the columns that have finite values."""
    every = [(column, _edges(column, summary)) for column, summary in zip(columns, summaries, strict=True)]
    numbers = _numbers(columns, summaries)
    counted: dict[Column, list[int]] = {}
    edges = dict(every)
    for some in _statements([column for column, bounds in every if bounds]):
        # DuckDB's bins include their upper edge, ours the lower: the mirror image has it right.
        wanted = [
            f"map_values(histogram(-({numbers[column]}), [{', '.join(f'{-edge!r}::DOUBLE' for edge in reversed(edges[column]))}]))"
            for column in some
        ]
        row = connection.execute(f"SELECT {', '.join(wanted)} FROM {source}").fetchall()[0]
        counted.update(zip(some, row, strict=True))
    return [_bins(bounds, counted[column]) if bounds else () for column, bounds in every]


def _medians(
    connection: duckdb.DuckDBPyConnection, source: str, columns: list[Column], summaries: list[Summary]
) -> list[float | None]:
    expressions = _numbers(columns, summaries)
    numbers = {
        column: (expressions[column], summary.finite)
        for column, summary in zip(columns, summaries, strict=True)
        if column.field.logical_type in _NUMBERS
    }
    found = dict(zip(numbers, median.medians(connection, source, list(numbers.values())), strict=True))
    return [found.get(column) for column in columns]


def _numbers(columns: list[Column], summaries: list[Summary]) -> dict[Column, str]:
    """Expressions of the columns that have numbers, without a check where all values are known to be finite."""
    return {
        column: column.number(all_finite=summary.finite == summary.present)
        for column, summary in zip(columns, summaries, strict=True)
        if column.kind is not None
    }


def _edges(column: Column, summary: Summary) -> tuple[float, ...]:
    if not summary.finite or summary.low is None or summary.high is None:
        return ()
    kind = column.field.logical_type
    if kind in _TIMES:
        return bins.time_edges(summary.low, summary.high, days=kind == LogicalType.DATE)
    return bins.number_edges(summary.low, summary.high, whole=kind == LogicalType.INTEGER)


def _bins(edges: tuple[float, ...], counts: list[int]) -> tuple[HistogramBin, ...]:
    """`counts` run from the values equal to the last edge down to the first bin."""
    if edges[0] == edges[-1]:
        return (HistogramBin(lower=edges[0], upper=edges[-1], count=counts[0]),)
    at_end, *downwards = counts[: len(edges)]
    upwards = downwards[::-1]
    upwards[-1] += at_end
    return tuple(
        HistogramBin(lower=lower, upper=upper, count=count)
        for (lower, upper), count in zip(pairwise(edges), upwards, strict=True)
    )


def _field_profile(
    connection: duckdb.DuckDBPyConnection, source: str, column: Column, summary: Summary, row_count: int
) -> tuple[FieldProfile, bool]:
    """The profile without its histogram, and whether it is complete."""
    native = column.field.native_type
    counted, complete = frequency.count(
        connection,
        source,
        frequency.Subject(
            sql=column.sql,
            is_whole=column.field.logical_type == LogicalType.INTEGER,
            present=summary.present,
            distinct_estimate=summary.distinct_estimate,
            low=summary.low,
            high=summary.high,
        ),
    )
    mean = _finite(summary.mean) if summary.finite == summary.present or column.is_float else None
    large = max(abs(summary.low or 0.0), abs(summary.high or 0.0)) >= _SAFE_TO_SQUARE
    infinite = "inf" in (summary.min or "") + (summary.max or "") and column.is_float
    null_count = row_count - summary.present
    found = FieldProfile(
        field_path=column.field.field_path,
        null_count=null_count,
        null_fraction=null_count / row_count if row_count else 0.0,
        distinct_count=counted.distinct,
        distinct_is_approximate=counted.is_approximate,
        min=shown(summary.min, native),
        max=shown(summary.max, native),
        mean=None if infinite else mean,
        median=None,
        stddev=None if infinite or large else _finite(summary.stddev),
        min_length=summary.min_length,
        max_length=summary.max_length,
        top_values=tuple(replace(top, value=shown(top.value, native) or "") for top in counted.top),
    )
    return found, complete


def _finite(value: float | None) -> float | None:
    return value if value is not None and math.isfinite(value) else None
