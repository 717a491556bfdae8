"""The ASGI application of the api process."""

import asyncio
import contextlib
import gc
from collections.abc import AsyncIterator

import structlog
from redis.asyncio import Redis
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Mount, Route, WebSocketRoute
from starlette.websockets import WebSocket
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from app.adapters.openid import CALLBACK
from app.adapters.search import make_index
from app.adapters.storage import S3Storage
from app.adapters.tables import S3TableReader
from app.api import health, pages
from app.api.audit_download import AuditDownload
from app.api.authentication import Jwks
from app.api.endpoint import GraphQLEndpoint
from app.api.hosts import AllowedHosts
from app.api.mails import MailsPage
from app.api.oidc import OpenIdRoutes
from app.api.schema import make_schema
from app.api.trusted import PageDocuments, TrustedDocuments
from app.api.websocket import SubscriptionEndpoint
from app.context import Resources
from app.core import tls
from app.core.db import Database
from app.core.security import TokenSigner
from app.core.settings import Settings
from app.services.live import StatusHub
from app.services.notifications.live import InboxHub
from app.services.rate_limits import RateLimits

log = structlog.get_logger(__name__)


def create_application(settings: Settings) -> Starlette:
    """Starts its resources when the server starts, closes them when it stops."""
    db = Database(settings, application_name="datakura-api")
    redis = Redis.from_url(tls.redis_url(settings), health_check_interval=15)
    storage = S3Storage(settings)
    hub = StatusHub(db, redis)
    limits = RateLimits(settings)
    inboxes = InboxHub(db)
    resources = Resources(
        settings, db, storage, S3TableReader(settings), make_index(db), TokenSigner(settings), hub, limits, redis, inboxes
    )
    trusted = TrustedDocuments(settings.trusted_documents) if settings.trusted_documents else None
    schema = make_schema(introspection=settings.introspection, trusted=trusted)
    graphql = GraphQLEndpoint(schema, resources, trusted or PageDocuments(pages.DIST / "trusted-documents.json"))
    subscriptions = SubscriptionEndpoint(schema, resources)

    @contextlib.asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        async with storage:
            listening = asyncio.gather(hub.run(), inboxes.run(), subscriptions.watch.run())
            _settle_garbage_collector()
            log.info("api.started")
            if settings.elasticsearch_url.get_secret_value():
                log.warning(
                    "api.elasticsearch_not_used", reason="search runs in PostgreSQL: there is no adapter for Elasticsearch yet"
                )
            yield
            listening.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await listening
        await limits.close()
        await redis.aclose()
        await db.close()

    async def on_http(request: Request) -> Response:
        return await graphql(request)

    async def on_socket(socket: WebSocket) -> None:
        await subscriptions(socket.scope, socket.receive, socket.send)

    index, openid = pages.page("index.html", settings), OpenIdRoutes(resources)
    return Starlette(
        routes=[
            # All methods: otherwise GET would find the page, which answers on every other path.
            Route("/graphql", on_http, methods=["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]),
            WebSocketRoute("/graphql", on_socket),
            Route("/.well-known/jwks.json", Jwks(resources).__call__),
            Route("/oidc/start", openid.start),
            Route(CALLBACK, openid.callback),
            Route("/mails", MailsPage(settings).__call__),
            Route("/healthz", health.healthz),
            Route("/readyz", health.Readiness(resources, redis).__call__),
            Route("/metrics", health.Metrics(settings).__call__),
            Route("/audit/export", AuditDownload(resources).__call__),
            Route("/graphiql", pages.page("graphiql.html", settings)),
            Mount("/assets", pages.assets()),
            Route("/", index),
            Route("/{path:path}", index),
        ],
        middleware=[
            *_proxies(settings),
            Middleware(pages.SecurityHeaders, settings=settings),
            Middleware(AllowedHosts, settings=settings),
            *_cross_origin(settings),
            Middleware(GZipMiddleware, minimum_size=2_000, compresslevel=4),
        ],
        exception_handlers={Exception: _on_error},
        lifespan=lifespan,
    )


def _proxies(settings: Settings) -> list[Middleware]:
    """Whose word on the client's address and scheme is taken; nobody's by default."""
    if not settings.trusted_proxies:
        return []
    return [Middleware(ProxyHeadersMiddleware, trusted_hosts=list(settings.trusted_proxies))]


def _cross_origin(settings: Settings) -> list[Middleware]:
    """Lets browsers show the pages of DATAKURA_ALLOWED_ORIGINS what the api answers; without any, there is nothing to let."""
    if not settings.allowed_origins:
        return []
    return [
        Middleware(
            CORSMiddleware,
            allow_origins=settings.allowed_origins,
            allow_methods=["POST"],
            allow_headers=["Authorization", "Content-Type", "Idempotency-Key"],
            allow_credentials=True,
            expose_headers=["X-Request-Id", "Retry-After"],
            max_age=600,
        )
    ]


async def _on_error(request: Request, error: Exception) -> Response:
    log.error("request.failed", path=request.url.path, exc_info=error)
    return JSONResponse({"errors": [{"message": "Something went wrong on our side.", "extensions": {"code": "INTERNAL"}}]}, 500)


def _settle_garbage_collector() -> None:
    """What exists now lives as long as the process: the collector need not look at it again (measured: x2.3 on big pages)."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 50, 100)
