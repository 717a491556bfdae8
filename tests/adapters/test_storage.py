"""Local files on their way into a real object store."""

import asyncio
import hashlib
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from pydantic import SecretStr

from app.adapters.storage import PUT_PART_BYTES, S3Storage
from app.core.settings import Settings
from app.embedded.engines import Engines


@pytest.fixture
async def storage(engines: Engines) -> AsyncIterator[S3Storage]:
    settings = Settings(
        s3_endpoint_url=engines.s3_endpoint_url,
        s3_access_key=engines.s3_access_key,
        s3_secret_key=SecretStr(engines.s3_secret_key),
    )
    async with S3Storage(settings) as storage:
        yield storage


async def uploads_under(storage: S3Storage, key: str) -> list[str]:
    """Keys of multipart uploads that are neither completed nor aborted."""
    answer = await storage._client.list_multipart_uploads(Bucket=storage._bucket, Prefix=key)
    return [upload["Key"] for upload in answer.get("Uploads", [])]


@pytest.mark.parametrize("size_bytes", [0, 1, PUT_PART_BYTES, PUT_PART_BYTES + 1, 4 * PUT_PART_BYTES + 12_345])
async def test_a_file_arrives_as_it_is(storage: S3Storage, tmp_path: Path, size_bytes: int) -> None:
    content = hashlib.shake_128(b"seed").digest(size_bytes)
    (tmp_path / "file").write_bytes(content)
    key = f"storage/{size_bytes}"
    stored = await storage.put_file(key, str(tmp_path / "file"), content_type="application/zip")
    assert stored.size_bytes == size_bytes
    assert b"".join([chunk async for chunk in storage.read(key, etag=stored.etag)]) == content
    assert await uploads_under(storage, key) == []


async def test_nothing_is_left_of_a_file_that_is_no_longer_wanted(storage: S3Storage, tmp_path: Path) -> None:
    with (tmp_path / "file").open("wb") as file:
        file.truncate(40 * PUT_PART_BYTES)
    key = "storage/cancelled"
    putting = asyncio.create_task(storage.put_file(key, str(tmp_path / "file"), content_type="application/zip"))
    while not await uploads_under(storage, key):
        assert not putting.done()
    putting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await putting
    assert await uploads_under(storage, key) == []
    assert await storage.find(key) is None


async def test_nothing_is_left_of_a_file_that_is_no_longer_wanted_while_the_store_begins_it(
    storage: S3Storage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with (tmp_path / "file").open("wb") as file:
        file.truncate(2 * PUT_PART_BYTES)
    key, begun, answered = "storage/beginning", asyncio.Event(), asyncio.Event()
    create = storage._client.create_multipart_upload

    async def created(**given: object) -> object:
        answer = await create(**given)
        begun.set()
        await answered.wait()
        return answer

    monkeypatch.setattr(storage._client, "create_multipart_upload", created)
    putting = asyncio.create_task(storage.put_file(key, str(tmp_path / "file"), content_type="application/zip"))
    await begun.wait()
    putting.cancel()
    answered.set()
    with pytest.raises(asyncio.CancelledError):
        await putting
    assert await uploads_under(storage, key) == []
