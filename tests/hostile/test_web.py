"""Hosts, proxies, headers: whom the api takes a request to be from and for."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest
from pydantic import SecretStr

from app.adapters.storage import S3Storage
from app.api.application import create_application
from app.core.settings import Settings
from app.embedded.engines import Engines
from tests.support.client import Client
from tests.support.served import settings_of
from tests.support.system import System

VIEWER = {"query": "{viewer{id}}"}


@asynccontextmanager
async def served(
    engines: Engines, *, peer: str = "127.0.0.1", url: str = "http://127.0.0.1", **given: object
) -> AsyncIterator[httpx.AsyncClient]:
    """A client at the address `peer` of an api with these settings."""
    settings = Settings(
        profile="test",
        database_url=SecretStr(engines.database_url),
        redis_url=SecretStr(engines.redis_url),
        secret_keys=SecretStr(engines.secret_keys),
        **given,  # type: ignore[arg-type]
    )
    transport = httpx.ASGITransport(create_application(settings), client=(peer, 40_000))
    async with httpx.AsyncClient(transport=transport, base_url=url) as client:
        yield client


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "127.0.0.1:8400",
        "[::1]:8400",
        "localhost",
        "LOCALHOST:8400",
        "192.0.2.9:8400",
        "data.example.com",
        "other.example.com:8443",
    ],
)
async def test_requests_for_our_own_names_and_for_addresses_are_served(engines: Engines, host: str) -> None:
    async with served(engines, public_url="https://data.example.com", allowed_hosts=("other.example.com",)) as client:
        answer = await client.post("/graphql", json=VIEWER, headers={"Host": host})
    assert answer.status_code == 200


@pytest.mark.parametrize("path", ["/", "/graphql", "/graphiql", "/readyz", "/metrics", "/audit/export"])
@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "data.example.com.evil.example",
        "evil.example:8400",
        "",
        "localhost@evil.example",
        "evil.example/localhost",
        "[::1",
        "127.0.0.1.evil.example",
    ],
)
async def test_requests_for_other_names_are_refused(engines: Engines, host: str, path: str) -> None:
    # A page that made its own name point here would otherwise be of the same origin.
    async with served(engines, public_url="https://data.example.com") as client:
        answer = await client.post(path, json=VIEWER, headers={"Host": host, "Origin": f"http://{host}"})
    assert answer.status_code == 421


async def test_in_production_addresses_are_no_hosts(engines: Engines) -> None:
    async with served(engines, public_url="https://data.example.com") as client:
        assert (await client.post("/graphql", json=VIEWER)).status_code == 200
    settings = {"public_url": "https://data.example.com"}
    transport = httpx.ASGITransport(
        create_application(
            Settings(
                profile="production", database_url=SecretStr(engines.database_url), redis_url=SecretStr(engines.redis_url),
                secret_keys=SecretStr(engines.secret_keys), **settings,  # type: ignore[arg-type]
            )
        )
    )  # fmt: skip
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
        assert (await client.post("/graphql", json=VIEWER)).status_code == 421
        for path in ("/healthz", "/readyz", "/metrics"):  # probes call the machine by its address
            assert (await client.get(path)).status_code in (200, 503)
        assert (await client.post("/graphql", json=VIEWER, headers={"Host": "data.example.com"})).status_code == 200


async def address_of(client: httpx.AsyncClient, **headers: str) -> bool:
    """Whether the api takes the request to come from a machine that may read metrics."""
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    return (await client.get("/metrics", headers=sent)).status_code == 200


async def test_nobody_is_believed_whose_requests_are_passed_on_unless_configured(engines: Engines) -> None:
    async with served(engines, peer="203.0.113.5") as client:
        assert not await address_of(client)
        assert not await address_of(client, X_Forwarded_For="127.0.0.1")
        assert not await address_of(client, Forwarded="for=127.0.0.1")
    async with served(engines) as client:
        assert await address_of(client)
        assert not await address_of(client, X_Forwarded_For="203.0.113.5")  # through a proxy on this machine


async def test_a_trusted_proxy_is_believed_as_far_as_it_can_know(engines: Engines) -> None:
    async with served(engines, peer="10.0.0.7", trusted_proxies=("10.0.0.0/8",)) as client:
        assert not await address_of(client)
        assert await address_of(client, X_Forwarded_For="127.0.0.1")
        # What a client itself wrote stands before what the proxy adds.
        assert not await address_of(client, X_Forwarded_For="127.0.0.1, 203.0.113.5")
    async with served(engines, peer="203.0.113.5", trusted_proxies=("10.0.0.0/8",)) as client:
        assert not await address_of(client, X_Forwarded_For="127.0.0.1")


async def test_monitoring_is_for_its_networks(engines: Engines) -> None:
    async with served(engines, peer="192.0.2.44") as client:
        refused, ready = await client.get("/metrics"), (await client.get("/readyz")).json()
    assert refused.status_code == 403
    assert "datakura_" not in refused.text
    assert set(ready) == {"status"}
    async with served(engines, peer="192.0.2.44", monitoring_networks=("192.0.2.0/24",)) as client:
        answer, ready = await client.get("/metrics"), (await client.get("/readyz")).json()
    assert (answer.status_code, "datakura_graphql_operations_total" in answer.text) == (200, True)
    assert set(ready["dependencies"]) == {"postgresql", "redis", "storage"}


async def test_answers_tell_browsers_what_they_may_not(engines: Engines) -> None:
    async with served(engines, public_url="https://data.example.com") as client:
        for path in ("/", "/graphql", "/healthz", "/nothing"):
            headers = (await client.get(path)).headers
            assert headers["Strict-Transport-Security"] == "max-age=63072000; includeSubDomains"
            assert headers["Permissions-Policy"].startswith("camera=(), ")
        assert (await client.post("/graphql", json=VIEWER)).headers["Cache-Control"] == "no-store"
        assert "Server" not in headers
    async with served(engines) as client:
        assert "Strict-Transport-Security" not in (await client.get("/")).headers


async def test_objects_are_stored_encrypted(system: System, admin: Client) -> None:
    settings = settings_of(system)
    async with S3Storage(settings) as storage:
        for name, size in (("small", 10), ("large", 9 << 20)):  # in one piece, and in several
            path = system.logs.parent / name
            path.write_bytes(b"canary-of-an-object " * (size // 20 + 1))
            await storage.put_file(f"tests/{name}", str(path), content_type="text/plain")
        dataset_id = await admin.create("Encrypted")
        await admin.upload(dataset_id, b"a\ncanary-of-an-upload\n")
        keys = [found.key async for found in storage.list_objects("tests/")]
        keys += [found.key async for found in storage.list_objects("originals/")]
        assert len(keys) >= 3
        for key in keys:
            head = await storage._client.head_object(Bucket=settings.s3_bucket, Key=key)
            assert head["ServerSideEncryption"] == "AES256", key
