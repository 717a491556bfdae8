"""The set of data on which access is tried: one restricted dataset with everything in it, and everybody who may ask."""

import json
import secrets
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from uuid import UUID

import asyncpg
import httpx

from app.core import security
from app.core.ids import uuid7
from app.core.sealing import Place, sealer_of
from app.schema.ids import from_id, to_id
from app.services.access import Level
from app.services.accounts import api_keys
from tests.support.people import Person, a_person
from tests.support.system import System, settings_from

CANARY = "canary"
"""Stands in every text of the restricted dataset: whoever may not see it must never be sent this word."""
PHRASE = {"code": "KEY_REPEATED", "params": {"key": CANARY}}
TABLE = (
    "id,email,age\n" + "".join(f"{n},canary{n}@example.com,{20 + n}\n" for n in range(1, 31)) + "31,canary31@example.com,canary\n"
).encode()
SENSITIVE = "email"
GRANTS = {"reader": "READ", "writer": "WRITE"}


@dataclass
class Principal:
    """Somebody who asks. `level`: on the restricted dataset, from its grants, role and scope, as the rules say."""

    name: str
    headers: dict[str, str]
    level: Level
    signed_in: bool = True
    editor: bool = True
    administrator: bool = False
    owner: bool = False
    """Owns the dataset, or counts as if: an administrator."""
    user_id: UUID | None = None
    """The account; None: nobody is signed in."""
    is_key: bool = False


@dataclass
class World:
    """Ids are global ids."""

    http: httpx.AsyncClient
    system: System
    principals: dict[str, Principal]
    dataset: str
    slug: str
    version: str
    failed: str
    """A second version, whose file cannot be read."""
    upload: str
    """Waits for bytes; the writer started it."""
    grant: str
    """The reader's."""
    team: str
    files: list[str] = field(default_factory=list)
    rule: str = ""
    """About the sensitive column."""
    run: str = ""
    result: str = ""
    """Of the rule, in the run."""
    incident: str = ""
    schedule: str = ""
    mark: str = ""
    """Stands in the names of the people and of the team, and in no others."""
    batch: str = ""
    """Of a back-test: the same id as the run has."""
    people: dict[str, Person] = field(default_factory=dict)

    async def ask(self, principal: str, query: str, **variables: object) -> dict:
        """The whole answer."""
        body = {"query": query, "variables": variables}
        answer = await self.http.post("/graphql", json=body, headers=self.principals[principal].headers)
        return answer.json()

    async def give(self, principal: str, query: str, **variables: object) -> dict:
        """`data` of an operation without errors."""
        answer = await self.ask(principal, query, **variables)
        assert "errors" not in answer, answer
        return answer["data"]

    @asynccontextmanager
    async def database(self) -> AsyncIterator[asyncpg.Connection]:
        """Sees everything."""
        connection = await self.system.database()
        try:
            yield connection
        finally:
            await connection.close()


def bearer(person: Person) -> dict[str, str]:
    """The headers of a signed-in person."""
    return {"Authorization": f"Bearer {person.token}"}


@asynccontextmanager
async def a_world(system: System, admin: Person, http: httpx.AsyncClient) -> AsyncIterator[World]:
    """Made through the API, read by the worker."""
    async with AsyncExitStack() as stack:
        roles = {
            "viewer": "VIEWER", "reader": "VIEWER", "other": "EDITOR", "writer": "EDITOR", "owner": "EDITOR", "revoked": "EDITOR",
        }  # fmt: skip
        people = {name: await stack.enter_async_context(a_person(system, role)) for name, role in roles.items()}
        people["admin"] = admin
        owner, writer = people["owner"], people["writer"]
        dataset = await owner.create(
            f"{CANARY} {uuid7()}", visibility="RESTRICTED", description=f"A {CANARY}", tags=[CANARY], metadata={"a": CANARY}
        )
        team = uuid7()
        connection = await system.database()
        mark = f"of {team}"
        await connection.execute("INSERT INTO teams (id, name) VALUES ($1, $2)", team, f"Team {mark}")
        members = [person.row_id for name, person in people.items() if name != "admin"]
        await connection.execute("UPDATE users SET display_name = display_name || ' ' || $2 WHERE id = ANY($1)", members, mark)
        seed = sealer_of(settings_from(system.environment)).seal(b"JBSWY3DPEHPK3PXP", Place("users", "totp_secret", owner.row_id))
        await connection.execute("UPDATE users SET totp_secret = $2, totp_confirmed_at = now() WHERE id = $1", owner.row_id, seed)
        await connection.executemany(
            "INSERT INTO recovery_codes (user_id, code_hash) VALUES ($1, $2)",
            [(owner.row_id, secrets.token_bytes(32)) for _ in "abc"],
        )
        await connection.execute("INSERT INTO team_members (team_id, user_id) VALUES ($1, $2)", team, people["other"].row_id)
        grants = {name: await _grant(owner, dataset, people[name], level) for name, level in GRANTS.items()}
        version = await owner.upload(dataset, TABLE, f"{CANARY}.csv", label=CANARY, comment=CANARY)
        ready = await owner.finished(version)
        assert (ready["status"], ready["rejectedRowCount"]) == ("READY", 0), ready
        failed = await owner.upload(dataset, b"{ canary", "canary.json", options={"format": "JSON"})
        assert (await owner.finished(failed))["status"] == "FAILED"
        for mutation, given in (
            (PUBLISH, {"versionId": version}),
            (ENTRIES, {"datasetId": dataset, "entries": [{"key": CANARY, "value": CANARY}]}),
            (FIELD, {"versionId": version, "fieldPath": SENSITIVE, "sensitive": True, "description": CANARY, "tags": [CANARY]}),
        ):
            payload = await owner.mutate(mutation, **given)
            assert payload["errors"] == [], payload
        upload = (await writer.start(dataset, b"waits", f"{CANARY}.csv"))["upload"]["id"]
        rule, run, incident, schedule = await _fill(connection, from_id(dataset, "Dataset"), from_id(version, "DatasetVersion"))
        await _tell(connection, from_id(dataset, "Dataset"), run, [people[name].row_id for name in ("admin", "owner", "other")])
        await connection.execute("UPDATE sign_in_sessions SET revoked_at = now() WHERE user_id = $1", people["revoked"].row_id)
        holders = {"READ": owner, "WRITE": owner, "MANAGE": owner, "ADMIN": admin}
        keys = {scope: await a_key(connection, person.row_id, scope) for scope, person in holders.items()}
        slug = await connection.fetchval("SELECT slug FROM datasets WHERE id = $1", from_id(dataset, "Dataset"))
        result = await connection.fetchval("SELECT id FROM quality_results WHERE run_id = $1", run)
        await connection.close()
        files = [file["id"] for file in (await owner.run(FILES, id=version))["datasetVersion"]["files"]]
        yield World(
            http, system, _principals(people, keys), dataset, slug, version, failed, upload, grants["reader"], to_id("Team", team),
            files, to_id("QualityRule", rule), to_id("QualityRun", run), to_id("QualityResult", result),
            to_id("Incident", incident), to_id("CheckSchedule", schedule), mark, to_id("QualityBackTest", run), people,
        )  # fmt: skip


FILES = "query F($id: ID!) { datasetVersion(id: $id) { files { id } } }"
PUBLISH = "mutation P($input: PublishVersionInput!) { publishVersion(input: $input) { errors { code message } } }"
ENTRIES = "mutation S($input: SetMetadataInput!) { setMetadata(input: $input) { errors { code message } } }"
FIELD = "mutation F($input: UpdateSchemaFieldInput!) { updateSchemaField(input: $input) { schemaField { sensitive } errors { code message } } }"


async def _grant(owner: Person, dataset: str, to: Person, level: str) -> str:
    mutation = "mutation G($input: GrantAccessInput!) { grantAccess(input: $input) { grant { id } errors { code message } } }"
    payload = await owner.mutate(mutation, datasetId=dataset, userId=to.id, level=level)
    assert payload["errors"] == [], payload
    return payload["grant"]["id"]


async def _fill(connection: asyncpg.Connection, dataset: UUID, version: UUID) -> tuple[UUID, UUID, UUID, UUID]:
    """What only workers write: a run with its measurements, rejected records, warnings. Returns a rule, the run, its incident, a schedule."""
    plain, rule, run, incident, schedule = (uuid7() for _ in range(5))
    await connection.execute(
        "INSERT INTO quality_rules (id, dataset_id, name, type, operator, threshold) VALUES ($1, $2, $3, 'row_count', 'EQUAL', 1)",
        plain, dataset, f"{CANARY} rows",
    )  # fmt: skip
    await connection.execute(
        "INSERT INTO quality_rules (id, dataset_id, name, type, field_paths, parameters, operator, threshold, upper_threshold, "
        "warn_threshold, warn_upper_threshold, filter) VALUES ($1, $2, $3, 'in_set', $4, $5, 'BETWEEN', 1, 4, 2, 3, $6)",
        rule, dataset, f"{CANARY} rule", [SENSITIVE], json.dumps({"values": [CANARY]}), f"email <> '{CANARY}'",
    )  # fmt: skip
    await connection.execute(
        "INSERT INTO quality_runs (id, dataset_id, version_id, status, trigger, started_at, finished_at, rows_scanned, error, "
        "requested_by_id, batch_id) SELECT $1, $2, $3, 'FAILED', 'MANUAL', now(), now(), 31, $4, owner_id, $1 FROM datasets WHERE id = $2",
        run, dataset, version, json.dumps({"code": "INTERNAL", "message": "once"}),
    )  # fmt: skip
    await connection.execute(
        "INSERT INTO quality_results (id, run_id, position, dataset_id, version_id, rule_id, rule_revision, counts, rule_name, rule_type, "
        "field_paths, severity, status, metric_name, value, threshold, upper_threshold, operator, failed_row_count, failed_rows_sample, "
        "failed_rows_key, expression, rows_scanned, duration_ms, message, error, partial) VALUES ($1, $2, 0, $3, $4, $5, 1, true, $6, "
        "'in_set', $7, 'ERROR', 'FAIL', 'invalid_count', 5, 1, 4, 'BETWEEN', 5, $8, 'quality/none', $9, 31, 1, $9, $10, false)",
        uuid7(), run, dataset, version, rule, f"{CANARY} rule", [SENSITIVE],
        json.dumps([{"row": 1, "values": {SENSITIVE: CANARY}}]), f"'{CANARY}' was found",
        json.dumps({"code": "INVALID_DATA", "message": CANARY}),
    )  # fmt: skip
    await connection.execute(
        "INSERT INTO incidents (id, dataset_id, rule_id, version_id, run_id, title, priority, state, stage, assignee_id) "
        "SELECT $1, $2, $3, $4, $5, $6, 'HIGH', 'ACTIVE', 'TRIAGE', owner_id FROM datasets WHERE id = $2",
        incident, dataset, rule, version, run, f"{CANARY} rule",
    )  # fmt: skip
    await connection.execute(
        "INSERT INTO incident_comments (id, incident_id, author_id, text) SELECT $1, $2, assignee_id, $3 FROM incidents WHERE id = $2",
        uuid7(), incident, f"A {CANARY}",
    )  # fmt: skip
    await connection.execute(
        "INSERT INTO check_schedules (id, dataset_id, cron, timezone, all_rules, next_run_at) "
        "VALUES ($1, $2, '0 0 1 1 *', 'UTC', false, now() + interval '1 year')",
        schedule, dataset,
    )  # fmt: skip
    await connection.execute("INSERT INTO check_schedule_rules (schedule_id, rule_id) VALUES ($1, $2)", schedule, rule)
    await connection.execute("UPDATE quality_runs SET schedule_id = $2, scheduled_for = now() WHERE id = $1", run, schedule)
    template = uuid7()
    await connection.execute("INSERT INTO rule_templates (id, name, tag) VALUES ($1, $2, $2)", template, f"template-{template}")
    await connection.execute(
        "INSERT INTO rule_template_rules (id, template_id, position, name, type) VALUES ($1, $2, 0, 'Whole rows', 'duplicate_rows')",
        uuid7(), template,
    )  # fmt: skip
    await connection.executemany(
        "INSERT INTO quality_metrics (id, dataset_id, version_id, metric_name, field_path, value, status, rule_id) "
        "VALUES ($1, $2, $3, $4, $5, 1, 'PASS', $6)",
        [
            (uuid7(), dataset, version, f"{CANARY} rows", None, plain),
            (uuid7(), dataset, version, f"{CANARY} mean", SENSITIVE, rule),
        ],
    )
    rejected = [
        {"line": 7, "reason": f"'{CANARY}' is no number", "field_path": "age", "text": f"{CANARY},x", "reason_phrase": PHRASE}
    ]
    await connection.execute(
        "UPDATE dataset_versions SET rejected_samples = $2, rejected_row_count = 1, warnings = $3, warning_phrases = $4 WHERE id = $1",
        version, json.dumps(rejected), [f"Cells as {CANARY} kept a column text."], json.dumps([PHRASE]),
    )  # fmt: skip
    await connection.execute(
        "UPDATE dataset_versions SET error = $2 WHERE dataset_id = $1 AND status = 'FAILED'",
        dataset, json.dumps({"code": "INVALID_JSON", "message": f"'{CANARY}' is no JSON", "hint": CANARY, "line": 1, "message_phrase": PHRASE, "hint_phrase": PHRASE}),
    )  # fmt: skip
    return rule, run, incident, schedule


async def _tell(connection: asyncpg.Connection, dataset: UUID, run: UUID, users: list[UUID]) -> None:
    """A message about the dataset in a channel and the inbox of each; one of them may see the dataset no longer."""
    message = uuid7()
    told = {
        "incident_id": str(run),
        "rule_id": str(run),
        "title": CANARY,
        "priority": "HIGH",
        "reopened": False,
        "assignee_id": None,
    }
    content = {
        "dataset": {"name": CANARY, "slug": CANARY}, "version": {"number": 1, "label": CANARY}, "opened": [told], "resolved": [],
        "open_count": 1,
    }  # fmt: skip
    await connection.execute(
        "INSERT INTO notification_messages (id, dataset_id, run_id, content) VALUES ($1, $2, $3, $4)",
        message, dataset, run, json.dumps(content),
    )  # fmt: skip
    for user in users:
        channel = uuid7()
        await connection.execute(
            "INSERT INTO notification_channels (id, owner_id, name, type, target, shown_target, events, scope) "
            "VALUES ($1, $2, 'Mail', 'EMAIL', '', 'a@example.com', '{INCIDENT_OPENED}', 'MINE')",
            channel, user,
        )  # fmt: skip
        await connection.execute(
            "INSERT INTO notification_deliveries (id, channel_id, message_id, status, tries_left) VALUES ($1, $2, $3, 'DELIVERED', 9)",
            uuid7(), channel, message,
        )  # fmt: skip
        await connection.execute(
            "INSERT INTO inboxes (user_id, sequence, revision) VALUES ($1, 1, 1) "
            "ON CONFLICT (user_id) DO UPDATE SET sequence = inboxes.sequence + 1, revision = inboxes.revision + 1",
            user,
        )  # fmt: skip
        await connection.execute(
            "INSERT INTO notices (id, user_id, sequence, kind, message_id) "
            "SELECT $1, user_id, sequence, 'INCIDENTS_OPENED', $3 FROM inboxes WHERE user_id = $2",
            uuid7(), user, message,
        )  # fmt: skip


async def a_key(connection: asyncpg.Connection, user_id: UUID, scope: str) -> dict[str, str]:
    """The headers of a program with a new API key of this account."""
    prefix, secret = api_keys.PREFIX + secrets.token_hex(8), secrets.token_hex(32)
    await connection.execute(
        "INSERT INTO api_keys (id, user_id, name, prefix, secret_hash, scopes) VALUES ($1, $2, 'A key', $3, $4, $5)",
        uuid7(), user_id, prefix, security.digest(secret), [scope],
    )  # fmt: skip
    return {"Authorization": f"Bearer {prefix}_{secret}_{api_keys._checksum(prefix, secret)}"}


def _principals(people: dict[str, Person], keys: dict[str, dict[str, str]]) -> dict[str, Principal]:
    def person(name: str, level: Level, **given: object) -> Principal:
        return Principal(name, bearer(people[name]), level, user_id=people[name].row_id, **given)  # type: ignore[arg-type]

    def key(scope: str, level: Level, of: str, **given: object) -> Principal:
        return Principal(f"key {scope}", keys[scope], level, user_id=people[of].row_id, is_key=True, **given)  # type: ignore[arg-type]

    return {
        one.name: one
        for one in (
            Principal("anonymous", {}, Level.NONE, signed_in=False, editor=False),
            person("viewer", Level.NONE, editor=False),
            person("reader", Level.READ, editor=False),
            person("other", Level.NONE),
            person("writer", Level.WRITE),
            person("owner", Level.MANAGE, owner=True),
            person("admin", Level.MANAGE, owner=True, administrator=True),
            person("revoked", Level.NONE, signed_in=False, editor=False),
            key("READ", Level.READ, "owner", editor=False),
            key("WRITE", Level.WRITE, "owner"),
            key("MANAGE", Level.MANAGE, "owner", owner=True),
            key("ADMIN", Level.MANAGE, "admin", owner=True, administrator=True),
        )
    }
