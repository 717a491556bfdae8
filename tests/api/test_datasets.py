"""Changing datasets: conflicts, names, life, metadata, tags."""

import asyncio
import re

import pytest

from app.core.ids import uuid7
from tests.api.mutations import ALL, ARCHIVE, DELETE, MISSING, REMOVE, RESTORE, SET, UPDATE, done, got, refused
from tests.support.client import CREATE, Client
from tests.support.people import People

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


TAGGED = "query Tagged($tags: [String!]) { datasets(first: 3, filter: {tags: $tags}) { edges { node { id } } } }"


async def test_what_a_filter_by_tags_finds_has_all_of_them(admin: Client) -> None:
    tags = [f"of{n}" for n in range(7)]
    every, most = await admin.create("All seven", tags=tags), await admin.create("Six of seven", tags=tags[1:])
    for wanted, found in (
        (tags, [every]),
        ([*reversed(tags), "OF3", "of5"], [every]),
        (tags[1:], [most, every]),
        (tags[:4], [every]),
        ([*tags, "of7"], []),
        ([f"of{n}" for n in range(250)], []),
    ):
        edges = (await admin.run(TAGGED, tags=wanted))["datasets"]["edges"]
        assert [edge["node"]["id"] for edge in edges] == found, wanted
