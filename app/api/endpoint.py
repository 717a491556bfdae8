"""POST /graphql: GraphQL over HTTP."""

import asyncio
import hashlib
import time
from collections.abc import Coroutine, Sequence

import orjson
import strawberry
import structlog
from graphql import GraphQLError
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from strawberry.schema.exceptions import CannotGetOperationTypeError, InvalidOperationTypeError
from strawberry.types.graphql import OperationType

from app.api import access_log
from app.api.authentication import identify
from app.api.requests import BadRequest, Documents, GraphQLRequest, read_request
from app.context import Context, Cookies, Resources
from app.core.errors import InvalidInput, RateLimited, Unavailable
from app.core.ids import uuid7
from app.core.phrases import say
from app.core.settings import Settings
from app.schema.phrases import extension
from app.services import idempotency
from app.services.accounts import devices
from app.services.audit import Origin

COOKIE = "datakura_refresh"
"""Of the refresh token. Where cookies are Secure, `__Host-` before it makes browsers refuse one that another host has set."""
DEVICE_COOKIE = "datakura_device"
"""Says which account was opened in this browser; it opens nothing."""
GRAPHQL_JSON = "application/graphql-response+json"
_ALLOWED = (OperationType.QUERY, OperationType.MUTATION)

Answer = tuple[dict[str, object], int]
"""A body and its HTTP status."""


class GraphQLEndpoint:
    """Executes one operation a request."""

    def __init__(self, schema: strawberry.Schema, resources: Resources, documents: Documents):
        self._schema, self._resources, self._documents = schema, resources, documents

    async def __call__(self, request: Request) -> Response:
        started = time.perf_counter()
        request_id = str(uuid7())
        origin = Origin(
            request.client.host if request.client else None, request_id, request.headers.get("user-agent", "")[:300] or None
        )
        strict = GRAPHQL_JSON in request.headers.get("accept", "")
        sent, settings = request.cookies, self._resources.settings
        cookies = Cookies(sent.get(cookie_name(COOKIE, settings)), device=sent.get(cookie_name(DEVICE_COOKIE, settings)))

        def refused(status: int, message: str, code: str) -> Response:
            seconds = time.perf_counter() - started
            access_log.refused(status=status, code=code, request_id=request_id, ip=origin.ip_address, seconds=seconds)
            return _refusal(status, message, code, request_id, strict=strict)

        # Whatever is logged from here on, by whatever task, carries the request's id.
        with structlog.contextvars.bound_contextvars(request_id=request_id):
            try:
                if request.method != "POST":
                    raise BadRequest(405, "Operations are sent by POST.")
                refuse_foreign_origin(request, self._resources.settings)
                operation = await read_request(request, self._documents)
                context = await self._context(request, operation, origin, cookies)
            except BadRequest as error:
                return refused(error.status, error.message, error.code)
            except ClientDisconnect:
                return refused(400, "The client left before its request was complete.", "BAD_REQUEST")
            except InvalidInput as error:
                return refused(400, error.message, error.code)
            except Unavailable as error:
                answer = refused(503, error.message, error.code)
                answer.headers["Retry-After"] = str(int(error.retry_after_seconds))
                return answer
            body, status = await self._while_connected(request, self._execute(operation, context, strict=strict), context)
            result = access_log.outcome(body)
            access_log.operation(context, result=result, seconds=time.perf_counter() - started)
        response = Response(
            orjson.dumps(body),
            status,
            media_type=GRAPHQL_JSON if strict else "application/json",
            headers={"X-Request-Id": request_id, **_retry_after(body)},
        )
        set_cookies(response, cookies, self._resources.settings)
        return response

    async def _while_connected(self, request: Request, answer: Coroutine[None, None, Answer], context: Context) -> Answer:
        """The answer; that of a query whose client has left is no longer sought, so that its statements end too.

        A mutation goes on to its end: whoever sends it again should find it done.
        """
        running = asyncio.create_task(answer)

        async def watch() -> None:
            while (await request.receive())["type"] != "http.disconnect":
                pass
            if context.operation == "query":
                running.cancel()

        watching = asyncio.create_task(watch())
        try:
            return await running
        except asyncio.CancelledError:
            current = asyncio.current_task()
            if current is not None and current.cancelling():  # the server stops
                running.cancel()
                raise
            return _refused("The client has left.", "CLIENT_LEFT"), 400
        finally:
            watching.cancel()

    async def _context(self, request: Request, operation: GraphQLRequest, origin: Origin, cookies: Cookies) -> Context:
        identity = await identify(self._resources, request.headers.get("authorization"))
        key = request.headers.get("idempotency-key")
        once = idempotency.Request(key, hashlib.sha256(operation.body).digest()) if key is not None else None
        return Context(
            resources=self._resources,
            viewer_or_none=identity.viewer,
            session_id=identity.session_id,
            refused=identity.error,
            enrolling=identity.enrolling,
            origin=origin,
            request=once,
            cookies=cookies,
        )

    async def _execute(self, operation: GraphQLRequest, context: Context, *, strict: bool) -> Answer:
        settings = self._resources.settings
        try:
            async with asyncio.timeout(settings.operation_timeout_seconds):
                result = await self._schema.execute(
                    operation.query,
                    variable_values=operation.variables,
                    context_value=context,
                    operation_name=operation.operation_name,
                    allowed_operation_types=_ALLOWED,
                )
        except TimeoutError:
            message = say(
                "OPERATION_TOO_SLOW",
                "This took longer than {seconds:g} s and was ended. Ask for less, or try again later.",
                seconds=settings.operation_timeout_seconds,
            )
            return {"data": None, **_refused(message, "TIMEOUT")}, 200
        except CannotGetOperationTypeError:
            return _refused(
                say("NO_SUCH_OPERATION", "Say which operation to run: `operationName` names none of this document.")
            ), 400
        except InvalidOperationTypeError:
            return _refused(
                say("SUBSCRIPTIONS_BY_SOCKET", "Subscriptions run over a WebSocket on this path (graphql-transport-ws).")
            ), 400
        if result.errors and result.data is None and all(error.path is None for error in result.errors):
            limited = any((error.extensions or {}).get("code") == RateLimited.code for error in result.errors)
            return _errors(result.errors), 429 if limited else 400 if strict else 200
        body: dict[str, object] = {"data": result.data}
        if result.errors:
            body["errors"] = [error.formatted for error in result.errors]
        if context.budget is not None:
            left = {"remaining": context.budget.remaining, "limit": context.budget.limit}
            body["extensions"] = {"cost": {"requested": context.cost, **left}}
        return body, 200


def set_cookies(response: Response, cookies: Cookies, settings: Settings) -> None:
    """The refresh token and the mark of the device as the operation left them: HttpOnly, never sent from another site."""
    secure = settings.cookie_secure
    name, path = cookie_name(COOKIE, settings), "/" if secure else "/graphql"
    if cookies.set_refresh_token is not None:
        token, ends = cookies.set_refresh_token
        lifetime = max(0, int(ends - time.time()))
        response.set_cookie(name, token, max_age=lifetime, path=path, httponly=True, samesite="strict", secure=secure)
    elif cookies.clear:
        response.delete_cookie(name, path=path, httponly=True, samesite="strict", secure=secure)
    if cookies.set_device is not None:
        response.set_cookie(
            cookie_name(DEVICE_COOKIE, settings), cookies.set_device, max_age=devices.LIFETIME_SECONDS, path=path,
            httponly=True, samesite="strict", secure=secure,
        )  # fmt: skip


def cookie_name(name: str, settings: Settings) -> str:
    """The cookie's name with the prefix that browsers hold to what it promises: Secure, of this host, for all its paths."""
    return f"__Host-{name}" if settings.cookie_secure else name


def refuse_foreign_origin(request: Request, settings: Settings) -> None:
    """Raises BadRequest 403 for a browser on a page of another site."""
    origin = request.headers.get("origin")
    if origin is None or origin in settings.allowed_origins:
        return
    if origin.partition("://")[2] != request.headers.get("host"):
        raise BadRequest(403, "Requests from this origin are not allowed (DATAKURA_ALLOWED_ORIGINS).")


def _errors(errors: Sequence[GraphQLError]) -> dict[str, object]:
    return {"errors": [error.formatted for error in errors]}


def _refused(message: str, code: str = "BAD_REQUEST") -> dict[str, object]:
    return _errors([GraphQLError(message, extensions={"code": code, **extension(message)})])


def _retry_after(body: dict[str, object]) -> dict[str, str]:
    """The header that says when an operation that was refused for its frequency may be repeated."""
    errors = body.get("errors")
    for error in errors if isinstance(errors, list) else ():
        extensions = error.get("extensions") or {}
        if extensions.get("code") == RateLimited.code:
            return {"Retry-After": str(int(extensions["retryAfterSeconds"]))}
    return {}


def _refusal(status: int, message: str, code: str, request_id: str, *, strict: bool) -> Response:
    body = {"errors": [{"message": message, "extensions": {"code": code, "requestId": request_id}}]}
    headers = {"X-Request-Id": request_id}
    if status == 405:
        headers["Allow"] = "POST"
    return Response(orjson.dumps(body), status, headers, GRAPHQL_JSON if strict else "application/json")
