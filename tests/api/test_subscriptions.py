"""Live status over a real WebSocket: the current state first, then every change, in order, for as long as one may see it."""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
import websockets

from app.schema.ids import from_id
from tests.support.client import TERMINAL, Client
from tests.support.contract import operations
from tests.support.people import People, a_person
from tests.support.phrases import plain
from tests.support.socket import Socket
from tests.support.system import System
from tests.support.tokens import Forger

STATUS = operations()["DatasetStatusChanged"]
RESUME = """subscription Resume($datasetId: ID, $afterSequence: BigInt) {
    datasetStatusChanged(datasetId: $datasetId, afterSequence: $afterSequence) { sequence version { status stage progress } } }"""
ARCHIVE = "mutation ArchiveDataset($input: ArchiveDatasetInput!) { archiveDataset(input: $input) { errors { code } } }"
DELETE = "mutation DeleteDataset($input: DeleteDatasetInput!) { deleteDataset(input: $input) { errors { code } } }"
REVOKE = operations()["RevokeAccess"]
SIGN_OUT = operations()["SignOut"]
CSV = b"id,name\n" + b"".join(b"%d,name %d\n" % (n, n) for n in range(2_000))


@pytest.fixture
async def socket(system: System, admin: Client) -> AsyncIterator[Socket]:
    """The administrator's connection."""
    async with await Socket.signed_in(system.url, admin.token) as connection:
        yield connection


async def until_terminal(socket: Socket) -> list[dict]:
    """Events up to that which ends a version."""
    seen = [await socket.next()]
    while not (seen[-1]["version"] and seen[-1]["version"]["status"] in TERMINAL):
        seen.append(await socket.next())
    return seen


async def test_every_state_of_an_upload_comes_in_order_to_every_subscriber(system: System, admin: Client, socket: Socket) -> None:
    dataset_id = await admin.create("Watched upload")
    async with await Socket.signed_in(system.url, admin.token) as second:
        for one in (socket, second):
            await one.subscribe(STATUS, datasetId=dataset_id)
            first = await one.next()
            assert (first["sequence"], first["version"]) == (1, None)
            assert first["dataset"] == {"id": dataset_id, "name": "Watched upload", "status": "DRAFT"}
        version_id = await admin.upload(dataset_id, CSV)
        events, again = await asyncio.gather(until_terminal(socket), until_terminal(second))
    assert events == again
    assert [event["sequence"] for event in events] == list(range(2, 2 + len(events)))
    assert {event["version"]["id"] for event in events} == {version_id}
    assert {event["version"]["number"] for event in events} == {1}
    states = [event["version"]["status"] for event in events]
    assert list(dict.fromkeys(states)) == ["AWAITING_UPLOAD", "QUEUED", "PROCESSING", "READY"]
    assert states == sorted(states, key=["AWAITING_UPLOAD", "QUEUED", "PROCESSING", "READY"].index)
    stages = [event["version"]["stage"] for event in events]
    assert list(dict.fromkeys(stages)) == [None, "DOWNLOADING", "VALIDATING", "PROFILING", "STORING"]
    assert stages[-1] is None
    progress = [event["version"]["progress"] for event in events]
    assert (progress[0], progress[-1]) == (0, 1)
    assert progress == sorted(progress)
    moments = [event["occurredAt"] for event in events]
    assert moments == sorted(moments)


async def test_a_reconnected_subscriber_misses_nothing(system: System, admin: Client, socket: Socket) -> None:
    dataset_id = await admin.create("Resumed")
    await socket.subscribe(RESUME, datasetId=dataset_id)
    assert (await socket.next())["sequence"] == 1
    await socket.connection.close()
    # Nobody listens while all of this happens, so nobody is told of it either.
    version = await admin.finished(await admin.upload(dataset_id, CSV))
    assert version["status"] == "READY"
    async with await Socket.signed_in(system.url, admin.token) as again:
        await again.subscribe(RESUME, "2", datasetId=dataset_id, afterSequence=1)
        events = await until_terminal(again)
        assert [event["sequence"] for event in events] == list(range(2, 2 + len(events)))
        assert events[-1]["version"]["status"] == "READY"
        await again.subscribe(RESUME, "3", datasetId=dataset_id, afterSequence=events[-1]["sequence"] - 1)
        assert (await again.next())["sequence"] == events[-1]["sequence"]
        await admin.mutate(ARCHIVE, id=dataset_id)
        following = {(await again.next())["sequence"], (await again.next())["sequence"]}
        assert following == {events[-1]["sequence"] + 1}


async def test_without_a_dataset_all_visible_ones_are_watched(system: System, admin: Client, socket: Socket) -> None:
    async with a_person(system, "EDITOR") as stranger, await Socket.signed_in(system.url, stranger.token) as theirs:
        for one in (socket, theirs):
            await one.subscribe("subscription { datasetStatusChanged { sequence dataset { id name } } }")
        secret = await admin.create("Watched secret", visibility="RESTRICTED")
        public = await admin.create("Watched public")

        async def until_public(one: Socket) -> list[str]:
            seen = []
            while public not in seen:
                seen.append((await one.next())["dataset"]["id"])
            return seen

        mine, others = await asyncio.gather(until_public(socket), until_public(theirs))
    assert secret in mine
    assert secret not in others


async def test_a_subscription_ends_with_its_dataset(admin: Client, socket: Socket) -> None:
    dataset_id = await admin.create("Watched to its end")
    await socket.subscribe(STATUS, datasetId=dataset_id)
    await socket.next()
    await admin.mutate(ARCHIVE, id=dataset_id)
    assert (await socket.next())["dataset"]["status"] == "ARCHIVED"
    # At once after another event: what was known of the audience then does not count.
    await admin.mutate(DELETE, id=dataset_id)
    assert await socket.receive() == {"type": "complete", "id": "1"}


async def test_a_subscription_ends_with_its_grant(system: System, admin: Client, people: People) -> None:
    dataset_id = await admin.create("Watched by grant", visibility="RESTRICTED")
    grant_id = await people.grant(admin, dataset_id, people.viewer, "READ")
    async with await Socket.signed_in(system.url, people.viewer.token) as theirs:
        await theirs.subscribe(STATUS, datasetId=dataset_id)
        assert (await theirs.next())["dataset"]["id"] == dataset_id
        await admin.mutate(REVOKE, grantId=grant_id)
        assert await theirs.receive() == {"type": "complete", "id": "1"}


async def test_a_subscription_ends_when_its_grant_expires(system: System, admin: Client, people: People) -> None:
    dataset_id = await admin.create("Watched for a while", visibility="RESTRICTED")
    grant_id = await people.grant(admin, dataset_id, people.viewer, "READ", seconds=3600)
    async with await Socket.signed_in(system.url, people.viewer.token) as theirs:
        await theirs.subscribe(STATUS, datasetId=dataset_id)
        assert (await theirs.next())["dataset"]["id"] == dataset_id
        connection = await system.database()
        await connection.execute("UPDATE access_grants SET expires_at = now() WHERE id = $1", from_id(grant_id, "AccessGrant"))
        await connection.close()
        assert await theirs.receive() == {"type": "complete", "id": "1"}


@pytest.mark.parametrize("hidden", [False, True])
async def test_what_one_may_not_see_cannot_be_watched(system: System, admin: Client, people: People, hidden: bool) -> None:
    wanted = await admin.create("Never watched", visibility="RESTRICTED") if hidden else "dAAAAAAAAAAAAAAAAAAAAAA"
    async with await Socket.signed_in(system.url, people.viewer.token) as theirs:
        for after in (None, 0):
            await theirs.subscribe(RESUME, datasetId=wanted, afterSequence=after)
            message = await theirs.receive()
            errors = message["payload"]["errors"] if message["type"] == "next" else message["payload"]
            assert errors[0]["message"] == "There is no such dataset, or you may not see it."
            assert errors[0]["extensions"]["code"] == "NOT_FOUND"
            if message["type"] == "next":
                assert await theirs.receive() == {"type": "complete", "id": "1"}


async def test_ids_of_other_kinds_are_refused(socket: Socket) -> None:
    for number, wrong in enumerate(("", "x", "vAAAAAAAAAAAAAAAAAAAAAA", "\x00", "d" * 5_000)):
        await socket.subscribe(STATUS, str(number), datasetId=wrong)
        message = await socket.receive()
        errors = message["payload"]["errors"] if message["type"] == "next" else message["payload"]
        assert plain(errors[0]["extensions"]) == {"code": "INVALID_INPUT", "path": ["datasetId"]}
        if message["type"] == "next":
            assert (await socket.receive())["type"] == "complete"


@pytest.mark.parametrize(
    "payload", [{}, {"authorization": "Bearer a.b.c"}, {"authorization": 1}, {"authorization": ["Bearer"]}, {"token": "x"}]
)
async def test_without_a_valid_token_the_socket_is_closed(system: System, payload: dict[str, object]) -> None:
    async with await Socket.open(system.url) as socket:
        await socket.send("connection_init", payload=payload)
        assert await socket.closed() == 4403


async def test_a_client_that_says_nothing_is_closed(system: System) -> None:
    async with await Socket.open(system.url) as socket:
        assert await socket.closed() == 4408


async def test_the_legacy_protocol_is_refused(system: System) -> None:
    async with await Socket.open(system.url, protocols=("graphql-ws",)) as socket:
        assert await socket.closed() == 4406
    async with await Socket.open(system.url, protocols=()) as socket:
        assert await socket.closed() == 4406


async def test_sockets_of_foreign_pages_are_refused(system: System) -> None:
    with pytest.raises(websockets.InvalidStatus) as refused:
        await Socket.open(system.url, origin="https://evil.example")
    assert refused.value.response.status_code == 403
    async with await Socket.open(system.url, origin=system.url):
        pass


async def test_nothing_runs_before_the_introduction(system: System) -> None:
    async with await Socket.open(system.url) as socket:
        await socket.subscribe(STATUS)
        assert await socket.closed() == 4401


@pytest.mark.parametrize(
    "frame",
    [
        "",
        "{",
        "[]",
        "null",
        '"subscribe"',
        "{}",
        '{"type": 1}',
        '{"type": "nothing"}',
        '{"type": "subscribe"}',
        '{"type": "subscribe", "id": {}, "payload": {"query": "{viewer{id}}"}}',
        '{"type": "subscribe", "id": "1", "payload": []}',
        '{"type": "subscribe", "id": "1", "payload": {"query": 1}}',
        '{"type": "subscribe", "id": "1", "payload": {"query": "{viewer{id}}", "variables": []}}',
        '{"type": "subscribe", "id": "1", "payload": {"query": "{viewer{id}}", "operationName": {}}}',
        '{"type": "complete", "id": []}',
        "[" * 60_000,
        '{"type": "ping", "payload": ' + "1" * 5_000 + "}",
    ],
)
async def test_a_frame_that_is_no_message_closes_the_socket(socket: Socket, frame: str) -> None:
    await socket.connection.send(frame)
    assert await socket.closed() == 4400


async def test_a_frame_has_64_kib(socket: Socket) -> None:
    await socket.connection.send(json.dumps({"type": "ping", "payload": {"a": "x" * 65_000}}))
    assert await socket.receive() == {"type": "pong"}
    await socket.connection.send(json.dumps({"type": "ping", "payload": {"a": "x" * 65_536}}))
    assert await socket.closed() == 1009


@pytest.mark.parametrize(
    "query",
    ["{viewer{id}}", 'mutation{createDataset(input:{name:"By socket"}){errors{code}}}', "mutation{signOut{errors{code}}}"],
)
async def test_only_subscriptions_run_over_a_socket(admin: Client, socket: Socket, query: str) -> None:
    await socket.subscribe(query)
    message = await socket.receive()
    assert (message["type"], message["id"]) == ("error", "1")
    assert "are not allowed" in message["payload"][0]["message"]
    found = await admin.run('{viewer{id} datasets(first:1,filter:{nameContains:"By socket"}){edges{cursor}}}')
    assert found["datasets"] == {"edges": []}


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("subscription{nope{id}}", "Cannot query field 'nope' on type 'Subscription'."),
        (
            "subscription{datasetStatusChanged{" + "sequence " * 40 + "}}",
            "A document repeats at most 30 fields; ask for each once.",
        ),
        (
            "subscription A{datasetStatusChanged{sequence}} subscription B{datasetStatusChanged{sequence}}",
            "This document holds several",
        ),
    ],
)
async def test_limits_hold_over_a_socket_too(socket: Socket, query: str, message: str) -> None:
    await socket.subscribe(query)
    answer = await socket.receive()
    assert (answer["type"], answer["id"]) == ("error", "1")
    assert answer["payload"][0]["message"].startswith(message)
    assert answer["payload"][0]["extensions"]["code"] in ("BAD_REQUEST", "DOCUMENT_REFUSED")


async def test_a_socket_has_20_operations(admin: Client, socket: Socket) -> None:
    dataset_id = await admin.create("Watched twenty times")
    for number in range(21):
        await socket.subscribe("subscription($d: ID){datasetStatusChanged(datasetId:$d){sequence}}", str(number), d=dataset_id)
    kinds = [(await socket.receive())["type"] for _ in range(21)]
    assert (kinds.count("next"), kinds.count("error")) == (20, 1)


async def test_an_operation_that_was_completed_sends_nothing_more(admin: Client, socket: Socket) -> None:
    dataset_id = await admin.create("Watched no more")
    await socket.subscribe(STATUS, "1", datasetId=dataset_id)
    await socket.next()
    await socket.subscribe(STATUS, "2", datasetId=dataset_id)
    await socket.next()
    await socket.send("complete", id="1")
    await admin.mutate(ARCHIVE, id=dataset_id)
    message = await socket.receive()
    assert (message["id"], message["payload"]["data"]["datasetStatusChanged"]["dataset"]["status"]) == ("2", "ARCHIVED")
    await socket.send("ping")
    assert await socket.receive() == {"type": "pong"}


async def test_signing_out_closes_the_socket(system: System) -> None:
    async with Client(system.url) as person:
        await person.sign_in()
        async with await Socket.signed_in(system.url, person.token) as socket:
            await socket.subscribe("subscription{datasetStatusChanged{sequence}}")
            await person.run(SIGN_OUT)
            assert await socket.closed() == 4401


async def test_a_socket_ends_with_its_token(system: System) -> None:
    async with a_person(system, "EDITOR") as person:
        async with await Socket.open(system.url) as socket:
            token = Forger(system, person.row_id, person.session_id).sign(exp=datetime.now(UTC) + timedelta(seconds=3))
            await socket.introduce(token)
            await socket.subscribe("subscription{datasetStatusChanged{sequence}}")
            assert await socket.closed() == 4401


async def test_another_role_closes_the_socket(system: System) -> None:
    async with a_person(system, "EDITOR") as person, await Socket.signed_in(system.url, person.token) as socket:
        connection = await system.database()
        await connection.execute("UPDATE users SET role = 'VIEWER' WHERE email = $1", person.email)
        await connection.close()
        assert await socket.closed() == 4401
