"""Whether the sessions of open WebSockets are still alive."""

import asyncio
import contextlib
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

import structlog

from app.core.db import Database
from app.core.errors import Unavailable
from app.core.settings import Settings
from app.core.viewer import Role, System, Viewer
from app.services.accounts import api_keys, second_factor, sessions
from app.services.accounts.accounts import Holder

log = structlog.get_logger(__name__)

WATCH_SECONDS = 0.5
"""Signing out, deactivation and a change of role are felt within a second: half of it until the next look, half for the look."""
_API = System("api")


@dataclass(frozen=True, slots=True, eq=False)
class _Watched:
    """A socket with a session."""

    session_id: UUID | None
    api_key_id: UUID | None
    role: Role
    expires_at: datetime | None
    """None: a key that does not end by itself."""
    ended: asyncio.Event


class SessionWatch:
    """Tells sockets that their session has ended: one statement for all of them, and none while there are none."""

    def __init__(self, db: Database, settings: Settings):
        self._db, self._settings = db, settings
        self._watched: set[_Watched] = set()

    @contextlib.contextmanager
    def watched(self, viewer: Viewer, expires_at: datetime | None) -> Iterator[asyncio.Event]:
        """An event that is set when the token expires, the session or key ends, or the account is not what it was."""
        entry = _Watched(viewer.session_id, viewer.api_key_id, viewer.role, expires_at, asyncio.Event())
        self._watched.add(entry)
        try:
            yield entry.ended
        finally:
            self._watched.discard(entry)

    async def run(self) -> None:
        """Looks every WATCH_SECONDS, however long a look takes: what ends right after one is seen by the next."""
        looked_at = time.monotonic()
        while True:
            await asyncio.sleep(max(0.0, looked_at + WATCH_SECONDS - time.monotonic()))
            looked_at = time.monotonic()
            if not self._watched:
                continue
            asked = list(self._watched)
            try:
                async with self._db.read(_API) as connection:
                    alive = await sessions.live_sessions(connection, {entry.session_id for entry in asked if entry.session_id})
                    if key_ids := {entry.api_key_id for entry in asked if entry.api_key_id}:
                        alive |= await api_keys.live_keys(connection, key_ids)
            except Unavailable:
                continue
            except Exception:  # whatever it is, sessions are looked at again in a moment
                log.exception("sessions.not_watched")
                continue
            now = datetime.now(UTC)
            for entry in asked:
                over = entry.expires_at is not None and entry.expires_at <= now
                held = entry.session_id or entry.api_key_id
                if over or held is None or not self._unchanged(entry, alive.get(held)):
                    entry.ended.set()

    def _unchanged(self, entry: _Watched, holder: Holder | None) -> bool:
        if holder is None or holder.role is not entry.role:
            return False
        return not second_factor.due(self._settings, holder.role, holder.mfa_enabled)
