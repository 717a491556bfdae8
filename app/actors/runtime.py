"""Runs a task under the ledger's protocol: claim, heartbeat, work, and what follows from how it ended."""

import asyncio
import contextlib
import time
from uuid import UUID

import structlog

from app.actors.registry import ACTORS, Work, bury
from app.core import faults, ledger, metrics
from app.core.errors import Unavailable
from app.core.ledger import Claim, DeadTask, LostLease
from app.core.phrases import say
from app.core.viewer import System

log = structlog.get_logger(__name__)

RETRY_BASE_SECONDS = 2.0
POSTPONE_SECONDS = 3.0
_WORKER = System("worker")


class Runner:
    """Runs tasks for one worker process, known to the ledger as `owner`."""

    def __init__(self, work: Work, *, owner: str):
        self._work, self._owner = work, owner
        self._lease = work.settings.lease_seconds
        self._stopping = False

    async def release_former(self) -> None:
        """Tasks that a former process of the same name held when it died are ready again, at once."""
        async with self._work.db.transaction(_WORKER) as session:
            released = await ledger.release(session, owner=self._owner)
        if released:
            log.warning("worker.released_former_leases", tasks=released)

    async def run(self, task_id: UUID) -> None:
        """The task, or the one whose turn it is in its queue, was tried once, or none was ours to try. Never raises: a wake-up is always acknowledged."""
        try:
            faults.point("worker.before_claim")
            async with self._work.db.transaction(_WORKER) as session:
                claim = await ledger.claim_turn(session, task_id, owner=self._owner, lease_seconds=self._lease)
        except Unavailable:
            log.warning("task.not_claimed", task=str(task_id), reason="the database is away")
            return
        if claim is None:
            return
        faults.point("worker.after_claim")
        with structlog.contextvars.bound_contextvars(task=str(claim.task_id), actor=claim.actor, attempt=claim.attempt):
            await self._run_claimed(claim)

    async def _run_claimed(self, claim: Claim) -> None:
        started = time.monotonic()
        work = asyncio.ensure_future(self._call(claim))
        heart = asyncio.create_task(self._beat(claim, work))
        try:
            await work
            outcome = "succeeded"
            faults.point("worker.after_finish")
        except LostLease:
            outcome = "lost"
            log.warning("task.lost_lease")
        except asyncio.CancelledError:
            outcome = "stopped" if self._stopping else "lost"
            work.cancel()
            if self._stopping:
                await self._settle(claim, "the worker stopped", give_back=True)
        except Unavailable as error:
            outcome = "postponed"
            log.warning("task.postponed", reason=error.message)
            await self._settle(claim, error.message, postpone_seconds=error.retry_after_seconds)
        except Exception as error:
            outcome = "failed"
            log.exception("task.failed")
            await self._settle(claim, f"{type(error).__name__}: {error}", max_attempts=getattr(error, "max_attempts", None))
        finally:
            heart.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await heart
        metrics.TASKS.labels(claim.actor, outcome).inc()
        metrics.TASK_SECONDS.labels(claim.actor).observe(time.monotonic() - started)

    async def _call(self, claim: Claim) -> None:
        found = ACTORS.get(claim.actor)
        if found is None:
            raise Unavailable(
                say("UNKNOWN_ACTOR", "This worker does not know the actor {actor!r}.", actor=claim.actor), retry_after_seconds=30
            )
        await found.run(self._work, claim)

    async def _beat(self, claim: Claim, work: "asyncio.Future[None]") -> None:
        """Renews the lease each third of it; without the lease the work is cancelled, and with it its child."""
        loop = asyncio.get_running_loop()
        held_until = loop.time() + self._lease
        while not work.done():
            await asyncio.sleep(self._lease / 3)
            try:
                async with self._work.db.transaction(_WORKER) as session:
                    await ledger.heartbeat(session, claim, lease_seconds=self._lease)
                held_until = loop.time() + self._lease
            except LostLease:
                work.cancel()
                return
            except Exception as error:
                log.warning("task.heartbeat_failed", reason=type(error).__name__)
                if loop.time() >= held_until:
                    work.cancel()
                    return

    async def _settle(
        self,
        claim: Claim,
        error: str,
        *,
        give_back: bool = False,
        postpone_seconds: float | None = None,
        max_attempts: int | None = None,
    ) -> None:
        """Writes what follows; when the database is away, the end of the lease says the same a little later."""
        try:
            async with self._work.db.transaction(_WORKER) as session:
                if give_back:
                    await ledger.give_back(session, claim)
                elif postpone_seconds is not None:
                    await ledger.postpone(session, claim, error=error, seconds=min(postpone_seconds, POSTPONE_SECONDS * 20))
                elif not await ledger.retry(
                    session, claim, error=error, base_seconds=RETRY_BASE_SECONDS, max_attempts=max_attempts
                ):
                    await bury(session, DeadTask(claim.task_id, claim.actor, claim.args, error))
        except (LostLease, Unavailable) as reason:
            log.warning("task.not_settled", reason=type(reason).__name__)

    def stop(self) -> None:
        """From now on a cancelled task is handed back."""
        self._stopping = True
