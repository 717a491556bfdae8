"""Datasets: creating, describing, archiving, deleting, finding by id and slug."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from app.core.errors import Conflict, InvalidInput, NotFound
from app.core.ids import uuid7
from app.core.phrases import say
from app.core.rows import AnyRow
from app.core.viewer import Viewer
from app.models.datasets import Dataset, DatasetStatus, DatasetTag, Visibility
from app.services import access, audit, events, texts
from app.services.access import Level
from app.services.datasets import search
from app.services.quality import rule_templating

DatasetRow = AnyRow

COLUMNS = (
    Dataset.id, Dataset.name, Dataset.slug, Dataset.description, Dataset.status, Dataset.visibility, Dataset.owner_id,
    Dataset.metadata_, Dataset.auto_publish, Dataset.deprecation, Dataset.revision, Dataset.current_version_id,
    Dataset.created_at, Dataset.updated_at, Dataset.event_sequence,
    Dataset.current_row_count, Dataset.current_size_bytes, Dataset.current_published_at,
)  # fmt: skip
"""What a row of a dataset holds wherever one is read."""

MAX_DESCRIPTION = 65_536


@dataclass(frozen=True, kw_only=True)
class Changes:
    """What `update` changes; None leaves a field as it is."""

    name: str | None = None
    description: str | None = None
    visibility: Visibility | None = None
    tags: Sequence[str] | None = None
    metadata: object | None = None
    auto_publish: bool | None = None


async def create(
    session: AsyncSession,
    viewer: Viewer,
    *,
    name: str,
    description: str | None = None,
    visibility: Visibility = Visibility.ORGANIZATION,
    metadata: object | None = None,
    tags: Sequence[str] = (),
    auto_publish: bool = False,
) -> UUID:
    """A DRAFT dataset, owned by the viewer, with a slug made from its name.

    Raises:
        Forbidden: the account may not create datasets.
        InvalidInput: name, description, metadata or a tag cannot be accepted.
        Conflict: the name, or one that makes the same slug, is taken.
    """
    dataset_id = uuid7()
    access.require_editor(session, viewer, dataset_id)
    clean = texts.clean_name(name)
    dataset = Dataset(
        id=dataset_id,
        name=clean,
        slug=texts.slugify(clean),
        description=_clean_description(description),
        visibility=visibility,
        owner_id=viewer.id,
        metadata_=_clean_metadata(metadata if metadata is not None else {}),
        auto_publish=auto_publish,
    )
    await _claim_name(session, clean, dataset.id)
    session.add(dataset)
    await _flush_slug(session, dataset)
    if tags:
        await _write_tags(session, dataset.id, texts.clean_tags(tags))
    await _changed(session, viewer, "dataset.create", dataset.id, name=clean)
    return dataset.id


async def update_dataset(session: AsyncSession, viewer: Viewer, dataset_id: UUID, *, revision: int, changes: Changes) -> UUID:
    """The dataset has the changed fields and the next revision. The slug stays: addresses do not break.

    Raises:
        NotFound, Forbidden: WRITE is needed, MANAGE to change the visibility.
        Conflict: somebody changed the dataset since `revision`, or the name is taken.
    """
    level = Level.MANAGE if changes.visibility is not None else Level.WRITE
    await access.require(session, viewer, dataset_id, level)
    values: dict[str, object] = {"revision": Dataset.revision + 1, "updated_at": func.now()}
    if changes.name is not None:
        values["name"] = name = texts.clean_name(changes.name)
        await _claim_name(session, name, dataset_id)
    if changes.description is not None:
        values["description"] = _clean_description(changes.description)
    if changes.visibility is not None:
        values["visibility"] = changes.visibility
    if changes.metadata is not None:
        values["metadata_"] = _clean_metadata(changes.metadata)
    if changes.auto_publish is not None:
        values["auto_publish"] = changes.auto_publish
    updated = await session.execute(
        update(Dataset).where(Dataset.id == dataset_id, Dataset.revision == revision).values(values).returning(Dataset.id)
    )
    if updated.scalar_one_or_none() is None:
        raise Conflict(
            say("DATASET_CHANGED", "Somebody else changed this dataset in the meantime. Load it again and repeat your change."),
            path=("revision",),
        )
    if changes.tags is not None:
        await session.execute(delete(DatasetTag).where(DatasetTag.dataset_id == dataset_id))
        await _write_tags(session, dataset_id, texts.clean_tags(changes.tags))
    await _changed(session, viewer, "dataset.update", dataset_id, fields=[k for k, v in vars(changes).items() if v is not None])
    return dataset_id


async def archive(session: AsyncSession, viewer: Viewer, dataset_id: UUID) -> UUID:
    """The dataset is ARCHIVED: readable, but without new versions. Archiving twice changes nothing.

    Raises:
        NotFound, Forbidden: MANAGE is needed.
    """
    await access.require(session, viewer, dataset_id, Level.MANAGE)
    moved = await session.execute(
        update(Dataset)
        .where(Dataset.id == dataset_id, Dataset.status != DatasetStatus.ARCHIVED)
        .values(
            status_before_archive=Dataset.status,
            status=DatasetStatus.ARCHIVED,
            revision=Dataset.revision + 1,
            updated_at=func.now(),
        )
        .returning(Dataset.id)
    )
    if moved.scalar_one_or_none() is not None:
        await _changed(session, viewer, "dataset.archive", dataset_id)
    return dataset_id


async def delete_dataset(session: AsyncSession, viewer: Viewer, dataset_id: UUID) -> UUID:
    """The dataset is hidden from everybody, its name free; `restore` brings it back.

    Raises:
        NotFound, Forbidden: MANAGE is needed.
    """
    await access.require(session, viewer, dataset_id, Level.MANAGE)
    await session.execute(
        update(Dataset)
        .where(Dataset.id == dataset_id)
        .values(deleted_at=func.now(), revision=Dataset.revision + 1, updated_at=func.now())
    )
    await _changed(session, viewer, "dataset.delete", dataset_id)
    return dataset_id


async def restore(session: AsyncSession, viewer: Viewer, dataset_id: UUID) -> UUID:
    """A deleted dataset is back; an archived one has the status that it had before.

    Raises:
        NotFound, Forbidden: MANAGE is needed.
        Conflict: its name was given to another dataset, or it is neither deleted nor archived.
    """
    await access.require(session, viewer, dataset_id, Level.MANAGE, deleted=None)
    row = (await session.execute(select(Dataset.deleted_at, Dataset.name).where(Dataset.id == dataset_id))).one()
    statement = update(Dataset).where(Dataset.id == dataset_id)
    if row.deleted_at is not None:
        if await _is_taken(session, row.name, dataset_id):
            raise Conflict(
                say("NAME_GIVEN_AWAY", "Its name was given to another dataset in the meantime. Rename that one first.")
            )
        statement = statement.values(deleted_at=None, revision=Dataset.revision + 1, updated_at=func.now())
    else:
        statement = statement.where(Dataset.status == DatasetStatus.ARCHIVED).values(
            status=func.coalesce(Dataset.status_before_archive, DatasetStatus.DRAFT.value),
            status_before_archive=None,
            revision=Dataset.revision + 1,
            updated_at=func.now(),
        )
    try:
        async with session.begin_nested():
            restored = (await session.execute(statement.returning(Dataset.id))).scalar_one_or_none()
    except IntegrityError as error:
        raise Conflict(say("ADDRESS_GIVEN_AWAY", "Another dataset has its address now. Delete that one first.")) from error
    if restored is None:
        raise Conflict(say("NOTHING_TO_RESTORE", "This dataset is neither deleted nor archived: there is nothing to restore."))
    await _changed(session, viewer, "dataset.restore", dataset_id)
    return dataset_id


async def get(session: AsyncConnection | AsyncSession, viewer: Viewer, dataset_id: UUID) -> DatasetRow:
    """The row of a visible dataset.

    Raises:
        NotFound: missing or not visible.
    """
    row = await find(session, viewer, dataset_id)
    if row is None:
        raise NotFound(say("NO_SUCH_DATASET", "There is no such dataset, or you may not see it."))
    return row


async def find(session: AsyncConnection | AsyncSession, viewer: Viewer, dataset_id: UUID) -> DatasetRow | None:
    """The row of a visible dataset, or None."""
    return (await session.execute(select(*COLUMNS).where(Dataset.id == dataset_id, access.visible(viewer)))).one_or_none()


async def find_by_slug(session: AsyncConnection, viewer: Viewer, slug: str) -> DatasetRow | None:
    """The row of the visible dataset with this slug, or None."""
    if "\x00" in slug:
        return None
    return (await session.execute(select(*COLUMNS).where(Dataset.slug == slug, access.visible(viewer)))).one_or_none()


def _clean_description(description: str | None) -> str | None:
    if description is None:
        return None
    if len(description) > MAX_DESCRIPTION:
        raise InvalidInput(
            say("DESCRIPTION_LENGTH", "A description has at most {most:,} characters.", most=MAX_DESCRIPTION),
            path=("description",),
        )
    return texts.reject_nul(description, "description").strip() or None


def _clean_metadata(metadata: object) -> dict[str, object]:
    if not isinstance(metadata, dict):
        raise InvalidInput(say("METADATA_OBJECT", 'Metadata is a JSON object, as {{"source": "crm"}}.'), path=("metadata",))
    texts.check_json(metadata, path=("metadata",))
    return metadata


async def _claim_name(session: AsyncSession, name: str, dataset_id: UUID) -> None:
    """No other living dataset has this name, until the transaction ends. Slugs alone do not say so: they outlive names."""
    if await _is_taken(session, name, dataset_id):
        raise Conflict(say("NAME_TAKEN", "The name {name!r} is taken. Choose another one.", name=name), path=("name",))


async def _is_taken(session: AsyncSession, name: str, dataset_id: UUID) -> bool:
    await session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(f"dataset name {name}", 0))))
    other = select(Dataset.id).where(Dataset.name == name, Dataset.id != dataset_id, Dataset.deleted_at.is_(None)).limit(1)
    return (await session.execute(other)).scalar_one_or_none() is not None


async def _flush_slug(session: AsyncSession, dataset: Dataset) -> None:
    try:
        async with session.begin_nested():
            await session.flush()
    except IntegrityError as error:
        message = say(
            "ADDRESS_TAKEN",
            "Another dataset has the address {slug!r}, which this name makes. Choose another name.",
            slug=dataset.slug,
        )
        raise Conflict(message, path=("name",)) from error


async def _write_tags(session: AsyncSession, dataset_id: UUID, tags: list[str]) -> None:
    if tags:
        await session.execute(insert(DatasetTag), [{"dataset_id": dataset_id, "name": tag} for tag in tags])
    await rule_templating.follow(session, [dataset_id])


async def _changed(session: AsyncSession, viewer: Viewer, action: str, dataset_id: UUID, **details: object) -> None:
    """What belongs to every change of a dataset: event, search document, audit record."""
    await events.append(session, dataset_id)
    await search.queue_index(session, dataset_id)
    await audit.record(session, viewer, action, dataset_id, **details)
