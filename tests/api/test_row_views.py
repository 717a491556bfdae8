"""Rows of a version in an order and by conditions: what the query's arguments mean and which are refused."""

import pytest

from app.core.ids import uuid7
from tests.support.client import Client
from tests.support.phrases import plain

ROWS = """query RowsOf($id: ID!, $first: Int!, $after: String, $orderBy: [RowOrder!], $filter: RowFilter, $startRow: BigInt) {
    datasetVersion(id: $id) { rows(first: $first, after: $after, startRow: $startRow, orderBy: $orderBy, filter: $filter) {
        rows firstRowNumber rowNumbers totalCount reachableCount pageInfo { hasNextPage hasPreviousPage endCursor } } } }"""
CSV = (
    b"id,city,amount,day,at,open,tags\n"
    b'1,Kyoto,2.50,2024-01-05,2024-01-05T10:00:00Z,true,"[1]"\n'
    b"2,Osaka,10.00,2024-01-04,2024-01-05T09:00:00Z,false,x\n"
    b"3,kyoto station,,2024-01-03,2024-01-04T10:00:00Z,true,y\n"
    b"4,,-1.25,2024-01-02,2024-01-03T10:00:00Z,,\n"
)


@pytest.fixture(scope="session")
async def views() -> dict[str, str]:
    """Filled by the first test that needs it."""
    return {}


async def version_of(admin: Client, views: dict[str, str]) -> str:
    if "id" not in views:
        version = await admin.finished(await admin.upload(await admin.create(f"Views {uuid7()}"), CSV))
        assert (version["status"], version["rowCount"]) == ("READY", 4)
        views["id"] = version["id"]
    return views["id"]


async def page(client: Client, version_id: str, **given: object) -> dict:
    return (await client.run(ROWS, id=version_id, **{"first": 100, **given}))["datasetVersion"]["rows"]


@pytest.mark.parametrize(
    ("filter", "ids"),
    [
        ({}, [1, 2, 3, 4]),
        ({"fieldPath": "amount", "gte": 2.5}, [1, 2]),
        ({"fieldPath": "amount", "gt": "-1.25", "lt": 3}, [1]),
        ({"fieldPath": "id", "in": [4, "2"]}, [2, 4]),
        ({"fieldPath": "city", "contains": "KYOTO"}, [1, 3]),
        ({"fieldPath": "city", "startsWith": "osa"}, [2]),
        ({"fieldPath": "city", "ne": "Kyoto"}, [2, 3]),
        ({"fieldPath": "city", "isNull": True}, [4]),
        ({"fieldPath": "day", "lte": "2024-01-03"}, [3, 4]),
        ({"fieldPath": "at", "lt": "2024-01-05T19:00:00+09:00"}, [2, 3, 4]),
        ({"fieldPath": "open", "eq": True}, [1, 3]),
        ({"or": [{"fieldPath": "open", "eq": False}, {"fieldPath": "amount", "isNull": True}]}, [2, 3]),
        ({"and": [{"fieldPath": "open", "eq": True}, {"or": [{"fieldPath": "id", "eq": 3}, {"fieldPath": "id", "eq": 4}]}]}, [3]),
        ({"or": [{"fieldPath": "id", "eq": 3}, {}]}, [1, 2, 3, 4]),
    ],
)
async def test_a_filter_keeps_rows(admin: Client, views: dict[str, str], filter: dict, ids: list[int]) -> None:
    found = await page(admin, await version_of(admin, views), filter=filter)
    assert [row[0] for row in found["rows"]] == ids
    assert (found["rowNumbers"], found["totalCount"], found["reachableCount"]) == (ids, len(ids), len(ids))


async def test_an_order_goes_page_by_page(admin: Client, views: dict[str, str]) -> None:
    version_id = await version_of(admin, views)
    order = [{"fieldPath": "amount", "direction": "DESC"}]
    first = await page(admin, version_id, orderBy=order, first=3)
    assert [row[0] for row in first["rows"]] == [2, 1, 4]
    assert (first["firstRowNumber"], first["rowNumbers"], first["pageInfo"]["hasNextPage"]) == (1, [2, 1, 4], True)
    second = await page(admin, version_id, orderBy=order, first=3, after=first["pageInfo"]["endCursor"])
    assert ([row[0] for row in second["rows"]], second["firstRowNumber"]) == ([3], 4)
    assert (second["pageInfo"]["hasNextPage"], second["pageInfo"]["hasPreviousPage"]) == (False, True)
    assert [row[0] for row in (await page(admin, version_id, orderBy=order, startRow=2, first=1))["rows"]] == [1]
    both = [{"fieldPath": "open"}, {"fieldPath": "day"}]
    assert [row[0] for row in (await page(admin, version_id, orderBy=both))["rows"]] == [2, 3, 1, 4]
    # A cursor belongs to its order.
    answer = (await admin.post(ROWS, {"id": version_id, "first": 1, "after": first["pageInfo"]["endCursor"]})).json()
    assert plain(answer["errors"][0]["extensions"]) == {"code": "INVALID_INPUT", "path": ["after"]}


@pytest.mark.parametrize(
    ("given", "path"),
    [
        ({"orderBy": [{"fieldPath": "never"}]}, ["orderBy", "0", "fieldPath"]),
        ({"orderBy": [{"fieldPath": "id"}, {"fieldPath": "id"}]}, ["orderBy"]),
        ({"orderBy": [{"fieldPath": name} for name in ("id", "city", "amount", "day")]}, ["orderBy"]),
        ({"filter": {"fieldPath": "never", "eq": 1}}, ["filter", "fieldPath"]),
        ({"filter": {"eq": 1}}, ["filter", "fieldPath"]),
        ({"filter": {"fieldPath": "id"}}, ["filter"]),
        ({"filter": {"fieldPath": "id", "eq": 1.5}}, ["filter", "eq"]),
        ({"filter": {"fieldPath": "id", "eq": True}}, ["filter", "eq"]),
        ({"filter": {"fieldPath": "id", "eq": "1e40"}}, ["filter", "eq"]),
        ({"filter": {"fieldPath": "id", "in": []}}, ["filter", "in"]),
        ({"filter": {"fieldPath": "id", "in": [1] * 101}}, ["filter", "in"]),
        ({"filter": {"fieldPath": "id", "contains": "1"}}, ["filter", "contains"]),
        ({"filter": {"fieldPath": "open", "gt": False}}, ["filter", "gt"]),
        ({"filter": {"fieldPath": "city", "eq": 1}}, ["filter", "eq"]),
        ({"filter": {"fieldPath": "city", "eq": "x" * 1_001}}, ["filter", "eq"]),
        ({"filter": {"fieldPath": "city", "contains": "\x00"}}, ["filter", "contains"]),
        ({"filter": {"fieldPath": "day", "eq": "infinity"}}, ["filter", "eq"]),
        ({"filter": {"fieldPath": "at", "eq": "2024-01-05T10:00:00"}}, ["filter", "eq"]),
        ({"filter": {"fieldPath": "at", "eq": "2024-01-05T10:00:00.0000001Z"}}, ["filter", "eq"]),
        ({"filter": {"or": []}}, ["filter", "or"]),
        (
            {"filter": {"and": [{"fieldPath": "id", "gt": 1}, {"fieldPath": "amount", "gt": "much"}]}},
            ["filter", "and", "1", "gt"],
        ),
        ({"filter": {"and": [{"fieldPath": "id", "gt": n} for n in range(51)]}}, ["filter", "and", "50"]),
    ],
)
async def test_what_cannot_be_is_refused_at_its_argument(
    admin: Client, views: dict[str, str], given: dict, path: list[str]
) -> None:
    answer = (await admin.post(ROWS, {"id": await version_of(admin, views), "first": 1, **given})).json()
    (error,) = answer["errors"]
    assert plain(error["extensions"]) == {"code": "INVALID_INPUT", "path": path}


async def test_conditions_stand_inside_each_other_to_a_bound(admin: Client, views: dict[str, str]) -> None:
    version_id = await version_of(admin, views)
    deep: dict = {"fieldPath": "id", "eq": 2}
    for _ in range(4):
        deep = {"and": [deep]}
    assert [row[0] for row in (await page(admin, version_id, filter=deep))["rows"]] == [2]
    answer = (await admin.post(ROWS, {"id": version_id, "first": 1, "filter": {"or": [deep]}})).json()
    assert answer["errors"][0]["extensions"]["code"] == "INVALID_INPUT"
