"""A system of its own on engines of its own, which these tests kill."""

from collections.abc import AsyncIterator, Iterator

import pytest

from app.embedded.engines import Engines
from tests.support.client import Client
from tests.support.engines import running_engines
from tests.support.people import the_administrator
from tests.support.system import System

QUICK = {"DATAKURA_LEASE_SECONDS": "4", "DATAKURA_QUEUED_TIMEOUT_SECONDS": "2", "DATAKURA_HEAL_SECONDS": "0.5"}


@pytest.fixture(scope="package")
def doomed_engines(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engines]:
    """Engines that other tests do not use."""
    with running_engines(tmp_path_factory.mktemp("doomed-engines")) as running:
        yield running


@pytest.fixture(scope="package")
async def doomed(doomed_engines: Engines, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[System]:
    """A system that runs, with short leases."""
    async with await System.prepared(doomed_engines, "doomed", tmp_path_factory.mktemp("doomed"), **QUICK) as running:
        running.start()
        await running.until_ready()
        yield running


@pytest.fixture
async def person(doomed: System) -> AsyncIterator[Client]:
    """Somebody signed in to the doomed system, all of whose processes run."""
    doomed.start()
    await doomed.until_ready()
    async with the_administrator(doomed) as administrator:
        yield administrator
