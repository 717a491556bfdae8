"""Exact medians of many columns within memory."""

import math
from collections.abc import Iterator, Sequence

import duckdb

MEDIAN_IN_MEMORY = 12_000_000
"""Values that one statement holds at once; a longer column is sorted instead, which spills."""
STATEMENT_COLUMNS = 25


def medians(connection: duckdb.DuckDBPyConnection, source: str, numbers: Sequence[tuple[str, int]]) -> list[float | None]:
    """The median of each column's values; None where there is none or where a double cannot hold it.

    Args:
        numbers: per column, the expression of its values (NULL where not finite) and how many of them are not NULL.
    """
    found: list[float | None] = []
    for batch in _batches(numbers):
        if batch[0][1] > MEDIAN_IN_MEMORY:
            found.append(_by_sorting(connection, source, *batch[0]))
            continue
        middles = ", ".join(f"quantile_cont({number}, 0.5)" for number, _ in batch)
        row = connection.execute(f"SELECT {middles} FROM {source}").fetchall()[0]
        found.extend(value if value is not None and math.isfinite(value) else None for value in row)
    return found


def _batches(numbers: Sequence[tuple[str, int]]) -> Iterator[list[tuple[str, int]]]:
    batch: list[tuple[str, int]] = []
    for number in numbers:
        if batch and (len(batch) == STATEMENT_COLUMNS or sum(count for _, count in [*batch, number]) > MEDIAN_IN_MEMORY):
            yield batch
            batch = []
        batch.append(number)
    if batch:
        yield batch


def _by_sorting(connection: duckdb.DuckDBPyConnection, source: str, number: str, count: int) -> float:
    rows = connection.execute(
        f"SELECT number FROM (SELECT {number} AS number FROM {source}) WHERE number IS NOT NULL"
        f" ORDER BY number LIMIT {2 - count % 2} OFFSET {(count - 1) // 2}"
    ).fetchall()
    low, high = rows[0][0], rows[-1][0]
    # Halves first: the sum of two large numbers may not be finite.
    return float(low if low == high else low / 2 + high / 2)
