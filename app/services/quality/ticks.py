"""The tick of schedules: checks that are due are begun, each once, however many dispatchers look."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import orjson
import structlog
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.db import Database
from app.core.errors import InvalidInput
from app.core.ids import uuid7
from app.core.rows import AnyRow
from app.core.viewer import System
from app.services.quality.schedules import next_time

log = structlog.get_logger(__name__)

TICK_BATCH = 1_000
"""Schedules of one transaction: a few statements for all of them."""
_DISPATCHER = System("dispatcher")


@dataclass(frozen=True, slots=True)
class _Begun:
    """A run that a schedule begins."""

    run_id: UUID
    task_id: UUID
    schedule: AnyRow


async def tick(db: Database) -> int:
    """Runs that are due are QUEUED, each once however often its time was missed; how many.

    Two dispatchers share the due schedules by SKIP LOCKED. The run, its task, its event and the schedule's next time are one
    transaction.
    """
    begun = 0
    while True:
        async with db.transaction(_DISPATCHER) as session:
            due = list(await session.execute(_DUE, {"limit": TICK_BATCH}))
            if due:
                begun += await _begin(session, due)
        if len(due) < TICK_BATCH:
            return begun


async def _begin(session: AsyncSession, due: Sequence[AnyRow]) -> int:
    following = _next_times(due)
    await session.execute(_ADVANCE, {"ids": [row.id for row in due], "times": [following[row.id] for row in due]})
    # One that has nothing to check is only due again.
    begun = [_Begun(uuid7(), uuid7(), row) for row in due if row.version_id is not None and row.runs]
    if not begun:
        return 0
    values = {
        "runs": [one.run_id for one in begun],
        "schedules": [one.schedule.id for one in begun],
        "times": [one.schedule.next_run_at for one in begun],
        "tasks": [one.task_id for one in begun],
        "args": [orjson.dumps({"runId": str(one.run_id)}).decode() for one in begun],
        "keys": [str(one.run_id) for one in begun],
    }
    made = (await session.execute(_BEGIN, values)).scalar_one()
    return int(made)


def _next_times(due: Sequence[AnyRow]) -> dict[UUID, datetime | None]:
    """Counted from now, not from the missed time: ten missed times are one run. None: it never comes again."""
    known: dict[tuple[str, str], datetime | None] = {}
    for row in due:
        key = (row.cron, row.timezone)
        if key not in known:
            try:
                known[key] = next_time(row.cron, row.timezone, row.now)
            except InvalidInput as error:
                # A zone that this machine no longer knows: the others must not wait for it.
                log.error("schedules.no_next_time", schedule=str(row.id), reason=error.message)
                known[key] = None
    return {row.id: known[row.cron, row.timezone] for row in due}


_DUE = text("""
    SELECT s.id, s.dataset_id, s.cron, s.timezone, s.next_run_at, now() AS now, d.current_version_id AS version_id,
        CASE WHEN s.all_rules
            THEN EXISTS (SELECT FROM quality_rules r WHERE r.dataset_id = s.dataset_id AND r.enabled AND r.deleted_at IS NULL)
            ELSE EXISTS (SELECT FROM check_schedule_rules c JOIN quality_rules r ON r.id = c.rule_id
                WHERE c.schedule_id = s.id AND r.enabled AND r.deleted_at IS NULL) END AS runs
    FROM check_schedules s
    LEFT JOIN datasets d ON d.id = s.dataset_id AND d.deleted_at IS NULL
    WHERE s.enabled AND s.next_run_at <= now()
    ORDER BY s.next_run_at, s.id LIMIT :limit
    FOR NO KEY UPDATE OF s SKIP LOCKED""")
_ADVANCE = text("""
    UPDATE check_schedules s SET next_run_at = coalesce(n.next, s.next_run_at), enabled = s.enabled AND n.next IS NOT NULL
    FROM unnest(CAST(:ids AS uuid[]), CAST(:times AS timestamptz[])) AS n(id, next) WHERE s.id = n.id""")
_BEGIN = text("""
    WITH begun AS (
        SELECT b.run_id, b.scheduled_for, b.task_id, b.args, b.key, s.id AS schedule_id, s.dataset_id, s.all_rules
        FROM unnest(CAST(:runs AS uuid[]), CAST(:schedules AS uuid[]), CAST(:times AS timestamptz[]), CAST(:tasks AS uuid[]),
            CAST(:args AS text[]), CAST(:keys AS text[])) AS b(run_id, schedule_id, scheduled_for, task_id, args, key)
        JOIN check_schedules s ON s.id = b.schedule_id),
    locked AS MATERIALIZED (
        -- In one order: two dispatchers whose schedules share datasets must not wait for each other in a circle.
        SELECT d.id, d.current_version_id, d.status, d.event_sequence FROM datasets d
        WHERE d.id IN (SELECT dataset_id FROM begun) AND d.deleted_at IS NULL AND d.current_version_id IS NOT NULL
        ORDER BY d.id FOR NO KEY UPDATE),
    runs AS (
        INSERT INTO quality_runs (id, dataset_id, version_id, status, trigger, rule_ids, schedule_id, scheduled_for, sequence)
        SELECT b.run_id, b.dataset_id, l.current_version_id, 'QUEUED', 'SCHEDULE',
            CASE WHEN NOT b.all_rules THEN (SELECT array_agg(r.id ORDER BY r.id) FROM check_schedule_rules c
                JOIN quality_rules r ON r.id = c.rule_id
                WHERE c.schedule_id = b.schedule_id AND r.enabled AND r.deleted_at IS NULL) END,
            b.schedule_id, b.scheduled_for, 1
        FROM begun b JOIN locked l ON l.id = b.dataset_id
        ON CONFLICT (schedule_id, scheduled_for) DO NOTHING
        RETURNING id, dataset_id, version_id),
    queued AS (
        INSERT INTO tasks (id, actor, queue, args, dedupe_key, state, priority, available_at, max_attempts)
        SELECT b.task_id, 'quality.run', 'heavy', CAST(b.args AS jsonb), b.key, 'READY', 100, now(), 5
        FROM begun b JOIN runs r ON r.id = b.run_id),
    counted AS (
        SELECT r.id, r.dataset_id, r.version_id, row_number() OVER (PARTITION BY r.dataset_id ORDER BY r.id) AS nth FROM runs r),
    told AS (
        INSERT INTO events (dataset_id, sequence, occurred_at, version_id, payload)
        SELECT c.dataset_id, l.event_sequence + c.nth, clock_timestamp(), c.version_id,
            jsonb_build_object('datasetStatus', l.status, 'status', v.status, 'stage', v.stage, 'progress', v.progress,
                'error', v.error, 'run', jsonb_build_object('id', c.id, 'sequence', 1, 'status', 'QUEUED', 'summary',
                    jsonb_build_object('passed', 0, 'warned', 0, 'failed', 0, 'errored', 0, 'skipped', 0)))
        FROM counted c JOIN locked l ON l.id = c.dataset_id JOIN dataset_versions v ON v.id = c.version_id),
    moved AS (
        UPDATE datasets d SET event_sequence = d.event_sequence + c.events
        FROM (SELECT dataset_id, count(*) AS events FROM runs GROUP BY dataset_id) c WHERE d.id = c.dataset_id)
    SELECT count(*) FROM runs""")
