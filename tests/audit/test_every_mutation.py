"""Every mutation of the schema is done once: each left its record, and none of the secrets that passed was kept anywhere."""

import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import asyncpg
import httpx
import orjson
import pytest
from graphql import GraphQLObjectType
from redis.asyncio import Redis

from app.api.schema import make_schema
from app.core.hashing import hash_password
from app.core.ids import uuid7
from app.schema.ids import from_id
from tests.accounts.test_links import link_to
from tests.accounts.test_second_factor import code_of
from tests.administration.test_tasks import a_task
from tests.quality_runs import checking
from tests.support.client import Client
from tests.support.people import Person, a_person
from tests.support.system import PASSWORD, System

UNRECORDED = {"refreshSession", "markNotificationsRead"}
"""Goes on with a session that was recorded when it began: every ten minutes for everybody. What one has read is one's own matter."""
SELECTED = {
    "SignInPayload": "session { accessToken } mfaChallenge { token }", "RefreshSessionPayload": "session { accessToken }",
    "VerifyTotpPayload": "session { accessToken }", "EnrollTotpPayload": "secret otpauthUri", "RecoveryCodesPayload": "recoveryCodes",
    "UserPayload": "user { id }", "TeamPayload": "team { id }", "CreateApiKeyPayload": "apiKey { id } secret",
    "DatasetPayload": "dataset { id revision }", "QualityRulePayload": "rule { id }", "RuleTemplatePayload": "template { id }", "CheckSchedulePayload": "schedule { id }", "GrantAccessPayload": "grant { id }", "VersionPayload": "version { id }",
    "SecretNotificationChannelPayload": "channel { id } signingSecret", "NotificationDeliveryPayload": "delivery { id }",
    "StartUploadPayload": "upload { id partSizeBytes parts { number url } } version { id }",
}  # fmt: skip
INCIDENTS = "query I($d: ID!) { incidents(first: 1, filter: {datasetId: $d}) { edges { node { id } } } }"
DELETE_RULE = "mutation D($input: DeleteQualityRuleInput!) { deleteQualityRule(input: $input) { errors { code } } }"
MUTATIONS = make_schema()._schema.mutation_type
assert isinstance(MUTATIONS, GraphQLObjectType)


@dataclass
class Walk:
    """What was done, and what must be found nowhere."""

    system: System
    requests: dict[str, str] = field(default_factory=dict)
    """Mutation -> id of the request that did it."""
    secrets: dict[str, str] = field(default_factory=dict)
    key: str = ""
    """Global id of the API key."""

    async def do(self, client: Client, name: str, /, **input: object) -> dict:
        """The payload of a mutation that is done for the first time, without an error."""
        assert MUTATIONS is not None
        mutation = MUTATIONS.fields[name]
        payload = str(mutation.type).rstrip("!")
        selected = f"{{ {SELECTED.get(payload, '')} errors {{ code message }} }}"
        if mutation.args:
            kind = mutation.args["input"].type
            answer = await client.post(f"mutation M($input: {kind}) {{ it: {name}(input: $input) {selected} }}", {"input": input})
        else:
            answer = await client.post(f"mutation {{ it: {name} {selected} }}")
        body = answer.json()
        assert "errors" not in body, (name, body)
        assert body["data"]["it"].pop("errors") == [], (name, body)
        self.requests.setdefault(name, answer.headers["X-Request-Id"])
        for cookie in answer.headers.get_list("Set-Cookie"):
            self.keep("refresh token", cookie.partition("=")[2].partition(";")[0])
        return body["data"]["it"]

    def keep(self, what: str, secret: str) -> str:
        """`secret`, which from now on must be found nowhere."""
        if len(secret) >= 6:
            self.secrets[f"{what} {len(self.secrets)}"] = secret
        return secret


async def walk_accounts(walk: Walk, boss: Person, editor: Person, anonymous: Client) -> None:
    """Everything that concerns accounts, by somebody who ends signed out everywhere."""
    address = f"invited-{editor.email}"
    user = (await walk.do(boss, "createUser", email=address, displayName="Invited", role="EDITOR"))["user"]["id"]
    token = walk.keep("invitation", await link_to(walk.system, address))
    await walk.do(anonymous, "acceptInvitation", token=token, password=walk.keep("password", "canary-first-Password-1"))
    await walk.do(anonymous, "requestPasswordReset", email=address)
    token = walk.keep("reset link", await link_to(walk.system, address, count=2))
    await walk.do(anonymous, "resetPassword", token=token, password=walk.keep("password", "canary-second-Password-2"))
    wrong = walk.keep("wrong password", "canary-wrong-Password-3")
    await anonymous.post(
        "mutation($i: SignInInput!) { signIn(input: $i) { errors { code } } }", {"i": {"email": address, "password": wrong}}
    )
    # A value of the wrong type: what was sent is in the error's text.
    await anonymous.post(
        "mutation($i: SignInInput!) { signIn(input: $i) { errors { code } } }", {"i": {"email": address, "password": [wrong]}}
    )
    opened = await walk.do(anonymous, "signIn", email=address, password="canary-second-Password-2")
    anonymous.token = walk.keep("access token", opened["session"]["accessToken"])
    await walk.do(
        anonymous,
        "changePassword",
        currentPassword="canary-second-Password-2",
        newPassword=walk.keep("password", "canary-third-Password-4"),
    )
    await walk.do(anonymous, "stepUp", password="canary-third-Password-4")
    enrolled = await walk.do(anonymous, "enrollTotp")
    walk.keep("seed", enrolled["secret"])
    codes = (await walk.do(anonymous, "confirmTotp", code=code_of(enrolled["secret"])))["recoveryCodes"]
    codes += (await walk.do(anonymous, "renewRecoveryCodes"))["recoveryCodes"]
    for code in codes:
        walk.keep("recovery code", code)
    anonymous.token = None
    challenge = (await walk.do(anonymous, "signIn", email=address, password="canary-third-Password-4"))["mfaChallenge"]["token"]
    verified = await walk.do(anonymous, "verifyTotp", challengeToken=walk.keep("challenge", challenge), code=codes[-1])
    anonymous.token = walk.keep("access token", verified["session"]["accessToken"])
    renewed = await walk.do(anonymous, "refreshSession")
    anonymous.token = walk.keep("access token", renewed["session"]["accessToken"])
    await walk.do(anonymous, "disableTotp")
    key = await walk.do(anonymous, "createApiKey", name="A key", scopes=["READ"])
    walk.keep("api key", key["secret"])
    walk.key = key["apiKey"]["id"]
    async with Client(walk.system.url) as program:
        program.token = key["secret"]
        assert (await program.run("{ viewer { id } }"))["viewer"]["id"] == user
        program.token = walk.keep("forged key", key["secret"][:-6] + "canary")
        await program.post("{ viewer { id } }")
    await walk.do(anonymous, "revokeApiKey", id=key["apiKey"]["id"])
    await walk.do(boss, "updateUser", id=user, displayName="Renamed")
    sessions = (await editor.run("{ sessions { id isCurrent } }"))["sessions"]
    async with Client(walk.system.url) as elsewhere:
        await elsewhere.sign_in(editor.email, PASSWORD)
    others = [
        session["id"] for session in (await editor.run("{ sessions { id isCurrent } }"))["sessions"] if session not in sessions
    ]
    await walk.do(editor, "revokeSession", id=others[0])
    team = (await walk.do(boss, "createTeam", name=f"Team of {editor.email}"))["team"]["id"]
    await walk.do(boss, "updateTeam", id=team, description="A team.")
    await walk.do(boss, "addTeamMember", teamId=team, userId=user)
    await walk.do(boss, "removeTeamMember", teamId=team, userId=user)
    await walk.do(boss, "deleteTeam", id=team)
    await walk.do(anonymous, "signOutEverywhere")
    await walk.do(boss, "sendUserLink", userId=user)
    walk.keep("reset link", await link_to(walk.system, address, count=3))
    connection = await walk.system.database()
    await connection.execute("UPDATE users SET totp_secret = 'x', totp_confirmed_at = now() WHERE id = $1", from_id(user, "User"))
    await connection.close()
    await walk.do(boss, "resetUserSecondFactor", userId=user)
    await walk.do(boss, "setStorageQuota", userId=user, quotaBytes=1)
    await walk.do(boss, "rebuildSearchIndex")
    await walk.do(boss, "replayTask", id=await a_task(walk.system, "DEAD", actor="uploads.discard", uploadId=str(uuid7())))
    await walk.do(boss, "endUserSessions", userId=user)


async def walk_notifications(walk: Walk, editor: Person) -> None:
    """Channels and inboxes. The delivery that is replayed is none that a worker made: nothing failed here."""
    target = f"https://127.0.0.1.nip.invalid/{walk.keep('webhook path', 'canary-webhook-path-5')}"
    given = {"name": "Hook", "type": "WEBHOOK", "target": target, "events": ["INCIDENT_OPENED"]}
    made = await walk.do(editor, "createNotificationChannel", **given)
    walk.keep("webhook secret", made["signingSecret"])
    channel = made["channel"]["id"]
    walk.keep("webhook secret", (await walk.do(editor, "rotateSigningSecret", channelId=channel))["signingSecret"])
    await walk.do(editor, "updateNotificationChannel", id=channel, name="Renamed", target=f"{target}?more")
    delivery = (await walk.do(editor, "sendTestNotification", channelId=channel))["delivery"]["id"]
    connection = await walk.system.database()
    row_id = from_id(delivery, "NotificationDelivery")
    # A test is not replayed: from here on it is a message whose dataset is gone.
    await connection.execute("UPDATE notification_deliveries SET message_id = $1, status = 'FAILED' WHERE id = $1", row_id)
    await connection.close()
    await walk.do(editor, "replayNotificationDelivery", id=delivery)
    await walk.do(editor, "deleteNotificationChannel", id=channel)
    await walk.do(editor, "markNotificationsRead", upToSequence=1)


async def walk_sources_of_rules(walk: Walk, boss: Person, editor: Person, dataset_id: str, version_id: str) -> None:
    """Rules that come from a profile, a template or a contract. The first suggestion is taken, the second is not wanted."""
    offered = await editor.run("query S($id: ID!) { datasetVersion(id: $id) { suggestedRules { key } } }", id=version_id)
    taken, unwanted = (one["key"] for one in offered["datasetVersion"]["suggestedRules"][:2])
    accepted = await walk.do(editor, "acceptQualityRuleSuggestion", versionId=version_id, key=taken)
    await editor.mutate(DELETE_RULE, id=accepted["rule"]["id"])
    await walk.do(editor, "dismissQualityRuleSuggestion", datasetId=dataset_id, key=unwanted)
    rules = [{"name": "Rows", "type": "row_count", "operator": "EQUAL", "threshold": 1}]
    name = f"Template of {editor.email}"
    template = await walk.do(boss, "createRuleTemplate", name=name, tag="walked-by-nobody", rules=rules)
    await walk.do(boss, "updateRuleTemplate", id=template["template"]["id"], description="Told.")
    await walk.do(boss, "deleteRuleTemplate", id=template["template"]["id"])
    found = await editor.run("query C($id: ID!) { dataContract(datasetId: $id) { yaml } }", id=dataset_id)
    await walk.do(editor, "importDataContract", datasetId=dataset_id, yaml=found["dataContract"]["yaml"])


async def walk_datasets(walk: Walk, boss: Person, editor: Person) -> None:
    """Everything that concerns datasets."""
    dataset = (await walk.do(editor, "createDataset", name=f"Walked by {editor.email}"))["dataset"]
    dataset_id = dataset["id"]
    await walk.do(editor, "updateDataset", id=dataset_id, revision=dataset["revision"], description="Told.")
    await walk.do(editor, "setMetadata", datasetId=dataset_id, entries=[{"key": "k", "value": 1}])
    await walk.do(editor, "removeMetadata", datasetId=dataset_id, keys=["k"])
    await walk.do(editor, "watchDataset", datasetId=dataset_id)
    await walk.do(editor, "unwatchDataset", datasetId=dataset_id)
    grant = (await walk.do(editor, "grantAccess", datasetId=dataset_id, userId=boss.id, level="READ"))["grant"]["id"]
    await walk.do(editor, "revokeAccess", grantId=grant)
    # Enough rows that rules are suggested from its profile.
    content = b"a,b\n" + b"".join(b"%d,%d\n" % (n, n % 3) for n in range(100))
    started = await walk.do(editor, "startUpload", datasetId=dataset_id, fileName="a.csv", sizeBytes=len(content))
    for part in started["upload"]["parts"]:
        walk.keep("signature", parse_qs(urlsplit(part["url"]).query)["X-Amz-Signature"][0])
    parts = await editor.put(started["upload"], content)
    version_id = (await walk.do(editor, "completeUpload", uploadId=started["upload"]["id"], parts=parts))["version"]["id"]
    assert (await editor.finished(version_id))["status"] == "READY"
    await walk.do(editor, "publishVersion", versionId=version_id)
    again = await walk.do(editor, "rereadVersion", versionId=version_id, options={"nullTokens": ["-"]})
    await editor.finished(again["version"]["id"])
    draft = {"name": "No nulls", "type": "nulls", "fieldPath": "a"}
    rule = (await walk.do(editor, "createQualityRule", datasetId=dataset_id, **draft))["rule"]["id"]
    await walk.do(editor, "updateQualityRule", id=rule, enabled=True)
    await walk.do(editor, "runQualityChecks", versionId=version_id)
    await walk.do(editor, "dryRunQualityRules", versionId=version_id, rules=[draft])
    await walk.do(editor, "backTestQualityRules", datasetId=dataset_id, rules=[draft], versions=1)
    await walk.do(editor, "muteQualityRule", id=rule, until="2999-01-01T00:00:00Z")
    await walk.do(editor, "deleteQualityRule", id=rule)
    await walk_sources_of_rules(walk, boss, editor, dataset_id, version_id)
    failing = {"name": "No rows", "type": "row_count", "operator": "EQUAL", "threshold": 0}
    failed = await checking.checked(editor, version_id, ruleIds=[(await checking.rule(editor, dataset_id, **failing))["id"]])
    assert failed["status"] == "FAILED"
    found = await editor.run(INCIDENTS, d=dataset_id)
    incident = found["incidents"]["edges"][0]["node"]["id"]
    await walk.do(editor, "updateIncident", id=incident, stage="FIXED")
    await walk.do(editor, "commentIncident", id=incident, text="Seen")
    schedule = (await walk.do(editor, "createCheckSchedule", datasetId=dataset_id, cron="0 0 1 1 *"))["schedule"]["id"]
    await walk.do(editor, "updateCheckSchedule", id=schedule, enabled=False)
    await walk.do(editor, "deleteCheckSchedule", id=schedule)
    await walk.do(editor, "updateSchemaField", versionId=version_id, fieldPath="a", description="A number.")
    for file in (await editor.version(version_id))["files"]:
        if file["downloadUrl"]:
            walk.keep("signature", parse_qs(urlsplit(file["downloadUrl"]).query)["X-Amz-Signature"][0])
    aborted = await walk.do(editor, "startUpload", datasetId=dataset_id, fileName="b.csv", sizeBytes=9)
    await walk.do(editor, "abortUpload", uploadId=aborted["upload"]["id"])
    broken = await editor.upload(dataset_id, b'{"a":', "broken.json")
    assert (await editor.finished(broken))["status"] == "FAILED"
    await walk.do(editor, "retryVersion", versionId=broken)
    await editor.finished(broken)
    await walk.do(editor, "archiveDataset", id=dataset_id)
    await walk.do(editor, "restoreDataset", id=dataset_id)
    await walk.do(editor, "transferOwnership", datasetId=dataset_id, userId=boss.id)
    await walk.do(boss, "deleteDataset", id=dataset_id)


@pytest.fixture(scope="module")
async def walk(system: System) -> AsyncIterator[Walk]:
    """Everything was done once."""
    walked = Walk(system)
    for name in ("DATABASE_URL", "REDIS_URL"):
        walked.keep(name, str(urlsplit(system.environment[f"DATAKURA_{name}"]).password))
    walked.keep("S3 secret", system.environment["DATAKURA_S3_SECRET_KEY"])
    walked.keep("sealing key", system.environment["DATAKURA_SECRET_KEYS"].partition(":")[2])
    async with AsyncExitStack() as stack:
        boss = await stack.enter_async_context(a_person(system, "ADMIN", password_hash=await hash_password(PASSWORD)))
        editor = await stack.enter_async_context(a_person(system, "EDITOR", password_hash=await hash_password(PASSWORD)))
        anonymous = await stack.enter_async_context(Client(system.url))
        for person in (boss, editor):
            walked.keep("access token", person.token or "")
        await walk_accounts(walked, boss, editor, anonymous)
        await walk_datasets(walked, boss, editor)
        await walk_notifications(walked, editor)
        await walked.do(editor, "signOut")
        yield walked


def test_every_mutation_was_done(walk: Walk) -> None:
    assert MUTATIONS is not None
    assert set(MUTATIONS.fields) - set(walk.requests) == set(), "do it in this file's walk, and see that it is recorded"


async def test_every_mutation_left_a_record_with_the_id_of_its_request(walk: Walk) -> None:
    connection = await walk.system.database()
    recorded = {row[0] for row in await connection.fetch("SELECT DISTINCT request_id FROM audit_events")}
    await connection.close()
    assert {name for name, request_id in walk.requests.items() if request_id not in recorded} == UNRECORDED


async def test_every_operation_left_a_line_in_the_access_log(walk: Walk) -> None:
    lines = [orjson.loads(line) for line in (walk.system.logs / "api.log").read_bytes().splitlines()]
    by_request = {line["request_id"]: line for line in lines if line["event"] == "operation"}
    assert set(walk.requests.values()) <= set(by_request)
    line = by_request[walk.requests["createDataset"]]
    assert (line["operation"], line["type"], line["over"], line["result"], line["cost"], line["ip"]) == (
        "M",
        "mutation",
        "http",
        "ok",
        22,
        "127.0.0.1",
    )
    assert re.fullmatch(r"[0-9a-f-]{36}", line["viewer"])
    assert re.fullmatch(r"[0-9a-f-]{36}", line["session"])
    assert line["duration_ms"] > 0
    assert line["program"] is None
    # The program that asked with the walk's key.
    by_keys = [line for line in by_request.values() if line["session"] is None]
    assert str(from_id(walk.key, "ApiKey")) in {line["program"] for line in by_keys}
    assert line["remaining"] > 0


async def kept_texts(system: System) -> AsyncIterator[tuple[str, bytes]]:
    """Everything that is kept or told where secrets have no business: logs, metrics, the audit trail, Redis."""
    for file in Path(system.logs).iterdir():
        yield f"logs/{file.name}", file.read_bytes()
    async with httpx.AsyncClient() as client:
        yield "metrics", (await client.get(f"{system.url}/metrics")).content
    connection: asyncpg.Connection = await system.database()
    for table in ("audit_events", "audit_links", "audit_checkpoints", "idempotency_keys", "tasks", "events"):
        rows = await connection.fetch(f"SELECT t::text FROM {table} t")
        yield table, "\n".join(row[0] for row in rows).encode()
    await connection.close()
    redis = Redis.from_url(system.environment["DATAKURA_REDIS_URL"])
    async for key in redis.scan_iter():
        yield "a key in Redis", key
        kind = await redis.type(key)
        if kind == b"none":
            continue  # its time has passed since
        value = await {
            b"string": redis.get, b"hash": redis.hgetall, b"list": lambda k: redis.lrange(k, 0, -1),
            b"set": redis.smembers, b"zset": lambda k: redis.zrange(k, 0, -1),
        }[kind](key)  # fmt: skip
        yield f"{key!r} in Redis", repr(value).encode()
    await redis.aclose()


async def test_no_secret_is_kept_where_it_has_no_business(walk: Walk) -> None:
    kinds = {name.rpartition(" ")[0] for name in walk.secrets}
    assert kinds >= {
        "password", "wrong password", "access token", "refresh token", "api key", "forged key", "seed", "recovery code", "challenge",
        "invitation", "reset link", "signature", "webhook path", "webhook secret", "DATABASE_URL", "REDIS_URL", "S3 secret", "sealing key",
    }  # fmt: skip
    # What has a business there is found: a search that finds nothing at all would prove nothing.
    found: list[tuple[str, str]] = []
    seen: set[str] = set()
    async for where, content in kept_texts(walk.system):
        seen |= {where for request_id in walk.requests.values() if request_id.encode() in content}
        found += [(what, where) for what, secret in walk.secrets.items() if secret.encode() in content]
    assert seen >= {"logs/api.log", "audit_events"}
    assert found == []
