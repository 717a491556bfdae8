"""The task ledger's protocol: enqueue, relay, claim with fence and lease, heartbeat, finish, retry, reconcile.

Every function is one SQL statement or a few in the caller's transaction, and compares the database's clock only.
Redis is not known here: what travels through it is an id, and losing it loses nothing.
"""

from dataclasses import dataclass
from uuid import UUID

import orjson
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from app.core.ids import uuid7

MAX_LOST_LEASES = 3
"""A task that took its worker down this often is dead: it is the task's fault."""
RETRY_CAP_SECONDS = 3600.0
SHARED_QUEUES = ("small", "heavy")
"""Of these, a wake-up is a turn and no ticket: whoever waits takes it after those who were served less."""
MAX_DOUBLINGS = 6
"""A wake-up that nobody follows is sent again after 1, 2, 4, ... and at last every 64 times the timeout."""


class LostLease(Exception):
    """The fence has moved on: somebody else holds the task, and whatever was done here must not count."""


class TaskError(Exception):
    """A failure of a task that knows how often it is worth trying; None: as often as the task says."""

    max_attempts: int | None = None


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to work on a task until its lease ends; `fence` proves it."""

    task_id: UUID
    actor: str
    args: dict[str, str]
    fence: int
    attempt: int
    max_attempts: int


@dataclass(frozen=True, slots=True)
class Wakeup:
    """A task to announce on its queue."""

    task_id: UUID
    actor: str
    queue: str


@dataclass(frozen=True, slots=True)
class DeadTask:
    """A task that will not run again by itself."""

    task_id: UUID
    actor: str
    args: dict[str, str]
    reason: str


async def enqueue(
    session: AsyncSession | AsyncConnection,
    *,
    actor: str,
    args: dict[str, str],
    queue: str,
    dedupe_key: str | None = None,
    priority: int = 100,
    delay_seconds: float = 0.0,
    max_attempts: int = 5,
    on_behalf_of: UUID | None = None,
) -> UUID | None:
    """A task that exists if and only if the caller's transaction commits.

    Args:
        args: ids, or what is sealed; at most 16 KiB as JSON.
        dedupe_key: while a task of this actor with this key is READY, QUEUED or RUNNING, no second one is made.
        on_behalf_of: whose turn it takes in a shared queue.

    Returns:
        Its id, or None when a live task with the key exists.
    """
    return (
        await session.execute(
            text("""
                INSERT INTO tasks (id, actor, queue, args, dedupe_key, state, priority, available_at, max_attempts,
                                   on_behalf_of)
                VALUES (:id, :actor, :queue, CAST(:args AS jsonb), :key, 'READY', :priority,
                        now() + make_interval(secs => :delay), :max_attempts, :on_behalf_of)
                ON CONFLICT (actor, dedupe_key)
                    WHERE dedupe_key IS NOT NULL AND state IN ('READY', 'QUEUED', 'RUNNING') DO NOTHING
                RETURNING id"""),
            {
                "id": uuid7(),
                "actor": actor,
                "queue": queue,
                "args": orjson.dumps(args).decode(),
                "key": dedupe_key,
                "priority": priority,
                "delay": delay_seconds,
                "max_attempts": max_attempts,
                "on_behalf_of": on_behalf_of,
            },
        )
    ).scalar_one_or_none()


async def take_ready(session: AsyncSession, *, limit: int = 100) -> list[Wakeup]:
    """Marks up to `limit` due tasks QUEUED and returns them, most urgent first; other relays skip the locked rows.

    The caller publishes them before it commits: a crash in between publishes twice, and the second claim finds nothing.
    """
    rows = await session.execute(
        text("""
            WITH due AS (
                SELECT id FROM tasks WHERE state = 'READY' AND available_at <= now()
                ORDER BY priority, available_at LIMIT :limit FOR NO KEY UPDATE SKIP LOCKED)
            UPDATE tasks SET state = 'QUEUED', dispatched_at = now(), dispatch_count = dispatch_count + 1
            FROM due WHERE tasks.id = due.id RETURNING tasks.id, tasks.actor, tasks.queue, tasks.priority, tasks.available_at"""),
        {"limit": limit},
    )
    return [Wakeup(row.id, row.actor, row.queue) for row in sorted(rows, key=lambda row: (row.priority, row.available_at))]


async def claim(session: AsyncSession, task_id: UUID, *, owner: str, lease_seconds: float) -> Claim | None:
    """Takes a task for `owner`; None when it is taken, finished or not due: the wake-up is then dropped."""
    row = (
        await session.execute(
            text("""
                UPDATE tasks SET state = 'RUNNING', attempt = attempt + 1, fence = fence + 1, lease_owner = :owner,
                    lease_until = now() + make_interval(secs => :lease), dispatch_count = 0
                WHERE id = :id AND state IN ('READY', 'QUEUED') AND available_at <= now()
                RETURNING actor, args, fence, attempt, max_attempts"""),
            {"id": task_id, "owner": owner, "lease": lease_seconds},
        )
    ).one_or_none()
    return None if row is None else Claim(task_id, row.actor, row.args, row.fence, row.attempt, row.max_attempts)


async def claim_turn(session: AsyncSession, woken_by: UUID, *, owner: str, lease_seconds: float) -> Claim | None:
    """Takes the task that a wake-up stands for; in a shared queue, the one whose turn it is.

    There first by how many tasks of the same person are running, then by when their last one ended: one who sends two hundred
    files does not keep another's one waiting. Every QUEUED task has a wake-up of its own, so none is left over.
    """
    queue = (await session.execute(text("SELECT queue FROM tasks WHERE id = :id"), {"id": woken_by})).scalar_one_or_none()
    if queue not in SHARED_QUEUES:
        return await claim(session, woken_by, owner=owner, lease_seconds=lease_seconds)
    row = (
        await session.execute(
            text("""
                WITH served AS (
                    SELECT on_behalf_of, count(*) FILTER (WHERE state = 'RUNNING') AS running, max(finished_at) AS last
                    FROM tasks WHERE queue = :queue AND (state = 'RUNNING' OR finished_at > now() - interval '10 minutes')
                    GROUP BY on_behalf_of),
                turn AS (
                    SELECT tasks.id FROM tasks LEFT JOIN served ON served.on_behalf_of IS NOT DISTINCT FROM tasks.on_behalf_of
                    WHERE tasks.queue = :queue AND available_at <= now()
                        AND (state = 'QUEUED' OR (state = 'READY' AND tasks.id = :id))
                    ORDER BY priority, coalesce(running, 0), last NULLS FIRST, available_at, tasks.id
                    LIMIT 1 FOR NO KEY UPDATE OF tasks SKIP LOCKED)
                UPDATE tasks SET state = 'RUNNING', attempt = attempt + 1, fence = fence + 1, lease_owner = :owner,
                    lease_until = now() + make_interval(secs => :lease), dispatch_count = 0
                FROM turn WHERE tasks.id = turn.id
                RETURNING tasks.id, actor, args, fence, attempt, max_attempts"""),
            {"id": woken_by, "queue": queue, "owner": owner, "lease": lease_seconds},
        )
    ).one_or_none()
    return None if row is None else Claim(row.id, row.actor, row.args, row.fence, row.attempt, row.max_attempts)


async def heartbeat(session: AsyncSession, claim: Claim, *, lease_seconds: float) -> None:
    """The lease lasts `lease_seconds` from now.

    Raises:
        LostLease: it had ended and the task was given to somebody else, or cancelled.
    """
    await _guarded(session, claim, "lease_until = now() + make_interval(secs => :lease)", {"lease": lease_seconds})


async def hold(session: AsyncSession, claim: Claim) -> None:
    """Locks the task's row until the transaction ends, so that what follows happens under the fence.

    Raises:
        LostLease: the fence has moved on.
    """
    await _guarded(session, claim, "fence = fence", {})


async def succeed(session: AsyncSession, claim: Claim) -> None:
    """The task is done; the domain's changes belong in the same transaction.

    Raises:
        LostLease: nothing may be committed.
    """
    await _guarded(session, claim, f"state = 'SUCCEEDED', finished_at = now(), {_RELEASED}, last_error = NULL", {})


async def retry(session: AsyncSession, claim: Claim, *, error: str, base_seconds: float, max_attempts: int | None = None) -> bool:
    """The task runs again after base * 2^attempt seconds (with jitter, at most an hour); False when it is dead instead."""
    delay = min(base_seconds * 2.0 ** (claim.attempt - 1), RETRY_CAP_SECONDS)
    params: dict[str, object] = {"error": orjson.dumps({"message": error[:2000], "attempt": claim.attempt}).decode()}
    if claim.attempt >= min(claim.max_attempts, max_attempts or claim.max_attempts):
        await _guarded(
            session, claim, f"state = 'DEAD', finished_at = now(), {_RELEASED}, last_error = CAST(:error AS jsonb)", params
        )
        return False
    await _guarded(
        session,
        claim,
        f"state = 'READY', available_at = now() + make_interval(secs => :delay * (0.75 + random() / 2)), {_RELEASED}, "
        "last_error = CAST(:error AS jsonb)",
        {**params, "delay": delay},
    )
    return True


async def postpone(session: AsyncSession, claim: Claim, *, error: str, seconds: float) -> None:
    """The task runs again in `seconds`; the attempt does not count, because a dependency was away."""
    await _guarded(
        session,
        claim,
        f"state = 'READY', attempt = attempt - 1, available_at = now() + make_interval(secs => :seconds), {_RELEASED}, "
        "last_error = CAST(:error AS jsonb)",
        {"seconds": seconds, "error": orjson.dumps({"message": error[:2000]}).decode()},
    )


async def release(session: AsyncSession, *, owner: str) -> int:
    """Tasks held by the worker name `owner` are READY at once: it stops, or it starts again after a crash."""
    result = await session.execute(
        text(f"""UPDATE tasks SET state = 'READY', available_at = now(), lost_leases = lost_leases + 1, {_RELEASED}
                 WHERE state = 'RUNNING' AND lease_owner = :owner AND lost_leases + 1 < :max RETURNING id"""),
        {"owner": owner, "max": MAX_LOST_LEASES},
    )
    return len(result.all())


async def give_back(session: AsyncSession, claim: Claim) -> None:
    """A worker that stops on request hands the task back; neither the attempt nor a lost lease counts."""
    await _guarded(session, claim, f"state = 'READY', attempt = attempt - 1, available_at = now(), {_RELEASED}", {})


async def requeue_unclaimed(session: AsyncSession, *, older_than_seconds: float) -> int:
    """QUEUED tasks whose wake-up nobody followed for so long are READY again; with each wake-up they wait twice as long.

    A long queue behind a busy slot looks just like lost wake-ups: without the doubling it were sent again and again.
    """
    result = await session.execute(
        text("""UPDATE tasks SET state = 'READY' WHERE id IN (
                    SELECT id FROM tasks WHERE state = 'QUEUED'
                    AND dispatched_at <= now() - make_interval(secs => :age * power(2, least(dispatch_count - 1, :doublings)))
                    FOR NO KEY UPDATE SKIP LOCKED) RETURNING id"""),
        {"age": older_than_seconds, "doublings": MAX_DOUBLINGS},
    )
    return len(result.all())


async def expire_leases(session: AsyncSession) -> list[DeadTask]:
    """RUNNING tasks whose lease has ended are READY again; the third loss makes them DEAD, and those are returned.

    One statement: of two, the second would bury at their first loss the tasks that were locked during the first.
    """
    rows = await session.execute(
        text(f"""
            WITH lost AS (
                SELECT id, lost_leases + 1 >= :max AS dies FROM tasks WHERE state = 'RUNNING' AND lease_until < now()
                FOR NO KEY UPDATE SKIP LOCKED)
            UPDATE tasks SET lost_leases = lost_leases + 1, {_RELEASED},
                state = CASE WHEN dies THEN 'DEAD' ELSE 'READY' END,
                available_at = CASE WHEN dies THEN available_at ELSE now() END,
                finished_at = CASE WHEN dies THEN now() END,
                last_error = CASE WHEN dies
                    THEN jsonb_build_object('message', 'its worker died ' || (lost_leases + 1) || ' times') ELSE last_error END
            FROM lost WHERE tasks.id = lost.id
            RETURNING tasks.id, actor, args, dies, last_error ->> 'message' AS reason"""),
        {"max": MAX_LOST_LEASES},
    )
    return [DeadTask(row.id, row.actor, row.args, row.reason) for row in rows if row.dies]


async def replay(session: AsyncSession, task_id: UUID) -> bool:
    """A DEAD task is READY again with all its attempts before it; False when it is not DEAD.

    The fence stays: whoever still works under an old one must not count.

    Raises:
        IntegrityError: a live task of its actor has the same dedupe key.
    """
    result = await session.execute(
        text("""UPDATE tasks SET state = 'READY', attempt = 0, lost_leases = 0, dispatch_count = 0, available_at = now(),
                    finished_at = NULL WHERE id = :id AND state = 'DEAD' RETURNING id"""),
        {"id": task_id},
    )
    return result.scalar_one_or_none() is not None


async def delete_finished(session: AsyncSession, *, older_than_days: int) -> int:
    """Old SUCCEEDED and CANCELLED tasks are gone; DEAD ones stay until an operator replays them."""
    result = await session.execute(
        text("""DELETE FROM tasks WHERE id IN (SELECT id FROM tasks WHERE finished_at < now() - make_interval(days => :days)
                    AND state IN ('SUCCEEDED', 'CANCELLED') LIMIT 5000) RETURNING id"""),
        {"days": older_than_days},
    )
    return len(result.all())


_RELEASED = "lease_owner = NULL, lease_until = NULL"


async def _guarded(session: AsyncSession, claim: Claim, assignments: str, params: dict[str, object]) -> None:
    result = await session.execute(
        text(f"UPDATE tasks SET {assignments} WHERE id = :id AND fence = :fence AND state = 'RUNNING' RETURNING id"),
        {"id": claim.task_id, "fence": claim.fence, **params},
    )
    if result.scalar_one_or_none() is None:
        raise LostLease(f"task {claim.task_id} is no longer held under fence {claim.fence}")
