"""Talking to the engines by TLS: a certificate that is not believed, or of another name, and no answer by TLS, mean no connection."""

import asyncio
import contextlib
import datetime
import ipaddress
import ssl
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from pydantic import SecretStr
from redis.asyncio import Redis
from redis.exceptions import RedisError
from sqlalchemy import text

from app.adapters.storage import S3Storage
from app.core import tls
from app.core.db import Database
from app.core.errors import Unavailable
from app.core.settings import Settings
from app.core.viewer import System as Principal
from app.embedded.engines import Engines


@dataclass(frozen=True)
class Certificates:
    """An authority, and a server's certificate that it signed for `host`."""

    authority: Path
    server: ssl.SSLContext


def certificates(folder: Path, host: str) -> Certificates:
    """A new authority and a certificate by it."""
    now = datetime.datetime.now(datetime.UTC)

    def built(
        name: str, key: ec.EllipticCurvePrivateKey, issuer: str, signer: ec.EllipticCurvePrivateKey, *, ca: bool
    ) -> x509.Certificate:
        names: list[x509.GeneralName] = [x509.DNSName(host)]
        with contextlib.suppress(ValueError):
            names.append(x509.IPAddress(ipaddress.ip_address(host)))
        signing = x509.SubjectKeyIdentifier.from_public_key(signer.public_key())
        return (
            x509.CertificateBuilder()
            .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]))
            .issuer_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, issuer)]))
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - datetime.timedelta(days=1))
            .not_valid_after(now + datetime.timedelta(days=1))
            .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
            .add_extension(x509.SubjectAlternativeName(names), critical=False)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(signing), critical=False)
            .sign(signer, hashes.SHA256())
        )

    authority_key, server_key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    authority = built("authority", authority_key, "authority", authority_key, ca=True)
    server = built(host, server_key, "authority", authority_key, ca=False)
    folder.mkdir()
    (folder / "ca.pem").write_bytes(authority.public_bytes(serialization.Encoding.PEM))
    encoded = server.public_bytes(serialization.Encoding.PEM) + server_key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (folder / "server.pem").write_bytes(encoded)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "server.pem")
    return Certificates(folder / "ca.pem", context)


@pytest.fixture(scope="module")
def right(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    return certificates(tmp_path_factory.mktemp("right") / "c", "127.0.0.1")


@pytest.fixture(scope="module")
def misnamed(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    return certificates(tmp_path_factory.mktemp("misnamed") / "c", "other.example")


SSL_REQUEST = b"\x00\x00\x00\x08\x04\xd2\x16\x2f"


@contextlib.asynccontextmanager
async def encrypted(address: str, context: ssl.SSLContext, *, postgres: bool = False) -> AsyncIterator[int]:
    """A port that speaks TLS and passes on to an engine that does not."""
    host, port = urlsplit(address).hostname, urlsplit(address).port
    open_pipes: set[asyncio.Task[None]] = set()

    async def pipe(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            while data := await reader.read(65_536):
                writer.write(data)
                await writer.drain()
        with contextlib.suppress(OSError):
            writer.close()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            if postgres:
                assert await reader.readexactly(8) == SSL_REQUEST  # nothing was said in the clear before
                writer.write(b"S")
                await writer.drain()
                await writer.start_tls(context)
            inner = await asyncio.open_connection(host, port)
        except (OSError, asyncio.IncompleteReadError):
            writer.close()
            return
        for task in (asyncio.create_task(pipe(reader, inner[1])), asyncio.create_task(pipe(inner[0], writer))):
            open_pipes.add(task)
            task.add_done_callback(open_pipes.discard)

    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=None if postgres else context)
    yield server.sockets[0].getsockname()[1]
    server.close()
    for task in list(open_pipes):
        task.cancel()
    await asyncio.gather(*open_pipes, return_exceptions=True)


def moved(url: str, port: int, scheme: str) -> str:
    parts = urlsplit(url)
    return f"{scheme}://{parts.netloc.rsplit(':', 1)[0]}:{port}{parts.path}"


async def answers(settings: Settings) -> bool:
    """Whether the database is reached."""
    db = Database(settings, application_name="tls-tests")
    try:
        async with db.read(Principal("tests")) as connection:
            return bool((await connection.execute(text("SELECT 1"))).scalar_one())
    except (Unavailable, ssl.SSLError):
        return False
    finally:
        await db.close()


async def test_the_database_is_reached_by_tls_with_the_right_certificate_alone(
    engines: Engines, right: Certificates, misnamed: Certificates
) -> None:
    def settings(port: int, ca: Path | None) -> Settings:
        url = moved(engines.database_url, port, "postgresql+asyncpg")
        return Settings(profile="test", database_url=SecretStr(url), database_tls=True, tls_ca_file=ca)

    async with encrypted(engines.database_url, right.server, postgres=True) as port:
        assert await answers(settings(port, right.authority))
        assert not await answers(settings(port, None))
        assert not await answers(settings(port, misnamed.authority))
    async with encrypted(engines.database_url, misnamed.server, postgres=True) as port:
        assert not await answers(settings(port, misnamed.authority))


async def test_a_database_that_speaks_no_tls_is_not_talked_to_in_the_clear(engines: Engines) -> None:
    plain = Settings(profile="test", database_url=SecretStr(engines.database_url))
    assert await answers(plain)
    assert not await answers(plain.model_copy(update={"database_tls": True}))


async def test_redis_is_reached_by_tls_with_the_right_certificate_alone(
    engines: Engines, right: Certificates, misnamed: Certificates
) -> None:
    async def reached(port: int, ca: Path | None) -> bool:
        url = moved(engines.redis_url, port, "rediss")
        redis = Redis.from_url(tls.redis_url(Settings(profile="test", redis_url=SecretStr(url), tls_ca_file=ca)))
        try:
            return bool(await redis.ping())
        except (RedisError, OSError):
            return False
        finally:
            await redis.aclose()

    async with encrypted(engines.redis_url, right.server) as port:
        assert await reached(port, right.authority)
        assert not await reached(port, None)
    async with encrypted(engines.redis_url, misnamed.server) as port:
        assert not await reached(port, misnamed.authority)


async def test_the_object_store_is_reached_by_tls_with_the_right_certificate_alone(
    engines: Engines, right: Certificates, misnamed: Certificates
) -> None:
    given = engines.environment

    async def reached(port: int, ca: Path | None) -> bool:
        settings = Settings(
            profile="test", s3_endpoint_url=f"https://127.0.0.1:{port}", s3_access_key=given["DATAKURA_S3_ACCESS_KEY"],
            s3_secret_key=SecretStr(given["DATAKURA_S3_SECRET_KEY"]), s3_bucket="tls-tests", tls_ca_file=ca,
        )  # fmt: skip
        async with S3Storage(settings) as storage:
            try:
                await storage.prepare(["http://127.0.0.1"])
            except Unavailable:
                return False
        return True

    async with encrypted(given["DATAKURA_S3_ENDPOINT_URL"], right.server) as port:
        assert await reached(port, right.authority)
        assert not await reached(port, None)
    async with encrypted(given["DATAKURA_S3_ENDPOINT_URL"], misnamed.server) as port:
        assert not await reached(port, misnamed.authority)
