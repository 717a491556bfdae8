"""Uploads as a careless or hostile client does them: declared, completed, aborted, forgotten."""

import asyncio
import hashlib

import httpx
import pytest

from app.core.ids import uuid7
from app.schema.ids import parse_id
from tests.api.uploading import (
    ABORT,
    ARCHIVE,
    CSV,
    CURRENT,
    PART,
    RETRY,
    noted,
    open_uploads,
    put,
    queue,
    refused,
    started,
    tasks,
)
from tests.support.client import COMPLETE, START, Client
from tests.support.people import People
from tests.support.system import System, until


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
        ({"options": {"encoding": "rot13"}}, "'rot13' is not the name of a text encoding.", "options.encoding"),
        ({"options": {"encoding": "zlib_codec"}}, "'zlib_codec' is not the name of a text encoding.", "options.encoding"),
        (
            {"options": {"delimiter": "\n"}},
            "The delimiter has to be one character, and no line end; it was given as '\\n'.",
            "options",
        ),
        ({"options": {"delimiter": ";", "quote": ";"}}, "';' cannot be both the delimiter and the quote or escape.", "options"),
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
    assert await queue(system, version_id) == "heavy"


async def test_completing_again_changes_nothing(system: System, admin: Client) -> None:
    version_id, upload = await started(admin)
    parts = await admin.put(upload, CSV)
    at_once = await asyncio.gather(*(admin.mutate(COMPLETE, uploadId=upload["id"], parts=parts) for _ in range(8)))
    assert [(payload["errors"], payload["version"]["id"]) for payload in at_once] == [([], version_id)] * 8
    version = await admin.finished(version_id)
    later = await admin.mutate(COMPLETE, uploadId=upload["id"], parts=[])
    assert later == {"version": {"id": version_id, "number": 1, "status": "READY"}, "errors": []}
    assert await tasks(system, version_id) == ["SUCCEEDED"]
    assert await noted(system, version_id) == (1, 1)
    assert await queue(system, version_id) == "small"
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
