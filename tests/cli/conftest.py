"""The command before the shared system, and before one with small parts and gates that can be closed."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from app.embedded.engines import Engines
from tests.cli.command import Command
from tests.cli.gate import Gate, a_gate
from tests.support.client import Client
from tests.support.system import System

PART_BYTES = 5 << 20


@dataclass(frozen=True)
class Gated:
    """A system whose clients pass a gate to the api and another one to the object storage."""

    system: System
    api: Gate
    storage: Gate


@pytest.fixture
def command(system: System, tmp_path: Path) -> Command:
    """`datakura` for the shared system."""
    return Command(system.url, tmp_path)


@pytest.fixture(scope="session")
async def gated_system(engines: Engines, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Gated]:
    """Parts of 5 MiB, as small as the settings allow."""
    async with AsyncExitStack() as stack:
        store = urlsplit(engines.s3_endpoint_url)
        storage = await stack.enter_async_context(a_gate(str(store.hostname), store.port or 80))
        folder = tmp_path_factory.mktemp("gated")
        settings = {"DATAKURA_S3_PUBLIC_ENDPOINT_URL": storage.url, "DATAKURA_UPLOAD_PART_SIZE_BYTES": str(PART_BYTES)}
        system = await stack.enter_async_context(await System.prepared(engines, "gated", folder, **settings))
        system.start()
        await system.until_ready()
        api = await stack.enter_async_context(a_gate("127.0.0.1", int(system.environment["DATAKURA_PORT"])))
        yield Gated(system, api, storage)


@pytest.fixture
def gated(gated_system: Gated) -> Gated:
    """All gates are open, and nothing was counted yet."""
    gated_system.api.clear()
    gated_system.storage.clear()
    return gated_system


@pytest.fixture
async def gated_admin(gated: Gated) -> AsyncIterator[Client]:
    """The administrator of that system, signed in, past the gates."""
    async with Client(gated.system.url) as client:
        yield await client.sign_in()


@pytest.fixture
def gated_command(gated: Gated, tmp_path: Path) -> Command:
    """`datakura` for that system, through the gates."""
    return Command(gated.api.url, tmp_path)
