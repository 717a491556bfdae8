"""How a text table is written: delimiter, quote, escape. Found from a sample, by how regular and how typed the result is."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

SAMPLE_RECORDS = 200
_LOOKAHEAD = 4_096
_LIKELY = ",;\t|"
_UNLIKELY = frozenset("\"'\\._-/()[]{}<>@$%+=\u3000 \r\n")
"""Characters that text is full of. A space is tried apart; the others delimit nothing."""
_TYPED = re.compile(
    r"\s*(?:"
    r"[-+]?[$€£¥]?\d+(?:[.,]\d+)?%?"  # numbers, money, shares
    r"|[-+]?\d{1,3}(?:[,.' ]\d{3})+(?:[.,]\d+)?"
    r"|[-+]?\d*[.,]?\d+[eE][-+]?\d+"
    r"|\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}(?:[T ]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?)?"
    r"|\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?"
    r"|true|false|yes|no|y|n|na|n/a|nan|null|none|-"
    r"|https?://\S+|[\w.+-]+@[\w-]+\.[\w.-]+"
    r")\s*",
    re.IGNORECASE,
)
_WORDS = re.compile(r"\s*[\w][\w .&'’/()#:+*-]*\s*")


class Span(NamedTuple):
    """A record and where it stands in its text; `end` is behind its line end."""

    cells: list[str]
    start: int
    end: int


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
        start = position = 0
        while position < len(text) and len(records) < most:
            match = self._cell.match(text, position)
            assert match is not None  # an empty cell always matches
            if self.quote and match["quoted"] is None and self._opens_long_cell(text, position, records):
                break
            cells.append(self._value(match))
            position = match.end()
            if text.startswith(self.delimiter, position):
                position += 1
                if position < len(text):
                    continue
                cells.append("")
            position += 2 if text.startswith("\r\n", position) else 1
            records.append(Span(cells, start, min(position, len(text))))
            start, cells = position, []
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


def guess(text: str, *, delimiter: str | None = None, quote: str | None = None, escape: str | None = None) -> Dialect:
    """The dialect under which `text` is most like a table; what is given is kept.

    `text` should end with a whole line. Where nothing delimits, the delimiter is a comma if none occurs, else U+001F.
    """
    candidates = [
        Dialect(d, q, e)
        for d in ([delimiter] if delimiter is not None else _delimiters(text))
        for q in ([quote] if quote is not None else _quotes(text))
        for e in ([escape] if escape is not None else _escapes(text, q))
    ]
    scored = [(_score(candidate, text), -index, candidate) for index, candidate in enumerate(candidates)]
    best_score, _, best = max(scored, key=lambda entry: entry[:2], default=(0.0, 0, Dialect(",")))
    if delimiter is None and best_score <= _single_column_score(text):
        marks = guess_quote_of_single_column(text) if quote is None else quote
        return Dialect("," if "," not in text else "\x1f", marks, escape or "")
    return best


def guess_quote_of_single_column(text: str) -> str:
    return '"' if re.search(r'^"', text, re.MULTILINE) else ("" if '"' in text else '"')


def _delimiters(text: str) -> list[str]:
    lines = text.splitlines()[:SAMPLE_RECORDS]
    seen = Counter(character for line in lines for character in set(line))
    often = [c for c, count in seen.most_common(60) if count * 2 >= len(lines) and not c.isalnum() and c not in _UNLIKELY]
    rare = [c for c in often if c not in _LIKELY][:8]
    spaces = [" "] if seen[" "] * 2 >= len(lines) else []
    return [c for c in _LIKELY if c in seen] + rare + spaces


def _quotes(text: str) -> list[str]:
    return [quote for quote in ('"', "'") if quote in text] + [""] if '"' in text or "'" in text else ['"']


def _escapes(text: str, quote: str) -> list[str]:
    return ["", "\\"] if quote and "\\" + quote in text else [""]


def _score(dialect: Dialect, text: str) -> float:
    """How regular (one width) times how typed the sample is; 0 where it is one column."""
    records = [record for record in dialect.records(text) if any(cell.strip() for cell in record)]
    if not records:
        return 0.0
    widths = Counter(len(record) for record in records)
    # After CleverCSV's pattern score, without its division by the number of patterns: a ragged record among hundreds
    # of regular ones says nothing against a dialect.
    pattern = sum(count * (width - 1) / width for width, count in widths.items()) / len(records)
    width, count = max(widths.items(), key=lambda entry: (entry[1], entry[0]))
    if width == 1:
        return 0.0
    share = count / len(records)
    score = pattern * (0.2 + share) * _typed_share(record for record in records if len(record) == width)
    if dialect.quote:
        score *= _quote_factor(dialect, text)
    if dialect.delimiter == " ":
        score *= 0.7
    elif dialect.delimiter not in _LIKELY:
        score *= 0.8
    return score


def _typed_share(records: Iterable[Sequence[str]]) -> float:
    worth = total = 0.0
    for record in records:
        for cell in record:
            total += 1
            stripped = cell.strip()
            if not stripped:
                worth += 0.6
            elif _TYPED.fullmatch(stripped):
                worth += 1.0
            elif _WORDS.fullmatch(stripped):
                worth += 0.8
            else:
                worth += 0.3
    return worth / total if total else 0.0


def _quote_factor(dialect: Dialect, text: str) -> float:
    """Above 1 where quotes stand at the edges of cells, below where they are apostrophes and inches."""
    quote, delimiter = re.escape(dialect.quote), re.escape(dialect.delimiter)
    marks = text.replace(dialect.quote * 2, "")
    total = marks.count(dialect.quote)
    if not total:
        return 1.0
    opening = len(re.findall(rf"(?:^|{delimiter} ?){quote}", marks, re.MULTILINE))
    closing = len(re.findall(rf"{quote}(?=$|\r|{delimiter})", marks, re.MULTILINE))
    share = (opening + closing) / total
    if dialect.quote == "'" and (opening != closing or share < 0.9):
        return 0.5
    return 0.9 + 0.3 * share if share > 0.1 else 0.85


def _single_column_score(text: str) -> float:
    """What another reading has to beat: a column of typed values is believed, prose less."""
    lines = [line for line in text.splitlines()[:SAMPLE_RECORDS] if line.strip()]
    typed = sum(bool(_TYPED.fullmatch(line)) for line in lines)
    return 0.45 if lines and typed >= len(lines) * 0.8 else 0.15
