"""The task ledger as administrators see it: how long the queues are, which tasks are dead, and running those again."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from app.core import ledger
from app.core.errors import Conflict, InvalidInput, NotFound
from app.core.phrases import say
from app.core.rows import AnyRow
from app.core.viewer import Viewer
from app.models.tasks import Task, TaskState
from app.services import audit, cursors
from app.services.accounts.users import require_administrator
from app.services.cursors import Page
from app.services.ingest import ingests

QUEUES = ("interactive", "small", "heavy", "outbound")
MISSING = say("NO_SUCH_TASK", "There is no such task; finished ones are kept for a while only.")
COLUMNS = (
    Task.id, Task.actor, Task.queue, Task.args, Task.state, Task.priority, Task.attempt, Task.max_attempts, Task.lost_leases,
    Task.lease_owner, Task.lease_until, Task.last_error, Task.available_at, Task.created_at, Task.finished_at,
)  # fmt: skip
_ORDER = "tasks:id"


class Obstacle(StrEnum):
    """Why a task cannot be run again."""

    NOT_DEAD = "NOT_DEAD"
    MAIL_GONE = "MAIL_GONE"
    RUN_ENDED = "RUN_ENDED"
    DELIVERY_ENDED = "DELIVERY_ENDED"


_ENDED = {
    "mails.send": (
        Obstacle.MAIL_GONE,
        say("MAIL_TEXT_GONE", "The text of this mail was deleted when it was given up. Send another one."),
    ),
    "quality.run": (Obstacle.RUN_ENDED, say("RUN_HAS_ENDED", "This run has ended as ERROR. Begin another one on the version.")),
    "notifications.deliver": (
        Obstacle.DELIVERY_ENDED,
        say("DELIVERY_HAS_ENDED", "This delivery has ended. Replay it in the log of its channel."),
    ),
}
"""Actors whose death ended something for good: the task would find nothing to do."""
_REVIVE: dict[str, Callable[[AsyncSession, Viewer, dict[str, str]], Awaitable[None]]] = {"versions.ingest": ingests.revive}
"""What has to be taken back of what the death of a task did."""


@dataclass(frozen=True, kw_only=True)
class TaskFilter:
    """Conditions, all of which hold. None: any value."""

    states: Sequence[TaskState] | None = None
    queue: str | None = None
    actor: str | None = None

    def __post_init__(self) -> None:
        for name, value in (("queue", self.queue), ("actor", self.actor)):
            if value is not None and ("\x00" in value or len(value) > 64):
                raise InvalidInput(say("NO_TASK_OF_NAME", "No task has such a name."), path=("filter", name))


async def list_queues(connection: AsyncConnection, viewer: Viewer) -> list[AnyRow]:
    """Each queue with how many tasks it holds by state, and how many ended well within the last hour.

    Raises:
        Forbidden: no administrator.
    """
    require_administrator(viewer)
    rows = await connection.execute(
        text("""
            WITH counted AS (
                SELECT queue,
                    count(*) FILTER (WHERE state = 'READY' AND available_at <= now()) AS ready,
                    count(*) FILTER (WHERE state = 'READY' AND available_at > now()) AS delayed,
                    count(*) FILTER (WHERE state = 'QUEUED') AS queued,
                    count(*) FILTER (WHERE state = 'RUNNING') AS running,
                    count(*) FILTER (WHERE state = 'DEAD') AS dead,
                    count(*) FILTER (WHERE state = 'SUCCEEDED') AS succeeded,
                    count(DISTINCT lease_owner) AS workers,
                    min(available_at) FILTER (WHERE state IN ('READY', 'QUEUED') AND available_at <= now()) AS waiting_since
                FROM tasks WHERE state IN ('READY', 'QUEUED', 'RUNNING', 'DEAD')
                    OR (state = 'SUCCEEDED' AND finished_at > now() - interval '1 hour')
                GROUP BY queue)
            SELECT name, coalesce(ready, 0) AS ready, coalesce(delayed, 0) AS delayed, coalesce(queued, 0) AS queued,
                coalesce(running, 0) AS running, coalesce(dead, 0) AS dead, coalesce(succeeded, 0) AS succeeded,
                coalesce(workers, 0) AS workers, waiting_since
            FROM (SELECT unnest(CAST(:known AS text[])) AS name UNION SELECT queue FROM counted) AS named
            LEFT JOIN counted ON counted.queue = named.name ORDER BY name DESC"""),
        {"known": list(QUEUES)},
    )
    return list(rows)


async def list_tasks(
    connection: AsyncConnection, viewer: Viewer, *, first: int, after: str | None = None, filter: TaskFilter = TaskFilter()
) -> Page[AnyRow]:
    """A page of tasks, newest first.

    Raises:
        Forbidden: no administrator.
        InvalidInput: `after` is no cursor of this list.
    """
    require_administrator(viewer)
    statement = select(*COLUMNS).order_by(Task.id.desc()).limit(first + 1)
    if filter.states is not None:
        # One state is written as it stands in the partial index of dead tasks: parameters would hide it from the planner.
        dead_only = list(filter.states) == [TaskState.DEAD]
        statement = statement.where(text("state = 'DEAD'") if dead_only else Task.state.in_(filter.states))
    if filter.queue is not None:
        statement = statement.where(Task.queue == filter.queue)
    if filter.actor is not None:
        statement = statement.where(Task.actor == filter.actor)
    if after is not None:
        statement = statement.where(Task.id < cursors.decode(after, _ORDER, UUID)[0])
    rows = (await connection.execute(statement)).all()
    return cursors.page(rows, first, after, lambda row: cursors.encode(_ORDER, row.id))


async def find(connection: AsyncConnection, viewer: Viewer, task_id: UUID) -> AnyRow | None:
    """The row of a task; None when there is none, or for who is no administrator."""
    if not viewer.administers:
        return None
    return (await connection.execute(select(*COLUMNS).where(Task.id == task_id))).one_or_none()


def obstacle_of(row: AnyRow) -> Obstacle | None:
    """Why the task of this row cannot be run again; None when it can."""
    if row.state is not TaskState.DEAD:
        return Obstacle.NOT_DEAD
    return _ENDED[row.actor][0] if row.actor in _ENDED else None


async def replay(session: AsyncSession, viewer: Viewer, task_id: UUID) -> UUID:
    """A dead task runs again, with all its attempts before it, and what its death did is taken back.

    One that is not dead any more is left alone: two who replay it at the same time give it one run.

    Raises:
        Forbidden: no administrator.
        NotFound: no such task.
        Conflict: there is nothing left that it could do, or another task does the same already.
    """
    require_administrator(viewer)
    row = (await session.execute(select(*COLUMNS).where(Task.id == task_id).with_for_update(key_share=True))).one_or_none()
    if row is None:
        raise NotFound(MISSING)
    if row.state is not TaskState.DEAD:
        return task_id
    if row.actor in _ENDED:
        raise Conflict(_ENDED[row.actor][1])
    if row.actor in _REVIVE:
        await _REVIVE[row.actor](session, viewer, row.args)
    try:
        async with session.begin_nested():
            await ledger.replay(session, task_id)
    except IntegrityError as error:
        raise Conflict(say("TASK_TWICE", "Another task does the same already.")) from error
    await audit.record(session, viewer, "task.replay", task_id, actor=row.actor, **row.args)
    return task_id
