"""The database: one engine a process; sessions that cannot be opened without a principal."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import orjson
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession, create_async_engine

from app.core import faults
from app.core.settings import Settings
from app.core.viewer import Principal, System, Viewer


class Database:
    """Reads and transactions on PostgreSQL.

    A read is one Core statement after the other on a connection in autocommit: no BEGIN and no ROLLBACK round trip.
    A transaction is an ORM session that commits when its block ends.
    """

    def __init__(self, settings: Settings, *, application_name: str):
        self.engine: AsyncEngine = create_async_engine(
            settings.database_url.get_secret_value(),
            pool_size=settings.database_pool_size,
            max_overflow=0,
            pool_timeout=5,
            pool_pre_ping=False,
            pool_recycle=1800,
            json_serializer=lambda value: orjson.dumps(value).decode(),
            json_deserializer=orjson.loads,
            connect_args={
                "timeout": 5,
                "server_settings": {
                    "application_name": application_name,
                    "statement_timeout": str(int(settings.statement_timeout_seconds * 1000)),
                    "idle_in_transaction_session_timeout": "60000",
                    "timezone": "UTC",
                },
            },
        )
        self._reader = self.engine.execution_options(isolation_level="AUTOCOMMIT")

    @asynccontextmanager
    async def read(self, principal: Principal) -> AsyncIterator[AsyncConnection]:
        """A connection for Core reads. Each resolver and each loader batch opens its own: two fields run at the same time."""
        _require(principal)
        async with self._reader.connect() as connection:
            yield connection

    @asynccontextmanager
    async def transaction(self, principal: Principal) -> AsyncIterator[AsyncSession]:
        """A session whose block is one transaction: committed at its end, rolled back by any exception."""
        _require(principal)
        async with AsyncSession(self.engine, expire_on_commit=False) as session:
            async with session.begin():
                yield session
                await session.flush()
                if isinstance(principal, Viewer):
                    faults.point("api.before_commit")
            if isinstance(principal, Viewer):
                faults.point("api.after_commit")

    async def close(self) -> None:
        """All connections are closed."""
        await self.engine.dispose()


def _require(principal: Principal) -> None:
    if not isinstance(principal, (Viewer, System)):
        raise TypeError("A session needs a principal: who reads or writes?")
