"""Counting different values and finding rows that repeat an earlier one."""

from app.quality.measures import Failing, Over, told
from app.quality.parameters import P
from app.quality.subject import Subject
from app.quality.table import Column

DENSE_RANGE = 1 << 28
"""Integers within such a range are counted by one bit each: exact, and seven times as fast as a hash table."""
BITS_A_ROW = 64
"""A range that is much wider than there are rows costs more to clear than it saves."""


def present(subject: Subject[P], column: Column) -> str | Over:
    """Aggregate: rows that have a value."""
    counted, footer = subject.count(f"{column.sql} IS NOT NULL"), subject.footer
    nulls = footer.nulls.get(column.name) if footer is not None else None
    return counted if footer is None or nulls is None else told(footer.row_count - nulls, counted)


def distinct(subject: Subject[P], column: Column, *, all_expected: bool = False) -> str | Over:
    """Aggregate: the exact number of different values that are there.

    Args:
        all_expected: most likely every value differs from all others.
    """
    value = subject.masked(column.sql)
    known = subject.known(column)
    if known is not None and known.distinct is not None:
        return told(known.distinct, f"count(DISTINCT {value})")
    footer = subject.table.footer
    ends = footer.ends.get(column.name) if footer is not None else None
    if footer is not None and ends is not None and max(abs(ends.low), abs(ends.high)) < 1 << 62:
        width = ends.high - ends.low + 1
        if width <= min(DENSE_RANGE, max(1 << 16, BITS_A_ROW * footer.row_count)):
            return f"bit_count(bitstring_agg(CAST({value} AS BIGINT), {ends.low}, {ends.high}))"
    # In a statement of its own: beside it, every other aggregate takes twice its time (measured 2026-11).
    exact = Over("count(DISTINCT value)", f"(SELECT {value} AS value FROM {subject.table.source})")
    if not (all_expected and column.is_text) or column.name in subject.table.repeating:
        return exact
    # Values whose hashes all differ do differ; hashes take half the time and a third of the memory of texts.
    hashes = f"(SELECT CASE WHEN {column.sql} IS NOT NULL THEN hash({column.sql}) END AS h FROM {subject.relation})"
    return Over("CASE WHEN count(DISTINCT h) = count(h) THEN count(h) END", hashes, otherwise=exact)


def distinct_rows(subject: Subject[P], columns: tuple[Column, ...], condition: str | None = None) -> str:
    """Statement: how many rows meet the condition, and how many different ones; absent values are equal to each other."""
    names = ", ".join(column.sql for column in columns)
    return (
        f"SELECT coalesce(sum(times), 0)::BIGINT, count(*) FROM"
        f" (SELECT count(*) AS times FROM {subject.table.source} WHERE {subject.seen(condition)} GROUP BY {names})"
    )


def repeating(subject: Subject[P], columns: tuple[Column, ...], condition: str | None = None) -> Failing:
    """Rows that meet the condition and whose values stand in a row above already."""
    names = ", ".join(column.sql for column in columns)
    # As a struct, because an absent value within one equals another.
    key = f"struct_pack({', '.join(f'k{at} := {column.sql}' for at, column in enumerate(columns))})"
    often = f"SELECT {key} FROM {subject.table.source} WHERE {subject.seen(condition)} GROUP BY {names} HAVING count(*) > 1"
    # Only rows of repeated values go through the window, which has to hold them.
    return Failing(
        condition=" AND ".join(part for part in (condition, f"{key} IN ({often})") if part),
        qualify=f"row_number() OVER (PARTITION BY {names} ORDER BY {subject.table.row_number}) > 1",
    )
