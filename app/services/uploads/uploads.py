"""Uploads: signed addresses first, then the bytes (which never pass through here), then the check that they are complete."""

import math
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from app.adapters.storage import Storage
from app.core import faults, ledger
from app.core.db import Database
from app.core.errors import Conflict, Forbidden, InvalidInput, NotFound
from app.core.ids import uuid7
from app.core.phrases import say
from app.core.rows import AnyRow
from app.core.settings import Settings
from app.core.viewer import Viewer
from app.models.datasets import Dataset
from app.models.uploads import Upload, UploadState
from app.models.versions import DatasetVersion, VersionStatus
from app.services import access, audit, events, idempotency, texts
from app.services.access import Level
from app.services.datasets import versions
from app.services.uploads import parts, quotas

MAX_PART_BYTES = 5 << 30
"""S3's limit for one part."""
MISSING = say("NO_SUCH_UPLOAD", "There is no such upload, or you may not see its dataset.")


@dataclass(frozen=True, kw_only=True)
class Declaration:
    """What a client says about a file before it sends it. `sha256` is 32 bytes."""

    file_name: str
    size_bytes: int
    sha256: bytes | None = None
    label: str | None = None
    comment: str | None = None
    options: dict[str, object] | None = None


async def start(
    db: Database,
    viewer: Viewer,
    dataset_id: UUID,
    declaration: Declaration,
    *,
    storage: Storage,
    settings: Settings,
    request: idempotency.Request | None = None,
    origin: audit.Origin = audit.Origin(),
) -> UUID:
    """A version waits for its bytes; returns the upload's id.

    Raises:
        NotFound, Forbidden: WRITE is needed.
        Conflict: the dataset is archived.
        InvalidInput: an empty or too large file, a bad name or checksum.
        LimitExceeded: the dataset's owner has no room for it.
        Unavailable: the object store is away.
    """
    file_name = _clean_file_name(declaration.file_name)
    _check_declaration(declaration, settings)
    async with db.read(viewer) as connection:
        await access.require(connection, viewer, dataset_id, Level.WRITE)
    upload_id, version_id = uuid7(), uuid7()
    part_size = part_size_bytes(declaration.size_bytes, settings.upload_part_size_bytes)
    key = f"originals/{version_id}/{upload_id}"
    # Before the transaction: a network call does not belong into one. A crash in between leaves an upload that expires.
    storage_upload_id = await storage.start_multipart(key)

    async def effect() -> UUID:
        await quotas.reserve(session, dataset_id, declaration.size_bytes, settings=settings)
        number: int = await versions.next_number(session, dataset_id)
        session.add(
            DatasetVersion(
                id=version_id, dataset_id=dataset_id, number=number, created_by_id=viewer.id,
                label=texts.clean_text(declaration.label, "label", 100), comment=texts.clean_text(declaration.comment, "comment", 10_000),
                requested_options=declaration.options or {},
            )
        )  # fmt: skip
        await session.flush()
        session.add(
            Upload(
                id=upload_id, version_id=version_id, user_id=viewer.id, file_name=file_name, object_key=key,
                size_bytes=declaration.size_bytes, sha256=declaration.sha256, storage_upload_id=storage_upload_id,
                part_size_bytes=part_size, part_count=math.ceil(declaration.size_bytes / part_size),
                expires_at=datetime.now(UTC) + timedelta(hours=settings.upload_expires_hours),
            )
        )  # fmt: skip
        await events.append(session, dataset_id, version_id)
        await audit.record(session, viewer, "upload.start", upload_id, dataset=str(dataset_id), file=file_name)
        return upload_id

    started: UUID | None = None
    try:
        async with db.transaction(viewer) as session:
            session.info["origin"] = origin
            await access.require(session, viewer, dataset_id, Level.WRITE)
            started = await idempotency.once(session, viewer, request, effect)
    finally:
        if started != upload_id:  # refused, or done before under the same key: no row knows of this multipart upload
            await storage.abort_multipart(key, storage_upload_id)
    return started


async def find(session: AsyncConnection, viewer: Viewer, upload_id: UUID) -> AnyRow | None:
    """The row of an upload that the viewer started, or None: nobody else needs its addresses."""
    statement = (
        select(*Upload.__table__.columns)
        .join(DatasetVersion, DatasetVersion.id == Upload.version_id)
        .join(Dataset, Dataset.id == DatasetVersion.dataset_id)
        .where(Upload.id == upload_id, Upload.user_id == viewer.id, access.visible(viewer))
    )
    return (await session.execute(statement)).one_or_none()


async def complete(
    db: Database,
    viewer: Viewer,
    upload_id: UUID,
    claimed: Sequence[parts.ClaimedPart],
    *,
    storage: Storage,
    origin: audit.Origin = audit.Origin(),
) -> UUID:
    """The object is whole, its version QUEUED, its ingest enqueued; returns the version's id. Repeating it changes nothing.

    Raises:
        NotFound, Forbidden: only the uploader, or who may MANAGE the dataset, completes an upload.
        Conflict: it was aborted or has expired.
        InvalidInput: parts are missing, doubled, of another size, or not the ones that the store holds.
        Unavailable: the object store is away.
    """
    async with db.read(viewer) as connection:
        upload = await _own(connection, viewer, upload_id)
    if upload.state is UploadState.COMPLETED:
        return upload.version_id
    if upload.state is not UploadState.WAITING:
        raise Conflict(say("UPLOAD_STATE", "This upload is {state}. Start a new one.", state=upload.state))
    etag = await parts.join(upload, claimed, storage)
    faults.point("api.after_multipart_complete")
    async with db.transaction(viewer) as session:
        session.info["origin"] = origin
        await _own(session, viewer, upload_id)  # again: a grant may have ended while the store joined the parts
        completed = await session.execute(
            update(Upload)
            .where(Upload.id == upload_id, Upload.state == UploadState.WAITING)
            .values(state=UploadState.COMPLETED, etag=etag, finished_at=func.now())
            .returning(Upload.id)
        )
        if completed.scalar_one_or_none() is None:  # another request was faster, or it has just expired
            state = (await session.execute(select(Upload.state).where(Upload.id == upload_id))).scalar_one()
            if state is not UploadState.COMPLETED:
                raise Conflict(say("UPLOAD_STATE", "This upload is {state}. Start a new one.", state=state))
            return upload.version_id
        await session.execute(
            update(DatasetVersion)
            .where(DatasetVersion.id == upload.version_id)
            .values(status=VersionStatus.QUEUED, updated_at=func.now())
        )
        await versions.queue_ingest(session, upload.version_id)
        await events.append(session, upload.dataset_id, upload.version_id)
        await audit.record(session, viewer, "upload.complete", upload_id, version=str(upload.version_id))
    return upload.version_id


async def abort(session: AsyncSession, viewer: Viewer, upload_id: UUID) -> UUID:
    """The upload is ABORTED, its version DELETED, its parts removed soon after. Aborting twice changes nothing.

    Raises:
        NotFound, Forbidden: only the uploader, or who may MANAGE the dataset, aborts an upload.
        Conflict: it is complete, or has expired.
    """
    upload = await _own(session, viewer, upload_id)
    if await end_waiting(session, upload_id, UploadState.ABORTED, VersionStatus.DELETED):
        await audit.record(session, viewer, "upload.abort", upload_id)
        return upload.version_id
    # What `_own` read may be older than what the update met.
    state = (await session.execute(select(Upload.state).where(Upload.id == upload_id))).scalar_one()
    if state is UploadState.COMPLETED:
        raise Conflict(say("UPLOAD_COMPLETE", "This upload is complete; it can no longer be aborted."))
    if state is UploadState.EXPIRED:
        raise Conflict(say("UPLOAD_EXPIRED", "This upload has expired: there is nothing left to abort."))
    return upload.version_id


async def end_waiting(session: AsyncSession, upload_id: UUID, state: UploadState, version_status: VersionStatus) -> bool:
    """A WAITING upload has ended without a file; its parts will be removed. False when it was not waiting."""
    ended = await session.execute(
        update(Upload)
        .where(Upload.id == upload_id, Upload.state == UploadState.WAITING)
        .values(state=state, finished_at=func.now())
        .returning(Upload.version_id)
    )
    version_id = ended.scalar_one_or_none()
    if version_id is None:
        return False
    dataset_id = (
        await session.execute(
            update(DatasetVersion)
            .where(DatasetVersion.id == version_id)
            .values(status=version_status, updated_at=func.now())
            .returning(DatasetVersion.dataset_id)
        )
    ).scalar_one()
    await ledger.enqueue(
        session, actor="uploads.discard", args={"uploadId": str(upload_id)}, queue="interactive", max_attempts=20
    )
    await events.append(session, dataset_id, version_id)
    return True


def part_size_bytes(size_bytes: int, smallest: int) -> int:
    """The size of every part but the last: whole MiB, so that there are at most 1,000 parts."""
    return max(smallest, math.ceil(size_bytes / parts.MAX_PARTS / (1 << 20)) << 20)


async def _own(connection: AsyncConnection | AsyncSession, viewer: Viewer, upload_id: UUID) -> AnyRow:
    statement = (
        select(
            Upload.version_id, Upload.state, Upload.user_id, Upload.object_key, Upload.storage_upload_id, Upload.size_bytes,
            Upload.part_size_bytes, Upload.part_count, DatasetVersion.dataset_id, access.level_of(viewer).label("level"),
        )
        .join(DatasetVersion, DatasetVersion.id == Upload.version_id)
        .join(Dataset, Dataset.id == DatasetVersion.dataset_id)
        .where(Upload.id == upload_id, access.visible(viewer))
    )  # fmt: skip
    upload = (await connection.execute(statement)).one_or_none()
    if upload is None:
        raise NotFound(MISSING)
    if upload.level < Level.WRITE or (upload.user_id != viewer.id and upload.level < Level.MANAGE):
        raise Forbidden(
            say("UPLOAD_OF_ANOTHER", "Only the person who started an upload, or who manages the dataset, may finish or abort it.")
        )
    access.permit(connection, upload.dataset_id)
    return upload


def _check_declaration(declaration: Declaration, settings: Settings) -> None:
    if declaration.size_bytes <= 0:
        raise InvalidInput(say("UPLOAD_EMPTY", "The file is empty: there is nothing to upload."), path=("sizeBytes",))
    most = min(settings.max_upload_bytes, parts.MAX_PARTS * MAX_PART_BYTES)
    if declaration.size_bytes > most:
        raise InvalidInput(
            say("UPLOAD_TOO_LARGE", "At most {most:,} bytes can be uploaded as one file.", most=most), path=("sizeBytes",)
        )
    if declaration.sha256 is not None and len(declaration.sha256) != 32:
        raise InvalidInput(say("SHA256_DIGITS", "A SHA-256 has 64 hexadecimal digits."), path=("sha256",))


def _clean_file_name(name: str) -> str:
    """The last part of a path, as a name that is safe to show and to save under."""
    base = unicodedata.normalize("NFC", name).replace("\\", "/").rsplit("/", 1)[-1].strip()
    if not base or base in (".", "..") or len(base) > 255:
        raise InvalidInput(say("FILE_NAME", "Give the name of a file, of at most 255 characters."), path=("fileName",))
    if any(unicodedata.category(character) in ("Cc", "Cs") for character in base):
        raise InvalidInput(say("FILE_NAME_CONTROL", "A file name cannot hold control characters."), path=("fileName",))
    return base
