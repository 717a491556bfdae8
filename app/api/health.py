"""GET /healthz: the process answers. GET /readyz: every dependency does. GET /metrics."""

import asyncio
import time
from collections.abc import Awaitable, Callable

from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from redis.asyncio import Redis
from sqlalchemy import text
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from app.api.hosts import is_operator
from app.context import Resources
from app.core.settings import Settings
from app.core.viewer import System

CHECK_SECONDS = 3.0


async def healthz(_: Request) -> Response:
    """200 as long as the event loop turns."""
    return JSONResponse({"status": "ok"})


class Metrics:
    """Prometheus' text format, for those who watch over the system."""

    def __init__(self, settings: Settings):
        self._settings = settings

    async def __call__(self, request: Request) -> Response:
        if not is_operator(request, self._settings):
            return JSONResponse({"error": "Metrics are read from DATAKURA_MONITORING_NETWORKS only."}, 403)
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)


class Readiness:
    """200 when every dependency answers within three seconds, else 503; the body names each to who may read metrics."""

    def __init__(self, resources: Resources, redis: Redis):
        self._resources, self._redis = resources, redis

    async def __call__(self, request: Request) -> Response:
        checks = {"postgresql": self._postgresql, "redis": self._ping, "storage": self._resources.storage.check}
        results = dict(zip(checks, await asyncio.gather(*map(_timed, checks.values())), strict=True))
        ready = all(result["status"] == "ok" for result in results.values())
        body: dict[str, object] = {"status": "ok" if ready else "unavailable"}
        if is_operator(request, self._resources.settings):
            body["dependencies"] = results
        return JSONResponse(body, 200 if ready else 503, headers={} if ready else {"Retry-After": "2"})

    async def _postgresql(self) -> None:
        async with self._resources.db.read(System("readyz")) as connection:
            await connection.execute(text("SELECT version_num FROM alembic_version"))

    async def _ping(self) -> None:
        await self._redis.ping()


async def _timed(check: Callable[[], Awaitable[None]]) -> dict[str, object]:
    started = time.perf_counter()
    try:
        async with asyncio.timeout(CHECK_SECONDS):
            await check()
    except Exception as error:  # whatever it is: this dependency does not answer
        return {"status": "unavailable", "reason": type(error).__name__}
    return {"status": "ok", "latencyMs": round((time.perf_counter() - started) * 1000, 1)}
