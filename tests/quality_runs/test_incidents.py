"""Incidents follow what rules find; schedules begin runs, each time once."""

import asyncio
from datetime import UTC, datetime
from itertools import pairwise

import asyncpg
import pytest

from app.core.db import Database
from app.core.errors import InvalidInput
from app.core.ids import uuid7
from app.core.settings import Settings
from app.core.viewer import System as Worker
from app.models.quality import RunTrigger
from app.schema.ids import from_id
from app.services.quality import incidents, progress, results, schedules, ticks
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
VIOLATIONS = "mutation P($input: PublishVersionInput!) { publishVersion(input: $input) { violations { status } } }"
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


async def test_an_older_version_neither_resolves_what_a_newer_one_fails_nor_raises_anything(people: People) -> None:
    owner = people.editor
    dataset_id = await owner.create(f"Older {uuid7()}", visibility="RESTRICTED")
    await rule(owner, dataset_id, "nulls", fieldPath="price", blocksPublication=True)
    good = await uploaded(owner, dataset_id, GOOD)
    await run_of(owner, dataset_id, good)
    await owner.mutate(PUBLISH, versionId=good)
    bad = await uploaded(owner, dataset_id, BAD)
    await run_of(owner, dataset_id, bad)
    await checked(owner, good)
    (kept,) = await found(owner, dataset_id)
    assert (kept["state"], kept["failureCount"], kept["version"]["id"]) == ("ACTIVE", 1, bad)

    fixed = await uploaded(owner, dataset_id, GOOD)
    await run_of(owner, dataset_id, fixed)
    assert [one["state"] for one in await found(owner, dataset_id)] == ["RESOLVED"]
    await checked(owner, bad)  # neither current nor the newest
    (quiet,) = await found(owner, dataset_id)
    assert (quiet["state"], quiet["reopenedCount"]) == ("RESOLVED", 0)


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
    assert schedules.next_time(cron, zone, datetime.fromisoformat(after)) == datetime.fromisoformat(expected)


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
        schedules.next_time(cron, zone, datetime(2026, 1, 1, tzinfo=UTC))
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
        await asyncio.gather(*(ticks.tick(db) for db in dbs))

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


MUTE = """mutation M($input: MuteQualityRuleInput!) { muteQualityRule(input: $input) {
    rule { mutedUntil } errors { code path } } }"""


async def test_a_rule_or_its_incident_is_muted_until_a_time_that_passes_by_itself(system: System, people: People) -> None:
    owner = people.editor
    dataset_id = await owner.create(f"Muted {uuid7()}", visibility="RESTRICTED")
    made = await rule(owner, dataset_id, "nulls", fieldPath="price", blocksPublication=True)
    bad = await uploaded(owner, dataset_id, BAD)
    await run_of(owner, dataset_id, bad)
    (incident,) = await found(owner, dataset_id)
    rule_id, connection = from_id(made["id"], "QualityRule"), await system.database()
    db = Database(settings_of(system), application_name="tests")

    async def muted() -> bool:
        async with db.read(Worker("worker")) as reading:
            return await incidents.is_muted(reading, rule_id)

    try:
        for mutation, target, given, ended in (
            (MUTE, made["id"], {"until": "2999-01-01T00:00:00Z"}, {"until": None}),
            (UPDATE, incident["id"], {"mutedUntil": "2999-01-01T00:00:00Z"}, {"mutedUntil": None}),
        ):
            table = "quality_rules" if mutation is MUTE else "incidents"
            assert not await muted()
            assert (await owner.mutate(mutation, id=target, **given))["errors"] == []
            assert await muted()
            await connection.execute(f"UPDATE {table} SET muted_until = now() - interval '1 ms' WHERE dataset_id = $1",
                                     from_id(dataset_id, "Dataset"))  # fmt: skip
            assert not await muted()
            await owner.mutate(mutation, id=target, **given)
            assert await muted()
            # Silence is no pardon: the gate stays closed, and the rule goes on failing.
            assert (await owner.mutate(VIOLATIONS, versionId=bad))["violations"] == [{"status": "FAIL"}]
            assert (await owner.mutate(mutation, id=target, **ended))["errors"] == []
        past = await owner.mutate(MUTE, id=made["id"], until="2020-01-01T00:00:00Z")
        assert past["errors"] == [{"code": "INVALID_INPUT", "path": ["input", "until"]}]
        await people.grant(owner, dataset_id, people.other, "READ")
        refused = await people.other.mutate(MUTE, id=made["id"], until="2999-01-01T00:00:00Z")
        assert [error["code"] for error in refused["errors"]] == ["FORBIDDEN"]
        assert not await muted()
    finally:
        await db.close()
        await connection.close()


SCHEDULES = """query S($f: CheckScheduleFilter, $after: String) { checkSchedules(first: 1, after: $after, filter: $f) {
    edges { node { id cron enabled allRules nextRunAt nextRuns(count: 3) lastRun { status trigger } rules { name } dataset { id } } }
    pageInfo { hasNextPage endCursor } } }"""
PAUSE = """mutation U($input: UpdateCheckScheduleInput!) { updateCheckSchedule(input: $input) {
    schedule { enabled allRules nextRuns rules { name } } errors { code } } }"""


async def test_schedules_are_listed_with_what_is_due_next_and_paused(people: People) -> None:
    owner = people.editor
    dataset_id = await owner.create(f"Listed {uuid7()}", visibility="RESTRICTED")
    made = await rule(owner, dataset_id, "row_count", operator="EQUAL", threshold=3)
    late = (await owner.mutate(SCHEDULE, datasetId=dataset_id, cron="0 0 29 2 *", timezone="UTC", ruleIds=[made["id"]]))[
        "schedule"
    ]
    soon = (await owner.mutate(SCHEDULE, datasetId=dataset_id, cron="*/5 * * * *", timezone="UTC"))["schedule"]
    wanted = {"datasetId": dataset_id}
    first = (await owner.run(SCHEDULES, f=wanted))["checkSchedules"]
    second = (await owner.run(SCHEDULES, f=wanted, after=first["pageInfo"]["endCursor"]))["checkSchedules"]
    assert (first["pageInfo"]["hasNextPage"], second["pageInfo"]["hasNextPage"]) == (True, False)
    (one,), (other,) = ([edge["node"] for edge in page["edges"]] for page in (first, second))
    assert [one["id"], other["id"]] == [soon["id"], late["id"]]
    assert (one["allRules"], one["rules"], one["lastRun"], one["dataset"]["id"]) == (True, None, None, dataset_id)
    assert (other["allRules"], other["rules"]) == (False, [{"name": "row_count"}])
    times = [datetime.fromisoformat(moment) for moment in one["nextRuns"]]
    assert times[0] == datetime.fromisoformat(one["nextRunAt"])
    assert [(later - earlier).total_seconds() for earlier, later in pairwise(times)] == [300, 300]
    assert {moment[4:] for moment in other["nextRuns"]} == {"-02-29T00:00:00+00:00"}
    paused = await owner.mutate(PAUSE, id=late["id"], enabled=False, ruleIds=None)
    assert paused["schedule"] == {"enabled": False, "allRules": True, "nextRuns": [], "rules": None}
    running = (await owner.run(SCHEDULES, f={**wanted, "enabled": True}))["checkSchedules"]["edges"]
    assert [edge["node"]["id"] for edge in running] == [soon["id"]]
    assert (await people.other.run(SCHEDULES, f=wanted))["checkSchedules"]["edges"] == []


TIMES = (
    "query T($cron: String!, $zone: String!, $count: Int!) { checkScheduleTimes(cron: $cron, timezone: $zone, count: $count) }"
)


async def test_times_are_told_before_there_is_a_schedule(people: People) -> None:
    told = (await people.other.run(TIMES, cron="30 6 * * *", zone="Asia/Tokyo", count=3))["checkScheduleTimes"]
    times = [datetime.fromisoformat(moment) for moment in told]
    assert [moment[10:] for moment in told] == ["T21:30:00+00:00"] * 3
    assert [(later - earlier).total_seconds() for earlier, later in pairwise(times)] == [86400, 86400]
    for wrong, what in (
        ({"cron": "61 * * * *", "zone": "UTC", "count": 3}, "cron expression"),
        ({"cron": "0 6 * * *", "zone": "Mars/Base", "count": 3}, "time zone"),
        ({"cron": "0 6 * * *", "zone": "UTC", "count": 101}, "`count`"),
    ):
        (error,) = (await people.other.post(TIMES, wrong)).json()["errors"]
        assert error["extensions"]["code"] == "INVALID_INPUT"
        assert what in error["message"]


STORM = """
WITH made AS (INSERT INTO datasets (id, name, slug, status, visibility, owner_id, version_count)
    SELECT gen_random_uuid(), $1 || n, $1 || n, 'ACTIVE', 'RESTRICTED', $2, 1 FROM generate_series(1, 12) n RETURNING id, owner_id),
    read AS (INSERT INTO dataset_versions (id, dataset_id, number, status, created_by_id, ready_at)
        SELECT gen_random_uuid(), id, 1, 'READY', owner_id, now() FROM made RETURNING id, dataset_id),
    ruled AS (INSERT INTO quality_rules (id, dataset_id, name, type, operator, threshold)
        SELECT gen_random_uuid(), id, 'Rows', 'row_count', 'GREATER_THAN', 0 FROM made)
SELECT dataset_id, id FROM read"""
DUE = """INSERT INTO check_schedules (id, dataset_id, cron, timezone, next_run_at)
    SELECT gen_random_uuid(), d.id, '0 0 1 1 *', 'UTC', now() - interval '3 years' FROM datasets d, generate_series(1, 5)
    WHERE d.current_version_id IS NOT NULL AND d.slug LIKE $1 || '%'"""
BEGUN = """SELECT count(*), count(DISTINCT r.schedule_id),
    (SELECT count(*) FROM tasks t JOIN quality_runs q ON t.dedupe_key = q.id::text JOIN datasets d ON d.id = q.dataset_id
        WHERE d.slug LIKE $1 || '%'),
    (SELECT count(*) FROM check_schedules s JOIN datasets d ON d.id = s.dataset_id
        WHERE d.slug LIKE $1 || '%' AND s.next_run_at <= now())
    FROM quality_runs r JOIN datasets d ON d.id = r.dataset_id WHERE d.slug LIKE $1 || '%'"""
GAPS = """SELECT count(*) FROM (SELECT e.dataset_id FROM events e JOIN datasets d ON d.id = e.dataset_id WHERE d.slug LIKE $1 || '%'
    GROUP BY e.dataset_id HAVING max(e.sequence) <> count(*)) gaps"""


async def removed(connection: asyncpg.Connection, name: str) -> None:
    """The schedules of these datasets, one by one: the worker is still at their runs, and a deletion of many holds many runs."""
    mine = "SELECT s.id FROM check_schedules s JOIN datasets d ON d.id = s.dataset_id WHERE d.slug LIKE $1 || '%'"
    for row in await connection.fetch(mine, name):
        await connection.execute("DELETE FROM check_schedules WHERE id = $1", row["id"])


async def test_a_schedule_does_not_wait_for_a_run_that_is_being_closed(system: System, people: People) -> None:
    """A tick holds datasets and its runs name their versions; who closes a run holds its version and then wants its dataset."""
    name, connection, db = f"closing-{uuid7()}-", await system.database(), Database(settings_of(system), application_name="tests")
    try:
        (dataset_id, version_id), (other_id, _), *_ = await connection.fetch(STORM, name, people.editor.row_id)
        await connection.execute("UPDATE datasets SET current_version_id = $2 WHERE id = $1", dataset_id, version_id)
        closing = progress.Started(uuid7(), other_id, version_id, RunTrigger.MANUAL, False, None, ())
        async with db.transaction(Worker("worker")) as session:
            assert await results.lock(session, closing) is not None
            await connection.execute(DUE, name)
            await ticks.tick(db)

            async def all_begun() -> bool:
                return tuple(await connection.fetchrow(BEGUN, name)) == (5, 5, 5, 0)

            await until(all_begun, "every due schedule to begin one run", seconds=60)
    finally:
        await removed(connection, name)
        await db.close()
        await connection.close()


async def test_a_storm_of_due_schedules_is_begun_each_once_by_whoever_looks(
    system: System, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ticks, "TICK_BATCH", 7)
    name, connection = f"storm-{uuid7()}-", await system.database()
    dbs = [Database(settings_of(system), application_name="tests") for _ in range(3)]
    try:
        rows = await connection.fetch(STORM, name, people.editor.row_id)
        # The last one has no current version: it is due again, and nothing is begun.
        await connection.executemany(
            "UPDATE datasets SET current_version_id = $2 WHERE id = $1", [tuple(row) for row in rows[:11]]
        )
        await connection.execute(DUE, name)
        await connection.execute(
            "INSERT INTO check_schedules (id, dataset_id, cron, timezone, next_run_at) VALUES ($1, $2, '* * * * *', 'UTC', now())",
            uuid7(), rows[11]["dataset_id"],
        )  # fmt: skip
        await asyncio.gather(*(ticks.tick(db) for db in dbs))

        async def all_begun() -> bool:  # the system's own dispatcher may have taken a share that it has not committed yet
            return tuple(await connection.fetchrow(BEGUN, name)) == (55, 55, 55, 0)

        await until(all_begun, "every due schedule to begin one run")
        assert await connection.fetchval(GAPS, name) == 0
    finally:
        await removed(connection, name)
        for db in dbs:
            await db.close()
        await connection.close()
