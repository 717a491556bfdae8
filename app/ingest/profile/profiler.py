"""Statistics of every column of a stored table, in as few passes over the file as memory allows."""

import math
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import Protocol

import duckdb

from app.ingest.columns import literal
from app.ingest.job import Field, FieldProfile, HistogramBin, LogicalType, TableProfile
from app.ingest.profile import bins, footer, frequency, relation, small
from app.ingest.profile import median as medians
from app.ingest.profile import spread as spreads
from app.ingest.profile.footer import Chunks
from app.ingest.profile.median import Binned, median
from app.ingest.profile.relation import Relation
from app.ingest.profile.sample import Sampler
from app.ingest.profile.spread import Spread
from app.ingest.profile.summary import NUMBERS, SAFE_TO_SQUARE, TIMES, Column, Summary, of_counts, summarise
from app.ingest.table import Report
from app.ingest.values import shown

DIRECT_COLUMNS = 64
"""A wider table is taken in batches, each copied to memory once: opening a file of 10,000 columns costs 20 ms a statement."""
LARGE_ROWS = 1_000_000
"""From here on the different values of a column are counted once and all else is taken from the counts, and a sample is taken on
the way of the first pass."""
BATCH_COLUMNS = 250
SMALL_BATCH_COLUMNS = 1_000
BATCH_CELLS = 8_000_000


def profile(connection: duckdb.DuckDBPyConnection, table_path: str, fields: Sequence[Field], report: Report) -> TableProfile:
    """Statistics of all fields, exact but for the distinct count of columns with more than `frequency.EXACT_DISTINCT` values.

    Not-a-number counts as a value, but not towards min, max, mean, median and deviation. A mean or deviation that a
    double cannot hold is None. Min and max of text are cut at 200 characters. JSON columns have neither.
    """
    started = time.monotonic()
    file = f"read_parquet({literal(table_path)}, hive_partitioning = false)"
    row_count = connection.execute(f"SELECT count(*) FROM {file}").fetchall()[0][0]
    chunks = footer.chunks(connection, table_path)
    profiles: list[FieldProfile] = []
    partial = False
    for source, batch in _batches(connection, file, [Column(field) for field in fields], row_count):
        if source != file and row_count <= small.MOST_ROWS:
            measured = small.measured(connection, source, batch)
            for column in batch:
                found = measured[column]
                shape = _shape(found.numbers, column, found.summary)
                profiles.append(_field_profile(column, found.summary, shape, found.counted, row_count))
            report(len(profiles) / len(fields))
            continue
        # Small tables are through before it pays, and batches of wide ones lie in memory already.
        is_large = source == file and row_count >= LARGE_ROWS
        sampler = Sampler(connection, table_path, row_count, chunks) if is_large else None
        few = {column for column in batch if is_large and _has_few_values(column, chunks)}
        others = [column for column in batch if column not in few]
        summaries = dict(zip(others, summarise(connection, source, others, sampler), strict=True))
        subjects = [_subject(column, summary) for column, summary in summaries.items()]
        counter = frequency.Counter(connection, source, row_count, subjects, sampler)
        for column in batch:
            known = summaries.get(column)
            with ExitStack() as stack:
                counted = None
                if known is None or (is_large and 0 < known.distinct_estimate <= frequency.EXACT_DISTINCT):
                    counted = stack.enter_context(relation.counted(connection, source, column.field.field_path))
                summary = known or _summary(connection, source, column, counted)
                near = _window(connection, sampler, column, summary) if counted is None else None
                values = _Stored(connection, counted or Relation(source), _number(column, summary), near)
                shape = _shape(values, column, summary)
                frequencies, complete = counter.count(_subject(column, summary), counted)
            profiles.append(_field_profile(column, summary, shape, frequencies, row_count))
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


def _has_few_values(column: Column, chunks: Mapping[str, Chunks]) -> bool:
    """Whether its different values will be counted, as is known before any of them is read."""
    if column.field.logical_type is LogicalType.BOOLEAN:
        return True
    known = chunks.get(column.field.field_path)
    return known is not None and known.most_distinct is not None and known.most_distinct <= frequency.EXACT_DISTINCT


def _summary(connection: duckdb.DuckDBPyConnection, source: str, column: Column, counted: Relation | None) -> Summary:
    if counted is not None:
        return of_counts(connection, counted, column)
    (found,) = summarise(connection, source, [column])
    return found


def _batches(
    connection: duckdb.DuckDBPyConnection, file: str, columns: list[Column], row_count: int
) -> Iterator[tuple[str, list[Column]]]:
    """Columns and the table expression to read them from."""
    if len(columns) <= DIRECT_COLUMNS:
        yield file, columns
        return
    most = SMALL_BATCH_COLUMNS if row_count <= small.MOST_ROWS else BATCH_COLUMNS
    size = max(1, min(most, BATCH_CELLS // max(1, row_count)))
    for start in range(0, len(columns), size):
        batch = columns[start : start + size]
        names = ", ".join(column.sql for column in batch)
        connection.execute(f"CREATE OR REPLACE TEMP TABLE batch AS SELECT {names} FROM {file}").fetchall()
        yield "batch", batch


@dataclass(frozen=True)
class _Shape:
    """What a column's numbers look like beyond their ends and mean."""

    histogram: tuple[HistogramBin, ...] = ()
    median: float | None = None
    stddev: float | None = None


class _Values(Protocol):
    """The finite numbers of a column, wherever they are."""

    def spread(self, edges: tuple[float, ...], mean: float | None) -> Spread: ...

    def median(self, edges: tuple[float, ...], spread: Spread) -> float: ...


@dataclass(frozen=True)
class _Stored:
    """In a table of the engine, as `number` there."""

    connection: duckdb.DuckDBPyConnection
    relation: Relation
    number: str
    window: tuple[float, float] | None
    """Where the median most likely lies."""

    def spread(self, edges: tuple[float, ...], mean: float | None) -> Spread:
        return spreads.spread(self.connection, self.relation, self.number, edges, mean, self.window)

    def median(self, edges: tuple[float, ...], spread: Spread) -> float:
        found = None if spread.near is None else medians.among(spread.near, sum(spread.counts))
        return found if found is not None else median(self.connection, self.relation, Binned(self.number, edges, spread.counts))


def _number(column: Column, summary: Summary) -> str:
    return column.number(all_finite=summary.finite == summary.present)


def _window(
    connection: duckdb.DuckDBPyConnection, sampler: Sampler | None, column: Column, summary: Summary
) -> tuple[float, float] | None:
    taken = sampler.of(column.field.field_path) if sampler is not None else None
    if taken is None or column.field.logical_type not in NUMBERS or _is_large(summary):
        return None
    table, name = taken
    sampled = Column(replace(column.field, field_path=name))
    return medians.window(connection, table, _number(sampled, summary), summary.finite)


def _shape(values: _Values, column: Column, summary: Summary) -> _Shape:
    edges = _edges(column, summary)
    if not edges:
        return _Shape()
    is_number = column.field.logical_type in NUMBERS
    if summary.low == summary.high:
        only = HistogramBin(lower=edges[0], upper=edges[-1], count=summary.finite)
        deviation = 0.0 if is_number and summary.finite > 1 else None
        return _Shape((only,), summary.low if is_number else None, deviation)
    mean = _finite(summary.mean) if is_number and not _is_large(summary) else None
    spread = values.spread(edges, mean)
    histogram = tuple(
        HistogramBin(lower=lower, upper=upper, count=count)
        for (lower, upper), count in zip(pairwise(edges), spread.counts, strict=True)
    )
    deviation = None if spread.squares is None else _finite(math.sqrt(spread.squares / (summary.finite - 1)))
    middle = _finite(values.median(edges, spread)) if is_number else None
    return _Shape(histogram, middle, deviation)


def _is_large(summary: Summary) -> bool:
    """Whether squares of the values may be beyond all doubles."""
    return max(abs(summary.low or 0.0), abs(summary.high or 0.0)) >= SAFE_TO_SQUARE


def _edges(column: Column, summary: Summary) -> tuple[float, ...]:
    if not summary.finite or summary.low is None or summary.high is None:
        return ()
    kind = column.field.logical_type
    if kind in TIMES:
        return bins.time_edges(summary.low, summary.high, days=kind == LogicalType.DATE)
    return bins.number_edges(summary.low, summary.high, whole=kind == LogicalType.INTEGER)


def _subject(column: Column, summary: Summary) -> frequency.Subject:
    return frequency.Subject(
        name=column.field.field_path,
        sql=column.sql,
        is_whole=column.field.logical_type == LogicalType.INTEGER,
        present=summary.present,
        distinct_estimate=summary.distinct_estimate,
        distinct_is_exact=summary.distinct_is_exact,
        low=summary.low,
        high=summary.high,
    )


def _field_profile(column: Column, summary: Summary, shape: _Shape, counted: frequency.Counted, row_count: int) -> FieldProfile:
    native = column.field.native_type
    mean = _finite(summary.mean) if summary.finite == summary.present or column.is_float else None
    infinite = "inf" in (summary.min or "") + (summary.max or "") and column.is_float
    null_count = row_count - summary.present
    return FieldProfile(
        field_path=column.field.field_path,
        null_count=null_count,
        null_fraction=null_count / row_count if row_count else 0.0,
        distinct_count=counted.distinct,
        distinct_is_approximate=counted.is_approximate,
        min=shown(summary.min, native),
        max=shown(summary.max, native),
        mean=None if infinite else mean,
        median=shape.median,
        stddev=None if infinite else shape.stddev,
        min_length=summary.min_length,
        max_length=summary.max_length,
        histogram=shape.histogram,
        top_values=tuple(replace(top, value=shown(top.value, native) or "") for top in counted.top),
    )


def _finite(value: float | None) -> float | None:
    return value if value is not None and math.isfinite(value) else None
