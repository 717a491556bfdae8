"""The reconciler: every few seconds it finds what a crash left half done, and puts it back on its way."""

import asyncio
from collections.abc import Awaitable, Callable

import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError
from sqlalchemy import text

from app.actors.registry import bury
from app.core import ledger, metrics
from app.core.db import Database
from app.core.errors import Unavailable
from app.core.settings import Settings
from app.core.viewer import System
from app.services import healing

log = structlog.get_logger(__name__)

EPOCH_SECONDS = 1.0
HOUSEKEEPING_SECONDS = 3600.0
EPOCH_KEY = "datakura:epoch"
_SYSTEM = System("dispatcher")


def _text(value: bytes | str) -> str:
    return value.decode() if isinstance(value, bytes) else value


class Reconciler:
    """Three rhythms: is Redis still the one that holds our wake-ups; leases and orphans; housekeeping."""

    def __init__(self, db: Database, redis: Redis, settings: Settings):
        self._db, self._redis, self._settings = db, redis, settings

    async def run(self) -> None:
        """Heals for ever."""
        await asyncio.gather(
            self._every(EPOCH_SECONDS, self._check_epoch),
            self._every(self._settings.heal_seconds, self._heal),
            self._every(HOUSEKEEPING_SECONDS, self._keep_house),
        )

    async def _every(self, seconds: float, act: Callable[[], Awaitable[None]]) -> None:
        while True:
            try:
                await act()
            except (Unavailable, RedisError, OSError) as error:
                log.warning("reconciler.waits", reason=type(error).__name__)
            except Exception:
                log.exception("reconciler.failed")
            await asyncio.sleep(seconds)

    async def _check_epoch(self) -> None:
        """A Redis that was flushed or restarted may have lost wake-ups: all QUEUED tasks are sent again at once."""
        run_id = str((await self._redis.info("server"))["run_id"])
        held = await self._redis.get(EPOCH_KEY)
        if held is not None and _text(held) == run_id:
            return
        async with self._db.transaction(_SYSTEM) as session:
            requeued = await ledger.requeue_unclaimed(session, older_than_seconds=0)
        await self._redis.set(EPOCH_KEY, run_id)
        log.warning("reconciler.new_epoch", requeued=requeued)

    async def _heal(self) -> None:
        async with self._db.transaction(_SYSTEM) as session:
            for dead in await ledger.expire_leases(session):
                log.error("task.dead", task=str(dead.task_id), actor=dead.actor, reason=dead.reason)
                await bury(session, dead)
        async with self._db.transaction(_SYSTEM) as session:
            requeued = await ledger.requeue_unclaimed(session, older_than_seconds=self._settings.queued_timeout_seconds)
        if requeued:
            log.warning("reconciler.requeued_unclaimed", tasks=requeued)
        await healing.adopt_orphans(self._db)
        await healing.adopt_orphaned_runs(self._db)
        await healing.expire_uploads(self._db)
        await self._count()

    async def _count(self) -> None:
        async with self._db.read(_SYSTEM) as connection:
            rows = await connection.execute(
                text(
                    "SELECT state, count(*) AS tasks FROM tasks WHERE state IN ('READY','QUEUED','RUNNING','DEAD') GROUP BY state"
                )
            )
            counts = {row.state: row.tasks for row in rows}
        for state in ("READY", "QUEUED", "RUNNING", "DEAD"):
            metrics.LEDGER_TASKS.labels(state).set(counts.get(state, 0))

    async def _keep_house(self) -> None:
        await healing.keep_house(self._db)
