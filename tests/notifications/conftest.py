"""A system of its own whose webhooks may go to this machine, and receivers of what it sends."""

from collections.abc import AsyncIterator, Iterator

import pytest
from aiosmtpd.controller import Controller

from app.core.db import Database
from app.embedded.engines import Engines
from tests.notifications.receivers import Mailbox, Receiver
from tests.support.people import People, some_people
from tests.support.system import System, free_port, settings_from


@pytest.fixture(scope="session")
def mailbox() -> Iterator[Mailbox]:
    """A mail server that takes everything."""
    box = Mailbox()
    controller = Controller(box, hostname="127.0.0.1", port=free_port())
    controller.start()
    box.port = controller.port
    yield box
    controller.stop()


@pytest.fixture(scope="session")
async def telling(engines: Engines, mailbox: Mailbox, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[System]:
    """api, dispatcher and worker, which send mail to the mailbox and webhooks to 127.0.0.1."""
    system = await System.prepared(
        engines,
        "telling",
        tmp_path_factory.mktemp("telling"),
        DATAKURA_NOTIFICATION_NETWORKS='["127.0.0.1"]',
        DATAKURA_NOTIFICATION_TIMEOUT_SECONDS="2",
        DATAKURA_MAIL_URL=f"smtp://127.0.0.1:{mailbox.port}",
        DATAKURA_LEASE_SECONDS="2",
        DATAKURA_HEAL_SECONDS="0.5",
    )
    async with system as running:
        running.start()
        await running.until_ready()
        yield running


@pytest.fixture(scope="session")
async def db(telling: System) -> AsyncIterator[Database]:
    """As the system's own processes see it."""
    database = Database(settings_from(telling.environment), application_name="tests")
    yield database
    await database.close()


@pytest.fixture
async def people(telling: System) -> AsyncIterator[People]:
    """New accounts for each test, whose inboxes are empty."""
    async with some_people(telling) as made:
        yield made


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    """An HTTP server that answers as it is told, and keeps what it got."""
    async with Receiver() as listening:
        yield listening
