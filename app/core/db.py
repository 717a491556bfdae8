"""The database: one engine a process; sessions that cannot be opened without a principal, and guard what it may touch."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

import asyncpg
import orjson
from sqlalchemy import Connection, event
from sqlalchemy.engine.default import DefaultExecutionContext
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DBAPIError, DisconnectionError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession, create_async_engine

from app.core import faults, guard, tls
from app.core.errors import Unavailable
from app.core.guard import Decisions
from app.core.phrases import say
from app.core.settings import Settings
from app.core.viewer import Principal, System, Viewer

QUERY_CANCELED = "57014"
"""SQLSTATE of a statement that ran into `statement_timeout`."""
DEADLOCK_DETECTED = "40P01"


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
            hide_parameters=True,  # errors are logged, and parameters may be secrets
            pool_recycle=1800,
            json_serializer=lambda value: orjson.dumps(value).decode(),
            json_deserializer=orjson.loads,
            connect_args={
                "timeout": 5,
                "ssl": tls.database_context(settings),
                "server_settings": {
                    "application_name": application_name,
                    "statement_timeout": str(int(settings.statement_timeout_seconds * 1000)),
                    "idle_in_transaction_session_timeout": "60000",
                    "timezone": "UTC",
                },
            },
        )
        event.listen(self.engine.sync_engine.pool, "checkout", _reject_closed)
        event.listen(self.engine.sync_engine, "before_cursor_execute", _guard)
        self._reader = self.engine.execution_options(isolation_level="AUTOCOMMIT")

    @asynccontextmanager
    async def read(self, principal: Principal) -> AsyncIterator[AsyncConnection]:
        """A connection for Core reads. Each resolver and each loader batch opens its own: two fields run at the same time."""
        _require(principal)
        with _translated():
            async with self._reader.connect() as connection:
                # Not the method of AsyncConnection: this touches no network, and a greenlet costs more than all of it.
                connection.sync_connection.execution_options(decisions=Decisions(principal))  # type: ignore[union-attr]  # it is open
                yield connection

    @asynccontextmanager
    async def transaction(self, principal: Principal) -> AsyncIterator[AsyncSession]:
        """A session whose block is one transaction: committed at its end, rolled back by any exception."""
        _require(principal)
        with _translated():
            decisions = Decisions(principal)
            async with AsyncSession(self.engine.execution_options(decisions=decisions), expire_on_commit=False) as session:
                session.info["decisions"] = decisions
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


def _guard(
    connection: Connection, _cursor: object, statement: str, _parameters: object, context: DefaultExecutionContext, _many: bool
) -> None:
    """Nothing is sent that no decision about access covers."""
    compiled = context.compiled
    parameters = () if compiled is None else context.compiled_parameters
    guard.check(connection.get_execution_options().get("decisions"), statement, compiled, parameters)


def _reject_closed(connection: DBAPIConnection, _record: object, _proxy: object) -> None:
    """A connection that PostgreSQL has closed is replaced before it is used: asyncpg knows without a round trip."""
    driver = connection.driver_connection
    if driver.is_closed():
        raise DisconnectionError("closed by the server")


@contextmanager
def _translated() -> Iterator[None]:
    """A database that is away is Unavailable, wherever in a block that shows; every other error stays what it is."""
    try:
        yield
    except DBAPIError as error:
        if getattr(error.orig, "sqlstate", None) == QUERY_CANCELED:
            raise Unavailable(
                say("DATABASE_TOO_LONG", "This takes the database too long. Ask for less, or try again later.")
            ) from error
        if getattr(error.orig, "sqlstate", None) == DEADLOCK_DETECTED:
            raise Unavailable(
                say("CHANGES_CROSSED", "Somebody else changed the same at the same moment. Nothing was done; try again."),
                retry_after_seconds=1.0,
            ) from error
        if error.connection_invalidated or _is_away(error.orig):
            raise Unavailable(say("DATABASE_AWAY", "The database does not answer. Try again in a few seconds.")) from error
        raise
    except (PoolTimeout, ConnectionError, asyncpg.CannotConnectNowError, asyncpg.InterfaceError) as error:
        raise Unavailable(say("DATABASE_AWAY", "The database does not answer. Try again in a few seconds.")) from error
    except TimeoutError as error:
        raise Unavailable(say("DATABASE_SLOW", "The database takes too long to answer. Try again in a few seconds.")) from error


def _is_away(error: BaseException | None) -> bool:
    """True for what PostgreSQL says while it starts, stops, or has no connection left (SQLSTATE 57P.., 53300, 08...)."""
    code = getattr(error, "sqlstate", None) or ""
    return code.startswith(("57P", "08")) or code == "53300"


def _require(principal: Principal) -> None:
    if not isinstance(principal, (Viewer, System)):
        raise TypeError("A session needs a principal: who reads or writes?")
