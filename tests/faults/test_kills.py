"""Engines and processes killed in the middle of an upload: after the restart it ends READY, exactly once."""

import contextlib
import os
import signal
from collections.abc import Awaitable, Callable

import dramatiq
import httpx
import psutil
import pytest
from redis.asyncio import Redis
from redis.exceptions import RedisError

from app.actors.broker import make_broker, publish
from app.core.ledger import Wakeup
from app.core.settings import Settings
from app.embedded.engines import Engines
from tests.faults.test_crash_points import assert_unbroken, settled
from tests.support.client import Client
from tests.support.system import System, until

ROWS = 60_000
CSV = b"id,name,amount,day\n" + b"".join(b"%d,customer %d,%d.5,2026-01-%02d\n" % (n, n % 997, n, n % 28 + 1) for n in range(ROWS))
Kill = Callable[[System, Engines], Awaitable[None]]


async def kill_engine(engines: Engines, name: str) -> None:
    """SIGKILL to an engine and to all that it started; its supervisor starts it again."""
    pid = engines.supervised[name].pid
    assert pid is not None
    for victim in [*psutil.Process(pid).children(recursive=True), psutil.Process(pid)]:
        with contextlib.suppress(psutil.NoSuchProcess):  # without its parent it may end by itself
            victim.kill()


async def kill_worker(system: System, engines: Engines) -> None:
    system.kill("worker")
    system.start("worker")


async def kill_child(system: System, engines: Engines) -> None:
    for child in psutil.Process(system.processes["worker"].pid).children(recursive=True):
        with contextlib.suppress(psutil.NoSuchProcess):
            child.kill()


async def kill_dispatcher(system: System, engines: Engines) -> None:
    system.kill("dispatcher")
    system.start("dispatcher")


async def kill_api(system: System, engines: Engines) -> None:
    system.kill("api")
    system.start("api")


async def kill_everything(system: System, engines: Engines) -> None:
    for name in list(system.processes):
        system.kill(name)
    for name in engines.supervised:
        await kill_engine(engines, name)
    system.start()


async def kill_postgresql(system: System, engines: Engines) -> None:
    await kill_engine(engines, "postgres")


async def kill_valkey(system: System, engines: Engines) -> None:
    await kill_engine(engines, "valkey")


async def kill_seaweedfs(system: System, engines: Engines) -> None:
    await kill_engine(engines, "seaweedfs")


async def flush_redis(system: System, engines: Engines) -> None:
    async with Redis.from_url(system.environment["DATAKURA_REDIS_URL"]) as redis:

        async def flushed() -> bool:
            try:
                return bool(await redis.flushall())
            except RedisError:  # killed a moment ago
                return False

        await until(flushed, "Redis to be emptied")


KILLS = [
    kill_worker, kill_child, kill_dispatcher, kill_api, kill_postgresql, kill_valkey, kill_seaweedfs, flush_redis, kill_everything,
]  # fmt: skip


async def read_status(person: Client, version_id: str) -> str:
    """Status of a version; whatever is away just now, in its place."""
    try:
        return (await person.version(version_id))["status"]
    except (httpx.HTTPError, ValueError, AssertionError) as error:  # no answer, no JSON, an error in its place
        return type(error).__name__


async def assert_ready_once(system: System, person: Client, version_id: str) -> None:
    async def ended() -> bool:
        return await read_status(person, version_id) in ("READY", "FAILED", "QUARANTINED")

    await until(ended, "the version to end")
    await system.until_ready()
    version = await person.version(version_id)
    assert (version["status"], version["rowCount"], version["error"]) == ("READY", ROWS, None)
    await settled(system)
    await assert_unbroken(system)


LONG = {kill_dispatcher, kill_api, kill_child, kill_seaweedfs, kill_postgresql}
"""While a version waits, these leave less behind than while it is read: in the long form only."""


@pytest.mark.parametrize("kill", [pytest.param(kill, marks=[pytest.mark.full] if kill in LONG else []) for kill in KILLS])
async def test_killed_while_the_version_waits_for_a_worker(
    doomed: System, doomed_engines: Engines, person: Client, kill: Kill
) -> None:
    dataset_id = await person.create(f"{kill.__name__} while queued")
    if "worker" in doomed.processes:
        os.kill(doomed.processes["worker"].pid, signal.SIGSTOP)
    version_id = await person.upload(dataset_id, CSV)
    worker = doomed.processes["worker"]
    await kill(doomed, doomed_engines)
    if worker.poll() is None:
        os.kill(worker.pid, signal.SIGCONT)
    await assert_ready_once(doomed, person, version_id)


@pytest.mark.parametrize(
    "kill", [pytest.param(kill, marks=[pytest.mark.full] if kill in {kill_dispatcher, kill_api} else []) for kill in KILLS]
)
async def test_killed_while_the_worker_reads_the_version(
    doomed: System, doomed_engines: Engines, person: Client, kill: Kill
) -> None:
    dataset_id = await person.create(f"{kill.__name__} while processing")
    version_id = await person.upload(dataset_id, CSV)

    async def processing() -> bool:
        return (await person.version(version_id))["status"] != "QUEUED"

    await until(processing, "the worker to begin")
    await kill(doomed, doomed_engines)
    await assert_ready_once(doomed, person, version_id)


async def test_a_hundred_deliveries_of_one_task_have_one_effect(doomed: System, person: Client) -> None:
    dataset_id = await person.create("Delivered a hundred times")
    await settled(doomed)
    os.kill(doomed.processes["worker"].pid, signal.SIGSTOP)
    version_id = await person.upload(dataset_id, CSV)
    connection = await doomed.database()
    task_id = await connection.fetchval("SELECT id FROM tasks WHERE actor = 'versions.ingest' AND state <> 'SUCCEEDED'")
    await connection.close()
    broker = make_broker(Settings(redis_url=doomed.environment["DATAKURA_REDIS_URL"]))
    for _ in range(100):
        publish(broker, Wakeup(task_id, "versions.ingest", "heavy"))
    os.kill(doomed.processes["worker"].pid, signal.SIGCONT)
    await assert_ready_once(doomed, person, version_id)


async def test_garbage_in_redis_stops_nobody(doomed: System, person: Client) -> None:
    broker = make_broker(Settings(redis_url=doomed.environment["DATAKURA_REDIS_URL"]))
    for task_id in ("", "no uuid", None, 5, ["x"]):
        broker.enqueue(dramatiq.Message("heavy", "versions.ingest", (), {"task_id": task_id}, {}))
    broker.enqueue(dramatiq.Message("heavy", "no.such.actor", (), {}, {}))
    broker.enqueue(dramatiq.Message("heavy", "versions.ingest", (1, 2, 3), {"x": 1}, {}))
    async with Redis.from_url(doomed.environment["DATAKURA_REDIS_URL"]) as redis:
        for hint in (b"", b"no hint", b"\xff\xfe", b"01a20796:5", b"x" * 10_000):
            await redis.publish("datakura:events", hint)
        await redis.rpush("datakura:heavy", "undecodable-id")
        await redis.hset("datakura:heavy.msgs", "undecodable-id", b"\x00not json")
    version_id = await person.upload(await person.create("Among garbage"), CSV)
    await assert_ready_once(doomed, person, version_id)
