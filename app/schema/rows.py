"""Pages of a version's data."""

from uuid import UUID

import strawberry
from strawberry.scalars import JSON

from app.adapters.tables import TablePage
from app.context import Context
from app.core.errors import InvalidInput
from app.schema.base import PageInfo, check_first
from app.schema.profiles import LogicalType
from app.schema.scalars import BigInt
from app.services import cursors, versions

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
    first_row_number: BigInt = strawberry.field(description="Number of the first row of the page, from 1.")
    cut_cells: list[CutCell] = strawberry.field(description="Cells that were cut at 1,000 characters.")
    total_count: BigInt = strawberry.field(description="Rows of the version.")
    page_info: PageInfo = strawberry.field(description="Where the page lies.")


async def read_rows(
    context: Context,
    version_id: UUID,
    row_count: int | None,
    first: int,
    after: str | None,
    start_row: int | None,
    field_paths: list[str] | None,
) -> RowPage | None:
    """A page of the stored table; None while there is none."""
    check_first(first)
    offset = _offset(after, start_row)
    async with context.read() as connection:
        table = await versions.table_file(connection, context.viewer, version_id)
    if table is None or row_count is None:
        return None
    fields = await context.loaders.schema_fields_by_version.load(version_id)
    types = {field.field_path: LogicalType(field.logical_type.value) for field in fields}
    wanted = field_paths if field_paths is not None else list(types)
    for name in wanted:
        if name not in types:
            raise InvalidInput(f"There is no column {name[:60]!r}.", path=("fieldPaths",))
    if len(set(wanted)) < len(wanted):
        raise InvalidInput("A column stands here twice.", path=("fieldPaths",))
    hidden = (await context.loaders.hidden_by_version.load(version_id)).fields
    shown = [name for name in wanted if name not in hidden]
    page = await _page(
        context, table.object_key, offset, min(first, max(0, row_count - offset)), shown, everything=shown == list(types)
    )
    places = {name: place for place, name in enumerate(wanted)}
    sources = [page.columns.index(name) if name not in hidden else None for name in wanted]
    rows = [[None if source is None else row[source] for source in sources] for row in page.rows] if hidden else page.rows
    names = [cursors.encode(ORDER, offset + index + 1) for index in range(len(rows))]
    return RowPage(
        columns=[RowColumn(name=name, type=types[name], masked=name in hidden) for name in wanted],
        rows=[JSON(row) for row in rows],
        first_row_number=BigInt(offset + 1),
        cut_cells=[CutCell(row=cell.row, column=places[cell.column], length=BigInt(cell.length)) for cell in page.cut_cells],
        total_count=BigInt(row_count),
        page_info=PageInfo.of(names, has_next=offset + len(rows) < row_count, has_previous=offset > 0),
    )


async def _page(context: Context, key: str, offset: int, first: int, shown: list[str], *, everything: bool) -> TablePage:
    """The page's rows of the columns that may be shown: hidden ones are not even read."""
    if not shown:
        return TablePage(columns=(), rows=[[] for _ in range(first)], cut_cells=())
    return await context.resources.tables.page(key, offset=offset, first=first, columns=None if everything else shown)


def _offset(after: str | None, start_row: int | None) -> int:
    """Rows before the page. A cursor holds the number of the last row that was shown."""
    if after is not None and start_row is not None:
        raise InvalidInput("Give `after` or `startRow`, not both.", path=("startRow",))
    if start_row is not None:
        if start_row < 1:
            raise InvalidInput("Rows are counted from 1.", path=("startRow",))
        return start_row - 1
    if after is None:
        return 0
    offset = cursors.decode(after, ORDER, int)[0]
    if not isinstance(offset, int) or offset < 0:
        raise InvalidInput("This is no cursor of rows.", path=("after",))
    return offset
