"""Where a table begins in its file, and what its columns are called."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from app.core.phrases import listed, say
from app.ingest.job import IngestError, IngestErrorCode
from app.ingest.text.shapes import NULL_TOKENS

_MOST_PREAMBLE = 240
_MOST_TITLES = 5
_LONG_SAMPLE = 100
COMMENT = re.compile(r"\s*(?:#|//|--|%|\*)")
_WORDS = frozenset({"a", "a a", "a a a"})
"""Shapes that most headers have and much text too: they tell nothing."""
_VALUE = re.compile(
    r"[-+]?[$€£¥]?(?:\d[\d,.' \u00a0\u202f\u2009]*|[.,]\d+)(?:[eE][-+]?\d+)?%?"
    r"|[0-9a-f]{0,4}(?::[0-9a-f]{0,4}){2,7}|\d{1,3}(?:\.\d{1,3}){3}(?::\d+)?|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
    r"|https?://\S+|[\w.+-]+@[\w-]+\.[\w.-]+"
    r"|\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}(?:[T ].*)?|\d{1,2}:\d{2}.*|true|false",
    re.IGNORECASE,
)

MAX_NAME_CHARACTERS = 4_000
"""Whole questions of surveys are names of columns; what is longer is a line without its delimiter."""


@dataclass(frozen=True)
class Layout:
    """The shape of a table in its text."""

    skipped_records: int
    """Records above the header; blank lines are records here."""
    header: tuple[str, ...] | None
    width: int
    """Cells of an ordinary record."""


@dataclass(frozen=True)
class Names:
    """Unique names of columns, in order."""

    names: tuple[str, ...]
    originals: tuple[str | None, ...]
    """The header as written, where it was changed."""

    @property
    def warnings(self) -> tuple[str, ...]:
        """What was renamed, in a sentence."""
        return self.warnings_without(None)

    def warnings_without(self, left_out: int | None) -> tuple[str, ...]:
        """The same where a column was left out of the table."""
        renamed = [
            say("COLUMN_RENAMED", "column {position} ('{old}' -> '{new}')", position=index + 1, old=original.strip(), new=name)
            if original.strip()
            else say("COLUMN_NAMED", "column {position} ('{new}')", position=index + 1, new=name)
            for index, (name, original) in enumerate(zip(self.names, self.originals, strict=True))
            if original is not None and index != left_out
        ]
        return (
            (say("RENAMED_HEADERS", "Repeated or empty headers were renamed: {columns}.", columns=listed(renamed)),)
            if renamed
            else ()
        )


def find(records: Sequence[Sequence[str]], *, header_rows: int | None, skipped: int | None) -> Layout:
    """The layout of the first records of a file.

    Args:
        header_rows: 0 or 1 where the caller knows.
        skipped: records above the header where the caller knows.
    """
    width = modal_width(records[skipped or 0 :])
    start = skipped if skipped is not None else _preamble(records, width)
    body = records[start:]
    first = next((record for record in body if not is_blank(record)), None)
    if first is None:
        return Layout(start, None, width)
    start += 0 if skipped is not None else next(i for i, record in enumerate(body) if not is_blank(record))
    below = [record for record in body[body.index(first) + 1 :] if len(record) == width and not is_blank(record)]
    with_header = header_rows == 1 if header_rows is not None else is_header(first, below)
    if not with_header:
        return Layout(start, None, max(width, len(first)) if not below else width)
    named = _completed(first, width, below)
    return Layout(start, named, len(named))


def check_names(names: Sequence[str], *, line: int | None) -> None:
    """
    Raises:
        IngestError: CELL_TOO_LARGE, a name is longer than anybody would write.
    """
    for position, name in enumerate(names, 1):
        if len(name) > MAX_NAME_CHARACTERS:
            raise IngestError(
                IngestErrorCode.CELL_TOO_LARGE,
                say(
                    "COLUMN_NAME_LENGTH",
                    "The name of column {position:,} has {length:,} characters ('{name}...'); at most "
                    "{max_name_characters:,} are kept.",
                    position=position,
                    length=len(name),
                    name=name[:40],
                    max_name_characters=MAX_NAME_CHARACTERS,
                ),
                hint=say("HINT_LONG_HEADER", "Look for missing line ends or another delimiter, or shorten the header."),
                line=line,
            )


def is_blank(record: Sequence[str]) -> bool:
    return len(record) <= 1 and not "".join(record).strip()


def behind_comments(records: Sequence[Sequence[str]]) -> int:
    """Comments that the records begin with; none where all of them look like comments."""
    return next((index for index, record in enumerate(records) if not COMMENT.match(record[0])), 0)


def modal_width(records: Sequence[Sequence[str]]) -> int:
    """Cells of most records; of the wider ones where two widths are equally frequent."""
    filled = [record for record in records if not is_blank(record)]
    filled = filled[behind_comments(filled) :]
    # A preamble may be longer than what the sample holds of the table.
    widths = Counter(len(record) for record in (filled[len(filled) // 2 :] if len(filled) >= _LONG_SAMPLE else filled))
    if not widths:
        return 1
    return max(widths, key=lambda width: (widths[width], width))


def _preamble(records: Sequence[Sequence[str]], width: int) -> int:
    """Records before the first that looks like the table's own."""
    for index, record in enumerate(records[:_MOST_PREAMBLE]):
        if _is_hollow(record):
            continue
        following = [each for each in records[index + 1 : index + 60] if not _is_hollow(each)]
        if not following:
            return index
        below = [each for each in following[1:] if len(each) == width]
        header_follows = len(following[0]) == width and is_header(following[0], below) and bool(below)
        if COMMENT.match(record[0]) and _is_above(record, following[0], below, width):
            continue
        if len(record) == width:
            if width > 1 and _is_title(record, records[index + 1], header_follows=header_follows):
                continue
            if width > 1 and _is_title_of_cells([record, *following], width):
                continue
            return index
        # One name short: row names without a header. One too many: a trailing delimiter.
        if abs(len(record) - width) == 1 and len(record) > 1 and len(following[0]) == width and not header_follows:
            return index
        # A header with many names too many is still a header: the records then are what is wrong.
        if len(record) > width > 1 and not header_follows:
            return index
    return 0


def _is_above(comment: Sequence[str], following: Sequence[str], below: Sequence[Sequence[str]], width: int) -> bool:
    """True for a comment that is no header: '#CHROM' above values is one."""
    if COMMENT.match(following[0]) or len(comment) != width:
        return True
    return len(following) == width and bool(below) and votes_for_header(following, below) >= 0.5


def _is_hollow(record: Sequence[str]) -> bool:
    return not any(cell.strip() for cell in record)


def _is_title(record: Sequence[str], following: Sequence[str], *, header_follows: bool) -> bool:
    """'Report of May,,,,' has the width of the table, but is a title."""
    filled = [cell.strip() for cell in record if cell.strip()]
    return len(filled) == 1 and not _VALUE.fullmatch(filled[0]) and (header_follows or _is_hollow(following))


def _is_title_of_cells(records: Sequence[Sequence[str]], width: int) -> bool:
    """'Sales, 2024' has as many cells as the table, but is no header, and one follows: below `_MOST_TITLES` such lines at most."""
    for place in range(min(_MOST_TITLES, len(records) - 2), 0, -1):
        below = [each for each in records[place + 1 :] if len(each) == width]
        if len(below) >= 2 and _names_values(records[place], below, width):
            return all(_is_unlike_names(record, records[place:]) for record in records[:place])
    return False


def _is_unlike_names(record: Sequence[str], table: Sequence[Sequence[str]]) -> bool:
    """True for what text has between its commas: a space that the table does not have, a date, nothing at the end."""
    if not record[-1].strip() or any(_VALUE.fullmatch(cell.strip()) and not _is_year(cell.strip()) for cell in record):
        return True
    spaced = sum(cell.startswith(" ") for each in table for cell in each[1:])
    return any(cell.startswith(" ") for cell in record[1:]) and spaced * 10 < sum(len(each) - 1 for each in table)


def _names_values(record: Sequence[str], below: Sequence[Sequence[str]], width: int) -> bool:
    """True for a header without doubt: different names, all of them no values, and values below one at least."""
    names = [cell.strip() for cell in record]
    if len(names) != width or not all(names) or len(set(names)) < width or any(_VALUE.fullmatch(name) for name in names):
        return False
    return any(_is_typed([each[index].strip() for each in below]) for index in range(width))


def _is_typed(cells: Sequence[str]) -> bool:
    """True for a column of values; absent ones say nothing."""
    column = [cell for cell in cells if cell and cell not in NULL_TOKENS]
    return bool(column) and sum(1 for text in column if _VALUE.fullmatch(text)) >= len(column) * 0.7


def is_header(first: Sequence[str], below: Sequence[Sequence[str]]) -> bool:
    """Whether `first` names the columns of the records below it."""
    if not below:
        return not any(_VALUE.fullmatch(cell.strip()) for cell in first)
    votes = votes_for_header(first, below)
    return votes > 0 or (votes == 0 and all(cell.strip() for cell in first))


def votes_for_header(first: Sequence[str], below: Sequence[Sequence[str]]) -> float:
    """How much `first` is unlike the records below it: about 1 for each name above values, below 0 for one more record."""
    votes = 0.0
    for index, cell in enumerate(first):
        name = cell.strip()
        cells = (record[index].strip() for record in below if index < len(record))
        column = [cell for cell in cells if cell and cell not in NULL_TOKENS]
        values = sum(1 for text in column if _VALUE.fullmatch(text))
        typed = bool(column) and values >= len(column) * 0.7
        if not name:
            votes -= 0.3 if index else 0
        elif name in NULL_TOKENS:
            votes -= 0.5
        elif _VALUE.fullmatch(name):
            votes -= 1 if typed and not _is_year(name) else 0.5 if not _is_year(name) else 0
        elif typed:
            votes += 1
        else:
            votes += _text_vote(name, column)
    return votes


def _text_vote(name: str, column: Sequence[str]) -> float:
    """A name over a column of text: told by being unlike the values."""
    if not column:
        return 0.1
    if name in column:
        return -0.5
    if any(c.islower() for c in name) and not any(c.islower() for text in column for c in text) and "".join(column).isascii():
        return 0.6
    shapes = {shape(text) for text in column}
    lengths = [len(text) for text in column]
    same_length = min(lengths) == max(lengths)
    if len(shapes) == 1 and shapes <= _WORDS:
        return 0.15
    if len(shapes) == 1:
        return -0.4 if shape(name) in shapes else 0.6
    if same_length:
        return -0.2 if len(name) == lengths[0] else 0.4
    return 0.15


def shape(text: str) -> str:
    return re.sub(r"(.)\1+", r"\1", re.sub(r"[^\W\d_]", "a", re.sub(r"\d", "9", text)))


def _is_year(text: str) -> bool:
    return text.isdigit() and 1000 <= int(text) <= 2999


def _completed(first: Sequence[str], width: int, below: Sequence[Sequence[str]]) -> tuple[str, ...]:
    """The header as wide as the records, where that can be: they may have row names like R's, or trailing delimiters."""
    if below and len(first) > width and not "".join(first[width:]).strip():
        return tuple(first[:width])
    if width != len(first) + 1 or not below:
        return tuple(first)
    return (*first, "") if all(not record[-1].strip() for record in below) else ("", *first)


def name_columns(header: Sequence[str] | None, width: int) -> Names:
    """Unique, non-empty names: repeats get _2, _3 ..., the empty become column_N."""
    if header is None:
        return Names(tuple(f"column_{i + 1}" for i in range(width)), (None,) * width)
    written = [*header, *[""] * (width - len(header))]
    taken = {cell.strip().casefold() for cell in written}
    used: set[str] = set()
    # Where to go on counting: ten thousand columns of one name would otherwise be tried against each other.
    last: dict[str, int] = {}
    names: list[str] = []
    originals: list[str | None] = []
    for position, cell in enumerate(written, 1):
        wanted = cell.replace("\x00", "").strip() or f"column_{position}"
        name, suffix = wanted, last.get(wanted.casefold(), 2)
        # Later headers keep their own spelling: 'a,a,a_2' becomes a, a_3, a_2.
        while name.casefold() in used or (name != wanted and name.casefold() in taken):
            name, suffix = f"{wanted}_{suffix}", suffix + 1
        if name != wanted:
            last[wanted.casefold()] = suffix
        used.add(name.casefold())
        names.append(name)
        changed = name != cell.strip()
        originals.append(cell if changed else None)
    return Names(tuple(names), tuple(originals))
