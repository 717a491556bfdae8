"""Receivers of notifications: a mail server and a small HTTP server, which keep what they were sent."""

import asyncio
import base64
import hashlib
import hmac
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from types import TracebackType

import orjson
from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.support.system import until


class Mailbox:
    """Takes mail for everybody."""

    def __init__(self) -> None:
        self.port = 0
        self.taken: list[EmailMessage] = []

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 (the library's name)
        content = envelope.content
        assert isinstance(content, bytes)
        self.taken.append(message_from_bytes(content.replace(b"\r\n", b"\n"), _class=EmailMessage, policy=policy.default))
        return "250 OK"

    def to(self, address: str) -> list[EmailMessage]:
        """What came for an address, in order."""
        return [mail for mail in list(self.taken) if mail["To"] == address]

    async def until(self, address: str, count: int) -> list[EmailMessage]:
        """What came for an address when that many have come."""
        await until(lambda: len(self.to(address)) >= count, f"{count} mails to {address}")
        return self.to(address)


@dataclass(frozen=True)
class Request:
    """A request as it came."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> dict:
        """Its body."""
        parsed: dict = orjson.loads(self.body)
        return parsed

    def is_signed_with(self, secret: str) -> bool:
        """Whether one of the signatures is right, as the specification of Standard Webhooks says a receiver checks it."""
        key = base64.b64decode(secret.removeprefix("whsec_"))
        content = b".".join((self.headers["webhook-id"].encode(), self.headers["webhook-timestamp"].encode(), self.body))
        right = base64.b64encode(hmac.digest(key, content, hashlib.sha256)).decode()
        return f"v1,{right}" in self.headers["webhook-signature"].split(" ")


@dataclass
class Receiver:
    """An HTTP server on 127.0.0.1. `answers`: what is sent for the next requests, raw; empty: 204. None: silence."""

    got: list[Request] = field(default_factory=list)
    answers: list[bytes | None] = field(default_factory=list)
    port: int = 0

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.port}/hook?token=receiver-canary"

    async def until(self, count: int) -> list[Request]:
        """What came when that many have come."""
        await until(lambda: len(self.got) >= count, f"{count} requests")
        return self.got

    async def __aenter__(self) -> "Receiver":
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        self._open: set[asyncio.StreamWriter] = set()
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._server.close()
        for writer in self._open:
            writer.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._open.add(writer)
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
            headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in head[1:] if line)}
            body = await reader.readexactly(int(headers.get("content-length", "0")))
            self.got.append(Request(head[0].split(" ")[1], headers, body))
            answer = self.answers.pop(0) if self.answers else b"HTTP/1.1 204 No Content\r\n\r\n"
            if answer is None:
                await reader.read()  # until the other side has had enough
                return
            writer.write(answer)
            await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            self._open.discard(writer)
            writer.close()


def answer(status: int, body: bytes = b"", **headers: str) -> bytes:
    """A raw HTTP answer. Header names with `_` for `-`."""
    lines = [f"HTTP/1.1 {status} Said", f"Content-Length: {len(body)}", "Connection: close"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body
