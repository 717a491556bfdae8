"""`python -m app.dispatcher`: any number may run; they share the work by SKIP LOCKED."""

import asyncio
import contextlib
import signal

import structlog
from prometheus_client import start_http_server
from redis.asyncio import Redis

from app import actors
from app.actors.broker import make_broker
from app.core import logging as logs
from app.core import production, tls
from app.core.db import Database
from app.core.settings import get_settings
from app.dispatcher.announcer import Announcer
from app.dispatcher.listener import Listener
from app.dispatcher.reconciler import Reconciler
from app.dispatcher.relay import Relay
from app.dispatcher.scheduler import Scheduler
from app.dispatcher.unmuter import Unmuter

log = structlog.get_logger(__name__)

assert actors  # importing them registers what happens when a task dies


async def serve() -> None:
    """Runs until SIGTERM or SIGINT."""
    settings = get_settings()
    production.refuse_unless_ready(settings)
    logs.configure(settings, process="dispatcher")
    stopped = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    if settings.dispatcher_metrics_port:
        start_http_server(settings.dispatcher_metrics_port, addr=settings.host)
    db = Database(settings, application_name="datakura-dispatcher")
    redis = Redis.from_url(tls.redis_url(settings))
    relay, announcer, reconciler = Relay(db, make_broker(settings)), Announcer(redis), Reconciler(db, redis, settings)
    listener = Listener(settings, {"datakura_tasks": relay.wake, "datakura_events": announcer.announce})
    loops = [asyncio.create_task(part.run()) for part in (relay, announcer, reconciler, listener, Scheduler(db), Unmuter(db))]
    log.info("dispatcher.started")
    try:
        # None of them ends by itself: if one does, the process ends too, and whoever supervises it starts it again.
        stop = asyncio.create_task(stopped.wait())
        done, _ = await asyncio.wait([*loops, stop], return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
    finally:
        for task in loops:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task
        await redis.aclose()
        await db.close()
        log.info("dispatcher.stopped")


def main() -> None:
    """Entry point."""
    asyncio.run(serve())


if __name__ == "__main__":
    main()
