"""The unmuter: what was muted, and still fails when the mute has passed, is told once."""

import asyncio

import structlog

from app.core.db import Database
from app.core.errors import Unavailable
from app.core.viewer import System
from app.services.notifications import sending

log = structlog.get_logger(__name__)

LOOK_SECONDS = 5.0
_DISPATCHER = System("dispatcher")


class Unmuter:
    """Any number may run: a dataset's row is locked while it is told of."""

    def __init__(self, db: Database):
        self._db = db

    async def run(self) -> None:
        """Looks for ever."""
        while True:
            try:
                await self.look()
            except Unavailable as error:
                log.warning("unmuter.waits", reason=error.message)
            except Exception:  # whatever it is, the next look is due in five seconds
                log.exception("unmuter.failed")
            await asyncio.sleep(LOOK_SECONDS)

    async def look(self) -> int:
        """How many incidents' mutes have passed. One transaction for each dataset."""
        async with self._db.transaction(_DISPATCHER) as session:
            due = await sending.with_ended_mutes(session)
        passed = 0
        for dataset_id in due:
            async with self._db.transaction(_DISPATCHER) as session:
                passed += await sending.tell_unmuted(session, dataset_id)
        return passed
