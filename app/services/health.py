"""What administrators see of the system: whether each dependency answers, and which processes are there."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime

from redis.asyncio import Redis
from sqlalchemy import text

from app.adapters.storage import Storage
from app.core.db import Database
from app.core.viewer import Viewer
from app.services.accounts.users import require_administrator

CHECK_SECONDS = 3.0
PROCESSES = ("api", "dispatcher", "worker")
_PREFIX = "datakura-"


@dataclass(frozen=True, slots=True)
class Dependency:
    """How one answered. `latency_ms` and `version` are None when it did not, `reason` is when it did."""

    name: str
    latency_ms: float | None = None
    version: str | None = None
    reason: str | None = None
    """The kind of the failure, as its class is named: texts of errors may hold addresses."""


@dataclass(frozen=True, slots=True)
class Process:
    """A kind of process, by what PostgreSQL knows of its connections."""

    name: str
    connections: int
    since: datetime | None
    """When the oldest of its connections was opened."""


@dataclass(frozen=True, slots=True)
class Health:
    """Everything at one moment."""

    dependencies: list[Dependency]
    processes: list[Process]
    revision: str | None
    """The newest migration that was run."""


async def look(db: Database, redis: Redis, storage: Storage, viewer: Viewer) -> Health:
    """Asks every dependency at the same time, each for three seconds at most.

    Raises:
        Forbidden: no administrator.
    """
    require_administrator(viewer)

    async def postgresql() -> str | None:
        async with db.read(viewer) as connection:
            return str((await connection.execute(text("SHOW server_version"))).scalar_one())

    async def cache() -> str | None:
        said = await redis.info("server")
        return " ".join(str(said[key]) for key in ("server_name", "valkey_version") if key in said) or str(said["redis_version"])

    async def objects() -> str | None:
        await storage.check()
        return None

    dependencies = await asyncio.gather(_asked("postgresql", postgresql), _asked("redis", cache), _asked("storage", objects))
    if dependencies[0].reason is not None:
        return Health(list(dependencies), [], None)
    async with db.read(viewer) as connection:
        revision = (await connection.execute(text("SELECT version_num FROM alembic_version"))).scalar_one_or_none()
        rows = await connection.execute(
            text("""
                SELECT application_name AS name, count(*) AS connections, min(backend_start) AS since FROM pg_stat_activity
                WHERE datname = current_database() AND starts_with(application_name, :prefix) GROUP BY application_name"""),
            {"prefix": _PREFIX},
        )
        found = {row.name.removeprefix(_PREFIX): row for row in rows}
    processes = [
        Process(name, found[name].connections, found[name].since) if name in found else Process(name, 0, None)
        for name in PROCESSES
    ]
    return Health(list(dependencies), processes, revision)


async def _asked(name: str, ask: Callable[[], Awaitable[str | None]]) -> Dependency:
    started = time.perf_counter()
    try:
        async with asyncio.timeout(CHECK_SECONDS):
            version = await ask()
    except Exception as error:  # whatever it is: this dependency does not answer
        return Dependency(name, reason=type(error).__name__)
    return Dependency(name, round((time.perf_counter() - started) * 1000, 1), version)
