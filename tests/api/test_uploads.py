"""Uploads as a careless or hostile client does them: every way to get one wrong, and each thing done once."""

import asyncio
import hashlib

import httpx
import pytest

from app.core.ids import uuid7
from app.embedded.engines import Engines
from app.schema.ids import parse_id, to_id
from tests.support.client import COMPLETE, CREATE, START, Client
from tests.support.people import People
from tests.support.system import System, until

ABORT = (
    "mutation A($input: AbortUploadInput!) { abortUpload(input: $input) { version { id status } errors { code message path } } }"
)
RETRY = "mutation R($input: RetryVersionInput!) { retryVersion(input: $input) { version { id status } errors { code message path } } }"
PUBLISH = """mutation P($input: PublishVersionInput!) { publishVersion(input: $input) {
    version { number isCurrent dataset { status currentVersion { number } } } errors { code message path } } }"""
ARCHIVE = "mutation A($input: ArchiveDatasetInput!) { archiveDataset(input: $input) { errors { code } } }"
CURRENT = "query C($id: ID!) { dataset(id: $id) { status currentVersion { number } versions(first: 20) { edges { node { number status } } } } }"
CSV = b"id,name\n1,apple\n2,pear\n"
MIB = 1 << 20
PART = 16 * MIB


async def refused(client: Client, mutation: str, **given: object) -> tuple[str, str, list[str] | None]:
    """(code, message, path) of a mutation's only error."""
    payload = await client.mutate(mutation, **given)
    (error,) = payload.pop("errors")
    assert set(payload.values()) == {None}
    return error["code"], error["message"], error["path"]


async def started(client: Client, content: bytes = CSV, **given: object) -> tuple[str, dict]:
    """A version's id and an upload of a new dataset that waits for `content`."""
    dataset_id = await client.create(f"Uploads {uuid7()}")
    payload = await client.start(dataset_id, content, **given)
    assert payload["errors"] == []
    return payload["version"]["id"], payload["upload"]


async def put(part: dict, content: bytes) -> httpx.Response:
    """A part is sent as it is."""
    async with httpx.AsyncClient(timeout=60) as storage:
        return await storage.put(part["url"], content=content)


async def tasks(system: System, version_id: str) -> list[str]:
    """States of the ingests of a version."""
    parsed = parse_id(version_id)
    assert parsed is not None
    connection = await system.database()
    rows = await connection.fetch(
        "SELECT state FROM tasks WHERE actor = 'versions.ingest' AND args ->> 'versionId' = $1", str(parsed[1])
    )
    await connection.close()
    return [row["state"] for row in rows]


# --- starting


@pytest.mark.parametrize(
    ("given", "message", "path"),
    [
        ({"sizeBytes": 0}, "The file is empty: there is nothing to upload.", "sizeBytes"),
        ({"sizeBytes": -1}, "The file is empty: there is nothing to upload.", "sizeBytes"),
        ({"sizeBytes": 1_000 * (5 << 30) + 1}, "At most 5,368,709,120,000 bytes can be uploaded as one file.", "sizeBytes"),
        ({"sizeBytes": 2**63 - 1}, "At most 5,368,709,120,000 bytes can be uploaded as one file.", "sizeBytes"),
        ({"sha256": "00"}, "A SHA-256 has 64 hexadecimal digits.", "sha256"),
        ({"sha256": "x" * 64}, "A SHA-256 has 64 hexadecimal digits.", "sha256"),
        ({"fileName": ""}, "Give the name of a file, of at most 255 characters.", "fileName"),
        ({"fileName": "a/.."}, "Give the name of a file, of at most 255 characters.", "fileName"),
        ({"fileName": "a" * 256}, "Give the name of a file, of at most 255 characters.", "fileName"),
        ({"fileName": "a\x00.csv"}, "A file name cannot hold control characters.", "fileName"),
        ({"label": "a" * 101}, "At most 100 characters.", "label"),
        ({"comment": "a" * 10_001}, "At most 10,000 characters.", "comment"),
        ({"options": {"delimiter": ""}}, "Give exactly one character.", "options.delimiter"),
        ({"options": {"delimiter": ";;"}}, "Give exactly one character.", "options.delimiter"),
        ({"options": {"headerRows": 2}}, "0 or 1.", "options.headerRows"),
        ({"options": {"skippedRows": -1}}, "0 to 1,000,000.", "options.skippedRows"),
        ({"options": {"decimalSeparator": "x"}}, "'.' or ','.", "options.decimalSeparator"),
        ({"options": {"encoding": "utf-8\x00"}}, "NUL characters cannot be stored.", "options"),
        ({"options": {"types": []}}, 'A JSON object of at most 10,000 columns, as {"zip": "STRING"}.', "options.types"),
    ],
)
async def test_a_declaration_that_cannot_be_right_starts_nothing(admin: Client, given: dict, message: str, path: str) -> None:
    dataset_id = await admin.create(f"Declared {uuid7()}")
    declared = {"fileName": "a.csv", "sizeBytes": 10, **given}
    assert await refused(admin, START, datasetId=dataset_id, **declared) == (
        "INVALID_INPUT",
        message,
        ["input", *path.split(".")],
    )
    assert (await admin.run(CURRENT, id=dataset_id))["dataset"]["versions"]["edges"] == []


async def test_an_archived_dataset_takes_no_upload_and_leaves_none_in_the_store(system: System, admin: Client) -> None:
    dataset_id = await admin.create(f"Archived {uuid7()}")
    await admin.mutate(ARCHIVE, id=dataset_id)
    open_before = await open_uploads(system)
    assert await refused(admin, START, datasetId=dataset_id, fileName="a.csv", sizeBytes=10) == (
        "CONFLICT", "The dataset is archived. Restore it before you upload.", None,
    )  # fmt: skip
    assert await open_uploads(system) == open_before


async def open_uploads(system: System) -> set[str]:
    """Ids of the multipart uploads that the store holds."""
    import aioboto3

    names = {"endpoint_url": "S3_ENDPOINT_URL", "aws_access_key_id": "S3_ACCESS_KEY", "aws_secret_access_key": "S3_SECRET_KEY"}
    given = {name: system.environment[f"DATAKURA_{variable}"] for name, variable in names.items()}
    async with aioboto3.Session().client("s3", region_name="us-east-1", **given) as store:
        answer = await store.list_multipart_uploads(Bucket=system.environment["DATAKURA_S3_BUCKET"])
        return {upload["UploadId"] for upload in answer.get("Uploads", [])}


async def test_the_parts_of_the_largest_file_have_the_largest_size(admin: Client) -> None:
    dataset_id = await admin.create(f"Largest {uuid7()}")
    query = START.replace("parts { number url headers { name value } }", "")
    payload = await admin.mutate(query, datasetId=dataset_id, fileName="a.csv", sizeBytes=1_000 * (5 << 30))
    assert payload["errors"] == []
    assert payload["upload"]["partSizeBytes"] == 5 << 30


async def test_the_file_keeps_the_last_part_of_its_name(admin: Client) -> None:
    _, upload = await started(admin, name="C:\\data\\..\\売上 2026.csv")
    found = await admin.run(
        "query($i: ID!) { upload(id: $i) { fileName sizeBytes storedParts { number } parts { number } } }", i=upload["id"]
    )
    assert found["upload"] == {"fileName": "売上 2026.csv", "sizeBytes": len(CSV), "storedParts": [], "parts": [{"number": 1}]}


# --- completing


async def test_parts_that_are_not_the_declared_ones_are_refused_and_can_be_mended(system: System, admin: Client) -> None:
    content = b"a\n" + b"1\n" * (PART // 2)
    version_id, upload = await started(admin, content)
    (one, two), upload_id = upload["parts"], upload["id"]
    parts = ["input", "parts"]

    async def complete(*listed: tuple[int, str]) -> tuple[str, str, list[str] | None]:
        return await refused(admin, COMPLETE, uploadId=upload_id, parts=[{"number": n, "etag": etag} for n, etag in listed])

    first = (await put(one, content[:PART])).headers["ETag"]
    assert await complete() == ("INVALID_INPUT", "Part 1 of 2 is not listed. Upload it, then complete again.", parts)
    assert await complete((1, first)) == ("INVALID_INPUT", "Part 2 of 2 is not listed. Upload it, then complete again.", parts)
    assert await complete((1, first), (2, "x")) == ("INVALID_INPUT", "Part 2 did not arrive. Upload it again.", [*parts, "1"])
    short = (await put(two, b"1")).headers["ETag"]
    assert await complete((1, first), (2, short)) == (
        "INVALID_INPUT", "Part 2 has 1 bytes where 2 were declared. Upload it again.", [*parts, "1"],
    )  # fmt: skip
    second = (await put(two, content[PART:])).headers["ETag"]
    assert await complete((1, first), (2, "0" * 32)) == (
        "INVALID_INPUT", "The ETag of part 2 is not that of the stored part. Upload it again.", [*parts, "1", "etag"],
    )  # fmt: skip
    assert await complete((1, first), (1, first)) == ("INVALID_INPUT", "Part 1 is listed twice.", parts)
    assert await complete((1, first), (2, second), (3, second)) == (
        "INVALID_INPUT",
        "This upload has 2 parts; 3 are listed.",
        parts,
    )
    assert await complete((0, first), (-1, second)) == (
        "INVALID_INPUT",
        "Part 1 of 2 is not listed. Upload it, then complete again.",
        parts,
    )
    query = "query($i: ID!) { upload(id: $i) { storedParts { number etag sizeBytes } } }"
    one_stored, two_stored = (await admin.run(query, i=upload_id))["upload"]["storedParts"]
    assert one_stored == {"number": 1, "etag": first.strip('"'), "sizeBytes": PART}
    assert two_stored["number"] == 2
    assert await tasks(system, version_id) == []
    assert (await admin.version(version_id))["status"] == "AWAITING_UPLOAD"
    listed = [{"number": 2, "etag": second.strip('"')}, {"number": 1, "etag": first}]
    payload = await admin.mutate(COMPLETE, uploadId=upload_id, parts=listed)
    assert payload == {"version": {"id": version_id, "number": 1, "status": "QUEUED"}, "errors": []}
    version = await admin.finished(version_id)
    assert (version["status"], version["rowCount"]) == ("READY", PART // 2)


async def test_completing_again_changes_nothing(system: System, admin: Client) -> None:
    version_id, upload = await started(admin)
    parts = await admin.put(upload, CSV)
    at_once = await asyncio.gather(*(admin.mutate(COMPLETE, uploadId=upload["id"], parts=parts) for _ in range(8)))
    assert [(payload["errors"], payload["version"]["id"]) for payload in at_once] == [([], version_id)] * 8
    version = await admin.finished(version_id)
    later = await admin.mutate(COMPLETE, uploadId=upload["id"], parts=[])
    assert later == {"version": {"id": version_id, "number": 1, "status": "READY"}, "errors": []}
    assert await tasks(system, version_id) == ["SUCCEEDED"]
    assert [file["role"] for file in version["files"]] == ["ORIGINAL", "TABLE"]
    assert await admin.version(version_id) | {"files": None} == version | {"files": None}
    assert await refused(admin, ABORT, uploadId=upload["id"]) == (
        "CONFLICT", "This upload is complete; it can no longer be aborted.", None,
    )  # fmt: skip


async def test_only_the_uploader_or_who_manages_the_dataset_finishes_an_upload(admin: Client, people: People) -> None:
    dataset_id = await people.editor.create(f"Shared {uuid7()}")
    await people.grant(people.editor, dataset_id, people.other, "WRITE")
    await people.grant(people.editor, dataset_id, people.viewer, "WRITE")
    upload = (await people.viewer.start(dataset_id, CSV))["upload"]
    parts = await people.viewer.put(upload, CSV)
    message = "Only the person who started an upload, or who manages the dataset, may finish or abort it."
    assert await refused(people.other, COMPLETE, uploadId=upload["id"], parts=parts) == ("FORBIDDEN", message, None)
    assert await refused(people.other, ABORT, uploadId=upload["id"]) == ("FORBIDDEN", message, None)
    for client in (people.other, people.editor, admin):
        assert (await client.run("query($i: ID!) { upload(id: $i) { id } }", i=upload["id"]))["upload"] is None
    await people.grant(people.editor, dataset_id, people.viewer, "READ")
    assert await refused(people.viewer, COMPLETE, uploadId=upload["id"], parts=parts) == ("FORBIDDEN", message, None)
    assert (await people.editor.mutate(COMPLETE, uploadId=upload["id"], parts=parts))["errors"] == []


@pytest.mark.parametrize(("declared", "code"), [({"sha256": "00" * 32}, "CHECKSUM_MISMATCH"), ({"sha256": None}, None)])
async def test_the_declared_checksum_is_compared(admin: Client, declared: dict, code: str | None) -> None:
    version_id, upload = await started(admin, **declared)
    await admin.mutate(COMPLETE, uploadId=upload["id"], parts=await admin.put(upload, CSV))
    version = await admin.finished(version_id)
    assert (version["status"], version["error"] and version["error"]["code"]) == ("FAILED" if code else "READY", code)
    if not code:
        assert version["files"][0]["sha256"] == hashlib.sha256(CSV).hexdigest()


async def test_a_presigned_address_takes_nothing_but_its_part(system: System, admin: Client) -> None:
    _, upload = await started(admin)
    url = upload["parts"][0]["url"]
    async with httpx.AsyncClient() as storage:
        assert (await storage.get(url)).status_code == 403
        assert (await storage.put(url.replace("partNumber=1", "partNumber=2"), content=b"x")).status_code == 403
        assert (await storage.put(url.replace("/originals/", "/versions/"), content=b"x")).status_code == 403
        assert (await storage.put(url.partition("?")[0], content=b"x")).status_code == 403


# --- aborting and expiring


async def test_an_aborted_upload_is_over(admin: Client) -> None:
    version_id, upload = await started(admin)
    parts = await admin.put(upload, CSV)
    for _ in range(2):
        assert await admin.mutate(ABORT, uploadId=upload["id"]) == {
            "version": {"id": version_id, "status": "DELETED"},
            "errors": [],
        }
    assert await refused(admin, COMPLETE, uploadId=upload["id"], parts=parts) == (
        "CONFLICT", "This upload is ABORTED. Start a new one.", None,
    )  # fmt: skip
    assert await refused(admin, RETRY, versionId=version_id) == (
        "CONFLICT", "The file of this version never arrived. Start a new upload.", None,
    )  # fmt: skip

    async def gone() -> bool:
        return (await put(upload["parts"][0], CSV)).status_code == 404

    await until(gone, "the multipart upload to be gone")


async def test_many_aborts_at_the_same_time_all_succeed(admin: Client) -> None:
    dataset_id = await admin.create(f"Aborted at once {uuid7()}")
    uploads = [(await admin.start(dataset_id, CSV))["upload"]["id"] for _ in range(4)]
    payloads = await asyncio.gather(*(admin.mutate(ABORT, uploadId=upload) for upload in uploads * 5))
    assert [payload["errors"] for payload in payloads] == [[]] * 20
    assert {payload["version"]["status"] for payload in payloads} == {"DELETED"}


async def test_an_upload_that_nobody_completes_expires(system: System, admin: Client) -> None:
    version_id, upload = await started(admin)
    parts = await admin.put(upload, CSV)
    connection = await system.database()
    upload_id = parse_id(upload["id"])
    assert upload_id is not None
    await connection.execute("UPDATE uploads SET expires_at = now() - interval '1 second' WHERE id = $1", upload_id[1])
    await connection.close()
    assert (await admin.finished(version_id))["status"] == "EXPIRED"
    assert await refused(admin, COMPLETE, uploadId=upload["id"], parts=parts) == (
        "CONFLICT", "This upload is EXPIRED. Start a new one.", None,
    )  # fmt: skip
    assert await refused(admin, ABORT, uploadId=upload["id"]) == (
        "CONFLICT", "This upload has expired: there is nothing left to abort.", None,
    )  # fmt: skip


# --- options, retry, publication


async def test_options_override_what_would_be_found(admin: Client) -> None:
    content = b"note;zip\nx,y;00123\n"
    options = {"delimiter": ";", "types": {"zip": "STRING"}, "headerRows": 1}
    version_id, upload = await started(admin, content, options=options)
    await admin.mutate(COMPLETE, uploadId=upload["id"], parts=await admin.put(upload, content))
    version = await admin.finished(version_id)
    assert (version["status"], version["readOptions"]["delimiter"]) == ("READY", ";")
    assert [(field["fieldPath"], field["logicalType"]) for field in version["schemaFields"]] == [
        ("note", "STRING"),
        ("zip", "STRING"),
    ]
    rows = await admin.run("query($i: ID!) { datasetVersion(id: $i) { rows(first: 5) { rows } } }", i=version_id)
    assert rows["datasetVersion"]["rows"]["rows"] == [["x,y", "00123"]]


async def test_a_failed_version_is_read_again_with_other_options(system: System, admin: Client) -> None:
    content = b"zip\n00123\nabc\n"
    version_id, upload = await started(admin, content, options={"types": {"zip": "INTEGER"}})
    await admin.mutate(COMPLETE, uploadId=upload["id"], parts=await admin.put(upload, content))
    failed = await admin.finished(version_id)
    assert (failed["status"], failed["error"]["code"]) == ("FAILED", "TOO_MANY_BAD_ROWS")
    assert await refused(admin, PUBLISH, versionId=version_id) == (
        "CONFLICT", "Version 1 is FAILED; only a READY version can be published.", None,
    )  # fmt: skip
    payload = await admin.mutate(RETRY, versionId=version_id, options={"types": {"zip": "STRING"}})
    assert payload == {"version": {"id": version_id, "status": "QUEUED"}, "errors": []}
    version = await admin.finished(version_id)
    assert (version["status"], version["error"], version["rowCount"]) == ("READY", None, 2)
    assert await refused(admin, RETRY, versionId=version_id) == (
        "CONFLICT", "Version 1 is READY; only a FAILED or QUARANTINED version can be tried again.", None,
    )  # fmt: skip
    assert await tasks(system, version_id) == ["SUCCEEDED", "SUCCEEDED"]


async def test_publishing_moves_forward_and_back(admin: Client) -> None:
    dataset_id = await admin.create(f"Published {uuid7()}")
    waiting = (await admin.start(dataset_id, CSV))["version"]["id"]
    assert await refused(admin, PUBLISH, versionId=waiting) == (
        "CONFLICT", "Version 1 is AWAITING_UPLOAD; only a READY version can be published.", None,
    )  # fmt: skip
    second, third = [await admin.upload(dataset_id, CSV) for _ in range(2)]
    for version_id in (second, third):
        assert (await admin.finished(version_id))["status"] == "READY"
    for version_id, number in ((second, 2), (third, 3), (second, 2)):
        payload = await admin.mutate(PUBLISH, versionId=version_id)
        assert payload == {
            "version": {
                "number": number,
                "isCurrent": True,
                "dataset": {"status": "ACTIVE", "currentVersion": {"number": number}},
            },
            "errors": [],
        }
    assert [(await admin.version(version_id))["isCurrent"] for version_id in (second, third)] == [True, False]
    await admin.mutate(ARCHIVE, id=dataset_id)
    assert await refused(admin, PUBLISH, versionId=third) == (
        "CONFLICT", "The dataset is archived. Restore it before you publish.", None,
    )  # fmt: skip
    now = (await admin.run(CURRENT, id=dataset_id))["dataset"]
    assert (now["status"], now["currentVersion"]) == ("ARCHIVED", {"number": 2})
    assert [edge["node"]["number"] for edge in now["versions"]["edges"]] == [3, 2, 1]


async def test_a_dataset_that_publishes_by_itself(admin: Client) -> None:
    dataset_id = await admin.create(f"By itself {uuid7()}", autoPublish=True)
    version = await admin.finished(await admin.upload(dataset_id, CSV))
    assert (version["status"], version["isCurrent"]) == ("READY", True)
    failed = await admin.finished(await admin.upload(dataset_id, CSV, sha256="00" * 32))
    assert (failed["status"], failed["isCurrent"]) == ("FAILED", False)
    now = (await admin.run(CURRENT, id=dataset_id))["dataset"]
    assert (now["status"], now["currentVersion"]) == ("ACTIVE", {"number": 1})


async def test_mutations_on_versions_need_write(people: People) -> None:
    dataset_id = await people.editor.create(f"Read only {uuid7()}")
    version_id = (await people.editor.start(dataset_id, CSV))["version"]["id"]
    for mutation, given in ((RETRY, {"versionId": version_id}), (PUBLISH, {"versionId": version_id})):
        assert (await refused(people.viewer, mutation, **given))[0] == "FORBIDDEN"
    hidden = await people.editor.create(f"Hidden versions {uuid7()}", visibility="RESTRICTED")
    hidden_version = (await people.editor.start(hidden, CSV))["version"]["id"]
    for wanted in (hidden_version, to_id("DatasetVersion", uuid7())):
        for mutation in (RETRY, PUBLISH):
            assert await refused(people.viewer, mutation, versionId=wanted) == (
                "NOT_FOUND", "There is no such version, or you may not see its dataset.", None,
            )  # fmt: skip
    for wanted in ((await people.editor.start(hidden, CSV))["upload"]["id"], to_id("Upload", uuid7())):
        for mutation, given in ((COMPLETE, {"parts": []}), (ABORT, {})):
            assert await refused(people.viewer, mutation, uploadId=wanted, **given) == (
                "NOT_FOUND", "There is no such upload, or you may not see its dataset.", None,
            )  # fmt: skip


async def test_an_object_that_was_replaced_is_not_read(engines: Engines, tmp_path_factory: pytest.TempPathFactory) -> None:
    # A system of its own, because its worker has to wait until the object is another one.
    async with await System.prepared(engines, "replaced", tmp_path_factory.mktemp("replaced"), 7) as own:
        own.start("api", "dispatcher")
        await own.until_ready()
        async with Client(own.url) as client:
            await client.sign_in()
            version_id, upload = await started(client)
            await client.mutate(COMPLETE, uploadId=upload["id"], parts=await client.put(upload, CSV))
            await replace_object(own, b"id,name\n1,other\n2,thing\n")
            own.start("worker")
            version = await client.finished(version_id)
    assert (version["status"], version["error"]["code"]) == ("FAILED", "OBJECT_CHANGED")
    assert version["error"]["hint"] == "Somebody replaced or removed it in the object store. Upload the file again."


async def replace_object(system: System, content: bytes) -> None:
    """The only object of the system is another one."""
    import aioboto3

    names = {"endpoint_url": "S3_ENDPOINT_URL", "aws_access_key_id": "S3_ACCESS_KEY", "aws_secret_access_key": "S3_SECRET_KEY"}
    given = {name: system.environment[f"DATAKURA_{variable}"] for name, variable in names.items()}
    bucket = system.environment["DATAKURA_S3_BUCKET"]
    async with aioboto3.Session().client("s3", region_name="us-east-1", **given) as store:
        (found,) = (await store.list_objects_v2(Bucket=bucket))["Contents"]
        await store.put_object(Bucket=bucket, Key=found["Key"], Body=content)


# --- idempotency keys


async def keyed(client: Client, key: str, mutation: str, **given: object) -> dict:
    """The whole answer to a mutation with an Idempotency-Key."""
    answer = await client.post(mutation, {"input": given}, Idempotency_Key=key)
    return answer.json()


async def test_the_same_request_with_the_same_key_is_done_once(system: System, admin: Client) -> None:
    key, name = str(uuid7()), f"Keyed {uuid7()}"
    answers = await asyncio.gather(*(keyed(admin, key, CREATE, name=name) for _ in range(10)))
    answers.append(await keyed(admin, key, CREATE, name=name))
    assert [answer["data"]["createDataset"]["errors"] for answer in answers] == [[]] * 11
    (dataset_id,) = {answer["data"]["createDataset"]["dataset"]["id"] for answer in answers}

    key = str(uuid7())
    given = {"datasetId": dataset_id, "fileName": "a.csv", "sizeBytes": 10}
    open_before = await open_uploads(system)
    answers = await asyncio.gather(*(keyed(admin, key, START, **given) for _ in range(10)))
    assert [answer["data"]["startUpload"]["errors"] for answer in answers] == [[]] * 10
    assert len({answer["data"]["startUpload"]["upload"]["id"] for answer in answers}) == 1
    edges = (await admin.run(CURRENT, id=dataset_id))["dataset"]["versions"]["edges"]
    assert edges == [{"node": {"number": 1, "status": "AWAITING_UPLOAD"}}]
    assert len(await open_uploads(system) - open_before) == 1


async def test_a_key_stands_for_one_request_of_one_person(admin: Client, people: People) -> None:
    key, name = str(uuid7()), f"Keyed {uuid7()}"
    first = await keyed(admin, key, CREATE, name=name)
    other = await keyed(admin, key, CREATE, name=f"Other {name}")
    assert other["data"]["createDataset"] == {
        "dataset": None,
        "errors": [{
            "code": "CONFLICT", "message": "This Idempotency-Key was used for another request. Use a new key for a new request.",
            "path": None,
        }],
    }  # fmt: skip
    theirs = await keyed(people.editor, key, CREATE, name=f"Theirs {name}")
    assert theirs["data"]["createDataset"]["dataset"]["id"] != first["data"]["createDataset"]["dataset"]["id"]


async def test_a_refused_request_does_not_use_its_key_up(admin: Client) -> None:
    key, name = str(uuid7()), f"Refused {uuid7()}"
    taken = await admin.create(name)
    answer = await keyed(admin, key, CREATE, name=name)
    assert [error["code"] for error in answer["data"]["createDataset"]["errors"]] == ["CONFLICT"]
    await admin.run("mutation($i: ID!) { deleteDataset(input: {id: $i}) { errors { code } } }", i=taken)
    answer = await keyed(admin, key, CREATE, name=name)
    assert answer["data"]["createDataset"]["errors"] == []


@pytest.mark.parametrize("key", ["", "short", "x" * 15, "x" * 256, "x" * 15 + "\t" + "x"])
async def test_a_key_has_16_to_255_printable_characters(admin: Client, key: str) -> None:
    answer = await admin.post(CREATE, {"input": {"name": "Never made"}}, Idempotency_Key=key)
    assert answer.status_code == 400
    (error,) = answer.json()["errors"]
    assert error["extensions"]["code"] == "INVALID_INPUT"
    assert error["message"] == "Idempotency-Key has to be 16 to 255 printable ASCII characters: a UUID will do."
