"""A migrated database with an audit trail of its own, which tests may spoil: each in a copy."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import asyncpg
import pytest
from pydantic import SecretStr

from app.core.db import Database
from app.core.ids import uuid7
from app.core.settings import Settings
from app.core.viewer import Role, Scope, Viewer
from app.embedded.engines import Engines
from app.services import audit
from tests.support.system import System

VIEWER = Viewer(uuid7(), "somebody@example.com", "Somebody", Role.ADMIN)
"""As records from before sessions and keys were named have them."""
IN_A_SESSION = replace(VIEWER, session_id=uuid7())
BY_A_KEY = replace(VIEWER, scope=Scope.ADMIN, api_key_id=uuid7())
RECORDS = 60


@pytest.fixture(scope="package")
async def prepared(engines: Engines, tmp_path_factory: pytest.TempPathFactory) -> System:
    """A system of which nothing runs, with sixty records beside those of its preparation."""
    folder: Path = tmp_path_factory.mktemp("audit")
    system = await System.prepared(engines, "audit", folder)
    async with opened(system.environment["DATAKURA_DATABASE_URL"]) as db:
        for number in range(RECORDS):
            viewer = (VIEWER, IN_A_SESSION, BY_A_KEY)[number % 3]
            async with db.transaction(viewer) as session:
                session.info["origin"] = audit.Origin("192.0.2.1", f"request-{number}")
                await audit.record(session, viewer, "dataset.update", uuid7(), name=f"売上 {number}", fields=["name", None])
    return system


@asynccontextmanager
async def opened(url: str) -> AsyncIterator[Database]:
    """A database by its address."""
    db = Database(Settings(profile="test", database_url=SecretStr(url)), application_name="audit-tests")
    yield db
    await db.close()


@asynccontextmanager
async def copied(prepared: System) -> AsyncIterator[str]:
    """The address of a copy of the database, and of its trail."""
    url = prepared.environment["DATAKURA_DATABASE_URL"]
    base, name = url.rsplit("/", 1)
    made = f"audit_{uuid7().hex[-12:]}"
    admin = await asyncpg.connect(f"{base}/postgres".replace("+asyncpg", ""))
    await admin.execute(f'CREATE DATABASE "{made}" TEMPLATE "{name}" STRATEGY file_copy')
    yield f"{base}/{made}"
    await admin.execute(f'DROP DATABASE "{made}" WITH (FORCE)')
    await admin.close()


@pytest.fixture
async def copy(prepared: System) -> AsyncIterator[str]:
    """The address of a copy for one test."""
    async with copied(prepared) as url:
        yield url


@asynccontextmanager
async def superuser(url: str) -> AsyncIterator[asyncpg.Connection]:
    """Somebody with power over the tables: has taken every right, and switched the triggers off."""
    connection = await asyncpg.connect(url.replace("+asyncpg", ""))
    partitions = await connection.fetch(
        "SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = 'audit_events'::regclass"
    )
    for table in ("audit_events", "audit_links", "audit_chains", "audit_checkpoints", *(row[0] for row in partitions)):
        await connection.execute(f"GRANT ALL ON {table} TO CURRENT_USER; ALTER TABLE {table} DISABLE TRIGGER USER")
    yield connection
    await connection.close()
