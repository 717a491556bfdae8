"""A version that waits for something on our side says so, and neither hangs in silence nor waits for ever."""

import json

from app.schema.ids import from_id
from tests.faults.test_crash_points import CSV, settled
from tests.faults.test_poison import RETRY
from tests.support.client import Client
from tests.support.system import System, until

NO_DISK_IS_LARGE_ENOUGH = {"DATAKURA_SCRATCH_RESERVE_BYTES": str(1 << 60)}


async def waiting(person: Client, version_id: str) -> dict:
    """The version once it says what it waits for."""
    seen: dict = {}

    async def told() -> bool:
        seen.update(await person.version(version_id))
        return seen["error"] is not None

    await until(told, "the version to say what it waits for")
    return seen


def restart_worker(system: System, **settings: str) -> None:
    system.kill("worker")
    system.start("worker", **settings)


async def test_a_disk_without_room_is_told_while_the_version_waits_and_the_version_goes_on(
    doomed: System, person: Client
) -> None:
    await settled(doomed)
    restart_worker(doomed, **NO_DISK_IS_LARGE_ENOUGH)
    version_id = await person.upload(await person.create("Room"), CSV)

    version = await waiting(person, version_id)
    assert (version["status"], version["error"]["code"]) == ("PROCESSING", "WAITING")
    assert version["error"]["message"].startswith("There is too little disk space to read it: 1,152,921,504,6")
    assert version["error"]["hint"] == "It goes on by itself when that is over; nothing is lost."

    restart_worker(doomed)
    connection = await doomed.database()
    try:
        await connection.execute("UPDATE tasks SET available_at = now() WHERE actor = 'versions.ingest' AND state = 'READY'")
        done = await person.finished(version_id)
        told = await connection.fetch(
            "SELECT payload FROM events e JOIN datasets d ON d.id = e.dataset_id WHERE d.name = 'Room' ORDER BY e.sequence"
        )
    finally:
        await connection.close()
    assert (done["status"], done["error"]) == ("READY", None)
    codes = [(payload.get("error") or {}).get("code") for payload in (json.loads(row["payload"]) for row in told)]
    assert "WAITING" in codes
    assert codes[-1] is None


async def test_after_a_day_it_is_failed_and_can_be_retried(doomed: System, person: Client) -> None:
    await settled(doomed)
    restart_worker(doomed, **NO_DISK_IS_LARGE_ENOUGH)
    version_id = await person.upload(await person.create("Room for a day"), CSV)
    await waiting(person, version_id)
    connection = await doomed.database()
    try:
        await connection.execute(
            "UPDATE tasks SET created_at = now() - interval '25 hours', available_at = now() WHERE actor = 'versions.ingest' AND state = 'READY'"
        )
    finally:
        await connection.close()

    failed = await person.finished(version_id)
    assert (failed["status"], failed["error"]["code"]) == ("FAILED", "WAITING")
    assert failed["error"]["hint"] == "It was tried for a day. When the operator has seen to it, try again: the file is kept."

    restart_worker(doomed)
    assert (await person.mutate(RETRY, versionId=version_id))["errors"] == []
    assert (await person.finished(version_id))["status"] == "READY"
    connection = await doomed.database()
    try:
        # The two tasks of one version, of which the first gave it up: other tests hold that there is one.
        ended = "DELETE FROM tasks WHERE dedupe_key = ($1::uuid)::text AND created_at < now() - interval '1 day' RETURNING state"
        assert await connection.fetchval(ended, from_id(version_id, "DatasetVersion")) == "SUCCEEDED"
    finally:
        await connection.close()
