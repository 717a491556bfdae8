"""What people say about columns, and what is kept from those who may not see sensitive values."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from app.core.errors import InvalidInput, NotFound
from app.core.phrases import say
from app.core.viewer import Viewer
from app.models.datasets import Dataset, FieldAnnotation
from app.models.versions import DatasetVersion, SchemaField
from app.services import access, audit, events, texts
from app.services.access import UNMASKED, Level
from app.services.datasets import versions
from app.services.quality import rule_templating

MAX_DESCRIPTION = 10_000
MAX_SEMANTIC_TYPE = 64
MAX_PATH_BYTES = 2_000
"""Of a column that is described: PostgreSQL's index takes no more than 2,700."""

ANNOTATION = and_(FieldAnnotation.dataset_id == DatasetVersion.dataset_id, FieldAnnotation.field_path == SchemaField.field_path)
"""Joins a column of a version with what people say about it."""


@dataclass(frozen=True, kw_only=True)
class Changes:
    """What `update` changes; None leaves a property as it is, an empty text removes it."""

    description: str | None = None
    tags: Sequence[str] | None = None
    sensitive: bool | None = None
    semantic_type: str | None = None


@dataclass(frozen=True, slots=True)
class Hidden:
    """What of a version its viewer may not see."""

    fields: frozenset[str] = frozenset()
    """Sensitive columns: their values, and what is computed from them."""
    texts: bool = False
    """Anything that quotes cells of unknown columns: files, rejected records, warnings, the reason of a failure."""


NOTHING_HIDDEN = Hidden()


async def update(session: AsyncSession, viewer: Viewer, version_id: UUID, field_path: str, changes: Changes) -> UUID:
    """The column is described so in every version of the dataset that has it. Returns the version's id.

    Raises:
        NotFound, Forbidden: WRITE is needed, MANAGE to show a sensitive column to everybody again.
        InvalidInput: a text is too long, or a tag no single word.
    """
    dataset_id = (await versions.get(session, viewer, version_id)).dataset_id
    level = Level.MANAGE if changes.sensitive is False else Level.WRITE
    await access.require(session, viewer, dataset_id, level)
    column = select(SchemaField.field_path).where(SchemaField.version_id == version_id, SchemaField.field_path == field_path)
    if "\x00" in field_path or (await session.execute(column)).scalar_one_or_none() is None:
        raise NotFound(
            say("VERSION_NO_COLUMN", "This version has no column {column!r}.", column=field_path[:60]), path=("fieldPath",)
        )
    if len(field_path.encode()) > MAX_PATH_BYTES:
        raise InvalidInput(
            say(
                "COLUMN_NAME_TOO_LONG",
                "Columns with a name of more than {most:,} bytes cannot be described.",
                most=MAX_PATH_BYTES,
            ),
            path=("fieldPath",),
        )
    values = _values(changes)
    if values:
        values |= {"updated_at": func.now(), "updated_by_id": viewer.id}
        statement = insert(FieldAnnotation).values(dataset_id=dataset_id, field_path=field_path, **values)
        await session.execute(statement.on_conflict_do_update(index_elements=["dataset_id", "field_path"], set_=values))
        if changes.semantic_type is not None:
            await rule_templating.follow(session, [dataset_id])
        await events.append(session, dataset_id)
        changed = {name: value for name, value in vars(changes).items() if value is not None}
        await audit.record(session, viewer, "field.update", dataset_id, field=field_path, fields=sorted(changed))
    return version_id


async def hidden_by_version(connection: AsyncConnection, viewer: Viewer, ids: Sequence[UUID]) -> dict[UUID, Hidden]:
    """What of these versions is kept from the viewer; versions of which it sees everything are absent."""
    statement = (
        select(DatasetVersion.id, DatasetVersion.ready_at, SchemaField.field_path)
        .join(Dataset, Dataset.id == DatasetVersion.dataset_id)
        .join(FieldAnnotation, FieldAnnotation.dataset_id == Dataset.id)
        .outerjoin(
            SchemaField,
            and_(SchemaField.version_id == DatasetVersion.id, SchemaField.field_path == FieldAnnotation.field_path),
        )
        .where(DatasetVersion.id.in_(ids), FieldAnnotation.sensitive, masked(viewer), access.visible(viewer))
    )
    found: dict[UUID, Hidden] = {}
    for row in await connection.execute(statement):
        so_far = found.get(row.id, NOTHING_HIDDEN)
        named = so_far.fields if row.field_path is None else so_far.fields | {row.field_path}
        # Of a version that was never read nobody knows the columns: what is sensitive in its dataset may stand in it.
        texts = bool(named) or row.ready_at is None
        found[row.id] = Hidden(named, texts)
    return found


def masked(viewer: Viewer) -> ColumnElement[bool]:
    """The predicate over `datasets`: sensitive values are kept from the viewer."""
    return access.level_of(viewer) < int(UNMASKED)


def _values(changes: Changes) -> dict[str, object]:
    values: dict[str, object] = {}
    if changes.description is not None:
        values["description"] = texts.clean_text(changes.description, "description", MAX_DESCRIPTION)
    if changes.semantic_type is not None:
        values["semantic_type"] = texts.clean_text(changes.semantic_type, "semanticType", MAX_SEMANTIC_TYPE)
    if changes.tags is not None:
        values["tags"] = sorted(texts.clean_tags(changes.tags))
    if changes.sensitive is not None:
        values["sensitive"] = changes.sensitive
    return values
