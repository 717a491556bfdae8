"""What happens to a dataset, a version or a rule while a run checks it: the run ends, and nothing is doubled or left open."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from uuid import UUID

import asyncpg
import pytest
from sqlalchemy import event, text

from app.core.db import Database
from app.core.ids import uuid7
from app.core.ledger import Claim, DeadTask, LostLease
from app.core.viewer import System as SystemPrincipal
from app.quality.spec import Operator, RuleResult, RuleStatus
from app.schema.ids import from_id, to_id
from app.services.quality import progress, results
from app.services.quality.checking import Checked
from app.services.quality.progress import Started
from tests.quality_runs.checking import rule
from tests.support.people import Person
from tests.support.served import settings_of
from tests.support.system import System, until

WORKER = SystemPrincipal("worker")
FAILED = RuleResult(
    rule_id="", status=RuleStatus.FAIL, metric_name="row_count", value=0.0, threshold=1.0, operator=Operator.EQUAL, message="No."
)
LEFT = """SELECT r.status, (SELECT count(*) FROM quality_results x WHERE x.run_id = r.id),
    (SELECT count(*) FROM quality_metrics m WHERE m.dataset_id = r.dataset_id),
    (SELECT count(*) FROM incidents i WHERE i.dataset_id = r.dataset_id AND i.state = 'ACTIVE'),
    (SELECT state FROM tasks t WHERE t.id = $2), r.finished_at IS NOT NULL FROM quality_runs r WHERE r.id = $1"""


@pytest.fixture(scope="module")
async def db(system: System) -> AsyncIterator[Database]:
    """As a worker has it."""
    database = Database(settings_of(system), application_name="tests")
    yield database
    await database.close()


@pytest.fixture
async def connection(system: System) -> AsyncIterator[asyncpg.Connection]:
    opened = await system.database()
    yield opened
    await opened.close()


@dataclass
class Running:
    """A run that a worker has begun, with the right to end it."""

    dataset: UUID
    version: UUID
    rule: UUID
    claim: Claim
    started: Started

    async def ends(self, db: Database) -> None:
        """Every rule has failed."""
        async with db.transaction(WORKER) as session:
            await results.finish(session, self.claim, self.started, [Checked(FAILED, None)])


async def begun(connection: asyncpg.Connection, db: Database, admin: Person) -> Running:
    """Of a rule that blocks publication, on the only version; its task is held, so that no other worker takes it."""
    dataset_id = await admin.create(f"Meanwhile {uuid7()}", autoPublish=True)
    dataset, version, run, task = from_id(dataset_id, "Dataset"), uuid7(), uuid7(), uuid7()
    await connection.execute(
        "INSERT INTO dataset_versions (id, dataset_id, number, status, created_by_id, ready_at) VALUES ($1, $2, 1, 'READY', $3, now())",
        version, dataset, admin.row_id,
    )  # fmt: skip
    made = await rule(admin, dataset_id, "row_count", operator="EQUAL", threshold=1, blocksPublication=True)
    await connection.execute(
        "INSERT INTO quality_runs (id, dataset_id, version_id, status, trigger) VALUES ($1, $2, $3, 'QUEUED', 'VERSION')",
        run, dataset, version,
    )  # fmt: skip
    await connection.execute(
        "INSERT INTO tasks (id, actor, queue, args, state, fence, attempt, lease_owner, lease_until) VALUES ($1, 'quality.run', 'heavy', "
        "jsonb_build_object('runId', $2::text), 'RUNNING', 1, 1, 'a test', now() + interval '1 hour')",
        task, str(run),
    )  # fmt: skip
    claim = Claim(task, "quality.run", {"runId": str(run)}, fence=1, attempt=1, max_attempts=5)
    async with db.transaction(WORKER) as session:
        started = await progress.begin(session, claim)
    assert started is not None
    return Running(dataset, version, from_id(made["id"], "QualityRule"), claim, started)


CASES = {
    "nothing": ("", "FAILED", 1, 1, 1),
    "dataset deleted": ("UPDATE datasets SET deleted_at = now() WHERE id = $1", "CANCELLED", 0, 0, 0),
    "dataset archived": ("UPDATE datasets SET status = 'ARCHIVED' WHERE id = $1", "FAILED", 1, 1, 1),
    "version deleted": ("UPDATE dataset_versions SET status = 'DELETED' WHERE dataset_id = $1", "CANCELLED", 0, 0, 0),
    "rule deleted": ("UPDATE quality_rules SET deleted_at = now() WHERE dataset_id = $1", "FAILED", 1, 1, 0),
    "rule disabled": ("UPDATE quality_rules SET enabled = false WHERE dataset_id = $1", "FAILED", 1, 1, 0),
    "rule changed": ("UPDATE quality_rules SET revision = 2, threshold = 0 WHERE dataset_id = $1", "FAILED", 1, 1, 0),
}


@pytest.mark.parametrize("case", CASES)
async def test_a_run_ends_once_whatever_happens_meanwhile(
    connection: asyncpg.Connection, db: Database, admin: Person, case: str
) -> None:
    statement, *expected = CASES[case]
    running = await begun(connection, db, admin)
    if statement:
        await connection.execute(statement, running.dataset)
    await running.ends(db)
    after = tuple(await connection.fetchrow(LEFT, running.started.run_id, running.claim.task_id))
    assert after == (*expected, "SUCCEEDED", True)
    with pytest.raises(LostLease):
        await running.ends(db)
    assert tuple(await connection.fetchrow(LEFT, running.started.run_id, running.claim.task_id)) == after
    published = await connection.fetchval("SELECT current_version_id FROM datasets WHERE id = $1", running.dataset)
    assert published == (running.version if case in ("rule deleted", "rule disabled") else None)


async def test_a_run_without_a_table_is_an_error_or_cancelled_with_its_dataset(
    connection: asyncpg.Connection, db: Database, admin: Person
) -> None:
    for statement, expected in (("SELECT $1::uuid", "ERROR"), (CASES["dataset deleted"][0], "CANCELLED")):
        running = await begun(connection, db, admin)
        await connection.execute(statement, running.dataset)
        async with db.transaction(WORKER) as session:
            await results.fail(session, running.claim, running.started, "It is gone.")
        assert tuple(await connection.fetchrow(LEFT, running.started.run_id, running.claim.task_id)) == (
            expected, 0, 0, 0, "SUCCEEDED", True,
        )  # fmt: skip


async def test_the_end_of_a_run_takes_as_many_statements_for_many_rules_as_for_one(
    connection: asyncpg.Connection, db: Database, admin: Person
) -> None:
    counts, sent = [], list[str]()

    def record(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        sent.append(statement)

    event.listen(db.engine.sync_engine, "before_cursor_execute", record)
    try:
        for many in (1, 400):
            running = await begun(connection, db, admin)
            await connection.execute(
                "INSERT INTO quality_rules (id, dataset_id, name, type, operator, threshold) SELECT gen_random_uuid(), $1, 'Rule ' || n, "
                "'row_count', 'EQUAL', 1 FROM generate_series(2, $2) n",
                running.dataset, many,
            )  # fmt: skip
            rows = await connection.fetch("SELECT id FROM quality_rules WHERE dataset_id = $1 ORDER BY id", running.dataset)
            (first,) = running.started.rules
            rules = tuple(replace(first, rule_id=UUID(str(row["id"]))) for row in rows)
            sent.clear()
            async with db.transaction(WORKER) as session:
                checked = [Checked(FAILED, None)] * many
                await results.finish(session, running.claim, replace(running.started, rules=rules), checked)
            counts.append(len(sent))
            left = tuple(await connection.fetchrow(LEFT, running.started.run_id, running.claim.task_id))
            assert left == ("FAILED", many, many, many, "SUCCEEDED", True)
    finally:
        event.remove(db.engine.sync_engine, "before_cursor_execute", record)
    assert counts[0] == counts[1]


HELD = """WITH a AS (SELECT FROM quality_rules WHERE dataset_id = :dataset FOR NO KEY UPDATE),
    b AS (SELECT FROM incidents WHERE dataset_id = :dataset FOR NO KEY UPDATE),
    c AS (SELECT FROM quality_runs WHERE dataset_id = :dataset FOR NO KEY UPDATE)
    SELECT (SELECT count(*) FROM a), (SELECT count(*) FROM b), (SELECT count(*) FROM c)"""
WAITING = "SELECT count(*) FROM pg_stat_activity WHERE $1 = ANY(pg_blocking_pids(pid))"
DEEDS = {
    "schedule": "mutation M($input: DeleteCheckScheduleInput!) { deleteCheckSchedule(input: $input) { errors { message } } }",
    "incident": "mutation M($input: UpdateIncidentInput!) { updateIncident(input: $input) { errors { message } } }",
    "mute": "mutation M($input: MuteQualityRuleInput!) { muteQualityRule(input: $input) { errors { message } } }",
    "change": "mutation M($input: UpdateQualityRuleInput!) { updateQualityRule(input: $input) { errors { message } } }",
    "rule": "mutation M($input: DeleteQualityRuleInput!) { deleteQualityRule(input: $input) { errors { message } } }",
}
"""In this order: the last one takes the incident with it."""


async def test_whoever_changes_what_a_run_is_about_waits_for_its_end_and_not_in_a_circle(
    connection: asyncpg.Connection, db: Database, admin: Person
) -> None:
    """A run that ends, a contract and a template hold the dataset and then change its rules, incidents and runs."""
    run = await begun(connection, db, admin)
    await run.ends(db)
    schedule, incident = uuid7(), await connection.fetchval("SELECT id FROM incidents WHERE dataset_id = $1", run.dataset)
    await connection.execute(
        "INSERT INTO check_schedules (id, dataset_id, cron, timezone, next_run_at) VALUES ($1, $2, '0 0 1 1 *', 'UTC', 'infinity')",
        schedule, run.dataset,
    )  # fmt: skip
    dead, idle = uuid7(), uuid7()
    await connection.executemany(
        "INSERT INTO quality_runs (id, dataset_id, version_id, status, trigger, schedule_id, scheduled_for) "
        "VALUES ($1, $2, $3, 'RUNNING', 'SCHEDULE', $4, now())",
        [(dead, run.dataset, run.version, schedule), (idle, run.dataset, run.version, None)],
    )
    rule_id = to_id("QualityRule", run.rule)
    given = {
        "schedule": {"id": to_id("CheckSchedule", schedule)}, "incident": {"id": to_id("Incident", incident), "stage": "FIXED"},
        "mute": {"id": rule_id, "until": "2999-01-01T00:00:00Z"}, "change": {"id": rule_id, "name": "Rows"}, "rule": {"id": rule_id},
    }  # fmt: skip

    async def bury() -> None:
        async with db.transaction(WORKER) as session:
            await progress.bury(session, DeadTask(uuid7(), "quality.run", {"runId": str(dead)}, "died"))

    async def cancel() -> None:
        async with db.transaction(WORKER) as session:
            await progress.cancel(session, idle, run.dataset)

    async def deed(name: str) -> None:
        assert (await admin.mutate(DEEDS[name], **given[name]))["errors"] == []

    for act in (bury, cancel, *(lambda name=name: deed(name) for name in DEEDS)):
        async with db.transaction(WORKER) as session:
            assert await results.lock(session, run.started) is not None
            own = (await session.execute(text("SELECT pg_backend_pid()"))).scalar_one()
            waiting = asyncio.create_task(act())

            async def waits(holder: int = own) -> bool:
                return await connection.fetchval(WAITING, holder) > 0

            await until(waits, "it to wait for the dataset")
            assert tuple((await session.execute(text(HELD), {"dataset": run.dataset})).one()) == (1, 1, 3)
        await waiting
