"""Reading the audit trail."""

from typing import Annotated

import strawberry

from app.schema.audit import AuditEvent, AuditEventFilter, AuditTrail
from app.schema.base import After, First, Info, check_first
from app.schema.connections import Connection
from app.services.audit import lists
from app.services.audit.lists import AuditFilter


@strawberry.type
class AuditQuery:
    @strawberry.field(description="The audit trail, newest first. For administrators.")
    async def audit_events(
        self,
        info: Info,
        first: First,
        after: After = None,
        filter: Annotated[AuditEventFilter | None, strawberry.argument(description="Conditions.")] = None,
    ) -> Connection[AuditEvent]:
        check_first(first)
        wanted = filter.parsed() if filter else AuditFilter()
        async with info.context.read() as connection:
            page = await lists.list_events(connection, info.context.viewer, first=first, after=after, filter=wanted)
        return Connection.of(page, AuditEvent.of)

    @strawberry.field(
        description="How long the audit trail is, and how much of it is signed; `datakura audit verify` reads all of it. "
        "For administrators."
    )
    async def audit_trail(self, info: Info) -> AuditTrail:
        async with info.context.read() as connection:
            return AuditTrail.of(await lists.trail(connection, info.context.viewer))
