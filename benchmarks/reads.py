"""The `Datasets` operation on 1,000 and on 100,000 datasets: page sizes, a deep page, and the statements behind an answer."""

import asyncio
import logging
import tempfile
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import httpx
import structlog
from sqlalchemy import event
from sqlalchemy.engine import Engine

from app.api.application import create_application
from app.core.settings import Settings
from app.embedded.engines import Engines, start_engines
from app.schema.ids import to_id
from app.services import cursors
from benchmarks.measure import Series, heading, ratio, say, table
from tests.support.contract import operations
from tests.support.people import Person, a_person
from tests.support.system import System

SMALL, LARGE = 1_000, 100_000
DEEP_PAGE, PAGE = 2_000, 50
ASKED = 20
"""Requests of one round: one alone takes a few milliseconds."""
_FILL = """
INSERT INTO datasets (id, name, slug, status, visibility, owner_id, created_at, updated_at)
SELECT gen_random_uuid(), 'Dataset ' || i, 'dataset-' || i, 'ACTIVE', 'ORGANIZATION', (SELECT id FROM users ORDER BY id LIMIT 1),
       timestamptz '2026-01-01' + i * interval '1 second', timestamptz '2026-01-01' + i * interval '1 second'
FROM generate_series(1, {count}) AS i;
INSERT INTO metadata (id, dataset_id, key, value)
SELECT gen_random_uuid(), datasets.id, 'key ' || i, to_jsonb(i) FROM datasets, generate_series(1, 2) AS i;
INSERT INTO quality_metrics (id, dataset_id, metric_name, value, threshold, status)
SELECT gen_random_uuid(), datasets.id, 'metric ' || i, i, 5, 'PASS' FROM datasets, generate_series(1, 10) AS i;
ANALYZE
"""


async def run(rounds: int = 15) -> None:
    """Prints how the time grows with the page, with the number of datasets, and with the depth of the page."""
    heading(f"reads: Datasets on {SMALL:,} and on {LARGE:,} datasets")
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="datakura-bench-")))
        engines = await asyncio.to_thread(start_engines, folder / "engines")
        stack.push_async_callback(asyncio.to_thread, engines.stop)
        small = await stack.enter_async_context(filled(engines, folder, "small", SMALL))
        large = await stack.enter_async_context(filled(engines, folder, "large", LARGE))
        await _sizes(small, large, rounds)
        await _depth(large, rounds)
        await _statements(small, large)


class Catalogue:
    """A system that only answers reads, and an ordinary viewer of it."""

    def __init__(self, system: System, viewer: Person, count: int):
        self.system, self.viewer, self.count = system, viewer, count

    async def page(self, first: int, after: str | None = None) -> list[str]:
        """Ids of the datasets on a page."""
        found = await self.viewer.run(operations()["Datasets"], first=first, after=after)
        return [edge["node"]["id"] for edge in found["datasets"]["edges"]]

    async def expected(self, first: int, skipped: int) -> list[str]:
        """The same by another way."""
        rows = await self._fetch("SELECT id FROM datasets ORDER BY created_at DESC, id DESC OFFSET $1 LIMIT $2", skipped, first)
        return [to_id("Dataset", row["id"]) for row in rows]

    async def cursor_after(self, skipped: int) -> str:
        """The cursor with which a client that has read so many datasets goes on."""
        sql = "SELECT created_at, id FROM datasets ORDER BY created_at DESC, id DESC OFFSET $1 LIMIT 1"
        (row,) = await self._fetch(sql, skipped - 1)
        return cursors.encode("datasets:CREATED_AT:DESC", row["created_at"], row["id"])

    async def _fetch(self, sql: str, *values: object) -> list:  # of asyncpg's records
        connection = await self.system.database()
        try:
            return list(await connection.fetch(sql, *values))
        finally:
            await connection.close()


@asynccontextmanager
async def filled(engines: Engines, folder: Path, name: str, count: int) -> AsyncIterator[Catalogue]:
    async with await System.prepared(engines, name, folder / name) as system:
        connection = await system.database()
        await connection.execute(_FILL.format(count=count))
        await connection.close()
        system.start("api")
        await system.until_ready()
        async with a_person(system, "VIEWER") as viewer:
            yield Catalogue(system, viewer, count)


async def _sizes(small: Catalogue, large: Catalogue, rounds: int) -> None:
    series = {
        (catalogue, first): Series(f"first {first:2}, {catalogue.count:,} datasets", "ms")
        for first in (1, 10, PAGE)
        for catalogue in (small, large)
    }
    for catalogue, first in series:
        assert await catalogue.page(first) == await catalogue.expected(first, 0)
    for _ in range(rounds):
        for (catalogue, first), one in series.items():
            await _measured(one, catalogue, first, None)
    table(list(series.values()), series[small, 1])
    for first in (1, 10, PAGE):
        say(f"  first {first:2}: {LARGE:,} datasets against {SMALL:,}: {ratio(series[large, first], series[small, first]):.2f}x")


async def _depth(large: Catalogue, rounds: int) -> None:
    skipped = (DEEP_PAGE - 1) * PAGE
    deep = await large.cursor_after(skipped)
    assert await large.page(PAGE, deep) == await large.expected(PAGE, skipped)
    early, late = Series("page 2", "ms"), Series(f"page {DEEP_PAGE:,}", "ms")
    # Page 2, not 1: both have a cursor, so that only the depth differs.
    second = await large.cursor_after(PAGE)
    first = Series("page 1", "ms")
    for _ in range(rounds):
        for one, after in ((first, None), (early, second), (late, deep)):
            await _measured(one, large, PAGE, after)
    table([first, early, late], first)
    say(f"  page {DEEP_PAGE:,} against page 1: {ratio(late, first):.2f}x   (goal 1.2x)")


async def _measured(one: Series, catalogue: Catalogue, first: int, after: str | None) -> None:
    each = Series("each")
    for _ in range(ASKED):
        with each.timed():
            await catalogue.page(first, after)
    one.values.append(1000 * each.median)


async def _statements(*catalogues: Catalogue) -> None:
    """Counted at the driver, in an api inside this process: it is the same application."""
    counts: dict[tuple[int, int], int] = {}
    sent: list[str] = []
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    event.listen(Engine, "before_cursor_execute", lambda _connection, _cursor, statement, *_: sent.append(statement))
    for catalogue in catalogues:
        names = {name.removeprefix("DATAKURA_").lower(): value for name, value in catalogue.system.environment.items()}
        settings = Settings(**{name: names[name] for name in ("database_url", "redis_url", "secret_keys")})  # type: ignore[arg-type]
        transport = httpx.ASGITransport(create_application(settings))
        headers = {"Authorization": f"Bearer {catalogue.viewer.token}"}
        async with httpx.AsyncClient(transport=transport, base_url="http://inside", headers=headers) as client:
            # Once before it counts: a process reads its signing keys every few seconds.
            await client.post("/graphql", json={"query": "{ viewer { id } }"})
            for first in (1, 10, PAGE):
                body = {"query": operations()["Datasets"], "variables": {"first": first}}
                sent.clear()
                answer = (await client.post("/graphql", json=body)).json()
                counts[catalogue.count, first] = len(sent)
                assert [edge["node"]["id"] for edge in answer["data"]["datasets"]["edges"]] == await catalogue.expected(first, 0)
    for (count, first), statements in counts.items():
        say(f"  first {first:2}, {count:7,} datasets: {statements} SQL statements")
    assert len(set(counts.values())) == 1, f"the number of statements depends on the number of rows: {counts}"
