"""Uploads as documents and steps, and a look into the object store."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aioboto3
import httpx

from app.core.ids import uuid7
from app.schema.ids import from_id, parse_id
from tests.support.client import Client
from tests.support.http import http_client
from tests.support.system import System

ABORT = (
    "mutation A($input: AbortUploadInput!) { abortUpload(input: $input) { version { id status } errors { code message path } } }"
)
RETRY = "mutation R($input: RetryVersionInput!) { retryVersion(input: $input) { version { id status } errors { code message path } } }"
REREAD = """mutation Reread($input: RereadVersionInput!) { rereadVersion(input: $input) {
    version { id number label status } errors { code message path } } }"""
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
    async with http_client(timeout=60) as storage:
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


async def queue(system: System, version_id: str) -> str:
    """Where the ingest of a version waits for its turn."""
    parsed = parse_id(version_id)
    assert parsed is not None
    connection = await system.database()
    found = await connection.fetchval(
        "SELECT queue FROM tasks WHERE actor = 'versions.ingest' AND args ->> 'versionId' = $1", str(parsed[1])
    )
    await connection.close()
    return str(found)


async def noted(system: System, version_id: str) -> tuple[int, int]:
    """How often the trail and the subscribers were told that the upload of a version is complete."""
    parsed = parse_id(version_id)
    assert parsed is not None
    connection = await system.database()
    row = await connection.fetchrow(
        """SELECT (SELECT count(*) FROM audit_events WHERE action = 'upload.complete' AND details ->> 'version' = $1) AS audited,
            (SELECT count(*) FROM events WHERE version_id = $1::uuid AND payload ->> 'status' = 'QUEUED') AS told""",
        str(parsed[1]),
    )
    await connection.close()
    assert row is not None
    return row["audited"], row["told"]


@asynccontextmanager
async def the_store(system: System) -> AsyncIterator[Any]:
    """The object store, as whoever has its keys."""
    names = {"endpoint_url": "S3_ENDPOINT_URL", "aws_access_key_id": "S3_ACCESS_KEY", "aws_secret_access_key": "S3_SECRET_KEY"}
    given = {name: system.environment[f"DATAKURA_{variable}"] for name, variable in names.items()}
    async with aioboto3.Session().client("s3", region_name="us-east-1", **given) as store:
        yield store


async def open_uploads(system: System) -> set[str]:
    """Ids of the multipart uploads that the store holds."""
    async with the_store(system) as store:
        answer = await store.list_multipart_uploads(Bucket=system.environment["DATAKURA_S3_BUCKET"])
        return {upload["UploadId"] for upload in answer.get("Uploads", [])}


async def replace_object(system: System, version_id: str, content: bytes) -> None:
    """The object that was uploaded for this version is another one."""
    connection = await system.database()
    row_id = from_id(version_id, "DatasetVersion")
    key = await connection.fetchval("SELECT object_key FROM uploads WHERE version_id = $1", row_id)
    await connection.close()
    async with the_store(system) as store:
        await store.put_object(Bucket=system.environment["DATAKURA_S3_BUCKET"], Key=key, Body=content)
