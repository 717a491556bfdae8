"""Nothing synchronous holds the event loop: not for hashing passwords, not for the worst document that is let in."""

import asyncio
import logging
import threading
from collections.abc import AsyncIterator
from typing import Literal

import pytest
from argon2 import PasswordHasher

from app.core import hashing
from tests.support.people import Person, a_person
from tests.support.served import served
from tests.support.system import System

GENEROUS_SECONDS = 0.5
"""asyncio's own measure of a step of the loop. Far above what is aimed at (20 ms), so that a busy machine does not matter: it finds
work that nothing bounds. How long steps are, `python -m benchmarks admission` measures."""


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


async def test_passwords_are_hashed_beside_the_loop(monkeypatch: pytest.MonkeyPatch) -> None:
    threads = list[int]()

    class Noted(PasswordHasher):
        def hash(self, password: str | bytes, *, salt: bytes | None = None) -> str:
            threads.append(threading.get_ident())
            return super().hash(password, salt=salt)

        def verify(self, hash: str | bytes, password: str | bytes) -> Literal[True]:
            threads.append(threading.get_ident())
            return super().verify(hash, password)

    with monkeypatch.context() as patched:
        patched.setattr(hashing, "_hasher", Noted(time_cost=1, memory_cost=64, parallelism=1))
        hashing._decoy.cache_clear()
        known = await hashing.hash_password("a long password")
        async with hashing.hashing.turn("somebody") as turn:
            assert await turn.verify("a long password", known)
            # Nobody's password: what it is compared with is hashed first.
            assert not await turn.verify("a long password", None)
    hashing._decoy.cache_clear()
    assert len(threads) == 4
    assert threading.get_ident() not in threads


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
