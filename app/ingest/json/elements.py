"""The records of a JSON text one by one, as bytes with their lines: elements of an array, lines of JSON Lines, or one object."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from app.core.phrases import say
from app.ingest.csv.exact import count_lines
from app.ingest.job import IngestError, IngestErrorCode

BLOCK_BYTES = 1 << 20
_BACKSLASH, _QUOTE = 92, 34
STEP = np.zeros(256, np.int8)
STEP[[ord("{"), ord("[")]] = 1
STEP[[ord("}"), ord("]")]] = -1
_STRUCTURAL = np.zeros(256, np.bool_)
_STRUCTURAL[[ord(c) for c in "{}[],"]] = True


@dataclass(frozen=True)
class Element:
    """The text of one record and the physical line on which it starts."""

    line: int
    text: bytes


def lines(file: BinaryIO, max_bytes: int) -> Iterator[Element]:
    """The lines of JSON Lines that are not blank.

    Raises:
        IngestError: CELL_TOO_LARGE for a line longer than `max_bytes`.
    """
    number, carry = 1, b""
    while True:
        chunk = file.read(BLOCK_BYTES)
        block = carry + chunk
        # JSON has no raw CR within strings, so a lone CR can only be a line end of old.
        parts = re.split(rb"\r\n|\n|\r(?!\Z)" if chunk else rb"\r\n?|\n", block)
        carry = parts.pop() if chunk else b""
        for part in parts:
            if part.strip():
                yield Element(number, part)
            number += 1
        if not chunk:
            return
        if len(carry) > max_bytes:
            raise too_large(number, max_bytes)


class ArrayElements:
    """Elements of the array that begins at the file's position, found without parsing them.

    After the iteration `line` is the line where it ended.
    """

    def __init__(self, file: BinaryIO, *, line: int, max_bytes: int):
        self._file, self.line, self._max_bytes = file, line, max_bytes
        self.rest = b""
        """What follows the array's closing bracket."""

    def __iter__(self) -> Iterator[Element]:
        """
        Raises:
            IngestError: TRUNCATED where the file ends before the array does; CELL_TOO_LARGE.
        """
        carry, opened = b"", False
        while True:
            chunk = self._file.read(BLOCK_BYTES)
            if not chunk:
                raise truncated(self.line + count_lines(carry))
            block = carry + chunk
            if not opened:
                start = block.index(b"[") + 1
                self.line += count_lines(block[:start])
                block, opened = block[start:], True
            position = 0
            for end, closes in _element_ends(block):
                text = block[position:end]
                if text.strip():
                    yield Element(_start_line(self.line, text), text.strip())
                elif not closes:
                    # Nothing before the closing bracket is a comma too many, and nothing lost.
                    yield Element(self.line, b"")
                self.line += count_lines(block[position : end + 1])
                position = end + 1
                if closes:
                    self.rest = block[position:]
                    return
            carry = block[position:]
            if len(carry) > self._max_bytes:
                raise too_large(_start_line(self.line, carry), self._max_bytes)


def objects(file: BinaryIO, *, line: int, max_bytes: int) -> Iterator[Element]:
    """Objects and arrays that follow one another from the file's position, over as many lines as they like.

    Raises:
        IngestError: TRUNCATED, CELL_TOO_LARGE.
    """
    carry = b""
    while True:
        chunk = file.read(BLOCK_BYTES)
        block = carry + chunk
        position = 0
        for end in _value_ends(block):
            text = block[position:end]
            yield Element(_start_line(line, text), text.strip())
            line += count_lines(text)
            position = end
        carry = block[position:]
        if not chunk:
            if carry.strip():
                raise truncated(line + count_lines(carry.rstrip()))
            return
        if len(carry) > max_bytes:
            raise too_large(_start_line(line, carry), max_bytes)


def _start_line(line: int, text: bytes) -> int:
    """The line of the first character that is no white space, where `text` begins on `line`."""
    return line + count_lines(text[: len(text) - len(text.lstrip())])


def _value_ends(block: bytes) -> list[int]:
    """Offsets behind the brackets that close the outermost objects and arrays."""
    outside, marks = _structure(block)
    depth = np.cumsum(STEP[marks], dtype=np.int64)
    found: list[int] = (outside[(depth == 0) & (STEP[marks] == -1)] + 1).tolist()
    return found


def _element_ends(block: bytes) -> Iterator[tuple[int, bool]]:
    """Offsets of the commas between the elements, and of the bracket that closes the array (True)."""
    outside, marks = _structure(block)
    depth = np.cumsum(STEP[marks], dtype=np.int64)
    ends = outside[((marks == ord(",")) & (depth == 0)) | (depth == -1)]
    for end in ends.tolist():
        closes = block[end] != ord(",")
        yield end, closes
        if closes:
            return


def _structure(block: bytes) -> tuple[NDArray[np.int64], NDArray[np.uint8]]:
    """Brackets and commas outside strings, and where they stand; the block begins outside a string."""
    bytes_ = np.frombuffer(block, np.uint8)
    structural = np.flatnonzero(_STRUCTURAL[bytes_])
    quotes = unescaped_quotes(bytes_, b"\\" in block)
    outside = structural[(np.searchsorted(quotes, structural) & 1) == 0]
    return outside, bytes_[outside]


def unescaped_quotes(bytes_: NDArray[np.uint8], has_escapes: bool) -> NDArray[np.int64]:
    quotes = np.flatnonzero(bytes_ == _QUOTE)
    if not has_escapes or not quotes.size:
        return quotes
    slashes = np.flatnonzero(bytes_ == _BACKSLASH)
    # Within a run of backslashes every second one is escaped; a run of odd length escapes what follows.
    first = np.flatnonzero(np.diff(slashes, prepend=-2) != 1)
    lengths = np.diff(first, append=slashes.size)
    followers = slashes[first] + lengths
    return quotes[~np.isin(quotes, followers[lengths % 2 == 1], assume_unique=True)]


def truncated(line: int) -> IngestError:
    return IngestError(
        IngestErrorCode.TRUNCATED,
        say("JSON_CUT", "The JSON text ends on line {line:,} before its array or object does.", line=line),
        hint=say("HINT_CUT_ON_WAY", "The file was probably cut off on its way: upload it again."),
        line=line,
    )


def too_large(line: int, max_bytes: int) -> IngestError:
    return IngestError(
        IngestErrorCode.CELL_TOO_LARGE,
        say(
            "JSON_RECORD_TOO_LARGE",
            "The record that starts on line {line:,} is larger than {max_bytes:,} bytes.",
            line=line,
            max_bytes=max_bytes,
        ),
        hint=say(
            "HINT_BRACKET_OR_CONTENTS",
            "Look for a quote or bracket that is never closed, or keep such contents in files of their own.",
        ),
        line=line,
    )
