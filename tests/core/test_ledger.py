"""The ledger's protocol on PostgreSQL: made with the caller's transaction, announced, claimed once, ended, reconciled."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import ledger
from app.core.ids import uuid7
from app.core.ledger import Claim, Wakeup
from app.core.viewer import Role, Viewer
from app.loaders.versions import tasks_ahead_by_version
from app.models.tasks import TaskState
from tests.core.conftest import ACTOR, TEST, Tasks


async def test_a_task_exists_when_its_transaction_commits(tasks: Tasks) -> None:
    async with tasks.db.transaction(TEST) as session:
        task_id = await ledger.enqueue(
            session, actor=ACTOR, args={"id": "7"}, queue="heavy", dedupe_key="k", priority=9, delay_seconds=60, max_attempts=3
        )
        assert await tasks.ids() == set()
    assert task_id is not None
    row = await tasks.row(task_id)
    created = row.pop("created_at")
    assert row == {
        "id": task_id, "actor": ACTOR, "queue": "heavy", "args": {"id": "7"}, "dedupe_key": "k", "on_behalf_of": None, "state": "READY",
        "priority": 9, "available_at": created + timedelta(seconds=60), "attempt": 0, "max_attempts": 3, "lost_leases": 0,
        "fence": 0, "lease_owner": None, "lease_until": None, "dispatched_at": None, "dispatch_count": 0,
        "last_error": None, "finished_at": None,
    }  # fmt: skip


async def test_a_task_of_a_transaction_that_is_rolled_back_never_was(tasks: Tasks) -> None:
    with pytest.raises(RuntimeError, match="not after all"):
        async with tasks.db.transaction(TEST) as session:
            assert await ledger.enqueue(session, actor=ACTOR, args={}, queue="heavy") is not None
            raise RuntimeError("not after all")
    assert await tasks.ids() == set()


@pytest.mark.parametrize("state", TaskState)
async def test_a_dedupe_key_is_taken_while_its_task_lives(tasks: Tasks, state: TaskState) -> None:
    first = await tasks.insert(state)
    await tasks.change(first, "dedupe_key = 'k'")
    async with tasks.db.transaction(TEST) as session:
        second = await ledger.enqueue(session, actor=ACTOR, args={}, queue="heavy", dedupe_key="k")
        of_another_actor = await ledger.enqueue(session, actor="test.other", args={}, queue="heavy", dedupe_key="k")
        without_key = await ledger.enqueue(session, actor=ACTOR, args={}, queue="heavy")
    assert (second is None) == (state in (TaskState.READY, TaskState.QUEUED, TaskState.RUNNING))
    assert await tasks.ids() == {first, of_another_actor, without_key} | ({second} if second else set())


async def test_the_most_urgent_tasks_are_announced_first_and_none_before_its_time(tasks: Tasks) -> None:
    late = await tasks.put(priority=200)
    younger, older, urgent, future = [await tasks.put(priority=priority) for priority in (100, 100, 50, 1)]
    await tasks.change(older, "available_at = now() - interval '1 hour'")
    await tasks.change(future, "available_at = now() + interval '1 hour'")
    before = await tasks.row(future)
    async with tasks.db.transaction(TEST) as session:
        first = await ledger.take_ready(session, limit=3)
    async with tasks.db.transaction(TEST) as session:
        rest = await ledger.take_ready(session, limit=3)
    assert first == [Wakeup(one, ACTOR, "heavy") for one in (urgent, older, younger)]
    assert rest == [Wakeup(late, ACTOR, "heavy")]
    row = await tasks.row(urgent)
    assert (row["state"], row["dispatch_count"], row["dispatched_at"] is not None) == ("QUEUED", 1, True)
    assert await tasks.row(future) == before


async def test_two_relays_share_the_tasks_and_a_relay_that_fails_gives_its_own_back(tasks: Tasks) -> None:
    made = {await tasks.put() for _ in range(5)}
    async with tasks.db.transaction(TEST) as second:
        with pytest.raises(RuntimeError, match="Redis"):
            async with tasks.db.transaction(TEST) as first:
                taken = {wakeup.task_id for wakeup in await ledger.take_ready(first, limit=3)}
                skipped = {wakeup.task_id for wakeup in await ledger.take_ready(second, limit=100)}
                raise RuntimeError("Redis is away")
    assert (len(taken), taken | skipped, taken & skipped) == (3, made, set())
    async with tasks.db.transaction(TEST) as session:
        assert {wakeup.task_id for wakeup in await ledger.take_ready(session)} == taken


@pytest.mark.parametrize("state", ["READY", "QUEUED"])
async def test_one_of_twenty_claims_at_the_same_time_gets_the_task(tasks: Tasks, state: str) -> None:
    task_id = await tasks.insert(state)
    claims = await asyncio.gather(*(tasks.claim(task_id, f"worker {n}") for n in range(20)))
    (won,) = [n for n, claim in enumerate(claims) if claim is not None]
    assert claims[won] == Claim(task_id, ACTOR, {}, fence=1, attempt=1, max_attempts=5)
    row = await tasks.row(task_id)
    assert (row["state"], row["lease_owner"], row["fence"], row["attempt"]) == ("RUNNING", f"worker {won}", 1, 1)


@pytest.mark.parametrize("state", ["RUNNING", "SUCCEEDED", "DEAD", "CANCELLED"])
async def test_what_runs_or_has_ended_cannot_be_claimed(tasks: Tasks, state: str) -> None:
    task_id = await tasks.insert(state)
    before = await tasks.row(task_id)
    assert await tasks.claim(task_id) is None
    assert await tasks.row(task_id) == before


async def test_a_task_cannot_be_claimed_before_its_time(tasks: Tasks) -> None:
    task_id = await tasks.put(delay_seconds=3600)
    before = await tasks.row(task_id)
    assert await tasks.claim(task_id) is None
    assert await tasks.row(task_id) == before
    assert (await tasks.again(task_id)).fence == 1


async def test_a_heartbeat_lets_the_lease_begin_anew(tasks: Tasks) -> None:
    claim = await tasks.held()
    async with tasks.db.transaction(TEST) as session:
        await ledger.heartbeat(session, claim, lease_seconds=77)
        lasts = await session.execute(text("SELECT lease_until - now() FROM tasks"))
        assert lasts.scalar_one() == timedelta(seconds=77)


@pytest.mark.parametrize(("attempt", "seconds"), [(1, 2), (2, 4), (3, 8), (11, 2048), (12, 3600), (60, 3600)])
async def test_a_retry_waits_twice_as_long_each_time_but_at_most_an_hour(tasks: Tasks, attempt: int, seconds: float) -> None:
    task_id = await tasks.put(max_attempts=100)
    await tasks.change(task_id, f"attempt = {attempt - 1}")
    claim = await tasks.again(task_id)
    async with tasks.db.transaction(TEST) as session:
        assert await ledger.retry(session, claim, error="no luck", base_seconds=2) is True
        waits = (await session.execute(text("SELECT available_at - now() FROM tasks"))).scalar_one()
    assert 0.75 * seconds <= waits.total_seconds() <= 1.25 * seconds
    row = await tasks.row(task_id)
    assert (row["state"], row["attempt"], row["lost_leases"]) == ("READY", attempt, 0)
    assert (row["lease_owner"], row["lease_until"], row["finished_at"]) == (None, None, None)
    assert row["last_error"] == {"message": "no luck", "attempt": attempt}


async def test_the_last_attempt_that_fails_leaves_the_task_dead(tasks: Tasks) -> None:
    first = await tasks.held(max_attempts=2)
    async with tasks.db.transaction(TEST) as session:
        assert await ledger.retry(session, first, error="once", base_seconds=0) is True
    second = await tasks.again(first.task_id)
    async with tasks.db.transaction(TEST) as session:
        assert await ledger.retry(session, second, error="x" * 3000, base_seconds=0) is False
    row = await tasks.row(first.task_id)
    assert (row["state"], row["attempt"], row["finished_at"] is not None) == ("DEAD", 2, True)
    assert (row["lease_owner"], row["lease_until"]) == (None, None)
    assert row["last_error"] == {"message": "x" * 2000, "attempt": 2}


async def test_a_postponed_attempt_does_not_count(tasks: Tasks) -> None:
    claim = await tasks.held()
    async with tasks.db.transaction(TEST) as session:
        await ledger.postpone(session, claim, error="storage is away", seconds=3)
        waits = (await session.execute(text("SELECT available_at - now() FROM tasks"))).scalar_one()
    row = await tasks.row(claim.task_id)
    assert (row["state"], row["attempt"], row["lost_leases"], waits) == ("READY", 0, 0, timedelta(seconds=3))
    assert (row["lease_owner"], row["lease_until"], row["last_error"]) == (None, None, {"message": "storage is away"})


async def test_a_task_that_is_given_back_is_ready_at_once_and_counts_nothing(tasks: Tasks) -> None:
    claim = await tasks.held()
    async with tasks.db.transaction(TEST) as session:
        await ledger.give_back(session, claim)
    row = await tasks.row(claim.task_id)
    assert (row["state"], row["attempt"], row["lost_leases"]) == ("READY", 0, 0)
    assert (row["lease_owner"], row["lease_until"]) == (None, None)
    assert await tasks.column("available_at <= now()", claim.task_id) is True


async def test_a_task_that_succeeded_says_when_and_forgets_its_errors(tasks: Tasks) -> None:
    claim = await tasks.held()
    await tasks.change(claim.task_id, """last_error = '{"message": "once"}'""")
    async with tasks.db.transaction(TEST) as session:
        await ledger.succeed(session, claim)
    row = await tasks.row(claim.task_id)
    assert (row["state"], row["fence"], row["attempt"], row["finished_at"] is not None) == ("SUCCEEDED", 1, 1, True)
    assert (row["lease_owner"], row["lease_until"], row["last_error"]) == (None, None, None)


async def give_back(tasks: Tasks, claim: Claim) -> None:
    async with tasks.db.transaction(TEST) as session:
        await ledger.give_back(session, claim)


async def postpone(tasks: Tasks, claim: Claim) -> None:
    async with tasks.db.transaction(TEST) as session:
        await ledger.postpone(session, claim, error="", seconds=0)


async def retry(tasks: Tasks, claim: Claim) -> None:
    async with tasks.db.transaction(TEST) as session:
        await ledger.retry(session, claim, error="", base_seconds=0)


async def expire(tasks: Tasks, claim: Claim) -> None:
    await tasks.lose(claim.task_id)


async def release(tasks: Tasks, _claim: Claim) -> None:
    async with tasks.db.transaction(TEST) as session:
        assert await ledger.release(session, owner="worker") == 1


@pytest.mark.parametrize("leave", [give_back, postpone, retry, expire, release])
async def test_every_claim_has_a_fence_of_its_own(tasks: Tasks, leave: Callable[[Tasks, Claim], Awaitable[None]]) -> None:
    first = await tasks.held()
    await leave(tasks, first)
    second = await tasks.again(first.task_id)
    await leave(tasks, second)
    third = await tasks.again(first.task_id)
    assert [claim.fence for claim in (first, second, third)] == [1, 2, 3]
    assert await tasks.column("fence", first.task_id) == 3


ALLOWED = {
    "READY": {"QUEUED", "RUNNING", "CANCELLED"},
    "QUEUED": {"RUNNING", "READY", "CANCELLED", "DEAD"},
    "RUNNING": {"SUCCEEDED", "READY", "DEAD", "CANCELLED"},
    "SUCCEEDED": set(),
    "DEAD": {"READY"},
    "CANCELLED": set(),
}


async def step(session: AsyncSession, task_id: UUID, state: str) -> None:
    await session.execute(
        text(
            "UPDATE tasks SET state = CAST(:state AS varchar), lease_until = CASE WHEN CAST(:state AS varchar) = 'RUNNING' THEN now() END, "
            "finished_at = CASE WHEN CAST(:state AS varchar) IN ('SUCCEEDED', 'DEAD', 'CANCELLED') THEN now() END WHERE id = :id"
        ),
        {"id": task_id, "state": state},
    )


@pytest.mark.parametrize("old", TaskState)
@pytest.mark.parametrize("new", TaskState)
async def test_a_step_that_the_state_machine_does_not_know_is_refused(tasks: Tasks, old: TaskState, new: TaskState) -> None:
    task_id = await tasks.insert(old)
    before = await tasks.row(task_id)
    if new is old or new in ALLOWED[old]:
        async with tasks.db.transaction(TEST) as session:
            await step(session, task_id, new)
        assert await tasks.column("state", task_id) == new
        return
    with pytest.raises(IntegrityError, match=f"illegal transition of tasks: {old} -> {new}"):
        async with tasks.db.transaction(TEST) as session:
            await step(session, task_id, new)
    assert await tasks.row(task_id) == before


async def test_old_finished_tasks_are_deleted_but_dead_ones_stay(tasks: Tasks) -> None:
    old = {state: await tasks.insert(state) for state in TaskState}
    for state in ("SUCCEEDED", "CANCELLED", "DEAD"):
        await tasks.change(old[TaskState(state)], "finished_at = now() - interval '15 days'")
    young = {await tasks.insert("SUCCEEDED"), await tasks.insert("CANCELLED")}
    async with tasks.db.transaction(TEST) as session:
        assert await ledger.delete_finished(session, older_than_days=14) == 2
    assert await tasks.ids() == young | {old[state] for state in TaskState if state not in ("SUCCEEDED", "CANCELLED")}


async def test_one_who_sends_many_does_not_keep_another_waiting(tasks: Tasks) -> None:
    many, few = uuid7(), uuid7()
    of_many = [await tasks.put(on_behalf_of=many) for _ in range(4)]
    of_few = [await tasks.put(on_behalf_of=few) for _ in range(2)]
    of_nobody = await tasks.put()
    elsewhere = await tasks.put(queue="small", on_behalf_of=many)
    ticket = await tasks.put(queue="interactive")
    async with tasks.db.transaction(TEST) as session:
        wakeups = await ledger.take_ready(session)
    served = []
    for wakeup in wakeups:
        async with tasks.db.transaction(TEST) as session:
            claim = await ledger.claim_turn(session, wakeup.task_id, owner="worker", lease_seconds=30)
        assert claim is not None
        served.append(claim.task_id)
        async with tasks.db.transaction(TEST) as session:
            await ledger.succeed(session, claim)
    heavy = [task_id for task_id in served if task_id not in (elsewhere, ticket)]
    assert heavy == [of_many[0], of_few[0], of_nobody, of_many[1], of_few[1], *of_many[2:]]
    assert served.index(ticket) == [wakeup.task_id for wakeup in wakeups].index(ticket)
    assert set(served) == await tasks.ids()


async def test_turns_go_to_who_has_fewest_running_and_to_nobody_twice(tasks: Tasks) -> None:
    many, few = uuid7(), uuid7()
    of_many = [await tasks.put(on_behalf_of=many) for _ in range(5)]
    of_few = await tasks.put(on_behalf_of=few)
    async with tasks.db.transaction(TEST) as session:
        await ledger.take_ready(session)

    async def turn() -> Claim | None:
        async with tasks.db.transaction(TEST) as session:
            return await ledger.claim_turn(session, of_many[4], owner="worker", lease_seconds=30)

    first = [claim.task_id for claim in (await turn(), await turn()) if claim]
    assert first == [of_many[0], of_few]
    rest = await asyncio.gather(*(turn() for _ in range(8)))
    assert sorted(claim.task_id for claim in rest if claim) == sorted(of_many[1:])


async def test_a_version_tells_how_many_have_their_turn_before_it(tasks: Tasks) -> None:
    many, few = uuid7(), uuid7()
    of_many, of_few, running, later = [uuid7() for _ in range(3)], uuid7(), uuid7(), uuid7()
    for version_id in of_many:
        await tasks.put(actor="versions.ingest", dedupe_key=str(version_id), on_behalf_of=many)
    await tasks.put(actor="quality.run", on_behalf_of=many)
    await tasks.put(actor="versions.ingest", dedupe_key=str(of_few), on_behalf_of=few)
    await tasks.put(actor="versions.ingest", dedupe_key=str(later), on_behalf_of=few, delay_seconds=60)
    await tasks.held(actor="versions.ingest", dedupe_key=str(running), queue="small", on_behalf_of=few)
    async with tasks.db.read(TEST) as connection:
        ahead = await tasks_ahead_by_version(
            connection, Viewer(few, "few@example.com", "Few", Role.EDITOR), [*of_many, of_few, running, later]
        )
    assert ahead == [0, 2, 3, 1, None, None]
