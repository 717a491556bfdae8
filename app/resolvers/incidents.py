"""Incidents."""

from typing import Annotated
from uuid import UUID

import strawberry

from app.resolvers.answers import answer
from app.schema.base import After, First, Info, check_first
from app.schema.connections import Connection
from app.schema.ids import from_id
from app.schema.incidents import (
    CommentIncidentInput,
    Incident,
    IncidentFilter,
    IncidentPayload,
    UpdateIncidentInput,
)
from app.services import cursors
from app.services.quality import incidents


@strawberry.type
class IncidentsQuery:
    @strawberry.field(description="Incidents of datasets that you may see, those that began last first.")
    async def incidents(
        self,
        info: Info,
        first: First,
        after: After = None,
        filter: Annotated[IncidentFilter | None, strawberry.argument(description="Conditions.")] = None,
    ) -> Connection[Incident]:
        check_first(first)
        before = cursors.moment_and_id(after, "incidents") if after else None
        wanted = (filter or IncidentFilter()).parsed()
        async with info.context.read() as connection:
            rows = await incidents.list_page(connection, info.context.viewer, wanted, first=first, before=before)
        page = cursors.page(rows, first, after, lambda row: cursors.encode("incidents", row.started_at, row.id))
        return Connection.of(page, Incident.of)


@strawberry.type
class IncidentsMutation:
    @strawberry.mutation(description="Stage, assignee, or a time until which nobody is notified. Needs WRITE.")
    async def update_incident(
        self, info: Info, input: Annotated[UpdateIncidentInput, strawberry.argument(description="The changes.")]
    ) -> IncidentPayload:
        async def done() -> IncidentPayload:
            incident_id, changes = from_id(input.id, "Incident"), input.changes()
            await info.context.write(lambda session, viewer: incidents.update_incident(session, viewer, incident_id, changes))
            return await _incident(info, incident_id)

        return await answer(IncidentPayload, done())

    @strawberry.mutation(description="Says something about an incident. Needs WRITE.")
    async def comment_incident(
        self, info: Info, input: Annotated[CommentIncidentInput, strawberry.argument(description="The comment.")]
    ) -> IncidentPayload:
        async def done() -> IncidentPayload:
            incident_id = from_id(input.id, "Incident")
            await info.context.write(lambda session, viewer: incidents.comment(session, viewer, incident_id, input.text))
            return await _incident(info, incident_id)

        return await answer(IncidentPayload, done())


async def _incident(info: Info, incident_id: UUID) -> IncidentPayload:
    async with info.context.read() as connection:
        return IncidentPayload(incident=Incident.of(await incidents.get(connection, info.context.viewer, incident_id)))
