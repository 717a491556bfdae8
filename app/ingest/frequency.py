"""How often the values of one column occur: distinct count, most frequent values, median."""

import math
from dataclasses import dataclass

import duckdb

from app.ingest.job import TopValue
from app.ingest.values import TEXT_CHARACTERS

EXACT_DISTINCT = 4_000_000
"""Columns of more (estimated) distinct values get an estimate: counting 10 M texts exactly takes 1 s and 700 MB."""
DENSE_RANGE = 1 << 28
"""Integers within such a range are counted exactly by one bit each."""
MEDIAN_IN_MEMORY = 12_000_000
"""Values of which a median is taken in memory; of more by sorting, which spills."""
TOP = 10
SKETCHED = 100
"""Candidates for the most frequent among very many values."""


@dataclass(frozen=True, kw_only=True)
class Subject:
    """A column as it is counted."""

    sql: str
    number: str | None
    """The value as DOUBLE, NULL where it is not finite; None where a median has no meaning."""
    is_whole: bool
    present: int
    distinct_estimate: int
    finite: int
    low: float | None
    high: float | None


@dataclass(frozen=True)
class Counted:
    """Top values as DuckDB writes them; where `is_approximate`, their counts are exact and their choice is a sketch's."""

    distinct: int | None
    is_approximate: bool
    median: float | None
    top: tuple[TopValue, ...]


def count(connection: duckdb.DuckDBPyConnection, source: str, subject: Subject) -> tuple[Counted, bool]:
    """What was counted, and whether all of it could be."""
    if subject.present == 0:
        return Counted(0, False, None, ()), True
    if subject.distinct_estimate <= EXACT_DISTINCT:
        try:
            return _by_frequency(connection, source, subject), True
        except duckdb.OutOfMemoryException:
            pass
    try:
        return _of_many(connection, source, subject), True
    except duckdb.OutOfMemoryException:
        return Counted(min(subject.distinct_estimate, subject.present), True, None, ()), False


def _by_frequency(connection: duckdb.DuckDBPyConnection, source: str, subject: Subject) -> Counted:
    """One pass: everything follows from the values and their counts."""
    lower, upper = (subject.finite - 1) // 2, subject.finite // 2
    middle = "NULL, NULL"
    if subject.number is not None and subject.finite:
        middle = (
            f"(SELECT min(number) FILTER (WHERE reached > {lower}) FROM ranked),"
            f" (SELECT min(number) FILTER (WHERE reached > {upper}) FROM ranked)"
        )
    number = "NULL" if subject.number is None else subject.number.replace(subject.sql, "value")
    distinct, top, low, high = connection.execute(
        f"""
        WITH counted AS MATERIALIZED (
            SELECT {subject.sql} AS value, count(*) AS times FROM {source} WHERE {subject.sql} IS NOT NULL GROUP BY ALL
        ), ranked AS (
            SELECT number, sum(times) OVER (ORDER BY number ROWS UNBOUNDED PRECEDING) AS reached
            FROM (SELECT {number} AS number, times FROM counted) WHERE number IS NOT NULL
        )
        SELECT (SELECT count(*) FROM counted), (SELECT list({{'value': {_text("value")}, 'times': times}} ORDER BY rank) FROM (
            SELECT value, times, row_number() OVER (ORDER BY times DESC, value) AS rank
            FROM (SELECT * FROM counted ORDER BY times DESC, value LIMIT {TOP})
        )), {middle}
        """
    ).fetchall()[0]
    values = tuple(TopValue(value=entry["value"], count=entry["times"]) for entry in top)
    return Counted(distinct, False, _middle(low, high), values)


def _of_many(connection: duckdb.DuckDBPyConnection, source: str, subject: Subject) -> Counted:
    """Very many values: exact where bits suffice, otherwise the estimate; the most frequent from a sketch, then counted."""
    exact = _dense_distinct(connection, source, subject)
    distinct = exact if exact is not None else min(subject.distinct_estimate, subject.present)
    if exact == subject.present:
        chosen = f"SELECT {subject.sql} AS value FROM {source} WHERE {subject.sql} IS NOT NULL ORDER BY value LIMIT {TOP}"
        query = f"SELECT {_text('value')}, 1 FROM ({chosen}) ORDER BY value"
    else:
        chosen = f"SELECT unnest(approx_top_k({subject.sql}, {SKETCHED})) FROM {source}"
        query = (
            f"SELECT {_text('value')}, times FROM (SELECT {subject.sql} AS value, count(*) AS times FROM {source}"
            f" WHERE {subject.sql} IN ({chosen}) GROUP BY ALL ORDER BY times DESC, value LIMIT {TOP}) ORDER BY times DESC, value"
        )
    top = tuple(TopValue(value=value, count=times) for value, times in connection.execute(query).fetchall())
    return Counted(distinct, exact is None, _median(connection, source, subject), top)


def _dense_distinct(connection: duckdb.DuckDBPyConnection, source: str, subject: Subject) -> int | None:
    if not subject.is_whole or subject.low is None or subject.high is None or subject.high - subject.low >= DENSE_RANGE:
        return None
    if max(-subject.low, subject.high) >= 2**53:
        return None
    low, high = int(subject.low), int(subject.high)
    bits = f"bit_count(bitstring_agg(CAST({subject.sql} AS BIGINT), {low}, {high}))"
    return int(connection.execute(f"SELECT {bits} FROM {source}").fetchall()[0][0])


def _median(connection: duckdb.DuckDBPyConnection, source: str, subject: Subject) -> float | None:
    if subject.number is None or not subject.finite:
        return None
    if subject.finite <= MEDIAN_IN_MEMORY:
        row = connection.execute(f"SELECT quantile_cont({subject.number}, 0.5) FROM {source}").fetchall()[0]
        return _middle(row[0], row[0])
    skipped, taken = (subject.finite - 1) // 2, 2 - subject.finite % 2
    rows = connection.execute(
        f"SELECT number FROM (SELECT {subject.number} AS number FROM {source}) WHERE number IS NOT NULL"
        f" ORDER BY number LIMIT {taken} OFFSET {skipped}"
    ).fetchall()
    return _middle(rows[0][0], rows[-1][0])


def _middle(low: float | None, high: float | None) -> float | None:
    if low is None or high is None:
        return None
    # Halves first: the sum of two large numbers may not be finite.
    middle = low if low == high else low / 2 + high / 2
    return middle if math.isfinite(middle) else None


def _text(value: str) -> str:
    return f"left(CAST({value} AS VARCHAR), {TEXT_CHARACTERS})"
