"""A file that was read wrongly is read once more, from the bytes that are stored already."""

from uuid import UUID

from sqlalchemy import func, insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.errors import Conflict
from app.core.ids import uuid7
from app.core.phrases import say
from app.core.settings import Settings
from app.core.viewer import Viewer
from app.models.uploads import Upload, UploadState
from app.models.versions import DatasetVersion, VersionStatus
from app.services import access, audit, events, texts
from app.services.access import Level
from app.services.datasets import versions
from app.services.uploads import quotas

_KEPT = (
    "user_id",
    "file_name",
    "size_bytes",
    "sha256",
    "part_size_bytes",
    "part_count",
    "object_key",
    "storage_upload_id",
    "etag",
)


async def reread(
    session: AsyncSession,
    viewer: Viewer,
    version_id: UUID,
    *,
    options: dict[str, object],
    label: str | None,
    comment: str | None,
    settings: Settings,
) -> UUID:
    """A new version of the same file is QUEUED, to be read with `options`; returns its id. Both share one stored object.

    Raises:
        NotFound, Forbidden: WRITE is needed.
        Conflict: the version is not READY, or the dataset is archived.
        LimitExceeded: the dataset's owner has no room for a second reading of the file.
    """
    row = await versions.get(session, viewer, version_id)
    await access.require(session, viewer, row.dataset_id, Level.WRITE)
    if row.status is not VersionStatus.READY:
        again = row.status in (VersionStatus.FAILED, VersionStatus.QUARANTINED)
        if again:
            raise Conflict(
                say(
                    "REREAD_RETRY_INSTEAD",
                    "Version {number} is {status}; only the file of a READY version is read as another one. Retry this one.",
                    number=row.number,
                    status=row.status,
                )
            )
        raise Conflict(
            say(
                "REREAD_NOT_READY",
                "Version {number} is {status}; only the file of a READY version is read as another one.",
                number=row.number,
                status=row.status,
            )
        )
    upload = (
        await session.execute(select(*(getattr(Upload, name) for name in _KEPT)).where(Upload.version_id == version_id))
    ).one()
    await quotas.reserve(session, row.dataset_id, upload.size_bytes, settings=settings)
    number = await versions.next_number(session, row.dataset_id)
    reread_id = uuid7()
    await session.execute(
        insert(DatasetVersion).values(
            id=reread_id, dataset_id=row.dataset_id, number=number, created_by_id=viewer.id, status=VersionStatus.QUEUED,
            label=texts.clean_text(label, "label", 100), comment=texts.clean_text(comment, "comment", 10_000),
            requested_options=options,
        )
    )  # fmt: skip
    copied = {name: getattr(upload, name) for name in _KEPT} | {"user_id": viewer.id}
    await session.execute(
        insert(Upload).values(
            id=uuid7(), version_id=reread_id, state=UploadState.COMPLETED, expires_at=func.now(), finished_at=func.now(), **copied
        )
    )
    await versions.queue_ingest(session, reread_id)
    await events.append(session, row.dataset_id, reread_id)
    await audit.record(session, viewer, "version.reread", reread_id, dataset=str(row.dataset_id), source=str(version_id))
    return reread_id
