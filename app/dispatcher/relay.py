"""The relay: READY tasks become wake-ups on their queue."""

import asyncio
import contextlib

import dramatiq
import redis
import structlog

from app.actors.broker import publish
from app.core import faults, ledger, metrics
from app.core.db import Database
from app.core.errors import Unavailable
from app.core.viewer import System

log = structlog.get_logger(__name__)

POLL_SECONDS = 0.25
MAX_BACKOFF_SECONDS = 2.0
BATCH = 100
_SYSTEM = System("dispatcher")


class Relay:
    """Publishes, then commits: a crash in between publishes twice, and the second claim finds nothing to take."""

    def __init__(self, db: Database, broker: dramatiq.Broker):
        self._db, self._broker = db, broker
        self._woken = asyncio.Event()

    def wake(self, _payload: str) -> None:
        """There may be new tasks."""
        self._woken.set()

    async def run(self) -> None:
        """Relays for ever: when woken, and every 250 ms."""
        backoff = POLL_SECONDS
        while True:
            try:
                while await self._relay() == BATCH:
                    pass
                backoff = POLL_SECONDS
            except (Unavailable, redis.RedisError, dramatiq.DramatiqError) as error:
                log.warning("relay.waits", reason=type(error).__name__)
                backoff = min(backoff * 2, MAX_BACKOFF_SECONDS)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._woken.wait(), backoff)
            self._woken.clear()

    async def _relay(self) -> int:
        async with self._db.transaction(_SYSTEM) as session:
            wakeups = await ledger.take_ready(session, limit=BATCH)
            for wakeup in wakeups:
                await asyncio.to_thread(publish, self._broker, wakeup)
                metrics.RELAYED.inc()
            if wakeups:
                faults.point("relay.after_publish")
        if wakeups:
            faults.point("relay.after_commit")
        return len(wakeups)
