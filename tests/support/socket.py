"""A client of subscriptions: graphql-transport-ws over a real WebSocket."""

import asyncio
import contextlib
import json
from types import TracebackType
from typing import Any

import websockets
from websockets.asyncio.client import ClientConnection
from websockets.typing import Subprotocol

PROTOCOL = Subprotocol("graphql-transport-ws")
SECONDS = 120.0


class Socket:
    """One connection. Closed by the server: every call raises `websockets.ConnectionClosed` with its code."""

    def __init__(self, connection: ClientConnection):
        self.connection = connection

    @classmethod
    async def open(cls, url: str, *, protocols: tuple[str, ...] = (PROTOCOL,), origin: str | None = None) -> "Socket":
        """A connection that has not introduced itself."""
        address = url.replace("http://", "ws://") + "/graphql"
        offered = [Subprotocol(name) for name in protocols] or None
        return cls(await websockets.connect(address, subprotocols=offered, origin=origin, proxy=None))  # type: ignore[arg-type]

    @classmethod
    async def signed_in(cls, url: str, token: str | None) -> "Socket":
        """A connection whose token was accepted."""
        socket = await cls.open(url)
        await socket.introduce(token)
        return socket

    async def introduce(self, token: str | None) -> None:
        """The token was accepted."""
        await self.send("connection_init", payload={"authorization": f"Bearer {token}"})
        assert await self.receive() == {"type": "connection_ack"}

    async def send(self, kind: str, **message: object) -> None:
        """One message."""
        await self.connection.send(json.dumps({"type": kind, **message}))

    async def receive(self) -> dict[str, Any]:
        """The next message that is no ping."""
        async with asyncio.timeout(SECONDS):
            while True:
                message: dict[str, Any] = json.loads(await self.connection.recv())
                if message["type"] != "ping":
                    return message

    async def subscribe(self, query: str, id: str = "1", **variables: object) -> None:
        """An operation has begun."""
        await self.send("subscribe", id=id, payload={"query": query, "variables": variables})

    async def next(self) -> dict[str, Any]:
        """The value of the subscription's field in the next message."""
        message = await self.receive()
        assert message["type"] == "next", message
        assert "errors" not in message["payload"], message
        (value,) = message["payload"]["data"].values()
        return value

    async def closed(self) -> int:
        """The code with which the server closes the connection; messages before it are dropped."""
        with contextlib.suppress(websockets.ConnectionClosed):
            while True:
                await self.receive()
        assert self.connection.close_code is not None
        return self.connection.close_code

    async def __aenter__(self) -> "Socket":
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        await self.connection.close()
