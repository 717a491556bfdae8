"""The scheduler: begins the checks that are due."""

import asyncio

import structlog

from app.core.db import Database
from app.core.errors import Unavailable
from app.services.quality import ticks

log = structlog.get_logger(__name__)

TICK_SECONDS = 5.0


class Scheduler:
    """Any number may run: rows are locked, and a run of a time exists once."""

    def __init__(self, db: Database):
        self._db = db

    async def run(self) -> None:
        """Ticks for ever."""
        while True:
            try:
                begun = await ticks.tick(self._db)
                if begun:
                    log.info("scheduler.begun", runs=begun)
            except Unavailable as error:
                log.warning("scheduler.waits", reason=error.message)
            except Exception:  # whatever it is, the next tick is due in five seconds
                log.exception("scheduler.failed")
            await asyncio.sleep(TICK_SECONDS)
