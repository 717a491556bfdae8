"""A database with the real tables, and datasets that were indexed as the worker indexes them."""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from pydantic import SecretStr
from sqlalchemy import text

from app.adapters.search.postgres import PostgresIndex
from app.adapters.search.protocol import Position, SearchFilter, SearchPage
from app.core.db import Database
from app.core.ids import uuid7
from app.core.settings import Settings
from app.core.viewer import Role, System, Viewer
from app.embedded.engines import Engines
from app.ingest.job import LogicalType
from app.models.accounts import User
from app.models.datasets import AccessGrant, AccessLevel, Dataset, DatasetStatus, DatasetTag, MetadataEntry, Visibility
from app.models.versions import DatasetVersion, SchemaField, VersionStatus
from app.services.datasets import search
from tests.support.engines import migrated_database

TEST = System("test")
EPOCH = datetime(2026, 1, 1, tzinfo=UTC)
ROOT = Path(__file__).parents[2]


def open_database(url: str) -> Database:
    """The database as the application opens it."""
    return Database(Settings(database_url=SecretStr(url), profile="test"), application_name="search-tests")


@pytest.fixture(scope="session")
async def database_url(engines: Engines) -> str:
    return await migrated_database(engines, "search_tests")


@pytest.fixture(scope="session")
async def open_db(database_url: str) -> AsyncIterator[Database]:
    db = open_database(database_url)
    yield db
    await db.close()


@pytest.fixture
async def db(open_db: Database) -> Database:
    """The database, empty."""
    async with open_db.transaction(TEST) as session:
        # Not TRUNCATE: it makes new files for every table, which takes longer than most of these tests.
        for table in ("tasks", "datasets", "users"):
            await session.execute(text(f"DELETE FROM {table}"))
    return open_db


@dataclass
class Shelf:
    """Datasets by name, put there and looked for."""

    db: Database
    index: PostgresIndex
    owner: Viewer
    names: dict[UUID, str] = field(default_factory=dict)

    async def account(self, name: str = "someone", role: Role = Role.VIEWER) -> Viewer:
        """A new account."""
        viewer = Viewer(uuid7(), f"{uuid7().hex}@example.com", name, role)
        async with self.db.transaction(TEST) as session:
            session.add(User(id=viewer.id, email=viewer.email, email_key=viewer.email, display_name=name, role=role))
        return viewer

    async def put(
        self,
        name: str,
        description: str | None = None,
        *,
        tags: Sequence[str] = (),
        fields: Sequence[str] = (),
        described: Mapping[str, object] | None = None,
        entries: Mapping[str, object] | None = None,
        owner: Viewer | None = None,
        status: DatasetStatus = DatasetStatus.ACTIVE,
        visibility: Visibility = Visibility.ORGANIZATION,
        created_at: datetime | None = None,
        indexed: bool = True,
    ) -> UUID:
        """A dataset that is found. Each is a minute newer than the one put before it."""
        dataset_id, version_id = uuid7(), uuid7()
        moment = created_at or EPOCH + timedelta(minutes=len(self.names))
        async with self.db.transaction(TEST) as session:
            session.add(
                Dataset(
                    id=dataset_id,
                    name=name,
                    slug=dataset_id.hex,
                    description=description,
                    status=status,
                    visibility=visibility,
                    owner_id=(owner or self.owner).id,
                    metadata_=dict(described or {}),
                    created_at=moment,
                    updated_at=moment,
                )
            )
            await session.flush()
            session.add_all([DatasetTag(dataset_id=dataset_id, name=tag) for tag in tags])
            session.add_all(
                [MetadataEntry(dataset_id=dataset_id, key=key, value=value) for key, value in (entries or {}).items()]
            )
            if fields:
                session.add(
                    DatasetVersion(
                        id=version_id,
                        dataset_id=dataset_id,
                        number=1,
                        status=VersionStatus.READY,
                        created_by_id=self.owner.id,
                    )
                )
                await session.flush()
                session.add_all(
                    [
                        SchemaField(
                            version_id=version_id,
                            ordinal_position=position,
                            field_path=path,
                            logical_type=LogicalType.STRING,
                            native_type="VARCHAR",
                            nullable=True,
                        )
                        for position, path in enumerate(fields)
                    ]
                )
                await session.execute(
                    text("UPDATE datasets SET current_version_id = :version WHERE id = :id"),
                    {"version": version_id, "id": dataset_id},
                )
        self.names[dataset_id] = name
        if indexed:
            await search.index_dataset(self.db, self.index, dataset_id)
        return dataset_id

    async def grant(self, dataset_id: UUID, viewer: Viewer, *, expires_at: datetime | None = None) -> None:
        """A READ grant."""
        async with self.db.transaction(TEST) as session:
            session.add(AccessGrant(dataset_id=dataset_id, user_id=viewer.id, level=AccessLevel.READ, expires_at=expires_at))

    async def page(
        self,
        query: str = "",
        *,
        viewer: Viewer | None = None,
        first: int = 100,
        after: Position | None = None,
        filter: SearchFilter = SearchFilter(),
    ) -> SearchPage:
        """What the index answers; asked by an administrator when no viewer is given."""
        return await self.index.search(query, viewer or self.owner, filter, first=first, after=after)

    async def found(self, query: str = "", *, viewer: Viewer | None = None, filter: SearchFilter = SearchFilter()) -> list[str]:
        """Names of the hits in order; the count has to agree with them."""
        page = await self.page(query, viewer=viewer, filter=filter)
        assert page.total_count == len(page.hits)
        return [self.names[hit.dataset_id] for hit in page.hits]

    async def suggested(self, prefix: str, *, viewer: Viewer | None = None, limit: int = 10) -> list[str]:
        """Suggested names in order."""
        return [self.names[dataset_id] for dataset_id in await self.index.suggest(prefix, viewer or self.owner, limit=limit)]


@pytest.fixture
async def shelf(db: Database) -> Shelf:
    """An empty shelf whose owner is an administrator."""
    owner = Viewer(uuid7(), "owner@example.com", "Owner", Role.ADMIN)
    shelf = Shelf(db, PostgresIndex(db), owner)
    async with db.transaction(TEST) as session:
        session.add(User(id=owner.id, email=owner.email, email_key=owner.email, display_name="Owner", role=owner.role))
    return shelf
