"""The audit trail: one record in the transaction of each change."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.viewer import Principal, Viewer
from app.models.events import AuditEvent


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a change came from."""

    ip_address: str | None = None
    request_id: str | None = None
    user_agent: str | None = None
    """What the client calls itself; at most 300 characters."""


async def record(
    session: AsyncSession,
    principal: Principal,
    action: str,
    target_id: UUID | None,
    **details: object,
) -> None:
    """Writes who did `action` (noun.verb) to which object, in which session or with which API key.

    `details` must hold no secret. Where from: `session.info["origin"]`.
    """
    origin: Origin = session.info.get("origin") or Origin()
    viewer = principal if isinstance(principal, Viewer) else None
    await session.execute(
        insert(AuditEvent).values(
            actor_id=viewer and viewer.id,
            session_id=viewer and viewer.session_id,
            api_key_id=viewer and viewer.api_key_id,
            actor_system=None if isinstance(principal, Viewer) else principal.name,
            action=action,
            target_id=target_id,
            ip_address=origin.ip_address,
            request_id=origin.request_id,
            details=details,
        )
    )
