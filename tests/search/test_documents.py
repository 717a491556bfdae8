"""Documents follow their datasets: by task, in any order, and by rebuild."""

import asyncio
from dataclasses import replace
from pathlib import Path
from uuid import UUID

from sqlalchemy import select, text

from app.actors.registry import ACTORS, Work
from app.adapters.search.protocol import Document
from app.adapters.storage import S3Storage
from app.core import ledger
from app.core.ids import uuid7
from app.core.settings import Settings
from app.models.datasets import DatasetStatus, Visibility
from app.models.search import SearchDocument, SearchNameStart
from app.models.tasks import Task, TaskState
from app.services.datasets import datasets, metadata, search
from app.services.datasets.datasets import Changes
from app.services.datasets.search import Rebuilt

from .conftest import EPOCH, TEST, Shelf


def _document(shelf: Shelf, dataset_id: UUID, name: str, version: int) -> Document:
    return Document(
        dataset_id=dataset_id,
        version=version,
        name=name,
        description=None,
        tags=[],
        field_names=[],
        metadata=[],
        owner_id=shelf.owner.id,
        status=DatasetStatus.ACTIVE,
        visibility=Visibility.ORGANIZATION,
        created_at=EPOCH,
        updated_at=EPOCH,
    )


async def _stored(shelf: Shelf) -> list[tuple[UUID, int, str]]:
    async with shelf.db.read(TEST) as session:
        rows = await session.execute(
            select(SearchDocument.dataset_id, SearchDocument.document_version, SearchDocument.folded_name)
        )
        return [(row.dataset_id, row.document_version, row.folded_name) for row in rows]


async def _run_tasks(shelf: Shelf, tmp_path: Path, settings: Settings) -> int:
    """Runs the queued tasks as a worker does; returns how many there were."""
    work = Work(shelf.db, S3Storage(settings), shelf.index, settings, tmp_path)
    async with shelf.db.read(TEST) as session:
        ids = (await session.execute(select(Task.id).where(Task.state == TaskState.READY))).scalars().all()
    for task_id in ids:
        async with shelf.db.transaction(TEST) as session:
            claim = await ledger.claim(session, task_id, owner="test", lease_seconds=30)
        assert claim is not None
        await ACTORS[claim.actor].run(work, claim)
    async with shelf.db.read(TEST) as session:
        states = (await session.execute(select(Task.state).where(Task.id.in_(ids)))).scalars().all()
    assert set(states) <= {TaskState.SUCCEEDED}
    return len(ids)


async def test_a_change_is_found_when_its_task_has_run(shelf: Shelf, tmp_path: Path) -> None:
    settings = Settings(profile="test")
    async with shelf.db.transaction(shelf.owner) as session:
        dataset_id = await datasets.create(session, shelf.owner, name="Orders", tags=["sales"])
    shelf.names[dataset_id] = "Orders"
    assert await shelf.found("orders") == []

    assert await _run_tasks(shelf, tmp_path, settings) == 1
    assert await shelf.found("orders") == ["Orders"]

    async with shelf.db.transaction(shelf.owner) as session:
        await datasets.update_dataset(
            session, shelf.owner, dataset_id, revision=1, changes=Changes(name="Invoices", tags=["gold"])
        )
    async with shelf.db.transaction(shelf.owner) as session:
        await metadata.set_entries(session, shelf.owner, dataset_id, [("source", {"system": "warehouse"})])
    assert await _run_tasks(shelf, tmp_path, settings) == 2

    assert await shelf.found("orders") == []
    assert await shelf.found("invoices gold warehouse") == ["Orders"]
    assert await shelf.suggested("inv") == ["Orders"]
    assert await shelf.suggested("ord") == []

    async with shelf.db.transaction(shelf.owner) as session:
        await datasets.delete_dataset(session, shelf.owner, dataset_id)
    assert await _run_tasks(shelf, tmp_path, settings) == 1
    assert await _stored(shelf) == []

    async with shelf.db.transaction(shelf.owner) as session:
        await datasets.restore(session, shelf.owner, dataset_id)
    assert await _run_tasks(shelf, tmp_path, settings) == 1
    assert await shelf.found("invoices") == ["Orders"]


async def test_a_task_for_a_dataset_that_is_gone_succeeds(shelf: Shelf, tmp_path: Path) -> None:
    async with shelf.db.transaction(TEST) as session:
        await search.queue_index(session, uuid7())

    assert await _run_tasks(shelf, tmp_path, Settings(profile="test")) == 1


async def test_an_older_document_never_replaces_a_newer_one(shelf: Shelf) -> None:
    dataset_id = await shelf.put("x", indexed=False)

    await shelf.index.index(_document(shelf, dataset_id, "seven", 7))
    await shelf.index.index(_document(shelf, dataset_id, "six", 6))
    assert await _stored(shelf) == [(dataset_id, 7, "seven")]

    await shelf.index.index(_document(shelf, dataset_id, "seven again", 7))
    await shelf.index.index(_document(shelf, dataset_id, "nine", 9), _document(shelf, dataset_id, "eight", 8))
    assert await _stored(shelf) == [(dataset_id, 9, "nine")]

    await shelf.index.remove(dataset_id, version=8)
    assert await _stored(shelf) == [(dataset_id, 9, "nine")]
    await shelf.index.remove(dataset_id, version=9)
    assert await _stored(shelf) == []


async def test_any_order_of_writes_ends_with_the_newest(shelf: Shelf) -> None:
    dataset_id = await shelf.put("x", indexed=False)
    documents = [_document(shelf, dataset_id, f"version {version}", version) for version in range(1, 9)]

    await asyncio.gather(*(shelf.index.index(document) for document in documents[::2] + documents[1::2]))

    assert await _stored(shelf) == [(dataset_id, 8, "version 8")]
    assert await shelf.suggested("8") == ["x"]
    assert await shelf.suggested("7") == []


async def test_a_document_of_a_deleted_dataset_is_not_written(shelf: Shelf) -> None:
    dataset_id = await shelf.put("x", indexed=False)
    async with shelf.db.transaction(TEST) as session:
        await session.execute(text("UPDATE datasets SET deleted_at = now() WHERE id = :id"), {"id": dataset_id})

    await shelf.index.index(_document(shelf, dataset_id, "late", 99))

    assert await _stored(shelf) == []


async def test_a_deletion_that_commits_while_a_document_is_written_leaves_none(shelf: Shelf) -> None:
    """The writer waits for the deletion, and then sees it."""
    dataset_id = await shelf.put("x", indexed=False)
    async with shelf.db.transaction(TEST) as session:
        await session.execute(text("UPDATE datasets SET deleted_at = now() WHERE id = :id"), {"id": dataset_id})
        writing = asyncio.create_task(shelf.index.index(_document(shelf, dataset_id, "late", 99)))
        waiting = text("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'")
        async with shelf.db.read(TEST) as observer:
            while (await observer.execute(waiting)).scalar_one() == 0:
                assert not writing.done()
    await writing

    assert await _stored(shelf) == []


async def test_a_rebuild_restores_what_was_lost_and_removes_what_is_deleted(shelf: Shelf) -> None:
    kept = [await shelf.put(f"orders {number}", indexed=False) for number in range(450)]
    await shelf.put("old orders")
    async with shelf.db.transaction(TEST) as session:
        await session.execute(text("UPDATE datasets SET deleted_at = now() WHERE name = 'old orders'"))

    assert await search.rebuild(shelf.db, shelf.index) == Rebuilt(indexed=450, removed=1)

    assert {stored[0] for stored in await _stored(shelf)} == set(kept)
    assert (await shelf.page("orders", first=1)).total_count == 450
    assert await search.rebuild(shelf.db, shelf.index) == Rebuilt(indexed=450, removed=1)


async def test_removing_a_document_removes_its_name_starts(shelf: Shelf) -> None:
    dataset_id = await shelf.put("Customer orders 東京")
    async with shelf.db.read(TEST) as session:
        statement = select(SearchNameStart.start).order_by(SearchNameStart.position)
        assert (await session.execute(statement)).scalars().all() == ["orders 東京", "東京", "京"]

    await shelf.index.remove(dataset_id, version=0)

    async with shelf.db.read(TEST) as session:
        assert (await session.execute(statement)).scalars().all() == []


async def test_values_of_metadata_are_searched_as_people_read_them(shelf: Shelf) -> None:
    document = replace(_document(shelf, await shelf.put("x", indexed=False), "x", 1), metadata=["k: v"])
    await shelf.index.index(document)
    assert await shelf.found("v") == ["x"]

    await shelf.put("y", described={"years": [2023, 2024], "units": {"price": "JPY"}, "final": True, "none": None})

    assert await shelf.found("2024 jpy true") == ["y"]
    assert await shelf.found("null") == ["y"]
