"""Changing datasets: conflicts, names, levels, and everything that a hostile caller may send."""

import asyncio
import re
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from app.core.ids import uuid7
from app.schema.ids import to_id
from tests.support.client import CREATE, Client
from tests.support.people import GRANT, People, Person, a_person
from tests.support.system import System

MISSING = "There is no such dataset, or you may not see it."
FIELDS = "dataset { id name slug description status visibility metadata revision autoPublish tags { name } } errors { code message path }"
UPDATE = f"mutation U($input: UpdateDatasetInput!) {{ updateDataset(input: $input) {{ {FIELDS} }} }}"
ARCHIVE = f"mutation A($input: ArchiveDatasetInput!) {{ archiveDataset(input: $input) {{ {FIELDS} }} }}"
RESTORE = f"mutation R($input: RestoreDatasetInput!) {{ restoreDataset(input: $input) {{ {FIELDS} }} }}"
DELETE = "mutation D($input: DeleteDatasetInput!) { deleteDataset(input: $input) { deletedId errors { code message path } } }"
SET = """mutation S($input: SetMetadataInput!) { setMetadata(input: $input) {
    dataset { revision metadataEntries { key value } } errors { code message path } } }"""
REMOVE = """mutation M($input: RemoveMetadataInput!) { removeMetadata(input: $input) {
    dataset { revision metadataEntries { key value } } errors { code message path } } }"""
REVOKE = "mutation V($input: RevokeAccessInput!) { revokeAccess(input: $input) { revokedId errors { code message path } } }"
GET = """query G($id: ID!) { dataset(id: $id) { id name description status visibility metadata revision tags { name }
    metadataEntries { key value } } }"""
ALL = {UPDATE: {"revision": 1}, ARCHIVE: {}, RESTORE: {}, DELETE: {}}


async def got(client: Client, dataset_id: str) -> dict | None:
    """The dataset as this client sees it."""
    return (await client.run(GET, id=dataset_id))["dataset"]


async def refused(client: Client, mutation: str, **input: object) -> tuple[str, str, list[str] | None]:
    """(code, message, path) of a mutation's only error; nothing else is in its payload."""
    payload = await client.mutate(mutation, **input)
    (error,) = payload.pop("errors")
    assert set(payload.values()) == {None}
    return error["code"], error["message"], error["path"]


async def done(client: Client, mutation: str, **input: object) -> dict:
    """The payload of a mutation that was done."""
    payload = await client.mutate(mutation, **input)
    assert payload.pop("errors") == []
    return payload


# --- changes and conflicts


async def test_an_update_changes_only_what_is_given(admin: Client) -> None:
    dataset_id = await admin.create(
        "Changed a little", description="before", tags=["b", "a"], metadata={"k": 1}, visibility="RESTRICTED"
    )
    first = (await done(admin, UPDATE, id=dataset_id, revision=1, description=" after "))["dataset"]
    assert (first["name"], first["description"], first["revision"]) == ("Changed a little", "after", 2)
    assert ([tag["name"] for tag in first["tags"]], first["metadata"], first["visibility"]) == (
        ["a", "b"],
        {"k": 1},
        "RESTRICTED",
    )
    second = (
        await done(
            admin, UPDATE, id=dataset_id, revision=2, name="Changed a lot", description="", tags=["C", "c", "Ｄ"], metadata={},
            visibility="ORGANIZATION", autoPublish=True,
        )
    )["dataset"]  # fmt: skip
    assert second == {
        "id": dataset_id, "name": "Changed a lot", "slug": "changed-a-little", "description": None, "status": "DRAFT",
        "visibility": "ORGANIZATION", "metadata": {}, "revision": 3, "autoPublish": True, "tags": [{"name": "c"}, {"name": "d"}],
    }  # fmt: skip


@pytest.mark.parametrize("revision", [0, 1, 3, -1, 2**31 - 1, -(2**31)])
async def test_another_revision_is_a_conflict_and_changes_nothing(admin: Client, revision: int) -> None:
    dataset_id = await admin.create(f"Stale at {uuid7()}")
    await done(admin, UPDATE, id=dataset_id, revision=1, description="second")
    before = await got(admin, dataset_id)
    code, _, path = await refused(admin, UPDATE, id=dataset_id, revision=revision, description="late", tags=["late"])
    assert (code, path) == ("CONFLICT", ["input", "revision"])
    assert await got(admin, dataset_id) == before


async def test_of_updates_at_the_same_time_one_wins(admin: Client) -> None:
    dataset_id = await admin.create("Updated at once")
    payloads = await asyncio.gather(
        *(admin.mutate(UPDATE, id=dataset_id, revision=1, description=f"by {n}", tags=[f"t{n}"]) for n in range(10))
    )
    winners = [n for n, payload in enumerate(payloads) if not payload["errors"]]
    assert len(winners) == 1
    assert {error["code"] for payload in payloads for error in payload["errors"]} == {"CONFLICT"}
    now = await got(admin, dataset_id)
    assert now is not None
    assert (now["revision"], now["description"], now["tags"]) == (2, f"by {winners[0]}", [{"name": f"t{winners[0]}"}])


async def test_of_datasets_created_at_the_same_time_one_has_the_name(admin: Client) -> None:
    payloads = await asyncio.gather(*(admin.mutate(CREATE, name="Created at once") for _ in range(10)))
    assert sorted(len(payload["errors"]) for payload in payloads) == [0] + [1] * 9
    assert {error["code"] for payload in payloads for error in payload["errors"]} == {"CONFLICT"}


# --- names


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Sales  Data (2026)", "sales-data-2026"),
        ("売上データ　２０２６年", "売上データ-2026年"),
        ("ｶﾀｶﾅ半角", "カタカナ半角"),
        ("हिन्दी डेटा", "हिन्दी-डेटा"),
        ("Ünï__cøde—é", "ünï-cøde-é"),
        ("Straße", "strasse"),
        ("../../etc/passwd", "etc-passwd"),
        ("<script>alert(1)</script>", "script-alert-1-script"),
        ("a" * 255, "a" * 120),
    ],
)
async def test_a_slug_is_made_of_the_letters_and_digits_of_the_name(admin: Client, name: str, slug: str) -> None:
    dataset_id = await admin.create(name)
    found = await admin.run("query($s: String!) { datasetBySlug(slug: $s) { id name slug } }", s=slug)
    assert found["datasetBySlug"] == {"id": dataset_id, "name": name, "slug": slug}
    await done(admin, DELETE, id=dataset_id)


async def test_a_name_without_letters_gets_a_slug_of_its_own(admin: Client) -> None:
    payload = await done(admin, CREATE, name="🎉🎊")
    assert re.fullmatch(r"dataset-[0-9a-f]{8}", payload["dataset"]["slug"])
    assert (await refused(admin, CREATE, name="🎉🎊"))[:2] == ("CONFLICT", "The name '🎉🎊' is taken. Choose another one.")
    other = await done(admin, CREATE, name="🎊🎉")
    assert other["dataset"]["slug"] != payload["dataset"]["slug"]


@pytest.mark.parametrize(
    "name",
    ["", " ", "\t\n", "\u3000", "\u200b", "\u200b\ufeff \u2060", "a\x00b", "a\nb", "a\u2028b", "a\x1bb", "a" * 256, "a" * 10_000],
)
async def test_a_name_that_nobody_could_read_is_refused(admin: Client, name: str) -> None:
    code, _, path = await refused(admin, CREATE, name=name)
    assert (code, path) == ("INVALID_INPUT", ["input", "name"])


async def test_names_and_addresses_are_taken_until_their_dataset_is_deleted(admin: Client) -> None:
    first = await admin.create("Taken name")
    assert await refused(admin, CREATE, name=" Taken name ") == (
        "CONFLICT", "The name 'Taken name' is taken. Choose another one.", ["input", "name"],
    )  # fmt: skip
    assert await refused(admin, CREATE, name="TAKEN, name!") == (
        "CONFLICT", "Another dataset has the address 'taken-name', which this name makes. Choose another name.", ["input", "name"],
    )  # fmt: skip
    second = await admin.create("Free name")
    assert await refused(admin, UPDATE, id=second, revision=1, name="Taken name") == (
        "CONFLICT", "The name 'Taken name' is taken. Choose another one.", ["input", "name"],
    )  # fmt: skip
    assert (await got(admin, second))["name"] == "Free name"  # type: ignore[index]
    await done(admin, UPDATE, id=second, revision=1, name="Free name")  # its own name is not taken
    await done(admin, DELETE, id=first)
    third = await admin.create("Taken name")
    assert await refused(admin, RESTORE, id=first) == (
        "CONFLICT", "Its name was given to another dataset in the meantime. Rename that one first.", None,
    )  # fmt: skip
    await done(admin, UPDATE, id=third, revision=1, name="Another name")
    assert await refused(admin, RESTORE, id=first) == (
        "CONFLICT", "Another dataset has its address now. Delete that one first.", None,
    )  # fmt: skip
    assert await got(admin, first) is None
    await done(admin, DELETE, id=third)
    assert (await done(admin, RESTORE, id=first))["dataset"]["name"] == "Taken name"


# --- archive, delete, restore


async def test_archiving_twice_changes_nothing_and_restoring_gives_the_former_status(admin: Client) -> None:
    dataset_id = await admin.create("Archived twice")
    assert await refused(admin, RESTORE, id=dataset_id) == (
        "CONFLICT", "This dataset is neither deleted nor archived: there is nothing to restore.", None,
    )  # fmt: skip
    once = (await done(admin, ARCHIVE, id=dataset_id))["dataset"]
    assert (once["status"], once["revision"]) == ("ARCHIVED", 2)
    assert (await done(admin, ARCHIVE, id=dataset_id))["dataset"] == once
    back = (await done(admin, RESTORE, id=dataset_id))["dataset"]
    assert (back["status"], back["revision"]) == ("DRAFT", 3)


async def test_a_deleted_dataset_is_missing_everywhere(admin: Client) -> None:
    dataset_id = await admin.create("Deleted everywhere")
    started = await admin.start(dataset_id, b"a\n1\n")
    version_id = started["version"]["id"]
    await done(admin, DELETE, id=dataset_id)
    assert await got(admin, dataset_id) is None
    assert (await admin.run("query($i: ID!) { datasetVersion(id: $i) { id } node(id: $i) { id } }", i=version_id)) == {
        "datasetVersion": None, "node": None,
    }  # fmt: skip
    assert (await admin.run("query($i: ID!) { upload(id: $i) { id } }", i=started["upload"]["id"]))["upload"] is None
    assert (await admin.run('{ datasetBySlug(slug: "deleted-everywhere") { id } }'))["datasetBySlug"] is None
    for mutation, given in ALL.items():
        if mutation is not RESTORE:
            assert (await refused(admin, mutation, id=dataset_id, **given))[:2] == ("NOT_FOUND", MISSING)
    again = await admin.start(dataset_id, b"a\n1\n")
    assert [(error["code"], error["message"]) for error in again["errors"]] == [("NOT_FOUND", MISSING)]
    await done(admin, RESTORE, id=dataset_id)
    assert (await admin.version(version_id))["status"] == "AWAITING_UPLOAD"


async def test_only_who_manages_a_deleted_dataset_brings_it_back(people: People) -> None:
    dataset_id = await people.editor.create(f"Deleted by its owner {uuid7()}")
    await done(people.editor, DELETE, id=dataset_id)
    code, message, _ = await refused(people.other, RESTORE, id=dataset_id)
    assert code == "FORBIDDEN"
    assert message == "This needs MANAGE on the dataset; you have READ. Ask its owner for a grant."
    await done(people.editor, RESTORE, id=dataset_id)


# --- metadata and tags


async def test_metadata_of_every_json_type_comes_back_as_it_was(admin: Client) -> None:
    dataset_id = await admin.create("Every JSON")
    values: dict[str, object] = {
        "null": None, "true": True, "int": 2**53, "big": 2**64 - 1, "small": -(2**63), "float": 0.1, "text": "日本語 '\"\\ 🎉",
        "escaped": "\\u0000", "list": [1, [2, {"a": None}]], "object": {"a": {"b": {}}}, "empty": "",
    }  # fmt: skip
    entries = [{"key": key, "value": value} for key, value in values.items()]
    payload = await done(admin, SET, datasetId=dataset_id, entries=entries)
    assert {entry["key"]: entry["value"] for entry in payload["dataset"]["metadataEntries"]} == values
    assert [entry["key"] for entry in payload["dataset"]["metadataEntries"]] == sorted(values)
    updated = await done(admin, UPDATE, id=dataset_id, revision=2, metadata=values)
    assert updated["dataset"]["metadata"] == values


@pytest.mark.parametrize("literal", ["123456789012345678901234567890", "1e999", "-1e999", "18446744073709551616"])
async def test_a_number_that_cannot_be_kept_exactly_is_refused(admin: Client, literal: str) -> None:
    dataset_id = await admin.create(f"Numbers {literal}")
    inputs = {
        "updateDataset": f'{{id: "{dataset_id}", revision: 1, metadata: {{a: {literal}}}}}',
        "setMetadata": f'{{datasetId: "{dataset_id}", entries: [{{key: "a", value: {literal}}}]}}',
    }
    for field, given in inputs.items():
        payload = (await admin.run(f"mutation {{ {field}(input: {given}) {{ errors {{ code message }} }} }}"))[field]
        message = "This JSON holds a number that cannot be stored exactly. Send it as a text."
        assert payload["errors"] == [{"code": "INVALID_INPUT", "message": message}]
    await done(admin, DELETE, id=dataset_id)


@pytest.mark.parametrize(
    ("entries", "path"),
    [
        ([{"key": "", "value": 1}], ["0", "key"]),
        ([{"key": "a", "value": 1}, {"key": " ", "value": 1}], ["1", "key"]),
        ([{"key": "a", "value": 1}, {"key": " a ", "value": 2}], []),
        ([{"key": "a\x00", "value": 1}], ["0", "key"]),
        ([{"key": "a" * 256, "value": 1}], ["0", "key"]),
        ([{"key": "a", "value": "\x00"}], ["0", "value"]),
        ([{"key": "a", "value": {"\x00": 1}}], ["0", "value"]),
        ([{"key": "a", "value": ["x" * 65_535]}], ["0", "value"]),
        ([{"key": f"k{n}", "value": n} for n in range(250)], []),
    ],
)
async def test_entries_that_cannot_be_kept_change_nothing(admin: Client, entries: list[dict], path: list[str]) -> None:
    dataset_id = await admin.create(f"Entries {uuid7()}")
    await done(admin, SET, datasetId=dataset_id, entries=[{"key": "kept", "value": 0}])
    before = await got(admin, dataset_id)
    code, _, where = await refused(admin, SET, datasetId=dataset_id, entries=entries)
    assert (code, where) == ("INVALID_INPUT", ["input", "entries", *path])
    assert await got(admin, dataset_id) == before


async def test_entries_set_in_opposite_orders_at_the_same_time_do_not_block_each_other(admin: Client) -> None:
    dataset_id = await admin.create("Entries at once")
    entries = [{"key": f"k{n:03}", "value": n} for n in range(200)]
    payloads = await asyncio.gather(
        *(admin.mutate(SET, datasetId=dataset_id, entries=entries[:: 1 if n % 2 else -1]) for n in range(8)),
        *(admin.mutate(REMOVE, datasetId=dataset_id, keys=[f"k{n:03}" for n in range(0, 200, 3)]) for _ in range(2)),
    )
    assert [payload["errors"] for payload in payloads] == [[]] * 10


async def test_removing_what_is_not_there_changes_nothing(admin: Client) -> None:
    dataset_id = await admin.create("Nothing to remove")
    payload = await done(admin, REMOVE, datasetId=dataset_id, keys=["a", "", "\x00", "a" * 10_000, "'; DROP TABLE metadata; --"])
    assert payload["dataset"] == {"revision": 1, "metadataEntries": []}


@pytest.mark.parametrize("tags", [[""], ["two words"], ["a" * 65], ["a\x00"], ["-a"], ["<b>"], [f"t{n}" for n in range(51)]])
async def test_tags_are_single_words(admin: Client, tags: list[str]) -> None:
    dataset_id = await admin.create(f"Tags {uuid7()}", tags=["kept"])
    code, _, path = await refused(admin, UPDATE, id=dataset_id, revision=1, tags=tags, name=f"Changed {uuid7()}")
    assert (code, path) == ("INVALID_INPUT", ["input", "tags"])
    now = await got(admin, dataset_id)
    assert now is not None
    assert (now["tags"], now["revision"]) == ([{"name": "kept"}], 1)


async def test_fifty_tags_are_kept_in_alphabetical_order(admin: Client) -> None:
    dataset_id = await admin.create("Fifty tags", tags=[f"タグ{n:02}" for n in reversed(range(50))])
    now = await got(admin, dataset_id)
    assert now is not None
    assert [tag["name"] for tag in now["tags"]] == [f"タグ{n:02}" for n in range(50)]


# --- who may what

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
    assert answer["errors"][0]["extensions"] == {"code": "UNAUTHENTICATED"}


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
        assert answer["errors"][0]["extensions"] == {"code": "UNAUTHENTICATED"}
    for query in (
        "{datasets(first:1){edges{cursor}}}",
        f'{{dataset(id:"{dataset_id}"){{id}}}}',
        f'{{node(id:"{dataset_id}"){{id}}}}',
    ):
        answer = (await client.post(query)).json()
        assert answer["errors"][0]["extensions"] == {"code": "UNAUTHENTICATED"}
    now = await got(people.editor, dataset_id)
    assert now is not None
    assert (now["status"], now["revision"]) == ("DRAFT", 1)


# --- what a hostile caller sends

STRANGE = (
    "", " ", "\x00", "a\x00b", "\x1b[2J", "\u202e", "\ufffe", "\U0010ffff", "x" * 10_000, "あ" * 10_000,
    "' OR '1'='1", "'; DROP TABLE datasets; --", "%", "_%\\", "${jndi:ldap://x}", "{{7*7}}", "../../etc/passwd", "%00",
    "<script>alert(1)</script>", "null", "-1", "1e999", "NaN", "\\", '"', "`", "$1", ":name", "%(name)s", "%s",
)  # fmt: skip


def every_text_argument(text: str) -> list[tuple[str, dict[str, object]]]:
    """Operations that put `text` into each place that takes one."""
    anything: list[tuple[str, dict[str, object]]] = [
        ("query($t: String!) { datasetBySlug(slug: $t) { id } }", {"t": text}),
        ("query($t: ID!) { a: dataset(id: $t) { id } }", {"t": text}),
        ("query($t: ID!) { a: datasetVersion(id: $t) { id } }", {"t": text}),
        ("query($t: ID!) { a: upload(id: $t) { id } }", {"t": text}),
        ("query($t: ID!) { a: node(id: $t) { id } }", {"t": text}),
        ("query($t: ID!) { compareVersions(base: $t, head: $t) { compatibility } }", {"t": text}),
        ("query($t: String) { datasets(first: 1, after: $t) { edges { cursor } } }", {"t": text}),
        ("query($t: String) { datasets(first: 1, filter: {nameContains: $t}) { edges { cursor } } }", {"t": text}),
        ("query($t: [String!]) { datasets(first: 1, filter: {tags: $t}) { edges { cursor } } }", {"t": [text]}),
        ("query($t: [ID!]) { datasets(first: 1, filter: {ownerIds: $t}) { edges { cursor } } }", {"t": [text]}),
        ("query($t: DateTime) { datasets(first: 1, filter: {createdAfter: $t}) { edges { cursor } } }", {"t": text}),
        ("query($t: String!) { searchDatasets(query: $t, first: 1) { totalCount } }", {"t": text}),
        ("query($t: String) { searchDatasets(query: \"a\", first: 1, after: $t) { totalCount } }", {"t": text}),
        ("query($t: String!) { suggestDatasets(prefix: $t) { id } }", {"t": text}),
    ]  # fmt: skip
    for mutation, given in (
        (UPDATE, {"id": text, "revision": 1}),
        (ARCHIVE, {"id": text}),
        (RESTORE, {"id": text}),
        (DELETE, {"id": text}),
        (SET, {"datasetId": text, "entries": [{"key": text, "value": text}]}),
        (REMOVE, {"datasetId": text, "keys": [text]}),
        (GRANT, {"datasetId": text, "userId": text, "level": "READ"}),
        (REVOKE, {"grantId": text}),
    ):
        anything.append((mutation, {"input": given}))
    return anything


def harmless(answer: httpx.Response) -> None:
    """Nothing broke: no 5xx, and no error that is not said to be the caller's."""
    assert answer.status_code == 200
    for error in answer.json().get("errors", ()):
        assert error["extensions"]["code"] in {
            "BAD_REQUEST",
            "INVALID_INPUT",
            "NOT_FOUND",
            "UNAUTHENTICATED",
            "DOCUMENT_REFUSED",
        }, error


@pytest.mark.parametrize(
    "text", ["", "a\x00b", "\U0010ffff", "あ" * 10_000, "'; DROP TABLE datasets; --", "%", "_%\\", "$1 :name %s"]
)
async def test_a_strange_text_breaks_nothing_anywhere(admin: Client, text: str) -> None:
    for operation, variables in every_text_argument(text):
        harmless(await admin.post(operation, variables))


async def test_strange_texts_are_kept_as_they_are_or_refused(admin: Client) -> None:
    dataset_id = await admin.create("Strange texts")
    for revision, text in enumerate(STRANGE, 1):
        payload = await admin.mutate(UPDATE, id=dataset_id, revision=revision, description=text)
        if "\x00" in text:
            assert [error["code"] for error in payload["errors"]] == ["INVALID_INPUT"]
            await done(admin, UPDATE, id=dataset_id, revision=revision)
        else:
            assert payload["dataset"]["description"] == (text.strip() or None)


async def test_half_a_surrogate_pair_cannot_be_sent(admin: Client) -> None:
    body = b'{"query":"mutation($t:String!){createDataset(input:{name:$t}){errors{code}}}","variables":{"t":"\\ud83d"}}'
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {admin.token}"}
    assert (await admin.http.post("/graphql", content=body, headers=headers)).status_code == 400
    literal = 'mutation { createDataset(input: {name: "\\ud83d"}) { errors { code } } }'
    answer = (await admin.post(literal)).json()
    assert answer["errors"][0]["extensions"] == {"code": "BAD_REQUEST"}


async def test_ids_of_other_types_and_of_other_peoples_objects_open_nothing(admin: Client, people: People) -> None:
    theirs = await people.editor.create(f"Theirs {uuid7()}", visibility="RESTRICTED")
    version_id = await people.editor.upload(theirs, b"a\n1\n")
    upload = (await people.editor.start(theirs, b"a\n1\n"))["upload"]["id"]
    await people.editor.finished(version_id)
    file_query = "query($i: ID!) { datasetVersion(id: $i) { files { id } } }"
    files = (await people.editor.run(file_query, i=version_id))["datasetVersion"]["files"]
    ids = [
        theirs,
        version_id,
        upload,
        files[0]["id"],
        people.editor.id,
        to_id("AccessGrant", uuid7()),
        to_id("QualityRule", uuid7()),
    ]
    for wanted in ids:
        for kind, query in (("d", "dataset"), ("v", "datasetVersion"), ("p", "upload")):
            answer = (await people.other.post(f"query($i: ID!) {{ it: {query}(id: $i) {{ id }} }}", {"i": wanted})).json()
            assert answer["data"] == {"it": None}
            codes = [error["extensions"]["code"] for error in answer.get("errors", ())]
            assert codes == ([] if wanted.startswith(kind) else ["INVALID_INPUT"]), (wanted, query)
        node = (await people.other.run("query($i: ID!) { node(id: $i) { __typename id } }", i=wanted))["node"]
        assert node == ({"__typename": "User", "id": people.editor.id} if wanted == people.editor.id else None)
        for operation, variables in every_text_argument(wanted):
            answer = await people.other.post(operation, variables)
            harmless(answer)
            for payload in (answer.json().get("data") or {}).values():
                if isinstance(payload, dict) and "errors" in payload:
                    assert [error["code"] for error in payload["errors"]] in (
                        ["NOT_FOUND"],
                        ["INVALID_INPUT"],
                        ["INVALID_CREDENTIALS"],
                    )
    now = await got(people.editor, theirs)
    assert now is not None
    assert (now["revision"], now["status"]) == (1, "DRAFT")


async def test_a_missing_and_an_invisible_object_are_answered_alike(people: People) -> None:
    hidden = await people.editor.create(f"Alike {uuid7()}", visibility="RESTRICTED")
    for mutation, given in (
        *((mutation, {"id": None, **given}) for mutation, given in ALL.items()),
        (SET, {"datasetId": None, "entries": []}),
        (REMOVE, {"datasetId": None, "keys": []}),
        (GRANT, {"datasetId": None, "userId": people.viewer.id, "level": "READ"}),
    ):
        key = "id" if "id" in given else "datasetId"
        answers = [
            await people.viewer.mutate(mutation, **{**given, key: wanted}) for wanted in (hidden, to_id("Dataset", uuid7()))
        ]
        assert answers[0] == answers[1]
        assert [(error["code"], error["message"], error["path"]) for error in answers[0]["errors"]] == [
            ("NOT_FOUND", MISSING, None)
        ]


async def test_moments_without_a_zone_or_out_of_time_are_refused(admin: Client) -> None:
    query = "query($t: DateTime) { datasets(first: 1, filter: {createdAfter: $t}) { edges { cursor } } }"
    for text in ("2026-01-01T00:00:00", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"):
        answer = (await admin.post(query, {"t": text})).json()
        assert answer["errors"][0]["extensions"] == {"code": "INVALID_INPUT", "path": ["filter", "createdAfter"]}
    later = (datetime.now(UTC) + timedelta(days=1)).isoformat()
    assert (await admin.run(query, t=later)) == {"datasets": {"edges": []}}
