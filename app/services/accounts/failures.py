"""Proofs of who somebody is that failed, in the audit trail: whose account was tried, by what, from where."""

from datetime import timedelta
from uuid import UUID

import structlog
from sqlalchemy import func, select, text

from app.core.db import Database
from app.core.viewer import System
from app.models.events import AuditEvent
from app.services import audit

ACTION = "user.sign_in_failed"
WINDOW = timedelta(minutes=15)
MOST = 20
"""Records of one account within a window, however many addresses try it: a flood of failures is no flood of records."""
_API = System("api")
log = structlog.get_logger(__name__)


async def note(db: Database, user_id: UUID | None, how: str, origin: audit.Origin) -> None:
    """The trail says that the account was tried in vain, once for each way and address within a quarter of an hour.

    The log says it each time.

    Args:
        user_id: None for an address without account. It takes as long, and there is nobody to write of.
        how: by which proof.
    """
    log.info("proof.failed", user=user_id and str(user_id), how=how, ip=origin.ip_address, request_id=origin.request_id)
    async with db.transaction(_API) as session:
        session.info["origin"] = origin
        # Of many at once, one writes.
        await session.execute(text("SELECT pg_advisory_xact_lock(hashtextextended(:lock, 0))"), {"lock": f"{ACTION}:{user_id}"})
        same = (AuditEvent.ip_address == origin.ip_address) & (AuditEvent.details["how"].astext == how)
        counted = select(func.count().label("all"), func.count().filter(same).label("same")).where(
            AuditEvent.target_id == user_id, AuditEvent.action == ACTION, AuditEvent.occurred_at > func.now() - WINDOW
        )
        found = (await session.execute(counted)).one()
        if user_id is not None and found.all < MOST and not found.same:
            await audit.record(session, _API, ACTION, user_id, how=how)
