"""Each process killed at each named crash point of an upload: nothing is lost and nothing happens twice."""

import asyncio
from uuid import uuid4

import httpx
import pytest

from app.core import faults
from tests.faults.invariants import broken
from tests.support.client import COMPLETE, CREATE, START, Client
from tests.support.system import System

CSV = b"id,name\n" + b"".join(b"%d,name %d\n" % (n, n) for n in range(500))
OF_PROCESS = {
    "api": [name for name in faults.POINTS if name.startswith("api.")],
    "dispatcher": [name for name in faults.POINTS if name.startswith("relay.")],
    "worker": [name for name in faults.POINTS if name.startswith("worker.")],
}


def test_every_declared_point_is_tested() -> None:
    from tests.faults import test_quality_kills
    from tests.notifications import test_kills

    here = [point for points in OF_PROCESS.values() for point in points]
    assert sorted([*here, *test_quality_kills.POINTS, *test_kills.POINTS]) == sorted(faults.POINTS)


async def restart(system: System, process: str, point: str) -> None:
    """The process runs again and will die at `point`."""
    system.kill(process)
    system.start(process, DATAKURA_CRASH_POINT=point)
    await system.until_ready()


async def insist(client: Client, system: System, query: str, key: str, input: dict[str, object]) -> dict:
    """Sends a mutation until it is answered, as a client does that lost its answer; starts the api when it is dead."""
    while True:
        try:
            answer = (await client.post(query, {"input": input}, Idempotency_Key=key)).json()
            (payload,) = answer["data"].values()
            assert payload["errors"] == [], payload
            return payload
        except httpx.TransportError:
            assert await system.until_dead("api") == -9
            system.start("api")
            await system.until_ready()


async def assert_unbroken(system: System) -> None:
    connection = await system.database()
    try:
        assert await broken(connection) == {}
    finally:
        await connection.close()


@pytest.mark.parametrize(
    ("victim", "point"),
    [
        ("createDataset", "api.before_commit"),
        *(("completeUpload", point) for point in OF_PROCESS["api"]),
        # Mutations of the same form as those above.
        *(
            pytest.param(victim, point, marks=pytest.mark.full)
            for victim, point in (
                ("createDataset", "api.after_commit"),
                ("startUpload", "api.before_commit"),
                ("startUpload", "api.after_commit"),
            )
        ),
    ],
)
async def test_api_killed_in_a_mutation(doomed: System, person: Client, point: str, victim: str) -> None:
    key = {name: str(uuid4()) for name in ("createDataset", "startUpload", "completeUpload")}
    name = f"Killed at {point} in {victim}"

    async def before(mutation: str) -> None:
        if mutation == victim:
            await restart(doomed, "api", point)

    await before("createDataset")
    created = await insist(person, doomed, CREATE, key["createDataset"], {"name": name})
    declared = {"datasetId": created["dataset"]["id"], "fileName": "t.csv", "sizeBytes": len(CSV)}
    await before("startUpload")
    started = await insist(person, doomed, START, key["startUpload"], declared)
    parts = await person.put(started["upload"], CSV)
    await before("completeUpload")
    uploaded = {"uploadId": started["upload"]["id"], "parts": parts}
    await insist(person, doomed, COMPLETE, key["completeUpload"], uploaded)
    version = await person.finished(started["version"]["id"])
    assert (version["status"], version["number"], version["rowCount"]) == ("READY", 1, 500)
    answer = await person.run(
        "query D($q: String!) { datasets(first: 5, filter: {nameContains: $q}) { edges { node { name } } } }", q=name
    )
    assert [edge["node"]["name"] for edge in answer["datasets"]["edges"]] == [name]
    await settled(doomed)
    await assert_unbroken(doomed)


@pytest.mark.parametrize(("process", "point"), [(p, point) for p in ("dispatcher", "worker") for point in OF_PROCESS[p]])
async def test_background_process_killed(doomed: System, person: Client, process: str, point: str) -> None:
    dataset_id = await person.create(f"Killed at {point}")
    await settled(doomed)  # the search document's task must not meet the point instead of the upload's
    await restart(doomed, process, point)
    version_id = await person.upload(dataset_id, CSV)
    assert await doomed.until_dead(process) == -9
    doomed.start(process)
    version = await person.finished(version_id)
    assert (version["status"], version["rowCount"], version["error"]) == ("READY", 500, None)
    await settled(doomed)
    await assert_unbroken(doomed)


async def settled(system: System) -> None:
    """Every task has ended."""
    connection = await system.database()
    try:
        while await connection.fetchval("SELECT count(*) FROM tasks WHERE state IN ('READY', 'QUEUED', 'RUNNING')"):
            await asyncio.sleep(0.05)
    finally:
        await connection.close()
