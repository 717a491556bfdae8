"""The dialect of a text table, found from a sample: by its quotes and header first, then by how regular and how typed it is."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from app.ingest.csv import header
from app.ingest.csv.dialect import SAMPLE_RECORDS, Dialect, Span

_LIKELY = ",;\t|"
_UNLIKELY = frozenset("\"'\\._-/()[]{}<>@$%+=\u3000\u00a0\u202f\u2009 \r\n")
"""Characters that text is full of. A space is tried apart; the others delimit nothing."""
_TYPED = re.compile(
    r"\s*(?:"
    r"[-+]?[$€£¥]?\d+(?:[.,]\d+)?%?"  # numbers, money, shares
    r"|[-+]?\d{1,3}(?:[,.' \u00a0\u202f\u2009]\d{3})+(?:[.,]\d+)?"
    r"|[-+]?\d*[.,]?\d+[eE][-+]?\d+"
    r"|\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}(?:[T ]\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?(?: ?(?:Z|[+-]\d{2}:?\d{2}|[AP]M))?)?"
    r"|\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?(?: ?[AP]M)?"
    r"|true|false|yes|no|y|n|na|n/a|nan|null|none|-"
    r"|[0-9a-f]{2}(?::[0-9a-f]{2}){5}|\d{1,3}(?:\.\d{1,3}){3}(?::\d+|/\d+)?|(?:[0-9a-f]{0,4}:){2,7}[0-9a-f]{0,4}"
    r"|https?://\S+|[\w.+-]+@[\w-]+\.[\w.-]+"
    r")\s*",
    re.IGNORECASE,
)
_WORDS = re.compile(r"\s*[\w][\w .&'’/()#:+*-]*\s*")
_GROUPS = re.compile(r"[-+]?\d{1,3}(?: \d{3})+")
_CLOCK = re.compile(r"\b\d{1,2}:\d{2}(?::\d{2})?\b")
_ENOUGH = 10
"""Records below which a share of them says little."""
_CLEAN = 0.05
"""Of the quoted cells, so many may be beside stray quotes in what is still RFC 4180."""


@dataclass(frozen=True)
class _Reading:
    """The sample read by one dialect."""

    dialect: Dialect
    spans: list[Span]

    @cached_property
    def records(self) -> list[list[str]]:
        return [span.cells for span in self.spans if any(cell.strip() for cell in span.cells)]

    @cached_property
    def width(self) -> int:
        return header.modal_width(self.records)

    @cached_property
    def table(self) -> list[list[str]]:
        """The records without the comments and the titles above them."""
        first = header.behind_comments(self.records)
        above = self.records[first:]
        if above and len(above[0]) != self.width and _has_header_below(self, first):
            return above[_first_of_width(above, self.width) :]
        return above

    @cached_property
    def is_cleanly_quoted(self) -> bool:
        quoted, stray = sum(span.quoted for span in self.spans), sum(span.stray for span in self.spans)
        return quoted > 0 and stray <= quoted * _CLEAN


def guess(text: str, *, delimiter: str | None = None, quote: str | None = None, escape: str | None = None) -> Dialect:
    """The dialect under which `text` is most like a table; what is given is kept.

    `text` should end with a whole line. Where nothing delimits, the delimiter is a comma if none occurs outside of quotes,
    else U+001F.
    """
    readings = [
        _Reading(dialect, dialect.parse(text))
        for d in ([delimiter] if delimiter is not None else _delimiters(text))
        for q in ([quote] if quote is not None else _quotes(text))
        for e in ([escape] if escape is not None else _escapes(text, q))
        for dialect in (Dialect(d, q, e),)
    ]
    # Quotes as RFC 4180 has them are no accident, however regular the commas within them look.
    cleanly = [reading for reading in readings if reading.is_cleanly_quoted and reading.dialect.quote == '"']
    candidates = cleanly or readings
    if delimiter is None:
        candidates = [reading for reading in candidates if reading.width > 1 and _is_credible(reading)]
    scored = [(_score(reading, text), -index, reading.dialect) for index, reading in enumerate(candidates)]
    best_score, _, best = max(scored, key=lambda entry: entry[:2], default=(0.0, 0, Dialect(",")))
    if delimiter is None and best_score <= _single_column_score(text):
        return _single_column(text, cleanly, quote, escape)
    return best


def _single_column(text: str, cleanly: Sequence[_Reading], quote: str | None, escape: str | None) -> Dialect:
    whole = next((reading for reading in cleanly if all(len(record) == 1 for record in reading.records)), None)
    if whole is not None:
        # The comma, as long as it delimits nothing: that is what writers of CSV had in mind.
        by_comma = (reading for reading in cleanly if reading.dialect.delimiter == "," and reading.width == 1)
        found = next(by_comma, whole).dialect
        is_free = all(len(record) == 1 for record in found.records(text))
        return found if is_free else Dialect("\x1f", found.quote, found.escape)
    marks = _quote_of_single_column(text) if quote is None else quote
    return Dialect("," if "," not in text else "\x1f", marks, escape or "")


def _quote_of_single_column(text: str) -> str:
    return '"' if re.search(r'^"', text, re.MULTILINE) else ("" if '"' in text else '"')


def _delimiters(text: str) -> list[str]:
    lines = text.splitlines()[:SAMPLE_RECORDS]
    seen = Counter(character for line in lines for character in set(line))
    often = [c for c, count in seen.most_common(60) if count * 2 >= len(lines) and not c.isalnum() and c not in _UNLIKELY]
    rare = [c for c in often if c not in _LIKELY][:8]
    spaces = [" "] if seen[" "] * 2 >= len(lines) else []
    return [c for c in _LIKELY if c in seen] + rare + spaces or [","]


def _quotes(text: str) -> list[str]:
    return [quote for quote in ('"', "'") if quote in text] + [""] if '"' in text or "'" in text else ['"']


def _escapes(text: str, quote: str) -> list[str]:
    return ["", "\\"] if quote and "\\" + quote in text else [""]


def _is_credible(reading: _Reading) -> bool:
    """False where the first lines speak against the delimiter: a header without it means one column."""
    delimiter, width, records = reading.dialect.delimiter, reading.width, reading.records
    first = header.behind_comments(records)
    below = [record for record in records[first + 1 :] if len(record) == width]
    if delimiter in _LIKELY:
        # Of a log without a header, in which a comma comes here and there, the reader would have to reject half.
        ragged = len(records) >= _ENOUGH and sum(len(record) == width for record in records) < len(records) * 0.8
        if ragged and not (len(records[first]) == width and header.is_header(records[first], below)):
            return _has_header_below(reading, first)
        return len(records[first]) > 1 or _has_header_below(reading, first) or _is_wide_and_regular(reading, first)
    # A colon or a space is in every other text.
    at_header = len(records[first]) in (width, width - 1)
    if not at_header or _is_one_value(records, delimiter):
        return False
    with_header = bool(below) and len(records[first]) == width and header.votes_for_header(records[first], below) >= 0.5
    if delimiter == " ":
        return reading.is_cleanly_quoted or _numeric_columns(below or records, width) >= (1 if with_header else width)
    return with_header or (width >= 4 and len({_shapes(records, column) for column in range(width)}) > 1)


def _first_of_width(records: Sequence[Sequence[str]], width: int) -> int:
    return next((index for index, record in enumerate(records) if len(record) == width), len(records))


def _has_header_below(reading: _Reading, first: int) -> bool:
    """True where what stands above the first record of full width is a preamble: that record is a header."""
    records, width = reading.records, reading.width
    start = first + _first_of_width(records[first:], width)
    if start == len(records):
        return False
    below = [record for record in records[start + 1 :] if len(record) == width]
    if not below:
        return start == first + 1
    votes = header.votes_for_header(records[start], below)
    return votes >= 0.5 or (votes > 0 and _is_behind_blank_line(reading.spans, records[start]))


def _is_behind_blank_line(spans: Sequence[Span], record: Sequence[str]) -> bool:
    place = next(index for index, span in enumerate(spans) if span.cells is record)
    return place > 0 and not "".join(spans[place - 1].cells).strip()


def _is_wide_and_regular(reading: _Reading, first: int) -> bool:
    """Text of one column does not have the same four commas in every line, and numbers between them."""
    records, width = reading.records[first + 1 :], reading.width
    full = [record for record in records if len(record) == width]
    if len(full) < max(2, len(records) * 0.9):
        return False
    least = 2 if _is_behind_blank_line(reading.spans, full[0]) else 5
    return width >= least and _numeric_columns(full, width) >= least // 2


def _is_one_value(records: Sequence[Sequence[str]], delimiter: str) -> bool:
    """True where nearly every line as a whole is a time, an address, a number with groups; or holds a time between colons."""
    lines = [delimiter.join(record) for record in records]
    whole = sum(
        bool(_TYPED.fullmatch(line) or _GROUPS.fullmatch(line) or (delimiter == ":" and _CLOCK.search(line))) for line in lines
    )
    return whole >= len(lines) * 0.8


def _numeric_columns(records: Sequence[Sequence[str]], width: int) -> int:
    full = [record for record in records if len(record) == width]
    return sum(
        sum(bool(_TYPED.fullmatch(record[column])) for record in full) >= max(1, len(full) * 0.8) for column in range(width)
    )


def _shapes(records: Sequence[Sequence[str]], column: int) -> frozenset[str]:
    return frozenset(header.shape(record[column]) for record in records if column < len(record))


def _score(reading: _Reading, text: str) -> float:
    """How regular (one width) times how typed the sample is; 0 where it is one column."""
    # What stands above the table is no part of it: two lines above 60 of whole numbers made these one column of decimals.
    dialect, records, width = reading.dialect, reading.table, reading.width
    if not records or width == 1:
        return 0.0
    widths = Counter(len(record) for record in records)
    # After CleverCSV's pattern score, without its division by the number of patterns: a ragged record among hundreds
    # of regular ones says nothing against a dialect.
    pattern = sum(count * (width - 1) / width for width, count in widths.items()) / len(records)
    share = widths[width] / len(records)
    score = pattern * (0.2 + share) * _typed_share(record for record in records if len(record) == width)
    if dialect.quote:
        score *= _quote_factor(dialect, text)
    if dialect.delimiter == " ":
        score *= 0.7
    elif dialect.delimiter not in _LIKELY:
        score *= 0.8
    # What delimits cells delimits names.
    return score * (1.0 if len(records[0]) == width else 0.6)


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
