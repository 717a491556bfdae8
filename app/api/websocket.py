"""GET /graphql as a WebSocket: subscriptions over graphql-transport-ws."""

import asyncio
import contextlib
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

import orjson
import strawberry
import structlog
from starlette.requests import Request
from starlette.responses import Response
from starlette.websockets import WebSocket
from strawberry.asgi import GraphQL
from strawberry.exceptions import ConnectionRejectionError
from strawberry.http.exceptions import WebSocketDisconnected
from strawberry.subscriptions import GRAPHQL_TRANSPORT_WS_PROTOCOL
from strawberry.subscriptions.protocols.graphql_transport_ws.handlers import (
    BaseGraphQLTransportWSHandler,
    Operation,
    _OperationStreamClosed,
)
from strawberry.subscriptions.protocols.graphql_transport_ws.types import Message
from strawberry.types.execution import ExecutionResult, PreExecutionError
from strawberry.types.unset import UNSET, UnsetType

from app.api import access_log
from app.api.authentication import identify
from app.api.requests import BadRequest, check_nesting
from app.context import Context, Resources
from app.core.db import Database
from app.core.errors import FellBehind, Unavailable
from app.core.ids import uuid7
from app.core.viewer import Role, System, Viewer
from app.services.accounts import api_keys, sessions
from app.services.audit import Origin

if TYPE_CHECKING:
    from strawberry.schema.schema import StreamResult

log = structlog.get_logger(__name__)

INIT_SECONDS = 5
OPERATIONS_PER_SOCKET = 20
WATCH_SECONDS = 0.5
"""Signing out, deactivation and a change of role are felt within a second: half of it until the next look, half for the look."""
SESSION_ENDED = 4401
STALLED = 4408
TRY_AGAIN_LATER = 1013
_API = System("api")


@dataclass(frozen=True, slots=True, eq=False)
class _Watched:
    """A socket with a session."""

    session_id: UUID | None
    api_key_id: UUID | None
    role: Role
    expires_at: datetime | None
    """None: a key that does not end by itself."""
    ended: asyncio.Event


class SessionWatch:
    """Tells sockets that their session has ended: one statement for all of them, and none while there are none."""

    def __init__(self, db: Database):
        self._db = db
        self._watched: set[_Watched] = set()

    @contextlib.contextmanager
    def watched(self, viewer: Viewer, expires_at: datetime | None) -> Iterator[asyncio.Event]:
        """An event that is set when the token expires, the session or key ends, or the account has another role."""
        entry = _Watched(viewer.session_id, viewer.api_key_id, viewer.role, expires_at, asyncio.Event())
        self._watched.add(entry)
        try:
            yield entry.ended
        finally:
            self._watched.discard(entry)

    async def run(self) -> None:
        """Looks every WATCH_SECONDS, however long a look takes: what ends right after one is seen by the next."""
        looked_at = time.monotonic()
        while True:
            await asyncio.sleep(max(0.0, looked_at + WATCH_SECONDS - time.monotonic()))
            looked_at = time.monotonic()
            if not self._watched:
                continue
            asked = list(self._watched)
            try:
                async with self._db.read(_API) as connection:
                    alive = await sessions.live_sessions(connection, {entry.session_id for entry in asked if entry.session_id})
                    if key_ids := {entry.api_key_id for entry in asked if entry.api_key_id}:
                        alive |= await api_keys.live_keys(connection, key_ids)
            except Unavailable:
                continue
            except Exception:  # whatever it is, sessions are looked at again in a moment
                log.exception("sessions.not_watched")
                continue
            now = datetime.now(UTC)
            for entry in asked:
                over = entry.expires_at is not None and entry.expires_at <= now
                held = entry.session_id or entry.api_key_id
                if over or held is None or alive.get(held) is not entry.role:
                    entry.ended.set()


class _Handler(BaseGraphQLTransportWSHandler[Context, None]):
    """The protocol as strawberry speaks it, for clients that send anything, and for as long as their session lasts."""

    _watching: "asyncio.Task[None] | None" = None

    def __init__(self, *arguments: object, **named: object):
        super().__init__(*arguments, **named)  # type: ignore[arg-type]  # whatever strawberry gives
        self._refusals: dict[str, str] = {}
        self._stalled = False

    async def handle_message(self, message: Message) -> None:
        """Refuses what has not the shape of a message."""
        if not _well_formed(message):
            await self.handle_invalid_message("This is no message of graphql-transport-ws")
            return
        await super().handle_message(message)
        if self.connection_acknowledged and self._watching is None:
            self._watching = asyncio.create_task(self._watch())

    async def _watch(self) -> None:
        context = self.context
        assert isinstance(self.view, SubscriptionEndpoint)
        assert context.viewer_or_none is not None
        with self.view.watch.watched(context.viewer_or_none, context.token_expires_at) as ended:
            await ended.wait()
        await self.websocket.close(code=SESSION_ENDED, reason="The session has ended")

    async def run_operation(self, operation: "Operation[Context, None]") -> None:
        """Runs it to its end, of which the access log tells."""
        started = time.perf_counter()
        self._refusals.pop(operation.id, None)
        try:
            await super().run_operation(operation)
        finally:
            name = (operation.operation_name or "")[:100]
            told = replace(self.context, operation="subscription", operation_name=name if name.isidentifier() else None)
            result = self._refusals.pop(operation.id, "ok")
            access_log.operation(told, result=result, seconds=time.perf_counter() - started, over="websocket")

    async def _send_result_stream(self, operation: "Operation[Context, None]", result_source: "StreamResult") -> None:
        async with contextlib.aclosing(_kept_up(result_source)) as kept_up:
            try:
                await super()._send_result_stream(operation, kept_up)
            except FellBehind as error:
                self._refusals[operation.id] = error.code
                await self.websocket.close(code=TRY_AGAIN_LATER, reason=error.message)
                raise _OperationStreamClosed from None

    async def _handle_pre_execution_error(self, operation: "Operation[Context, None]", result: PreExecutionError) -> None:
        self._refusals[operation.id] = access_log.first_code([error.formatted for error in result.errors or ()])
        await super()._handle_pre_execution_error(operation, result)

    async def send_message(self, message: Message) -> None:
        """Sends it as soon as the client has read what came before; a client that reads nothing for long is let go."""
        assert isinstance(self.view, SubscriptionEndpoint)
        if self._stalled:
            raise WebSocketDisconnected
        try:
            async with asyncio.timeout(self.view.stall_seconds):
                await super().send_message(message)
        except TimeoutError:
            if not self._stalled:
                self._stalled = True
                log.info("socket.stalled", ip=self.context.origin.ip_address, request_id=self.context.origin.request_id)
                with contextlib.suppress(TimeoutError):
                    # The close frame would wait for the same reader: only the connection itself can be ended.
                    async with asyncio.timeout(1):
                        await self.websocket.close(code=STALLED, reason="Messages are not read")
            raise WebSocketDisconnected from None

    async def handle_task_exception(self, error: Exception) -> None:
        """Logs what went wrong; that a client has gone, or reads nothing, is no error of ours."""
        if not isinstance(error, WebSocketDisconnected):
            await super().handle_task_exception(error)

    async def shutdown(self) -> None:
        """Ends the operations and the watch."""
        if self._watching is not None:
            self._watching.cancel()
        await super().shutdown()


async def _kept_up(results: "StreamResult") -> "StreamResult":
    """The results, until one says that the subscriber fell behind: then FellBehind is raised, by which the socket closes."""
    async with contextlib.aclosing(results):
        async for result in results:
            for error in (result.errors or ()) if isinstance(result, ExecutionResult) else ():
                if (error.extensions or {}).get("code") == FellBehind.code:
                    raise FellBehind(error.message)
            yield result


def _well_formed(message: object) -> bool:
    """True for a message whose parts have the types that the protocol gives them."""
    if not isinstance(message, dict) or not isinstance(message.get("type"), str):
        return False
    if message["type"] == "complete":
        return isinstance(message.get("id"), str)
    if message["type"] != "subscribe":
        return True
    payload = message.get("payload")
    return (
        isinstance(message.get("id"), str)
        and isinstance(payload, dict)
        and isinstance(payload.get("query"), str)
        and isinstance(payload.get("variables"), dict | None)
        and isinstance(payload.get("operationName"), str | None)
    )


class SubscriptionEndpoint(GraphQL[Context, None]):
    """Strawberry's handler of the protocol, with our viewer. The token comes in `connection_init`, never in the address."""

    def __init__(self, schema: strawberry.Schema, resources: Resources):
        super().__init__(
            schema,
            graphql_ide=None,
            allow_queries_via_get=False,
            subscription_protocols=[GRAPHQL_TRANSPORT_WS_PROTOCOL],
            connection_init_wait_timeout=timedelta(seconds=INIT_SECONDS),
            max_subscriptions_per_connection=OPERATIONS_PER_SOCKET,
            allowed_origins=resources.settings.allowed_origins,
        )
        self._resources = resources
        self.watch = SessionWatch(resources.db)
        self.stall_seconds = resources.settings.socket_stall_seconds

    graphql_transport_ws_handler_class = _Handler

    def decode_json(self, data: str | bytes) -> object:
        """A message. Raises JSONDecodeError for what is no JSON, or nests too deeply to be read."""
        text = data.encode() if isinstance(data, str) else data
        try:
            check_nesting(text)
        except BadRequest as error:
            raise orjson.JSONDecodeError(error.message, "", 0) from error
        return orjson.loads(text)

    async def get_context(self, request: Request | WebSocket, response: Response | WebSocket) -> Context:
        """A context without a viewer until the client has introduced itself."""
        host = request.client.host if request.client else None
        return Context(resources=self._resources, viewer_or_none=None, origin=Origin(host, str(uuid7())))

    async def on_ws_connect(self, context: Context) -> UnsetType:
        """Reads `authorization` of the connection's parameters.

        Raises:
            ConnectionRejectionError: no valid token; the socket closes with 4403.
        """
        params = context.connection_params or {}
        authorization = params.get("authorization") or params.get("Authorization")
        identity = await identify(self._resources, authorization if isinstance(authorization, str) else None)
        if identity.viewer is None:
            raise ConnectionRejectionError
        context.viewer_or_none, context.session_id = identity.viewer, identity.session_id
        context.token_expires_at = identity.expires_at
        return UNSET
