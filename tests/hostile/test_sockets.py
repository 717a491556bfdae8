"""Sockets that are opened to be a burden: silent ones, ones that never read, many of them."""

import asyncio
import contextlib
import gc
import json
import resource
import socket as sockets
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import httpx
import orjson
import psutil
import pytest
import uvicorn
import websockets
from redis.asyncio import Redis
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.asyncio.client import ClientConnection

from app.api import application, websocket
from app.api.application import create_application
from app.api.websocket import _Handler
from app.core.db import Database
from app.core.ids import uuid7
from app.main import bound
from app.services.live import MOST_PENDING, StatusHub
from tests.support.client import Client
from tests.support.people import Person, a_person
from tests.support.served import settings_of
from tests.support.socket import PROTOCOL, Socket
from tests.support.system import System, free_port, until


@asynccontextmanager
async def listening(system: System, **given: object) -> AsyncIterator[str]:
    """The address of an api with these settings, in this process."""
    port = free_port()
    settings = settings_of(system, **given)
    config = uvicorn.Config(
        create_application(settings), port=port, log_config=None, ws_max_size=65_536, ws_per_message_deflate=False
    )
    server = uvicorn.Server(config)
    running = asyncio.create_task(server.serve(sockets=[bound(config, settings.socket_stall_seconds)]))
    await until(lambda: server.started, "the server to listen")
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    await running


async def stalled(url: str, token: str | None, *, messages: int) -> ClientConnection:
    """A connection whose client has asked so many questions and reads no answer."""
    host, port = url.removeprefix("http://").split(":")
    raw = sockets.socket()
    raw.setsockopt(sockets.SOL_SOCKET, sockets.SO_RCVBUF, 4_096)
    raw.setblocking(False)
    loop = asyncio.get_running_loop()
    await loop.sock_connect(raw, (host, int(port)))
    connection = await websockets.connect(
        url.replace("http", "ws") + "/graphql", subprotocols=[PROTOCOL], sock=raw, proxy=None, max_queue=1
    )
    await connection.send(json.dumps({"type": "connection_init", "payload": {"authorization": f"Bearer {token}"}}))
    assert json.loads(await connection.recv())["type"] == "connection_ack"
    connection.transport.pause_reading()
    try:
        async with asyncio.timeout(10):
            for number in range(messages):
                # Answered at once with an error of some 300 bytes.
                query = f"subscription {{ nothing{number} {'x' * 200} }}"
                await connection.send(json.dumps({"type": "subscribe", "id": str(number), "payload": {"query": query}}))
    except (TimeoutError, websockets.ConnectionClosed, OSError):
        pass
    return connection


async def test_a_client_that_reads_nothing_is_let_go_and_nobody_else_waits(system: System) -> None:
    async with a_person(system, "EDITOR") as person, listening(system, socket_stall_seconds=0.5) as url:
        process = psutil.Process()
        clients = [await stalled(url, person.token, messages=6_000) for _ in range(2)]
        async with httpx.AsyncClient() as client:
            answer = await client.post(f"{url}/graphql", json={"query": "{viewer{id}}"})
        assert answer.status_code == 200

        def gone() -> bool:
            port = int(url.rsplit(":", 1)[1])
            held = [c for c in process.net_connections("tcp") if c.status == "ESTABLISHED" and c.laddr and c.laddr.port == port]
            return not held

        await until(gone, "the server to let go")
        for connection in clients:
            connection.transport.abort()


async def test_silent_sockets_are_closed_and_do_not_keep_others_out(system: System, client: Client) -> None:
    silent = [await Socket.open(system.url) for _ in range(100)]
    async with a_person(system, "EDITOR") as person, await Socket.signed_in(system.url, person.token) as socket:
        await socket.subscribe("subscription { datasetStatusChanged { sequence } }")
        assert (await client.run("{ viewer { id } }")) == {"viewer": None}
        assert {await one.closed() for one in silent} == {4408}
        await socket.send("ping")
        async with asyncio.timeout(60):
            while (await socket.receive())["type"] != "pong":
                pass


async def test_a_reader_that_falls_behind_is_asked_to_begin_anew(system: System, editor: Person, hubs: list[StatusHub]) -> None:
    async with listening(system) as url, await Socket.signed_in(url, editor.token) as socket:
        await socket.subscribe("subscription { datasetStatusChanged { sequence } }")
        (hub,) = hubs
        await until(lambda: len(hub._of_all) == 1, "the subscription")
        (subscriber,) = hub._of_all
        await until(lambda: subscriber._waits, "the snapshot to be sent")
        # However many datasets change in one moment, who waits for them takes them all ...
        for _ in range(1_000):
            hub.hint(uuid7(), 1)
        while subscriber._pending:
            await asyncio.sleep(0)
        # ... and while it looks at them, one dataset may change a thousand times, and 64 of them once.
        again = [uuid7() for _ in range(MOST_PENDING)]
        for number in range(1_000):
            hub.hint(again[number % MOST_PENDING], number)
        assert subscriber._pending == {dataset_id: number for number, dataset_id in enumerate(again)}
        hub.hint(uuid7(), 1)
        assert subscriber._pending == {}
        assert await socket.closed() == 1013


@pytest.fixture
def hubs(monkeypatch: pytest.MonkeyPatch) -> list[StatusHub]:
    """The hubs of the applications that are made."""
    made: list[StatusHub] = []

    def kept(db: Database, redis: Redis) -> StatusHub:
        made.append(StatusHub(db, redis))
        return made[-1]

    monkeypatch.setattr(application, "StatusHub", kept)
    return made


async def refused(opening: Socket) -> tuple[int | None, str | None]:
    """Code and sentence with which the server closes it."""
    with pytest.raises(websockets.ConnectionClosed):
        await opening.receive()
    return opening.connection.close_code, opening.connection.close_reason


async def test_an_account_has_so_many_sockets(system: System, editor: Person) -> None:
    async with a_person(system, "VIEWER") as other, listening(system, sockets_per_account=3) as url:
        opened = [await Socket.signed_in(url, editor.token) for _ in range(3)]
        one_more = await Socket.open(url)
        await one_more.send("connection_init", payload={"authorization": f"Bearer {editor.token}"})
        reason = "3 WebSockets of this account are open already: close one of them first."
        assert await refused(one_more) == (4429, reason)
        async with await Socket.signed_in(url, other.token):
            pass
        await opened.pop().connection.close()
        opened.append(await again(lambda: Socket.signed_in(url, editor.token)))
        for socket in opened:
            await socket.connection.close()


async def test_an_address_has_so_many_sockets(system: System, editor: Person) -> None:
    async with listening(system, sockets_per_address=3) as url:
        opened = [await Socket.open(url) for _ in range(3)]
        reason = "3 WebSockets of this address are open already: close one of them first."
        assert await refused(await Socket.open(url)) == (4429, reason)
        await opened.pop().connection.close()
        opened.append(await again(lambda: Socket.signed_in(url, editor.token)))
        for socket in opened:
            await socket.connection.close()


async def again(opening: Callable[[], Awaitable[Socket]]) -> Socket:
    """What `opening` gives, as soon as the server has noticed that a socket was closed."""
    async with asyncio.timeout(60):
        while True:
            with contextlib.suppress(websockets.ConnectionClosed):
                return await opening()
            await asyncio.sleep(0)


async def test_who_has_nothing_left_opens_no_socket(system: System, editor: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(websocket, "SOCKET_COST", 20_000)
    async with listening(system, cost_per_minute=10_000) as url:
        socket = await Socket.open(url)
        await socket.send("connection_init", payload={"authorization": f"Bearer {editor.token}"})
        code, reason = await refused(socket)
        assert (code, str(reason)[:46]) == (1013, "Too much was asked lately. Try again in 60 s."[:46])


async def test_nothing_of_a_closed_socket_waits_for_the_collector(system: System, editor: Person) -> None:
    async with listening(system) as url:
        gc.collect()
        gc.disable()
        try:
            for _ in range(3):
                async with await Socket.signed_in(url, editor.token) as socket:
                    await socket.subscribe("subscription { datasetStatusChanged { sequence } }")

            def left() -> bool:
                return not [one for one in gc.get_objects() if type(one) in (_Handler, WebSocketsSansIOProtocol)]

            await until(left, "the handlers and their connections to be gone")
        finally:
            gc.enable()


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://127.0.0.1.evil.example", "http://localhost:1"])
async def test_sockets_of_foreign_pages_are_refused(system: System, origin: str) -> None:
    with pytest.raises(websockets.InvalidStatus) as refused:
        await Socket.open(system.url, origin=origin)
    assert refused.value.response.status_code == 403


async def test_a_token_in_the_address_opens_nothing(system: System, editor: Person) -> None:
    address = system.url.replace("http", "ws") + f"/graphql?authorization=Bearer%20{editor.token}&token={editor.token}"
    connection = await websockets.connect(address, subprotocols=[PROTOCOL], proxy=None)
    await connection.send(json.dumps({"type": "connection_init"}))
    with pytest.raises(websockets.ConnectionClosed):
        await connection.recv()
    assert connection.close_code == 4403


@pytest.fixture
async def editor(system: System) -> AsyncIterator[Person]:
    async with a_person(system, "EDITOR") as person:
        yield person


async def test_a_subscription_leaves_a_line_in_the_access_log(system: System, editor: Person) -> None:
    async with await Socket.signed_in(system.url, editor.token) as socket:
        await socket.subscribe("subscription { nothing }", id="1")
        assert (await socket.receive())["type"] == "error"
        dataset_id = await editor.create(f"Watched by {editor.email}")
        await socket.subscribe("subscription($d: ID!) { datasetStatusChanged(datasetId: $d) { sequence } }", id="2", d=dataset_id)
        assert await socket.next() == {"sequence": 1}
        await socket.send("complete", id="2")

    def told() -> list[tuple[str, str]]:
        lines = [orjson.loads(line) for line in (system.logs / "api.log").read_bytes().splitlines()]
        return [
            (line["type"], line["result"])
            for line in lines
            if line["event"] == "operation" and line["over"] == "websocket" and line["viewer"] == str(editor.row_id)
        ]

    await until(lambda: len(told()) == 2, "two lines")
    assert told() == [("subscription", "BAD_REQUEST"), ("subscription", "ok")]


@pytest.mark.full
@pytest.mark.timeout(300)
async def test_a_thousand_stalled_readers_slow_nobody(system: System) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 8_192), hard))
    async with (
        a_person(system, "EDITOR") as person,
        listening(system, socket_stall_seconds=0.5, sockets_per_account=1_000) as url,
    ):
        before = psutil.Process().memory_info().rss
        clients = []
        for _ in range(20):
            clients += await asyncio.gather(*(stalled(url, person.token, messages=20) for _ in range(50)))
        async with httpx.AsyncClient(timeout=60) as client:
            # What they asked is worked off in turn, and this comes behind it ...
            assert (await client.post(f"{url}/graphql", json={"query": "{viewer{id}}"})).status_code == 200
        async with httpx.AsyncClient(timeout=5) as client:
            # ... but that they are there, and read nothing, concerns nobody.
            for _ in range(20):
                assert (await client.post(f"{url}/graphql", json={"query": "{viewer{id}}"})).status_code == 200
        assert psutil.Process().memory_info().rss - before < 500 << 20
        for connection in clients:
            connection.transport.abort()
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
