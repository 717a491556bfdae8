"""Which values of a JSON text are the table's records."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import orjson

from app.core.phrases import say
from app.ingest.csv.exact import count_lines
from app.ingest.job import FileFormat, IngestError, IngestErrorCode
from app.ingest.json import nested as json_object
from app.ingest.json.elements import ArrayElements, Element, lines, objects
from app.ingest.text.utf8 import Text

_MOST_MEMBERS = 10_000
_KEY_BYTES = 1_000


@dataclass(frozen=True)
class Source:
    """The records of a JSON text; `elements` begins anew at each call."""

    elements: Callable[[], Iterator[Element]]
    warnings: tuple[str, ...] = ()


def find(text: Text, max_bytes: int) -> Source:
    """
    Raises:
        IngestError: NO_ROWS, TRUNCATED, CELL_TOO_LARGE.
    """
    start, first = _first_byte(text)
    if text.options.format is FileFormat.JSON_LINES:
        return Source(lambda: _lines(text, max_bytes))
    if first == b"[":
        return Source(lambda: _array(text, start, max_bytes))
    if first != b"{":
        return Source(lambda: _whole(text, start, max_bytes))
    found = _outline(text, start, max_bytes)
    if not _is_blank(text, start + found.end):
        return Source(lambda: _objects(text, start, max_bytes))
    tables = [(key, offset) for key, offset, is_table in _members(text, start, found) if is_table]
    if len(tables) != 1:
        return Source(lambda: _whole(text, start, max_bytes))
    key, offset = tables[0]
    others = len(found.values) - 1
    warning = say(
        "ARRAY_IS_TABLE",
        "The table is the array '{key}'; {count:,} other {count:member|members} of the object were left out.",
        key=key,
        count=others,
    )
    return Source(lambda: _array(text, offset, max_bytes, closed_by_object=True), (warning,) if others else ())


def _first_byte(text: Text) -> tuple[int, bytes]:
    """Offset and value of the first byte that is no white space."""
    with text.path.open("rb") as file:
        file.seek(text.offset)
        offset = text.offset
        while block := file.read(1 << 16):
            stripped = block.lstrip(b" \t\r\n")
            if stripped:
                return offset + len(block) - len(stripped), stripped[:1]
            offset += len(block)
    raise IngestError(
        IngestErrorCode.NO_ROWS,
        say("FILE_BLANK", "The file holds nothing but white space."),
        hint=say("HINT_CHECK_EXPORT", "Check the export that wrote it, then upload again."),
    )


def _line_at(text: Text, offset: int) -> int:
    line, left = 1, offset - text.offset
    with text.path.open("rb") as file:
        file.seek(text.offset)
        while left > 0 and (block := file.read(min(1 << 20, left))):
            line += count_lines(block)
            left -= len(block)
    return line


def _lines(text: Text, max_bytes: int) -> Iterator[Element]:
    with text.path.open("rb") as file:
        file.seek(text.offset)
        yield from lines(file, max_bytes)


def _objects(text: Text, start: int, max_bytes: int) -> Iterator[Element]:
    with text.path.open("rb") as file:
        file.seek(start)
        yield from objects(file, line=_line_at(text, start), max_bytes=max_bytes)


def _whole(text: Text, start: int, max_bytes: int) -> Iterator[Element]:
    line = _line_at(text, start)
    with text.path.open("rb") as file:
        file.seek(start)
        content = file.read(max_bytes + 1)
    if len(content) > max_bytes:
        raise IngestError(
            IngestErrorCode.CELL_TOO_LARGE,
            say(
                "JSON_ONE_VALUE",
                "The file is one JSON value of more than {max_bytes:,} bytes, which would be one row.",
                max_bytes=max_bytes,
            ),
            hint=say("HINT_JSON_ONE_ARRAY", "Write the records as one array of objects, or as JSON Lines."),
            line=line,
        )
    yield Element(line, content.strip())


def _array(text: Text, start: int, max_bytes: int, *, closed_by_object: bool = False) -> Iterator[Element]:
    with text.path.open("rb") as file:
        file.seek(start)
        elements = ArrayElements(file, line=_line_at(text, start), max_bytes=max_bytes)
        yield from elements
        if not closed_by_object and (elements.rest + file.read(1 << 16)).strip():
            raise IngestError(
                IngestErrorCode.MALFORMED,
                say("JSON_TRAILING", "Something follows the array, which ends on line {line:,}.", line=elements.line),
                hint=say(
                    "HINT_JSON_ONE_TABLE",
                    "A JSON text is one array; several arrays or loose objects cannot be read as one table.",
                ),
                line=elements.line,
            )


def _outline(text: Text, start: int, max_bytes: int) -> json_object.Outline:
    with text.path.open("rb") as file:
        file.seek(start)
        return json_object.outline(file, line=_line_at(text, start), max_bytes=max_bytes, max_members=_MOST_MEMBERS)


def _is_blank(text: Text, offset: int) -> bool:
    with text.path.open("rb") as file:
        file.seek(offset)
        while block := file.read(1 << 16):
            if block.strip():
                return False
    return True


def _members(text: Text, start: int, found: json_object.Outline) -> Iterator[tuple[str, int, bool]]:
    """Key, offset of the value and whether that is an array of objects, for each member."""
    with text.path.open("rb") as file:
        for value in found.values:
            offset = start + value
            file.seek(offset)
            opening = b"".join(file.read(64).split())
            file.seek(max(start, offset - _KEY_BYTES))
            before = file.read(offset - max(start, offset - _KEY_BYTES)).rstrip(b" \t\r\n:")
            yield _key(before), offset, opening.startswith(b"[{")


def _key(before: bytes) -> str:
    """The JSON string that `before` ends with."""
    opening = before[:-1].rfind(b'"')
    try:
        return str(orjson.loads(before[opening:]))
    except orjson.JSONDecodeError:
        return before[opening + 1 : -1].decode("utf-8", "replace")
