"""Statistics of every column of a stored table, in as few passes over the file as memory allows."""

import math
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import duckdb

from app.ingest import bins, frequency, median
from app.ingest.columns import literal
from app.ingest.job import Field, FieldProfile, HistogramBin, LogicalType, TableProfile
from app.ingest.summary import NUMBERS, SAFE_TO_SQUARE, TIMES, Column, Summary, statements, summarise
from app.ingest.table import Report
from app.ingest.values import shown

DIRECT_COLUMNS = 64
"""A wider table is taken in batches, each copied to memory once: opening a file of 10,000 columns costs 20 ms a statement."""
BATCH_COLUMNS = 250
BATCH_CELLS = 8_000_000


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
        summaries = summarise(connection, source, batch)
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


def _histograms(
    connection: duckdb.DuckDBPyConnection, source: str, columns: list[Column], summaries: list[Summary]
) -> list[tuple[HistogramBin, ...]]:
    """Of the columns that have finite values."""
    every = [(column, _edges(column, summary)) for column, summary in zip(columns, summaries, strict=True)]
    numbers = _numbers(columns, summaries)
    counted: dict[Column, list[int]] = {}
    edges = dict(every)
    for some in statements([column for column, bounds in every if bounds]):
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
        if column.field.logical_type in NUMBERS
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
    if kind in TIMES:
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
    large = max(abs(summary.low or 0.0), abs(summary.high or 0.0)) >= SAFE_TO_SQUARE
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
