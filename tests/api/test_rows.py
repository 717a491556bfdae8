"""Pages of a version's data: by cursor, by row number, by column, from the first row to the last."""

import base64

import orjson
import pytest

from app.core.ids import uuid7
from tests.support.client import Client
from tests.support.phrases import plain

ROWS = """query Rows($id: ID!, $first: Int!, $after: String, $startRow: BigInt, $fieldPaths: [String!]) { datasetVersion(id: $id) {
    rows(first: $first, after: $after, startRow: $startRow, fieldPaths: $fieldPaths) {
        columns { name type } rows firstRowNumber totalCount cutCells { row column length }
        pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } } }"""
COUNT = 2_345
CSV = b"id,name,note\n" + b"".join(b"%d,name %d,%s\n" % (n, n, b"x" * 1_500 if n == 7 else b"") for n in range(1, COUNT + 1))


@pytest.fixture(scope="session")
async def table() -> dict[str, str]:
    """Filled by the first test that needs it: the id of a version of 2,345 rows."""
    return {}


async def version_of(admin: Client, table: dict[str, str]) -> str:
    if "id" not in table:
        dataset_id = await admin.create(f"Rows {uuid7()}")
        version = await admin.finished(await admin.upload(dataset_id, CSV))
        assert (version["status"], version["rowCount"]) == ("READY", COUNT)
        table["id"] = version["id"]
    return table["id"]


async def page(client: Client, version_id: str, **given: object) -> dict:
    return (await client.run(ROWS, id=version_id, **{"first": 100, **given}))["datasetVersion"]["rows"]


async def test_pages_put_together_are_the_file(admin: Client, table: dict[str, str]) -> None:
    version_id = await version_of(admin, table)
    seen: list[int] = []
    after = None
    while True:
        found = await page(admin, version_id, after=after)
        assert (found["totalCount"], found["firstRowNumber"]) == (COUNT, len(seen) + 1)
        assert found["pageInfo"]["hasPreviousPage"] is (after is not None)
        seen += [row[0] for row in found["rows"]]
        if not found["pageInfo"]["hasNextPage"]:
            break
        after = found["pageInfo"]["endCursor"]
    assert seen == list(range(1, COUNT + 1))


@pytest.mark.parametrize(
    ("start", "ids"),
    [(1, [1, 2, 3]), (1_000, [1_000, 1_001, 1_002]), (COUNT - 1, [COUNT - 1, COUNT]), (COUNT + 1, []), (2**62, [])],
)
async def test_a_page_begins_at_any_row(admin: Client, table: dict[str, str], start: int, ids: list[int]) -> None:
    found = await page(admin, await version_of(admin, table), first=3, startRow=start)
    assert [row[0] for row in found["rows"]] == ids
    assert (found["firstRowNumber"], found["totalCount"]) == (start, COUNT)
    assert found["pageInfo"]["hasNextPage"] is (bool(ids) and ids[-1] < COUNT)


async def test_columns_are_chosen_and_long_cells_cut(admin: Client, table: dict[str, str]) -> None:
    version_id = await version_of(admin, table)
    found = await page(admin, version_id, first=1, startRow=7, fieldPaths=["note", "id"])
    assert [column["name"] for column in found["columns"]] == ["note", "id"]
    assert found["rows"] == [["x" * 1_000, 7]]
    assert found["cutCells"] == [{"row": 0, "column": 0, "length": 1_500}]


def made_up(*values: object) -> str:
    return base64.urlsafe_b64encode(orjson.dumps(list(values))).decode().rstrip("=")


@pytest.mark.parametrize(
    ("given", "path"),
    [
        ({"first": 0}, ["first"]),
        ({"first": 101}, ["first"]),
        ({"startRow": 0}, ["startRow"]),
        ({"startRow": -(2**63)}, ["startRow"]),
        ({"startRow": 1, "after": made_up("rows", 1)}, ["startRow"]),
        ({"after": ""}, ["after"]),
        ({"after": made_up("rows", -1)}, ["after"]),
        ({"after": made_up("rows", True)}, ["after"]),
        ({"after": made_up("rows", "1")}, ["after"]),
        ({"after": made_up("rows", 2**63)}, ["after"]),
        ({"after": made_up("versions", 1)}, ["after"]),
        ({"after": made_up("datasets:NAME:ASC", "a", "01a20000-0000-7000-8000-000000000000")}, ["after"]),
        ({"fieldPaths": ["never"]}, ["fieldPaths"]),
        ({"fieldPaths": ["id", "id"]}, ["fieldPaths"]),
        ({"fieldPaths": ["id; DROP TABLE x"]}, ["fieldPaths"]),
    ],
)
async def test_a_page_that_cannot_be_is_refused(admin: Client, table: dict[str, str], given: dict, path: list[str]) -> None:
    version_id = await version_of(admin, table)
    answer = (await admin.post(ROWS, {"id": version_id, "first": 1, **given})).json()
    (error,) = answer["errors"]
    assert plain(error["extensions"]) == {"code": "INVALID_INPUT", "path": path}


@pytest.mark.parametrize("number", [2**62, 2**63 - 1])
async def test_a_cursor_behind_the_last_row_gives_an_empty_page(admin: Client, table: dict[str, str], number: int) -> None:
    found = await page(admin, await version_of(admin, table), after=made_up("rows", number))
    assert (found["rows"], found["pageInfo"]["hasNextPage"]) == ([], False)


async def test_a_version_that_is_not_read_has_no_rows(admin: Client) -> None:
    dataset_id = await admin.create(f"No rows {uuid7()}")
    version_id = (await admin.start(dataset_id, b"a\n1\n"))["version"]["id"]
    assert (await admin.run(ROWS, id=version_id, first=1))["datasetVersion"] == {"rows": None}
