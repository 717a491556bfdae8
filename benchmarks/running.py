"""The system under measurement: all processes on the real engines, in a temporary folder."""

import asyncio
import json
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import httpx

from app.adapters.storage import S3Storage
from app.core.settings import Settings
from app.embedded.engines import Engines, start_engines
from tests.support.client import COMPLETE, START, TERMINAL, Client
from tests.support.contract import operations
from tests.support.socket import Socket
from tests.support.system import System

PARTS_AT_ONCE = 3
READY_SECONDS = 1_800.0


@dataclass(frozen=True)
class Running:
    """A system that answers, and its administrator, signed in."""

    system: System
    admin: Client
    folder: Path

    def pid(self, name: str) -> int:
        """Process id of 'api', 'worker' or 'dispatcher'."""
        return self.system.processes[name].pid

    def logged(self, name: str, event: str) -> list[dict[str, object]]:
        """Lines of a process's log that have this event."""
        (file,) = self.system.logs.glob(f"{name}*.log")
        lines = file.read_text().splitlines()
        return [line for line in map(json.loads, lines) if line.get("event") == event]

    def storage(self) -> S3Storage:
        """The bucket, as the api and the worker see it."""
        names = ("s3_endpoint_url", "s3_access_key", "s3_secret_key", "s3_bucket")
        return S3Storage(Settings(**{name: self.system.environment[f"DATAKURA_{name.upper()}"] for name in names}))  # type: ignore[arg-type]

    async def new_dataset(self) -> str:
        """The id of a dataset with nothing in it."""
        return await self.admin.create(f"Measured {uuid4()}")

    async def sent(self, dataset_id: str, path: Path) -> str:
        """The id of a new version whose bytes have just arrived, as a client sends them."""
        size = path.stat().st_size
        started = await self.admin.mutate(START, datasetId=dataset_id, fileName=path.name, sizeBytes=size)
        assert started["errors"] == [], started
        upload = started["upload"]
        etags = await put_parts(path, [part["url"] for part in upload["parts"]], upload["partSizeBytes"])
        parts = [{"number": number, "etag": etag} for number, etag in enumerate(etags, 1)]
        completed = await self.admin.mutate(COMPLETE, uploadId=upload["id"], parts=parts)
        assert completed["errors"] == [], completed
        return str(started["version"]["id"])

    @asynccontextmanager
    async def watching(self, dataset_id: str) -> AsyncIterator[Socket]:
        """A subscription to the dataset's status that has told its current state."""
        async with await Socket.signed_in(self.system.url, self.admin.token) as socket:
            await socket.subscribe(operations()["DatasetStatusChanged"], datasetId=dataset_id)
            await socket.next()
            yield socket


async def ended(socket: Socket) -> str:
    """The status in which a version ended, as its subscriber learns it."""
    async with asyncio.timeout(READY_SECONDS):
        while True:
            version = (await socket.next())["version"]
            if version and version["status"] in TERMINAL:
                return str(version["status"])


@asynccontextmanager
async def a_system(**settings: str) -> AsyncIterator[Running]:
    """Engines and processes with nothing in them; gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="datakura-bench-") as name:
        folder = Path(name)
        engines: Engines = await asyncio.to_thread(start_engines, folder / "engines")
        try:
            async with await System.prepared(engines, "bench", folder / "system", **settings) as system:
                system.start()
                await system.until_ready()
                async with Client(system.url) as client:
                    yield Running(system, await client.sign_in(), folder)
        finally:
            await asyncio.to_thread(engines.stop)


async def put_parts(path: Path, urls: list[str], part_bytes: int) -> list[str]:
    """A file is sent to presigned addresses, three parts at a time; the ETags in order."""
    slots = asyncio.Semaphore(PARTS_AT_ONCE)

    async def put(client: httpx.AsyncClient, index: int, url: str) -> str:
        async with slots:
            content = await asyncio.to_thread(_part, path, index * part_bytes, part_bytes)
            answer = await client.put(url, content=content)
            assert answer.status_code == 200, answer.text
            return answer.headers["ETag"].strip('"')

    async with httpx.AsyncClient(timeout=120) as client:
        return list(await asyncio.gather(*(put(client, index, url) for index, url in enumerate(urls))))


def _part(path: Path, start: int, size: int) -> bytes:
    with path.open("rb") as file:
        file.seek(start)
        return file.read(size)
