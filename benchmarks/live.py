"""From the commit of a change to each of 100 subscribers, over real sockets."""

import asyncio
import time
from contextlib import AsyncExitStack
from datetime import datetime

from benchmarks.measure import Series, heading, say
from benchmarks.running import a_system
from tests.support.contract import operations
from tests.support.socket import Socket

SUBSCRIBERS = 100
GOAL_P99_MS = 300


async def run(rounds: int = 40) -> None:
    """Prints p50 and p99 over all subscribers and changes."""
    heading(f"live: a change seen by {SUBSCRIBERS} subscribers")
    latency = Series("commit to subscriber", "ms")
    async with a_system() as running, AsyncExitStack() as stack:
        dataset_id = await running.new_dataset()
        sockets = [await stack.enter_async_context(running.watching(dataset_id)) for _ in range(SUBSCRIBERS)]
        for number in range(rounds):
            arrivals = [asyncio.create_task(_arrival(socket)) for socket in sockets]
            entries = [{"key": "number", "value": number}]
            payload = await running.admin.mutate(operations()["SetMetadata"], datasetId=dataset_id, entries=entries)
            assert payload["errors"] == [], payload
            seen = await asyncio.gather(*arrivals)
            assert len({sequence for sequence, _ in seen}) == 1, "subscribers saw different changes"
            latency.values += [milliseconds for _, milliseconds in seen]
    say(
        f"  p50 {latency.median:.0f} ms, p99 {latency.quantile(0.99):.0f} ms, {len(latency.values):,} deliveries   (goal p99 {GOAL_P99_MS} ms)"
    )


async def _arrival(socket: Socket) -> tuple[int, float]:
    """The next change's sequence, and milliseconds since it was written, just before its commit."""
    event = await socket.next()
    return event["sequence"], 1000 * (time.time() - datetime.fromisoformat(event["occurredAt"]).timestamp())
