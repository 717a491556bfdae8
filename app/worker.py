"""The worker process: dramatiq threads fetch wake-ups, one event loop does the work."""

import asyncio
import contextlib
import os
import shutil
import signal
import socket
import threading
from concurrent.futures import Future
from pathlib import Path

import dramatiq
import structlog
from dramatiq.worker import Worker
from prometheus_client import start_http_server

from app import actors
from app.actors.broker import QUEUES, make_broker, parse_task_id
from app.actors.registry import ACTORS, Work
from app.actors.runtime import Runner
from app.adapters.search import make_index
from app.adapters.storage import S3Storage
from app.core import logging as logs
from app.core import production
from app.core.db import Database
from app.core.errors import Unavailable
from app.core.settings import Settings, get_settings

log = structlog.get_logger(__name__)

IDLE_POLL_MS = 100
STOP_SECONDS = 10.0
BOOT_RETRY_SECONDS = 0.5

assert actors  # importing them registers them


def main() -> None:
    """Runs until SIGTERM or SIGINT, then hands back what it holds."""
    settings = get_settings()
    production.refuse_unless_ready(settings)
    logs.configure(settings, process=f"worker-{settings.worker_name}")
    asyncio.run(_serve(settings))


async def _serve(settings: Settings) -> None:
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopped.set)
    db = Database(settings, application_name="datakura-worker")
    scratch = _clean_scratch(settings)
    if settings.worker_metrics_port:
        start_http_server(settings.worker_metrics_port, addr=settings.host)
    async with S3Storage(settings) as storage:
        runner = Runner(Work(db, storage, make_index(db), settings, scratch), owner=owner_name(settings))
        await _until_released(runner)
        fetcher = _Fetcher(settings, runner, loop)
        fetcher.start()
        log.info("worker.started", owner=owner_name(settings))
        await stopped.wait()
        log.info("worker.stopping")
        await fetcher.stop()
    await db.close()


async def _until_released(runner: Runner) -> None:
    """Former leases are released; a database that is not there yet is waited for, as every loop here does."""
    while True:
        try:
            return await runner.release_former()
        except Unavailable as error:
            log.warning("worker.waits", reason=error.message)
            await asyncio.sleep(BOOT_RETRY_SECONDS)


def owner_name(settings: Settings) -> str:
    """The name that the ledger knows this worker by. Only one process at a time may use it."""
    return settings.worker_name if settings.worker_name != "auto" else f"{socket.gethostname()}:{os.getpid()}"


def _clean_scratch(settings: Settings) -> Path:
    """An empty scratch folder of this worker; what a killed predecessor left there is gone."""
    root = settings.scratch_dir or settings.data_dir / "scratch"
    folder = (root / owner_name(settings).replace(":", "_").replace("/", "_")).resolve()
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True, mode=0o700)
    return folder


class _Fetcher:
    """One dramatiq worker a queue, so that heavy work never takes the interactive slots; all run on one event loop."""

    def __init__(self, settings: Settings, runner: Runner, loop: asyncio.AbstractEventLoop):
        self._runner, self._loop = runner, loop
        self._running: set[Future[None]] = set()
        self._lock = threading.Lock()
        slots = {
            "interactive": settings.interactive_slots,
            "small": settings.small_slots,
            "heavy": settings.heavy_slots,
            "outbound": settings.outbound_slots,
        }
        self._workers = [self._worker(settings, queue, slots[queue]) for queue in QUEUES]

    def _worker(self, settings: Settings, queue: str, slots: int) -> Worker:
        # A broker of its own for each queue: dramatiq's workers share their broker's middleware.
        broker = make_broker(settings)
        for actor in ACTORS.values():
            if queue in (actor.queue, actor.small_queue):
                dramatiq.actor(actor_name=actor.name, queue_name=queue, broker=broker)(self._run)
        return Worker(broker, queues={queue}, worker_threads=slots, worker_timeout=IDLE_POLL_MS)

    def _run(self, task_id: object = None) -> None:
        """Runs in a dramatiq thread, which waits: its slot is the limit on what runs at the same time."""
        parsed = parse_task_id(task_id)
        if parsed is None:
            return
        future = asyncio.run_coroutine_threadsafe(self._runner.run(parsed), self._loop)
        with self._lock:
            self._running.add(future)
        try:
            future.result()
        except BaseException as error:  # cancelled by stop(): the ledger has been told
            log.debug("worker.slot_ended", reason=type(error).__name__)
        finally:
            with self._lock:
                self._running.discard(future)

    def start(self) -> None:
        """Wake-ups are followed from now on."""
        for worker in self._workers:
            worker.start()

    async def stop(self) -> None:
        """Nothing is fetched any more; running tasks are cancelled and handed back."""
        self._runner.stop()
        await asyncio.to_thread(self._pause)
        with self._lock:
            running = list(self._running)
        for future in running:
            future.cancel()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(STOP_SECONDS):
                await asyncio.to_thread(self._join)

    def _pause(self) -> None:
        for worker in self._workers:
            for consumer in worker.consumers.values():
                consumer.stop()

    def _join(self) -> None:
        for worker in self._workers:
            worker.stop(timeout=int(STOP_SECONDS * 1000))


if __name__ == "__main__":
    main()
