"""Nothing synchronous holds the event loop: not for hashing passwords, not for the worst document that is let in."""

import asyncio
import logging
from collections.abc import AsyncIterator

import pytest

from app.core.hashing import hash_password
from tests.support.people import Person, a_person
from tests.support.served import served
from tests.support.system import System

GENEROUS_SECONDS = 0.5
"""asyncio's own measure of a step of the loop. Far above what is allowed (20 ms), so that a busy machine does not matter, and
below what each of these takes when it runs on the loop."""


@pytest.fixture
async def steps(caplog: pytest.LogCaptureFixture) -> AsyncIterator[pytest.LogCaptureFixture]:
    """The log of steps of the loop that took too long."""
    loop = asyncio.get_running_loop()
    before, slow = loop.get_debug(), loop.slow_callback_duration
    loop.slow_callback_duration = GENEROUS_SECONDS
    loop.set_debug(True)
    caplog.set_level(logging.WARNING, "asyncio")
    yield caplog
    loop.set_debug(before)
    loop.slow_callback_duration = slow


def too_long(steps: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in steps.records if record.name == "asyncio" and "took" in record.getMessage()]


async def test_fifty_passwords_are_hashed_beside_the_loop(steps: pytest.LogCaptureFixture) -> None:
    # 50 of some 30 ms: 1.5 s, if they ran on it.
    await asyncio.gather(*(hash_password(f"a long password {number}") for number in range(50)))
    assert too_long(steps) == []


@pytest.fixture(scope="module")
async def person(system: System) -> AsyncIterator[Person]:
    async with a_person(system, "EDITOR") as made:
        yield made


async def test_the_worst_documents_are_read_quickly(system: System, person: Person, steps: pytest.LogCaptureFixture) -> None:
    chain = "".join(f"fragment f{n} on User{{...f{n + 1} ...f{n + 1}}} " for n in range(20))
    documents = [
        "{viewer{...f0}} " + chain + "fragment f20 on User{id}",
        "query Q{viewer{" + "...F " * 992 + "id}} fragment F on User{id}",
        "{" + " ".join(f"a{n}: viewer {{ id email displayName }}" for n in range(10)) + "}",
        "{viewer{id}} " + " ".join(f"fragment g{n} on User {{ id }}" for n in range(250)),
    ]
    async with served(system) as (_, client):
        await asyncio.sleep(0)  # the step in which the application was made ends here
        steps.clear()  # making the schema takes its time, before anybody is served
        for document in documents:
            answer = await client.post("/graphql", json={"query": document}, headers={"Authorization": f"Bearer {person.token}"})
            assert answer.status_code in (200, 400)
    assert too_long(steps) == []
