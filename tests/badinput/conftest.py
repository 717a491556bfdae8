"""One worker that reads every bad file of this folder, watched."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest

from tests.support.client import Client
from tests.support.people import a_person
from tests.support.system import System

ROOM_BYTES = 160 << 20
"""What a worker may have grown by: libraries loaded on first use and the allocator's reserve, not a file's contents."""


@dataclass
class Uploads:
    """A person with a dataset that takes one bad version after the other."""

    person: Client
    dataset_id: str

    async def end_of(self, content: bytes, name: str = "table.csv", **options: object) -> dict:
        """The version of this content in its last state."""
        given = {"options": options} if options else {}
        return await self.person.finished(await self.person.upload(self.dataset_id, content, name, **given))

    async def file(self, version: dict, role: str) -> bytes:
        """Contents of one of the version's files."""
        (address,) = [file["downloadUrl"] for file in version["files"] if file["role"] == role]
        answer = await self.person.http.get(address)
        assert answer.status_code == 200
        return answer.content


Refused = Callable[..., Awaitable[dict]]


@pytest.fixture(scope="session")
async def editor(system: System) -> AsyncIterator[Client]:
    """Somebody who may upload."""
    async with a_person(system, "EDITOR") as person:
        yield person


@pytest.fixture(scope="session")
async def uploads(editor: Client) -> Uploads:
    """A dataset for bad files."""
    return Uploads(editor, await editor.create("Bad files"))


@pytest.fixture(scope="session")
async def worker(system: System, uploads: Uploads) -> tuple[psutil.Process, int]:
    """The worker and its resident memory once it has read a good file."""
    version = await uploads.end_of(b"a,b\n1,2\n")
    assert version["status"] == "READY"
    process = psutil.Process(system.processes["worker"].pid)
    return process, process.memory_info().rss


@pytest.fixture(autouse=True)
async def nothing_breaks(system: System, worker: tuple[psutil.Process, int]) -> AsyncIterator[None]:
    """After each file the same worker lives, has given back its memory, and its scratch is empty."""
    yield
    process, before = worker
    assert system.processes["worker"].pid == process.pid
    assert system.processes["worker"].poll() is None
    assert process.memory_info().rss < before + ROOM_BYTES
    assert process.children(recursive=True) == []
    scratch = Path(system.environment["DATAKURA_DATA_DIR"]) / "scratch"
    assert list(scratch.rglob("ingest-*")) == []


@pytest.fixture
def refused(uploads: Uploads) -> Refused:
    """Uploads what has to be FAILED; returns the error. Nothing of the version can be read then."""

    async def refusal(content: bytes, name: str = "table.csv", **options: object) -> dict:
        version = await uploads.end_of(content, name, **options)
        assert version["status"] == "FAILED", version
        assert (version["rowCount"], version["files"], version["schemaFields"]) == (None, [], [])
        return version["error"]

    return refusal
