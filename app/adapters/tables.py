"""Pages of a stored table, read from the object store by ranges: the footer and the row groups of the page, no more."""

import asyncio
import math
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from app.adapters.row_selection import Selection, Selections, select
from app.adapters.row_views import RowView
from app.core.errors import InvalidInput, NotFound, Unavailable
from app.core.phrases import say
from app.core.settings import Settings
from app.ingest import values

if TYPE_CHECKING:
    from pathlib import Path

    import polars as pl

Value = None | bool | int | float | str
"""What a cell is in JSON. Integers beyond 2^53 and decimals are text, so that no reader rounds them."""

CELL_CHARACTERS = 1_000
CONCURRENT_PAGES = 4
STRETCH_ROWS = 8_192
"""Rows of a view that lie nearer than that are read together: a request costs as much as reading so many."""
_SAFE_INTEGER = 2**53 - 1
_TICKS = {"ms": 10**3, "us": 10**6, "ns": 10**9}
_UNENDING = {2**31 - 1: "infinity", -(2**31 - 1): "-infinity", 2**63 - 1: "infinity", -(2**63 - 1): "-infinity"}
"""How DuckDB stores dates and times without end."""


@dataclass(frozen=True, slots=True)
class CutCell:
    """A text of which the page holds only the first 1,000 characters."""

    row: int
    """Index into the page's rows."""
    column: str
    length: int
    """Characters of the whole text."""


@dataclass(frozen=True, slots=True)
class TablePage:
    """Some rows of a table, each with one value per column."""

    columns: tuple[str, ...]
    rows: list[list[Value]]
    cut_cells: tuple[CutCell, ...]


@dataclass(frozen=True, slots=True)
class ViewPage:
    """Some rows of a view."""

    page: TablePage
    places: tuple[int, ...]
    """Of each row in the file, from 0."""
    total_count: int
    """Rows of the view."""
    reachable_count: int
    """Rows of the view that pages reach."""


class TableReader(Protocol):
    """Reads stored tables."""

    async def page(self, key: str, *, offset: int, first: int, columns: list[str] | None = None) -> TablePage:
        """Rows offset .. offset + first - 1; fewer at the end, none beyond it.

        Args:
            columns: the wanted ones, in this order; None: all.
        Raises:
            NotFound: no such object. InvalidInput: no such column. Unavailable: the store does not answer.
        """

    async def view(self, key: str, view: RowView, *, offset: int, first: int, columns: list[str]) -> ViewPage:
        """Rows offset .. offset + first - 1 of the view, with these columns, in this order; none of them gives empty rows.

        Raises:
            As `page`. InvalidInput: a value that its column cannot hold. OperationTimeout: finding the rows takes too long.
        """


class S3TableReader:
    """Tables in the bucket of the settings."""

    def __init__(self, settings: Settings):
        self._bucket = settings.s3_bucket
        self._ca_file = settings.tls_ca_file
        given = {
            "aws_endpoint_url": settings.s3_endpoint_url,
            "aws_access_key_id": settings.s3_access_key,
            "aws_secret_access_key": settings.s3_secret_key.get_secret_value(),
            "aws_region": settings.s3_region,
        }
        self._options = {
            **{name: value for name, value in given.items() if value},
            "aws_virtual_hosted_style_request": "false",
            "aws_allow_http": str(settings.s3_endpoint_url.startswith("http://")).lower(),
            "connect_timeout": "3s",
            "timeout": "30s",
            "max_retries": 2,
        }
        self._slots = asyncio.Semaphore(CONCURRENT_PAGES)
        self._selections = Selections()

    async def page(self, key: str, *, offset: int, first: int, columns: list[str] | None = None) -> TablePage:
        """See TableReader."""
        async with self._slots:
            return await asyncio.to_thread(self._page, key, offset, first, columns)

    async def view(self, key: str, view: RowView, *, offset: int, first: int, columns: list[str]) -> ViewPage:
        """See TableReader."""
        selection = await self._selections.get(key, view, lambda: self._select(key, view))
        places = selection.places.slice(offset, first).to_list()
        async with self._slots:
            page = await asyncio.to_thread(self._rows_at, key, places, columns)
        return ViewPage(page, tuple(places), selection.total_count, len(selection.places))

    def _page(self, key: str, offset: int, first: int, columns: list[str] | None) -> TablePage:
        with _told():
            table = self._table(key)
            if columns is not None:
                table = table.select(columns)
            return _as_page(table.slice(offset, first).collect())

    def _select(self, key: str, view: RowView) -> Selection:
        with _told():
            return select(self._table(key), view)

    def _rows_at(self, key: str, places: list[int], columns: list[str]) -> TablePage:
        """The rows at these places, in this order: each stretch of neighbours is read as a page is."""
        if not columns or not places:
            return TablePage(tuple(columns), [[] for _ in places], ())
        import polars as pl

        with _told():
            table = self._table(key).select(columns)
            wanted = sorted(places)
            parts = []
            for low, high in _stretches(wanted):
                inside = [place - low for place in wanted if low <= place <= high]
                parts.append(table.slice(low, high - low + 1).collect()[inside])
            index = {place: row for row, place in enumerate(wanted)}
            return _as_page(pl.concat(parts)[[index[place] for place in places]])

    def _table(self, key: str) -> "pl.LazyFrame":
        # The API has few cores to spare for pages; polars reads this once, when it is imported.
        os.environ.setdefault("POLARS_MAX_THREADS", "2")
        if self._ca_file is not None:
            os.environ.setdefault("SSL_CERT_FILE", str(self._ca_file))
        import polars as pl

        return pl.scan_parquet(
            f"s3://{self._bucket}/{key}", storage_options=self._options, glob=False, hive_partitioning=False, use_statistics=False
        )


def first_rows(path: "Path", count: int) -> TablePage:
    """The first rows of a table that lies on this machine; blocks."""
    import polars as pl

    return _as_page(pl.scan_parquet(path, glob=False, hive_partitioning=False).head(count).collect())


@contextmanager
def _told() -> Iterator[None]:
    """What polars says of the store and the table, in our words."""
    import polars as pl

    try:
        yield
    except pl.exceptions.ColumnNotFoundError as error:
        raise InvalidInput(say("TABLE_NO_COLUMN", "The table has no such column."), path=("columns",)) from error
    except FileNotFoundError as error:
        raise NotFound(say("TABLE_MISSING", "No such table.")) from error
    except (OSError, pl.exceptions.ComputeError) as error:
        if _is_missing(error):
            raise NotFound(say("TABLE_MISSING", "No such table.")) from error
        raise Unavailable(say("STORE_AWAY", "The object store does not answer.")) from error


def _stretches(places: list[int]) -> list[tuple[int, int]]:
    """(first, last) of the stretches that cover the ascending places; nearer ones share a stretch."""
    found: list[tuple[int, int]] = []
    for place in places:
        if found and place - found[-1][0] < STRETCH_ROWS:
            found[-1] = (found[-1][0], place)
        else:
            found.append((place, place))
    return found


def _is_missing(error: Exception) -> bool:
    return "404" in str(error) or "NoSuchKey" in str(error) or "not found" in str(error).lower()


def _as_page(frame: "pl.DataFrame") -> TablePage:
    cut: list[CutCell] = []
    columns = [_values(column, cut) for column in frame]
    rows = [list(row) for row in zip(*columns, strict=True)]
    return TablePage(columns=tuple(frame.columns), rows=rows, cut_cells=tuple(sorted(cut, key=lambda cell: cell.row)))


def _values(column: "pl.Series", cut: list[CutCell]) -> Sequence[Value]:
    """The column's values for JSON; texts that are too long are shortened and added to `cut`."""
    import polars as pl

    kind = column.dtype
    if kind.is_integer():
        return [number if number is None or abs(number) <= _SAFE_INTEGER else str(number) for number in column]
    if kind == pl.Float32:
        # By way of its text: 0.1 stays 0.1, not 0.10000000149011612.
        return [None if text is None else _number(float(text)) for text in column.cast(pl.String)]
    if kind.is_float():
        return [None if number is None else _number(number) for number in column]
    if kind == pl.Boolean:
        return column.to_list()
    if isinstance(kind, pl.Date | pl.Datetime | pl.Time):
        return _times(column, kind)
    if kind == pl.Binary:
        column = pl.Series(column.name, [None if raw is None else _decoded(raw) for raw in column], dtype=pl.String)
    return _texts(column.cast(pl.String), cut)


def _number(number: float) -> float | str:
    return number if math.isfinite(number) else values.number_text(number)


def _times(column: "pl.Series", kind: "pl.Date | pl.Datetime | pl.Time") -> list[Value]:
    """From the stored numbers: polars' own text fails on dates beyond the year 262,143 and on infinity."""
    import polars as pl

    def text(ticks: int | None) -> str | None:
        if ticks is None:
            return None
        if ticks in _UNENDING:
            return _UNENDING[ticks]
        if isinstance(kind, pl.Date):
            return values.date_text(ticks)
        if isinstance(kind, pl.Time):
            return values.time_text(ticks, 10**9)
        return values.timestamp_text(ticks, _TICKS[kind.time_unit], utc=kind.time_zone is not None)

    return [text(ticks) for ticks in column.to_physical()]


def _texts(column: "pl.Series", cut: list[CutCell]) -> list[Value]:
    shortened: list[Value] = column.str.slice(0, CELL_CHARACTERS).to_list()
    for row, length in enumerate(column.str.len_chars()):
        if length is not None and length > CELL_CHARACTERS:
            cut.append(CutCell(row, column.name, length))
    return shortened


def _decoded(raw: bytes) -> str:
    """JSON text that a writer marked as JSON; anything else in hexadecimal digits."""
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return raw.hex()
