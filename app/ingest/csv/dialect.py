"""How a text table is written: delimiter, quote, escape; and its first records read so."""

import re
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

SAMPLE_RECORDS = 300
_LOOKAHEAD = 4_096


class Span(NamedTuple):
    """A record and where it stands in its text; `end` is behind its line end."""

    cells: list[str]
    start: int
    end: int
    quoted: int = 0
    """Cells in quotes."""
    stray: int = 0
    """Cells that hold a quote and are not quoted."""


@dataclass(frozen=True)
class Dialect:
    """Characters with a meaning. `quote` and `escape` may be ''; an escape of '' means that quotes are doubled."""

    delimiter: str
    quote: str = '"'
    escape: str = ""

    @property
    def is_plain(self) -> bool:
        """True where each mark is one byte and quotes are doubled: what the fast scanner understands."""
        return self.delimiter.isascii() and self.quote.isascii() and self.escape in ("", self.quote)

    @cached_property
    def _cell(self) -> re.Pattern[str]:
        delimiter = re.escape(self.delimiter)
        plain = rf"[^\r\n{_class(self.delimiter)}]*+"
        if not self.quote:
            return re.compile(rf"(?P<plain>{plain})")
        end = rf"(?=[\r\n]|\Z|{delimiter})"
        quote = re.escape(self.quote)
        escaped = rf"|{re.escape(self.escape)}." if self.escape and self.escape != self.quote else ""
        inside = _class(self.quote) + (_class(self.escape) if escaped else "")
        pad = "" if self.delimiter == " " else " *+"
        quoted = rf"{pad}{quote}(?P<quoted>(?:[^{inside}]++|{quote}{quote}{escaped})*+){quote}{pad}"
        return re.compile(rf"(?:{quoted}{end}|(?P<plain>{plain}))", re.DOTALL)

    def parse(self, text: str, *, most: int = SAMPLE_RECORDS) -> list["Span"]:
        """The first records of `text`, read leniently: a quote that is never closed is a character like others.

        Unless it opens what looks like a long cell that the text cuts off: then that record is left out.
        """
        records: list[Span] = []
        cells: list[str] = []
        start = position = quoted = stray = 0
        while position < len(text) and len(records) < most:
            match = self._cell.match(text, position)
            assert match is not None  # an empty cell always matches
            if self.quote and match["quoted"] is None and self._opens_long_cell(text, position, records):
                break
            cells.append(self._value(match))
            if self.quote and match["quoted"] is not None:
                quoted += 1
            elif self.quote and self.quote in match["plain"]:
                stray += 1
            position = match.end()
            if text.startswith(self.delimiter, position):
                position += 1
                if position < len(text):
                    continue
                cells.append("")
            position += 2 if text.startswith("\r\n", position) else 1
            records.append(Span(cells, start, min(position, len(text)), quoted, stray))
            start, cells, quoted, stray = position, [], 0, 0
        return records

    def records(self, text: str, *, most: int = SAMPLE_RECORDS) -> list[list[str]]:
        return [span.cells for span in self.parse(text, most=most)]

    def _opens_long_cell(self, text: str, position: int, records: list["Span"]) -> bool:
        if not text.startswith(self.quote, position) or not records:
            return False
        lines = text[position : position + _LOOKAHEAD].split("\n")[1:9]
        fits = sum(line.count(self.delimiter) == len(records[0].cells) - 1 for line in lines)
        return fits * 2 < len(lines) and text.find(self.quote, position + 1) < 0

    def _value(self, match: re.Match[str]) -> str:
        if self.quote and match["quoted"] is not None:
            if self.escape in ("", self.quote):
                return match["quoted"].replace(self.quote * 2, self.quote)
            marks = re.escape(self.escape) + "(.)|" + re.escape(self.quote * 2)
            return re.sub(marks, lambda mark: mark[1] or self.quote, match["quoted"], flags=re.DOTALL)
        return match["plain"] or ""


def _class(characters: str) -> str:
    return "".join("\\" + c if c in r"\]^-[" else c for c in characters)
