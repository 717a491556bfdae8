"""Accounts for these tests: each changes what it likes of its own."""

from collections.abc import AsyncIterator

import pytest

from app.core.hashing import hash_password
from tests.support.people import Person, a_person
from tests.support.system import PASSWORD, System


@pytest.fixture(scope="session")
async def password_hash() -> str:
    """Of PASSWORD."""
    return await hash_password(PASSWORD)


@pytest.fixture
async def boss(system: System) -> AsyncIterator[Person]:
    """An administrator who has just signed in."""
    async with a_person(system, "ADMIN") as person:
        yield person


@pytest.fixture
async def editor(system: System, password_hash: str) -> AsyncIterator[Person]:
    """An editor with a password who has just signed in."""
    async with a_person(system, "EDITOR", password_hash=password_hash) as person:
        yield person


@pytest.fixture
async def viewer(system: System) -> AsyncIterator[Person]:
    """A viewer who has just signed in."""
    async with a_person(system, "VIEWER") as person:
        yield person
