"""One POST to a real server: TLS by the name of the URL, an answer that ends, and no way around the check of addresses."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from app.adapters.webhooks import BadTarget, NoAnswer, new_secret, parse_target, post, signature_headers
from app.adapters.webhooks.client import MOST_BYTES
from tests.notifications.receivers import Receiver, answer
from tests.support.system import free_port

LOOPBACK = ("127.0.0.1/32", "::1/128")


async def sent(receiver: Receiver, *, seconds: float = 5.0, allowed: tuple[str, ...] = LOOPBACK):  # type: ignore[no-untyped-def]
    target = parse_target(f"http://localhost:{receiver.port}/hook?a=b", plain_http=True, allowed=allowed)
    return await post(target, b'{"a":1}', {"X-Test": "1"}, allowed=allowed, timeout_seconds=seconds)


async def test_a_post_arrives_as_it_was_meant(receiver: Receiver) -> None:
    receiver.answers.append(answer(200, b"thanks"))
    answered = await sent(receiver)
    assert (answered.status, answered.body, answered.retry_after_seconds) == (200, b"thanks", None)
    (got,) = receiver.got
    assert (got.path, got.body, got.headers["host"], got.headers["x-test"], got.headers["user-agent"]) == (
        "/hook?a=b",
        b'{"a":1}',
        f"localhost:{receiver.port}",
        "1",
        "Datakura",
    )


async def test_a_name_that_leads_inside_is_not_connected_to(receiver: Receiver) -> None:
    with pytest.raises(BadTarget, match="localhost leads to an address inside of our own network"):
        await sent(receiver, allowed=())
    assert receiver.got == []


async def test_no_proxy_of_the_environment_is_asked(receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{free_port()}")
    assert (await sent(receiver)).status == 204


async def test_a_redirect_is_an_answer_and_not_a_way(receiver: Receiver) -> None:
    async with Receiver() as elsewhere:
        receiver.answers.append(answer(307, Location=elsewhere.url))
        assert (await sent(receiver)).status == 307
        assert elsewhere.got == []


async def test_of_ten_megabytes_the_first_64_kib_are_read(receiver: Receiver) -> None:
    receiver.answers.append(answer(200, b"x" * (10 << 20)))
    answered = await sent(receiver)
    assert (answered.status, len(answered.body)) == (200, MOST_BYTES)


async def test_a_compressed_answer_is_not_unpacked(receiver: Receiver) -> None:
    receiver.answers.append(answer(200, b"\x1f\x8b not even gzip", Content_Encoding="gzip"))
    assert (await sent(receiver)).body == b"\x1f\x8b not even gzip"
    assert receiver.got[0].headers["accept-encoding"] == "identity"


@pytest.mark.parametrize("first", [None, b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf"])
async def test_a_target_that_hangs_is_left(receiver: Receiver, first: bytes | None) -> None:
    """It says nothing, or half of what it promised."""
    receiver.answers.append(first)
    with pytest.raises(NoAnswer, match=r"No answer within 0\.3 seconds|The connection broke"):
        await sent(receiver, seconds=0.3)


async def test_what_is_no_http_or_nobody_is_said_so(receiver: Receiver) -> None:
    receiver.answers.append(b"220 smtp.example.com ESMTP\r\n")
    with pytest.raises(NoAnswer, match="the answer is no HTTP"):
        await sent(receiver)
    with pytest.raises(NoAnswer, match="Nobody answers at this address"):
        await sent(Receiver(port=free_port()))
    target = parse_target("https://no-such-host.invalid/x", plain_http=False)
    with pytest.raises(NoAnswer, match="The host name is not known"):
        await post(target, b"", {}, allowed=(), timeout_seconds=5)


@pytest.mark.parametrize(
    ("value", "expected"), [("120", 120.0), ("999999", 86_400.0), ("-5", None), ("soon", None), ("", None), ("1e9", None)]
)
async def test_retry_after_is_read_as_seconds(receiver: Receiver, value: str, expected: float | None) -> None:
    receiver.answers.append(answer(429, Retry_After=value))
    assert (await sent(receiver)).retry_after_seconds == expected


async def test_retry_after_is_read_as_a_date(receiver: Receiver) -> None:
    receiver.answers += [
        answer(503, Retry_After=format_datetime(datetime.now(UTC) + timedelta(hours=1), usegmt=True)),
        answer(503, Retry_After="Wed, 21 Oct 2015 07:28:00 GMT"),
    ]
    later = (await sent(receiver)).retry_after_seconds
    assert 3_590 < later <= 3_600
    assert (await sent(receiver)).retry_after_seconds == 0.0


@pytest.fixture
async def secure(tmp_path: Path) -> AsyncIterator[tuple[int, Path, list[tuple[str | None, bytes]]]]:
    """(port, its authority's certificate, [(server name of the handshake, head of the request)]) of a TLS server for `hooks.test`."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "hooks.test")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number(), now - timedelta(1), now + timedelta(1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = tmp_path / "server.pem"
    private = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    file.write_bytes(private + certificate.public_bytes(serialization.Encoding.PEM))
    authority = tmp_path / "ca.pem"
    authority.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(file)
    names: list[str | None] = []
    context.sni_callback = lambda _socket, server_name, _context: names.append(server_name)
    got: list[tuple[str | None, bytes]] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        got.append((names[-1], await reader.readuntil(b"\r\n\r\n")))
        writer.write(b"HTTP/1.1 204 No Content\r\n\r\n")
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=context)
    yield server.sockets[0].getsockname()[1], authority, got
    server.close()


async def test_tls_is_checked_by_the_name_and_spoken_to_the_checked_address(
    secure: tuple[int, Path, list[tuple[str | None, bytes]]],
) -> None:
    port, authority, got = secure
    target = parse_target(f"https://localhost:{port}/x", plain_http=False)
    answered = await post(target, b"", {}, allowed=LOOPBACK, timeout_seconds=5, ca_file=authority)
    assert answered.status == 204
    ((server_name, head),) = got
    assert server_name == "localhost"
    assert f"host: localhost:{port}".encode() in head.lower()
    # The certificate is good for the name, and not for the address that was connected to.
    by_address = parse_target(f"https://127.0.0.1:{port}/x", plain_http=False, allowed=LOOPBACK)
    with pytest.raises(NoAnswer, match="Its TLS certificate is not accepted"):
        await post(by_address, b"", {}, allowed=LOOPBACK, timeout_seconds=5, ca_file=authority)
    with pytest.raises(NoAnswer, match="Its TLS certificate is not accepted"):
        await post(target, b"", {}, allowed=LOOPBACK, timeout_seconds=5)
    assert len(got) == 1


async def test_the_second_lookup_of_a_name_is_never_made(monkeypatch: pytest.MonkeyPatch, receiver: Receiver) -> None:
    """A name that leads outside when it is checked, and inside when it is connected to."""
    loop, asked = asyncio.get_running_loop(), list[str]()
    real = loop.getaddrinfo

    async def rebinding(host: str, port: int, **given: object):  # type: ignore[no-untyped-def]
        asked.append(str(host))
        if host == "rebind.test":
            return [(2, 1, 6, "", ("192.0.2.1" if len(asked) == 1 else "127.0.0.1", port))]
        return await real(host, port, **given)  # type: ignore[arg-type]

    monkeypatch.setattr(loop, "getaddrinfo", rebinding)
    target = parse_target(f"https://rebind.test:{receiver.port}/x", plain_http=False)
    with pytest.raises(NoAnswer):
        await post(target, b"", {}, allowed=("192.0.2.1",), timeout_seconds=0.3)
    assert asked.count("rebind.test") == 1
    assert receiver.got == []


async def test_one_address_inside_spoils_a_name(monkeypatch: pytest.MonkeyPatch, receiver: Receiver) -> None:
    loop = asyncio.get_running_loop()

    async def both(host: str, port: int, **_: object):  # type: ignore[no-untyped-def]
        return [(2, 1, 6, "", (one, port)) for one in ("93.184.216.34", "127.0.0.1")]

    monkeypatch.setattr(loop, "getaddrinfo", both)
    with pytest.raises(BadTarget, match="inside of our own network"):
        await post(parse_target("https://both.test/x", plain_http=False), b"", {}, allowed=(), timeout_seconds=5)


def test_the_signature_is_that_of_the_specification() -> None:
    """Values of the reference libraries' own tests (standard-webhooks 1.0)."""
    headers = signature_headers(
        "msg_p5jXN8AQM9LWM0D4loKWxJek",
        1614265330,
        b'{"test": 2432232314}',
        ["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"],
    )
    assert headers == {
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "webhook-timestamp": "1614265330",
        "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    }


def test_two_secrets_give_two_signatures_the_newest_first() -> None:
    old, new = new_secret(), new_secret()
    both = signature_headers("msg_1", 1, b"{}", [new, old])["webhook-signature"].split(" ")
    alone = [signature_headers("msg_1", 1, b"{}", [one])["webhook-signature"] for one in (new, old)]
    assert both == alone
