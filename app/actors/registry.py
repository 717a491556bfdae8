"""Which actors there are, on which queue, and what happens to the domain when a task of theirs dies."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncSession

from app.adapters.search.protocol import SearchIndex
from app.adapters.storage import Storage
from app.core.db import Database
from app.core.ledger import Claim, DeadTask
from app.core.settings import Settings


@dataclass(frozen=True, slots=True)
class Work:
    """What every actor of a process may use."""

    db: Database
    storage: Storage
    search: SearchIndex
    settings: Settings
    scratch: Path


Run = Callable[[Work, Claim], Awaitable[None]]
"""Does the work and marks the task SUCCEEDED in the same transaction as its effect."""
OnDead = Callable[[AsyncSession, DeadTask], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Actor:
    """A verb of the worker."""

    name: str
    queue: str
    run: Run
    on_dead: OnDead | None
    small_queue: str | None = None
    """Where tasks of it that are soon done may come instead."""


ACTORS: dict[str, Actor] = {}


def actor(name: str, *, queue: str, on_dead: OnDead | None = None, small_queue: str | None = None) -> Callable[[Run], Run]:
    """Registers the function as `name` (noun.verb) on `queue`; `on_dead` runs in the transaction that buries a task."""

    def register(run: Run) -> Run:
        ACTORS[name] = Actor(name, queue, run, on_dead, small_queue)
        return run

    return register


async def bury(session: AsyncSession, dead: DeadTask) -> None:
    """The domain learns that this task will not run again by itself."""
    found = ACTORS.get(dead.actor)
    if found is not None and found.on_dead is not None:
        await found.on_dead(session, dead)
