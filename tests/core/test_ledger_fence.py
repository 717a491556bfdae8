"""What holds when workers vanish: an old fence changes nothing, leases end once, lost wake-ups are sent again."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from redis.asyncio import Redis
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from app.actors.registry import ACTORS, Actor
from app.core import ledger
from app.core.guard import Decisions
from app.core.ledger import Claim, DeadTask, LostLease
from app.core.settings import Settings
from app.dispatcher.reconciler import Reconciler
from app.embedded.engines import Engines
from tests.core.conftest import ACTOR, TEST, Tasks
from tests.support.system import until

Act = Callable[[AsyncSession, Claim], Awaitable[object]]
ACTS: dict[str, Act] = {
    "heartbeat": lambda session, claim: ledger.heartbeat(session, claim, lease_seconds=300),
    "hold": ledger.hold,
    "succeed": ledger.succeed,
    "retry": lambda session, claim: ledger.retry(session, claim, error="old", base_seconds=2),
    "postpone": lambda session, claim: ledger.postpone(session, claim, error="old", seconds=3),
    "give_back": ledger.give_back,
}


async def assert_refused(tasks: Tasks, claim: Claim, act: Act) -> None:
    """The act raises LostLease, and neither the task nor what else its transaction wrote is there."""
    before = await tasks.row(claim.task_id)
    with pytest.raises(LostLease, match=f"task {claim.task_id} is no longer held under fence {claim.fence}"):
        async with tasks.db.transaction(TEST) as session:
            await ledger.enqueue(session, actor="test.effect", args={}, queue="heavy")
            await act(session, claim)
    assert await tasks.row(claim.task_id) == before
    assert await tasks.ids() == {claim.task_id}


@pytest.mark.parametrize("max_attempts", [1, 5])
@pytest.mark.parametrize("act", ACTS.values(), ids=ACTS)
async def test_an_old_fence_changes_nothing_while_a_successor_runs(tasks: Tasks, act: Act, max_attempts: int) -> None:
    old = await tasks.held("zombie", max_attempts=max_attempts)
    assert await tasks.lose(old.task_id) == []
    new = await tasks.again(old.task_id, "successor")
    assert (old.fence, new.fence) == (1, 2)
    await assert_refused(tasks, old, act)
    async with tasks.db.transaction(TEST) as session:
        await ledger.succeed(session, new)
    assert await tasks.column("state", old.task_id) == "SUCCEEDED"


@pytest.mark.parametrize("state", ["READY", "SUCCEEDED", "DEAD", "CANCELLED"])
@pytest.mark.parametrize("act", ACTS.values(), ids=ACTS)
async def test_a_fence_alone_changes_nothing_when_the_task_no_longer_runs(tasks: Tasks, act: Act, state: str) -> None:
    claim = await tasks.held()
    finished = "NULL" if state == "READY" else "now()"
    await tasks.change(claim.task_id, f"state = '{state}', lease_until = NULL, lease_owner = NULL, finished_at = {finished}")
    await assert_refused(tasks, claim, act)


async def test_a_lease_that_has_not_ended_is_left_alone(tasks: Tasks) -> None:
    claim = await tasks.held()
    before = await tasks.row(claim.task_id)
    async with tasks.db.transaction(TEST) as session:
        assert await ledger.expire_leases(session) == []
    assert await tasks.row(claim.task_id) == before


async def test_the_third_lost_lease_leaves_the_task_dead_with_the_reason(tasks: Tasks) -> None:
    claim = await tasks.held(max_attempts=100)
    for losses in (1, 2):
        assert await tasks.lose(claim.task_id) == []
        row = await tasks.row(claim.task_id)
        assert (row["state"], row["lost_leases"], row["attempt"], row["fence"]) == ("READY", losses, losses, losses)
        assert (row["lease_owner"], row["lease_until"], row["last_error"], row["finished_at"]) == (None, None, None, None)
        assert await tasks.column("available_at <= now()", claim.task_id) is True
        await tasks.again(claim.task_id)
    reason = "its worker died 3 times"
    assert await tasks.lose(claim.task_id) == [DeadTask(claim.task_id, ACTOR, {"id": "7"}, reason)]
    row = await tasks.row(claim.task_id)
    assert (row["state"], row["lost_leases"], row["attempt"], row["fence"]) == ("DEAD", 3, 3, 3)
    assert (row["lease_owner"], row["lease_until"], row["last_error"]) == (None, None, {"message": reason})
    assert row["finished_at"] is not None


async def test_a_task_that_is_locked_while_leases_expire_is_not_declared_dead(tasks: Tasks) -> None:
    claim = await tasks.held()
    await tasks.change(claim.task_id, "lease_until = now() - interval '1 second'")
    holding = tasks.db.transaction(TEST)
    await ledger.hold(await holding.__aenter__(), claim)

    class UnlockedMeanwhile(AsyncSession):
        """After the first statement of the reconciler the task is no longer locked."""

        async def execute(self, *given: object, **named: object) -> object:  # type: ignore[override]
            result = await super().execute(*given, **named)  # type: ignore[arg-type]
            if not released.is_set():
                released.set()
                await holding.__aexit__(None, None, None)
            return result

    released = asyncio.Event()
    engine = tasks.db.engine.execution_options(decisions=Decisions(TEST))
    async with UnlockedMeanwhile(engine) as session, session.begin():
        assert await ledger.expire_leases(session) == []
    assert released.is_set()
    row = await tasks.row(claim.task_id)
    assert (row["state"], row["lost_leases"]) == ("RUNNING", 0)
    async with tasks.db.transaction(TEST) as session:
        assert await ledger.expire_leases(session) == []
    row = await tasks.row(claim.task_id)
    assert (row["state"], row["lost_leases"]) == ("READY", 1)


async def test_a_worker_that_starts_again_releases_its_own_tasks_only(tasks: Tasks) -> None:
    mine, poison, other = [(await tasks.held(owner)).task_id for owner in ("me", "me", "other")]
    await tasks.change(poison, "lost_leases = 2")
    untouched = [await tasks.row(poison), await tasks.row(other)]
    async with tasks.db.transaction(TEST) as session:
        assert await ledger.release(session, owner="me") == 1
    row = await tasks.row(mine)
    assert (row["state"], row["lost_leases"], row["lease_owner"], row["lease_until"]) == ("READY", 1, None, None)
    # The third loss is left to the end of the lease, where the task is buried.
    assert [await tasks.row(poison), await tasks.row(other)] == untouched


@pytest.mark.parametrize(
    ("dispatches", "age", "requeued"),
    [(1, 29, 0), (1, 30, 1), (2, 59, 0), (2, 60, 1), (3, 119, 0), (3, 120, 1), (7, 1919, 0), (7, 1920, 1), (99, 1920, 1)],
)
async def test_a_wake_up_that_nobody_follows_is_sent_again_half_as_often_each_time(
    tasks: Tasks, dispatches: int, age: int, requeued: int
) -> None:
    task_id = await tasks.insert("QUEUED")
    async with tasks.db.transaction(TEST) as session:
        await session.execute(
            text(f"UPDATE tasks SET dispatch_count = {dispatches}, dispatched_at = now() - interval '{age} seconds'")
        )
        assert await ledger.requeue_unclaimed(session, older_than_seconds=30) == requeued
    assert await tasks.column("state", task_id) == ("READY" if requeued else "QUEUED")


async def test_when_redis_lost_everything_all_wake_ups_are_sent_again_at_once(tasks: Tasks) -> None:
    for dispatches in (1, 5, 50):
        await tasks.change(await tasks.insert("QUEUED"), f"dispatch_count = {dispatches}, dispatched_at = now()")
    async with tasks.db.transaction(TEST) as session:
        assert await ledger.requeue_unclaimed(session, older_than_seconds=0) == 3


async def test_a_claim_ends_the_waiting_for_wake_ups(tasks: Tasks) -> None:
    task_id = await tasks.insert("QUEUED")
    await tasks.change(task_id, "dispatch_count = 6")
    assert await tasks.claim(task_id) is not None
    assert await tasks.column("dispatch_count", task_id) == 0


async def test_two_reconcilers_at_once_count_a_lost_lease_once(tasks: Tasks) -> None:
    claim = await tasks.held()
    await tasks.change(claim.task_id, "lease_until = now() - interval '1 second', lost_leases = 2")
    async with tasks.db.transaction(TEST) as first, tasks.db.transaction(TEST) as second:
        dead = await ledger.expire_leases(first)
        assert ([one.task_id for one in dead], await ledger.expire_leases(second)) == ([claim.task_id], [])
    assert await tasks.column("lost_leases", claim.task_id) == 3


async def test_two_dispatchers_expire_each_lease_once_and_bury_the_dead_once(
    tasks: Tasks, engines: Engines, monkeypatch: pytest.MonkeyPatch
) -> None:
    buried: list[DeadTask] = []

    async def on_dead(_session: AsyncSession, dead: DeadTask) -> None:
        buried.append(dead)

    async def work(_work: object, _claim: Claim) -> None: ...

    monkeypatch.setitem(ACTORS, ACTOR, Actor(ACTOR, "heavy", work, on_dead))
    running = [(await tasks.held()).task_id for _ in range(20)]
    poison = (await tasks.held()).task_id
    await tasks.change(poison, "lost_leases = 2")
    await tasks.execute("UPDATE tasks SET lease_until = now() - interval '1 second'")
    settings = Settings(profile="test", heal_seconds=0.01)
    async with Redis.from_url(engines.redis_url) as redis:
        dispatchers = [asyncio.create_task(Reconciler(tasks.db, redis, settings).run()) for _ in range(2)]

        async def healed() -> bool:
            return "RUNNING" not in {(await tasks.row(task_id))["state"] for task_id in [*running, poison]}

        await until(healed, "the leases to end")
        for dispatcher in dispatchers:
            dispatcher.cancel()
        await asyncio.gather(*dispatchers, return_exceptions=True)
    for task_id in running:
        row = await tasks.row(task_id)
        assert (row["state"], row["lost_leases"], row["fence"]) == ("READY", 1, 1)
    assert await tasks.column("state", poison) == "DEAD"
    assert buried == [DeadTask(poison, ACTOR, {"id": "7"}, "its worker died 3 times")]
