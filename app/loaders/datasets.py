"""Datasets, and what hangs on them, by key."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from app.core.rows import AnyRow
from app.core.viewer import Viewer
from app.loaders.base import many_each, one_each
from app.models.datasets import AccessGrant, Dataset, DatasetTag, MetadataEntry
from app.services import access
from app.services.access import Level, grants
from app.services.datasets.datasets import COLUMNS

Rows = list[AnyRow]


async def datasets_by_id(connection: AsyncConnection, viewer: Viewer, ids: list[UUID]) -> list[AnyRow | None]:
    """Visible datasets; None for the others."""
    rows = await connection.execute(select(*COLUMNS).where(Dataset.id.in_(ids), access.visible(viewer)))
    return one_each(ids, rows, "id")


async def tags_by_dataset(connection: AsyncConnection, viewer: Viewer, ids: list[UUID]) -> list[Rows]:
    """Tags in alphabetical order."""
    statement = (
        select(DatasetTag.dataset_id, DatasetTag.name)
        .join(Dataset, Dataset.id == DatasetTag.dataset_id)
        .where(DatasetTag.dataset_id.in_(ids), access.visible(viewer))
        .order_by(DatasetTag.name)
    )
    return many_each(ids, await connection.execute(statement), "dataset_id")


async def metadata_entries_by_dataset(connection: AsyncConnection, viewer: Viewer, ids: list[UUID]) -> list[Rows]:
    """Entries by key."""
    statement = (
        select(
            MetadataEntry.dataset_id, MetadataEntry.key, MetadataEntry.value, MetadataEntry.created_at,
            MetadataEntry.updated_at, MetadataEntry.updated_by_id,
        )
        .join(Dataset, Dataset.id == MetadataEntry.dataset_id)
        .where(MetadataEntry.dataset_id.in_(ids), access.visible(viewer))
        .order_by(MetadataEntry.key)
    )  # fmt: skip
    return many_each(ids, await connection.execute(statement), "dataset_id")


async def levels_by_dataset(connection: AsyncConnection, viewer: Viewer, ids: list[UUID]) -> list[Level]:
    """The viewer's effective level; NONE for what it may not see."""
    statement = select(Dataset.id, access.level_of(viewer).label("level")).where(Dataset.id.in_(ids), access.visible(viewer))
    levels = {row.id: Level(row.level) for row in await connection.execute(statement)}
    return [levels.get(one, Level.NONE) for one in ids]


async def grants_by_dataset(connection: AsyncConnection, viewer: Viewer, ids: list[UUID]) -> list[Rows]:
    """Grants of datasets that the viewer may MANAGE; none of others."""
    statement = grants.manageable(viewer).where(AccessGrant.dataset_id.in_(ids))
    return many_each(ids, await connection.execute(statement), "dataset_id")
