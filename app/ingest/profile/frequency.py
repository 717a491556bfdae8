"""How often the values of one column occur: distinct count and most frequent values."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

import duckdb

from app.ingest.job import TopValue
from app.ingest.profile.relation import Relation
from app.ingest.profile.sample import SAMPLE_ROWS, Sampler
from app.ingest.values import TEXT_CHARACTERS

EXACT_DISTINCT = 1_000_000
"""Columns of more (estimated) distinct values get an estimate: see docs/decisions/0007."""
DENSE_RANGE = 1 << 28
"""Integers within such a range are counted exactly by one bit each."""
TOP = 10
CANDIDATE_TIMES = 5
"""Among very many values, candidates for the most frequent are those that occur so many times in a sample. A value of one in
10,000 rows is found; a sketch over all rows takes three times as long (measured 2026-11). Fewer are chance: two of 200,000 prices are equal, and counting them in all rows would be a pass for nothing."""
CANDIDATES = 100


@dataclass(frozen=True, kw_only=True)
class Subject:
    """A column as it is counted."""

    name: str
    sql: str
    is_whole: bool
    present: int
    distinct_estimate: int
    distinct_is_exact: bool
    low: float | None
    high: float | None


@dataclass(frozen=True)
class Counted:
    """Top values as DuckDB writes them. Where `is_approximate`, they are chosen by a sample, their counts are exact, and a
    column in which no value is frequent has none."""

    distinct: int | None
    is_approximate: bool
    top: tuple[TopValue, ...]


class Counter:
    """Counts the columns of one table expression; those of very many values share a sample.

    Args:
        sampler: has taken samples of some of them.
    """

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        source: str,
        row_count: int,
        subjects: Sequence[Subject],
        sampler: Sampler | None = None,
    ):
        self._connection, self._source, self._sampler = connection, source, sampler
        self._percent = min(100.0, 100 * SAMPLE_ROWS / max(1, row_count))
        self._many = [
            subject.sql
            for subject in subjects
            if subject.distinct_estimate > EXACT_DISTINCT and (sampler is None or sampler.of(subject.name) is None)
        ]
        self._sampled: list[str] = []

    def count(self, subject: Subject, counted: Relation | None = None) -> tuple[Counted, bool]:
        """What was counted, and whether all of it could be.

        Args:
            counted: the column's different values, where they are counted already.
        """
        if subject.present == 0:
            return Counted(0, False, ()), True
        if counted is not None:
            return _by_counts(self._connection, counted, subject), True
        if subject.distinct_estimate <= EXACT_DISTINCT:
            try:
                return _by_frequency(self._connection, self._source, subject), True
            except duckdb.OutOfMemoryException:
                pass
        try:
            return self._of_many(subject), True
        except duckdb.OutOfMemoryException:
            return Counted(min(subject.distinct_estimate, subject.present), True, ()), False

    def _of_many(self, subject: Subject) -> Counted:
        """Very many values: exact where bits suffice, otherwise the estimate."""
        exact = _distinct(self._connection, self._source, subject)
        if exact == subject.present:
            return Counted(exact, False, _smallest(self._connection, self._source, subject))
        distinct = exact if exact is not None else min(subject.distinct_estimate, subject.present)
        return Counted(distinct, exact is None, self._frequent(subject))

    def _frequent(self, subject: Subject) -> tuple[TopValue, ...]:
        table, column = self._sample(subject)
        self._connection.execute(
            f"""
            CREATE OR REPLACE TEMP TABLE candidate AS SELECT value FROM (SELECT {column} AS value FROM {table})
            WHERE value IS NOT NULL GROUP BY value HAVING count(*) >= {CANDIDATE_TIMES} ORDER BY count(*) DESC, value LIMIT {CANDIDATES}
            """
        ).fetchall()
        if self._connection.execute("SELECT count(*) FROM candidate").fetchall() == [(0,)]:
            return ()
        rows = self._connection.execute(
            f"SELECT {_text('value')}, times FROM (SELECT {subject.sql} AS value, count(*) AS times FROM {self._source}"
            f" WHERE {subject.sql} IN (SELECT value FROM candidate) GROUP BY ALL ORDER BY times DESC, value LIMIT {TOP})"
            " ORDER BY times DESC, value"
        ).fetchall()
        return tuple(TopValue(value=value, count=times) for value, times in rows)

    def _sample(self, subject: Subject) -> tuple[str, str]:
        """A table and the column of it that holds a sample of the subject."""
        taken = self._sampler.of(subject.name) if self._sampler is not None else None
        if taken is not None:
            return taken
        if subject.sql not in self._sampled:
            # One pass for all: most of it is to read the file.
            self._sampled = self._many if subject.sql in self._many else [subject.sql]
            self._connection.execute(
                f"CREATE OR REPLACE TEMP TABLE sample AS SELECT {', '.join(self._sampled)} FROM {self._source}"
                f" TABLESAMPLE BERNOULLI({self._percent:.6f}%) REPEATABLE(1)"
            ).fetchall()
        return "sample", subject.sql


def _by_counts(connection: duckdb.DuckDBPyConnection, counted: Relation, subject: Subject) -> Counted:
    there = f"FROM {counted.source} WHERE {subject.sql} IS NOT NULL"
    (distinct,) = connection.execute(f"SELECT count(*) {there}").fetchall()[0]
    chosen = f"SELECT {subject.sql} AS value, {counted.times} AS often {there} ORDER BY often DESC, value LIMIT {TOP}"
    rows = connection.execute(f"SELECT {_text('value')}, often FROM ({chosen}) ORDER BY often DESC, value").fetchall()
    return Counted(distinct, False, tuple(TopValue(value=value, count=often) for value, often in rows))


def _by_frequency(connection: duckdb.DuckDBPyConnection, source: str, subject: Subject) -> Counted:
    distinct, top = connection.execute(
        f"""
        WITH counted AS MATERIALIZED (
            SELECT {subject.sql} AS value, count(*) AS times FROM {source} WHERE {subject.sql} IS NOT NULL GROUP BY ALL
        )
        SELECT (SELECT count(*) FROM counted), (
            SELECT list({{'value': {_text("value")}, 'times': times}} ORDER BY times DESC, value)
            FROM (SELECT * FROM counted ORDER BY times DESC, value LIMIT {TOP})
        )
        """
    ).fetchall()[0]
    return Counted(distinct, False, tuple(TopValue(value=entry["value"], count=entry["times"]) for entry in top))


def by_column(connection: duckdb.DuckDBPyConnection, source: str, value: str, owner: str) -> dict[int, Counted]:
    """The same of columns whose cells are one column of `source`, by the number in `owner`; without those that are empty."""
    rows = connection.execute(
        f"""
        SELECT {owner}, different, {_text(value)}, times FROM (
            SELECT *, count(*) OVER (PARTITION BY {owner}) AS different,
                row_number() OVER (PARTITION BY {owner} ORDER BY times DESC, {value}) AS place
            FROM (SELECT {owner}, {value}, count(*) AS times FROM {source} WHERE {value} IS NOT NULL GROUP BY ALL)
        ) WHERE place <= {TOP} ORDER BY {owner}, place
        """
    ).fetchall()
    return {
        at: Counted(different, False, tuple(TopValue(value=text, count=times) for _, _, text, times in some))
        for (at, different), some in groupby(rows, key=lambda row: (row[0], row[1]))
    }


def _smallest(connection: duckdb.DuckDBPyConnection, source: str, subject: Subject) -> tuple[TopValue, ...]:
    """The most frequent values where each occurs once."""
    chosen = f"SELECT {subject.sql} AS value FROM {source} WHERE {subject.sql} IS NOT NULL ORDER BY value LIMIT {TOP}"
    rows = connection.execute(f"SELECT {_text('value')} FROM ({chosen}) ORDER BY value").fetchall()
    return tuple(TopValue(value=value, count=1) for (value,) in rows)


def _distinct(connection: duckdb.DuckDBPyConnection, source: str, subject: Subject) -> int | None:
    """The exact number of different values, None where it takes more than bits to find it."""
    if subject.distinct_is_exact:
        return subject.distinct_estimate
    if not subject.is_whole or subject.low is None or subject.high is None or subject.high - subject.low >= DENSE_RANGE:
        return None
    if max(-subject.low, subject.high) >= 2**53:
        return None
    low, high = int(subject.low), int(subject.high)
    bits = f"bit_count(bitstring_agg(CAST({subject.sql} AS BIGINT), {low}, {high}))"
    return int(connection.execute(f"SELECT {bits} FROM {source}").fetchall()[0][0])


def _text(value: str) -> str:
    return f"left(CAST({value} AS VARCHAR), {TEXT_CHARACTERS})"
