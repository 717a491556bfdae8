"""One ingest from object to verdict: stream to scratch while hashing, read in a child, store the results."""

import asyncio
import hashlib
import shutil
import sys
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import structlog

from app.adapters.storage import ObjectChanged, Storage
from app.core import faults
from app.core.child import ChildExit, ChildLimits, ExitReason, run_child
from app.core.errors import NotFound, Unavailable
from app.core.ledger import Claim, TaskError
from app.core.settings import Settings
from app.ingest import codec
from app.ingest.job import (
    FileFormat,
    IngestErrorCode,
    IngestFailure,
    IngestJob,
    IngestLimits,
    IngestResult,
    Progress,
    Stage,
)
from app.models.versions import FileRole
from app.services.ingests import KeptFile, Source

log = structlog.get_logger(__name__)

Tell = Callable[[Stage, float], Awaitable[None]]
"""Called with a stage and the fraction (0-1) of the whole ingest that is done."""

DOWNLOADED, READ = 0.15, 0.9
"""Fractions of the whole ingest that are done after these steps."""
WRITE_BATCH_BYTES = 8 << 20
SCRATCH_FACTOR = 4
"""Scratch that a job may need for each byte of its file: the file, a transcoded copy, spilling, results."""

MEDIA_TYPES = {
    FileFormat.CSV: "text/csv",
    FileFormat.JSON: "application/json",
    FileFormat.JSON_LINES: "application/x-ndjson",
    FileFormat.PARQUET: "application/vnd.apache.parquet",
    FileFormat.ARROW: "application/vnd.apache.arrow.file",
    FileFormat.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


class FileRefused(Exception):
    """The file cannot be a version; `failure` says why."""

    def __init__(self, failure: IngestFailure):
        super().__init__(failure.message)
        self.failure = failure


class ChildCrashed(TaskError):
    """The child ended without a verdict: not the file's fault as far as we know, so it is tried again.

    What it wrote goes to the log and nowhere else: it may hold paths of the machine and cells of the file.
    """


class ChildRaised(ChildCrashed):
    """The child met an exception that nobody caught: a bug of ours, which the same file would show again."""

    max_attempts = 2


async def ingest(
    source: Source, claim: Claim, *, storage: Storage, settings: Settings, folder: Path, tell: Tell
) -> tuple[IngestResult, list[KeptFile]]:
    """The file was read and its results are stored under keys of this task and fence; nothing refers to them yet.

    Args:
        folder: an existing folder of this worker's scratch.

    Raises:
        FileRefused: a verdict on the file.
        ChildCrashed, Unavailable: to be tried again.
    """
    async with _scratch(folder, source, settings) as scratch:
        path = scratch / "source" / "file"
        path.parent.mkdir()
        digest = await _download(source, storage, path, tell)
        faults.point("worker.after_download")
        result = await _read_in_child(source, path, scratch, settings, tell)
        faults.point("worker.after_child")
        await tell(Stage.STORING, READ)
        files = await _store(source, claim, result, digest, storage)
        faults.point("worker.after_store")
        return result, files


@asynccontextmanager
async def _scratch(folder: Path, source: Source, settings: Settings) -> AsyncIterator[Path]:
    """A folder for one job, gone afterwards whatever happens. Bounded: a job starts only when its share is free."""
    needed = source.size_bytes * SCRATCH_FACTOR
    if source.size_bytes > settings.scratch_max_bytes:
        raise FileRefused(
            IngestFailure(
                code=IngestErrorCode.TOO_LARGE_UNCOMPRESSED,
                message=f"The file has {source.size_bytes:,} bytes; workers here read at most {settings.scratch_max_bytes:,}.",
                hint="Split the file, or ask the operator for more scratch (DATAKURA_SCRATCH_MAX_BYTES).",
            )
        )
    free = shutil.disk_usage(folder).free
    if free < min(needed, settings.scratch_max_bytes) + (256 << 20):
        raise Unavailable(f"Not enough scratch space: {free:,} bytes free in {folder.name}.", retry_after_seconds=60)
    path = Path(tempfile.mkdtemp(prefix="ingest-", dir=folder))
    try:
        yield path
    finally:
        await asyncio.to_thread(shutil.rmtree, path, ignore_errors=True)


async def _download(source: Source, storage: Storage, path: Path, tell: Tell) -> bytes:
    """The object lies at `path`, its size and checksum are what was declared; returns its SHA-256."""
    digest = hashlib.sha256()
    received = 0
    batch: list[bytes] = []

    def keep(chunks: list[bytes]) -> None:
        for chunk in chunks:
            digest.update(chunk)
            file.write(chunk)

    try:
        with path.open("wb", buffering=0) as file:
            async for chunk in storage.read(source.object_key, etag=source.etag):
                batch.append(chunk)
                received += len(chunk)
                if sum(map(len, batch)) >= WRITE_BATCH_BYTES:
                    await asyncio.to_thread(keep, batch)
                    batch = []
                    await tell(Stage.DOWNLOADING, DOWNLOADED * received / source.size_bytes)
            await asyncio.to_thread(keep, batch)
    except (ObjectChanged, NotFound) as error:
        raise FileRefused(
            IngestFailure(
                code=IngestErrorCode.OBJECT_CHANGED,
                message="The stored object is no longer the one that was uploaded.",
                hint="Somebody replaced or removed it in the object store. Upload the file again.",
            )
        ) from error
    _check(source, received, digest.digest())
    return digest.digest()


def _check(source: Source, received: int, sha256: bytes) -> None:
    if received != source.size_bytes:
        raise FileRefused(
            IngestFailure(
                code=IngestErrorCode.SIZE_MISMATCH,
                message=f"The object has {received:,} bytes; {source.size_bytes:,} were declared.",
                hint="Upload the file again.",
            )
        )
    if source.sha256 is not None and sha256 != source.sha256:
        raise FileRefused(
            IngestFailure(
                code=IngestErrorCode.CHECKSUM_MISMATCH,
                message=f"The object's SHA-256 is {sha256.hex()}; {source.sha256.hex()} was declared.",
                hint="The file changed while it was sent, or the declared checksum is of another file. Upload it again.",
            )
        )


async def _read_in_child(source: Source, path: Path, scratch: Path, settings: Settings, tell: Tell) -> IngestResult:
    output = scratch / "output"
    output.mkdir()
    job = IngestJob(
        source_path=str(path),
        file_name=source.file_name,
        output_dir=str(output),
        options=source.options,
        limits=IngestLimits(
            memory_bytes=settings.child_memory_bytes,
            threads=settings.child_threads,
            max_columns=settings.max_columns,
            max_cell_bytes=settings.max_cell_bytes,
            max_uncompressed_bytes=settings.scratch_max_bytes,
            max_rejected_fraction=settings.max_rejected_fraction,
        ),
    )
    limits = ChildLimits(
        memory_bytes=settings.child_memory_bytes,
        timeout_seconds=settings.child_timeout_seconds,
        cpu_seconds=settings.child_timeout_seconds * settings.child_threads,
        file_size_bytes=settings.scratch_max_bytes,
    )
    verdicts: list[IngestResult | IngestFailure] = []

    async def on_line(line: bytes) -> None:
        message = codec.load_message(line)
        if isinstance(message, Progress):
            await tell(message.stage, DOWNLOADED + (READ - DOWNLOADED) * message.fraction)
        else:
            verdicts.append(message)

    ended = await run_child([sys.executable, "-m", "app.ingest"], codec.dump(job), limits=limits, on_line=on_line)
    log.info("ingest.child_ended", version=str(source.version_id), reason=ended.reason, peak_rss_bytes=ended.peak_rss_bytes)
    verdict = _verdict(ended, verdicts, settings)
    if isinstance(verdict, IngestFailure):
        raise FileRefused(verdict)
    return verdict


def _verdict(ended: ChildExit, verdicts: list[IngestResult | IngestFailure], settings: Settings) -> IngestResult | IngestFailure:
    if ended.reason is ExitReason.EXITED and ended.exit_code == 0 and verdicts:
        return verdicts[-1]
    match ended.reason:
        case ExitReason.MEMORY:
            return IngestFailure(
                code=IngestErrorCode.OUT_OF_MEMORY,
                message=f"Reading this file takes more than {settings.child_memory_bytes >> 20:,} MiB of memory.",
                hint="Split the file, or ask the operator for more (DATAKURA_CHILD_MEMORY_BYTES).",
            )
        case ExitReason.TIMEOUT | ExitReason.CPU:
            return IngestFailure(
                code=IngestErrorCode.TIMED_OUT,
                message=f"Reading this file takes more than {settings.child_timeout_seconds:,} seconds.",
                hint="Split the file, or ask the operator for more time (DATAKURA_CHILD_TIMEOUT_SECONDS).",
            )
        case ExitReason.FILE_SIZE:
            return IngestFailure(
                code=IngestErrorCode.TOO_LARGE_UNCOMPRESSED,
                message=f"Unpacked, this file takes more than {settings.scratch_max_bytes:,} bytes.",
                hint="Split the file, or ask the operator for more scratch (DATAKURA_SCRATCH_MAX_BYTES).",
            )
    log.error("ingest.child_crashed", exit_code=ended.exit_code, signal=ended.signal, stderr=ended.stderr_tail[-4000:])
    if ended.exit_code == 1:
        raise ChildRaised("the reader ended by an exception")
    raise ChildCrashed(f"the reader was ended by signal {ended.signal}" if ended.signal else f"exit status {ended.exit_code}")


async def _store(source: Source, claim: Claim, result: IngestResult, digest: bytes, storage: Storage) -> list[KeptFile]:
    """Results get a key of their own with task and fence: a zombie's files never mix with its successor's."""
    prefix = f"versions/{source.version_id}/{claim.task_id}-{claim.fence}"
    media_type = MEDIA_TYPES.get(result.options.format, "application/octet-stream") if result.options.format else ""
    original = KeptFile(
        FileRole.ORIGINAL, source.file_name, source.object_key, source.etag, source.size_bytes, digest, media_type
    )
    stem = source.file_name.rsplit(".", 1)[0][:200] or "table"
    files = [original]
    files.append(
        await _put(
            storage,
            FileRole.TABLE,
            f"{stem}.parquet",
            f"{prefix}/table.parquet",
            result.table_path,
            MEDIA_TYPES[FileFormat.PARQUET],
        )
    )
    if result.rejects_path is not None and result.rejected_row_count:
        files.append(
            await _put(storage, FileRole.REJECTS, f"{stem}.rejects.csv", f"{prefix}/rejects.csv", result.rejects_path, "text/csv")
        )
    return files


async def _put(storage: Storage, role: FileRole, name: str, key: str, path: str, media_type: str) -> KeptFile:
    digest = await asyncio.to_thread(_sha256, path)
    stored = await storage.put_file(key, path, content_type=media_type)
    return KeptFile(role, name, key, stored.etag, stored.size_bytes, digest, media_type)


def _sha256(path: str) -> bytes:
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").digest()
