"""Parts are joined once, however many ask for it at the same time."""

from collections.abc import AsyncIterator
from types import SimpleNamespace

import httpx
import pytest
from pydantic import SecretStr

from app.adapters.storage import S3Storage, StoredPart
from app.core.errors import InvalidInput
from app.core.ids import uuid7
from app.core.settings import Settings
from app.embedded.engines import Engines
from app.services.uploads import parts

BYTES = b"id,name\n1,a\n"


class SlowerOfTwo(S3Storage):
    """Sees the store while a faster request joins the parts: the object is there, and its parts are being removed."""

    async def list_parts(self, key: str, upload_id: str) -> list[StoredPart]:
        await super().complete_multipart(key, upload_id, await super().list_parts(key, upload_id))
        return []


class Refused(S3Storage):
    """Sees no part, and there is no object."""

    async def list_parts(self, key: str, upload_id: str) -> list[StoredPart]:
        return []


@pytest.fixture(params=[SlowerOfTwo, Refused], ids=["slower", "refused"])
async def storage(engines: Engines, request: pytest.FixtureRequest) -> AsyncIterator[S3Storage]:
    settings = Settings(
        s3_endpoint_url=engines.s3_endpoint_url,
        s3_access_key=engines.s3_access_key,
        s3_secret_key=SecretStr(engines.s3_secret_key),
    )
    async with request.param(settings) as storage:
        yield storage


async def test_who_is_slower_gets_the_object_that_the_faster_made(storage: S3Storage) -> None:
    key = f"uploads/{uuid7()}"
    upload_id = await storage.start_multipart(key)
    [address] = await storage.sign_parts(key, upload_id, 1, expires_seconds=60)
    async with httpx.AsyncClient() as client:
        etag = (await client.put(address, content=BYTES)).headers["ETag"]
    upload = SimpleNamespace(
        object_key=key, storage_upload_id=upload_id, size_bytes=len(BYTES), part_size_bytes=len(BYTES), part_count=1
    )
    if isinstance(storage, Refused):
        with pytest.raises(InvalidInput, match="Part 1 did not arrive"):
            await parts.join(upload, [parts.ClaimedPart(1, etag)], storage)
    else:
        found = await parts.join(upload, [parts.ClaimedPart(1, etag)], storage)
        stored = await storage.find(key)
        assert stored is not None
        assert (found, stored.size_bytes) == (stored.etag, len(BYTES))
