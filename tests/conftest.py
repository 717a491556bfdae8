"""The real engines, started once for all tests."""

from collections.abc import AsyncIterator, Iterator

import pytest
import structlog
from xdist.remote import Producer

from app.embedded.engines import Engines
from tests.support.client import Client
from tests.support.engines import running_engines
from tests.support.people import the_administrator
from tests.support.schedule import Pieces, order
from tests.support.system import System

# Without it an error that is logged by the program in this process is drawn with its source and variables, which takes
# longer than most tests.
structlog.configure(
    processors=[
        structlog.processors.add_log_level,
        structlog.processors.format_exc_info,
        structlog.processors.KeyValueRenderer(["event"]),
    ]
)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> Pieces:
    """Who runs which tests, and which are begun first."""
    return Pieces(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The order that the scheduler keeps."""
    place = {test_id: number for number, test_id in enumerate(order([item.nodeid for item in items]))}
    items.sort(key=lambda item: place[item.nodeid])


@pytest.fixture(scope="session")
def engines(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engines]:
    """Started once for all tests; see `running_engines`."""
    with running_engines(tmp_path_factory.mktemp("engines")) as running:
        yield running


@pytest.fixture(scope="session")
async def system(engines: Engines, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[System]:
    """api, dispatcher and worker, running; shared by all tests that break nothing."""
    async with await System.prepared(engines, "system", tmp_path_factory.mktemp("system")) as running:
        running.start()
        await running.until_ready()
        yield running


@pytest.fixture
async def client(system: System) -> AsyncIterator[Client]:
    """Somebody who is not signed in."""
    async with Client(system.url) as anonymous:
        yield anonymous


@pytest.fixture
async def admin(system: System) -> AsyncIterator[Client]:
    """The administrator, signed in."""
    async with the_administrator(system) as person:
        yield person
