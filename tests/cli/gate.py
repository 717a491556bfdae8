"""A gate before a server: counts what passes, and holds, cuts or silences what a test names."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

_HEAD = b"\r\n\r\n"
_PART = re.compile(rb"[?&]partNumber=(\d+)")
_OPERATION = re.compile(rb'"query": ?"(?:query|mutation) (\w+)')


@dataclass
class _Hold:
    """Where requests of one name wait."""

    arrived: asyncio.Event = field(default_factory=asyncio.Event)
    decided: asyncio.Event = field(default_factory=asyncio.Event)
    passes: bool = False


class Gate:
    """Requests by name: `part 3` is the PUT of a part, `StartUpload` an operation, `socket` the opening of a WebSocket."""

    def __init__(self, host: str, port: int) -> None:
        self._target = (host, port)
        self._held: dict[str, _Hold] = {}
        self._cut: set[str] = set()
        self._silent: dict[str, int] = {}
        self.port = 0
        self.passed: list[str] = []
        """Names of the requests whose good answer went back, in that order."""

    @property
    def url(self) -> str:
        """Where it stands."""
        return f"http://127.0.0.1:{self.port}"

    def hold(self, name: str) -> None:
        """Requests of this name wait at the gate until `release` or `clear`."""
        self._held[name] = _Hold()

    def cut(self, name: str) -> None:
        """The connections of requests of this name are closed, unread, until `release`."""
        self._cut.add(name)

    def silence(self, name: str) -> None:
        """The next request of this name is done, and its answer lost."""
        self._silent[name] = self._silent.get(name, 0) + 1

    async def until_held(self, name: str) -> None:
        """A request of this name waits."""
        await asyncio.wait_for(self._held[name].arrived.wait(), 180)

    def release(self) -> None:
        """What waits goes on, and everything passes."""
        self._open(passes=True)

    def clear(self) -> None:
        """What waits is dropped; then everything passes, and nothing is counted yet."""
        self._open(passes=False)
        self._silent.clear()
        self.passed.clear()

    def _open(self, *, passes: bool) -> None:
        for hold in self._held.values():
            hold.passes = passes
            hold.decided.set()
        self._held.clear()
        self._cut.clear()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection, for one request."""
        try:
            await self._pass(reader, writer)
        except (OSError, asyncio.IncompleteReadError):
            pass  # one of the two sides is gone, as a test may want it
        finally:
            writer.close()

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(_HEAD)
        length = int(_header(head, b"content-length") or 0)
        upgrade = _header(head, b"upgrade") is not None
        body = await reader.readexactly(length) if head.startswith(b"POST") else b""
        name = _name(head, body)
        if name in self._cut:
            return
        if hold := self._held.get(name):
            hold.arrived.set()
            await hold.decided.wait()
            if not hold.passes:
                return
        upstream, sink = await asyncio.open_connection(*self._target)
        try:
            # One request a connection: both sides know where it ends.
            sink.write(head if upgrade else head.replace(_HEAD, b"\r\nConnection: close" + _HEAD))
            sink.write(body)
            if upgrade:
                await _both_ways(reader, writer, upstream, sink)
                return
            await _copy(reader, sink, length - len(body))
            await self._answer(name, upstream, writer)
        finally:
            sink.close()

    async def _answer(self, name: str, upstream: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        answer = await upstream.read()
        if self._silent.get(name):
            self._silent[name] -= 1
            return
        writer.write(answer)
        await writer.drain()
        if answer.split(b" ", 2)[1].startswith(b"2"):
            self.passed.append(name)


@asynccontextmanager
async def a_gate(host: str, port: int) -> AsyncIterator[Gate]:
    """A gate that stands before `host`."""
    gate = Gate(host, port)
    server = await asyncio.start_server(gate.serve, "127.0.0.1", 0)
    gate.port = server.sockets[0].getsockname()[1]
    try:
        yield gate
    finally:
        gate.clear()
        server.close()


def _name(head: bytes, body: bytes) -> str:
    if _header(head, b"upgrade") is not None:
        return "socket"
    if part := _PART.search(head.split(b"\r\n", 1)[0]):
        return f"part {int(part[1])}"
    operation = _OPERATION.search(body)
    return operation[1].decode() if operation else head.split(b"\r\n", 1)[0].decode()


def _header(head: bytes, name: bytes) -> bytes | None:
    for line in head.split(b"\r\n")[1:]:
        key, _, value = line.partition(b":")
        if key.strip().lower() == name:
            return value.strip()
    return None


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, count: int) -> None:
    while count:
        chunk = await reader.read(min(count, 1 << 16))
        if not chunk:
            raise ConnectionResetError
        count -= len(chunk)
        writer.write(chunk)
        await writer.drain()


async def _both_ways(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, upstream: asyncio.StreamReader, sink: asyncio.StreamWriter
) -> None:
    async def stream(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
        while chunk := await source.read(1 << 16):
            target.write(chunk)
            await target.drain()
        target.close()

    await asyncio.gather(stream(reader, sink), stream(upstream, writer))
