"""The whole system as processes on the real engines: started, killed and started again by tests."""

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType

import asyncpg
import httpx
from redis.asyncio import Redis

from app.core.db import Database
from app.core.sealing import sealer_of
from app.core.security import TokenSigner, new_secret
from app.core.settings import Settings
from app.embedded.engines import Engines
from app.prepare import prepare
from app.services.accounts import signing_keys
from tests.support.engines import migrated_database
from tests.support.http import http_client

# Two living systems of one pair of engines never share a Redis database: a worker would take the other one's messages.
REDIS_DATABASES = 16
MODULES = {"api": "app.main", "dispatcher": "app.dispatcher", "worker": "app.worker"}
EMAIL, PASSWORD = "admin@example.com", "correct horse battery"


def settings_from(environment: dict[str, str], **given: object) -> Settings:
    """What a process with this environment has for settings, with some of one's own."""
    named: dict[str, object] = {
        name.removeprefix("DATAKURA_").lower(): json.loads(value) if value.startswith("[") else value
        for name, value in environment.items()
        if name.startswith("DATAKURA_")
    }
    return Settings(**{**named, **given})  # type: ignore[arg-type]


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


free_redis_databases = list(range(1, REDIS_DATABASES))
"""Numbers that no living system of this process uses; 0 is for tests without a system."""


@dataclass
class System:
    """api, dispatcher and worker in processes of their own, with a database, a Redis database and a bucket of their own."""

    environment: dict[str, str]
    logs: Path
    signer: TokenSigner
    """Signs as the api does."""
    redis_database: int
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    @classmethod
    async def prepared(cls, engines: Engines, name: str, folder: Path, **settings: str) -> "System":
        """A system whose database is migrated and whose bucket exists; nothing runs yet."""
        redis_database = free_redis_databases.pop(0)
        redis_url = engines.redis_url.rsplit("/", 1)[0] + f"/{redis_database}"
        async with Redis.from_url(redis_url) as redis:
            await redis.flushdb()
        environment = {
            **{key: value for key, value in os.environ.items() if not key.startswith("DATAKURA_")},
            **engines.environment,
            "DATAKURA_PROFILE": "test",
            # Two systems of one name may share the engines.
            "DATAKURA_DATABASE_URL": await migrated_database(engines, f"{name}_{new_secret()[:6]}"),
            "DATAKURA_REDIS_URL": redis_url,
            "DATAKURA_S3_BUCKET": name.replace("_", "-"),
            "DATAKURA_DATA_DIR": str(folder),
            "DATAKURA_LOG_DIR": str(folder / "logs"),
            "DATAKURA_PORT": str(free_port()),
            "DATAKURA_ADMIN_EMAIL": EMAIL,
            "DATAKURA_ADMIN_PASSWORD": PASSWORD,
            "DATAKURA_WORKER_NAME": f"worker-{new_secret()[:6]}",
            # People of a fixture stay signed in for a whole run, on a slow machine too.
            "DATAKURA_ACCESS_TOKEN_SECONDS": "3600",
            # A child that previews a file takes a second of processor time, and on a busy machine a long time to get it.
            "DATAKURA_OPERATION_TIMEOUT_SECONDS": "60",
            # One person of a fixture asks for more than anybody does: a whole test file in a minute.
            "DATAKURA_COST_PER_MINUTE": "10000000",
            **settings,
        }
        await prepare(settings_from(environment))
        return cls(environment, folder / "logs", await cls.signer_of(environment), redis_database)

    @staticmethod
    async def signer_of(environment: dict[str, str]) -> TokenSigner:
        """A signer with the keys of a prepared database."""
        settings = settings_from(environment)
        db, signer = Database(settings, application_name="tests"), TokenSigner(settings)
        await signing_keys.renew(db, signer, sealer_of(settings))
        await db.close()
        return signer

    @property
    def url(self) -> str:
        """Address of the api."""
        return f"http://127.0.0.1:{self.environment['DATAKURA_PORT']}"

    def start(self, *names: str, **settings: str) -> None:
        """The named processes run; all three when none is named. One that runs already is left alone."""
        self.logs.mkdir(parents=True, exist_ok=True)
        for name in names or MODULES:
            if name in self.processes:
                continue
            with (self.logs / f"{name}.stderr").open("ab") as errors:
                self.processes[name] = subprocess.Popen(
                    [sys.executable, "-m", MODULES[name]],
                    env={**self.environment, **settings},
                    stdin=subprocess.DEVNULL,
                    stdout=errors,
                    stderr=errors,
                )

    async def until_ready(self) -> None:
        """The api says that every dependency answers."""
        async with http_client() as client:

            async def ready() -> bool:
                try:
                    return (await client.get(f"{self.url}/readyz")).status_code == 200
                except httpx.HTTPError:
                    return False

            await until(ready, "the api to be ready")

    @contextmanager
    def stopped(self, name: str) -> Iterator[None]:
        """The process does nothing inside the block."""
        os.kill(self.processes[name].pid, signal.SIGSTOP)
        try:
            yield
        finally:
            os.kill(self.processes[name].pid, signal.SIGCONT)

    def kill(self, name: str) -> None:
        """SIGKILL, as if the machine had lost power."""
        process = self.processes.pop(name)
        process.kill()
        process.wait()

    async def until_dead(self, name: str) -> int:
        """Waits until the process has ended by itself; returns its status (-9: it killed itself at a crash point)."""
        process = self.processes.pop(name)
        return await asyncio.to_thread(process.wait, 180)

    def stop(self) -> None:
        """Every process has ended, politely."""
        for process in self.processes.values():
            process.send_signal(signal.SIGTERM)
        for process in self.processes.values():
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self.processes.clear()

    async def database(self) -> asyncpg.Connection:
        """A connection that sees everything."""
        return await asyncpg.connect(self.environment["DATAKURA_DATABASE_URL"].replace("+asyncpg", ""))

    async def __aenter__(self) -> "System":
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        await asyncio.to_thread(self.stop)
        # The longest unused first, so that a number rests before it is used again.
        free_redis_databases.append(self.redis_database)


async def until(condition: Callable[[], object], what: str, *, seconds: float = 180.0) -> None:
    """Returns when `condition` (plain or async) holds; fails with a sentence when it does not in time."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + seconds
    while True:
        held = condition()
        if asyncio.iscoroutine(held):
            held = await held
        if held:
            return
        assert loop.time() < deadline, f"waited {seconds:.0f} s for {what}"
        await asyncio.sleep(0.05)
