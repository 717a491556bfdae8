"""A file that takes more memory or time than a reader may have is FAILED, and its worker goes on."""

from collections.abc import AsyncIterator

import pytest

from app.embedded.engines import Engines
from tests.badinput.conftest import Uploads
from tests.support.client import Client
from tests.support.people import a_person
from tests.support.system import System


@pytest.fixture(scope="module")
async def tight(engines: Engines, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[System]:
    """A system whose readers get the least memory that can be set."""
    memory = str(256 << 20)
    async with await System.prepared(
        engines, "tight", tmp_path_factory.mktemp("tight"), DATAKURA_CHILD_MEMORY_BYTES=memory
    ) as running:
        running.start()
        await running.until_ready()
        yield running


@pytest.fixture(scope="module")
async def person(tight: System) -> AsyncIterator[Client]:
    """Somebody who may upload there."""
    async with a_person(tight, "EDITOR") as somebody:
        yield somebody


@pytest.fixture(scope="module")
async def cramped(person: Client) -> Uploads:
    """A dataset there."""
    return Uploads(person, await person.create("Tight"))


async def test_too_much_memory_is_told_and_the_worker_goes_on(tight: System, cramped: Uploads) -> None:
    worker = tight.processes["worker"].pid
    # One JSON object, 15 MiB of small numbers: its reader needs many times as much.
    version = await cramped.end_of(b'[{"a":[' + b"1.5," * (3 << 20) + b"1]}]", "numbers.json")
    assert version["status"] == "FAILED"
    assert version["error"]["code"] == "OUT_OF_MEMORY"
    assert "256 MiB" in version["error"]["message"]
    assert "DATAKURA_CHILD_MEMORY_BYTES" in version["error"]["hint"]
    assert (tight.processes["worker"].pid, tight.processes["worker"].poll()) == (worker, None)


async def test_too_much_time_is_told_and_the_worker_goes_on(tight: System, cramped: Uploads) -> None:
    tight.kill("worker")
    tight.start("worker", DATAKURA_CHILD_TIMEOUT_SECONDS="2")
    worker = tight.processes["worker"].pid
    names = ",".join(f"c{n}" for n in range(9_000))
    version = await cramped.end_of(f"{names}\n{','.join(map(str, range(9_000)))}\n".encode())
    assert (version["status"], version["error"]) == (
        "FAILED",
        {
            "code": "TIMED_OUT",
            "message": "Reading this file takes more than 2 seconds.",
            "hint": "Split the file, or ask the operator for more time (DATAKURA_CHILD_TIMEOUT_SECONDS).",
            "line": None,
        },
    )
    assert (tight.processes["worker"].pid, tight.processes["worker"].poll()) == (worker, None)
