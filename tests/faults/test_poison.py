"""A task that takes its worker down again and again is given up, and says so; a person can try once more."""

import json

from tests.faults.test_crash_points import CSV, restart, settled
from tests.support.client import Client
from tests.support.system import System

RETRY = """mutation RetryVersion($input: RetryVersionInput!) { retryVersion(input: $input) {
    version { id status } errors { code message path } } }"""


async def test_a_version_that_kills_its_worker_three_times_is_quarantined_and_can_be_retried(
    doomed: System, person: Client
) -> None:
    dataset_id = await person.create("Poison")
    await settled(doomed)
    await restart(doomed, "worker", "worker.after_claim")
    version_id = await person.upload(dataset_id, CSV)
    for _ in range(3):
        assert await doomed.until_dead("worker") == -9
        doomed.start("worker", DATAKURA_CRASH_POINT="worker.after_claim")
    version = await person.finished(version_id)
    assert version["status"] == "QUARANTINED"
    connection = await doomed.database()
    try:
        (dead,) = await connection.fetch("SELECT id, attempt, lost_leases, last_error FROM tasks WHERE state = 'DEAD'")
        assert (dead["attempt"], dead["lost_leases"]) == (3, 3)
        assert json.loads(dead["last_error"]) == {"message": "its worker died 3 times"}
        assert version["error"] == {
            "code": "INTERNAL",
            "message": "Reading this file failed again and again on our side.",
            "hint": f"The bytes are safe, and a retry reads them once more. Operators find the cause under task {dead['id']}.",
            "line": None,
        }
        doomed.kill("worker")
        doomed.start("worker")
        retried = await person.mutate(RETRY, versionId=version_id)
        assert retried["errors"] == []
        assert (await person.finished(version_id))["status"] == "READY"
        await connection.execute("DELETE FROM tasks WHERE state = 'DEAD'")
    finally:
        await connection.close()
