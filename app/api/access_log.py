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
        result: `ok`, or the code of its first error.
        over: `http` or `websocket`.
    """
    metrics.OPERATIONS.labels(context.operation, "ok" if result == "ok" else "error").inc()
    if over == "http":  # a subscription lasts as long as somebody watches
        metrics.OPERATION_SECONDS.labels(context.operation).observe(seconds)
    viewer, budget = context.viewer_or_none, context.budget
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
        request_id=context.origin.request_id,
        ip=context.origin.ip_address,
    )


def refused(*, status: int, code: str, request_id: str, ip: str | None, seconds: float) -> None:
    """A request that was no operation, or not one to be executed."""
    metrics.OPERATIONS.labels("refused", "error").inc()
    log.info("refused", status=status, result=code, duration_ms=round(seconds * 1000, 1), request_id=request_id, ip=ip)


def first_code(errors: object) -> str:
    """`ok` for no errors, else the code of the first."""
    if not isinstance(errors, list) or not errors:
        return "ok"
    extensions = errors[0].get("extensions") or {}
    return str(extensions.get("code", "BAD_REQUEST"))
