"""Pages by cursor, put together, are the one big list: for each order, direction and page size."""

import base64
import itertools
from datetime import UTC, datetime

import orjson
import pytest

from app.core.errors import InvalidInput
from app.core.viewer import System, Viewer
from app.services import cursors
from app.services.datasets import lists
from app.services.datasets.lists import DatasetFilter, Direction, OrderField
from tests.loaders.conftest import Counted

COLUMN = {
    OrderField.ROW_COUNT: "current_row_count",
    OrderField.SIZE_BYTES: "current_size_bytes",
    OrderField.PUBLISHED_AT: "current_published_at",
}
VERY_OLD = {OrderField.PUBLISHED_AT: datetime(1, 1, 1, tzinfo=UTC)}
ORDERS = list(itertools.product(OrderField, Direction))


async def names(counted: Counted, viewer: Viewer, **given: object) -> lists.Page:
    """A page of the sixty datasets."""
    own = DatasetFilter(owner_ids=[counted.viewer.id])
    async with counted.resources.db.read(System("test")) as connection:
        return await lists.list_datasets(connection, viewer, filter=own, **given)  # type: ignore[arg-type]


@pytest.mark.parametrize(("order", "direction"), ORDERS)
@pytest.mark.parametrize("first", [1, 7, 59, 60])
async def test_pages_are_the_list(counted: Counted, order: OrderField, direction: Direction, first: int) -> None:
    whole = await names(counted, counted.viewer, first=100, order=order, direction=direction)
    key = COLUMN.get(order, order.value.lower())
    # What was never published is older than everything.
    by_hand = sorted(
        whole.rows, key=lambda row: (getattr(row, key) or VERY_OLD.get(order, 0), row.id.int), reverse=direction is Direction.DESC
    )
    assert [row.id for row in whole.rows] == [row.id for row in by_hand]
    assert (len(whole.rows), whole.has_next_page, whole.has_previous_page) == (60, False, False)
    seen, after = [], None
    while True:
        page = await names(counted, counted.viewer, first=first, after=after, order=order, direction=direction)
        seen += page.rows
        assert page.has_previous_page is (after is not None)
        assert page.has_next_page is (len(seen) < 60)
        if not page.has_next_page:
            break
        after = page.cursors[-1]
    assert [row.id for row in seen] == [row.id for row in whole.rows]


@pytest.mark.parametrize(("order", "direction"), ORDERS)
async def test_a_cursor_of_another_order_is_refused(counted: Counted, order: OrderField, direction: Direction) -> None:
    page = await names(counted, counted.viewer, first=1, order=order, direction=direction)
    for other in ORDERS:
        if other != (order, direction):
            with pytest.raises(InvalidInput, match="This cursor does not belong to this list and order"):
                await names(counted, counted.viewer, first=1, after=page.cursors[0], order=other[0], direction=other[1])


def made_up(*values: object) -> str:
    """A cursor of any JSON."""
    return base64.urlsafe_b64encode(orjson.dumps(list(values))).decode().rstrip("=")


@pytest.mark.parametrize(
    "after",
    [
        "", "x", "é", "=", "[]", made_up(), made_up("versions", 3), made_up("rows", 3), made_up("datasets:CREATED_AT:DESC"),
        made_up("datasets:CREATED_AT:DESC", "2026-01-01T00:00:00+00:00"),
        made_up("datasets:CREATED_AT:DESC", "2026-01-01T00:00:00", "01a20000-0000-7000-8000-000000000000"),
        made_up("datasets:CREATED_AT:DESC", "0001-01-01T00:00:00+14:00", "01a20000-0000-7000-8000-000000000000"),
        made_up("datasets:CREATED_AT:DESC", "9999-12-31T23:59:59-14:00", "01a20000-0000-7000-8000-000000000000"),
        made_up("datasets:CREATED_AT:DESC", "soon", "01a20000-0000-7000-8000-000000000000"),
        made_up("datasets:CREATED_AT:DESC", 1, "01a20000-0000-7000-8000-000000000000"),
        made_up("datasets:CREATED_AT:DESC", "2026-01-01T00:00:00+00:00", "x"),
        made_up("datasets:CREATED_AT:DESC", "2026-01-01T00:00:00+00:00", None),
        made_up("datasets:CREATED_AT:DESC", "2026-01-01T00:00:00+00:00", "01a20000-0000-7000-8000-000000000000", 1),
    ],
)  # fmt: skip
async def test_what_is_no_cursor_is_refused(counted: Counted, after: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        await names(counted, counted.viewer, first=1, after=after)
    assert refused.value.path == ("after",)


async def test_a_name_in_a_cursor_is_a_value_and_no_sql(counted: Counted) -> None:
    after = cursors.encode("datasets:NAME:ASC", "Shelf 9'; DROP TABLE datasets; --", counted.viewer.id)
    page = await names(counted, counted.viewer, first=5, after=after, order=OrderField.NAME, direction=Direction.ASC)
    assert page.rows == []


VERSIONS = """query Versions($id: ID!, $first: Int!, $after: String) { dataset(id: $id) { versions(first: $first, after: $after) {
    edges { cursor node { number } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } } }"""


async def test_versions_are_paged_from_the_newest(counted: Counted) -> None:
    data, _ = await counted.run('{ datasets(first: 1, filter: {tags: ["shelf"]}) { edges { node { id } } } }')
    dataset_id = data["datasets"]["edges"][0]["node"]["id"]
    seen, after = [], None
    for left in (2, 1, 0):
        data, _ = await counted.run(VERSIONS, id=dataset_id, first=1, after=after)
        page = data["dataset"]["versions"]
        (edge,) = page["edges"]
        assert (page["pageInfo"]["hasNextPage"], page["pageInfo"]["hasPreviousPage"]) == (left > 0, after is not None)
        assert page["pageInfo"]["startCursor"] == page["pageInfo"]["endCursor"] == edge["cursor"]
        seen.append(edge["node"]["number"])
        after = edge["cursor"]
    assert seen == [3, 2, 1]
    for number, found in ((2**62, [3, 2, 1]), (2, [1]), (0, []), (-(2**62), [])):
        data, _ = await counted.run(VERSIONS, id=dataset_id, first=5, after=made_up("versions", number))
        assert [edge["node"]["number"] for edge in data["dataset"]["versions"]["edges"]] == found
