"""How a batch function becomes a loader: each batch reads in a session of its own."""

from collections import defaultdict
from collections.abc import Awaitable, Callable, Hashable, Iterable
from typing import TypeVar

from sqlalchemy.ext.asyncio import AsyncConnection
from strawberry.dataloader import DataLoader

from app.core.db import Database
from app.core.rows import AnyRow
from app.core.viewer import Viewer

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")
Loader = DataLoader
BatchFunction = Callable[[AsyncConnection, Viewer, list[K]], Awaitable[list[V]]]

MAX_BATCH = 1_000


def batched(read: BatchFunction[K, V], db: Database, viewer: Viewer) -> "DataLoader[K, V]":
    """A loader whose batches call `read` with a connection of their own and up to 1,000 keys."""

    async def load(keys: list[K]) -> list[V]:
        async with db.read(viewer) as connection:
            return await read(connection, viewer, keys)

    return DataLoader(load_fn=load, max_batch_size=MAX_BATCH)


def one_each(keys: list[K], rows: Iterable[AnyRow], key: str) -> list[AnyRow | None]:
    """For each key its row or None."""
    found = {getattr(row, key): row for row in rows}
    return [found.get(wanted) for wanted in keys]


def many_each(keys: list[K], rows: Iterable[AnyRow], key: str) -> list[list[AnyRow]]:
    """For each key its rows, in the order in which they came."""
    found: defaultdict[object, list[AnyRow]] = defaultdict(list)
    for row in rows:
        found[getattr(row, key)].append(row)
    return [found[wanted] for wanted in keys]
