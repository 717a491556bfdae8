"""How long it takes to let a document in or to refuse it: parsing, limits, cost, validation, without running it.

And how long nobody else is answered meanwhile: the longest step of the event loop of an api that is sent the same documents.
"""

import asyncio
import logging
import tempfile
import time
from asyncio.events import Handle
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from unittest import mock

import httpx
import structlog
from graphql import GraphQLError, GraphQLSchema, OperationDefinitionNode, specified_rules

from app.api.admission import _check_cost, _check_roots
from app.api.application import _settle_garbage_collector
from app.api.document_cost import Meter
from app.api.documents import Document
from app.api.schema import make_schema
from app.embedded.engines import start_engines
from benchmarks.documents import OTHERS, OVERLAPPING
from benchmarks.measure import Series, heading, load, say
from tests.support.client import SIGN_IN
from tests.support.served import served
from tests.support.system import EMAIL, PASSWORD, System

GOAL_MS = 50
GOAL_STEP_MS = 20
UNBOUNDED = {"rate_limit_sign_in": "100000/minute", "cost_per_minute": 1_000_000_000}


async def run(rounds: int = 7) -> None:
    """Processor time until each document is let in or refused when it comes for the first time; later it is remembered."""
    heading(f"admission of a document, median of {rounds} and worst; the aim is {GOAL_MS} ms for each")
    schema = make_schema()._schema
    _settle_garbage_collector()  # as the api does: otherwise a document here and there pays for looking at all of the schema
    documents = OVERLAPPING | OTHERS
    series = {name: Series(name) for name in documents}
    for _ in range(rounds):
        for name, document in documents.items():
            begun = time.thread_time()
            admitted = _admit(schema, document)
            series[name].values.append(time.thread_time() - begun)
            assert admitted is not name.endswith("(refused)"), name
    for name, one in sorted(series.items(), key=lambda named: -named[1].median):
        say(f"    {name:54} {one.median * 1000:7.1f} ms {max(one.values) * 1000:7.1f} ms")
    await _steps(documents, rounds)


async def _steps(documents: dict[str, str], rounds: int) -> None:
    """Prints the longest steps of the loop of an api and its client, which share it, while it is sent all documents and signs people in."""
    heading(f"longest step of the event loop, processor time, while the same documents are sent; the aim is {GOAL_STEP_MS} ms")
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    longest = {name: Series(name) for name in [*documents, "signing in"]}
    async with _an_api() as (client, headers):
        for turn in range(rounds):
            for name, document in documents.items():
                # Another text each time: what is remembered is not looked at again.
                with _longest_step(longest[name]):
                    await client.post("/graphql", json={"query": f"#{turn}\n{document}"}, headers=headers)
            with _longest_step(longest["signing in"]):
                await _sign_in(client)
    for name, one in sorted(longest.items(), key=lambda named: -named[1].median):
        say(f"    {name:54} {one.median * 1000:7.1f} ms {max(one.values) * 1000:7.1f} ms")
    say(f"  load {load()}")


@contextmanager
def _longest_step(series: Series) -> Iterator[None]:
    """One more value: the longest step of the loop in the block."""
    steps, original = [0.0], Handle._run

    def timed(handle: Handle) -> None:
        begun = time.thread_time()
        original(handle)
        steps.append(time.thread_time() - begun)

    with mock.patch.object(Handle, "_run", timed):
        yield
    series.values.append(max(steps))


@asynccontextmanager
async def _an_api() -> AsyncIterator[tuple[httpx.AsyncClient, dict[str, str]]]:
    """An api in this process and the header of its administrator."""
    with tempfile.TemporaryDirectory(prefix="datakura-bench-") as folder:
        engines = await asyncio.to_thread(start_engines, Path(folder) / "engines")
        try:
            system = await System.prepared(engines, "bench", Path(folder) / "system")
            async with served(system, **UNBOUNDED) as (_, client):
                yield client, {"Authorization": f"Bearer {await _sign_in(client)}"}
        finally:
            await asyncio.to_thread(engines.stop)


async def _sign_in(client: httpx.AsyncClient) -> str:
    """An access token of the administrator."""
    sent = {"query": SIGN_IN, "variables": {"input": {"email": EMAIL, "password": PASSWORD}}}
    answer = (await client.post("/graphql", json=sent)).json()
    return str(answer["data"]["signIn"]["session"]["accessToken"])


def _admit(schema: GraphQLSchema, text: str) -> bool:
    document = Document(text)
    if document.fault is not None:
        return False
    meter = Meter(schema, document.node, {})
    operation = next(definition for definition in document.node.definitions if isinstance(definition, OperationDefinitionNode))
    try:
        _check_cost(meter.operation(operation))
        _check_roots(operation, meter.root_fields(operation))
    except GraphQLError:
        return False
    return not document.faults(schema, specified_rules, suggestions=True)
