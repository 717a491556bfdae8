"""A worker that wakes after its lease has ended, while its successor still works: it notices, and changes nothing."""

import asyncio
import contextlib
import os
import signal
import subprocess
from collections.abc import Iterator
from uuid import UUID

import asyncpg
import httpx
import psutil
import pytest

from app.schema.ids import from_id
from tests.faults.test_crash_points import assert_unbroken, settled
from tests.faults.test_kills import CSV, assert_ready_once
from tests.support.client import Client
from tests.support.system import System, free_port, until

LOST = 'datakura_tasks_total{actor="versions.ingest",outcome="lost"} 1.0'
TASK = """
    SELECT id, state, fence, attempt, lost_leases, lease_owner, available_at, dispatched_at, last_error, finished_at
    FROM tasks WHERE actor = 'versions.ingest' AND dedupe_key = ($1::uuid)::text"""
"""All but the end of the lease, which the successor's heartbeat moves on."""
VERSION = "SELECT * FROM dataset_versions WHERE id = $1"
FILES = "SELECT count(*) FROM files WHERE version_id = $1"


@contextlib.contextmanager
def mortal(worker: "subprocess.Popen[bytes]") -> Iterator[None]:
    """Whatever happens, the worker has ended afterwards, and its children with it."""
    try:
        yield
    finally:
        worker.kill()
        worker.wait()


async def frozen_child(worker: "subprocess.Popen[bytes]", what: str) -> psutil.Process:
    """The process that reads the file for `worker`, stopped; the worker itself goes on and keeps its lease."""
    found: list[psutil.Process] = []

    def reads() -> bool:
        # Not before it has become the reader: until then the worker's loop may be waiting in fork and exec.
        with contextlib.suppress(psutil.NoSuchProcess):
            found[:] = [one for one in psutil.Process(worker.pid).children() if one.cmdline()[1:3] == ["-m", "app.ingest"]]
        return len(found) == 1

    await until(reads, f"{what} to read the file")
    found[0].suspend()
    return found[0]


async def freeze(worker: "subprocess.Popen[bytes]", database: asyncpg.Connection, row_id: UUID) -> None:
    """The worker is stopped between two transactions: in one it would hold its task's row, and keep the reconciler off."""

    async def at_rest() -> bool:
        os.kill(worker.pid, signal.SIGSTOP)
        free = "SELECT count(*) FROM (SELECT 1 FROM tasks WHERE dedupe_key = ($1::uuid)::text FOR UPDATE SKIP LOCKED) AS free"
        # Nor has it sent anything that the database has yet to do.
        busy = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'datakura-worker' AND state <> 'idle'"
        if await database.fetchval(free, row_id) == 1 and await database.fetchval(busy) == 0:
            return True
        os.kill(worker.pid, signal.SIGCONT)
        return False

    await until(at_rest, "the worker to be between two transactions")


@pytest.mark.parametrize("child_sleeps_on", [True, False], ids=["by its heartbeat", "while its child goes on"])
async def test_a_worker_that_wakes_while_its_successor_works_notices_and_changes_nothing(
    doomed: System, person: Client, child_sleeps_on: bool
) -> None:
    dataset_id = await person.create(f"Zombie whose child sleeps on: {child_sleeps_on}")
    await settled(doomed)
    doomed.kill("worker")
    port = free_port()
    doomed.start("worker", DATAKURA_WORKER_NAME="zombie", DATAKURA_WORKER_METRICS_PORT=str(port))
    zombie = doomed.processes.pop("worker")
    database = await doomed.database()
    with mortal(zombie):
        version_id = await person.upload(dataset_id, CSV)
        row_id = from_id(version_id, "DatasetVersion")
        its_child = await frozen_child(zombie, "the first worker")
        await freeze(zombie, database, row_id)
        row = await database.fetchrow(TASK, row_id)
        assert (row["state"], row["fence"], row["lease_owner"]) == ("RUNNING", 1, "zombie")

        doomed.start("worker", DATAKURA_WORKER_NAME="successor")
        child = await frozen_child(doomed.processes["worker"], "the second worker")
        task, version = await database.fetchrow(TASK, row_id), await database.fetchrow(VERSION, row_id)
        assert (task["state"], task["fence"], task["lost_leases"], task["lease_owner"]) == ("RUNNING", 2, 1, "successor")
        assert (version["status"], its_child.status()) == ("PROCESSING", psutil.STATUS_STOPPED)

        os.kill(zombie.pid, signal.SIGCONT)
        if not child_sleeps_on:
            its_child.resume()
        async with httpx.AsyncClient() as metrics:

            async def noticed() -> bool:
                return LOST in (await metrics.get(f"http://127.0.0.1:{port}/metrics")).text

            await until(noticed, "the first worker to notice that it lost its lease")
        assert not its_child.is_running()
        assert await database.fetchrow(TASK, row_id) == task
        assert await database.fetchrow(VERSION, row_id) == version
        assert await database.fetchval(FILES, row_id) == 0

        child.resume()
        await assert_ready_once(doomed, person, version_id)
        row = await database.fetchrow(TASK, row_id)
        assert (row["state"], row["fence"], row["attempt"], row["lost_leases"]) == ("SUCCEEDED", 2, 2, 1)
        zombie.terminate()
        assert await asyncio.to_thread(zombie.wait, 30) == 0
    await database.close()
    await assert_unbroken(doomed)


async def test_a_worker_that_wakes_after_its_successor_has_finished_has_no_effect(doomed: System, person: Client) -> None:
    dataset_id = await person.create("Zombie after its successor")
    await settled(doomed)
    zombie = doomed.processes.pop("worker")
    database = await doomed.database()
    with mortal(zombie):
        version_id = await person.upload(dataset_id, CSV)
        row_id = from_id(version_id, "DatasetVersion")
        await frozen_child(zombie, "the first worker")
        await freeze(zombie, database, row_id)
        doomed.start("worker", DATAKURA_WORKER_NAME="another-worker")
        await assert_ready_once(doomed, person, version_id)
        task, version = await database.fetchrow(TASK, row_id), await database.fetchrow(VERSION, row_id)
        os.kill(zombie.pid, signal.SIGCONT)
        zombie.terminate()
        assert await asyncio.to_thread(zombie.wait, 30) == 0
        assert await database.fetchrow(TASK, row_id) == task
        assert await database.fetchrow(VERSION, row_id) == version
    await database.close()
    await assert_unbroken(doomed)
