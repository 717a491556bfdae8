"""Tables of many columns and few rows: the cells of all columns of a type are one long column, so that a statement serves hundreds
of them. Ten thousand columns of one row took 35 s of processor time with statements of their own (2026-11)."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

import duckdb
import numpy as np
import numpy.typing as npt

from app.ingest.profile import frequency
from app.ingest.profile.frequency import Counted
from app.ingest.profile.spread import Spread
from app.ingest.profile.summary import NOTHING, Column, Summary, by_column

MOST_ROWS = 5_000
"""With more of them a statement is worth its planning."""
_LONG = "long"


@dataclass(frozen=True)
class Numbers:
    """The finite values of a column."""

    values: npt.NDArray[np.float64]

    def spread(self, edges: tuple[float, ...], mean: float | None) -> Spread:
        """As `spread.spread` has it."""
        # What equals the last edge belongs below it.
        bins = np.minimum(np.searchsorted(np.array(edges), self.values, side="right") - 1, len(edges) - 2)
        counts = np.bincount(bins, minlength=len(edges) - 1)
        squares = None if mean is None else math.fsum(((self.values - mean) ** 2).tolist())
        return Spread(tuple(counts.tolist()), squares)

    def median(self, edges: tuple[float, ...], spread: Spread) -> float:
        """Of the values; halves first, because the sum of two large numbers may not be finite."""
        ordered = np.sort(self.values)
        low, high = float(ordered[(len(ordered) - 1) // 2]), float(ordered[len(ordered) // 2])
        return low if low == high else low / 2 + high / 2


@dataclass(frozen=True)
class Measured:
    """All that is to know of a column."""

    summary: Summary
    counted: Counted
    numbers: Numbers


def measured(connection: duckdb.DuckDBPyConnection, source: str, columns: Sequence[Column]) -> dict[Column, Measured]:
    """The columns of one table expression."""
    found: dict[Column, Measured] = {}
    for alike in _alike(columns):
        cells = ", ".join(column.sql for column in alike)
        connection.execute(
            f"CREATE OR REPLACE TEMP TABLE {_LONG} AS SELECT unnest([{cells}]) AS value, unnest(range({len(alike)})) AS i"
            f" FROM {source}"
        ).fetchall()
        value = Column(replace(alike[0].field, field_path="value"))
        summaries = by_column(connection, _LONG, value, "i")
        counts = frequency.by_column(connection, _LONG, value.sql, "i")
        numbers = _numbers(connection, value, len(alike))
        for at, column in enumerate(alike):
            found[column] = Measured(summaries.get(at, NOTHING), counts.get(at, Counted(0, False, ())), numbers[at])
    connection.execute(f"DROP TABLE IF EXISTS {_LONG}").fetchall()
    return found


def _alike(columns: Sequence[Column]) -> Iterator[list[Column]]:
    def kind(column: Column) -> tuple[str, str]:
        return column.field.logical_type.value, column.field.native_type

    for _, group in groupby(sorted(columns, key=kind), key=kind):
        yield list(group)


def _numbers(connection: duckdb.DuckDBPyConnection, value: Column, count: int) -> list[Numbers]:
    if value.kind is None:
        return [Numbers(np.empty(0))] * count
    cells = connection.execute(
        f"SELECT i, x FROM (SELECT i, {value.number()} AS x FROM {_LONG}) WHERE x IS NOT NULL ORDER BY i"
    ).fetchnumpy()
    # Where no cell is left, a masked array of objects may come.
    owners, numbers = np.asarray(cells["i"], np.int64), np.asarray(cells["x"], np.float64)
    return [Numbers(part) for part in np.split(numbers, np.searchsorted(owners, np.arange(1, count)))]
