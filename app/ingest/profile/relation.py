"""What statistics of a column are taken from: the rows of a table, or its different values and how often each occurs."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import duckdb

from app.ingest.columns import quoted

_COUNTED = "counted"


@dataclass(frozen=True)
class Relation:
    """A table expression. Where a row of it stands for several rows of the table, `times` is the SQL that says for how many."""

    source: str
    times: str | None = None

    def rows(self, condition: str | None = None) -> str:
        """Aggregate: how many rows of the table there are, or meet the condition."""
        if self.times is None:
            return "count(*)" if condition is None else f"count_if({condition})"
        where = f" FILTER (WHERE {condition})" if condition is not None else ""
        return f"coalesce(sum({self.times}){where}, 0)::BIGINT"

    def sum(self, number: str) -> str:
        """Aggregate: the sum over all rows of the table."""
        return f"sum({number})" if self.times is None else f"sum({number} * {self.times})"


@contextmanager
def counted(connection: duckdb.DuckDBPyConnection, source: str, name: str) -> Iterator[Relation | None]:
    """The different values of the column `name`, an absent one included, under that name; None where memory does not hold them.

    Valid within the block, one at a time.
    """
    times = quoted("times" if name.casefold() != "times" else "rows")
    value = quoted(name)
    relation: Relation | None = Relation(_COUNTED, times)
    try:
        connection.execute(
            f"CREATE OR REPLACE TEMP TABLE {_COUNTED} AS SELECT {value}, count(*) AS {times} FROM {source} GROUP BY {value}"
        ).fetchall()
    except duckdb.OutOfMemoryException:
        relation = None
    try:
        yield relation
    finally:
        connection.execute(f"DROP TABLE IF EXISTS {_COUNTED}").fetchall()
