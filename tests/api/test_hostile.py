"""What a hostile caller sends: strange texts, and ids of what is not theirs. Nothing breaks, nothing is told."""

from datetime import UTC, datetime, timedelta

import httpx
import pytest

from app.core.ids import uuid7
from app.schema.ids import to_id
from tests.api.mutations import ALL, ARCHIVE, DELETE, MISSING, REMOVE, RESTORE, REVOKE, SET, UPDATE, done, got
from tests.support.client import Client
from tests.support.people import GRANT, People
from tests.support.phrases import plain

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
        ("query($t: [String!]) { datasets(first: 1, filter: {tags: $t}) { edges { node { id } } } }", {"t": [*"abcdefg", text]}),
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
    assert plain(answer["errors"][0]["extensions"]) == {"code": "BAD_REQUEST"}


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


NODE = "query($i: ID!) { node(id: $i) { __typename id } }"


async def test_every_kind_of_object_is_found_by_its_id_by_who_may_see_it(people: People) -> None:
    dataset_id = await people.editor.create(f"Nodes {uuid7()}", visibility="RESTRICTED")
    version_id = await people.editor.upload(dataset_id, b"a\n1\n")
    upload_id = (await people.editor.start(dataset_id, b"a\n1\n"))["upload"]["id"]
    await people.editor.finished(version_id)
    files = "query($i: ID!) { datasetVersion(id: $i) { files { id } } }"
    file_id = (await people.editor.run(files, i=version_id))["datasetVersion"]["files"][0]["id"]
    grant_id = await people.grant(people.editor, dataset_id, people.viewer, "READ")
    kinds = {
        "Dataset": dataset_id, "DatasetVersion": version_id, "Upload": upload_id, "FileObject": file_id, "AccessGrant": grant_id,
        "User": people.editor.id,
    }  # fmt: skip

    async def seen(person: Client) -> set[str]:
        nodes = [(await person.run(NODE, i=wanted))["node"] for wanted in kinds.values()]
        assert all(node is None or kinds[node["__typename"]] == node["id"] for node in nodes)
        return {node["__typename"] for node in nodes if node is not None}

    assert await seen(people.editor) == set(kinds)
    assert await seen(people.viewer) == {"Dataset", "DatasetVersion", "FileObject", "AccessGrant", "User"}
    assert await seen(people.other) == {"User"}
    for level, sees_grant in (("READ", False), ("MANAGE", True)):
        await people.grant(people.editor, dataset_id, people.other, level)
        assert ("AccessGrant" in await seen(people.other)) is sees_grant


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
        assert plain(answer["errors"][0]["extensions"]) == {"code": "INVALID_INPUT", "path": ["filter", "createdAfter"]}
    later = (datetime.now(UTC) + timedelta(days=1)).isoformat()
    assert (await admin.run(query, t=later)) == {"datasets": {"edges": []}}
