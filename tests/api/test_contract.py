"""Every promised operation of datasets, uploads, status, search and signing in, run word for word against the system."""

import re
from datetime import datetime
from pathlib import Path

import pytest

from tests.support.client import Client
from tests.support.contract import operations
from tests.support.people import People
from tests.support.socket import Socket
from tests.support.system import EMAIL, PASSWORD, System, until

OPERATIONS = operations()
CSV = b"id,name,price\n1,apple,1.50\n2,pear,2.25\n3,,0.75\n"
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(\+00:00|Z)")
JWT = re.compile(r"[\w-]+\.[\w-]+\.[\w-]+")
ID = re.compile(r"[a-z][\w-]{22}")


async def run(client: Client, operation: str, /, **variables: object) -> dict:
    """The value of the operation's only root field."""
    (value,) = (await client.run(OPERATIONS[operation], **variables)).values()
    return value


async def do(client: Client, operation: str, /, **input: object) -> dict:
    """The payload of a mutation that was done."""
    payload = await run(client, operation, input=input)
    assert payload.pop("errors") == []
    return payload


def moment(text: str) -> datetime:
    """A time as RFC 3339 in UTC."""
    assert MOMENT.fullmatch(text), text
    return datetime.fromisoformat(text)


async def test_signing_in_refreshing_and_signing_out(client: Client) -> None:
    payload = await do(client, "SignIn", email=EMAIL.upper(), password=PASSWORD)
    session = payload["session"]
    assert payload["mfaChallenge"] is None
    assert JWT.fullmatch(session["accessToken"])
    assert ID.fullmatch(session["viewer"].pop("id"))
    assert session["viewer"] == {"email": EMAIL, "displayName": "Administrator", "role": "ADMIN", "mfaEnabled": False}
    client.token = session["accessToken"]
    assert (await run(client, "Viewer"))["email"] == EMAIL
    refreshed = await run(client, "RefreshSession")
    assert refreshed["errors"] == []
    assert JWT.fullmatch(refreshed["session"]["accessToken"])
    assert moment(refreshed["session"]["expiresAt"]) >= moment(session["expiresAt"])
    assert await run(client, "SignOut") == {"errors": []}
    client.token = None
    assert await run(client, "Viewer") is None
    assert await run(client, "RefreshSession") == {
        "session": None,
        "errors": [{"code": "INVALID_CREDENTIALS", "message": "There is no session to refresh. Sign in.", "path": None}],
    }


@pytest.mark.parametrize(
    ("email", "password"), [(EMAIL, "wrong"), ("a.stranger@example.com", PASSWORD), ("", ""), ("\x00", "\x00")]
)
async def test_a_wrong_address_and_a_wrong_password_give_the_same_error(client: Client, email: str, password: str) -> None:
    assert await run(client, "SignIn", input={"email": email, "password": password}) == {
        "session": None,
        "mfaChallenge": None,
        "errors": [{"code": "INVALID_CREDENTIALS", "message": "The e-mail address or the password is wrong.", "path": None}],
    }


async def test_a_dataset_from_its_creation_to_its_return(admin: Client, people: People) -> None:
    created = (
        await do(
            admin, "CreateDataset", name="Contract ÷ 契約", description="# What", visibility="RESTRICTED",
            metadata={"source": "crm", "nested": [1, 2.5, None, True]}, tags=["Sales", "eu"], autoPublish=False,
        )
    )["dataset"]  # fmt: skip
    dataset_id, owner = created.pop("id"), created.pop("owner")
    moment(created.pop("createdAt"))
    assert created == {
        "name": "Contract ÷ 契約", "slug": "contract-契約", "description": "# What", "status": "DRAFT", "visibility": "RESTRICTED",
        "metadata": {"source": "crm", "nested": [1, 2.5, None, True]},
    }  # fmt: skip
    assert owner["displayName"] == "Administrator"

    updated = (await do(admin, "UpdateDataset", id=dataset_id, revision=1, name="Contract", description=""))["dataset"]
    moment(updated.pop("updatedAt"))
    assert updated == {"id": dataset_id, "revision": 2, "name": "Contract", "description": None}
    stale = await run(admin, "UpdateDataset", input={"id": dataset_id, "revision": 1, "name": "Late"})
    assert stale["dataset"] is None
    assert [(error["code"], error["path"]) for error in stale["errors"]] == [("CONFLICT", ["input", "revision"])]

    entries = [{"key": "unit", "value": "EUR"}, {"key": "null", "value": None}, {"key": "deep", "value": {"a": [1]}}]
    await do(admin, "SetMetadata", datasetId=dataset_id, entries=entries)
    set_again = await do(admin, "SetMetadata", datasetId=dataset_id, entries=[{"key": "unit", "value": "USD"}])
    kept = set_again["dataset"]["metadataEntries"]
    assert [(entry["key"], entry["value"]) for entry in kept] == [("deep", {"a": [1]}), ("null", None), ("unit", "USD")]
    assert [entry["updatedAt"] is None for entry in kept] == [True, True, False]
    left = await do(admin, "RemoveMetadata", datasetId=dataset_id, keys=["null", "deep", "never"])
    assert left["dataset"] == {"id": dataset_id, "metadataEntries": [{"key": "unit", "value": "USD"}]}

    ends = "2999-12-31T23:59:59+00:00"
    grant = (await do(admin, "GrantAccess", datasetId=dataset_id, userId=people.viewer.id, level="READ", expiresAt=ends))["grant"]
    assert (grant["level"], grant["user"], moment(grant["expiresAt"])) == ("READ", {"id": people.viewer.id}, moment(ends))
    assert (await run(people.viewer, "DatasetBySlug", slug="contract-契約")) == {"id": dataset_id, "name": "Contract"}
    assert await do(admin, "RevokeAccess", grantId=grant["id"]) == {"revokedId": grant["id"]}
    assert await run(people.viewer, "DatasetBySlug", slug="contract-契約") is None

    assert await do(admin, "ArchiveDataset", id=dataset_id) == {"dataset": {"id": dataset_id, "status": "ARCHIVED"}}
    assert await do(admin, "RestoreDataset", id=dataset_id) == {"dataset": {"id": dataset_id, "status": "DRAFT"}}
    assert await do(admin, "DeleteDataset", id=dataset_id) == {"deletedId": dataset_id}
    assert await run(admin, "Node", id=dataset_id) is None
    assert await do(admin, "RestoreDataset", id=dataset_id) == {"dataset": {"id": dataset_id, "status": "DRAFT"}}
    assert await run(admin, "Node", id=dataset_id) == {"__typename": "Dataset", "id": dataset_id}


async def test_a_file_from_its_announcement_to_its_rows(admin: Client) -> None:
    dataset_id = (await do(admin, "CreateDataset", name="Contract fruit"))["dataset"]["id"]
    started = await do(
        admin, "StartUpload", datasetId=dataset_id, fileName="fruit.csv", sizeBytes=len(CSV), sha256=None, label="first",
        comment="From the market", options={"delimiter": ",", "types": {"id": "INTEGER"}},
    )  # fmt: skip
    upload, version_id = started["upload"], started["version"]["id"]
    assert started["version"] == {"id": version_id, "number": 1, "status": "AWAITING_UPLOAD"}
    assert ([part["number"] for part in upload["parts"]], upload["parts"][0]["headers"]) == ([1], [])
    moment(upload["expiresAt"])
    parts = await admin.put(upload, CSV)
    done = await do(admin, "CompleteUpload", uploadId=upload["id"], parts=parts)
    assert done == {"version": {"id": version_id, "number": 1, "status": "QUEUED"}}
    assert (await admin.finished(version_id))["status"] == "READY"

    dataset = await run(admin, "Dataset", id=dataset_id)
    assert (dataset["currentVersion"], dataset["health"], dataset["tags"], dataset["revision"]) == (None, None, [], 1)
    (edge,) = dataset["versions"]["edges"]
    version = edge["node"]
    assert (version["number"], version["label"], version["comment"]) == (1, "first", "From the market")
    assert (version["status"], version["stage"], version["progress"], version["isCurrent"]) == ("READY", None, 1, False)
    assert (version["error"], version["publishedAt"], version["rejectedRowCount"]) == (None, None, 0)
    assert version["readOptions"] == {
        "format": "CSV", "encoding": "utf-8", "delimiter": ",", "quote": '"', "escape": "", "headerRows": 1, "skippedRows": 0,
        "decimalSeparator": ".", "nullTokens": version["readOptions"]["nullTokens"],
    }  # fmt: skip
    original, table = version["files"]
    assert (original["name"], original["sizeBytes"], original["encodingFormat"]) == ("fruit.csv", len(CSV), "text/csv")
    assert table["encodingFormat"] == "application/vnd.apache.parquet"
    assert [(f["fieldPath"], f["ordinalPosition"], f["logicalType"], f["nullable"]) for f in version["schemaFields"]] == [
        ("id", 1, "INTEGER", False), ("name", 2, "STRING", True), ("price", 3, "NUMBER", False),
    ]  # fmt: skip
    profile = version["profile"]
    assert (profile["rowCount"], profile["columnCount"], profile["partial"]) == (3, 3, False)
    price = profile["fieldProfiles"][2]
    assert (price["fieldPath"], price["nullCount"], price["distinctCount"], price["distinctIsApproximate"]) == (
        "price",
        0,
        3,
        False,
    )
    assert (price["mean"], price["median"]) == (1.5, 1.5)
    name = profile["fieldProfiles"][1]
    assert (name["nullCount"], name["nullFraction"], name["minLength"], name["maxLength"]) == (1, 1 / 3, 4, 5)
    assert sorted(value["value"] for value in name["topValues"]) == ["apple", "pear"]

    rows = (await run(admin, "Rows", versionId=version_id, first=2))["rows"]
    assert rows["columns"] == [
        {"name": "id", "type": "INTEGER"},
        {"name": "name", "type": "STRING"},
        {"name": "price", "type": "NUMBER"},
    ]
    assert (rows["rows"], rows["totalCount"]) == ([[1, "apple", 1.5], [2, "pear", 2.25]], 3)
    assert rows["pageInfo"]["hasNextPage"] is True
    after = rows["pageInfo"]["endCursor"]
    rest = (await run(admin, "Rows", versionId=version_id, first=2, after=after))["rows"]
    assert (rest["rows"], rest["pageInfo"]["hasNextPage"]) == ([[3, None, 0.75]], False)

    published = await do(admin, "PublishVersion", versionId=version_id)
    assert published["violations"] == []
    moment(published["version"].pop("publishedAt"))
    assert published["version"] == {
        "id": version_id, "isCurrent": True,
        "dataset": {"id": dataset_id, "status": "ACTIVE", "currentVersion": {"id": version_id, "number": 1}},
    }  # fmt: skip

    second = await admin.finished(await admin.upload(dataset_id, b"id,name,price\n1,apple,1.50\n2,pear,cheap\n"))
    compared = await run(admin, "CompareVersions", base=version_id, head=second["id"])
    assert (compared["compatibility"], compared["rowCountChange"]) == ("INCOMPATIBLE", -1)
    assert ("price", "TYPE_CHANGED") in [(change["fieldPath"], change["change"]) for change in compared["schemaChanges"]]
    same = await run(admin, "CompareVersions", base=version_id, head=version_id)
    assert same == {"compatibility": "EXACT_MATCH", "rowCountChange": 0, "schemaChanges": [], "profileChanges": []}


async def test_the_list_of_datasets(admin: Client, people: People) -> None:
    names = [f"Contract list {number}" for number in range(3)]
    ids = [await people.editor.create(name) for name in names]
    await do(people.editor, "SetMetadata", datasetId=ids[2], entries=[{"key": "k", "value": 1}])
    condition = {"nameContains": "contract LIST", "ownerIds": [people.editor.id]}
    page = await run(admin, "Datasets", first=2, filter=condition)
    assert [edge["node"]["name"] for edge in page["edges"]] == names[:0:-1]
    node = page["edges"][0]["node"]
    moment(node.pop("createdAt"))
    moment(node.pop("updatedAt"))
    assert node == {
        "id": ids[2], "name": names[2], "slug": "contract-list-2", "status": "DRAFT",
        "owner": {"id": people.editor.id, "displayName": "A editor"}, "metadataEntries": [{"key": "k", "value": 1}],
        "latestQualityMetrics": [],
    }  # fmt: skip
    assert page["pageInfo"] == {"hasNextPage": True, "endCursor": page["edges"][1]["cursor"]}
    rest = await run(admin, "Datasets", first=2, after=page["pageInfo"]["endCursor"], filter=condition)
    assert [edge["node"]["id"] for edge in rest["edges"]] == [ids[0]]
    assert rest["pageInfo"]["hasNextPage"] is False
    order = {"field": "NAME", "direction": "ASC"}
    page = await run(admin, "Datasets", first=3, filter=condition, orderBy=order)
    assert [edge["node"]["name"] for edge in page["edges"]] == names


async def test_uploads_that_are_given_up_and_versions_that_are_tried_again(admin: Client) -> None:
    dataset_id = (await do(admin, "CreateDataset", name="Contract retry"))["dataset"]["id"]
    started = await do(admin, "StartUpload", datasetId=dataset_id, fileName="a.csv", sizeBytes=10)
    aborted = await do(admin, "AbortUpload", uploadId=started["upload"]["id"])
    assert aborted == {"version": {"id": started["version"]["id"], "status": "DELETED"}}
    failed = await admin.finished(await admin.upload(dataset_id, b"a,b\n1,2\n", sha256="00" * 32))
    assert (failed["status"], failed["error"]["code"]) == ("FAILED", "CHECKSUM_MISMATCH")
    assert await do(admin, "RetryVersion", versionId=failed["id"]) == {"version": {"id": failed["id"], "status": "QUEUED"}}
    assert (await admin.finished(failed["id"]))["status"] == "FAILED"


async def test_a_rule_from_its_creation_to_its_end(admin: Client) -> None:
    types = {one["name"]: one for one in await run(admin, "QualityRuleTypes")}
    assert types["nulls"]["dimension"] == "COMPLETENESS"
    assert types["regex"]["parametersSchema"]["properties"]["pattern"]["type"] == "string"
    dataset_id = (await do(admin, "CreateDataset", name="Contract checked"))["dataset"]["id"]
    version_id = await admin.upload(dataset_id, CSV)
    assert (await admin.finished(version_id))["status"] == "READY"
    rule = (
        await do(
            admin, "CreateQualityRule", datasetId=dataset_id, name="Names", type="nulls", fieldPath="name", parameters={"unit": "FRACTION"},
            operator="LESS_OR_EQUAL", threshold=0.5, warnThreshold=0.25, severity="WARNING", blocksPublication=False, filter="id > 0",
        )
    )["rule"]  # fmt: skip
    rule_id = rule.pop("id")
    assert rule == {
        "name": "Names", "type": "nulls", "fieldPath": "name", "parameters": {"unit": "FRACTION"}, "operator": "LESS_OR_EQUAL",
        "threshold": 0.5, "warnThreshold": 0.25, "severity": "WARNING", "dimension": "COMPLETENESS", "enabled": True,
        "blocksPublication": False,
    }  # fmt: skip
    started = (await do(admin, "RunQualityChecks", versionId=version_id, ruleIds=[rule_id]))["run"]
    assert (started["status"], started["trigger"]) == ("QUEUED", "MANUAL")
    seen: dict = {}

    async def ended() -> bool:
        seen.update(await run(admin, "QualityRun", id=started["id"]))
        return seen["status"] not in ("QUEUED", "RUNNING")

    await until(ended, "the run to end")
    (result,) = seen["results"]
    assert moment(seen["startedAt"]) <= moment(seen["finishedAt"])
    assert (seen["status"], seen["rowsScanned"]) == ("WARNED", 3)
    assert seen["summary"] == {"passed": 0, "warned": 1, "failed": 0, "errored": 0, "skipped": 0}
    assert result["rule"] == {"id": rule_id, "name": "Names", "type": "nulls"}
    assert (result["status"], round(result["value"], 4), result["threshold"], result["failedRowCount"]) == (
        "WARN",
        0.3333,
        0.25,
        1,
    )
    assert (result["failedRowsSample"], result["error"]) == ([{"row": 3, "values": {"name": None, "id": 3, "price": 0.75}}], None)
    history = await run(admin, "MetricHistory", datasetId=dataset_id, metricName="null_fraction", first=5)
    (point,) = [edge["node"] for edge in history["qualityMetrics"]["edges"]]
    moment(point.pop("checkedAt"))
    assert point == {
        "metricName": "null_fraction", "fieldPath": "name", "value": result["value"], "threshold": 0.25, "status": "WARN",
        "version": {"number": 1},
    }  # fmt: skip
    schedule = (await do(admin, "CreateCheckSchedule", datasetId=dataset_id, cron="0 6 * * 1-5", timezone="Europe/Berlin"))[
        "schedule"
    ]
    moment(schedule.pop("nextRunAt"))
    assert ID.fullmatch(schedule.pop("id"))
    assert schedule == {"cron": "0 6 * * 1-5", "timezone": "Europe/Berlin", "enabled": True}
    assert await run(admin, "Incidents", first=5, filter={"datasetId": dataset_id}) == {
        "edges": [], "pageInfo": {"hasNextPage": False, "endCursor": None},
    }  # fmt: skip
    updated = await do(admin, "UpdateQualityRule", id=rule_id, threshold=0.6)
    assert updated == {"rule": {"id": rule_id, "enabled": True, "threshold": 0.6}}
    assert await do(admin, "DeleteQualityRule", id=rule_id) == {"deletedId": rule_id}


async def test_being_told(admin: Client) -> None:
    given = {"name": "Contract mail", "type": "EMAIL", "target": "team@example.com", "events": ["INCIDENT_OPENED"]}
    made = await do(admin, "CreateNotificationChannel", **given)
    channel_id = made["channel"].pop("id")
    assert ID.fullmatch(channel_id)
    assert made == {
        "channel": {"name": "Contract mail", "type": "EMAIL", "events": ["INCIDENT_OPENED"]}, "signingSecret": None,
    }  # fmt: skip
    tested = (await do(admin, "SendTestNotification", channelId=channel_id))["delivery"]
    assert ID.fullmatch(tested.pop("id"))
    assert tested == {"status": "DELIVERED", "responseCode": None}
    hook = await do(
        admin,
        "CreateNotificationChannel",
        name="Hook",
        type="WEBHOOK",
        target="https://example.com/hook",
        events=["INCIDENT_RESOLVED"],
    )
    assert hook["signingSecret"].startswith("whsec_")


async def test_searching_and_suggesting(admin: Client) -> None:
    dataset_id = (await do(admin, "CreateDataset", name="Contract zeppelin"))["dataset"]["id"]

    async def found() -> bool:
        return bool((await run(admin, "SearchDatasets", query="zeppelin", first=5))["edges"])

    await until(found, "the dataset to be found")
    page = await run(admin, "SearchDatasets", query="zeppelin", first=5, filter={"status": ["DRAFT"]})
    (edge,) = page["edges"]
    assert edge["node"] == {"id": dataset_id, "name": "Contract zeppelin"}
    assert edge["score"] > 0
    assert edge["highlights"] == [{"field": "name", "fragment": "Contract <mark>zeppelin</mark>"}]
    assert [facet["name"] for facet in page["facets"]] == ["status", "visibility", "owner", "tags"]
    assert page["facets"][0]["buckets"] == [{"value": "DRAFT", "count": 1}]
    assert (page["totalCount"], page["degraded"], page["pageInfo"]["hasNextPage"]) == (1, False, False)
    assert await run(admin, "SuggestDatasets", prefix="contract zep") == [{"id": dataset_id, "name": "Contract zeppelin"}]


async def test_watching(system: System, admin: Client) -> None:
    dataset_id = (await do(admin, "CreateDataset", name="Contract watched"))["dataset"]["id"]
    async with await Socket.signed_in(system.url, admin.token) as socket:
        await socket.subscribe(OPERATIONS["DatasetStatusChanged"], datasetId=dataset_id)
        event = await socket.next()
        moment(event.pop("occurredAt"))
        dataset = {"id": dataset_id, "name": "Contract watched", "status": "DRAFT"}
        assert event == {"sequence": 1, "dataset": dataset, "version": None}
        # Nothing has a run yet: the subscription is open and says nothing.
        await socket.subscribe(OPERATIONS["QualityRunChanged"], "2", datasetId=dataset_id)
        await socket.send("ping")
        assert await socket.receive() == {"type": "pong"}


def test_every_promised_operation_is_run_here_or_among_the_tests_of_accounts() -> None:
    files = (Path(__file__), Path(__file__).parents[1] / "accounts" / "test_contract.py")
    source = "".join(file.read_text(encoding="utf-8") for file in files)
    assert [name for name in OPERATIONS if f'"{name}"' not in source] == []
