"""A storm of schedules: 10,000 checks that are due at once, begun by two schedulers, each once."""

import asyncio
import tempfile
from contextlib import AsyncExitStack
from pathlib import Path

from app.core.db import Database
from app.embedded.engines import start_engines
from app.services.quality import ticks
from benchmarks.measure import Series, heading, say, table
from tests.support.served import settings_of
from tests.support.system import System

DUE = 10_000
DATASETS = 2_000
"""Five schedules each: events of one dataset have to follow each other."""
FILL = f"""
INSERT INTO datasets (id, name, slug, status, visibility, owner_id, version_count)
SELECT gen_random_uuid(), 'Storm ' || n, 'storm-' || n, 'ACTIVE', 'ORGANIZATION', (SELECT id FROM users LIMIT 1), 1
FROM generate_series(1, {DATASETS}) n;
INSERT INTO dataset_versions (id, dataset_id, number, status, created_by_id, ready_at)
SELECT gen_random_uuid(), id, 1, 'READY', owner_id, now() FROM datasets;
UPDATE datasets d SET current_version_id = v.id FROM dataset_versions v WHERE v.dataset_id = d.id;
INSERT INTO quality_rules (id, dataset_id, name, type, operator, threshold)
SELECT gen_random_uuid(), id, 'Rows', 'row_count', 'GREATER_THAN', 0 FROM datasets;
INSERT INTO check_schedules (id, dataset_id, cron, timezone, next_run_at)
SELECT gen_random_uuid(), id, (n * 7 % 60) || ' ' || (n % 24) || ' * * *',
    (ARRAY['UTC', 'Europe/Berlin', 'Asia/Tokyo', 'America/New_York', 'Asia/Kolkata'])[n], now()
FROM datasets, generate_series(1, {DUE // DATASETS}) n;
ANALYZE;
"""
AGAIN = "UPDATE check_schedules SET next_run_at = now()"
COUNTS = """
SELECT (SELECT count(*) FROM quality_runs) AS runs,
    (SELECT count(DISTINCT (schedule_id, scheduled_for)) FROM quality_runs) AS ticks,
    (SELECT count(*) FROM tasks t JOIN quality_runs r ON t.args ->> 'runId' = r.id::text) AS tasks,
    (SELECT count(*) FROM events) AS events,
    (SELECT count(*) FROM (SELECT dataset_id FROM events GROUP BY dataset_id
        HAVING max(sequence) = count(*) AND count(DISTINCT sequence) = count(*)) c) AS contiguous,
    (SELECT count(*) FROM check_schedules WHERE next_run_at > now()) AS waiting
"""


async def run(rounds: int = 3) -> None:
    """Prints the time until all are begun; the counts are compared first."""
    heading(f"schedules: {DUE:,} due checks of {DATASETS:,} datasets, two schedulers")
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="datakura-bench-")))
        engines = await asyncio.to_thread(start_engines, folder / "engines")
        stack.push_async_callback(asyncio.to_thread, engines.stop)
        system = await stack.enter_async_context(await System.prepared(engines, "storm", folder / "storm"))
        dbs = [Database(settings_of(system), application_name=f"scheduler-{at}") for at in range(2)]
        for db in dbs:
            stack.push_async_callback(db.close)
        connection = await system.database()
        stack.push_async_callback(connection.close)
        await connection.execute(FILL)
        begun = Series(f"{DUE:,} checks begun")
        for number in range(1, rounds + 1):
            with begun.timed():
                shares = await asyncio.gather(*(ticks.tick(db) for db in dbs))
            found = dict(await connection.fetchrow(COUNTS))
            whole = number * DUE
            expected = {
                "runs": whole, "ticks": whole, "tasks": whole, "events": whole, "contiguous": DATASETS, "waiting": DUE,
            }  # fmt: skip
            assert (sum(shares), found) == (DUE, expected), (shares, found)
            await connection.execute(AGAIN)
            say(f"  round {number}: {shares[0]:,} by the one, {shares[1]:,} by the other; each once")
        table([begun], begun)
        say(f"  {DUE / begun.median:,.0f} checks a second   (goal: all within 60 s)")
