"""Work on quality runs."""

import asyncio
from collections import Counter

from app.actors.registry import Work, actor
from app.core import faults
from app.core.ledger import Claim, succeed
from app.core.viewer import System
from app.models.quality import QualityStatus
from app.services.quality import checking, progress, results
from app.services.quality.progress import Started

PROGRESS_SECONDS = 0.5
"""Subscribers get the number of results at most so often."""
_WORKER = System("worker")


@actor("quality.run", queue="heavy", on_dead=progress.bury)
async def run(work: Work, claim: Claim) -> None:
    """A QUEUED run has its verdict."""
    async with work.db.transaction(_WORKER) as session:
        started = await progress.begin(session, claim)
        if started is None:
            await succeed(session, claim)
            return
    faults.point("quality.after_begin")
    tell = _Teller(work, claim, started)
    try:
        checked = await checking.check(
            started, claim, db=work.db, storage=work.storage, settings=work.settings, folder=work.scratch, tell=tell
        )
    except checking.TableGone as reason:
        async with work.db.transaction(_WORKER) as session:
            await results.fail(session, claim, started, reason.message)
        return
    async with work.db.transaction(_WORKER) as session:
        await results.finish(session, claim, started, checked)
        faults.point("quality.before_finish")


class _Teller:
    """Writes progress, but not more often than somebody can look; the last word is the verdict's."""

    def __init__(self, work: Work, claim: Claim, run: Started):
        self._work, self._claim, self._run = work, claim, run
        self._next = asyncio.get_running_loop().time() + PROGRESS_SECONDS

    async def __call__(self, found: Counter[QualityStatus]) -> None:
        now = asyncio.get_running_loop().time()
        if now < self._next or found.total() == len(self._run.rules):
            return
        self._next = now + PROGRESS_SECONDS
        async with self._work.db.transaction(_WORKER) as session:
            await progress.progress(session, self._claim, self._run, found)
