"""People who use the running system."""

from collections.abc import AsyncIterator

import pytest

from tests.support.people import People, some_people
from tests.support.system import System


@pytest.fixture(scope="session")
async def people(system: System) -> AsyncIterator[People]:
    """A viewer and two editors; who changes an account makes one with `a_person`."""
    async with some_people(system) as somebody:
        yield somebody
