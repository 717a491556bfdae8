"""Rules by which half-done things are found and ended: orphaned versions, expired uploads, old rows."""

import structlog
from sqlalchemy import select, text

from app.core import ledger
from app.core.db import Database
from app.core.viewer import System
from app.models.uploads import Upload, UploadState
from app.models.versions import VersionStatus
from app.services import idempotency
from app.services.accounts import cleanup
from app.services.datasets import versions
from app.services.notifications import notices
from app.services.quality import runs
from app.services.uploads import uploads

log = structlog.get_logger(__name__)

ORPHAN_SECONDS = 60
MONTHS_AHEAD = 3
KEPT_TASK_DAYS = 14
_SYSTEM = System("dispatcher")


async def adopt_orphans(db: Database) -> int:
    """QUEUED and PROCESSING versions without a live task get one. That this happens is a bug: it is logged as an error."""
    async with db.transaction(_SYSTEM) as session:
        rows = await session.execute(
            text("""
                SELECT v.id FROM dataset_versions v
                WHERE v.status IN ('QUEUED', 'PROCESSING') AND v.updated_at < now() - make_interval(secs => :age)
                  AND NOT EXISTS (SELECT 1 FROM tasks t WHERE t.actor = 'versions.ingest' AND t.dedupe_key = v.id::text
                                  AND t.state IN ('READY', 'QUEUED', 'RUNNING'))
                LIMIT 100 FOR NO KEY UPDATE OF v SKIP LOCKED"""),
            {"age": ORPHAN_SECONDS},
        )
        orphans = list(rows.scalars())
        for version_id in orphans:
            log.error("version.orphaned", version=str(version_id))
            await versions.queue_ingest(session, version_id)
    return len(orphans)


async def adopt_orphaned_runs(db: Database) -> int:
    """QUEUED and RUNNING quality runs without a live task get one: a bug, as with versions."""
    async with db.transaction(_SYSTEM) as session:
        rows = await session.execute(
            text("""
                SELECT r.id FROM quality_runs r
                WHERE r.status IN ('QUEUED', 'RUNNING') AND r.updated_at < now() - make_interval(secs => :age)
                  AND NOT EXISTS (SELECT 1 FROM tasks t WHERE t.actor = 'quality.run' AND t.dedupe_key = r.id::text
                                  AND t.state IN ('READY', 'QUEUED', 'RUNNING'))
                LIMIT 100 FOR NO KEY UPDATE OF r SKIP LOCKED"""),
            {"age": ORPHAN_SECONDS},
        )
        orphans = list(rows.scalars())
        for run_id in orphans:
            log.error("quality_run.orphaned", run=str(run_id))
            await runs.queue_task(session, run_id)
    return len(orphans)


async def expire_uploads(db: Database) -> int:
    """Uploads that nobody completed in time have ended, and their versions with them."""
    async with db.transaction(_SYSTEM) as session:
        due = await session.execute(
            select(Upload.id)
            .where(Upload.state == UploadState.WAITING, Upload.expires_at < text("now()"))
            .limit(100)
            .with_for_update(key_share=True, skip_locked=True)
        )
        expired = list(due.scalars())
        for upload_id in expired:
            await uploads.end_waiting(session, upload_id, UploadState.EXPIRED, VersionStatus.EXPIRED)
    return len(expired)


async def keep_house(db: Database) -> None:
    """Partitions for the months ahead exist; old keys and finished tasks are gone; the store will be swept."""
    async with db.transaction(_SYSTEM) as session:
        await session.execute(text("SELECT ensure_partitions(:months)"), {"months": MONTHS_AHEAD})
        await idempotency.forget_old(session)
        await cleanup.forget_old(session)
        await notices.forget_old(session)
        await ledger.delete_finished(session, older_than_days=KEPT_TASK_DAYS)
        await ledger.enqueue(session, actor="storage.sweep", args={}, queue="interactive", dedupe_key="storage", priority=200)
        await ledger.enqueue(session, actor="audit.checkpoint", args={}, queue="interactive", dedupe_key="audit", priority=200)
