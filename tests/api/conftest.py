"""People who use the running system. Most tests need somebody who is signed in, not the signing in: that is tested apart."""

from collections.abc import AsyncIterator

import pytest

from tests.support.people import People, Person, signer, some_people, the_administrator
from tests.support.system import System


@pytest.fixture(scope="session")
async def people(system: System) -> AsyncIterator[People]:
    """A viewer and two editors; who changes an account makes one with `a_person`."""
    async with some_people(system) as somebody:
        yield somebody


@pytest.fixture(scope="session")
async def administrator(system: System) -> AsyncIterator[Person]:
    """The administrator in a session that lasts for all tests."""
    async with the_administrator(system) as person:
        yield person


@pytest.fixture
async def admin(system: System, administrator: Person) -> Person:
    """The administrator with a fresh access token."""
    administrator.token = signer(system).sign(administrator.row_id, administrator.session_id).encoded
    return administrator
