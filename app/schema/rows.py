"""Pages of a version's data."""

from dataclasses import dataclass
from uuid import UUID

import strawberry
from strawberry.scalars import JSON

from app.adapters.row_views import RowView
from app.adapters.tables import TablePage, ViewPage
from app.context import Context
from app.core.errors import InvalidInput
from app.core.phrases import say
from app.schema.base import PageInfo, check_first
from app.schema.profiles import LogicalType
from app.schema.row_views import Columns, RowFilter, RowOrder, view_of
from app.schema.scalars import BigInt
from app.services import cursors
from app.services.datasets import versions

ORDER = "rows"


@strawberry.type(description="A column of a page of rows.")
class RowColumn:
    name: str = strawberry.field(description="The column.")
    type: LogicalType = strawberry.field(description="Logical type.")
    masked: bool = strawberry.field(
        description="True: the column is sensitive and you hold less than WRITE; each of its cells is null."
    )


@strawberry.type(description="A cell that was cut because it is longer than 1,000 characters.")
class CutCell:
    row: int = strawberry.field(description="Index in `rows`, from 0.")
    column: int = strawberry.field(description="Index in `columns`, from 0.")
    length: BigInt = strawberry.field(description="Characters of the whole cell.")


@strawberry.type(description="A page of a version's data.")
class RowPage:
    columns: list[RowColumn] = strawberry.field(description="Columns of the page.")
    rows: list[JSON] = strawberry.field(
        description="Rows, each an array with a value for each column: null, boolean, number or text. Whole numbers beyond 2^53, "
        "decimals, dates (ISO 8601) and nested values (JSON) are text."
    )
    first_row_number: BigInt = strawberry.field(description="Place of the first row of the page among all pages, from 1.")
    row_numbers: list[BigInt] = strawberry.field(description="Number of each row in the file, from 1.")
    cut_cells: list[CutCell] = strawberry.field(description="Cells that were cut at 1,000 characters.")
    total_count: BigInt = strawberry.field(description="Rows of the version that fulfil the filter.")
    reachable_count: BigInt = strawberry.field(
        description="Rows that pages reach: all in the order of the file, with a filter or an order at most 100,000."
    )
    page_info: PageInfo = strawberry.field(description="Where the page lies.")


@dataclass(frozen=True, kw_only=True)
class RowsAsked:
    """The arguments of `rows`."""

    first: int
    after: str | None
    start_row: int | None
    field_paths: list[str] | None
    order_by: list[RowOrder] | None
    filter: RowFilter | None


async def read_rows(context: Context, version_id: UUID, row_count: int | None, asked: RowsAsked) -> RowPage | None:
    """A page of the stored table; None while there is none."""
    check_first(asked.first)
    async with context.read() as connection:
        table = await versions.table_file(connection, context.viewer, version_id)
    if table is None or row_count is None:
        return None
    fields = {field.field_path: field for field in await context.loaders.schema_fields_by_version.load(version_id)}
    hidden = (await context.loaders.hidden_by_version.load(version_id)).fields
    wanted = _wanted(asked.field_paths, list(fields))
    view = view_of(asked.order_by, asked.filter, Columns(fields, hidden))
    order = ORDER if view.is_whole else f"{ORDER}:{view.digest}"
    offset = _offset(asked.after, asked.start_row, order)
    shown = [name for name in wanted if name not in hidden]
    found = await _found(context, table.object_key, view, offset, asked.first, shown, row_count, everything=shown == list(fields))
    page = found.page
    places = {name: place for place, name in enumerate(wanted)}
    sources = [page.columns.index(name) if name not in hidden else None for name in wanted]
    rows = [[None if source is None else row[source] for source in sources] for row in page.rows] if hidden else page.rows
    names = [cursors.encode(order, offset + index + 1) for index in range(len(rows))]
    return RowPage(
        columns=[
            RowColumn(name=name, type=LogicalType(fields[name].logical_type.value), masked=name in hidden) for name in wanted
        ],
        rows=[JSON(row) for row in rows],
        first_row_number=BigInt(offset + 1),
        row_numbers=[BigInt(place + 1) for place in found.places],
        cut_cells=[CutCell(row=cell.row, column=places[cell.column], length=BigInt(cell.length)) for cell in page.cut_cells],
        total_count=BigInt(found.total_count),
        reachable_count=BigInt(found.reachable_count),
        page_info=PageInfo.of(names, has_next=offset + len(rows) < found.reachable_count, has_previous=offset > 0),
    )


def _wanted(field_paths: list[str] | None, known: list[str]) -> list[str]:
    if field_paths is None:
        return known
    for name in set(field_paths) - set(known):
        raise InvalidInput(say("NO_SUCH_COLUMN", "There is no column {name!r}.", name=name[:60]), path=("fieldPaths",))
    if len(set(field_paths)) < len(field_paths):
        raise InvalidInput(say("COLUMN_TWICE", "A column stands here twice."), path=("fieldPaths",))
    return field_paths


async def _found(
    context: Context, key: str, view: RowView, offset: int, first: int, shown: list[str], row_count: int, *, everything: bool
) -> ViewPage:
    """The page's rows of the columns that may be shown: hidden ones are not even read."""
    tables = context.resources.tables
    if not view.is_whole:
        return await tables.view(key, view, offset=offset, first=first, columns=shown)
    first = min(first, max(0, row_count - offset))
    if not shown:
        page = TablePage(columns=(), rows=[[] for _ in range(first)], cut_cells=())
    else:
        page = await tables.page(key, offset=offset, first=first, columns=None if everything else shown)
    return ViewPage(page, tuple(range(offset, offset + len(page.rows))), row_count, row_count)


def _offset(after: str | None, start_row: int | None, order: str) -> int:
    """Rows before the page. A cursor holds the number of the last row that was shown."""
    if after is not None and start_row is not None:
        raise InvalidInput(say("AFTER_OR_START_ROW", "Give `after` or `startRow`, not both."), path=("startRow",))
    if start_row is not None:
        if start_row < 1:
            raise InvalidInput(say("ROWS_FROM_ONE", "Rows are counted from 1."), path=("startRow",))
        return start_row - 1
    if after is None:
        return 0
    offset = cursors.decode(after, order, int)[0]
    if not isinstance(offset, int) or offset < 0:
        raise InvalidInput(say("NO_ROW_CURSOR", "This is no cursor of rows."), path=("after",))
    return offset
