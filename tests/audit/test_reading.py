"""Reading the audit trail: who may, what is found, what is written out."""

import csv
import io
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime

import httpx
import orjson
import pytest

from app.core.ids import uuid7
from app.schema.ids import to_id
from app.services import audit
from tests.audit.conftest import BY_A_KEY, IN_A_SESSION, RECORDS, VIEWER, copied, opened
from tests.support.people import Person, a_person
from tests.support.phrases import plain
from tests.support.served import served
from tests.support.system import System

LIST = """query AuditEvents($first: Int!, $after: String, $filter: AuditEventFilter) {
  auditEvents(first: $first, after: $after, filter: $filter) {
    edges { node { id sequence actor { id displayName } actorSystem action targetId occurredAt ipAddress requestId sessionId apiKey { id } details } }
    pageInfo { hasNextPage endCursor } } }"""


@pytest.fixture(scope="module")
async def system(prepared: System) -> AsyncIterator[System]:
    """The system on a copy of the trail, which tests may add to."""
    async with copied(prepared) as url:
        yield replace(prepared, environment={**prepared.environment, "DATAKURA_DATABASE_URL": url})


@pytest.fixture(scope="module")
async def api(system: System) -> AsyncIterator[httpx.AsyncClient]:
    async with served(system) as (_, client):
        yield client


@pytest.fixture(scope="module")
async def admin(system: System) -> AsyncIterator[Person]:
    async with a_person(system, "ADMIN") as person:
        yield person


@pytest.fixture(scope="module")
async def editor(system: System) -> AsyncIterator[Person]:
    async with a_person(system, "EDITOR") as person:
        yield person


def signed(person: Person) -> dict[str, str]:
    return {"Authorization": f"Bearer {person.token}"}


async def listed(api: httpx.AsyncClient, person: Person, **variables: object) -> dict:
    body = {"query": LIST, "variables": {"first": 100, **variables}}
    return (await api.post("/graphql", json=body, headers=signed(person))).json()


async def events(api: httpx.AsyncClient, person: Person, **variables: object) -> list[dict]:
    answer = await listed(api, person, **variables)
    assert "errors" not in answer, answer
    return [edge["node"] for edge in answer["data"]["auditEvents"]["edges"]]


async def test_the_trail_is_listed_newest_first_and_in_pages(api: httpx.AsyncClient, admin: Person) -> None:
    seen: list[int] = []
    after = None
    while True:
        connection = (await listed(api, admin, first=25, after=after))["data"]["auditEvents"]
        seen += [edge["node"]["sequence"] for edge in connection["edges"]]
        after = connection["pageInfo"]["endCursor"]
        if not connection["pageInfo"]["hasNextPage"]:
            break
    assert seen == sorted(seen, reverse=True)
    assert len(set(seen)) == len(seen) >= RECORDS + 1


async def test_a_record_says_who_did_what_to_which_object_from_where(api: httpx.AsyncClient, admin: Person) -> None:
    (event,) = await events(api, admin, filter={"requestId": "request-7"})
    assert event.pop("id")[0] == "a"
    assert event.pop("targetId")[0] == "d"
    assert isinstance(event.pop("sequence"), int)
    assert datetime.fromisoformat(event.pop("occurredAt")) < datetime.now(UTC)
    assert event == {
        "actor": None,  # no such account
        "actorSystem": None,
        "action": "dataset.update",
        "ipAddress": "192.0.2.1",
        "requestId": "request-7",
        "sessionId": to_id("SignInSession", IN_A_SESSION.session_id or uuid7()),
        "apiKey": None,
        "details": {"name": "売上 7", "fields": ["name", None]},
    }
    (first,) = await events(api, admin, filter={"action": "user.create_admin"})
    assert (first["actor"], first["actorSystem"], first["targetId"][0]) == (None, "prepare", "u")


async def test_records_are_found_by_each_condition(api: httpx.AsyncClient, admin: Person, system: System) -> None:
    target, other = uuid7(), uuid7()
    async with opened(system.environment["DATAKURA_DATABASE_URL"]) as db:
        viewer = type(VIEWER)(admin.row_id, admin.email, "", VIEWER.role)
        for action, wanted in (("upload.start", target), ("upload.abort", target), ("uploads.other", other)):
            async with db.transaction(viewer) as session:
                await audit.record(session, viewer, action, wanted)
    assert {event["actor"]["id"] for event in await events(api, admin, filter={"actorId": admin.id, "action": "upload."})} == {
        admin.id
    }
    assert [event["action"] for event in await events(api, admin, filter={"action": "upload."})] == [
        "upload.abort",
        "upload.start",
    ]
    assert [event["action"] for event in await events(api, admin, filter={"action": "upload.start"})] == ["upload.start"]
    for wanted in (to_id("Upload", target), str(target)):
        assert len(await events(api, admin, filter={"targetId": wanted})) == 2
    (started,) = await events(api, admin, filter={"action": "upload.start"})
    later = await events(api, admin, filter={"occurredAfter": started["occurredAt"], "targetId": str(target)})
    assert [event["action"] for event in later] == ["upload.abort"]
    earlier = await events(api, admin, filter={"occurredBefore": started["occurredAt"], "actorId": admin.id, "action": "upload."})
    assert earlier == []
    by_key = await events(api, admin, filter={"apiKeyId": to_id("ApiKey", BY_A_KEY.api_key_id or target)})
    in_session = await events(api, admin, filter={"sessionId": to_id("SignInSession", IN_A_SESSION.session_id or target)})
    assert [event["requestId"] for event in by_key] == [f"request-{number}" for number in range(RECORDS - 1, 0, -3)]
    assert [event["requestId"] for event in in_session] == [f"request-{number}" for number in range(RECORDS - 2, 0, -3)]
    for strange in ({"action": "%"}, {"action": "upload_start"}, {"requestId": "' OR 1=1 --"}):
        assert await events(api, admin, filter=strange) == []


@pytest.mark.parametrize(
    "filter",
    [
        {"targetId": "nonsense"},
        {"actorId": "dAAAAAAAAAAAAAAAAAAAAAA"},
        {"action": "a\x00"},
        {"apiKeyId": "nonsense"},
        {"sessionId": "dAAAAAAAAAAAAAAAAAAAAAA"},
        {"occurredAfter": "2026-01-01T00:00:00"},
    ],
)
async def test_conditions_that_are_none_are_refused(api: httpx.AsyncClient, admin: Person, filter: dict[str, str]) -> None:
    answer = await listed(api, admin, filter=filter)
    assert plain(answer["errors"][0]["extensions"]) == {"code": "INVALID_INPUT", "path": ["filter", *filter]}


async def test_nobody_but_administrators_reads_the_trail(api: httpx.AsyncClient, editor: Person) -> None:
    answer = await listed(api, editor)
    assert (answer["data"], answer["errors"][0]["extensions"]["code"]) == (None, "FORBIDDEN")
    anonymous = (await api.post("/graphql", json={"query": LIST, "variables": {"first": 1}})).json()
    assert (anonymous["data"], anonymous["errors"][0]["extensions"]["code"]) == (None, "UNAUTHENTICATED")
    assert (await api.get("/audit/export", headers=signed(editor))).status_code == 403
    assert (await api.get("/audit/export")).status_code == 401


async def test_the_trail_is_downloaded_as_json_lines(api: httpx.AsyncClient, admin: Person) -> None:
    answer = await api.get("/audit/export?format=jsonl&action=dataset.", headers=signed(admin))
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/jsonl")
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="datakura-audit-')
    assert answer.headers["Cache-Control"] == "no-store"
    records = [orjson.loads(line) for line in answer.content.splitlines()]
    assert len(records) == RECORDS
    assert [record["sequence"] for record in records] == sorted(record["sequence"] for record in records)
    assert (records[3]["requestId"], records[3]["details"]) == ("request-3", {"name": "売上 3", "fields": ["name", None]})


async def test_a_download_names_session_and_key_and_is_of_one_of_them(api: httpx.AsyncClient, admin: Person) -> None:
    key, session = to_id("ApiKey", BY_A_KEY.api_key_id or uuid7()), to_id("SignInSession", IN_A_SESSION.session_id or uuid7())
    for query, mine in (
        (f"key={key}", (None, str(BY_A_KEY.api_key_id))),
        (f"session={session}", (str(IN_A_SESSION.session_id), None)),
    ):
        answer = await api.get(f"/audit/export?format=jsonl&{query}", headers=signed(admin))
        records = [orjson.loads(line) for line in answer.content.splitlines()]
        assert [(record["sessionId"], record["apiKeyId"]) for record in records] == [mine] * (RECORDS // 3)
    rows = csv.DictReader(io.StringIO((await api.get(f"/audit/export?key={key}", headers=signed(admin))).text, newline=""))
    assert {row["apiKeyId"] for row in rows} == {str(BY_A_KEY.api_key_id)}


async def test_cells_that_a_spreadsheet_would_run_are_written_as_text(
    api: httpx.AsyncClient, admin: Person, system: System
) -> None:
    formulas = ['=HYPERLINK("http://evil.example")', "+1+1", "-1", "@SUM(A1)", "\t=1", "\r=1"]
    async with opened(system.environment["DATAKURA_DATABASE_URL"]) as db:
        for formula in formulas:
            async with db.transaction(VIEWER) as session:
                session.info["origin"] = audit.Origin(None, formula)
                await audit.record(session, VIEWER, "formula.try", None)
    answer = await api.get("/audit/export?format=csv&action=formula.try", headers=signed(admin))
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    rows = list(csv.DictReader(io.StringIO(answer.text, newline="")))
    assert [row["requestId"] for row in rows] == [f"'{formula}" for formula in formulas]
    assert rows[0]["action"] == "formula.try"


async def test_a_download_is_itself_recorded(api: httpx.AsyncClient, admin: Person) -> None:
    before = len(await events(api, admin, filter={"action": "audit.export"}))
    await api.get("/audit/export?format=csv", headers=signed(admin))
    exports = await events(api, admin, filter={"action": "audit.export"})
    assert len(exports) == before + 1
    assert (exports[0]["actor"]["id"], exports[0]["details"]) == (admin.id, {"format": "csv"})


@pytest.mark.parametrize("query", ["format=xls", "after=yesterday", "before=0001-01-01T00:00:00%2B14:00", "action=%00"])
async def test_a_download_that_cannot_be_is_refused(api: httpx.AsyncClient, admin: Person, query: str) -> None:
    answer = await api.get(f"/audit/export?{query}", headers=signed(admin))
    assert (answer.status_code, answer.json()["errors"][0]["extensions"]["code"]) == (400, "INVALID_INPUT")
