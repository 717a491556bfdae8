"""Search documents: how they follow their datasets."""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

import orjson
from sqlalchemy import ColumnElement, Row, SQLColumnExpression, Text, cast, func, literal, select, true
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, aggregate_order_by
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from app.adapters.search.protocol import Document, SearchIndex
from app.core import ledger
from app.core.db import Database
from app.core.rows import AnyRow
from app.core.viewer import System, Viewer
from app.models.datasets import Dataset, DatasetTag, MetadataEntry
from app.models.search import SearchDocument
from app.models.tasks import Task, TaskState
from app.models.versions import DatasetVersion, SchemaField, VersionStatus
from app.services import access, audit
from app.services.accounts.users import require_administrator

REBUILD = "search.rebuild"
_INDEXER = System("search")
_BATCH = 200
_NEWER_THAN_ALL = 2**63 - 1

# One statement, and so one snapshot: a document never claims a version whose tags or fields it has not seen.
_TAGS = (
    select(func.array_agg(aggregate_order_by(DatasetTag.name, DatasetTag.name)))
    .where(DatasetTag.dataset_id == Dataset.id)
    .scalar_subquery()
)
_NEWEST_READY = (
    select(DatasetVersion.id)
    .where(DatasetVersion.dataset_id == Dataset.id, DatasetVersion.status == VersionStatus.READY)
    .order_by(DatasetVersion.number.desc())
    .limit(1)
    .correlate(Dataset)
    .scalar_subquery()
)
"""While nothing is published, a dataset is found by the columns of what was read last."""
_FIELD_NAMES = (
    select(func.array_agg(aggregate_order_by(SchemaField.field_path, SchemaField.ordinal_position)))
    .where(SchemaField.version_id == func.coalesce(Dataset.current_version_id, _NEWEST_READY))
    .scalar_subquery()
)
_ENTRIES = (
    select(func.jsonb_object_agg(MetadataEntry.key, MetadataEntry.value))
    .where(MetadataEntry.dataset_id == Dataset.id)
    .scalar_subquery()
)
_EMPTY: ColumnElement[list[str]] = literal([], ARRAY(Text))
_COLUMNS: tuple[SQLColumnExpression[object], ...] = (
    Dataset.id, Dataset.event_sequence, Dataset.name, Dataset.description, Dataset.owner_id, Dataset.status, Dataset.visibility,
    Dataset.created_at, Dataset.updated_at, Dataset.deleted_at, Dataset.metadata_.label("described"),
    func.coalesce(cast(_TAGS, ARRAY(Text)), _EMPTY).label("tags"),
    func.coalesce(cast(_FIELD_NAMES, ARRAY(Text)), _EMPTY).label("field_names"),
    func.coalesce(_ENTRIES, literal({}, JSONB)).label("entries"),
)  # fmt: skip
_SOURCE = select(*_COLUMNS)
SourceRow = Row[*tuple[object, ...]]


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """What a rebuild did."""

    indexed: int
    removed: int


async def queue_index(session: AsyncSession, dataset_id: UUID) -> None:
    """The dataset's document will be written, or removed, once the caller's transaction has committed.

    No dedupe key: a task that runs now may have read the dataset before this change, and must not stand for it.
    """
    await ledger.enqueue(session, actor="search.index", args={"datasetId": str(dataset_id)}, queue="interactive")


async def index_dataset(db: Database, index: SearchIndex, dataset_id: UUID) -> None:
    """The index holds the dataset as it is now, or a newer state of it; nothing of a deleted one."""
    async with db.read(_INDEXER) as session:
        row = (await session.execute(_SOURCE.where(Dataset.id == dataset_id))).one_or_none()
    if row is None:
        await index.remove(dataset_id, version=_NEWER_THAN_ALL)
    elif row.deleted_at is not None:
        await index.remove(dataset_id, version=row.event_sequence)
    else:
        await index.index(_document(row))


async def rebuild(db: Database, index: SearchIndex) -> Rebuilt:
    """Every dataset has its document again and deleted ones have none; searches go on meanwhile."""
    indexed = removed = 0
    async for rows in _batches(db):
        alive = [_document(row) for row in rows if row.deleted_at is None]
        await index.index(*alive)
        for row in rows:
            if row.deleted_at is not None:
                await index.remove(row.id, version=row.event_sequence)
        indexed += len(alive)
        removed += len(rows) - len(alive)
    return Rebuilt(indexed, removed)


async def queue_rebuild(session: AsyncSession, viewer: Viewer) -> UUID:
    """A task writes all documents anew; the task that waits or works already, when there is one.

    Raises:
        Forbidden: no administrator.
    """
    require_administrator(viewer)
    live = select(Task.id).where(Task.actor == REBUILD, Task.state.in_([TaskState.READY, TaskState.QUEUED, TaskState.RUNNING]))
    task_id = await ledger.enqueue(session, actor=REBUILD, args={}, queue="heavy", dedupe_key="all")
    if task_id is not None:
        await audit.record(session, viewer, REBUILD, task_id)
        return task_id
    return (await session.execute(live)).scalar_one()


async def state(connection: AsyncConnection, viewer: Viewer) -> AnyRow:
    """How far the index follows: `datasets`, `documents`, `waiting` tasks, and since when the oldest of them waits.

    Raises:
        Forbidden: no administrator.
    """
    require_administrator(viewer)
    counts = (
        select(func.count(Dataset.id).label("datasets"), func.count(SearchDocument.dataset_id).label("documents"))
        .outerjoin(SearchDocument, SearchDocument.dataset_id == Dataset.id)
        .where(access.visible(viewer))
        .subquery()
    )
    tasks = (
        select(func.count(Task.id).label("waiting"), func.min(Task.created_at).label("waiting_since"))
        .where(
            Task.actor.in_(["search.index", REBUILD]),
            Task.state.in_([TaskState.READY, TaskState.QUEUED, TaskState.RUNNING]),
        )
        .subquery()
    )
    return (await connection.execute(select(counts, tasks).select_from(counts.join(tasks, true())))).one()


async def _batches(db: Database) -> AsyncIterator[Sequence[SourceRow]]:
    last: UUID | None = None
    while True:
        statement = _SOURCE.order_by(Dataset.id).limit(_BATCH)
        if last is not None:
            statement = statement.where(Dataset.id > last)
        async with db.read(_INDEXER) as session:
            rows = (await session.execute(statement)).all()
        if not rows:
            return
        yield rows
        last = rows[-1].id


def _document(row: SourceRow) -> Document:
    lines = [f"{key}: {_text(value)}" for entries in (row.described, row.entries) for key, value in entries.items()]
    return Document(
        dataset_id=row.id,
        version=row.event_sequence,
        name=row.name,
        description=row.description,
        tags=row.tags,
        field_names=row.field_names,
        metadata=list(dict.fromkeys(lines)),
        owner_id=row.owner_id,
        status=row.status,
        visibility=row.visibility,
        created_at=row.created_at,
        updated_at=row.updated_at,
    )


def _text(value: object) -> str:
    """A JSON value as people read it."""
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        return ", ".join(map(_text, value))
    if isinstance(value, Mapping):
        return ", ".join(f"{key}: {_text(inner)}" for key, inner in value.items())
    return orjson.dumps(value).decode()
