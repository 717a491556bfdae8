"""What deciding about access adds to the list of datasets: the operation with it and without it, in turns, in this process."""

import asyncio
import logging
import tempfile
import time
from collections.abc import Iterator
from contextlib import AsyncExitStack, contextmanager
from pathlib import Path
from unittest.mock import patch
from uuid import UUID

import httpx
import structlog
from sqlalchemy import ColumnElement, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.ext.asyncio import AsyncConnection

from app.api.application import create_application
from app.core import guard
from app.core.rows import AnyRow
from app.core.settings import Settings
from app.core.viewer import Principal, Viewer
from app.embedded.engines import start_engines
from app.loaders import datasets, quality
from app.loaders.base import many_each
from app.models.datasets import Dataset, MetadataEntry
from app.models.quality import QualityMetric
from app.services import access
from benchmarks.measure import Series, heading, ratio, say, table
from benchmarks.reads import SMALL, filled
from tests.support.contract import operations

PAGES = (1, 50)
ASKED = 20
"""Requests of one round."""
GRANTED = """
INSERT INTO access_grants (id, dataset_id, user_id, level)
SELECT gen_random_uuid(), id, $1, 'READ' FROM (SELECT id FROM datasets ORDER BY id LIMIT 100) AS lowest;
"""


async def run(rounds: int = 15) -> None:
    """Prints the processor time of the api, and the time that passes, with access decided and without."""
    heading(f"access: Datasets on {SMALL:,} datasets, as a viewer with 100 grants")
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="datakura-bench-")))
        engines = await asyncio.to_thread(start_engines, folder / "engines")
        stack.push_async_callback(asyncio.to_thread, engines.stop)
        catalogue = await stack.enter_async_context(filled(engines, folder, "access", SMALL))
        connection = await catalogue.system.database()
        await connection.execute(GRANTED, catalogue.viewer.row_id)
        await connection.execute("ANALYZE")
        await connection.close()
        structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
        names = {name.removeprefix("DATAKURA_").lower(): value for name, value in catalogue.system.environment.items()}
        application = create_application(Settings(**{name: names[name] for name in names if name in Settings.model_fields}))  # type: ignore[arg-type]
        await stack.enter_async_context(application.router.lifespan_context(application))
        headers = {"Authorization": f"Bearer {catalogue.viewer.token}"}
        transport = httpx.ASGITransport(application)
        client = await stack.enter_async_context(
            httpx.AsyncClient(transport=transport, base_url=catalogue.system.url, headers=headers)
        )
        for first in PAGES:
            await _compare(client, first, rounds)


async def _compare(client: httpx.AsyncClient, first: int, rounds: int) -> None:
    body = {"query": operations()["Datasets"], "variables": {"first": first}}

    async def ask() -> object:
        return (await client.post("/graphql", json=body)).json()["data"]

    decided = await ask()
    with _without():
        assert await ask() == decided
    cpu = {name: Series(f"first {first:2}, {name}: processor", "ms") for name in ("without", "with")}
    wall = {name: Series(f"first {first:2}, {name}: time", "ms") for name in ("without", "with")}
    for number in range(rounds):
        order = ("without", "with") if number % 2 else ("with", "without")
        for name in order:
            with _without() if name == "without" else _as_it_is():
                began, began_cpu = time.perf_counter(), time.process_time()
                for _ in range(ASKED):
                    await ask()
                cpu[name].values.append(1000 * (time.process_time() - began_cpu) / ASKED)
                wall[name].values.append(1000 * (time.perf_counter() - began) / ASKED)
    table(list(cpu.values()), cpu["without"])
    table(list(wall.values()), wall["without"])
    say(f"  first {first:2}: access adds {100 * (ratio(cpu['with'], cpu['without']) - 1):.1f} % of processor time   (goal 10 %)")


@contextmanager
def _as_it_is() -> Iterator[None]:
    yield


@contextmanager
def _without() -> Iterator[None]:
    """Nothing is decided: no predicate, no joins for it, no guard."""
    with (
        patch.object(access, "visible", _alive),
        patch.object(guard, "check", lambda *_: None),
        patch.object(datasets, "metadata_entries_by_dataset", _entries),
        patch.object(quality, "latest_metrics_by_dataset", _metrics),
    ):
        yield


def _alive(_principal: Principal, *, deleted: bool | None = False) -> ColumnElement[bool]:
    return Dataset.deleted_at.is_(None)


async def _entries(connection: AsyncConnection, _viewer: Viewer, ids: list[UUID]) -> list[list[AnyRow]]:
    columns = (
        MetadataEntry.dataset_id, MetadataEntry.key, MetadataEntry.value, MetadataEntry.created_at,
        MetadataEntry.updated_at, MetadataEntry.updated_by_id,
    )  # fmt: skip
    statement = select(*columns).where(MetadataEntry.dataset_id.in_(ids)).order_by(MetadataEntry.key)
    return many_each(ids, await connection.execute(statement), "dataset_id")


async def _metrics(connection: AsyncConnection, _viewer: Viewer, ids: list[UUID]) -> list[list[AnyRow]]:
    key = (QualityMetric.dataset_id, QualityMetric.metric_name, QualityMetric.field_path)
    columns = (
        *key, QualityMetric.value, QualityMetric.threshold, QualityMetric.upper_threshold, QualityMetric.operator,
        QualityMetric.status, QualityMetric.checked_at, QualityMetric.version_id, QualityMetric.rule_id,
    )  # fmt: skip
    statement = (
        select(*columns)
        .ext(distinct_on(*key))
        .where(QualityMetric.dataset_id.in_(ids))
        .order_by(*key, QualityMetric.checked_at.desc())
    )
    return many_each(ids, await connection.execute(statement), "dataset_id")
