"""People who use the running system."""

from collections.abc import AsyncIterator

import pytest

from tests.support.people import People, some_people
from tests.support.system import System


@pytest.fixture
async def people(system: System) -> AsyncIterator[People]:
    """A viewer and two editors with new accounts."""
    async with some_people(system) as somebody:
        yield somebody
