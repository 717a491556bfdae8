"""Versions, and what hangs on them, by key."""

from collections import defaultdict
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ARRAY, Uuid, bindparam, cast, func, lateral, select, text, true
from sqlalchemy.ext.asyncio import AsyncConnection

from app.core.ledger import SHARED_QUEUES
from app.core.rows import AnyRow
from app.core.viewer import Viewer
from app.loaders.base import many_each, one_each
from app.models.datasets import Dataset, FieldAnnotation
from app.models.versions import DatasetProfile, DatasetVersion, FieldProfile, FileObject, SchemaField
from app.services import access
from app.services.datasets import fields
from app.services.datasets.fields import NOTHING_HIDDEN, Hidden
from app.services.datasets.versions import COLUMNS

Rows = list[AnyRow]


@dataclass(frozen=True, slots=True)
class VersionsKey:
    """A page of a dataset's versions: up to `first` + 1 of those with a number below `before_number`."""

    dataset_id: UUID
    first: int
    before_number: int | None


async def versions_by_dataset(connection: AsyncConnection, viewer: Viewer, keys: list[VersionsKey]) -> list[Rows]:
    """Newest first: one statement for all datasets that are asked for the same page."""
    groups: defaultdict[tuple[int, int | None], list[UUID]] = defaultdict(list)
    for key in keys:
        groups[key.first, key.before_number].append(key.dataset_id)
    found: dict[VersionsKey, Rows] = {}
    for (first, before), ids in groups.items():
        for dataset_id, rows in zip(ids, await _pages(connection, viewer, ids, first, before), strict=True):
            found[VersionsKey(dataset_id, first, before)] = rows
    return [found[key] for key in keys]


async def _pages(connection: AsyncConnection, viewer: Viewer, ids: list[UUID], first: int, before: int | None) -> list[Rows]:
    wanted = func.unnest(bindparam("ids", ids, ARRAY(Uuid()))).table_valued("id", name="wanted").render_derived()
    of_dataset = (
        select(*COLUMNS)
        .join(Dataset, Dataset.id == DatasetVersion.dataset_id)
        .where(DatasetVersion.dataset_id == wanted.c.id, access.visible(viewer))
        .order_by(DatasetVersion.number.desc())
        .limit(first + 1)
    )
    if before is not None:
        of_dataset = of_dataset.where(DatasetVersion.number < before)
    page = lateral(of_dataset).alias("page")
    return many_each(ids, await connection.execute(select(page).select_from(wanted).join(page, true())), "dataset_id")


async def versions_by_id(connection: AsyncConnection, viewer: Viewer, ids: list[UUID]) -> list[AnyRow | None]:
    """Versions of visible datasets; None for the others."""
    statement = (
        select(*COLUMNS)
        .join(Dataset, Dataset.id == DatasetVersion.dataset_id)
        .where(DatasetVersion.id.in_(ids), access.visible(viewer))
    )
    return one_each(ids, await connection.execute(statement), "id")


async def tasks_ahead_by_version(connection: AsyncConnection, viewer: Viewer, ids: list[UUID]) -> list[int | None]:
    """How many tasks have their turn before the version's file is read; None where it does not wait for a turn."""
    rows = await connection.execute(
        text("""
            WITH waiting AS (
                SELECT id, actor, dedupe_key, queue, available_at,
                    row_number() OVER (PARTITION BY queue, on_behalf_of ORDER BY priority, available_at, id) AS turn
                FROM tasks WHERE state IN ('READY', 'QUEUED') AND available_at <= now() AND queue = ANY(:queues))
            SELECT mine.dedupe_key AS version_id, count(other.id) AS ahead
            FROM waiting AS mine LEFT JOIN waiting AS other ON other.queue = mine.queue
                AND (other.turn, other.available_at, other.id) < (mine.turn, mine.available_at, mine.id)
            WHERE mine.actor = 'versions.ingest' AND mine.dedupe_key = ANY(:ids) GROUP BY mine.dedupe_key"""),
        {"ids": [str(each) for each in ids], "queues": list(SHARED_QUEUES)},
    )
    found = {UUID(row.version_id): row.ahead for row in rows}
    return [found.get(each) for each in ids]


async def files_by_version(connection: AsyncConnection, viewer: Viewer, ids: list[UUID]) -> list[Rows]:
    """The original first, then the columnar copy, then the rejected rows."""
    statement = (
        select(
            FileObject.id, FileObject.version_id, FileObject.role, FileObject.name, FileObject.object_key,
            FileObject.size_bytes, FileObject.sha256, FileObject.encoding_format,
        )
        .join(DatasetVersion, DatasetVersion.id == FileObject.version_id)
        .join(Dataset, Dataset.id == DatasetVersion.dataset_id)
        .where(FileObject.version_id.in_(ids), access.visible(viewer))
        .order_by(func.array_position(["ORIGINAL", "TABLE", "REJECTS"], FileObject.role))
    )  # fmt: skip
    return many_each(ids, await connection.execute(statement), "version_id")


async def schema_fields_by_version(connection: AsyncConnection, viewer: Viewer, ids: list[UUID]) -> list[Rows]:
    """In the order of the file."""
    statement = (
        select(
            *SchemaField.__table__.columns, FieldAnnotation.description, FieldAnnotation.semantic_type,
            func.coalesce(FieldAnnotation.tags, cast([], FieldAnnotation.tags.type)).label("tags"),
            func.coalesce(FieldAnnotation.sensitive, False).label("sensitive"),
        )
        .join(DatasetVersion, DatasetVersion.id == SchemaField.version_id)
        .join(Dataset, Dataset.id == DatasetVersion.dataset_id)
        .outerjoin(FieldAnnotation, fields.ANNOTATION)
        .where(SchemaField.version_id.in_(ids), access.visible(viewer))
        .order_by(SchemaField.version_id, SchemaField.ordinal_position)
    )  # fmt: skip
    return many_each(ids, await connection.execute(statement), "version_id")


async def profiles_by_version(connection: AsyncConnection, viewer: Viewer, ids: list[UUID]) -> list[AnyRow | None]:
    """None while there is none."""
    statement = (
        select(*DatasetProfile.__table__.columns)
        .join(DatasetVersion, DatasetVersion.id == DatasetProfile.version_id)
        .join(Dataset, Dataset.id == DatasetVersion.dataset_id)
        .where(DatasetProfile.version_id.in_(ids), access.visible(viewer))
    )
    return one_each(ids, await connection.execute(statement), "version_id")


async def field_profiles_by_version(connection: AsyncConnection, viewer: Viewer, ids: list[UUID]) -> list[Rows]:
    """In the order of the file."""
    statement = (
        select(*FieldProfile.__table__.columns)
        .join(DatasetVersion, DatasetVersion.id == FieldProfile.version_id)
        .join(Dataset, Dataset.id == DatasetVersion.dataset_id)
        .where(FieldProfile.version_id.in_(ids), access.visible(viewer))
        .order_by(FieldProfile.version_id, FieldProfile.ordinal_position)
    )
    return many_each(ids, await connection.execute(statement), "version_id")


async def hidden_by_version(connection: AsyncConnection, viewer: Viewer, ids: list[UUID]) -> list[Hidden]:
    """What sensitive columns keep from the viewer."""
    found = await fields.hidden_by_version(connection, viewer, ids)
    return [found.get(one, NOTHING_HIDDEN) for one in ids]
