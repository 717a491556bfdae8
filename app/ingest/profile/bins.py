"""Edges of histograms that a person can read: at most 20 bins of one width, at round numbers or round times."""

import math
from itertools import pairwise

MAX_BINS = 20
_ROUND = (1.0, 2.0, 2.5, 5.0, 10.0)
_EXACT_BELOW = 2.0**53
"""Up to here floats hold every integer."""
_DAY = 86_400.0
_TIMES = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 10_800, 21_600, 43_200)


def number_edges(low: float, high: float, *, whole: bool) -> tuple[float, ...]:
    """Edges of bins that cover low <= v <= high.

    Args:
        whole: values are integers, and so are the edges; few of them get a bin each.
    """
    if low == high:
        return (low, low + 1.0) if whole and low + 1.0 > low else (low, high)
    if whole and high - low < MAX_BINS and max(-low, high) < _EXACT_BELOW:
        return tuple(low + step for step in range(int(high - low) + 2))
    return _edges(low, high, _round_step((high - low) / MAX_BINS, least=1.0 if whole else 0.0))


def time_edges(low: float, high: float, *, days: bool) -> tuple[float, ...]:
    """Edges in epoch seconds; whole days when the values are dates."""
    if low == high:
        return (low, low + (_DAY if days else 1.0))
    least = (high - low) / MAX_BINS
    if least > _TIMES[-1] or days:
        step = _DAY * _round_step(least / _DAY, least=1.0)
    elif least > 0.5:
        step = float(next(seconds for seconds in _TIMES if seconds >= least))
    else:
        step = _round_step(least, least=0.0)
    return _edges(low, high, step)


def _round_step(wanted: float, *, least: float) -> float:
    """The smallest round number that is at least `wanted`; a whole one where `least` is 1."""
    if wanted <= least:
        return least
    if not math.isfinite(wanted) or wanted < 1e-300:
        return wanted
    power = 10.0 ** math.floor(math.log10(wanted))
    steps = (factor * power for factor in _ROUND)
    return next(step for step in steps if (step >= wanted and not (least and step % 1)) or step >= 10 * power)


def _edges(low: float, high: float, step: float) -> tuple[float, ...]:
    """Multiples of the step from below `low` to `high`; equal parts of the range where such do not fit."""
    # Starting at a multiple may need one bin more than the range alone; then the next round step fits.
    for width in (step, _round_step(step * 1.01, least=1.0 if step % 1 == 0 else 0.0)):
        if not 0 < width < math.inf or not math.isfinite(low / width):
            break
        first = math.floor(low / width)
        edges = [_clean(first * width)]
        while edges[-1] < high and len(edges) <= MAX_BINS:
            edges.append(_clean((first + len(edges)) * width))
        # The next multiple beyond the greatest of all doubles is infinite, and no edge.
        if edges[0] <= low and high <= edges[-1] and all(map(math.isfinite, edges)) and all(a < b for a, b in pairwise(edges)):
            return tuple(edges)
    return _equal_parts(low, high)


def _clean(edge: float) -> float:
    """0.15 for 0.15000000000000002, where that is all the difference."""
    return edge if edge % 1 == 0 else float(f"{edge:.12g}")


def _equal_parts(low: float, high: float) -> tuple[float, ...]:
    inner = (low * (1 - part / MAX_BINS) + high * (part / MAX_BINS) for part in range(1, MAX_BINS))
    return tuple(sorted({low, high, *(edge for edge in inner if low < edge < high)}))
