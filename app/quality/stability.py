"""The population stability index of two distributions, one of which is known by its profile only."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from app.core.phrases import say
from app.ingest.columns import literal
from app.ingest.job import FieldProfile, HistogramBin
from app.ingest.profile.summary import Column as Numbers
from app.ingest.values import TEXT_CHARACTERS
from app.quality.problems import NothingToCompare
from app.quality.table import Column

LEAST_SHARE = 0.05
"""Neighbouring bins are joined until each holds so much: nearly empty ones would make noise look like drift."""
FLOOR = 1e-4
"""The share that an empty class is taken to have, so that its logarithm exists."""
LEAST_COVERED = 0.5
"""The most frequent values have to make up so much of a column of texts to stand for it."""


@dataclass(frozen=True)
class Classes:
    """Classes of values: how often they occurred then, and the conditions that count them now.

    The last class is the rest, which meets none of the conditions: `counts` is longer by it.
    """

    counts: list[int]
    conditions: list[str]


def classes(column: Column, earlier: FieldProfile, rows: int) -> Classes:
    """The classes of a column by the profile of another version.

    Raises:
        NothingToCompare: the profile says too little.
    """
    found = _of_numbers(column, earlier.histogram) if earlier.histogram else _of_texts(column, earlier, rows)
    nulls = earlier.null_count
    counted = [*found.counts, nulls]
    return Classes([*counted, rows - sum(counted)], [*found.conditions, f"{column.sql} IS NULL"])


def index(before: Sequence[int], now: Sequence[int]) -> float:
    """The index: 0 for equal shares. Neither may be empty."""
    total_before, total_now = sum(before), sum(now)
    result = 0.0
    for old, new in zip(before, now, strict=True):
        if old == new == 0:
            continue
        share_before, share_now = max(old / total_before, FLOOR), max(new / total_now, FLOOR)
        result += (share_now - share_before) * math.log(share_now / share_before)
    return result


def _of_numbers(column: Column, histogram: Sequence[HistogramBin]) -> Classes:
    edges, counts = _joined(histogram)
    value = Numbers(column.field).number()
    # The first and the last class reach as far as values go: what lies beyond the old ends has drifted into them.
    conditions = []
    for at in range(len(counts)):
        parts = [f"{value} IS NOT NULL"]
        if at > 0:
            parts.append(f"{value} >= {edges[at]!r}::DOUBLE")
        if at < len(counts) - 1:
            parts.append(f"{value} < {edges[at + 1]!r}::DOUBLE")
        conditions.append(f"({' AND '.join(parts)})")
    return Classes(counts, conditions)


def _joined(histogram: Sequence[HistogramBin]) -> tuple[list[float], list[int]]:
    total = sum(one.count for one in histogram)
    edges, counts = [histogram[0].lower], [0]
    for one in histogram:
        if counts[-1] >= LEAST_SHARE * total:
            edges.append(one.lower)
            counts.append(0)
        counts[-1] += one.count
    if len(counts) > 1 and counts[-1] < LEAST_SHARE * total:
        counts[-2] += counts.pop()
        edges.pop()
    return edges, counts


def _of_texts(column: Column, earlier: FieldProfile, rows: int) -> Classes:
    there = rows - earlier.null_count
    covered = sum(top.count for top in earlier.top_values)
    if there == 0 or covered < LEAST_COVERED * there:
        raise NothingToCompare(
            say(
                "TOO_MANY_VALUES_TO_COMPARE",
                "'{column}' has too many different values for the profile of the other version to describe them.",
                column=column.name,
            )
        )
    text = f"left(CAST({column.sql} AS VARCHAR), {TEXT_CHARACTERS})"
    return Classes([top.count for top in earlier.top_values], [f"{text} = {literal(top.value)}" for top in earlier.top_values])
