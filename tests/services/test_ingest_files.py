"""Results of a child on their way to a real object store."""

import asyncio
import errno
import hashlib
import threading
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import UUID

import pytest
from pydantic import SecretStr

from app.adapters.storage import S3Storage
from app.core.ids import uuid7
from app.core.ledger import Claim
from app.core.settings import Settings
from app.embedded.engines import Engines
from app.ingest.job import FileFormat, IngestResult, ReadOptions, TableProfile
from app.models.versions import FileRole
from app.services.ingest import files
from app.services.ingest.files import Results
from app.services.ingest.ingestion import EarlyReading
from app.services.ingest.ingests import FileRefused, Source

TABLE, REJECTS = b"PAR1 and so on", b"line,reason\n2,short\n"


@pytest.fixture
async def storage(engines: Engines) -> AsyncIterator[S3Storage]:
    settings = Settings(
        s3_endpoint_url=engines.s3_endpoint_url,
        s3_access_key=engines.s3_access_key,
        s3_secret_key=SecretStr(engines.s3_secret_key),
    )
    async with S3Storage(settings) as storage:
        yield storage


@pytest.fixture
def source() -> Source:
    return Source(uuid7(), uuid7(), "uploads/u", "etag", 70, None, "orders.2024.csv", ReadOptions())


@pytest.fixture
def claim() -> Claim:
    return Claim(uuid7(), "versions.ingest", {}, 3, 1, 5)


@pytest.fixture
def result(tmp_path: Path) -> IngestResult:
    (tmp_path / "table.parquet").write_bytes(TABLE)
    (tmp_path / "rejects.csv").write_bytes(REJECTS)
    profile = TableProfile(row_count=1, column_count=0, size_bytes=len(TABLE), duration_ms=1, partial=False)
    return IngestResult(
        options=ReadOptions(format=FileFormat.CSV),
        table_path=str(tmp_path / "table.parquet"),
        row_count=1,
        fields=(),
        profile=profile,
        rejected_row_count=1,
        rejects_path=str(tmp_path / "rejects.csv"),
    )


async def keys(storage: S3Storage, version_id: UUID) -> list[str]:
    return [stored.key async for stored in storage.list_objects(f"versions/{version_id}/")]


@pytest.mark.parametrize("is_right", [True, False])
async def test_a_file_has_its_name_only_when_it_is_what_was_declared(
    storage: S3Storage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, is_right: bool
) -> None:
    monkeypatch.setattr(files, "NEARLY_BYTES", 1 << 20)
    content = bytes(range(256)) * (3 << 12)
    (tmp_path / "sent").write_bytes(content)
    key = f"uploads/{uuid7()}"
    stored = await storage.put_file(key, str(tmp_path / "sent"), content_type="text/csv")
    declared = hashlib.sha256(content if is_right else b"").digest()
    source = Source(uuid7(), uuid7(), key, stored.etag, len(content), declared, "orders.csv", ReadOptions())
    path = tmp_path / "file"
    told: list[bool] = []

    async def ignored(fraction: float) -> None:
        pass

    arriving = files.download(source, storage, path, ignored, lambda: told.append(path.exists()))
    if is_right:
        assert await arriving == declared
        assert path.read_bytes() == content
    else:
        with pytest.raises(FileRefused):
            await arriving
        assert not path.exists()
    assert told == [False]
    await storage.delete(key)


async def test_chunks_are_kept_in_order_while_others_arrive(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "WRITE_BATCH_BYTES", 2)
    kept: list[bytes] = []
    may_keep = threading.Event()

    def keep(batch: list[bytes]) -> None:
        assert may_keep.wait(10)
        kept.extend(batch)

    async with files.Behind(keep) as behind:
        assert [await behind.add(chunk) for chunk in (b"a", b"b", b"c")] == [False, True, False]
        assert kept == []
        may_keep.set()
        assert [await behind.add(chunk) for chunk in (b"d", b"e")] == [True, False]
    assert kept == [b"a", b"b", b"c", b"d", b"e"]


async def test_what_hinders_keeping_ends_the_download_even_in_the_last_batch() -> None:
    def keep(batch: list[bytes]) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with pytest.raises(OSError, match="No space left"):
        async with files.Behind(keep) as behind:
            await behind.add(b"a")


async def test_no_thread_writes_after_a_download_was_cancelled(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "WRITE_BATCH_BYTES", 1)
    may_keep, kept = threading.Event(), threading.Event()

    def keep(batch: list[bytes]) -> None:
        assert may_keep.wait(10)
        kept.set()

    async def arriving() -> None:
        async with files.Behind(keep) as behind:
            await behind.add(b"a")
            await behind.add(b"b")

    task = asyncio.create_task(arriving())
    await asyncio.sleep(0)
    task.cancel()
    done, _ = await asyncio.wait({task}, timeout=0.05)
    assert not done
    may_keep.set()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert kept.is_set()


@pytest.mark.parametrize("is_begun", [True, False])
async def test_no_reading_outlives_a_download_that_fails(is_begun: bool) -> None:
    ended: list[str] = []

    async def reading() -> IngestResult:
        try:
            await asyncio.Event().wait()
        finally:
            ended.append("killed")
        raise AssertionError("nobody sets the event")

    with pytest.raises(OSError, match="cut off"):
        async with EarlyReading(reading()) as child:
            if is_begun:
                child.start()
                await asyncio.sleep(0)
            raise OSError("cut off")
    assert ended == ["killed"] * is_begun


async def test_results_lie_under_the_task_and_its_fence(
    storage: S3Storage, source: Source, claim: Claim, result: IngestResult
) -> None:
    async with Results(source, claim, storage) as results:
        results.send_table(result.table_path)
        original, table, rejects = await results.files(result, b"o" * 32)
    prefix = f"versions/{source.version_id}/{claim.task_id}-{claim.fence}"
    assert (original.role, original.object_key, original.sha256) == (FileRole.ORIGINAL, "uploads/u", b"o" * 32)
    assert (original.name, original.encoding_format) == ("orders.2024.csv", "text/csv")
    assert (table.role, table.object_key, table.name) == (FileRole.TABLE, f"{prefix}/table.parquet", "orders.2024.parquet")
    assert (table.sha256, table.size_bytes) == (hashlib.sha256(TABLE).digest(), len(TABLE))
    assert (rejects.role, rejects.object_key, rejects.name) == (
        FileRole.REJECTS, f"{prefix}/rejects.csv", "orders.2024.rejects.csv",
    )  # fmt: skip
    assert (rejects.sha256, rejects.size_bytes) == (hashlib.sha256(REJECTS).digest(), len(REJECTS))
    assert await keys(storage, source.version_id) == [f"{prefix}/rejects.csv", f"{prefix}/table.parquet"]
    assert b"".join([chunk async for chunk in storage.read(table.object_key, etag=table.etag)]) == TABLE


async def test_a_table_whose_child_failed_later_does_not_stay(
    storage: S3Storage, source: Source, claim: Claim, result: IngestResult
) -> None:
    prefix = f"versions/{source.version_id}/{claim.task_id}-{claim.fence}"
    with pytest.raises(LookupError, match="the profile failed"):
        async with Results(source, claim, storage) as results:
            results.send_table(result.table_path)
            while not await keys(storage, source.version_id):
                pass
            assert await keys(storage, source.version_id) == [f"{prefix}/table.parquet"]
            raise LookupError("the profile failed")
    assert await keys(storage, source.version_id) == []
