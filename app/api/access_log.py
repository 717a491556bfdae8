"""The access log: one line for each operation and each request that was refused: who, what, cost, how long, how it ended.

Nothing of a document or of its variables is written: they hold passwords and other people's data.
"""

import structlog

from app.context import Context
from app.core import metrics

log = structlog.get_logger("app.access")


def operation(context: Context, *, result: str, seconds: float, over: str = "http") -> None:
    """An operation has ended.

    Args:
        result: as `outcome` says it.
        over: `http` or `websocket`.
    """
    metrics.OPERATIONS.labels(context.operation, "ok" if result == "ok" else "error").inc()
    if over == "http":  # a subscription lasts as long as somebody watches
        metrics.OPERATION_SECONDS.labels(context.operation).observe(seconds)
    viewer, budget = context.account_or_none, context.budget
    log.info(
        "operation",
        operation=context.operation_name,
        type=context.operation,
        over=over,
        result=result,
        cost=context.cost,
        remaining=budget.remaining if budget else None,
        duration_ms=round(seconds * 1000, 1),
        viewer=str(viewer.id) if viewer else None,
        session=str(context.session_id) if context.session_id else None,
        # Not under a name with `key` in it: what stands there is masked.
        program=str(viewer.api_key_id) if viewer and viewer.api_key_id else None,
        request_id=context.origin.request_id,
        ip=context.origin.ip_address,
    )


def refused(*, status: int, code: str, request_id: str, ip: str | None, seconds: float) -> None:
    """A request that was no operation, or not one to be executed."""
    metrics.OPERATIONS.labels("refused", "error").inc()
    log.info("refused", status=status, result=code, duration_ms=round(seconds * 1000, 1), request_id=request_id, ip=ip)


def outcome(body: dict[str, object]) -> str:
    """`ok`, the code of the first error, or what a mutation answered instead of doing it: a wrong password is no success."""
    code = first_code(body.get("errors"))
    data = body.get("data")
    if code == "ok" and isinstance(data, dict):
        payloads = [value for value in data.values() if isinstance(value, dict)]
        refusals = [error for payload in payloads for error in _errors_of(payload)]
        # Whoever did not ask for the code has been refused all the same.
        code = str(refusals[0].get("code", "REFUSED")) if refusals else code
    return code


def _errors_of(payload: dict[str, object]) -> list[dict[str, object]]:
    errors = payload.get("errors")
    return [error for error in errors if isinstance(error, dict)] if isinstance(errors, list) else []


def first_code(errors: object) -> str:
    """`ok` for no errors, else the code of the first."""
    if not isinstance(errors, list) or not errors:
        return "ok"
    extensions = errors[0].get("extensions") or {}
    return str(extensions.get("code", "BAD_REQUEST"))
