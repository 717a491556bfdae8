"""The application in this process, on the running system's engines, and the data on which access is tried."""

from collections.abc import AsyncIterator

import httpx
import pytest

from app.api.application import create_application
from app.core.settings import Settings
from tests.access.world import World, a_world
from tests.support.people import the_administrator
from tests.support.system import System


@pytest.fixture(scope="session")
async def http(system: System) -> AsyncIterator[httpx.AsyncClient]:
    """Requests to the same application as the system's api, without a network."""
    given = {
        name.removeprefix("DATAKURA_").lower(): value
        for name, value in system.environment.items()
        if name.removeprefix("DATAKURA_").lower() in Settings.model_fields
    }
    application = create_application(Settings(**given))  # type: ignore[arg-type]
    async with application.router.lifespan_context(application):
        transport = httpx.ASGITransport(application, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url=system.url, timeout=60) as client:
            yield client


@pytest.fixture(scope="session")
async def world(system: System, http: httpx.AsyncClient) -> AsyncIterator[World]:
    """One for all tests that leave it as it is."""
    async with the_administrator(system) as admin, a_world(system, admin, http) as made:
        yield made
