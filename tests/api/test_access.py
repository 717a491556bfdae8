"""Who may see and do what with a dataset."""

import pytest

from app.core.ids import uuid7
from app.schema.ids import to_id
from tests.api.mutations import ALL, MISSING, REMOVE, RESTORE, REVOKE, SET, UPDATE, done, got, refused
from tests.support.client import CREATE, Client
from tests.support.people import GRANT, People, Person, a_person
from tests.support.phrases import plain
from tests.support.system import System

LEVELS = ("NONE", "READ", "WRITE", "MANAGE")


def inputs(dataset_id: str, person: Person) -> list[tuple[str, str, dict[str, object]]]:
    """(needed level, mutation, input) of everything that can be done with a dataset; none of it changes the dataset's life."""
    return [
        ("WRITE", UPDATE, {"id": dataset_id, "revision": -1, "description": "x"}),
        ("MANAGE", UPDATE, {"id": dataset_id, "revision": -1, "visibility": "RESTRICTED"}),
        ("WRITE", REMOVE, {"datasetId": dataset_id, "keys": []}),
        ("WRITE", SET, {"datasetId": dataset_id, "entries": []}),
        ("MANAGE", GRANT, {"datasetId": dataset_id, "userId": person.id, "level": "READ"}),
        ("MANAGE", RESTORE, {"id": dataset_id}),
    ]


@pytest.mark.parametrize("visibility", ["ORGANIZATION", "RESTRICTED"])
@pytest.mark.parametrize("granted", LEVELS)
async def test_a_level_allows_what_it_says(people: People, visibility: str, granted: str) -> None:
    dataset_id = await people.editor.create(f"Levels {uuid7()}", visibility=visibility)
    if granted != "NONE":
        await people.grant(people.editor, dataset_id, people.viewer, granted)
    level = "READ" if granted == "NONE" and visibility == "ORGANIZATION" else granted
    seen = await got(people.viewer, dataset_id)
    assert (seen is not None) is (level != "NONE")
    for needed, mutation, given in inputs(dataset_id, people.other):
        payload = await people.viewer.mutate(mutation, **given)
        codes = [error["code"] for error in payload["errors"]]
        if level == "NONE":
            assert codes == ["NOT_FOUND"], (mutation, payload)
            assert payload["errors"][0]["message"] == MISSING
        elif LEVELS.index(level) < LEVELS.index(needed):
            assert codes == ["FORBIDDEN"], (mutation, payload)
        else:
            assert codes in ([], ["CONFLICT"]), (mutation, payload)


async def test_a_restricted_dataset_is_seen_by_owner_granted_and_administrator(admin: Client, people: People) -> None:
    name = f"Restricted {uuid7()}"
    dataset_id = await people.editor.create(name, visibility="RESTRICTED")
    await people.grant(people.editor, dataset_id, people.other, "READ")
    listing = "query($n: String!) { datasets(first: 5, filter: {nameContains: $n}) { edges { node { id } } } }"
    for person, sees in ((people.editor, True), (people.other, True), (admin, True), (people.viewer, False)):
        assert (await got(person, dataset_id) is not None) is sees
        edges = (await person.run(listing, n=name))["datasets"]["edges"]
        assert edges == ([{"node": {"id": dataset_id}}] if sees else [])


async def test_a_grant_ends_when_it_expires_or_is_replaced(system: System, people: People) -> None:
    dataset_id = await people.editor.create(f"Expiring {uuid7()}", visibility="RESTRICTED")
    grant_id = await people.grant(people.editor, dataset_id, people.viewer, "WRITE", seconds=3_600)
    assert await got(people.viewer, dataset_id) is not None
    connection = await system.database()
    await connection.execute(
        "UPDATE access_grants SET expires_at = now() - interval '1 second' WHERE user_id = $1", people.viewer.row_id
    )
    await connection.close()
    assert await got(people.viewer, dataset_id) is None
    assert (await refused(people.viewer, SET, datasetId=dataset_id, entries=[]))[0] == "NOT_FOUND"
    assert await people.grant(people.editor, dataset_id, people.viewer, "READ") == grant_id
    assert (await refused(people.viewer, SET, datasetId=dataset_id, entries=[]))[0] == "FORBIDDEN"
    await done(people.editor, REVOKE, grantId=grant_id)
    assert await got(people.viewer, dataset_id) is None
    assert (await refused(people.editor, REVOKE, grantId=grant_id))[:2] == (
        "NOT_FOUND", "There is no such grant, or you may not see its dataset.",
    )  # fmt: skip


async def test_a_grant_on_an_invisible_dataset_cannot_be_revoked(people: People) -> None:
    hidden = await people.editor.create(f"Hidden grant {uuid7()}", visibility="RESTRICTED")
    seen = await people.editor.create(f"Seen grant {uuid7()}")
    grants = [await people.grant(people.editor, dataset_id, people.editor, "READ") for dataset_id in (hidden, seen)]
    missing = ("NOT_FOUND", "There is no such grant, or you may not see its dataset.", None)
    assert await refused(people.other, REVOKE, grantId=grants[0]) == missing
    assert (await refused(people.other, REVOKE, grantId=grants[1]))[0] == "FORBIDDEN"
    assert await refused(people.other, REVOKE, grantId=to_id("AccessGrant", uuid7())) == missing


@pytest.mark.parametrize(
    "ends", ["2020-01-01T00:00:00Z", "2999-01-01T00:00:00", "9999-12-31T23:59:59-14:00", "0001-01-01T00:00:00+14:00"]
)
async def test_a_grant_ends_at_a_moment_in_the_future(admin: Client, people: People, ends: str) -> None:
    dataset_id = await admin.create(f"Ends {uuid7()}")
    code, _, path = await refused(admin, GRANT, datasetId=dataset_id, userId=people.viewer.id, level="READ", expiresAt=ends)
    assert (code, path) == ("INVALID_INPUT", ["input", "expiresAt"])


async def test_a_grant_goes_to_an_active_user(system: System, admin: Client) -> None:
    dataset_id = await admin.create(f"To nobody {uuid7()}")
    async with a_person(system, "EDITOR") as somebody:
        await deactivate(system, somebody)
    for user_id in (somebody.id, to_id("User", uuid7())):
        assert await refused(admin, GRANT, datasetId=dataset_id, userId=user_id, level="READ") == (
            "NOT_FOUND", "There is no such active user.", ["input", "userId"],
        )  # fmt: skip


async def test_a_deactivated_account_is_signed_out_at_once(system: System) -> None:
    async with a_person(system, "EDITOR") as somebody:
        await somebody.run("{ datasets(first: 1) { edges { cursor } } }")
        await deactivate(system, somebody)
        answer = (await somebody.post("{ viewer { id } datasets(first: 1) { edges { cursor } } }")).json()
    assert answer["data"] is None
    assert plain(answer["errors"][0]["extensions"]) == {"code": "UNAUTHENTICATED"}


async def deactivate(system: System, person: Person) -> None:
    connection = await system.database()
    await connection.execute("UPDATE users SET active = false WHERE id = $1", person.row_id)
    await connection.close()


async def test_a_viewer_creates_nothing(people: People) -> None:
    assert await refused(people.viewer, CREATE, name=f"By a viewer {uuid7()}") == (
        "FORBIDDEN", "Viewers cannot create datasets. Ask an administrator for the role EDITOR.", None,
    )  # fmt: skip


async def test_nobody_does_nothing(client: Client, people: People) -> None:
    dataset_id = await people.editor.create("Not for nobody")
    for mutation, given in ALL.items():
        answer = (await client.post(mutation, {"input": {"id": dataset_id, **given}})).json()
        assert plain(answer["errors"][0]["extensions"]) == {"code": "UNAUTHENTICATED"}
    for query in (
        "{datasets(first:1){edges{cursor}}}",
        f'{{dataset(id:"{dataset_id}"){{id}}}}',
        f'{{node(id:"{dataset_id}"){{id}}}}',
    ):
        answer = (await client.post(query)).json()
        assert plain(answer["errors"][0]["extensions"]) == {"code": "UNAUTHENTICATED"}
    now = await got(people.editor, dataset_id)
    assert now is not None
    assert (now["status"], now["revision"]) == ("DRAFT", 1)
