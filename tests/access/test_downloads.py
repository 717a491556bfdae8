"""Downloads: an address is good for five minutes, is counted as an export, and the audit trail says who has it."""

from urllib.parse import parse_qs, urlsplit

from app.core.viewer import Scope
from app.schema.ids import from_id
from tests.access.world import World, bearer
from tests.support.people import a_person
from tests.support.served import served

FILES = "query F($id: ID!) { datasetVersion(id: $id) { files { id role downloadable downloadUrl } } }"
QUIET = "query F($id: ID!) { datasetVersion(id: $id) { files { id role downloadable } } }"
RESULTS = "query R($id: ID!) { qualityRun(id: $id) { results { id failedRowsKept failedRowsUrl } } }"
TRAIL = """query T($target: ID!, $after: DateTime!) {
    auditEvents(first: 100, filter: {action: "download.", targetId: $target, occurredAfter: $after}) {
        edges { node { action actor { id } sessionId apiKey { name scopes } details ipAddress } } } }"""


async def recorded(world: World, after: str) -> list[dict]:
    """Downloads of the world's version after a moment, newest first."""
    given = await world.give("admin", TRAIL, target=world.version, after=after)
    return [edge["node"] for edge in given["auditEvents"]["edges"]]


async def now(world: World) -> str:
    async with world.database() as connection:
        return (await connection.fetchval("SELECT clock_timestamp()")).isoformat()


async def test_an_address_is_good_for_five_minutes_and_stands_in_the_trail_with_who_got_it(world: World) -> None:
    before = await now(world)
    files = (await world.give("writer", FILES, id=world.version))["datasetVersion"]["files"]
    assert [(file["role"], file["downloadable"]) for file in files] == [("ORIGINAL", True), ("TABLE", True)]
    assert [parse_qs(urlsplit(file["downloadUrl"]).query)["X-Amz-Expires"] for file in files] == [["300"], ["300"]]
    await world.give("key WRITE", "query N($id: ID!) { node(id: $id) { ... on FileObject { downloadUrl } } }", id=files[0]["id"])
    by_key, *by_person = await recorded(world, before)
    writer = world.people["writer"]
    assert {(one["action"], one["actor"]["id"], one["apiKey"], one["details"]["role"]) for one in by_person} == {
        ("download.file", writer.id, None, "ORIGINAL"),
        ("download.file", writer.id, None, "TABLE"),
    }
    assert {from_id(one["sessionId"], "SignInSession") for one in by_person} == {writer.session_id}
    assert {one["details"]["fileId"] for one in by_person} == {str(from_id(file["id"], "FileObject")) for file in files}
    assert (by_key["actor"]["id"], by_key["sessionId"]) == (world.people["owner"].id, None)
    assert by_key["apiKey"] == {"name": "A key", "scopes": [Scope.WRITE.name]}


async def test_failed_rows_are_a_download_too(world: World) -> None:
    before = await now(world)
    (result,) = (await world.give("owner", RESULTS, id=world.run))["qualityRun"]["results"]
    assert result["failedRowsKept"] is True
    assert parse_qs(urlsplit(result["failedRowsUrl"]).query)["X-Amz-Expires"] == ["300"]
    (event,) = await recorded(world, before)
    assert (event["action"], event["actor"]["id"]) == ("download.failed_rows", world.people["owner"].id)
    assert event["details"] == {"resultId": str(from_id(result["id"], "QualityResult"))}
    # One at a time, as the page asks for it; to others there is no such result.
    by_id = "query N($id: ID!) { node(id: $id) { ... on QualityResult { name failedRowsUrl } } }"
    found = (await world.give("owner", by_id, id=result["id"]))["node"]
    assert found["failedRowsUrl"].partition("?")[0] == result["failedRowsUrl"].partition("?")[0]
    assert len(await recorded(world, before)) == 2
    assert await world.give("other", by_id, id=result["id"]) == {"node": None}


async def test_who_gets_no_address_or_asks_for_none_leaves_no_record(world: World) -> None:
    before = await now(world)
    files = (await world.give("reader", FILES, id=world.version))["datasetVersion"]["files"]
    assert [(file["downloadable"], file["downloadUrl"]) for file in files] == [(False, None), (False, None)]
    (result,) = (await world.give("reader", RESULTS, id=world.run))["qualityRun"]["results"]
    assert (result["failedRowsKept"], result["failedRowsUrl"]) == (False, None)
    await world.give("writer", QUIET, id=world.version)
    assert await recorded(world, before) == []


async def test_addresses_count_as_exports(world: World) -> None:
    before = await now(world)
    async with a_person(world.system, "ADMIN") as another, served(world.system, rate_limit_export="3/minute") as (_, client):
        body = {"query": FILES, "variables": {"id": world.version}}
        answers = [(await client.post("/graphql", json=body, headers=bearer(another))).json() for _ in range(2)]
    first, second = ([file["downloadUrl"] is not None for file in one["data"]["datasetVersion"]["files"]] for one in answers)
    assert (first, sorted(second)) == ([True, True], [False, True])
    assert [error["extensions"]["code"] for error in answers[1]["errors"]] == ["RATE_LIMITED"]
    assert len(await recorded(world, before)) == 3
