"""Incidents, and the schedules of checks."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import strawberry

from app.resolvers.answers import answer
from app.schema.base import After, First, Info, check_first
from app.schema.connections import Connection
from app.schema.ids import from_id, to_id
from app.schema.incidents import (
    CheckSchedule,
    CheckSchedulePayload,
    CommentIncidentInput,
    CreateCheckScheduleInput,
    DeleteCheckScheduleInput,
    DeleteCheckSchedulePayload,
    Incident,
    IncidentFilter,
    IncidentPayload,
    UpdateCheckScheduleInput,
    UpdateIncidentInput,
)
from app.services import check_schedules, cursors, incidents


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
        before = None
        if after:
            moment, row_id = cursors.decode(after, "incidents", datetime, UUID)
            assert isinstance(moment, datetime)
            assert isinstance(row_id, UUID)
            before = (moment, row_id)
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

    @strawberry.mutation(description="The current version is checked at these times, from the next one on. Needs WRITE.")
    async def create_check_schedule(
        self, info: Info, input: Annotated[CreateCheckScheduleInput, strawberry.argument(description="The schedule.")]
    ) -> CheckSchedulePayload:
        async def done() -> CheckSchedulePayload:
            dataset_id, rule_ids = from_id(input.dataset_id, "Dataset", "datasetId"), input.rules()
            schedule_id = await info.context.write(
                lambda session, viewer: check_schedules.create(
                    session, viewer, dataset_id, cron=input.cron, timezone=input.timezone, rule_ids=rule_ids
                )
            )
            return await _schedule(info, schedule_id)

        return await answer(CheckSchedulePayload, done())

    @strawberry.mutation(description="Changes a schedule, or switches it off and on. Needs WRITE.")
    async def update_check_schedule(
        self, info: Info, input: Annotated[UpdateCheckScheduleInput, strawberry.argument(description="The changes.")]
    ) -> CheckSchedulePayload:
        async def done() -> CheckSchedulePayload:
            schedule_id = from_id(input.id, "CheckSchedule")
            await info.context.write(
                lambda session, viewer: check_schedules.update_schedule(
                    session, viewer, schedule_id, cron=input.cron, timezone=input.timezone, enabled=input.enabled
                )
            )
            return await _schedule(info, schedule_id)

        return await answer(CheckSchedulePayload, done())

    @strawberry.mutation(description="The schedule is gone; its runs stay. Needs WRITE.")
    async def delete_check_schedule(
        self, info: Info, input: Annotated[DeleteCheckScheduleInput, strawberry.argument(description="The schedule.")]
    ) -> DeleteCheckSchedulePayload:
        async def done() -> DeleteCheckSchedulePayload:
            schedule_id = from_id(input.id, "CheckSchedule")
            await info.context.write(lambda session, viewer: check_schedules.delete(session, viewer, schedule_id))
            return DeleteCheckSchedulePayload(deleted_id=to_id("CheckSchedule", schedule_id))

        return await answer(DeleteCheckSchedulePayload, done())


async def _incident(info: Info, incident_id: UUID) -> IncidentPayload:
    async with info.context.read() as connection:
        return IncidentPayload(incident=Incident.of(await incidents.get(connection, info.context.viewer, incident_id)))


async def _schedule(info: Info, schedule_id: UUID) -> CheckSchedulePayload:
    async with info.context.read() as connection:
        return CheckSchedulePayload(
            schedule=CheckSchedule.of(await check_schedules.get(connection, info.context.viewer, schedule_id))
        )
