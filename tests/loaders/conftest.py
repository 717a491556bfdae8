"""The schema in this process, on the running system's database, with every SQL statement counted."""

from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from pydantic import SecretStr
from redis.asyncio import Redis
from sqlalchemy import event

from app.adapters.search import make_index
from app.adapters.storage import S3Storage
from app.adapters.tables import S3TableReader
from app.api.schema import make_schema
from app.context import Context, Resources
from app.core.db import Database
from app.core.ids import uuid7
from app.core.security import TokenSigner
from app.core.settings import Settings
from app.core.viewer import Role, Viewer
from app.services.live import StatusHub
from app.services.notifications.live import InboxHub
from app.services.rate_limits import RateLimits
from tests.support.system import System

SCHEMA = make_schema()


@dataclass
class Counted:
    """Operations as one viewer, and the statements that they take."""

    resources: Resources
    viewer: Viewer

    async def run(self, query: str, **variables: object) -> tuple[dict, list[str]]:
        """(data, statements) of an operation without errors."""
        with self.statements() as seen:
            result = await SCHEMA.execute(query, variables, Context(self.resources, self.viewer))
        assert result.errors is None, result.errors
        assert result.data is not None
        return result.data, seen

    @contextmanager
    def statements(self) -> Iterator[list[str]]:
        """What is sent to PostgreSQL meanwhile."""
        seen: list[str] = []

        def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
            seen.append(statement)

        engine = self.resources.db.engine.sync_engine
        event.listen(engine, "before_cursor_execute", note)
        try:
            yield seen
        finally:
            event.remove(engine, "before_cursor_execute", note)


@pytest.fixture(scope="session")
async def shelf(system: System) -> Viewer:
    """An editor who owns sixty datasets, each with metadata, tags, metrics and three versions with fields."""
    owner = Viewer(uuid7(), f"{uuid7().hex}@example.com", "Owner of sixty", Role.EDITOR)
    connection = await system.database()
    await connection.execute(
        "INSERT INTO users (id, email, email_key, display_name, role) VALUES ($1, $2::text, $2::text, $3, 'EDITOR')",
        owner.id,
        owner.email,
        owner.display_name,
    )
    begin = datetime(2026, 1, 1, tzinfo=UTC)
    # Ten names and four moments: the order has to be decided by the id.
    rows = [
        (
            uuid7(),
            f"Shelf {n % 10}",
            f"shelf-{n:02}-{owner.id.hex}",
            owner.id,
            begin + timedelta(days=n // 4),
            begin + timedelta(days=n // 20),
            n // 10 * 2**33,
            n // 15 * 2**40,
            begin + timedelta(days=n // 6) if n > 20 else None,
        )
        for n in range(60)
    ]
    await connection.executemany(
        "INSERT INTO datasets (id, name, slug, status, visibility, owner_id, created_at, updated_at, "
        "current_row_count, current_size_bytes, current_published_at) "
        "VALUES ($1, $2, $3, 'DRAFT', 'ORGANIZATION', $4, $5, $6, $7, $8, $9)", rows,
    )  # fmt: skip
    ids = [row[0] for row in rows]
    await connection.executemany(
        "INSERT INTO metadata (id, dataset_id, key, value) VALUES ($1, $2, $3, '1')",
        [(uuid7(), one, key) for one in ids for key in "ab"],
    )
    await connection.executemany("INSERT INTO dataset_tags (dataset_id, name) VALUES ($1, 'shelf')", [(one,) for one in ids])
    versions = [(uuid7(), one, number, owner.id) for one in ids for number in (1, 2, 3)]
    await connection.executemany(
        "INSERT INTO dataset_versions (id, dataset_id, number, status, created_by_id) VALUES ($1, $2, $3, 'READY', $4)", versions
    )
    await connection.executemany(
        "INSERT INTO schema_fields (version_id, ordinal_position, field_path, logical_type, native_type, nullable) "
        "VALUES ($1, 1, 'a', 'INTEGER', 'BIGINT', false)", [(version[0],) for version in versions],
    )  # fmt: skip
    await connection.close()
    return owner


@pytest.fixture
async def counted(system: System, shelf: Viewer) -> AsyncIterator[Counted]:
    """Operations of the owner of sixty datasets."""
    given = {
        name.removeprefix("DATAKURA_").lower(): value
        for name, value in system.environment.items()
        if name.startswith("DATAKURA_")
    }
    settings = Settings(
        profile="test", database_url=SecretStr(given["database_url"]),
        s3_endpoint_url=given["s3_endpoint_url"], s3_access_key=given["s3_access_key"], s3_secret_key=SecretStr(given["s3_secret_key"]),
        s3_bucket=given["s3_bucket"],
    )  # fmt: skip
    db = Database(settings, application_name="statement-tests")
    redis = Redis.from_url(given["redis_url"])
    async with S3Storage(settings) as storage:
        resources = Resources(
            settings,
            db,
            storage,
            S3TableReader(settings),
            make_index(db),
            TokenSigner(settings),
            StatusHub(db, redis),
            RateLimits(settings),
            redis,
            InboxHub(db),
        )
        yield Counted(resources, shelf)
    await redis.aclose()
    await db.close()
