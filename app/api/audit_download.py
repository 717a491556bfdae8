"""GET /audit/export: the audit trail as a file, for administrators."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime

import strawberry
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse

from app.api.authentication import identify
from app.context import Resources
from app.core.errors import DomainError, Forbidden, InvalidInput, RateLimited, SecondFactorRequired, Unauthenticated, Unavailable
from app.core.ids import uuid7
from app.core.phrases import say
from app.core.viewer import Viewer
from app.schema.audit import AuditEventFilter
from app.services import audit
from app.services.audit import lists
from app.services.audit.lists import AuditFilter, Format
from app.services.rate_limits import Kind

_MEDIA_TYPES = {Format.CSV: "text/csv; charset=utf-8", Format.JSON_LINES: "application/jsonl"}
_STATUS = {Unauthenticated: 401, SecondFactorRequired: 403, Forbidden: 403, RateLimited: 429, Unavailable: 503}


class AuditDownload:
    """Sends the records piece by piece. Query: `format` (csv, jsonl), `after` and `before` (RFC 3339), `actor`, `action`, `target`,
    `requestId`, `session`, `key` as in the filter of `auditEvents`."""

    def __init__(self, resources: Resources):
        self._resources = resources

    async def __call__(self, request: Request) -> Response:
        try:
            identity = await identify(self._resources, request.headers.get("authorization"))
            if identity.viewer is None:
                raise identity.error or Unauthenticated(say("SIGN_IN_FIRST", "Sign in first."))
            wanted, matching = _format(request), _filter(request)
            lists.require_reader(identity.viewer)
            origin = audit.Origin(request.client.host if request.client else None, str(uuid7()))
            await self._resources.limits.hit(Kind.EXPORT, str(identity.viewer.id), origin.ip_address)
            await self._record(identity.viewer, origin, wanted)
        except DomainError as error:
            headers = {}
            if isinstance(error, RateLimited | Unavailable):
                headers["Retry-After"] = str(int(error.retry_after_seconds))
            body = {"errors": [{"message": error.message, "extensions": {"code": error.code}}]}
            return JSONResponse(body, _STATUS.get(type(error), 400), headers)
        name = f"datakura-audit-{datetime.now(UTC):%Y%m%d-%H%M%S}.{wanted.value}"
        return StreamingResponse(
            self._content(identity.viewer, wanted, matching),
            media_type=_MEDIA_TYPES[wanted],
            headers={"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"},
        )

    async def _content(self, viewer: Viewer, format: Format, filter: AuditFilter) -> AsyncIterator[bytes]:
        async for piece in lists.export(self._resources.db, viewer, format=format, filter=filter):
            yield piece

    async def _record(self, viewer: Viewer, origin: audit.Origin, format: Format) -> None:
        async with self._resources.db.transaction(viewer) as session:
            session.info["origin"] = origin
            await audit.record(session, viewer, "audit.export", None, format=format.value)


def _format(request: Request) -> Format:
    text = request.query_params.get("format", Format.CSV.value)
    try:
        return Format(text)
    except ValueError as error:
        raise InvalidInput(say("AUDIT_FORMAT", "`format` is csv or jsonl."), path=("format",)) from error


def _filter(request: Request) -> AuditFilter:
    asked = request.query_params.get
    actor, target, session, key = (asked(name) for name in ("actor", "target", "session", "key"))
    wanted = AuditEventFilter(
        actor_id=None if actor is None else strawberry.ID(actor),
        action=asked("action"),
        target_id=None if target is None else strawberry.ID(target),
        request_id=asked("requestId"),
        session_id=None if session is None else strawberry.ID(session),
        api_key_id=None if key is None else strawberry.ID(key),
    ).parsed()
    return replace(wanted, occurred_after=_moment(request, "after"), occurred_before=_moment(request, "before"))


def _moment(request: Request, name: str) -> datetime | None:
    text = request.query_params.get(name)
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
        return moment.astimezone(UTC) if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
    except (ValueError, OverflowError) as error:
        raise InvalidInput(
            say("AUDIT_MOMENT", "`{name}` is a moment as 2026-01-31T12:00:00Z.", name=name), path=(name,)
        ) from error
