"""How the numbers of one column spread over the bins of its histogram and around their mean, in one pass."""

import math
from dataclasses import dataclass, replace
from fractions import Fraction

import duckdb

from app.ingest.profile.relation import Relation

EXACT_BELOW = 1 << 53
"""Up to here doubles hold every integer."""


@dataclass(frozen=True)
class Spread:
    """`counts` has one entry a bin, from the lowest; the last bin includes its upper edge."""

    counts: tuple[int, ...]
    squares: float | None
    """Sum of squared distances from the mean; None where none was given."""
    near: "Near | None" = None
    """The values within the window, where one was given and it costs little."""


@dataclass(frozen=True)
class Near:
    """The values of a column between two of them, and how many lie below."""

    below: int
    values: tuple[float, ...]
    """Ascending."""


@dataclass(frozen=True)
class Grid:
    """Edges that are (first + i) * numerator / denominator, to the last bit as a double computes it."""

    first: int
    numerator: int
    denominator: int

    def edge(self, index: str) -> str:
        """SQL for an edge by its number, the same double as in the list of edges."""
        scaled = f"({self.first}::DOUBLE + {index}) * {self.numerator}::DOUBLE"
        return f"({scaled})" if self.denominator == 1 else f"({scaled} / {self.denominator}::DOUBLE)"


def grid(edges: tuple[float, ...]) -> Grid | None:
    """The grid that the edges lie on, None where they lie on none."""
    width = edges[1] - edges[0]
    if not (math.isfinite(width) and 0 < width < EXACT_BELOW):
        return None
    step = Fraction(f"{width:.12g}")
    first = round(edges[0] / width)
    found = Grid(first, step.numerator, step.denominator)
    numbers = range(first, first + len(edges))
    if found.denominator >= EXACT_BELOW or max(abs(numbers[0]), abs(numbers[-1])) * found.numerator >= EXACT_BELOW:
        return None
    same = all(number * found.numerator / found.denominator == edge for number, edge in zip(numbers, edges, strict=True))
    return found if same else None


def spread(
    connection: duckdb.DuckDBPyConnection,
    relation: Relation,
    number: str,
    edges: tuple[float, ...],
    mean: float | None,
    window: tuple[float, float] | None = None,
) -> Spread:
    """The spread of a column.

    Args:
        number: SQL of its values as DOUBLE, NULL where not finite; all others lie within the edges.
        edges: ascending, at least two.
        mean: distances are taken from it; None where they are not wanted.
        window: the values from its one end to its other, both included, are wanted, too.
    """
    distance = "NULL::DOUBLE" if mean is None else f"x - {mean!r}::DOUBLE"
    found = grid(edges)
    if found is None:
        return _by_search(connection, relation, number, edges, distance)
    # The quotient may be rounded to the wrong side of an edge; a look at the edges themselves has it right. This takes
    # less than half of the time of DuckDB's histogram(), which searches the list of edges (2026-11).
    inner = _numbers(relation, number)
    below, above = found.edge("k"), found.edge("(k + 1::DOUBLE)")
    looks = window is not None and relation.times is None
    near = _near(*window) if window is not None and looks else "0, NULL"
    rows = connection.execute(
        f"SELECT CAST(k + CAST(x >= {above} AS INTEGER) - CAST(x < {below} AS INTEGER) AS UTINYINT) AS bin,"
        f" {inner.rows()}, {inner.sum('d * d')}, {near} FROM (SELECT x, w, {distance} AS d,"
        f" floor((x - {edges[0]!r}::DOUBLE) / {edges[1] - edges[0]!r}::DOUBLE) AS k FROM {inner.source}) GROUP BY bin"
    ).fetchall()
    whole = _spread([row[:3] for row in rows], len(edges) - 2, with_squares=mean is not None)
    if not looks:
        return whole
    values = sorted(value for *_, listed in rows for value in listed or ())
    return replace(whole, near=Near(sum(below for *_, below, _listed in rows), tuple(values)))


def _near(low: float, high: float) -> str:
    """Aggregates: how many values lie below the window, and those within."""
    return f"count_if(x < {low!r}::DOUBLE), list(x) FILTER (WHERE x >= {low!r}::DOUBLE AND x <= {high!r}::DOUBLE)"


def _numbers(relation: Relation, number: str) -> Relation:
    """The values as x that are there; with how often each of them occurs as w, where the relation knows."""
    source = f"(SELECT {number} AS x, {relation.times or 'NULL'} AS w FROM {relation.source})"
    return Relation(f"(SELECT x, w FROM {source} WHERE x IS NOT NULL)", None if relation.times is None else "w")


def _spread(rows: list[tuple[int, int, float]], last: int, *, with_squares: bool) -> Spread:
    counts = [0] * (last + 1)
    for index, count, _ in rows:
        # What equals the last edge belongs below it.
        counts[min(index, last)] += count
    return Spread(tuple(counts), math.fsum(squares for _, _, squares in rows) if with_squares else None)


def _by_search(
    connection: duckdb.DuckDBPyConnection, relation: Relation, number: str, edges: tuple[float, ...], distance: str
) -> Spread:
    if relation.times is not None:
        inner = _numbers(relation, number)
        # Few values, so a comparison with every edge is cheap.
        passed = " + ".join(f"CAST(x >= {edge!r}::DOUBLE AS INTEGER)" for edge in edges[1:])
        rows = connection.execute(
            f"SELECT {passed} AS bin, {inner.rows()}, {inner.sum('d * d')} FROM (SELECT x, w, {distance} AS d FROM {inner.source})"
            " GROUP BY bin"
        ).fetchall()
        return _spread(rows, len(edges) - 2, with_squares=not distance.startswith("NULL"))
    # DuckDB's bins include their upper edge, ours the lower: the mirror image has it right.
    mirrored = ", ".join(f"{-edge!r}::DOUBLE" for edge in reversed(edges))
    counted, squares = connection.execute(
        f"SELECT map_values(histogram(-x, [{mirrored}])), sum(d * d) FROM (SELECT x, {distance} AS d FROM"
        f" (SELECT {number} AS x FROM {relation.source}))"
    ).fetchall()[0]
    # They run from the values equal to the last edge down to the first bin; behind them may be one for all others.
    at_end, *downwards = counted[: len(edges)]
    counts = downwards[::-1]
    counts[-1] += at_end
    return Spread(tuple(counts), squares)
