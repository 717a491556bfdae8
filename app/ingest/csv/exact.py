"""Single CSV records read byte by byte: any dialect, any damage. Slow, and used only where the outline is uncertain."""

import re
from dataclasses import dataclass

from app.core.phrases import say
from app.ingest.csv.dialect import Dialect

_LINE_END = re.compile(rb"\r\n?|\n")
UNCLOSED = say("QUOTE_NOT_CLOSED", "a quote is opened and never closed")
STRAY = say("TEXT_AFTER_QUOTE", "a closing quote is followed by text")


@dataclass(frozen=True)
class Record:
    """One record.

    `cells` are None where no reading makes sense.
    """

    cells: list[bytes] | None
    end: int
    """Offset of its line end, or of the end of the data."""
    next: int
    """Offset behind its line end."""
    problem: str | None = None
    """What is wrong with its quotes; the record then is one physical line, read leniently."""


class ExactReader:
    """Reads records under one dialect."""

    def __init__(self, dialect: Dialect):
        delimiter, quote = dialect.delimiter.encode(), dialect.quote.encode()
        escape = b"" if dialect.escape == dialect.quote else dialect.escape.encode()
        self._delimiter, self._quote, self._escape = delimiter, quote, escape
        d, q, e = re.escape(delimiter), re.escape(quote), re.escape(escape)
        # A delimiter of several bytes (a character beyond ASCII) cannot stand in a character class.
        plain = rb"(?:(?!" + d + rb")[^\r\n])*+" if len(delimiter) > 1 else rb"[^\r\n" + d + rb"]*+"
        if escape:
            plain = rb"(?:" + e + rb"(?:\r\n|.)|(?!" + d + rb")[^\r\n" + e + rb"])*+"
        self._plain = re.compile(plain, re.DOTALL)
        inside = rb"[^" + q + e + rb"]++|" + q + q + (rb"|" + e + rb"." if escape else b"")
        pad = b"" if delimiter == b" " else rb" *+"
        after = pad + rb"(?=\r|\n|\Z|" + d + rb")"
        self._quoted = re.compile(pad + q + rb"((?:" + inside + rb")*+)" + q + after, re.DOTALL) if quote else None
        self._opened = re.compile(pad + q + rb"((?:" + inside + rb")*+)", re.DOTALL) if quote else None
        self._mark = re.compile(e + rb"(.)|" + q + q, re.DOTALL) if escape else None
        self._lenient = re.compile(pad + q + rb"(.*?)" + q + pad + rb"(?=\Z|" + d + rb")", re.DOTALL) if quote else None

    def read(self, block: bytes, start: int, *, final: bool) -> Record | None:
        """The record at `start`, or None where `block` ends before the record does and more bytes will come."""
        cells: list[bytes] = []
        position = start
        while True:
            quoted = self._quoted.match(block, position) if self._quoted else None
            if quoted:
                cells.append(self._unescaped(quoted[1]))
                position = quoted.end()
            elif self._opened and (opened := self._opened.match(block, position)):
                if not final and not _LINE_END.search(block, opened.end()):
                    return None
                return self._line(block, start, UNCLOSED if opened.end() >= len(block) else STRAY, final=final)
            else:
                plain = self._plain.match(block, position)
                assert plain is not None  # the pattern matches the empty string
                cells.append(self._without_escapes(plain[0]))
                position = plain.end()
            if block.startswith(self._delimiter, position):
                position += len(self._delimiter)
                continue
            following = _after_line_end(block, position, final=final)
            return None if following is None else Record(cells, position, following)

    def first_line(self, block: bytes, start: int, problem: str, *, final: bool) -> Record | None:
        """The physical line at `start` alone, as a record that is wrong."""
        return self._line(block, start, problem, final=final)

    def _line(self, block: bytes, start: int, problem: str, *, final: bool) -> Record | None:
        found = _LINE_END.search(block, start)
        end = found.start() if found else len(block)
        following = _after_line_end(block, end, final=final)
        if following is None:
            return None
        cells = self._leniently(block[start:end])
        return Record(cells, end, following, UNCLOSED if cells is None else problem)

    def _leniently(self, line: bytes) -> list[bytes] | None:
        """Cells of one line where a quote closes only before a delimiter; None where one is never closed."""
        cells: list[bytes] = []
        position = 0
        while True:
            if self._lenient and (quoted := self._lenient.match(line, position)):
                cells.append(self._unescaped(quoted[1]))
                position = quoted.end()
            else:
                plain = self._plain.match(line, position)
                assert plain is not None  # the pattern matches the empty string
                if self._quote and plain[0].lstrip(b" ").startswith(self._quote):
                    return None
                cells.append(self._without_escapes(plain[0]))
                position = plain.end()
            if not line.startswith(self._delimiter, position):
                return cells
            position += len(self._delimiter)

    def _unescaped(self, inner: bytes) -> bytes:
        if self._mark:
            return self._mark.sub(lambda mark: mark[1] or self._quote, inner)
        return inner.replace(self._quote * 2, self._quote) if self._quote in inner else inner

    def _without_escapes(self, cell: bytes) -> bytes:
        # '\N' is how MySQL and PostgreSQL write an absent value; without its mark it would be the letter N.
        if not self._escape or self._escape not in cell or cell == self._escape + b"N":
            return cell
        return re.sub(re.escape(self._escape) + rb"(\r\n|.)", rb"\1", cell, flags=re.DOTALL)


def _after_line_end(block: bytes, end: int, *, final: bool) -> int | None:
    """Offset behind the line end at `end`; None where that cannot be known yet."""
    if end >= len(block):
        return len(block) if final else None
    if block[end] == 13:
        if end + 1 == len(block) and not final:
            return None
        return end + 2 if block[end + 1 : end + 2] == b"\n" else end + 1
    return end + 1


def count_lines(text: bytes) -> int:
    """Line ends in `text`: LF, CR LF and CR each count once."""
    feeds = text.count(b"\n")
    return feeds + text.count(b"\r") - text.count(b"\r\n") if b"\r" in text else feeds


def written(cells: list[bytes], delimiter: bytes, quote: bytes) -> bytes:
    """The record as RFC 4180 has it, with LF."""
    return delimiter.join(_cell(cell, delimiter, quote) for cell in cells) + b"\n"


def _cell(cell: bytes, delimiter: bytes, quote: bytes) -> bytes:
    if not quote or not (delimiter in cell or quote in cell or b"\n" in cell or b"\r" in cell):
        return cell
    return quote + cell.replace(quote, quote * 2) + quote
