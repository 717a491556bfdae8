"""The dramatiq brokers: Redis lists that carry task ids, nothing else."""

from uuid import UUID

import dramatiq
from dramatiq.brokers.redis import RedisBroker
from redis import Redis

from app.core import tls
from app.core.ledger import Wakeup
from app.core.settings import Settings

QUEUES = ("interactive", "small", "heavy", "outbound")
"""Outbound is what waits for others: a hundred targets that hang must keep nobody from being served."""


def make_broker(settings: Settings) -> RedisBroker:
    """A broker without middleware: retries, time limits and results are the ledger's.

    Heartbeats of 15 s with maintenance at every fetch give back what a killed process had fetched; the ledger would too,
    a little later.
    """
    broker = RedisBroker(  # type: ignore[no-untyped-call]
        client=Redis.from_url(tls.redis_url(settings)),
        middleware=[],
        namespace="datakura",
        heartbeat_timeout=15_000,
        maintenance_chance=1_000_000,
    )
    for queue in QUEUES:
        broker.declare_queue(queue)
    return broker


def publish(broker: dramatiq.Broker, wakeup: Wakeup) -> None:
    """Sends a task's id to its queue. Blocks: call it in a thread."""
    broker.enqueue(
        dramatiq.Message(
            queue_name=wakeup.queue, actor_name=wakeup.actor, args=(), kwargs={"task_id": str(wakeup.task_id)}, options={}
        )
    )


def parse_task_id(value: object) -> UUID | None:
    """The id of a wake-up, or None: whatever stands in Redis must not stop a worker."""
    try:
        return UUID(str(value))
    except ValueError:
        return None
