"""The task ledger for administrators: queues, dead tasks, running them again."""

import asyncio
import json
from uuid import UUID

from app.core.ids import uuid7
from app.schema.ids import from_id, to_id
from tests.accounts.documents import execute, fetch
from tests.support.people import Person
from tests.support.system import System, until

TASK = "id actor queue state args attempt lostLeases lastError finishedAt replayObstacle subject { __typename id }"
QUEUES = "{ taskQueues { name readyCount delayedCount queuedCount runningCount deadCount workerCount waitingSince } }"
TASKS = f"query($first: Int!, $after: String, $filter: TaskFilter) {{ tasks(first: $first, after: $after, filter: $filter) {{ edges {{ node {{ {TASK} }} }} pageInfo {{ hasNextPage endCursor }} }} }}"
REPLAY = f"mutation($input: ReplayTaskInput!) {{ replayTask(input: $input) {{ task {{ {TASK} }} errors {{ code message }} }} }}"
REBUILD = "mutation { rebuildSearchIndex { task { id actor state } errors { code } } }"
INDEX = "{ searchIndex { engine datasetCount documentCount waitingCount waitingSince } }"


async def a_task(system: System, state: str, *, actor: str = "tests.nobody", queue: str = "tests", **args: str) -> str:
    """The global id of a task that no worker is told of: `delayed`, or DEAD after three lost leases."""
    task_id = uuid7()
    await execute(
        system,
        "INSERT INTO tasks (id, actor, queue, args, state, available_at, attempt, lost_leases, fence, last_error, finished_at) "
        "VALUES ($1, $2, $3, $4, $5::text, now() + interval '1 day', 3, 3, 7, $6, CASE WHEN $5::text = 'DEAD' THEN now() END)",
        task_id, actor, queue, json.dumps(args), state, json.dumps({"message": "its worker died 3 times"}),
    )  # fmt: skip
    return to_id("Task", task_id)


async def records(system: System, task: str) -> list[tuple]:
    return await fetch(
        system, "SELECT action, details::text FROM audit_events WHERE target_id = $1 ORDER BY sequence", from_id(task, "Task")
    )


async def test_queues_are_counted_and_dead_tasks_listed_page_by_page(system: System, boss: Person) -> None:
    dead = [await a_task(system, "DEAD", queue="counted", actor="tests.counted") for _ in range(3)]
    await a_task(system, "READY", queue="counted", actor="tests.counted")
    queues = {queue.pop("name"): queue for queue in (await boss.run(QUEUES))["taskQueues"]}
    assert {"interactive", "heavy", "outbound"} <= set(queues)
    assert queues["counted"] == {
        "readyCount": 0, "delayedCount": 1, "queuedCount": 0, "runningCount": 0, "deadCount": 3, "workerCount": 0, "waitingSince": None,
    }  # fmt: skip
    wanted = {"states": ["DEAD"], "queue": "counted", "actor": "tests.counted"}
    first = (await boss.run(TASKS, first=2, filter=wanted))["tasks"]
    second = (await boss.run(TASKS, first=2, filter=wanted, after=first["pageInfo"]["endCursor"]))["tasks"]
    assert [edge["node"]["id"] for edge in first["edges"] + second["edges"]] == dead[::-1]
    assert (first["pageInfo"]["hasNextPage"], second["pageInfo"]["hasNextPage"]) == (True, False)
    node = first["edges"][0]["node"]
    assert (node["state"], node["lastError"], node["replayObstacle"]) == ("DEAD", "its worker died 3 times", None)
    await execute(system, "DELETE FROM tasks WHERE queue = 'counted'")


async def test_a_quarantined_version_is_read_when_its_dead_task_is_replayed_once_by_many(
    system: System, boss: Person, editor: Person
) -> None:
    dataset = await editor.create(f"Put aside {uuid7()}")
    broken = await editor.upload(dataset, b"a\n1\n", "a.json", options={"format": "JSON"})
    assert (await editor.finished(broken))["status"] == "FAILED"
    version_id = from_id(broken, "DatasetVersion")
    # As if the task that reads it as CSV had taken its workers down.
    for status in ("QUEUED", "PROCESSING", "QUARANTINED"):
        await execute(
            system,
            "UPDATE dataset_versions SET status = $2, requested_options = '{\"format\": \"CSV\"}', updated_at = now() WHERE id = $1",
            version_id, status,
        )  # fmt: skip
    task = await a_task(system, "DEAD", actor="versions.ingest", queue="heavy", versionId=str(version_id))
    answers = await asyncio.gather(*(boss.mutate(REPLAY, id=task) for _ in range(8)))
    assert [answer["errors"] for answer in answers] == [[]] * 8
    assert answers[0]["task"]["subject"] == {"__typename": "DatasetVersion", "id": to_id("DatasetVersion", version_id)}
    assert (await editor.finished(to_id("DatasetVersion", version_id)))["status"] == "READY"
    ((state, attempt, fence, lost),) = await fetch(
        system, "SELECT state, attempt, fence, lost_leases FROM tasks WHERE id = $1", from_id(task, "Task")
    )
    assert (state, attempt, fence, lost) == ("SUCCEEDED", 1, 8, 0)
    assert [(action, json.loads(details)) for action, details in await records(system, task)] == [
        ("task.replay", {"actor": "versions.ingest", "versionId": str(version_id)})
    ]


async def test_what_has_ended_for_good_or_was_tried_again_since_is_a_conflict_and_changes_nothing(
    system: System, boss: Person, editor: Person
) -> None:
    dataset = await editor.create(f"Tried again {uuid7()}")
    version = from_id(await editor.upload(dataset, b"a\n1\n"), "DatasetVersion")
    await editor.finished(to_id("DatasetVersion", version))
    mail = await a_task(system, "DEAD", actor="mails.send", mailId=str(uuid7()))
    run = await a_task(system, "DEAD", actor="quality.run", runId=str(uuid7()))
    delivery = await a_task(system, "DEAD", actor="notifications.deliver", deliveryId=str(uuid7()))
    ready = await a_task(system, "DEAD", actor="versions.ingest", versionId=str(version))
    gone = await a_task(system, "DEAD", actor="versions.ingest", versionId=str(uuid7()))
    for task in (mail, run, delivery, ready, gone):
        (error,) = (await boss.mutate(REPLAY, id=task))["errors"]
        assert error["code"] == "CONFLICT", error
        assert await records(system, task) == []
    states = await fetch(
        system,
        "SELECT state FROM tasks WHERE id = ANY($1)",
        [from_id(task, "Task") for task in (mail, run, delivery, ready, gone)],
    )
    assert states == [("DEAD",)] * 5
    listed = (await boss.run(TASKS, first=100, filter={"states": ["DEAD"]}))["tasks"]["edges"]
    obstacles = {edge["node"]["id"]: edge["node"]["replayObstacle"] for edge in listed}
    assert (obstacles[mail], obstacles[run], obstacles[delivery]) == ("MAIL_GONE", "RUN_ENDED", "DELIVERY_ENDED")
    assert obstacles[ready] is None
    assert (await boss.mutate(REPLAY, id=to_id("Task", uuid7())))["errors"][0]["code"] == "NOT_FOUND"


async def test_a_replay_that_a_live_task_stands_in_for_is_a_conflict(system: System, boss: Person) -> None:
    dead, live = await a_task(system, "DEAD", actor="tests.keyed"), await a_task(system, "READY", actor="tests.keyed")
    for task in (dead, live):
        await execute(system, "UPDATE tasks SET dedupe_key = 'one' WHERE id = $1", from_id(task, "Task"))
    (error,) = (await boss.mutate(REPLAY, id=dead))["errors"]
    assert error == {"code": "CONFLICT", "message": "Another task does the same already."}
    assert (await boss.mutate(REPLAY, id=live))["task"]["state"] == "READY"
    assert await records(system, live) == []


async def test_the_search_index_is_rebuilt_once_however_often_it_is_asked_for(
    system: System, boss: Person, editor: Person
) -> None:
    dataset: UUID = from_id(await editor.create(f"Forgotten {uuid7()}"), "Dataset")

    async def documents() -> int:
        return (await fetch(system, "SELECT count(*) FROM search_documents WHERE dataset_id = $1", dataset))[0][0]  # type: ignore[no-any-return]

    await until(documents, "the new dataset to be indexed")
    await execute(system, "DELETE FROM search_documents WHERE dataset_id = $1", dataset)
    before = (await boss.run(INDEX))["searchIndex"]
    assert before["engine"] == "postgresql"
    assert before["documentCount"] < before["datasetCount"]
    answers = await asyncio.gather(*(boss.run(REBUILD) for _ in range(4)))
    assert all(answer["rebuildSearchIndex"]["errors"] == [] for answer in answers)
    assert {answer["rebuildSearchIndex"]["task"]["actor"] for answer in answers} == {"search.rebuild"}
    await until(documents, "the document to be written anew")
