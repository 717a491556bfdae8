"""PostgreSQL's notifications: hints that something was committed. Losing them costs latency, never work."""

import asyncio
from collections.abc import Callable, Mapping

import asyncpg
import structlog

from app.core import tls
from app.core.settings import Settings

log = structlog.get_logger(__name__)

RECONNECT_SECONDS = 1.0


class Listener:
    """Calls a function with the payload of each notification of its channel."""

    def __init__(self, settings: Settings, channels: Mapping[str, Callable[[str], None]]):
        self._url = settings.database_url.get_secret_value().replace("postgresql+asyncpg://", "postgresql://", 1)
        self._ssl = tls.database_context(settings)
        self._channels = channels

    async def run(self) -> None:
        """Listens for ever, on a new connection whenever the old one ends."""
        while True:
            try:
                connection = await asyncpg.connect(self._url, timeout=5, ssl=self._ssl)
            except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, TimeoutError) as error:
                log.warning("listener.not_connected", reason=type(error).__name__)
                await asyncio.sleep(RECONNECT_SECONDS)
                continue
            try:
                await self._listen(connection)
            except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
                log.warning("listener.lost", reason=type(error).__name__)
            finally:
                connection.terminate()

    async def _listen(self, connection: asyncpg.Connection) -> None:
        ended = asyncio.Event()
        connection.add_termination_listener(lambda _: ended.set())
        for channel, tell in self._channels.items():
            await connection.add_listener(channel, lambda _c, _pid, _channel, payload, tell=tell: tell(payload))
        for tell in self._channels.values():
            tell("")  # whatever was committed while nobody listened
        await ended.wait()
