"""All records of a delimited text file, in order: those that fit the table in bulk, each of the others with its line."""

from collections.abc import Generator, Iterator
from dataclasses import dataclass
from typing import BinaryIO

import numpy as np

from app.core.phrases import say
from app.ingest.csv.dialect import Dialect
from app.ingest.csv.exact import UNCLOSED, ExactReader, Record, count_lines, written
from app.ingest.csv.tokens import Outline, Positions, outline
from app.ingest.job import IngestError, IngestErrorCode

BLOCK_BYTES = 1 << 20
_LOOKAHEAD_LINES = 8


@dataclass(frozen=True)
class Good:
    """Consecutive records that fit; `text` is their RFC 4180 form with LF."""

    text: bytes
    count: int
    raw: bytes
    """The records as written."""
    line: int
    """Of the first record."""
    offsets: Positions
    """Of each record within `raw`."""

    def record(self, index: int) -> tuple[int, bytes]:
        """Line and raw text of one of the records."""
        start = int(self.offsets[index])
        end = int(self.offsets[index + 1]) if index + 1 < self.count else len(self.raw)
        return self.line + count_lines(self.raw[:start]), self.raw[start:end]


@dataclass(frozen=True)
class Mended:
    """A record that fits once its quotes are read leniently or its empty surplus cells are dropped."""

    text: bytes
    raw: bytes
    line: int
    lenient: bool
    """Its quotes broke the rules."""
    surplus: bool
    """It ended in more delimiters than the table has."""


@dataclass(frozen=True)
class Bad:
    """A record that cannot be a row."""

    line: int
    reason: str
    raw: bytes


@dataclass(frozen=True)
class Blank:
    """Lines without content; no records."""

    count: int


Segment = Good | Mended | Bad | Blank


class RecordWalk:
    """Walks a UTF-8 file from `offset`, which is the start of a record on line `line`."""

    def __init__(self, file: BinaryIO, dialect: Dialect, width: int, *, line: int, max_cell_bytes: int):
        self._file, self._dialect, self._width, self._line = file, dialect, width, line
        self._max_cell_bytes = max_cell_bytes
        self._exact = ExactReader(dialect)
        marks = (dialect.delimiter.encode(), (dialect.quote or "").encode())
        self._out = marks if dialect.is_plain else (b",", b'"')
        self.out_dialect = Dialect(*(mark.decode() for mark in self._out))

    def segments(self) -> Iterator[Segment]:
        """Every byte of the file ends up in exactly one segment.

        Raises:
            IngestError: CELL_TOO_LARGE with the line.
        """
        carry = b""
        while True:
            chunk = self._file.read(BLOCK_BYTES)
            block, final = carry + chunk, not chunk
            consumed = yield from self._block(block, final=final)
            if final:
                return
            carry = block[consumed:]
            if len(carry) > self._max_cell_bytes:
                carry = yield from self._oversized(carry)

    def _block(self, block: bytes, *, final: bool) -> Generator[Segment, None, int]:
        position = 0
        if self._dialect.is_plain:
            position = yield from self._in_bulk(block, final=final)
        while position < len(block):
            following = yield from self._single(block, position, final=final)
            if following is None:
                break
            position = following
        return position

    def _in_bulk(self, block: bytes, *, final: bool) -> Generator[Segment, None, int]:
        """Vectorised part; returns the offset up to which it came (the rest is uncertain or incomplete)."""
        found = outline(block, self._dialect, final=final)
        fits = (found.cells == self._width) & (found.ends > found.starts if self._width == 1 else True)
        for damaged in _damaged_bytes(block):
            fits[_holders(found, damaged)] = False
        fits &= found.ends - found.starts <= self._max_cell_bytes
        mixed = self._dialect.quote != "" and self._dialect.quote.encode() in block and b"\r" in block
        position = 0
        index, total = 0, fits.size
        while index < total:
            if not fits[index]:
                following = yield from self._single(block, int(found.starts[index]), final=final)
                if following is None:
                    return int(found.starts[index])
                position = following
                # A record with a stray quote may have been cut short or, by being read anew, have run on.
                index = int(np.searchsorted(found.starts, position))
                if index < total and int(found.starts[index]) != position:
                    return position
                if index == total and position < (int(found.nexts[-1]) if total else 0):
                    return position
                continue
            stop = int(np.argmin(fits[index:])) + index if not fits[index:].all() else total
            start, end = int(found.starts[index]), int(found.nexts[stop - 1])
            raw = block[start:end]
            if mixed and b"\r" in raw and not _returns_end_lines(raw, found, index, stop):
                for each in range(index, stop):
                    yield from self._single(block, int(found.starts[each]), final=final)
            else:
                yield Good(_with_feeds(raw), stop - index, raw, self._line, found.starts[index:stop] - start)
                self._line += count_lines(raw)
            index, position = stop, end
        return position

    def _single(self, block: bytes, start: int, *, final: bool) -> Generator[Segment, None, int | None]:
        """One record by the exact rules; returns where the next begins, None where more bytes are needed."""
        record = self._exact.read(block, start, final=final)
        if record is None:
            return None
        if record.problem is None and self._swallows_lines(block, start, record, final=final):
            record = self._exact.first_line(block, start, UNCLOSED, final=final) or record
        raw = block[start : record.next]
        yield self._judged(record, raw)
        self._line += count_lines(raw)
        return record.next

    def _judged(self, record: Record, raw: bytes) -> Segment:
        cells, line = record.cells, self._line
        # 0x1A is the end-of-file mark of old systems.
        hollow = not raw.strip(b" \t\r\n\x1a")
        if hollow and (self._width == 1 or self._dialect.delimiter.encode() not in raw.strip(b"\r\n")):
            return Blank(1)
        reason = self._problem(record, raw)
        if reason is not None or cells is None:
            return Bad(line, reason or record.problem or say("RECORD_UNREADABLE", "it cannot be read"), raw)
        self._check_cells(cells, line)
        surplus = len(cells) > self._width
        return Mended(written(cells[: self._width], *self._out), raw, line, record.problem is not None, surplus)

    def _problem(self, record: Record, raw: bytes) -> str | None:
        if b"\x00" in raw:
            return say("RECORD_NUL_BYTE", "it holds a NUL byte")
        try:
            raw.decode("utf-8")
        except UnicodeDecodeError as error:
            return say(
                "RECORD_NOT_UTF8",
                "it holds bytes that are not UTF-8 (at byte {position} of the record)",
                position=error.start + 1,
            )
        cells = record.cells
        if cells is None:
            return record.problem
        if len(cells) == self._width or (len(cells) > self._width and not any(cells[self._width :])):
            return None
        if record.problem is not None:
            return record.problem
        return say(
            "RECORD_CELLS",
            "it has {count:,} {count:cell|cells} where the table has {columns:,} columns",
            count=len(cells),
            columns=self._width,
        )

    def _swallows_lines(self, block: bytes, start: int, record: Record, *, final: bool) -> bool:
        """True where a stray quote has made several good lines into one cell."""
        raw = block[start : record.end]
        if record.cells is None or (b"\n" not in raw and b"\r" not in raw):
            return False
        if len(record.cells) == self._width or self._width == 1:
            return False
        inner = raw.replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n")[1:-1][:_LOOKAHEAD_LINES]
        fits = sum(line.count(self._dialect.delimiter.encode()) == self._width - 1 for line in inner)
        return bool(inner) and fits * 2 >= len(inner)

    def _check_cells(self, cells: list[bytes], line: int) -> None:
        largest = max(cells, key=len, default=b"")
        if len(largest) > self._max_cell_bytes:
            raise self._too_large(line)

    def _oversized(self, carry: bytes) -> Generator[Segment, None, bytes]:
        """A record longer than a cell may be: a huge cell, a stray quote, or just very many cells."""
        delimiter = self._dialect.delimiter.encode()
        opened = self._exact.read(carry, 0, final=True)
        if opened is not None and opened.problem == UNCLOSED:
            lines = carry[opened.next :].split(b"\n", _LOOKAHEAD_LINES + 1)[:_LOOKAHEAD_LINES]
            fits = sum(line.count(delimiter) == self._width - 1 for line in lines)
            if opened.next < len(carry) and fits * 2 > len(lines):
                yield Bad(self._line, UNCLOSED, carry[: opened.next])
                self._line += count_lines(carry[: opened.next])
                return carry[opened.next :]
        tail = len(carry) - (carry.rfind(delimiter) + 1)
        if tail > self._max_cell_bytes or len(carry) > 4 * self._max_cell_bytes or opened is None:
            raise self._too_large(self._line)
        if opened.cells is not None:
            self._check_cells(opened.cells, self._line)
        return carry

    def _too_large(self, line: int) -> IngestError:
        return IngestError(
            IngestErrorCode.CELL_TOO_LARGE,
            say(
                "CELL_TOO_LARGE",
                "A cell of the record on line {line:,} is larger than {max_cell_bytes:,} bytes.",
                line=line,
                max_cell_bytes=self._max_cell_bytes,
            ),
            hint=say(
                "HINT_QUOTE_OR_CONTENTS",
                "Look for a quote that is never closed, or keep such contents in files of their own and link to them.",
            ),
            line=line,
        )


def _damaged_bytes(block: bytes) -> list[int]:
    """Offsets of NUL and of bytes that are not UTF-8, at least one for each record that holds any."""
    offsets: list[int] = []
    if b"\x00" in block:
        offsets += np.flatnonzero(np.frombuffer(block, np.uint8) == 0).tolist()
    if block.isascii():
        return offsets
    try:
        block.decode("utf-8")
    except UnicodeDecodeError as error:
        position = block.rfind(b"\n", 0, error.start) + 1
        for line in block[position:].split(b"\n"):
            try:
                line.decode("utf-8")
            except UnicodeDecodeError as flaw:
                offsets.append(position + flaw.start)
            position += len(line) + 1
    return offsets


def _holders(found: Outline, offset: int) -> slice:
    index = int(np.searchsorted(found.nexts, offset, side="right"))
    return slice(index, index + 1)


def _returns_end_lines(raw: bytes, found: Outline, index: int, stop: int) -> bool:
    """True where every CR belongs to the end of a record, so that replacing them changes no cell."""
    gaps = found.nexts[index:stop] - found.ends[index:stop]
    first = np.frombuffer(raw, np.uint8)[np.minimum(found.ends[index:stop] - int(found.starts[index]), len(raw) - 1)]
    return raw.count(b"\r") == int(((gaps > 0) & (first == 13)).sum())


def _with_feeds(raw: bytes) -> bytes:
    text = raw.replace(b"\r\n", b"\n").replace(b"\r", b"\n") if b"\r" in raw else raw
    return text if text.endswith(b"\n") else text + b"\n"
