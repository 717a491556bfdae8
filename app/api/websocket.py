"""GET /graphql as a WebSocket: subscriptions over graphql-transport-ws."""

import asyncio
import contextlib
import time
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import orjson
import strawberry
import structlog
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send
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
from strawberry.subscriptions.protocols.graphql_transport_ws.types import ConnectionInitMessage, Message
from strawberry.types.execution import ExecutionResult, PreExecutionError
from strawberry.types.unset import UNSET, UnsetType

from app.api import access_log
from app.api.admission import who_pays
from app.api.authentication import identify
from app.api.open_sockets import OpenSockets, TooManySockets
from app.api.requests import BadRequest, check_nesting
from app.api.session_watch import SessionWatch
from app.context import Context, Resources
from app.core.errors import FellBehind, RateLimited
from app.core.ids import uuid7
from app.services.audit import Origin
from app.services.rate_limits import address_prefix

if TYPE_CHECKING:
    from strawberry.schema.schema import StreamResult

log = structlog.get_logger(__name__)

INIT_SECONDS = 5
OPERATIONS_PER_SOCKET = 20
SESSION_ENDED = 4401
STALLED = 4408
TRY_AGAIN_LATER = 1013
TOO_MANY = 4429
SOCKET_COST = 10
"""Of introducing oneself, taken out of the bucket that operations are paid from."""


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

    async def handle_connection_init(self, message: ConnectionInitMessage) -> None:
        """Lets the client in, or closes and says why not."""
        try:
            await super().handle_connection_init(message)
        except TooManySockets as error:
            await self.websocket.close(code=TOO_MANY, reason=str(error))
        except RateLimited as error:
            wait = f"Too much was asked lately. Try again in {error.retry_after_seconds:.0f} s."
            await self.websocket.close(code=TRY_AGAIN_LATER, reason=wait)

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
        """Ends the operations and the watch; the socket does not count any more."""
        assert isinstance(self.view, SubscriptionEndpoint)
        if self._watching is not None:
            self._watching.cancel()
        try:
            await super().shutdown()
        finally:
            if self.context.viewer_or_none is not None:
                self.view.of_accounts.leave(str(self.context.viewer_or_none.id))
            # Each holds this handler in the traceback of its end: a circle, with all that the connection had in its buffers.
            self._watching = self.connection_init_timeout_task = None


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
        self.watch = SessionWatch(resources.db, resources.settings)
        self.stall_seconds = resources.settings.socket_stall_seconds
        self.of_accounts = OpenSockets(resources.settings.sockets_per_account, "account")
        self.of_addresses = OpenSockets(resources.settings.sockets_per_address, "address")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One socket, unless its address has too many."""
        address = address_prefix((scope.get("client") or ("",))[0])
        try:
            self.of_addresses.enter(address)
        except TooManySockets as error:
            socket = WebSocket(scope, receive=receive, send=send)
            # A browser does not tell its page why a handshake was refused; it tells why a socket was closed.
            await socket.accept(GRAPHQL_TRANSPORT_WS_PROTOCOL if GRAPHQL_TRANSPORT_WS_PROTOCOL in scope["subprotocols"] else None)
            await socket.close(TOO_MANY, str(error))
            return
        try:
            await super().__call__(scope, receive, send)
        finally:
            self.of_addresses.leave(address)

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
            RateLimited: whoever asks has nothing left to pay it with.
            TooManySockets: the account has as many as it may have.
        """
        params = context.connection_params or {}
        authorization = params.get("authorization") or params.get("Authorization")
        identity = await identify(self._resources, authorization if isinstance(authorization, str) else None)
        await self._resources.limits.charge(who_pays(identity.viewer, context.origin.ip_address), SOCKET_COST)
        if identity.viewer is None:
            raise ConnectionRejectionError
        self.of_accounts.enter(str(identity.viewer.id))
        context.viewer_or_none, context.session_id = identity.viewer, identity.session_id
        context.token_expires_at = identity.expires_at
        return UNSET
