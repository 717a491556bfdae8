"""The bytes of an ingest on their way: the object to scratch while it is hashed, the results to the store."""

import asyncio
import contextlib
import hashlib
from collections.abc import Awaitable, Callable
from pathlib import Path
from types import TracebackType
from typing import Self

from app.adapters.storage import ObjectChanged, Storage
from app.core.errors import NotFound, Unavailable
from app.core.ledger import Claim
from app.core.phrases import say
from app.ingest.job import FileFormat, IngestErrorCode, IngestFailure, IngestResult
from app.models.versions import FileRole
from app.services.ingest.ingests import FileRefused, KeptFile, Source

WRITE_BATCH_BYTES = 8 << 20
NEARLY_BYTES = 256 << 20
"""About what arrives while a child starts, from a store nearby; from a slow one it costs the child little of its time."""
MEDIA_TYPES = {
    FileFormat.CSV: "text/csv",
    FileFormat.JSON: "application/json",
    FileFormat.JSON_LINES: "application/x-ndjson",
    FileFormat.PARQUET: "application/vnd.apache.parquet",
    FileFormat.ARROW: "application/vnd.apache.arrow.file",
    FileFormat.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


class Behind:
    """Chunks are kept by a thread, a batch at a time and in order, while the next batch arrives. At the end of the block all are
    kept, and after an exception no thread is at it any more."""

    def __init__(self, keep: Callable[[list[bytes]], None]):
        self._keep = keep
        self._batch: list[bytes] = []
        self._size_bytes = 0
        self._keeping: asyncio.Future[None] | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if error is None:
            await self._hand_over()
        if self._keeping is not None:
            await _ended(self._keeping)
            failure = self._keeping.exception()
            if error is None and failure is not None:
                raise failure

    async def add(self, chunk: bytes) -> bool:
        """The chunk will be kept; true when it made a batch whole, and the batch before it is kept."""
        self._batch.append(chunk)
        self._size_bytes += len(chunk)
        if self._size_bytes < WRITE_BATCH_BYTES:
            return False
        await self._hand_over()
        return True

    async def _hand_over(self) -> None:
        if self._keeping is not None:
            await asyncio.shield(self._keeping)
        # Two batches lie in memory at most: that of the thread and the one that arrives.
        batch, self._batch, self._size_bytes = self._batch, [], 0
        self._keeping = asyncio.ensure_future(asyncio.to_thread(self._keep, batch))


async def _ended(keeping: "asyncio.Future[None]") -> None:
    """The thread is done, however often the caller is cancelled meanwhile: the file that it writes is closed next."""
    is_cancelled = False
    while not keeping.done():
        try:
            await asyncio.wait({keeping})
        except asyncio.CancelledError:
            is_cancelled = True
    if is_cancelled:
        raise asyncio.CancelledError


async def download(
    source: Source, storage: Storage, path: Path, told: Callable[[float], Awaitable[None]], nearly: Callable[[], None]
) -> bytes:
    """The object lies at `path`, its size and checksum are what was declared; returns its SHA-256.

    There is no such file before all of that is sure.

    Args:
        told: called with the fraction (0-1) that has arrived.
        nearly: called once, when at most NEARLY_BYTES are still to come.
    Raises:
        FileRefused: the object is gone, was replaced, or is not what was declared.
    """
    digest = hashlib.sha256()
    received = 0
    part = path.with_suffix(".part")
    was_told = False

    def keep(chunks: list[bytes]) -> None:
        for chunk in chunks:
            digest.update(chunk)
            file.write(chunk)

    try:
        with part.open("wb", buffering=0) as file:
            async with Behind(keep) as kept:
                async for chunk in storage.read(source.object_key, etag=source.etag):
                    received += len(chunk)
                    if not was_told and source.size_bytes - received <= NEARLY_BYTES:
                        was_told = True
                        nearly()
                    if await kept.add(chunk):
                        await told(received / source.size_bytes)
    except (ObjectChanged, NotFound) as error:
        raise FileRefused(
            IngestFailure(
                code=IngestErrorCode.OBJECT_CHANGED,
                message=say("OBJECT_CHANGED", "The stored object is no longer the one that was uploaded."),
                hint=say("HINT_OBJECT_CHANGED", "Somebody replaced or removed it in the object store. Upload the file again."),
            )
        ) from error
    _check(source, received, digest.digest())
    part.rename(path)
    return digest.digest()


def _check(source: Source, received: int, sha256: bytes) -> None:
    if received != source.size_bytes:
        raise FileRefused(
            IngestFailure(
                code=IngestErrorCode.SIZE_MISMATCH,
                message=say(
                    "SIZE_DIFFERS",
                    "The object has {received:,} bytes; {size_bytes:,} were declared.",
                    received=received,
                    size_bytes=source.size_bytes,
                ),
                hint=say("HINT_UPLOAD_AGAIN", "Upload the file again."),
            )
        )
    if source.sha256 is not None and sha256 != source.sha256:
        raise FileRefused(
            IngestFailure(
                code=IngestErrorCode.CHECKSUM_MISMATCH,
                message=say(
                    "CHECKSUM_DIFFERS",
                    "The object's SHA-256 is {found}; {declared} was declared.",
                    found=sha256.hex(),
                    declared=source.sha256.hex(),
                ),
                hint=say(
                    "HINT_CHECKSUM",
                    "The file changed while it was sent, or the declared checksum is of another file. Upload it again.",
                ),
            )
        )


class Results:
    """What a child wrote, under keys of this task and fence: a zombie's files never mix with its successor's.

    The table is sent while the child still profiles it. When the block ends by an exception nothing of it stays in the
    store; what a killed worker leaves there is removed with all objects that nothing refers to.
    """

    def __init__(self, source: Source, claim: Claim, storage: Storage):
        self._source, self._storage = source, storage
        self._prefix = f"versions/{source.version_id}/{claim.task_id}-{claim.fence}"
        self._stem = source.file_name.rsplit(".", 1)[0][:200] or "table"
        self._sending: asyncio.Task[KeptFile] | None = None
        self._sent_path: str | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if error is None or self._sending is None:
            return
        self._sending.cancel()
        await asyncio.gather(self._sending, return_exceptions=True)
        with contextlib.suppress(Unavailable, NotFound):
            await self._storage.delete(self._table_key)

    @property
    def _table_key(self) -> str:
        return f"{self._prefix}/table.parquet"

    def send_table(self, path: str) -> None:
        """The table at `path`, which is whole, is on its way to the store."""
        if self._sending is None:
            self._sent_path = path
            self._sending = asyncio.create_task(
                self._put(FileRole.TABLE, f"{self._stem}.parquet", self._table_key, path, MEDIA_TYPES[FileFormat.PARQUET])
            )

    async def files(self, result: IngestResult, sha256: bytes) -> list[KeptFile]:
        """All files of the version are stored: the original, the table, and the rejected rows if there are any.

        Args:
            sha256: of the original, 32 bytes.
        """
        source = self._source
        media_type = MEDIA_TYPES.get(result.options.format, "application/octet-stream") if result.options.format else ""
        original = KeptFile(
            FileRole.ORIGINAL, source.file_name, source.object_key, source.etag, source.size_bytes, sha256, media_type
        )
        self.send_table(result.table_path)
        if self._sending is None or self._sent_path != result.table_path:
            raise ValueError("the table that was sent is not the one of the result")
        files = [original, await self._sending]
        if result.rejects_path is not None and result.rejected_row_count:
            name, key = f"{self._stem}.rejects.csv", f"{self._prefix}/rejects.csv"
            files.append(await self._put(FileRole.REJECTS, name, key, result.rejects_path, "text/csv"))
        return files

    async def _put(self, role: FileRole, name: str, key: str, path: str, media_type: str) -> KeptFile:
        digest, stored = await asyncio.gather(
            asyncio.to_thread(_sha256, path), self._storage.put_file(key, path, content_type=media_type)
        )
        return KeptFile(role, name, key, stored.etag, stored.size_bytes, digest, media_type)


def _sha256(path: str) -> bytes:
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").digest()
