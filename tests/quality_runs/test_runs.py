"""Rules are checked on versions: results, metrics, verdict, gate, health, live changes."""

import pytest

from app.core.ids import uuid7
from app.schema.ids import from_id, to_id
from tests.quality_runs.checking import (
    BAD,
    CREATE,
    GOOD,
    PUBLISH,
    RUN,
    RUNS,
    SHOW,
    UPDATE,
    checked,
    ended,
    rule,
    run_of,
    uploaded,
)
from tests.support.client import Client
from tests.support.http import http_client
from tests.support.people import People, Person
from tests.support.socket import Socket
from tests.support.system import System, until

LARGEST = """query L($name: String!) { datasets(first: 1, orderBy: {field: ROW_COUNT},
    filter: {freshness: [DAY], health: [PASS], nameContains: $name}) { edges { node { id } } } }"""
HEALTH = """query H($id: ID!) { dataset(id: $id) { name status currentVersion { id } sizeBytes publishedAt
    health { status score failingRules openIncidents lastCheckedAt } latestQualityMetrics { metricName fieldPath value status } } }"""
CHANGED = """subscription C($d: ID) { qualityRunChanged(datasetId: $d) {
    sequence run { id status summary { passed failed } } } }"""
DRY = """mutation D($input: DryRunQualityRulesInput!) { dryRunQualityRules(input: $input) {
    run { id status trigger } errors { code message path } } }"""


HISTORY = """query Y($id: ID!, $version: ID!) {
    dataset(id: $id) { qualityRules(first: 10) { edges { node { name lastResult { status value version { id } run { id } }
        recentResults(first: 2) { status version { id } } } } } }
    datasetVersion(id: $version) { latestQualityRun { id status } } }"""


async def test_a_bad_version_is_refused_and_a_corrected_one_is_published(system: System, admin: Person) -> None:
    dataset_id = await admin.create(f"Gate {uuid7()}")
    nulls = await rule(admin, dataset_id, "nulls", name="Prices", fieldPath="price", blocksPublication=True)
    await rule(admin, dataset_id, "unique", name="Ids", fieldPath="id", severity="WARNING")
    assert {**nulls, "id": ""} == {
        "id": "", "name": "Prices", "type": "nulls", "fieldPath": "price", "parameters": {}, "operator": None, "threshold": None,
        "warnThreshold": None, "severity": "ERROR", "dimension": "COMPLETENESS", "enabled": True, "blocksPublication": True,
        "revision": 1,
    }  # fmt: skip
    bad = await uploaded(admin, dataset_id, BAD)
    run = await run_of(admin, dataset_id, bad)
    assert (run["status"], run["summary"]) == ("FAILED", {"passed": 0, "warned": 0, "failed": 2, "errored": 0, "skipped": 0})
    found = {result["name"]: result for result in run["results"]}
    assert found["Prices"]["rule"] == {"id": nulls["id"], "name": "Prices"}
    assert [(one["status"], one["value"], one["failedRowCount"]) for one in (found["Prices"], found["Ids"])] == [
        ("FAIL", 1, 1), ("FAIL", 1, 1),
    ]  # fmt: skip
    assert found["Prices"]["failedRowsSample"] == [{"row": 2, "values": {"price": None, "id": 2}}]
    refused = await admin.mutate(PUBLISH, versionId=bad)
    assert {**refused, "violations": []} == {"version": None, "violations": [], "errors": []}
    assert [(one["rule"], one["status"]) for one in refused["violations"]] == [({"id": nulls["id"], "name": "Prices"}, "FAIL")]
    assert refused["violations"][0]["message"] == found["Prices"]["message"]
    before = (await admin.run(HEALTH, id=dataset_id))["dataset"]
    assert (before["status"], before["currentVersion"]) == ("DRAFT", None)
    assert (before["health"]["status"], before["health"]["score"], before["health"]["failingRules"]) == ("FAIL", 0, 2)

    good = await uploaded(admin, dataset_id, GOOD)
    assert (await run_of(admin, dataset_id, good))["status"] == "PASSED"
    assert await admin.mutate(PUBLISH, versionId=good) == {"version": {"isCurrent": True}, "violations": [], "errors": []}
    after = (await admin.run(HEALTH, id=dataset_id))["dataset"]
    assert after["currentVersion"] == {"id": good}
    assert (before["sizeBytes"], before["publishedAt"], after["sizeBytes"]) == (None, None, len(GOOD))
    assert after["publishedAt"] is not None
    largest = await admin.run(LARGEST, name=after["name"])
    assert largest["datasets"]["edges"] == [{"node": {"id": dataset_id}}]
    assert {**after["health"], "lastCheckedAt": "", "openIncidents": 0} == {
        "status": "PASS", "score": 1, "failingRules": 0, "openIncidents": 0, "lastCheckedAt": "",
    }  # fmt: skip
    history = await admin.run(HISTORY, id=dataset_id, version=bad)
    assert history["datasetVersion"]["latestQualityRun"] == {"id": run["id"], "status": "FAILED"}
    (prices,) = [e["node"] for e in history["dataset"]["qualityRules"]["edges"] if e["node"]["name"] == "Prices"]
    good_run = (await run_of(admin, dataset_id, good))["id"]
    assert prices["lastResult"] == {"status": "PASS", "value": 0, "version": {"id": good}, "run": {"id": good_run}}
    assert prices["recentResults"] == [{"status": "PASS", "version": {"id": good}}, {"status": "FAIL", "version": {"id": bad}}]
    assert sorted((m["metricName"], m["fieldPath"], m["value"], m["status"]) for m in after["latestQualityMetrics"]) == [
        ("duplicate_count", "id", 0, "PASS"), ("null_count", "price", 0, "PASS"),
    ]  # fmt: skip
    # An old version that is checked again is not the dataset's latest.
    assert (await checked(admin, bad))["status"] == "FAILED"
    again = (await admin.run(HEALTH, id=dataset_id))["dataset"]
    assert again["latestQualityMetrics"] == after["latestQualityMetrics"]


async def test_a_rule_that_was_changed_has_not_run(admin: Person) -> None:
    dataset_id = await admin.create(f"Changed {uuid7()}")
    version_id = await uploaded(admin, dataset_id, GOOD)
    made = await rule(admin, dataset_id, "row_count", operator="GREATER_OR_EQUAL", threshold=1, blocksPublication=True)
    unrun = await admin.mutate(PUBLISH, versionId=version_id)
    assert [one["status"] for one in unrun["violations"]] == ["SKIPPED"]
    assert (await checked(admin, version_id))["status"] == "PASSED"
    changed = await admin.mutate(UPDATE, id=made["id"], threshold=4)
    assert changed == {"rule": {"id": made["id"], "enabled": True, "threshold": 4, "revision": 2}, "errors": []}
    assert [one["status"] for one in (await admin.mutate(PUBLISH, versionId=version_id))["violations"]] == ["SKIPPED"]
    run = await checked(admin, version_id, ruleIds=[made["id"]])
    assert [(one["status"], one["value"], one["threshold"], one["operator"]) for one in run["results"]] == [
        ("FAIL", 3, 4, "GREATER_OR_EQUAL")
    ]
    assert [one["status"] for one in (await admin.mutate(PUBLISH, versionId=version_id))["violations"]] == ["FAIL"]
    disabled = await admin.mutate(UPDATE, id=made["id"], enabled=False)
    assert (disabled["rule"]["enabled"], disabled["rule"]["revision"]) == (False, 2)
    assert (await admin.mutate(PUBLISH, versionId=version_id))["version"] == {"isCurrent": True}


async def test_the_gate_is_overridden_with_a_reason_manage_and_a_fresh_proof(system: System, people: People) -> None:
    owner, writer = people.editor, people.other
    dataset_id = await owner.create(f"Override {uuid7()}")
    await people.grant(owner, dataset_id, writer, "WRITE")
    blocking = await rule(owner, dataset_id, "nulls", fieldPath="price", blocksPublication=True)
    bad = await uploaded(owner, dataset_id, BAD)
    assert (await run_of(owner, dataset_id, bad))["status"] == "FAILED"

    async def codes(client: Client, mutation: str, **given: object) -> list[str]:
        return [error["code"] for error in (await client.mutate(mutation, **given))["errors"]]

    assert await codes(writer, PUBLISH, versionId=bad, overrideReason="I say so") == ["FORBIDDEN"]
    assert await codes(writer, UPDATE, id=blocking["id"], enabled=False) == ["FORBIDDEN"]
    assert await codes(owner, PUBLISH, versionId=bad, overrideReason=" ") == ["INVALID_INPUT"]
    connection = await system.database()
    try:
        await connection.execute(
            "UPDATE sign_in_sessions SET authenticated_at = now() - interval '1 hour' WHERE id = $1", owner.session_id
        )
        assert await codes(owner, PUBLISH, versionId=bad, overrideReason="Known") == ["STEP_UP_REQUIRED"]
        assert (
            await connection.fetchval("SELECT current_version_id FROM datasets WHERE id = $1", from_id(dataset_id, "Dataset"))
            is None
        )
        await connection.execute("UPDATE sign_in_sessions SET authenticated_at = now() WHERE id = $1", owner.session_id)
        published = await owner.mutate(PUBLISH, versionId=bad, overrideReason="Known gap")
        assert published == {"version": {"isCurrent": True}, "violations": [], "errors": []}
        details = await connection.fetchval(
            "SELECT details ->> 'reason' FROM audit_events WHERE action = 'version.override' AND target_id = $1",
            from_id(bad, "DatasetVersion"),
        )
        assert details == "Known gap"
    finally:
        await connection.close()


async def test_a_dataset_that_publishes_by_itself_publishes_what_passes(admin: Person) -> None:
    dataset_id = await admin.create(f"Auto {uuid7()}", autoPublish=True)
    await rule(admin, dataset_id, "nulls", fieldPath="price", blocksPublication=True)
    good = await uploaded(admin, dataset_id, GOOD)
    await run_of(admin, dataset_id, good)
    assert (await admin.run(HEALTH, id=dataset_id))["dataset"]["currentVersion"] == {"id": good}
    bad = await uploaded(admin, dataset_id, BAD)
    await run_of(admin, dataset_id, bad)
    assert (await admin.run(HEALTH, id=dataset_id))["dataset"]["currentVersion"] == {"id": good}


async def test_what_publishes_by_itself_waits_for_its_rules_and_only_warnings_let_it_pass(admin: Person) -> None:
    dataset_id = await admin.create(f"Auto {uuid7()}", autoPublish=True)
    made = await rule(admin, dataset_id, "nulls", fieldPath="price")  # severity ERROR, and blocks nobody by hand
    bad = await uploaded(admin, dataset_id, BAD)
    assert (await run_of(admin, dataset_id, bad))["status"] == "FAILED"
    assert (await admin.run(HEALTH, id=dataset_id))["dataset"]["currentVersion"] is None
    good = await uploaded(admin, dataset_id, GOOD)
    await run_of(admin, dataset_id, good)
    assert (await admin.run(HEALTH, id=dataset_id))["dataset"]["currentVersion"] == {"id": good}
    assert (await admin.mutate(UPDATE, id=made["id"], severity="WARNING"))["errors"] == []
    worse = await uploaded(admin, dataset_id, BAD)
    assert (await run_of(admin, dataset_id, worse))["status"] == "FAILED"
    assert (await admin.run(HEALTH, id=dataset_id))["dataset"]["currentVersion"] == {"id": worse}


async def test_a_run_is_seen_live_each_change_once_and_in_order(system: System, admin: Person) -> None:
    dataset_id = await admin.create(f"Live {uuid7()}")
    version_id = await uploaded(admin, dataset_id, GOOD)
    await rule(admin, dataset_id, "row_count", operator="EQUAL", threshold=3)
    first = await checked(admin, version_id)
    async with await Socket.signed_in(system.url, admin.token) as socket:
        await socket.subscribe(CHANGED, d=dataset_id)
        assert await socket.next() == {
            "sequence": 3, "run": {"id": first["id"], "status": "PASSED", "summary": {"passed": 1, "failed": 0}},
        }  # fmt: skip
        second = (await admin.mutate(RUN, versionId=version_id))["run"]
        assert second["status"] == "QUEUED"
        told = [await socket.next() for _ in range(3)]
    assert [(event["sequence"], event["run"]["id"], event["run"]["status"], event["run"]["summary"]) for event in told] == [
        (1, second["id"], "QUEUED", None),
        (2, second["id"], "RUNNING", {"passed": 0, "failed": 0}),
        (3, second["id"], "PASSED", {"passed": 1, "failed": 0}),
    ]


async def test_rules_are_tried_without_leaving_anything_and_all_failed_rows_are_kept_on_request(
    system: System, admin: Person
) -> None:
    dataset_id = await admin.create(f"Tried {uuid7()}")
    content = b"n\n" + b"".join(b"%d\n" % n for n in range(100))
    version_id = await uploaded(admin, dataset_id, content)
    drafts = [
        {"name": "Small", "type": "range", "fieldPath": "n", "parameters": {"max": 9}},
        {
            "name": "None",
            "type": "sql_metric",
            "parameters": {"sql": "SELECT count(*) FROM data"},
            "operator": "EQUAL",
            "threshold": 100,
        },
    ]
    payload = await admin.mutate(DRY, versionId=version_id, rules=drafts, keepFailedRows=True)
    assert (payload["run"]["trigger"], payload["errors"]) == ("DRY_RUN", [])
    run = await ended(admin, payload["run"]["id"])
    assert [(one["rule"], one["name"], one["status"], one["value"]) for one in run["results"]] == [
        (None, "Small", "FAIL", 90), (None, "None", "PASS", 100),
    ]  # fmt: skip
    assert len(run["results"][0]["failedRowsSample"]) == 20
    async with http_client() as http:
        file = await http.get(run["results"][0]["failedRowsUrl"])
    assert (file.status_code, file.content[:4], file.headers["Content-Disposition"].split(";")[0]) == (200, b"PAR1", "attachment")
    assert run["results"][1]["failedRowsUrl"] is None
    both = """query Q($id: ID!) { dataset(id: $id) { all: qualityRuns(first: 9) { edges { node { id } } }
        real: qualityRuns(first: 9, includeTrials: false) { edges { node { id } } } } }"""
    listed = (await admin.run(both, id=dataset_id))["dataset"]
    assert ([edge["node"]["id"] for edge in listed["all"]["edges"]], listed["real"]["edges"]) == ([run["id"]], [])
    connection = await system.database()
    row_id = from_id(dataset_id, "Dataset")
    left = [
        await connection.fetchval(f"SELECT count(*) FROM {table} WHERE dataset_id = $1", row_id)
        for table in ("quality_rules", "quality_metrics")
    ]
    await connection.close()
    assert left == [0, 0]


@pytest.mark.parametrize(
    ("given", "path"),
    [
        ({"type": "no_such_type"}, ["input", "type"]),
        ({"type": "nulls"}, ["input", "fieldPaths"]),
        ({"type": "nulls", "fieldPath": "missing"}, ["input", "fieldPaths"]),
        ({"type": "regex", "fieldPath": "name", "parameters": {"pattern": "("}}, ["input", "parameters", "pattern"]),
        ({"type": "row_count"}, ["input", "operator"]),
        ({"type": "row_count", "operator": "BETWEEN", "threshold": 1}, ["input", "upperThreshold"]),
        ({"type": "nulls", "fieldPath": "name", "filter": "1; DROP TABLE x"}, ["input", "filter"]),
        ({"type": "sql_metric", "operator": "EQUAL", "threshold": 1, "parameters": {"sql": "COPY data TO 'x'"}}, ["input", "parameters", "sql"]),
        ({"type": "nulls", "fieldPath": "name", "name": " "}, ["input", "name"]),
    ],
)  # fmt: skip
async def test_a_rule_that_could_never_run_is_not_saved(
    admin: Person, named: str, given: dict[str, object], path: list[str]
) -> None:
    payload = await admin.mutate(CREATE, datasetId=named, **{"name": "Bad", **given})
    assert (payload["rule"], [(error["code"], error["path"]) for error in payload["errors"]]) == (None, [("INVALID_INPUT", path)])
    assert (await admin.run("query($i: ID!) { dataset(id: $i) { qualityRules(first: 1) { edges { cursor } } } }", i=named)) == {
        "dataset": {"qualityRules": {"edges": []}}
    }


@pytest.fixture(scope="module")
async def named(administrator: Person, system: System) -> str:
    """A dataset with a column of names."""
    from tests.support.people import signer

    administrator.token = signer(system).sign(administrator.row_id, administrator.session_id).encoded
    dataset_id = await administrator.create(f"Named {uuid7()}")
    await uploaded(administrator, dataset_id, b"name\na\nb\n")
    return dataset_id


async def test_rules_that_do_not_fit_a_later_version_are_errors_and_leave_the_others_alone(admin: Person) -> None:
    dataset_id = await admin.create(f"Misfits {uuid7()}")
    await rule(admin, dataset_id, "nulls", name="Gone", fieldPath="gone", blocksPublication=True)
    await rule(
        admin, dataset_id, "aggregate", name="Text", fieldPath="a", parameters={"function": "MEAN"}, operator="EQUAL", threshold=1
    )
    await rule(admin, dataset_id, "row_count", name="Rows", operator="EQUAL", threshold=2)
    version_id = await uploaded(admin, dataset_id, b"a\nx\ny\n")
    run = await run_of(admin, dataset_id, version_id)
    assert run["status"] == "ERROR"
    assert {one["name"]: (one["status"], one["error"] and one["error"]["code"]) for one in run["results"]} == {
        "Gone": ("ERROR", "MISSING_FIELD"), "Text": ("ERROR", "WRONG_TYPE"), "Rows": ("PASS", None),
    }  # fmt: skip
    assert [one["status"] for one in (await admin.mutate(PUBLISH, versionId=version_id))["violations"]] == ["ERROR"]


async def test_who_may_not_see_a_dataset_finds_none_of_its_rules_and_runs(people: People) -> None:
    owner, other = people.editor, people.other
    dataset_id = await owner.create(f"Hidden rules {uuid7()}", visibility="RESTRICTED")
    version_id = await uploaded(owner, dataset_id, GOOD)
    made = await rule(owner, dataset_id, "row_count", operator="EQUAL", threshold=3)
    run = await checked(owner, version_id)
    node = "query($i: ID!) { node(id: $i) { __typename } }"
    for wanted, kind in ((made["id"], "QualityRule"), (run["id"], "QualityRun")):
        assert (await owner.run(node, i=wanted))["node"] == {"__typename": kind}
        assert (await other.run(node, i=wanted))["node"] is None
    assert (await other.run(SHOW, id=run["id"]))["qualityRun"] is None
    assert (await other.run(RUNS, id=dataset_id))["dataset"] is None
    for mutation, given in (
        (CREATE, {"datasetId": dataset_id, "name": "x", "type": "row_count", "operator": "EQUAL", "threshold": 1}),
        (UPDATE, {"id": made["id"], "enabled": False}),
        (RUN, {"versionId": version_id}),
    ):
        assert [error["code"] for error in (await other.mutate(mutation, **given))["errors"]] == ["NOT_FOUND"]
    await people.grant(owner, dataset_id, other, "READ")
    assert [error["code"] for error in (await other.mutate(RUN, versionId=version_id))["errors"]] == ["FORBIDDEN"]
    elsewhere = await other.mutate(RUN, versionId=version_id, ruleIds=[to_id("QualityRule", uuid7())])
    assert [error["code"] for error in elsewhere["errors"]] == ["FORBIDDEN"]


async def test_a_dataset_deleted_before_its_run_leaves_a_cancelled_run(system: System, admin: Person) -> None:
    dataset_id = await admin.create(f"Deleted {uuid7()}")
    version_id = await uploaded(admin, dataset_id, GOOD)
    await rule(admin, dataset_id, "row_count", operator="EQUAL", threshold=3)
    connection = await system.database()
    try:
        row_id = from_id(dataset_id, "Dataset")
        async with connection.transaction():
            # The worker's first step waits for the dataset's row, and then finds it deleted.
            await connection.execute("UPDATE datasets SET deleted_at = now() WHERE id = $1", row_id)
            run_id = uuid7()
            await connection.execute(
                "INSERT INTO quality_runs (id, dataset_id, version_id, status, trigger) VALUES ($1, $2, $3, 'QUEUED', 'MANUAL')",
                run_id, row_id, from_id(version_id, "DatasetVersion"),
            )  # fmt: skip
            await connection.execute(
                "INSERT INTO tasks (id, actor, queue, args, dedupe_key, state) VALUES ($1, 'quality.run', 'heavy', $2, $3, 'READY')",
                uuid7(), f'{{"runId": "{run_id}"}}', str(run_id),
            )  # fmt: skip

        async def cancelled() -> bool:
            return await connection.fetchval("SELECT status FROM quality_runs WHERE id = $1", run_id) == "CANCELLED"

        await until(cancelled, "the run to be cancelled")
        assert await connection.fetchval("SELECT count(*) FROM quality_results WHERE run_id = $1", run_id) == 0
    finally:
        await connection.close()


BACK = """mutation B($input: BackTestQualityRulesInput!) { backTestQualityRules(input: $input) {
    backTest { id runs { trigger version { number } } } errors { code path } } }"""
TESTED = "query T($id: ID!) { qualityBackTest(id: $id) { finished wouldFail runs { status version { number } } } }"


async def test_a_rule_is_tried_on_the_last_versions(admin: Person, people: People) -> None:
    dataset_id = await admin.create(f"Back {uuid7()}", visibility="RESTRICTED")
    for content in (BAD, GOOD, BAD):
        await uploaded(admin, dataset_id, content)
    draft = {"name": "Prices", "type": "nulls", "fieldPath": "price"}
    payload = await admin.mutate(BACK, datasetId=dataset_id, rules=[draft], versions=2)
    assert payload["errors"] == []
    assert payload["backTest"]["runs"] == [{"trigger": "BACK_TEST", "version": {"number": n}} for n in (3, 2)]
    batch_id, seen = payload["backTest"]["id"], {}

    async def done() -> bool:
        seen.update((await admin.run(TESTED, id=batch_id))["qualityBackTest"])
        return seen["finished"] == 2

    await until(done, "the back-test to end")
    assert (seen["wouldFail"], [(run["version"]["number"], run["status"]) for run in seen["runs"]]) == (
        1,
        [(3, "FAILED"), (2, "PASSED")],
    )
    assert (await people.other.run(TESTED, id=batch_id))["qualityBackTest"] is None
    neither = await admin.mutate(BACK, datasetId=dataset_id)
    assert neither["errors"] == [{"code": "INVALID_INPUT", "path": ["input", "rules"]}]
