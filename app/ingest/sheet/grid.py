"""The cells of one sheet: what it spans, which columns it has, of which type, and their values."""

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice
from pathlib import Path
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from python_calamine import CalamineSheet

Cell = int | float | str | bool | dt.time | dt.date | dt.datetime | dt.timedelta
SAMPLE_ROWS = 200
_CHUNK_BYTES = 4 << 20
_EXACT_INTEGERS = 2**53
_COLUMN = re.compile(rb'<(?:\w+:)?c\b[^>]*?\br="([A-Z]{1,3})\d+"')
_ROW = re.compile(rb'<(?:\w+:)?row\b[^>]*?\br="(\d{1,7})"')


class Kind(StrEnum):
    """What the cells of a column are."""

    INTEGER = "INTEGER"
    NUMBER = "NUMBER"
    BOOLEAN = "BOOLEAN"
    DATE = "DATE"
    TIMESTAMP = "TIMESTAMP"
    TIME = "TIME"
    TEXT = "TEXT"


@dataclass(frozen=True)
class Column:
    """A column with any content."""

    index: int
    title: str
    kind: Kind


def span(xml: IO[bytes]) -> tuple[int, int]:
    """The rows and columns that the sheet's XML reaches, without building it: a cell in the last corner spans 17 billion."""
    columns: set[bytes] = set()
    rows, tail = 0, b""
    while chunk := xml.read(_CHUNK_BYTES):
        text = tail + chunk
        columns.update(_COLUMN.findall(text))
        rows = max([rows, *map(int, _ROW.findall(text))])
        tail = text[-200:]
    return rows, max((_column_number(letters) for letters in columns), default=0)


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - ord("A") + 1
    return number


def first_texts(page: "CalamineSheet") -> list[list[str]]:
    """The first rows as text; a row without content is an empty list."""
    rows = [[text(cell) for cell in row] for row in islice(page.iter_rows(), SAMPLE_ROWS)]
    return [row if any(row) else [] for row in rows]


def survey(page: "CalamineSheet", header: Sequence[str] | None, start: int) -> list[Column]:
    """The columns that have a title or a value, each with the type that all its values share."""
    seen: dict[int, set[Kind]] = {}
    for row in islice(page.iter_rows(), start, None):
        for index, cell in enumerate(row):
            if cell != "":
                seen.setdefault(index, set()).add(_kind(cell))
    titles = {index: title for index, title in enumerate(header or ()) if title.strip()}
    indexes = sorted({*seen, *titles})
    return [Column(index, titles.get(index, ""), _common(seen.get(index, set()))) for index in indexes]


def write(
    page: "CalamineSheet", columns: Sequence[Column], start: int, folder: Path, part_rows: int
) -> tuple[list[Path], int, int]:
    """The rows from `start` as Parquet files in order; their number; how many empty rows lay between them."""
    import polars as pl

    types: dict[Kind, type[pl.DataType] | pl.DataType] = {
        Kind.INTEGER: pl.Int64,
        Kind.NUMBER: pl.Float64,
        Kind.BOOLEAN: pl.Boolean,
        Kind.DATE: pl.Date,
        Kind.TIMESTAMP: pl.Datetime("us"),
        Kind.TIME: pl.Time,
        Kind.TEXT: pl.String,
    }
    paths: list[Path] = []
    rows = blank = pending_blank = 0
    part: list[list[Cell]] = []

    def flush() -> None:
        series = [
            pl.Series(f"c{number}", [_value(row[column.index], column.kind) for row in part], dtype=types[column.kind])
            for number, column in enumerate(columns)
        ]
        paths.append(folder / f"rows{len(paths)}.parquet")
        pl.DataFrame(series).write_parquet(paths[-1], compression="lz4", statistics=False)
        part.clear()

    for row in islice(page.iter_rows(), start, None):
        if all(cell == "" for cell in row):
            pending_blank += 1
            continue
        # Empty rows count once something follows: those at the end are no part of the table.
        blank, pending_blank = blank + (pending_blank if rows else 0), 0
        part.append(row)
        rows += 1
        if len(part) == part_rows:
            flush()
    if part or not paths:
        flush()
    return paths, rows, blank


def text(cell: Cell) -> str:
    """A cell as a person would type it: 1 for 1.0, TRUE, ISO 8601 dates."""
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < _EXACT_INTEGERS else repr(cell)
    if isinstance(cell, dt.datetime | dt.date | dt.time):
        return cell.isoformat()
    if isinstance(cell, dt.timedelta):
        seconds, rest = divmod(abs(cell), dt.timedelta(seconds=1))
        fraction = f".{rest.microseconds:06}".rstrip("0") if rest else ""
        sign = "-" if cell < dt.timedelta(0) else ""
        return f"{sign}{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}{fraction}"
    return str(cell)


def _kind(cell: Cell) -> Kind:
    # bool is an int, datetime is a date: the narrower first.
    if isinstance(cell, bool):
        return Kind.BOOLEAN
    if isinstance(cell, int | float):
        whole = isinstance(cell, int) or cell.is_integer()
        return Kind.INTEGER if whole and abs(cell) <= _EXACT_INTEGERS else Kind.NUMBER
    if isinstance(cell, dt.datetime):
        return Kind.TIMESTAMP
    if isinstance(cell, dt.date):
        return Kind.DATE
    return Kind.TIME if isinstance(cell, dt.time) else Kind.TEXT


def _common(kinds: set[Kind]) -> Kind:
    if len(kinds) == 1:
        return next(iter(kinds))
    if kinds == {Kind.INTEGER, Kind.NUMBER}:
        return Kind.NUMBER
    if kinds == {Kind.DATE, Kind.TIMESTAMP}:
        return Kind.TIMESTAMP
    return Kind.TEXT


def _value(cell: Cell, kind: Kind) -> Cell | None:
    if cell == "":
        return None
    if kind == Kind.TEXT:
        return text(cell)
    if kind == Kind.INTEGER and isinstance(cell, float):
        return int(cell)
    if kind == Kind.TIMESTAMP and not isinstance(cell, dt.datetime) and isinstance(cell, dt.date):
        return dt.datetime(cell.year, cell.month, cell.day)  # noqa: DTZ001
    return float(cell) if kind == Kind.NUMBER and isinstance(cell, int) else cell
