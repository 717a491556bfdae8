"""The exact median of a column within memory, sought only in the bin of the histogram that holds it."""

import math
from dataclasses import dataclass

import duckdb

from app.ingest.profile.relation import Relation
from app.ingest.profile.spread import Near

MEDIAN_IN_MEMORY = 12_000_000
"""Values that are held at once; a column with more of them in its middle bin is sorted instead, which spills."""

LEAST_SAMPLE = 1_000
MOST_NEAR = 500_000
"""Values around the median that are collected on the way of another pass; that costs half of a pass for them."""


@dataclass(frozen=True)
class Binned:
    """The numbers of a column and how they spread.

    Args:
        number: SQL of its values as DOUBLE, NULL where not finite.
        counts: values in each bin, from the lowest; at least one in all. The last bin includes its upper edge.
    """

    number: str
    edges: tuple[float, ...]
    counts: tuple[int, ...]

    def middle(self) -> "_Middle":
        """The bins with the values around the middle."""
        total = sum(self.counts)
        ranks = (total - 1) // 2, total // 2
        low, high = (self._bin_of(rank) for rank in ranks)
        before = sum(self.counts[:low])
        upper = f"<= {self.edges[-1]!r}" if high == len(self.counts) - 1 else f"< {self.edges[high + 1]!r}"
        within = f"{self.number} >= {self.edges[low]!r}::DOUBLE AND {self.number} {upper}::DOUBLE"
        return _Middle(self.number, within, sum(self.counts[low : high + 1]), ranks[0] - before, ranks[1] - before)

    def _bin_of(self, rank: int) -> int:
        for index, count in enumerate(self.counts):
            if rank < count:
                return index
            rank -= count
        raise ValueError("a rank beyond all values")


@dataclass(frozen=True)
class _Middle:
    """`count` values that satisfy `within`; the median lies between those of two ranks (from 0, equal or one apart)."""

    number: str
    within: str
    count: int
    low: int
    high: int


def window(connection: duckdb.DuckDBPyConnection, sample: str, number: str, count: int) -> tuple[float, float] | None:
    """Two values between which the median most likely lies, and few others do; None where a sample shows none.

    Args:
        sample: a table of some of the rows.
        number: SQL of the values in it, NULL where not finite.
        count: values in all rows.
    """
    (taken,) = connection.execute(f"SELECT count({number}) FROM {sample}").fetchall()[0]
    if taken < LEAST_SAMPLE:
        return None
    # Four standard deviations of a sampled rank; outside of that the median is sought as if there were no sample.
    reach = 2 / math.sqrt(taken)
    low, high = connection.execute(
        f"SELECT unnest(quantile_disc({number}, [{0.5 - reach!r}, {0.5 + reach!r}])) FROM {sample}"
    ).fetchall()
    (within,) = connection.execute(f"SELECT count_if({number} BETWEEN {low[0]!r} AND {high[0]!r}) FROM {sample}").fetchall()[0]
    return (low[0], high[0]) if within / taken * count <= MOST_NEAR else None


def among(near: Near, count: int) -> float | None:
    """The median of `count` values by those near it; None where it is not among them."""
    low, high = (count - 1) // 2 - near.below, count // 2 - near.below
    return _between(near.values[low], near.values[high]) if 0 <= low <= high < len(near.values) else None


def median(connection: duckdb.DuckDBPyConnection, relation: Relation, column: Binned) -> float:
    """The median of the column's values.

    A statement a column, because its condition then keeps the reader from most of the values: five columns in one
    statement took more than twice as long (2026-11).
    """
    if relation.times is not None:
        return _by_counts(connection, relation.source, relation.times, column)
    source, middle = relation.source, column.middle()
    if middle.count > MEDIAN_IN_MEMORY:
        return _by_sorting(connection, source, middle)
    # Half a rank up, so that rounding cannot end in the neighbour.
    ranks = (f"{(rank + 0.5) / middle.count!r}" for rank in (middle.low, middle.high))
    low, high = connection.execute(
        f"SELECT unnest(quantile_disc({middle.number}, [{', '.join(ranks)}])) FROM {source} WHERE {middle.within}"
    ).fetchall()
    return _between(low[0], high[0])


def _by_counts(connection: duckdb.DuckDBPyConnection, source: str, times: str, column: Binned) -> float:
    total = sum(column.counts)
    low, high = connection.execute(
        f"SELECT min(x) FILTER (WHERE upto > {(total - 1) // 2}), min(x) FILTER (WHERE upto > {total // 2}) FROM"
        f" (SELECT x, sum(w) OVER (ORDER BY x) AS upto FROM (SELECT {column.number} AS x, {times} AS w FROM {source})"
        " WHERE x IS NOT NULL)"
    ).fetchall()[0]
    return _between(low, high)


def _by_sorting(connection: duckdb.DuckDBPyConnection, source: str, middle: _Middle) -> float:
    rows = connection.execute(
        f"SELECT {middle.number} AS middle FROM {source} WHERE {middle.within}"
        f" ORDER BY middle LIMIT {middle.high - middle.low + 1} OFFSET {middle.low}"
    ).fetchall()
    return _between(rows[0][0], rows[-1][0])


def _between(low: float, high: float) -> float:
    # Halves first: the sum of two large numbers may not be finite.
    return low if low == high else low / 2 + high / 2
