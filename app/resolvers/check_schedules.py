"""Schedules of checks."""

from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

import strawberry

from app.resolvers.answers import answer
from app.schema.base import After, First, Info, check_first
from app.schema.check_schedules import (
    CheckSchedule,
    CheckScheduleFilter,
    CheckSchedulePayload,
    Count,
    CreateCheckScheduleInput,
    DeleteCheckScheduleInput,
    DeleteCheckSchedulePayload,
    UpdateCheckScheduleInput,
    check_count,
)
from app.schema.connections import Connection
from app.schema.ids import from_id, to_id
from app.services import cursors
from app.services.quality import schedules

_ORDER = "checkSchedules"


@strawberry.type
class CheckSchedulesQuery:
    @strawberry.field(description="Schedules of all datasets that you may see, those that are due next first.")
    async def check_schedules(
        self,
        info: Info,
        first: First,
        after: After = None,
        filter: Annotated[CheckScheduleFilter | None, strawberry.argument(description="Conditions.")] = None,
    ) -> Connection[CheckSchedule]:
        check_first(first)
        position = cursors.moment_and_id(after, _ORDER) if after else None
        wanted = (filter or CheckScheduleFilter()).parsed()
        async with info.context.read() as connection:
            rows = await schedules.list_page(connection, info.context.viewer, wanted, first=first, after=position)
        page = cursors.page(rows, first, after, lambda row: cursors.encode(_ORDER, row.next_run_at, row.id))
        return Connection.of(page, CheckSchedule.of)

    @strawberry.field(
        description="When a schedule would be due from now on, before there is one; fewer where the times end. Or INVALID_INPUT."
    )
    async def check_schedule_times(
        self,
        info: Info,
        cron: Annotated[str, strawberry.argument(description="Five fields, as for `createCheckSchedule`.")],
        timezone: Annotated[str, strawberry.argument(description="A name as Europe/Berlin.")] = "UTC",
        count: Count = 5,
    ) -> list[datetime]:
        assert info.context.viewer
        check_count(count)
        return schedules.next_times(cron, timezone, datetime.now(UTC), count)


@strawberry.type
class CheckSchedulesMutation:
    @strawberry.mutation(description="The current version is checked at these times, from the next one on. Needs WRITE.")
    async def create_check_schedule(
        self, info: Info, input: Annotated[CreateCheckScheduleInput, strawberry.argument(description="The schedule.")]
    ) -> CheckSchedulePayload:
        async def done() -> CheckSchedulePayload:
            dataset_id, rule_ids = from_id(input.dataset_id, "Dataset", "datasetId"), input.rules()
            schedule_id = await info.context.write(
                lambda session, viewer: schedules.create(
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
            schedule_id, changes = from_id(input.id, "CheckSchedule"), input.changes()
            await info.context.write(lambda session, viewer: schedules.update_schedule(session, viewer, schedule_id, changes))
            return await _schedule(info, schedule_id)

        return await answer(CheckSchedulePayload, done())

    @strawberry.mutation(description="The schedule is gone; its runs stay. Needs WRITE.")
    async def delete_check_schedule(
        self, info: Info, input: Annotated[DeleteCheckScheduleInput, strawberry.argument(description="The schedule.")]
    ) -> DeleteCheckSchedulePayload:
        async def done() -> DeleteCheckSchedulePayload:
            schedule_id = from_id(input.id, "CheckSchedule")
            await info.context.write(lambda session, viewer: schedules.delete(session, viewer, schedule_id))
            return DeleteCheckSchedulePayload(deleted_id=to_id("CheckSchedule", schedule_id))

        return await answer(DeleteCheckSchedulePayload, done())


async def _schedule(info: Info, schedule_id: UUID) -> CheckSchedulePayload:
    async with info.context.read() as connection:
        return CheckSchedulePayload(schedule=CheckSchedule.of(await schedules.get(connection, info.context.viewer, schedule_id)))
