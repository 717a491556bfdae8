"""Where records begin and end in a block of well-formed CSV bytes, found for the whole block at once."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.ingest.csv.dialect import Dialect

Positions = NDArray[np.int64]

LF, CR = 10, 13


@dataclass(frozen=True)
class Outline:
    """Records of a block that are certain; `regular_until` is where certainty ends."""

    starts: Positions
    ends: Positions
    """Offset of the line end of each record (of its CR where it is CR LF)."""
    nexts: Positions
    """Offset of the first byte after each record's line end."""
    cells: Positions
    malformed_at: int | None
    """Offset of a quote that RFC 4180 does not allow; nothing is said of the record that holds it."""


def outline(block: bytes, dialect: Dialect, *, final: bool) -> Outline:
    """Records that end in `block`, which begins at the start of a record.

    A record without a line end at the end of a file counts where `final` is set.
    """
    bytes_ = np.frombuffer(block, np.uint8)
    quotes = np.flatnonzero(bytes_ == ord(dialect.quote)) if dialect.quote else np.empty(0, np.int64)
    malformed_at = _malformed_quote(bytes_, quotes, dialect, final=final) if quotes.size else None
    ends, nexts = _line_ends(block, bytes_, final=final)
    delimiters = np.flatnonzero(bytes_ == ord(dialect.delimiter))
    if quotes.size:
        outside = (np.searchsorted(quotes, ends) & 1) == 0
        ends, nexts = ends[outside], nexts[outside]
        delimiters = delimiters[(np.searchsorted(quotes, delimiters) & 1) == 0]
    if malformed_at is not None:
        keep = ends < malformed_at
        ends, nexts = ends[keep], nexts[keep]
    starts = np.concatenate(([0], nexts[:-1])) if nexts.size else np.empty(0, np.int64)
    before = np.searchsorted(delimiters, ends)
    cells = np.diff(before, prepend=0) + 1
    return Outline(starts, ends, nexts, cells, malformed_at)


def _line_ends(block: bytes, bytes_: NDArray[np.uint8], *, final: bool) -> tuple[Positions, Positions]:
    feeds = np.flatnonzero(bytes_ == LF)
    if b"\r" in block:
        returns = np.flatnonzero(bytes_ == CR)
        following = np.append(bytes_[1:], np.uint8(0))[returns]
        alone = returns[following != LF]
        if not final and alone.size and alone[-1] == len(block) - 1:
            # Its LF may begin the next block.
            alone = alone[:-1]
        preceded = feeds.copy()
        preceded[(feeds > 0) & (bytes_[feeds - 1] == CR)] -= 1
        order = np.argsort(np.concatenate((preceded, alone)), kind="stable")
        ends = np.concatenate((preceded, alone))[order]
        nexts = np.concatenate((feeds, alone))[order] + 1
    else:
        ends, nexts = feeds, feeds + 1
    if final and len(block) and (not nexts.size or nexts[-1] != len(block)):
        ends, nexts = np.append(ends, len(block)), np.append(nexts, len(block))
    return ends, nexts


def _malformed_quote(bytes_: NDArray[np.uint8], quotes: Positions, dialect: Dialect, *, final: bool) -> int | None:
    """Offset of the first quote that neither opens, closes nor doubles where RFC 4180 allows it."""
    edge = np.zeros(256, np.bool_)
    edge[[LF, CR, ord(dialect.delimiter)]] = True
    openers, closers = quotes[0::2], quotes[1::2]
    good_open = edge[bytes_[np.maximum(openers - 1, 0)]]
    good_open |= openers == 0
    good_open[1:] |= openers[1:] == closers[: openers.size - 1] + 1
    last = len(bytes_) - 1
    good_close = edge[bytes_[np.minimum(closers + 1, last)]]
    good_close |= closers == last
    paired = min(closers.size, openers.size - 1)
    good_close[:paired] |= openers[1 : paired + 1] == closers[:paired] + 1
    wrong = [positions[~good] for positions, good in ((openers, good_open), (closers, good_close))]
    firsts = [int(positions[0]) for positions in wrong if positions.size]
    if final and openers.size > closers.size:
        firsts.append(int(openers[-1]))
    return min(firsts, default=None)
