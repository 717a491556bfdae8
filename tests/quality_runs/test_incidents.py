"""Incidents follow what rules find; schedules begin runs, each time once."""

import asyncio
from datetime import UTC, datetime

import pytest

from app.core.db import Database
from app.core.errors import InvalidInput
from app.core.ids import uuid7
from app.core.settings import Settings
from app.schema.ids import from_id
from app.services import check_schedules, check_ticks
from tests.quality_runs.checking import BAD, GOOD, RUNS, checked, ended, rule, run_of, uploaded
from tests.support.people import People, Person
from tests.support.served import settings_of
from tests.support.system import System, until

INCIDENTS = """query I($f: IncidentFilter) { incidents(first: 10, filter: $f) { edges { node { id title priority state stage
    assignee { id } rule { id } version { id } failureCount reopenedCount startedAt resolvedAt comments { text } } } } }"""
UPDATE = """mutation U($input: UpdateIncidentInput!) { updateIncident(input: $input) {
    incident { stage mutedUntil assignee { id } } errors { code path } } }"""
COMMENT = """mutation C($input: CommentIncidentInput!) { commentIncident(input: $input) {
    incident { comments { text author { id } } } errors { code } } }"""
SCHEDULE = """mutation S($input: CreateCheckScheduleInput!) { createCheckSchedule(input: $input) {
    schedule { id cron timezone nextRunAt enabled } errors { code message path } } }"""
HEALTH = "query H($i: ID!) { dataset(id: $i) { health { openIncidents } } }"
PUBLISH = "mutation P($input: PublishVersionInput!) { publishVersion(input: $input) { version { id } } }"


async def found(client: Person, dataset_id: str) -> list[dict]:
    edges = (await client.run(INCIDENTS, f={"datasetId": dataset_id}))["incidents"]["edges"]
    return [edge["node"] for edge in edges]


async def test_an_incident_is_raised_once_resolved_and_reopened(people: People) -> None:
    owner = people.editor
    dataset_id = await owner.create(f"Incident {uuid7()}", visibility="RESTRICTED")
    made = await rule(owner, dataset_id, "nulls", name="Prices", fieldPath="price", blocksPublication=True)
    bad = await uploaded(owner, dataset_id, BAD)
    await run_of(owner, dataset_id, bad)
    (raised,) = await found(owner, dataset_id)
    assert {**raised, "id": "", "startedAt": ""} == {
        "id": "", "title": "Prices", "priority": "CRITICAL", "state": "ACTIVE", "stage": "TRIAGE", "assignee": {"id": owner.id},
        "rule": {"id": made["id"]}, "version": {"id": bad}, "failureCount": 1, "reopenedCount": 0, "startedAt": "",
        "resolvedAt": None, "comments": [],
    }  # fmt: skip
    await checked(owner, bad)
    (again,) = await found(owner, dataset_id)
    assert (again["id"], again["failureCount"], again["reopenedCount"]) == (raised["id"], 2, 0)
    assert (await owner.run(HEALTH, i=dataset_id))["dataset"]["health"] == {"openIncidents": 1}

    assert await found(people.other, dataset_id) == []
    assert [e["code"] for e in (await people.other.mutate(COMMENT, id=raised["id"], text="x"))["errors"]] == ["NOT_FOUND"]
    await people.grant(owner, dataset_id, people.other, "READ")
    assert [e["code"] for e in (await people.other.mutate(UPDATE, id=raised["id"], stage="FIXED"))["errors"]] == ["FORBIDDEN"]
    changed = await owner.mutate(
        UPDATE, id=raised["id"], stage="INVESTIGATION", assigneeId=people.other.id, mutedUntil="2999-01-01T00:00:00Z"
    )
    assert changed["incident"] == {
        "stage": "INVESTIGATION", "mutedUntil": "2999-01-01T00:00:00+00:00", "assignee": {"id": people.other.id},
    }  # fmt: skip
    said = await owner.mutate(COMMENT, id=raised["id"], text=" The source lost a file. ")
    assert said["incident"] == {"comments": [{"text": "The source lost a file.", "author": {"id": owner.id}}]}

    await run_of(owner, dataset_id, await uploaded(owner, dataset_id, GOOD))
    (resolved,) = await found(owner, dataset_id)
    assert (resolved["id"], resolved["state"], resolved["resolvedAt"] is None) == (raised["id"], "RESOLVED", False)
    assert (await owner.run(HEALTH, i=dataset_id))["dataset"]["health"] == {"openIncidents": 0}
    await run_of(owner, dataset_id, await uploaded(owner, dataset_id, BAD))
    (reopened,) = await found(owner, dataset_id)
    assert [reopened[key] for key in ("id", "state", "stage", "reopenedCount", "resolvedAt")] == [
        raised["id"], "ACTIVE", "TRIAGE", 1, None,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("cron", "zone", "after", "expected"),
    [
        ("30 2 * * *", "America/New_York", "2026-03-07T12:00:00Z", "2026-03-08T07:00:00Z"),
        ("30 1 * * *", "America/New_York", "2026-10-31T12:00:00Z", "2026-11-01T05:30:00Z"),
        ("30 1 * * *", "America/New_York", "2026-11-01T05:30:00Z", "2026-11-02T06:30:00Z"),
        ("0 9 * * 1-5", "Asia/Tokyo", "2026-11-20T00:00:00Z", "2026-11-23T00:00:00Z"),
        ("*/15 * * * *", "UTC", "2026-11-20T00:00:01Z", "2026-11-20T00:15:00Z"),
    ],
)
def test_the_next_time_follows_the_clock_of_its_zone(cron: str, zone: str, after: str, expected: str) -> None:
    assert check_schedules.next_time(cron, zone, datetime.fromisoformat(after)) == datetime.fromisoformat(expected)


@pytest.mark.parametrize(
    ("cron", "zone", "path"),
    [
        ("* * * *", "UTC", "cron"), ("61 * * * *", "UTC", "cron"), ("0 0 30 2 *", "UTC", "cron"), ("* * * * * *", "UTC", "cron"),
        ("@daily", "UTC", "cron"), ("0 0 * * *", "Mars/Olympus", "timezone"), ("0 0 * * *", "../../etc/passwd", "timezone"),
        ("0 0 * * *", "\x00", "timezone"), ("\x00", "UTC", "cron"),
    ],
)  # fmt: skip
def test_what_is_no_schedule_is_refused(cron: str, zone: str, path: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        check_schedules.next_time(cron, zone, datetime(2026, 1, 1, tzinfo=UTC))
    assert refused.value.path == (path,)


async def test_a_due_schedule_begins_one_run_however_many_times_were_missed_and_dispatchers_look(
    system: System, admin: Person
) -> None:
    dataset_id = await admin.create(f"Scheduled {uuid7()}")
    made = await rule(admin, dataset_id, "row_count", operator="EQUAL", threshold=3)
    await rule(admin, dataset_id, "nulls", fieldPath="price")
    version_id = await uploaded(admin, dataset_id, GOOD)
    await run_of(admin, dataset_id, version_id)
    await admin.mutate(PUBLISH, versionId=version_id)
    payload = await admin.mutate(SCHEDULE, datasetId=dataset_id, cron="0 3 * * *", timezone="Asia/Tokyo", ruleIds=[made["id"]])
    assert payload["errors"] == []
    schedule = payload["schedule"]
    assert (schedule["cron"], schedule["timezone"], schedule["enabled"]) == ("0 3 * * *", "Asia/Tokyo", True)
    assert datetime.fromisoformat(schedule["nextRunAt"]).time().isoformat() == "18:00:00"
    connection = await system.database()
    dbs = [Database(Settings(**settings_of(system).model_dump()), application_name="tests") for _ in range(2)]
    try:
        row_id = from_id(schedule["id"], "CheckSchedule")
        await connection.execute("UPDATE check_schedules SET next_run_at = now() - interval '10 days' WHERE id = $1", row_id)
        await asyncio.gather(*(check_ticks.tick(db) for db in dbs))

        async def begun() -> bool:
            return await connection.fetchval("SELECT count(*) FROM quality_runs WHERE schedule_id = $1", row_id) > 0

        await until(begun, "the schedule's run")
        assert await connection.fetchval("SELECT count(*) FROM quality_runs WHERE schedule_id = $1", row_id) == 1
        assert await connection.fetchval("SELECT next_run_at > now() FROM check_schedules WHERE id = $1", row_id)
        runs = (await admin.run(RUNS, id=dataset_id))["dataset"]["qualityRuns"]["edges"]
        (own,) = [edge["node"]["id"] for edge in runs if edge["node"]["trigger"] == "SCHEDULE"]
        run = await ended(admin, own)
        assert (run["status"], [one["name"] for one in run["results"]]) == ("PASSED", ["row_count"])
    finally:
        for db in dbs:
            await db.close()
        await connection.close()
