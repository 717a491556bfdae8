"""The worker killed at each crash point of a quality run: one set of results, one verdict, contiguous changes."""

import pytest

from app.core import faults
from app.schema.ids import from_id
from tests.faults.test_crash_points import assert_unbroken, restart, settled
from tests.quality_runs.checking import GOOD, RUN, ended, rule, uploaded
from tests.support.client import Client
from tests.support.system import System

POINTS = [name for name in faults.POINTS if name.startswith("quality.")]


@pytest.mark.parametrize("point", POINTS)
async def test_worker_killed_in_a_quality_run(doomed: System, person: Client, point: str) -> None:
    dataset_id = await person.create(f"Killed at {point}")
    version_id = await uploaded(person, dataset_id, GOOD)
    await rule(person, dataset_id, "range", fieldPath="price", parameters={"max": 25})
    await settled(doomed)
    await restart(doomed, "worker", point)
    payload = await person.mutate(RUN, versionId=version_id, keepFailedRows=True)
    assert await doomed.until_dead("worker") == -9
    doomed.start("worker")
    run = await ended(person, payload["run"]["id"])
    assert (run["status"], run["summary"]["failed"], len(run["results"]), run["results"][0]["failedRowCount"]) == (
        "FAILED",
        1,
        1,
        1,
    )
    await settled(doomed)
    await assert_unbroken(doomed)
    connection = await doomed.database()
    try:
        run_id, row_id = from_id(run["id"], "QualityRun"), from_id(dataset_id, "Dataset")
        counts = [
            await connection.fetchval(f"SELECT count(*) FROM {table} WHERE {column} = $1", value)
            for table, column, value in (("quality_results", "run_id", run_id), ("quality_metrics", "dataset_id", row_id))
        ]
        told = await connection.fetch(
            "SELECT (payload -> 'run' ->> 'sequence')::int AS n FROM events WHERE dataset_id = $1 AND payload ? 'run' ORDER BY sequence",
            row_id,
        )
    finally:
        await connection.close()
    assert counts == [1, 1]
    # A worker that begins anew says RUNNING once more; nothing is missing, and the verdict is told once, last.
    assert [row["n"] for row in told] == list(range(1, len(told) + 1))
    assert len(told) in (3, 4)
