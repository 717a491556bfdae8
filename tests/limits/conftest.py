"""An api in this process with settings of one's own, on a migrated database that nobody else uses."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from functools import partial
from pathlib import Path

import asyncpg
import httpx
import pytest
from starlette.applications import Starlette

from app.embedded.engines import Engines
from tests.support import served as in_process
from tests.support.people import Person, a_person
from tests.support.system import System

Served = Callable[..., AbstractAsyncContextManager[tuple[Starlette, httpx.AsyncClient]]]


@pytest.fixture(scope="package")
async def prepared(engines: Engines, tmp_path_factory: pytest.TempPathFactory) -> System:
    """A system of which nothing runs."""
    folder: Path = tmp_path_factory.mktemp("limits")
    return await System.prepared(engines, "limits", folder)


@pytest.fixture(scope="package")
async def database(prepared: System) -> AsyncIterator[asyncpg.Connection]:
    """A connection that sees everything."""
    connection = await prepared.database()
    yield connection
    await connection.close()


@pytest.fixture(scope="package")
async def editor(prepared: System) -> AsyncIterator[Person]:
    async with a_person(prepared, "EDITOR") as person:
        yield person


@pytest.fixture
def served(prepared: System) -> Served:
    """Makes an application and a client of it."""

    return partial(in_process.served, prepared)
