"""People for these tests, made once a module."""

from collections.abc import AsyncIterator

import pytest

from tests.support.people import Person, a_person
from tests.support.system import System


@pytest.fixture(scope="module")
async def boss(system: System) -> AsyncIterator[Person]:
    """An administrator."""
    async with a_person(system, "ADMIN") as person:
        yield person


@pytest.fixture(scope="module")
async def editor(system: System) -> AsyncIterator[Person]:
    """Somebody who owns datasets."""
    async with a_person(system, "EDITOR") as person:
        yield person
