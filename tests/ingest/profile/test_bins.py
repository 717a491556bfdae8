"""Edges of histograms, and what is counted between them."""

import math
import sys
from itertools import combinations, pairwise

import duckdb
import numpy as np
import pytest

from app.ingest.profile import spread as spreads
from app.ingest.profile.bins import number_edges, time_edges
from app.ingest.profile.median import Binned, median
from app.ingest.profile.relation import Relation

GREATEST = sys.float_info.max
LEAST = 5e-324


@pytest.mark.parametrize(
    ("low", "high", "on_grid"),
    [
        (0.0, 1.0, True), (0.1, 0.25, True), (-0.7, 0.3, True), (0.0, 1_000_003.0, True), (1e-9, 3e-9, True), (-5e7, 1e9, True),
        (3.0, 3.0 + 2**-40, False), (1e300, 3e300, False), (2.0**60, 2.0**60 + 4096, False),
    ],
)  # fmt: skip
def test_what_stands_on_an_edge_or_beside_it_is_in_the_right_bin(low: float, high: float, on_grid: bool) -> None:
    edges = number_edges(low, high, whole=False)
    assert (spreads.grid(edges) is not None) is on_grid
    beside = [math.nextafter(edge, toward) for edge in edges for toward in (-math.inf, math.inf)]
    values = [value for value in [*edges, *beside] if edges[0] <= value <= edges[-1]]
    with duckdb.connect(config={"threads": "2"}) as connection:
        values += values[::3]
        connection.execute("CREATE TABLE t AS SELECT unnest($1::DOUBLE[]) AS x", [[*values, None]])
        mean = sum(value / len(values) for value in values)
        connection.execute("CREATE TABLE counts AS SELECT x, count(*) AS often FROM t GROUP BY x")
        for relation in (Relation("t"), Relation("counts", "often")):
            found = spreads.spread(connection, relation, "x", edges, mean if high < 1e100 else None)
            assert found.counts == tuple(np.histogram(values, bins=edges)[0].tolist())
            if high < 1e100:
                assert found.squares == pytest.approx(math.fsum((value - mean) ** 2 for value in values), rel=1e-9)
            assert median(connection, relation, Binned("x", edges, found.counts)) == float(np.median(values))


@pytest.mark.parametrize(
    ("low", "high", "whole", "expected"),
    [
        (1, 1, True, (1, 2)), (0, 1, True, (0, 1, 2)), (0, 19, True, tuple(range(21))), (0, 100, True, tuple(range(0, 101, 5))),
        (3, 1_000_000, True, tuple(range(0, 1_000_001, 50_000))), (0.1, 0.25, False, tuple(n / 100 for n in range(10, 26))),
        (-5, 5, False, tuple(n / 2 for n in range(-10, 11))), (2.5, 2.5, False, (2.5, 2.5)),
    ],
)  # fmt: skip
def test_edges_are_round(low: float, high: float, whole: bool, expected: tuple[float, ...]) -> None:
    assert number_edges(float(low), float(high), whole=whole) == tuple(map(float, expected))


def test_edges_of_times_are_round_times() -> None:
    assert time_edges(0.0, 100.0, days=False) == tuple(5.0 * step for step in range(21))
    assert time_edges(30.0, 7_000.0, days=False) == tuple(600.0 * step for step in range(13))
    assert {edge % 86_400 for edge in time_edges(0.0, 86_400 * 400.0, days=True)} == {0.0}


@pytest.mark.parametrize(
    ("low", "high"),
    [*combinations([-GREATEST, -1.75e308, -1.0, -LEAST, 0.0, LEAST, 2.2e-308, 0.1, 1e300, 1.75e308, GREATEST], 2)],
)
def test_the_edges_of_all_doubles_are_doubles(low: float, high: float) -> None:
    edges = number_edges(low, high, whole=False)
    assert all(map(math.isfinite, edges))
    assert (edges[0] <= low, high <= edges[-1], len(edges) <= 21) == (True, True, True)
    assert all(left < right for left, right in pairwise(edges))
