"""The announcer: committed events become hints on one Redis channel, which every api process listens to."""

import asyncio

import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError

from app.services.events import CHANNEL

log = structlog.get_logger(__name__)

MAX_WAITING = 10_000


class Announcer:
    """Sends hints in the order of their commits. When Redis is away they are dropped: the api also looks by itself."""

    def __init__(self, redis: Redis):
        self._redis = redis
        self._waiting: asyncio.Queue[str] = asyncio.Queue(MAX_WAITING)

    def announce(self, payload: str) -> None:
        """`payload` is 'dataset id:sequence'."""
        if payload and not self._waiting.full():
            self._waiting.put_nowait(payload)

    async def run(self) -> None:
        """Announces for ever."""
        while True:
            hint = await self._waiting.get()
            try:
                await self._redis.publish(CHANNEL, hint)
            except (RedisError, OSError) as error:
                log.warning("announcer.dropped", reason=type(error).__name__)
