"""What must not stay in the object store: parts of ended uploads, results of zombies, files of versions that are gone."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import structlog
from sqlalchemy import select

from app.adapters.storage import Storage, StoredObject
from app.core.db import Database
from app.core.viewer import System
from app.models.quality import QualityResult
from app.models.uploads import Upload, UploadState
from app.models.versions import FileObject

log = structlog.get_logger(__name__)

KEPT_HOURS = 24
BATCH = 500
_WORKER = System("worker")


async def discard_upload(db: Database, storage: Storage, upload_id: UUID) -> None:
    """The parts of an ended upload, and the object if it was just completed, are gone."""
    async with db.read(_WORKER) as connection:
        statement = select(Upload.object_key, Upload.storage_upload_id, Upload.state).where(Upload.id == upload_id)
        upload = (await connection.execute(statement)).one_or_none()
    if upload is None or upload.state in (UploadState.WAITING, UploadState.COMPLETED):
        return
    await storage.abort_multipart(upload.object_key, upload.storage_upload_id)
    await storage.delete(upload.object_key)


async def sweep(db: Database, storage: Storage, *, now: datetime | None = None) -> int:
    """Objects older than 24 hours that no file and no live upload refers to are deleted; returns how many."""
    before = (now or datetime.now(UTC)) - timedelta(hours=KEPT_HOURS)
    deleted = 0
    for prefix in ("originals/", "versions/", "quality/"):
        batch: list[StoredObject] = []
        async for found in storage.list_objects(prefix):
            if found.last_modified is not None and found.last_modified < before:
                batch.append(found)
            if len(batch) >= BATCH:
                deleted += await _delete_orphans(db, storage, batch)
                batch = []
        deleted += await _delete_orphans(db, storage, batch)
    return deleted


async def _delete_orphans(db: Database, storage: Storage, objects: list[StoredObject]) -> int:
    keys = [found.key for found in objects]
    async with db.read(_WORKER) as connection:
        files = await connection.execute(select(FileObject.object_key).where(FileObject.object_key.in_(keys)))
        uploads = await connection.execute(
            select(Upload.object_key).where(
                Upload.object_key.in_(keys), Upload.state.in_([UploadState.WAITING, UploadState.COMPLETED])
            )
        )
        failed_rows = await connection.execute(
            select(QualityResult.failed_rows_key).where(QualityResult.failed_rows_key.in_(keys))
        )
        known = {*files.scalars(), *uploads.scalars(), *failed_rows.scalars()}
    orphans = [key for key in keys if key not in known]
    for key in orphans:
        await storage.delete(key)
        log.info("storage.orphan_deleted", key=key)
    return len(orphans)
