"""What ingesting does to a version's rows: started, progressing, READY, FAILED, QUARANTINED. Always under the task's fence."""

import hashlib
from dataclasses import asdict, dataclass, replace
from datetime import timedelta
from uuid import UUID

import orjson
from sqlalchemy import func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import ledger
from app.core.errors import Conflict, Unavailable
from app.core.ids import uuid7
from app.core.ledger import Claim, DeadTask
from app.core.phrases import say, to_json
from app.core.viewer import System, Viewer
from app.ingest import codec
from app.ingest.job import IngestErrorCode, IngestFailure, IngestResult, ReadOptions, RejectedRow, Stage
from app.models.datasets import Dataset, DatasetStatus
from app.models.tasks import Task
from app.models.uploads import Upload
from app.models.versions import (
    DatasetProfile,
    DatasetVersion,
    FieldProfile,
    FileObject,
    FileRole,
    SchemaField,
    VersionStatus,
)
from app.services import access, events
from app.services.access import Level
from app.services.datasets import search, versions
from app.services.quality import runs

WAITS_AT_MOST = timedelta(days=1)
"""For a disk or a store that is away."""
INSERT_ROWS = 1_000
"""Rows of one INSERT: PostgreSQL takes at most 65,535 parameters."""


@dataclass(frozen=True, slots=True)
class Source:
    """The object to read and what was declared of it."""

    version_id: UUID
    dataset_id: UUID
    object_key: str
    etag: str
    size_bytes: int
    sha256: bytes | None
    file_name: str
    options: ReadOptions


@dataclass(frozen=True, slots=True)
class KeptFile:
    """A stored file of the version. `sha256` is 32 bytes."""

    role: FileRole
    name: str
    object_key: str
    etag: str
    size_bytes: int
    sha256: bytes
    encoding_format: str


class FileRefused(Exception):
    """The file cannot be a version; `failure` says why."""

    def __init__(self, failure: IngestFailure):
        super().__init__(failure.message)
        self.failure = failure


async def begin(session: AsyncSession, claim: Claim) -> Source | None:
    """The version is PROCESSING; None when there is nothing to do any more (deleted, or done by an earlier run)."""
    await ledger.hold(session, claim)
    version_id = UUID(claim.args["versionId"])
    started = await session.execute(
        update(DatasetVersion)
        .where(DatasetVersion.id == version_id, DatasetVersion.status.in_([VersionStatus.QUEUED, VersionStatus.PROCESSING]))
        .values(status=VersionStatus.PROCESSING, stage=Stage.DOWNLOADING, progress=0.0, updated_at=func.now())
        .returning(DatasetVersion.dataset_id, DatasetVersion.requested_options)
    )
    row = started.one_or_none()
    if row is None:
        return None
    await events.append(session, row.dataset_id, version_id)
    upload = (
        await session.execute(
            select(Upload.object_key, Upload.etag, Upload.size_bytes, Upload.sha256, Upload.file_name).where(
                Upload.version_id == version_id
            )
        )
    ).one()
    options = codec.load(ReadOptions, orjson.dumps(row.requested_options))
    return Source(
        version_id, row.dataset_id, upload.object_key, upload.etag, upload.size_bytes, upload.sha256, upload.file_name, options
    )


async def progress(session: AsyncSession, claim: Claim, source: Source, stage: Stage, fraction: float) -> None:
    """Subscribers see how far it is.

    Raises:
        LostLease: another worker has taken over.
    """
    await ledger.hold(session, claim)
    await session.execute(
        update(DatasetVersion)
        .where(DatasetVersion.id == source.version_id, DatasetVersion.status == VersionStatus.PROCESSING)
        .values(stage=stage, progress=fraction, error=None, updated_at=func.now())
    )
    await events.append(session, source.dataset_id, source.version_id)


async def ready(session: AsyncSession, claim: Claim, source: Source, result: IngestResult, files: list[KeptFile]) -> None:
    """The version is READY with its files, fields and profile, its quality run is queued, and it is published when its dataset
    publishes by itself and has no rules to pass first."""
    await ledger.succeed(session, claim)
    version_id = source.version_id
    await session.execute(insert(FileObject), [{"id": uuid7(), "version_id": version_id, **_file_values(file)} for file in files])
    await _write_fields(session, version_id, result)
    await _write_profile(session, version_id, result)
    await session.execute(
        update(DatasetVersion)
        .where(DatasetVersion.id == version_id)
        .values(
            status=VersionStatus.READY,
            stage=None,
            progress=1.0,
            error=None,
            read_options=_options(result.options),
            row_count=result.row_count,
            column_count=len(result.fields),
            rejected_row_count=result.rejected_row_count,
            rejected_samples=_samples(result.rejected_samples),
            warnings=list(result.warnings),
            warning_phrases=list(map(to_json, result.warnings)),
            manifest_sha256=manifest_sha256(files),
            ready_at=func.now(),
            updated_at=func.now(),
        )
    )
    await events.append(session, source.dataset_id, version_id)
    dataset = (
        await session.execute(
            select(Dataset.auto_publish, Dataset.status, Dataset.deleted_at)
            .where(Dataset.id == source.dataset_id)
            .with_for_update(key_share=True)
        )
    ).one()
    run_id = None if dataset.deleted_at is not None else await runs.queue_for_version(session, source.dataset_id, version_id)
    if (
        dataset.auto_publish
        and dataset.deleted_at is None
        and dataset.status is not DatasetStatus.ARCHIVED
        and run_id is None  # the run that was just queued publishes what passes
    ):
        await versions.move_pointer(session, System("worker"), source.dataset_id, version_id)
    else:
        await search.queue_index(session, source.dataset_id)


async def waits(session: AsyncSession, claim: Claim, source: Source, reason: Unavailable) -> bool:
    """Who looks at the version reads what it waits for. True when it has waited for a day: then it is FAILED."""
    created = await session.scalar(select(Task.created_at < func.now() - WAITS_AT_MOST).where(Task.id == claim.task_id))
    notice = IngestFailure(
        code=IngestErrorCode.WAITING,
        message=reason.message,
        hint=say("HINT_GOES_ON", "It goes on by itself when that is over; nothing is lost."),
    )
    if created:
        notice = replace(
            notice,
            hint=say(
                "HINT_TRIED_FOR_A_DAY", "It was tried for a day. When the operator has seen to it, try again: the file is kept."
            ),
        )
        await failed(session, claim, source, notice)
        return True
    await ledger.hold(session, claim)
    told = await session.execute(
        update(DatasetVersion)
        .where(DatasetVersion.id == source.version_id, DatasetVersion.error.is_(None))
        .values(error=_error(notice), updated_at=func.now())
        .returning(DatasetVersion.id)
    )
    if told.one_or_none() is not None:
        await events.append(session, source.dataset_id, source.version_id)
    return False


async def failed(session: AsyncSession, claim: Claim, source: Source, failure: IngestFailure) -> None:
    """The version is FAILED: a verdict on the file, so the task has succeeded."""
    await ledger.succeed(session, claim)
    await session.execute(
        update(DatasetVersion)
        .where(DatasetVersion.id == source.version_id)
        .values(
            status=VersionStatus.FAILED,
            stage=None,
            error=_error(failure),
            read_options=_options(failure.options) if failure.options else None,
            rejected_row_count=failure.rejected_row_count or 0,
            rejected_samples=_samples(failure.rejected_samples),
            updated_at=func.now(),
        )
    )
    await events.append(session, source.dataset_id, source.version_id)


async def quarantine(session: AsyncSession, dead: DeadTask) -> None:
    """The version of a task that will not run again is QUARANTINED, with the reason; `retryVersion` tries anew."""
    version_id = UUID(dead.args["versionId"])
    version = (
        await session.execute(
            select(DatasetVersion.status, DatasetVersion.dataset_id)
            .where(DatasetVersion.id == version_id)
            .with_for_update(key_share=True)
        )
    ).one_or_none()
    if version is None or version.status not in (VersionStatus.QUEUED, VersionStatus.PROCESSING):
        return
    statement = update(DatasetVersion).where(DatasetVersion.id == version_id)
    if version.status is VersionStatus.QUEUED:
        await session.execute(statement.values(status=VersionStatus.PROCESSING))
    error = told_error(
        "INTERNAL",
        say("READING_FAILED", "Reading this file failed again and again on our side."),
        hint=say(
            "HINT_READING_FAILED",
            "The bytes are safe, and a retry reads them once more. Operators find the cause under task {task}.",
            task=str(dead.task_id),
        ),
    )
    await session.execute(statement.values(status=VersionStatus.QUARANTINED, stage=None, error=error, updated_at=func.now()))
    await events.append(session, version.dataset_id, version_id)


async def revive(session: AsyncSession, viewer: Viewer, args: dict[str, str]) -> None:
    """The version that `quarantine` put aside waits for its task again.

    Raises:
        Conflict: it was deleted, or tried again, since.
    """
    version_id = UUID(args["versionId"])
    dataset_id = (
        await session.execute(
            select(DatasetVersion.dataset_id)
            .join(Dataset, Dataset.id == DatasetVersion.dataset_id)
            .where(DatasetVersion.id == version_id, access.visible(viewer))
        )
    ).scalar_one_or_none()
    if dataset_id is None:
        raise Conflict(say("VERSION_OF_TASK_GONE", "The version that this task was to read is gone."))
    await access.require(session, viewer, dataset_id, Level.MANAGE)
    moved = await session.execute(
        update(DatasetVersion)
        .where(
            DatasetVersion.dataset_id == dataset_id,
            DatasetVersion.id == version_id,
            DatasetVersion.status == VersionStatus.QUARANTINED,
        )
        .values(status=VersionStatus.QUEUED, stage=None, progress=0.0, error=None, updated_at=func.now())
        .returning(DatasetVersion.id)
    )
    if moved.scalar_one_or_none() is None:
        raise Conflict(
            say(
                "VERSION_OF_TASK_MOVED",
                "The version that this task was to read is not put aside any more: it was deleted, or tried again.",
            )
        )
    await events.append(session, dataset_id, version_id)


def manifest_sha256(files: list[KeptFile]) -> bytes:
    """SHA-256 of the version's content: one line 'role sha256 size' a file, sorted. 32 bytes."""
    lines = sorted(f"{file.role.value} {file.sha256.hex()} {file.size_bytes}\n" for file in files)
    return hashlib.sha256("".join(lines).encode()).digest()


def _error(failure: IngestFailure) -> dict[str, object]:
    return told_error(failure.code.value, failure.message, hint=failure.hint, line=failure.line)


def told_error(code: str, message: str, *, hint: str | None = None, line: int | None = None) -> dict[str, object]:
    """An error as a version stores it."""
    return {
        "code": code,
        "message": str(message),
        "message_phrase": to_json(message),
        "hint": None if hint is None else str(hint),
        "hint_phrase": None if hint is None else to_json(hint),
        "line": line,
    }


def _file_values(file: KeptFile) -> dict[str, object]:
    return asdict(file)


def _options(options: ReadOptions) -> object:
    return orjson.loads(orjson.dumps(options))


def _samples(samples: tuple[RejectedRow, ...]) -> object:
    # PostgreSQL's JSONB cannot hold NUL characters, and a rejected row may well hold some.
    rows = [{**asdict(row), "reason": str(row.reason), "reason_phrase": to_json(row.reason)} for row in samples]
    return orjson.loads(orjson.dumps(rows).replace(b"\\u0000", b"\\ufffd"))


async def _write_fields(session: AsyncSession, version_id: UUID, result: IngestResult) -> None:
    rows = [
        {
            "version_id": version_id, "ordinal_position": field.ordinal_position, "field_path": field.field_path,
            "logical_type": field.logical_type, "native_type": field.native_type, "nullable": field.nullable,
            "original_name": field.original_name,
        }
        for field in result.fields
    ]  # fmt: skip
    for start in range(0, len(rows), INSERT_ROWS):
        await session.execute(insert(SchemaField), rows[start : start + INSERT_ROWS])


async def _write_profile(session: AsyncSession, version_id: UUID, result: IngestResult) -> None:
    profile = result.profile
    await session.execute(
        insert(DatasetProfile).values(
            version_id=version_id, row_count=profile.row_count, column_count=profile.column_count,
            size_bytes=profile.size_bytes, duration_ms=profile.duration_ms, partial=profile.partial,
        )
    )  # fmt: skip
    rows = [
        {
            "version_id": version_id, "ordinal_position": position, **asdict(statistics),
            "histogram": [asdict(one) for one in statistics.histogram],
            "top_values": [asdict(value) for value in statistics.top_values],
        }
        for position, statistics in enumerate(profile.field_profiles, 1)
    ]  # fmt: skip
    for start in range(0, len(rows), INSERT_ROWS):
        await session.execute(insert(FieldProfile), rows[start : start + INSERT_ROWS])
