"""A quick count of a text table's records, independent of the reader, and whether it is regular enough to be read as it is."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np

from app.ingest.csv.dialect import Dialect
from app.ingest.csv.tokens import LF, outline

BLOCK_BYTES = 128 << 10
"""What NumPy makes of a block stays in the processor's cache, and in memory that the allocator keeps: with 256 KiB the same takes
2.4 times as long (2026-11)."""
LONGEST_LINE_BYTES = 1 << 20


@dataclass(frozen=True)
class Survey:
    """What a regular file holds: UTF-8, one kind of line end, RFC 4180 quotes, no blank lines, equally many cells."""

    record_count: int
    crlf: bool


def survey(path: Path, offset: int, dialect: Dialect, width: int) -> Survey | None:
    """Count the records from `offset` on, or None as soon as anything is irregular."""
    if not dialect.is_plain:
        return None
    records, carry, crlf = 0, b"", None
    with path.open("rb") as file:
        file.seek(offset)
        while True:
            chunk = file.read(BLOCK_BYTES)
            block = carry + chunk
            if not chunk:
                block = _without_last_lines(block)
            if not block:
                break
            taken = _block(block, dialect, width, final=not chunk)
            if taken is None:
                return None
            count, used, returns = taken
            if returns is not None:
                if crlf not in (None, returns):
                    return None
                crlf = returns
            records, carry = records + count, block[used:]
            if not chunk:
                break
            # Rare, and the reader has to be told how long lines may be.
            if len(carry) > LONGEST_LINE_BYTES:
                return None
    return Survey(records, bool(crlf))


class Surveying:
    """A survey by a thread of its own, so that others can read the file meanwhile. The thread has ended with the block.

    Args:
        irregular: called by the thread when the file turns out to be irregular.
    """

    def __init__(self, path: Path, offset: int, dialect: Dialect, width: int, irregular: Callable[[], None]):
        self._arguments = path, offset, dialect, width
        self._irregular = irregular
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="survey")

    def __enter__(self) -> Self:
        self._found: Future[Survey | None] = self._pool.submit(survey, *self._arguments)
        self._found.add_done_callback(self._told)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._pool.shutdown()

    def result(self) -> Survey | None:
        """What the survey found, as soon as it has."""
        return self._found.result()

    def _told(self, found: "Future[Survey | None]") -> None:
        if found.exception() is None and found.result() is None:
            self._irregular()


def first_line_ends_in_crlf(path: Path, offset: int) -> bool:
    """How the first line from `offset` on ends, a guess at how all of them do."""
    with path.open("rb") as file:
        file.seek(offset)
        line = file.readline(LONGEST_LINE_BYTES)
    return line.endswith(b"\r\n")


def _without_last_lines(block: bytes) -> bytes:
    """Blank lines at the end of a file are no irregularity."""
    return block.rstrip(b"\r\n") if block.endswith((b"\n\n", b"\n\r\n")) else block


def _block(block: bytes, dialect: Dialect, width: int, *, final: bool) -> tuple[int, int, bool | None] | None:
    """Records in the block, bytes they take, and whether their lines end in CR LF; None where it is irregular."""
    if b"\x00" in block:
        return None
    if dialect.quote and dialect.quote.encode() in block:
        return _quoted_block(block, dialect, width, final=final)
    used = len(block) if final else block.rfind(b"\n") + 1
    lines = block if used == len(block) else block[:used]
    if not _is_utf8(lines):
        return None
    # NumPy counts dense characters four times faster than bytes.count (2026-11).
    bytes_ = np.frombuffer(lines, np.uint8)
    feeds_at = np.flatnonzero(bytes_ == LF)
    feeds = feeds_at.size
    returns = None
    if b"\r" in lines:
        returns = True
        # A last line without its CR LF is fine.
        if not lines.count(b"\r") == lines.count(b"\r\n") == feeds or b"\n\r" in lines:
            return None
    elif feeds:
        returns = False
    count = feeds + (1 if final and not lines.endswith(b"\n") else 0)
    # By their places: to compare each byte with the next took longer than all else here (2026-11).
    if lines.startswith((b"\n", b"\r")) or bool((np.diff(feeds_at) == 1).any()):
        return None
    delimiters = int(np.count_nonzero(bytes_ == ord(dialect.delimiter)))
    return (count, used, returns) if delimiters == (width - 1) * count else None


def _quoted_block(block: bytes, dialect: Dialect, width: int, *, final: bool) -> tuple[int, int, bool | None] | None:
    found = outline(block, dialect, final=final)
    if found.malformed_at is not None:
        return None
    if not found.nexts.size:
        return 0, 0, None
    used = int(found.nexts[-1])
    if not _is_utf8(block[:used]) or not bool((found.cells == width).all()):
        return None
    if width == 1 and not bool((found.ends > found.starts).all()):
        return None
    terminators = found.nexts - found.ends
    if final and int(terminators[-1]) == 0:
        terminators = terminators[:-1]
    if not terminators.size:
        return found.nexts.size, used, None
    crlf = int(terminators[0]) == 2
    if not bool((terminators == terminators[0]).all()):
        return None
    if not crlf and bool((np.frombuffer(block, np.uint8)[found.ends[: terminators.size]] == 13).any()):
        return None
    return found.nexts.size, used, crlf


def _is_utf8(block: bytes) -> bool:
    if block.isascii():
        return True
    try:
        block.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True
