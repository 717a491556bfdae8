"""Inboxes as they change: one statement looks for all subscribers of a process, twice a second, while there are any."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from uuid import UUID

import structlog

from app.core.db import Database
from app.core.errors import Unavailable
from app.core.rows import AnyRow
from app.core.viewer import System, Viewer
from app.services.notifications import notices

log = structlog.get_logger(__name__)

LOOK_SECONDS = 0.5
MOST_AT_ONCE = 100
_API = System("api")


@dataclass(frozen=True, slots=True)
class InboxState:
    """An inbox at one moment."""

    sequence: int
    """Of `notice`; of the newest one when there is none."""
    unread_count: int
    notice: AnyRow | None
    """The one that came; None: the state at first, or some were read."""


class InboxHub:
    """Tells the subscribers of one process when their inboxes have changed."""

    def __init__(self, db: Database):
        self._db = db
        self._waiting: dict[UUID, set[asyncio.Event]] = {}
        self._seen: dict[UUID, int] = {}

    async def run(self) -> None:
        """Looks for ever."""
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            if not self._waiting:
                continue
            try:
                await self._look()
            except Unavailable:
                continue
            except Exception:  # whatever it is, the next look is due in half a second
                log.exception("inboxes.look_failed")

    async def _look(self) -> None:
        async with self._db.read(_API) as connection:
            found = await notices.revisions(connection, list(self._waiting))
        for user_id, revision in found.items():
            if self._seen.get(user_id) != revision:
                self._seen[user_id] = revision
                for event in self._waiting.get(user_id, ()):
                    event.set()

    async def stream(self, viewer: Viewer) -> AsyncIterator[InboxState]:
        """The viewer's inbox as it is, then every notice that comes, in order, and a new count whenever some were read."""
        changed = asyncio.Event()
        with self._registered(viewer.id, changed):
            last: tuple[int, int] | None = None
            while True:
                changed.clear()
                async with self._db.read(viewer) as connection:
                    sequence, revision = await notices.state(connection, viewer)
                    came = []
                    if last is not None and sequence > last[0]:
                        came = list(await notices.list_after(connection, viewer, last[0], limit=MOST_AT_ONCE))
                    unread = await notices.count_unread(connection, viewer)
                if len(came) == MOST_AT_ONCE:
                    sequence, changed_again = came[-1].sequence, True
                else:
                    changed_again = False
                for notice in came:
                    yield InboxState(notice.sequence, unread, notice)
                if last is None or (not came and revision != last[1]):
                    yield InboxState(sequence, unread, None)
                last = (sequence, revision)
                if not changed_again:
                    await changed.wait()

    @contextlib.contextmanager
    def _registered(self, user_id: UUID, changed: asyncio.Event):  # type: ignore[no-untyped-def]
        self._waiting.setdefault(user_id, set()).add(changed)
        try:
            yield
        finally:
            events = self._waiting[user_id]
            events.discard(changed)
            if not events:
                del self._waiting[user_id]
                self._seen.pop(user_id, None)
