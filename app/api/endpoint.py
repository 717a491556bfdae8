"""POST /graphql: GraphQL over HTTP."""

import hashlib
import time
from collections.abc import Sequence

import orjson
import strawberry
import structlog
from graphql import GraphQLError
from starlette.requests import Request
from starlette.responses import Response
from strawberry.schema.exceptions import CannotGetOperationTypeError, InvalidOperationTypeError
from strawberry.types.graphql import OperationType

from app.api.authentication import identify
from app.api.requests import BadRequest, GraphQLRequest, read_request
from app.context import Context, Cookies, Resources
from app.core import metrics
from app.core.errors import InvalidInput, Unavailable
from app.core.ids import uuid7
from app.core.settings import Settings
from app.services import idempotency
from app.services.audit import Origin

log = structlog.get_logger("app.access")

COOKIE = "datakura_refresh"
GRAPHQL_JSON = "application/graphql-response+json"
_ALLOWED = (OperationType.QUERY, OperationType.MUTATION)


class GraphQLEndpoint:
    """Executes one operation a request."""

    def __init__(self, schema: strawberry.Schema, resources: Resources):
        self._schema, self._resources = schema, resources

    async def __call__(self, request: Request) -> Response:
        started = time.perf_counter()
        request_id = str(uuid7())
        origin = Origin(request.client.host if request.client else None, request_id)
        strict = GRAPHQL_JSON in request.headers.get("accept", "")
        cookies = Cookies(request.cookies.get(COOKIE))
        try:
            if request.method != "POST":
                raise BadRequest(405, "Operations are sent by POST.")
            refuse_foreign_origin(request, self._resources.settings)
            operation = await read_request(request)
            context = await self._context(request, operation, origin, cookies)
        except BadRequest as error:
            return _refusal(error.status, error.message, "BAD_REQUEST", request_id, strict=strict)
        except InvalidInput as error:
            return _refusal(400, error.message, error.code, request_id, strict=strict)
        except Unavailable as error:
            answer = _refusal(503, error.message, error.code, request_id, strict=strict)
            answer.headers["Retry-After"] = str(int(error.retry_after_seconds))
            return answer
        body, status = await self._execute(operation, context, strict=strict)
        response = Response(
            orjson.dumps(body),
            status,
            media_type=GRAPHQL_JSON if strict else "application/json",
            headers={"X-Request-Id": request_id},
        )
        set_cookies(response, cookies, self._resources.settings)
        self._account(operation, context, body, time.perf_counter() - started)
        return response

    async def _context(self, request: Request, operation: GraphQLRequest, origin: Origin, cookies: Cookies) -> Context:
        identity = await identify(self._resources, request.headers.get("authorization"))
        key = request.headers.get("idempotency-key")
        once = idempotency.Request(key, hashlib.sha256(operation.body).digest()) if key is not None else None
        return Context(
            resources=self._resources,
            viewer_or_none=identity.viewer,
            session_id=identity.session_id,
            refused=identity.error,
            origin=origin,
            request=once,
            cookies=cookies,
        )

    async def _execute(self, operation: GraphQLRequest, context: Context, *, strict: bool) -> tuple[dict[str, object], int]:
        try:
            result = await self._schema.execute(
                operation.query,
                variable_values=operation.variables,
                context_value=context,
                operation_name=operation.operation_name,
                allowed_operation_types=_ALLOWED,
            )
        except CannotGetOperationTypeError:
            return _refused("Say which operation to run: `operationName` names none of this document."), 400
        except InvalidOperationTypeError:
            return _refused("Subscriptions run over a WebSocket on this path (graphql-transport-ws)."), 400
        if result.errors and result.data is None and all(error.path is None for error in result.errors):
            return _errors(result.errors), 400 if strict else 200
        body: dict[str, object] = {"data": result.data}
        if result.errors:
            body["errors"] = [error.formatted for error in result.errors]
        return body, 200

    def _account(self, operation: GraphQLRequest, context: Context, body: dict[str, object], seconds: float) -> None:
        outcome = "error" if "errors" in body else "ok"
        kind = "mutation" if operation.query.lstrip().startswith("mutation") else "query"
        metrics.OPERATIONS.labels(kind, outcome).inc()
        metrics.OPERATION_SECONDS.labels(kind).observe(seconds)
        viewer = context.viewer_or_none
        log.info(
            "operation",
            operation=(operation.operation_name or "")[:100],
            outcome=outcome,
            duration_ms=round(seconds * 1000, 1),
            viewer=str(viewer.id) if viewer else None,
            request_id=context.origin.request_id,
            ip=context.origin.ip_address,
        )


def set_cookies(response: Response, cookies: Cookies, settings: Settings) -> None:
    """The refresh token as the operation left it: HttpOnly, for this path, never sent from another site."""
    if cookies.set_refresh_token is not None:
        token, ends = cookies.set_refresh_token
        response.set_cookie(
            COOKIE, token, max_age=max(0, int(ends - time.time())), path="/graphql", httponly=True, samesite="strict",
            secure=settings.cookie_secure,
        )  # fmt: skip
    elif cookies.clear:
        response.delete_cookie(COOKIE, path="/graphql", httponly=True, samesite="strict", secure=settings.cookie_secure)


def refuse_foreign_origin(request: Request, settings: Settings) -> None:
    """Raises BadRequest 403 for a browser on a page of another site."""
    origin = request.headers.get("origin")
    if origin is None or origin in settings.allowed_origins:
        return
    if origin.partition("://")[2] != request.headers.get("host"):
        raise BadRequest(403, "Requests from this origin are not allowed (DATAKURA_ALLOWED_ORIGINS).")


def _errors(errors: Sequence[GraphQLError]) -> dict[str, object]:
    return {"errors": [error.formatted for error in errors]}


def _refused(message: str) -> dict[str, object]:
    return _errors([GraphQLError(message, extensions={"code": "BAD_REQUEST"})])


def _refusal(status: int, message: str, code: str, request_id: str, *, strict: bool) -> Response:
    body = {"errors": [{"message": message, "extensions": {"code": code, "requestId": request_id}}]}
    headers = {"X-Request-Id": request_id}
    if status == 405:
        headers["Allow"] = "POST"
    return Response(orjson.dumps(body), status, headers, GRAPHQL_JSON if strict else "application/json")
