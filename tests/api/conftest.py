"""People who use the running system. Most tests need somebody who is signed in, not the signing in: that is tested apart."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from app.core.ids import uuid7
from tests.support.people import People, Person, signer, some_people
from tests.support.system import EMAIL, System


@pytest.fixture(scope="session")
async def people(system: System) -> AsyncIterator[People]:
    """A viewer and two editors; who changes an account makes one with `a_person`."""
    async with some_people(system) as somebody:
        yield somebody


@pytest.fixture(scope="session")
async def administrator(system: System) -> AsyncIterator[Person]:
    """The administrator in a session that lasts for all tests."""
    session_id = uuid7()
    connection = await system.database()
    user_id = await connection.fetchval("SELECT id FROM users WHERE email = $1", EMAIL)
    await connection.execute(
        "INSERT INTO sign_in_sessions (id, user_id, expires_at) VALUES ($1, $2, $3)",
        session_id, user_id, datetime.now(UTC) + timedelta(days=1),
    )  # fmt: skip
    await connection.close()
    async with Person(system.url, user_id, EMAIL, session_id, "") as person:
        yield person


@pytest.fixture
async def admin(system: System, administrator: Person) -> Person:
    """The administrator with a fresh access token."""
    administrator.token = signer(system).sign(administrator.row_id, administrator.session_id).encoded
    return administrator
