"""Metadata entries of a dataset."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.errors import InvalidInput
from app.core.ids import uuid7
from app.core.phrases import say
from app.core.viewer import Viewer
from app.models.datasets import Dataset, MetadataEntry
from app.services import access, audit, events, texts
from app.services.access import Level
from app.services.datasets import search

MAX_ENTRIES = 250
MAX_VALUE_BYTES = 65_536


async def set_entries(session: AsyncSession, viewer: Viewer, dataset_id: UUID, entries: Sequence[tuple[str, object]]) -> UUID:
    """Each key has its new value; other keys stay as they are.

    Raises:
        NotFound, Forbidden: WRITE is needed.
        InvalidInput: a key is empty, repeated or too long, a value too large, or there would be more than 250 entries.
    """
    await access.require(session, viewer, dataset_id, Level.WRITE)
    await _lock(session, dataset_id)
    keys = [_clean_key(key, position) for position, (key, _) in enumerate(entries)]
    if len(set(keys)) < len(keys):
        raise InvalidInput(say("METADATA_KEY_TWICE", "A key stands here twice. Give each key once."), path=("entries",))
    for position, (_, value) in enumerate(entries):
        texts.check_json(value, path=("entries", str(position), "value"), max_bytes=MAX_VALUE_BYTES)
    if entries:
        values = [
            {"id": uuid7(), "dataset_id": dataset_id, "key": key, "value": value, "updated_by_id": viewer.id}
            for key, (_, value) in zip(keys, entries, strict=True)
        ]
        statement = insert(MetadataEntry).values(values)
        await session.execute(
            statement.on_conflict_do_update(
                index_elements=["dataset_id", "key"],
                set_={"value": statement.excluded.value, "updated_at": func.now(), "updated_by_id": viewer.id},
            )
        )
    count = select(func.count()).select_from(MetadataEntry).where(MetadataEntry.dataset_id == dataset_id)
    if (await session.execute(count)).scalar_one() > MAX_ENTRIES:
        raise InvalidInput(
            say("MOST_METADATA", "A dataset has at most {most} metadata entries.", most=MAX_ENTRIES), path=("entries",)
        )
    await _changed(session, viewer, "metadata.set", dataset_id, keys=keys)
    return dataset_id


async def remove_entries(session: AsyncSession, viewer: Viewer, dataset_id: UUID, keys: Sequence[str]) -> UUID:
    """The keys are gone; a key that was not there is no error.

    Raises:
        NotFound, Forbidden: WRITE is needed.
    """
    await access.require(session, viewer, dataset_id, Level.WRITE)
    await _lock(session, dataset_id)
    known = [key for key in keys if "\x00" not in key]
    removed = await session.execute(
        delete(MetadataEntry)
        .where(MetadataEntry.dataset_id == dataset_id, MetadataEntry.key.in_(known))
        .returning(MetadataEntry.key)
    )
    found = sorted(removed.scalars())
    if found:
        await _changed(session, viewer, "metadata.remove", dataset_id, keys=found)
    return dataset_id


async def _lock(session: AsyncSession, dataset_id: UUID) -> None:
    """One change of a dataset's entries at a time: two that touch the same keys in another order would wait for each other."""
    await session.execute(select(Dataset.id).where(Dataset.id == dataset_id).with_for_update(key_share=True))


def _clean_key(key: str, position: int) -> str:
    path = ("entries", str(position), "key")
    clean = key.strip()
    if not clean or len(clean) > 255:
        raise InvalidInput(say("METADATA_KEY_LENGTH", "A key has 1 to 255 characters."), path=path)
    if not clean.isprintable():
        raise InvalidInput(say("METADATA_KEY_CONTROL", "A key cannot hold control characters."), path=path)
    return clean


async def _changed(session: AsyncSession, viewer: Viewer, action: str, dataset_id: UUID, **details: object) -> None:
    await session.execute(
        update(Dataset).where(Dataset.id == dataset_id).values(updated_at=func.now(), revision=Dataset.revision + 1)
    )
    await events.append(session, dataset_id)
    await search.queue_index(session, dataset_id)
    await audit.record(session, viewer, action, dataset_id, **details)
