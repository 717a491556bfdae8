"""An api in this process: for tests that need settings of their own, and no port."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
from starlette.applications import Starlette

from app.api.application import create_application
from app.core.settings import Settings
from tests.support.system import System, settings_from


def settings_of(system: System, **given: object) -> Settings:
    """The settings of a system's processes, with some of one's own."""
    return settings_from(system.environment, **given)


@asynccontextmanager
async def served(system: System, **given: object) -> AsyncIterator[tuple[Starlette, httpx.AsyncClient]]:
    """The application and a client of it."""
    application = create_application(settings_of(system, **given))
    async with (
        application.router.lifespan_context(application),
        httpx.AsyncClient(transport=httpx.ASGITransport(application), base_url="http://127.0.0.1") as client,
    ):
        yield application, client
