"""How one text table is laid out: dialect, preamble, header, where its records begin. Found from the head of the text."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from app.core.phrases import say
from app.ingest.csv import aligned, header
from app.ingest.csv.dialect import Span
from app.ingest.csv.mend import TableText
from app.ingest.csv.sniff import guess
from app.ingest.job import IngestError, IngestErrorCode, IngestLimits, ReadOptions
from app.ingest.text.utf8 import Text

_NOTHING = "\r\n \t\x00\x1a,;|"
_LINE_END = re.compile(r"\r\n?|\n")


@dataclass(frozen=True)
class Plan:
    """All that has to be known to read the records."""

    table: TableText
    names: header.Names
    hollow: int | None
    """Index of a column without a header that every record in the sample leaves empty: a trailing delimiter."""
    options: ReadOptions
    """With all that applies filled in."""
    warnings: tuple[str, ...] = ()
    """What a person should look at."""
    aligned_columns: int = 0
    """Columns that spaces align, where the text looks as if they did."""


def plan(text: Text, limits: IngestLimits) -> Plan:
    """The layout of a text table; what the caller gave is kept.

    Raises:
        IngestError: NO_ROWS, TOO_MANY_COLUMNS, WRONG_OPTIONS.
    """
    options = text.options
    head, whole = text.head()
    # The exact reader needs at least one line; one that is longer than the sample has thousands of columns.
    if not _LINE_END.search(head):
        head, whole = text.head(limits.max_cell_bytes)
    lead = 0
    if not head.strip() and not whole and options.skipped_rows is None:
        text, lead = _behind_blank_lines(text)
        head, whole = text.head()
    body_start = _behind_lines(head, options.skipped_rows or 0)
    body = head[body_start:]
    if not body.strip(_NOTHING if whole else "\r\n \t\x00\x1a"):
        raise _no_rows(
            options, say("BLANK_LINES", "blank lines") if not body.strip("\r\n \t\x00\x1a") else say("DELIMITERS", "delimiters")
        )
    dialect = guess(body, delimiter=options.delimiter, quote=options.quote, escape=options.escape)
    spans = dialect.parse(body)
    skipped = 0 if options.skipped_rows is not None else None
    layout = header.find([span.cells for span in spans], header_rows=options.header_rows, skipped=skipped)
    width = max(layout.width, len(layout.header or ()))
    if width > limits.max_columns:
        cut = not whole and not _LINE_END.search(head)
        raise _too_many_columns(width, limits, spans, layout.skipped_records, head, body_start, at_least=cut)
    names = header.name_columns(layout.header, layout.width)
    header_start = body_start + (spans[layout.skipped_records].start if layout.skipped_records < len(spans) else 0)
    first = header_start
    if layout.header is not None:
        first = body_start + spans[layout.skipped_records].end
    line = 1 + lead + len(_LINE_END.findall(head[:first]))
    if whole or _LINE_END.search(head):  # else the record itself is too long, which is told when it is read
        header.check_names(names.names, line=max(1, line - 1))
    hollow = None
    if layout.header and len(names.names) > 1 and not layout.header[-1].strip() and _is_hollow(spans, layout):
        hollow = len(names.names) - 1
    found = replace(
        options,
        delimiter=dialect.delimiter,
        quote=dialect.quote,
        escape=dialect.escape,
        header_rows=0 if layout.header is None else 1,
        skipped_rows=lead + len(_LINE_END.findall(head[:header_start])),
    )
    offset = text.offset + len(head[:first].encode("utf-8", "surrogateescape"))
    table = TableText(text.path, offset, line, dialect, len(names.names), limits.max_cell_bytes)
    above = [span.cells for span in spans[: layout.skipped_records]] if options.skipped_rows is None else []
    warnings = (*text.warnings, *_preamble_warnings(above, layout))
    return Plan(table, names, hollow, found, warnings, aligned.column_count(body))


def _preamble_warnings(above: Sequence[Sequence[str]], layout: header.Layout) -> list[str]:
    """Where the last line above the table may have been its header."""
    filled = [record for record in above if not header.is_blank(record)]
    if not filled or (layout.header is not None and len(filled[-1]) < max(2, layout.width - 1)):
        return []
    shown = ", ".join(cell.strip() for cell in filled[-1] if cell.strip())
    shown = shown if len(shown) <= 60 else shown[:60] + "..."
    return [
        say(
            "PREAMBLE_LEFT_OUT",
            "{count:,} {count:line|lines} above the table {count:was|were} left out; if '{last}' is its header, give the number of skipped rows and of header rows.",
            count=len(above),
            last=shown,
        )
    ]


def _behind_blank_lines(text: Text) -> tuple[Text, int]:
    """The text from its first line that is not blank, and how many lines stand above."""
    lines, offset, line_start, after_return = 0, text.offset, text.offset, False
    with text.path.open("rb") as file:
        file.seek(offset)
        while block := file.read(1 << 20):
            rest = block.lstrip(b" \t\r\n")
            blank = block[: len(block) - len(rest)]
            lines += blank.count(b"\n") + blank.count(b"\r") - blank.count(b"\r\n") - (after_return and blank.startswith(b"\n"))
            end = max(blank.rfind(b"\n"), blank.rfind(b"\r")) + 1
            line_start = offset + end if end else line_start
            after_return = blank.endswith(b"\r")
            offset += len(block)
            if rest:
                break
    return replace(text, offset=line_start), lines


def _behind_lines(head: str, lines: int) -> int:
    position = 0
    for _ in range(lines):
        found = _LINE_END.search(head, position)
        if found is None:
            raise IngestError(
                IngestErrorCode.WRONG_OPTIONS,
                say(
                    "TOO_MANY_SKIPPED",
                    "{lines:,} lines were to be skipped, but only {found:,} could be found.",
                    lines=lines,
                    found=head.count(chr(10)) + 1,
                ),
                hint=say("HINT_NO_SKIPPED_ROWS", "Leave the number of skipped rows out: a preamble is found by itself."),
            )
        position = found.end()
    return position


def _is_hollow(spans: list[Span], layout: header.Layout) -> bool:
    below = [span.cells for span in spans[layout.skipped_records + 1 :] if len(span.cells) == layout.width]
    return all(not cells[-1] for cells in below)


def _no_rows(options: ReadOptions, what: str) -> IngestError:
    return IngestError(
        IngestErrorCode.NO_ROWS,
        say("FILE_HOLDS_ONLY", "The file holds nothing but {what}.", what=what),
        hint=say("HINT_CHECK_EXPORT", "Check the export that wrote it, then upload again."),
        options=options,
    )


def _too_many_columns(
    count: int, limits: IngestLimits, spans: list[Span], index: int, head: str, body_start: int, *, at_least: bool
) -> IngestError:
    line = 1 + len(_LINE_END.findall(head[: body_start + spans[index].start])) if index < len(spans) else 1
    return IngestError(
        IngestErrorCode.TOO_MANY_COLUMNS,
        say(
            "AT_LEAST_COLUMNS",
            "The table has at least {count:,} columns; at most {most:,} are kept.",
            count=count,
            most=limits.max_columns,
        )
        if at_least
        else say(
            "EXACT_COLUMNS", "The table has {count:,} columns; at most {most:,} are kept.", count=count, most=limits.max_columns
        ),
        hint=say(
            "HINT_WIDE_OR_LINE_ENDS", "Look for missing line ends, or turn it from wide to long: one row for each former column."
        )
        if at_least
        else say("HINT_WIDE_TO_LONG", "Turn it from wide to long: one row for each former column."),
        line=line,
    )
