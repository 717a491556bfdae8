"""Object storage by the S3 API: multipart uploads that clients send themselves, streams, results of the workers."""

import asyncio
import contextlib
import os
import ssl
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import quote

import aioboto3
from aiobotocore.config import AioConfig
from aiobotocore.httpsession import AIOHTTPSession
from aiohttp import ClientError as HttpClientError
from botocore.exceptions import BotoCoreError, ClientError

from app.core import tls
from app.core.errors import NotFound, Unavailable
from app.core.phrases import say
from app.core.settings import Settings

DOWNLOAD_CHUNK_BYTES = 1 << 20
PUT_PART_BYTES = 8 << 20
PUTS_AT_ONCE = 3
"""Parts of a local file on their way. They lie in memory: boto's own ten and their queue took 300 MiB more, and a third more
of the store's processor time (409 MB, 2026-11)."""
MAX_PARTS = 10_000
PRESIGNED_SECONDS = 300
"""Downloads; uploads are signed until the upload expires, at most 7 days (the limit of Signature Version 4)."""


class ObjectChanged(Exception):
    """The object is not the one that was pinned: its ETag differs."""


class PartsRefused(Exception):
    """The store does not accept this list of parts."""


@dataclass(frozen=True, slots=True)
class StoredPart:
    """A part as the store has it. `etag` without quotes."""

    number: int
    etag: str
    size_bytes: int


@dataclass(frozen=True, slots=True)
class StoredObject:
    """A finished object. `etag` without quotes."""

    key: str
    etag: str
    size_bytes: int
    last_modified: datetime | None = None


class Storage(Protocol):
    """What the system needs of an object store. Every method may raise Unavailable."""

    async def start_multipart(self, key: str) -> str:
        """A new multipart upload's id."""

    async def sign_parts(self, key: str, upload_id: str, count: int, *, expires_seconds: int) -> list[str]:
        """Presigned PUT addresses of the parts 1..count."""

    async def list_parts(self, key: str, upload_id: str) -> list[StoredPart]:
        """All parts that arrived, by number; one that was sent twice may stand here twice, newest last. Raises NotFound: no such upload (aborted, or completed already)."""

    async def complete_multipart(self, key: str, upload_id: str, parts: Sequence[StoredPart]) -> None:
        """The object exists. Raises NotFound: no such upload; PartsRefused: the store refuses the parts."""

    async def abort_multipart(self, key: str, upload_id: str) -> None:
        """Neither the upload nor its parts exist."""

    async def find(self, key: str) -> StoredObject | None:
        """The object, or None."""

    def read(self, key: str, *, etag: str) -> AsyncIterator[bytes]:
        """The object's bytes, if it still has this ETag. Raises ObjectChanged, NotFound."""

    async def put_file(self, key: str, path: str, *, content_type: str) -> StoredObject:
        """A local file is stored."""

    async def delete(self, key: str) -> None:
        """No such object."""

    async def sign_download(self, key: str, *, file_name: str) -> str:
        """A GET address of five minutes that saves as `file_name`."""

    def list_objects(self, prefix: str) -> AsyncIterator[StoredObject]:
        """All objects below a prefix."""

    async def check(self) -> None:
        """Returns when the bucket answers."""


class _CheckedSession(AIOHTTPSession):  # type: ignore[misc]  # aiobotocore has no types
    """aiobotocore takes urllib3's TLS context, whose user has to compare names itself, and does not: any server with a
    certificate by a known authority could pass for the store."""

    def _get_ssl_context(self) -> ssl.SSLContext:
        context: ssl.SSLContext = super()._get_ssl_context()
        context.check_hostname = True
        return context


class S3Storage:
    """Storage on any S3-compatible server. Use as an async context manager; one client a process."""

    def __init__(self, settings: Settings):
        self._settings = settings
        self._bucket = settings.s3_bucket
        self._encryption: dict[str, str] = {"ServerSideEncryption": settings.s3_encryption} if settings.s3_encryption else {}
        if settings.s3_kms_key_id:
            self._encryption["SSEKMSKeyId"] = settings.s3_kms_key_id
        self._stack = AsyncExitStack()
        self._config = AioConfig(
            http_session_cls=_CheckedSession,
            signature_version="s3v4",
            s3={"addressing_style": "path"},
            retries={"max_attempts": 3, "mode": "standard"},
            connect_timeout=3,
            read_timeout=60,
            max_pool_connections=32,
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
        )

    async def __aenter__(self) -> "S3Storage":
        endpoint = self._settings.s3_endpoint_url
        public = self._settings.s3_public_endpoint_url or endpoint
        self._client = await self._stack.enter_async_context(self._connect(endpoint))
        # Addresses are signed for the host by which clients reach the store.
        self._signer = self._client if public == endpoint else await self._stack.enter_async_context(self._connect(public))
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._stack.aclose()

    def _connect(self, endpoint: str):  # type: ignore[no-untyped-def]  # aioboto3 has no types
        return aioboto3.Session().client(
            "s3",
            endpoint_url=endpoint or None,
            region_name=self._settings.s3_region,
            aws_access_key_id=self._settings.s3_access_key or None,
            aws_secret_access_key=self._settings.s3_secret_key.get_secret_value() or None,
            config=self._config,
            verify=tls.storage_verify(self._settings),
        )

    async def start_multipart(self, key: str) -> str:
        async with _translated():
            answer = await self._client.create_multipart_upload(Bucket=self._bucket, Key=key, **self._encryption)
            return str(answer["UploadId"])

    async def sign_parts(self, key: str, upload_id: str, count: int, *, expires_seconds: int) -> list[str]:
        urls = []
        for number in range(1, count + 1):
            params = {"Bucket": self._bucket, "Key": key, "UploadId": upload_id, "PartNumber": number}
            urls.append(await self._signer.generate_presigned_url("upload_part", Params=params, ExpiresIn=expires_seconds))
            if number % 16 == 0:
                await asyncio.sleep(0)  # signing is CPU work: let other requests run in between
        return urls

    async def list_parts(self, key: str, upload_id: str) -> list[StoredPart]:
        parts: list[dict[str, Any]] = []
        marker = 0
        async with _translated():
            while True:
                answer = await self._client.list_parts(Bucket=self._bucket, Key=key, UploadId=upload_id, PartNumberMarker=marker)
                parts += answer.get("Parts", [])
                if not answer.get("IsTruncated"):
                    parts.sort(key=lambda part: (part["PartNumber"], part["LastModified"]))
                    return [StoredPart(part["PartNumber"], part["ETag"].strip('"'), part["Size"]) for part in parts]
                marker = answer["NextPartNumberMarker"]

    async def complete_multipart(self, key: str, upload_id: str, parts: Sequence[StoredPart]) -> None:
        listed = {"Parts": [{"PartNumber": part.number, "ETag": f'"{part.etag}"'} for part in parts]}
        async with _translated():
            await self._client.complete_multipart_upload(Bucket=self._bucket, Key=key, UploadId=upload_id, MultipartUpload=listed)

    async def abort_multipart(self, key: str, upload_id: str) -> None:
        try:
            async with _translated():
                await self._client.abort_multipart_upload(Bucket=self._bucket, Key=key, UploadId=upload_id)
        except NotFound:
            return

    async def find(self, key: str) -> StoredObject | None:
        try:
            async with _translated():
                head = await self._client.head_object(Bucket=self._bucket, Key=key)
        except NotFound:
            return None
        return StoredObject(key, head["ETag"].strip('"'), head["ContentLength"], head.get("LastModified"))

    async def read(self, key: str, *, etag: str) -> AsyncIterator[bytes]:
        async with _translated():
            answer = await self._client.get_object(Bucket=self._bucket, Key=key, IfMatch=f'"{etag}"')
            expected, received = answer["ContentLength"], 0
            async with answer["Body"] as body:
                async for chunk in body.content.iter_chunked(DOWNLOAD_CHUNK_BYTES):
                    received += len(chunk)
                    yield chunk
            if received != expected:
                raise Unavailable(
                    say(
                        "STORE_CUT", "The object store sent {received} of {expected} bytes.", received=received, expected=expected
                    )
                )

    async def put_file(self, key: str, path: str, *, content_type: str) -> StoredObject:
        async with _translated():
            size_bytes = (await asyncio.to_thread(os.stat, path)).st_size
            if size_bytes <= PUT_PART_BYTES:
                content = await asyncio.to_thread(Path(path).read_bytes)
                await self._client.put_object(
                    Bucket=self._bucket, Key=key, Body=content, ContentType=content_type, **self._encryption
                )
            else:
                await self._put_parts(key, path, size_bytes, content_type)
        stored = await self.find(key)
        if stored is None:
            raise Unavailable(say("STORE_LOST_FILE", "The object store lost a file that it had accepted."))
        return stored

    async def _put_parts(self, key: str, path: str, size_bytes: int, content_type: str) -> None:
        """Nothing of it is left in the store when it fails or is cancelled."""
        part_bytes = max(PUT_PART_BYTES, -(-size_bytes // MAX_PARTS))
        numbers = iter(range(1, -(-size_bytes // part_bytes) + 1))
        upload_id = await self._begin(key, content_type)
        upload = {"Bucket": self._bucket, "Key": key, "UploadId": upload_id}
        etags: dict[int, str] = {}

        async def send() -> None:
            for number in numbers:
                content = await asyncio.to_thread(os.pread, file.fileno(), part_bytes, (number - 1) * part_bytes)
                etags[number] = (await self._client.upload_part(**upload, PartNumber=number, Body=content))["ETag"]

        try:
            with await asyncio.to_thread(Path(path).open, "rb", 0) as file:
                async with asyncio.TaskGroup() as group:
                    for _ in range(PUTS_AT_ONCE):
                        group.create_task(send())
            parts = [{"PartNumber": number, "ETag": etag} for number, etag in sorted(etags.items())]
            await self._client.complete_multipart_upload(**upload, MultipartUpload={"Parts": parts})
        except BaseException as error:
            with contextlib.suppress(Unavailable):
                await self.abort_multipart(key, upload_id)
            if isinstance(error, BaseExceptionGroup):
                raise error.exceptions[0] from error
            raise

    async def _begin(self, key: str, content_type: str) -> str:
        """The id of a new multipart upload. Cancelled while the store begins it, it is ended when its id is known."""
        beginning = asyncio.ensure_future(
            self._client.create_multipart_upload(Bucket=self._bucket, Key=key, ContentType=content_type, **self._encryption)
        )
        try:
            return str((await asyncio.shield(beginning))["UploadId"])
        except asyncio.CancelledError:
            with contextlib.suppress(Unavailable, ClientError, BotoCoreError, HttpClientError):
                await self.abort_multipart(key, (await beginning)["UploadId"])
            raise

    async def delete(self, key: str) -> None:
        async with _translated():
            await self._client.delete_object(Bucket=self._bucket, Key=key)

    async def sign_download(self, key: str, *, file_name: str) -> str:
        disposition = f"attachment; filename*=UTF-8''{quote(file_name, safe='')}"
        params = {
            "Bucket": self._bucket, "Key": key,
            "ResponseContentDisposition": disposition, "ResponseContentType": "application/octet-stream",
        }  # fmt: skip
        return str(await self._signer.generate_presigned_url("get_object", Params=params, ExpiresIn=PRESIGNED_SECONDS))

    async def list_objects(self, prefix: str) -> AsyncIterator[StoredObject]:
        async with _translated():
            async for page in self._client.get_paginator("list_objects_v2").paginate(Bucket=self._bucket, Prefix=prefix):
                for found in page.get("Contents", []):
                    yield StoredObject(found["Key"], found["ETag"].strip('"'), found["Size"], found["LastModified"])

    async def check(self) -> None:
        async with _translated():
            await self._client.head_bucket(Bucket=self._bucket)

    async def prepare(self, origins: Sequence[str]) -> None:
        """The bucket exists and answers browsers of `origins`."""
        async with _translated():
            try:
                await self._client.head_bucket(Bucket=self._bucket)
            except ClientError:
                await self._client.create_bucket(Bucket=self._bucket)
            rule = {
                "AllowedOrigins": list(origins), "AllowedMethods": ["PUT", "GET", "HEAD"], "AllowedHeaders": ["*"],
                "ExposeHeaders": ["ETag"], "MaxAgeSeconds": 3600,
            }  # fmt: skip
            await self._client.put_bucket_cors(Bucket=self._bucket, CORSConfiguration={"CORSRules": [rule]})


_MISSING = {"NoSuchKey", "NoSuchUpload", "404", "NotFound"}
_CHANGED = {"PreconditionFailed", "412"}
_PARTS = {"InvalidPart", "InvalidPartOrder", "EntityTooSmall", "MalformedXML", "400"}


@asynccontextmanager
async def _translated() -> AsyncIterator[None]:
    try:
        yield
    except ClientError as error:
        code = str(error.response.get("Error", {}).get("Code", ""))
        if code in _MISSING:
            raise NotFound(say("STORE_NO_OBJECT", "There is no such object or upload in the store.")) from error
        if code in _CHANGED:
            raise ObjectChanged(code) from error
        if code in _PARTS:
            raise PartsRefused(code) from error
        raise Unavailable(say("STORE_ANSWERED", "The object store answered {answer}.", answer=code or "with an error")) from error
    except (BotoCoreError, HttpClientError, TimeoutError, OSError) as error:
        raise Unavailable(say("STORE_SILENT", "The object store does not answer ({kind}).", kind=type(error).__name__)) from error
