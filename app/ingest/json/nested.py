"""The members of one big JSON object, found without parsing their values."""

from dataclasses import dataclass
from typing import BinaryIO

import numpy as np

from app.ingest.csv.exact import count_lines
from app.ingest.json.elements import STEP, too_large, truncated, unescaped_quotes

BLOCK_BYTES = 1 << 20
_MARKS = np.zeros(256, np.bool_)
_MARKS[[ord(c) for c in "{}[],:"]] = True


@dataclass(frozen=True)
class Outline:
    """Where the values of an object's members begin, and where the object ends; offsets from the file's position."""

    values: list[int]
    end: int


def outline(file: BinaryIO, *, line: int, max_bytes: int, max_members: int) -> Outline:
    """The outline of the object that begins at the file's position (white space before it is fine).

    Members after the first `max_members` are not listed.
    Raises:
        IngestError: TRUNCATED where the file ends before the object does; CELL_TOO_LARGE for one huge string.
    """
    base, depth, carry = 0, 0, b""
    values: list[int] = []
    while True:
        chunk = file.read(BLOCK_BYTES)
        if not chunk:
            raise truncated(line + count_lines(carry))
        block = carry + chunk
        bytes_ = np.frombuffer(block, np.uint8)
        marks_at = np.flatnonzero(_MARKS[bytes_])
        quotes = unescaped_quotes(bytes_, b"\\" in block)
        marks_at = marks_at[(np.searchsorted(quotes, marks_at) & 1) == 0]
        marks = bytes_[marks_at]
        depths = depth + np.cumsum(STEP[marks], dtype=np.int64)
        closed = np.flatnonzero(depths == 0)
        stop = int(closed[0]) if closed.size else marks.size
        colons = marks_at[:stop][(marks[:stop] == ord(":")) & (depths[:stop] == 1)]
        values += (base + colons[: max(0, max_members - len(values))] + 1).tolist()
        if closed.size:
            return Outline(values, base + int(marks_at[stop]) + 1)
        used = int(marks_at[-1]) + 1 if marks_at.size else 0
        depth = int(depths[-1]) if depths.size else depth
        base, carry = base + used, block[used:]
        line += count_lines(block[:used])
        if len(carry) > max_bytes:
            raise too_large(line, max_bytes)
