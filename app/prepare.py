"""`python -m app.prepare`: makes the databases and the bucket what this version of the code expects, then says so in one line."""

import asyncio
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

import asyncpg
import orjson
from alembic import command
from alembic.config import Config
from redis.asyncio import Redis
from redis.exceptions import AuthenticationError, RedisError
from sqlalchemy import text

from app.adapters.storage import S3Storage
from app.core import production, tls
from app.core.db import Database
from app.core.errors import DomainError, Unavailable
from app.core.sealing import MalformedKeys, sealer_of
from app.core.settings import Settings, get_settings
from app.core.viewer import System
from app.services import healing
from app.services.accounts import accounts, signing_keys

ROOT = Path(__file__).parents[1]
WAIT_SECONDS = 20.0
_SYSTEM = System("prepare")


class NotPrepared(Exception):
    """One sentence for the person who starts the system."""


async def prepare(settings: Settings) -> dict[str, object]:
    """Everything is migrated, partitioned and there."""
    await asyncio.gather(
        _until("PostgreSQL (DATAKURA_DATABASE_URL)", lambda: _database(settings)),
        _until("Redis (DATAKURA_REDIS_URL)", lambda: _redis(settings)),
    )
    await asyncio.to_thread(_migrate, settings)
    db = Database(settings, application_name="datakura-prepare")
    try:
        created = await _fill(db, settings)
        async with db.read(_SYSTEM) as connection:
            revision = (await connection.execute(text("SELECT version_num FROM alembic_version"))).scalar_one()
            trigrams = (await connection.execute(text("SELECT cardinality(show_trgm('日本語'))"))).scalar_one()
    finally:
        await db.close()
    if not trigrams:
        raise NotPrepared("The database's LC_CTYPE has no letters beyond ASCII: create it with C.UTF-8, en_US.UTF-8 or ICU.")
    await _until("the object store (DATAKURA_S3_ENDPOINT_URL)", lambda: _bucket(settings))
    return {"adminCreated": created, "schemaRevision": revision}


async def _fill(db: Database, settings: Settings) -> bool:
    async with db.transaction(_SYSTEM) as session:
        await session.execute(text("SELECT ensure_partitions(:months)"), {"months": healing.MONTHS_AHEAD})
        await signing_keys.ensure(session, sealer_of(settings))
        password = settings.admin_password.get_secret_value() if settings.admin_password else None
        return await accounts.ensure_admin(session, email=settings.admin_email, password=password)


def _migrate(settings: Settings) -> None:
    config = Config(ROOT / "alembic.ini")
    config.attributes["url"] = settings.database_url.get_secret_value()
    config.attributes["ssl"] = tls.database_context(settings)
    command.upgrade(config, "head")


async def _database(settings: Settings) -> None:
    url = settings.database_url.get_secret_value().replace("postgresql+asyncpg://", "postgresql://", 1)
    connection = await asyncpg.connect(url, timeout=5, ssl=tls.database_context(settings))
    await connection.close()


async def _redis(settings: Settings) -> None:
    client = Redis.from_url(tls.redis_url(settings))
    try:
        await client.ping()
    finally:
        await client.aclose()


async def _bucket(settings: Settings) -> None:
    origins = {settings.url, f"http://localhost:{settings.port}", f"http://127.0.0.1:{settings.port}", *settings.allowed_origins}
    async with S3Storage(settings) as storage:
        await storage.prepare(sorted(origins))


async def _until(name: str, attempt: Callable[[], Awaitable[None]]) -> None:
    """Tries again for twenty seconds; what is certain to fail again is not tried again."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + WAIT_SECONDS
    while True:
        try:
            return await attempt()
        except (asyncpg.InvalidPasswordError, asyncpg.InvalidCatalogNameError, AuthenticationError) as error:
            raise NotPrepared(f"{name} refuses us: {error}.") from error
        except (OSError, TimeoutError, RedisError, Unavailable, asyncpg.PostgresError) as error:
            if loop.time() > deadline:
                raise NotPrepared(f"{name} does not answer: {error}.") from error
        await asyncio.sleep(0.2)


def main() -> int:
    """Exit status 0 with one JSON line on stdout, or 1 with one sentence on stderr."""
    production.refuse_unless_ready(get_settings())
    try:
        print(orjson.dumps(asyncio.run(prepare(get_settings()))).decode())
    except (NotPrepared, DomainError, MalformedKeys) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
