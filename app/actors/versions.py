"""Work on versions."""

import asyncio

from app.actors.registry import Work, actor
from app.core import faults
from app.core.errors import Unavailable
from app.core.ledger import Claim, succeed
from app.core.viewer import System
from app.ingest.job import Stage
from app.services.ingest import ingestion, ingests

PROGRESS_SECONDS = 0.5
"""Subscribers get a change of stage at once, progress within a stage at most so often."""
_WORKER = System("worker")


@actor("versions.ingest", queue="heavy", small_queue="small", on_dead=ingests.quarantine)
async def ingest(work: Work, claim: Claim) -> None:
    """A QUEUED version is READY or FAILED."""
    async with work.db.transaction(_WORKER) as session:
        source = await ingests.begin(session, claim)
        if source is None:
            await succeed(session, claim)
            return
    tell = _Teller(work, claim, source)
    try:
        result, files = await ingestion.ingest(
            source, claim, storage=work.storage, settings=work.settings, folder=work.scratch, tell=tell
        )
    except Unavailable as reason:
        async with work.db.transaction(_WORKER) as session:
            given_up = await ingests.waits(session, claim, source, reason)
        if given_up:
            return
        raise
    except ingests.FileRefused as refusal:
        async with work.db.transaction(_WORKER) as session:
            await ingests.failed(session, claim, source, refusal.failure)
        return
    async with work.db.transaction(_WORKER) as session:
        await ingests.ready(session, claim, source, result, files)
        faults.point("worker.before_finish")


class _Teller:
    """Writes progress, but not more often than somebody can look."""

    def __init__(self, work: Work, claim: Claim, source: ingests.Source):
        self._work, self._claim, self._source = work, claim, source
        self._stage: Stage | None = Stage.DOWNLOADING
        self._next = 0.0

    async def __call__(self, stage: Stage, fraction: float) -> None:
        now = asyncio.get_running_loop().time()
        if stage is self._stage and now < self._next:
            return
        self._stage, self._next = stage, now + PROGRESS_SECONDS
        async with self._work.db.transaction(_WORKER) as session:
            await ingests.progress(session, self._claim, self._source, stage, round(fraction, 3))
