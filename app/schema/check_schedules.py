"""Schedules of checks."""

from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

import strawberry

from app.core.errors import InvalidInput
from app.core.phrases import say
from app.core.rows import AnyRow
from app.schema.accounts import User
from app.schema.base import Info, Node, UserError, errors_field, optional, required
from app.schema.datasets import Dataset
from app.schema.ids import from_id, to_id
from app.schema.quality_rules import QualityRule, rule_ids_of
from app.schema.quality_runs import QualityRun
from app.services.quality import schedules

MAX_NEXT = 100
Count = Annotated[int, strawberry.argument(description="How many, 1-100.")]


def check_count(count: int) -> None:
    """Raises InvalidInput when so many times are not told."""
    if not 1 <= count <= MAX_NEXT:
        raise InvalidInput(
            say("COUNT_RANGE", "`count` has to be 1 to {most}; it is {count}.", most=MAX_NEXT, count=count), path=("count",)
        )


@strawberry.type(description="When the current version of a dataset is checked again.")
class CheckSchedule(Node):
    cron: str = strawberry.field(description="Five fields: minute hour day month weekday.")
    timezone: str = strawberry.field(description="In whose time they are meant, as Europe/Berlin.")
    enabled: bool = strawberry.field(description="False: nothing is begun.")
    all_rules: bool = strawberry.field(description="True: all rules that are enabled then.")
    next_run_at: datetime = strawberry.field(description="When it is due. Times that were missed are made up for by one run.")
    created_at: datetime = strawberry.field(description="When it was created.")
    updated_at: datetime = strawberry.field(description="When it was last changed.")
    row: strawberry.Private[AnyRow]

    @classmethod
    def of(cls, row: AnyRow) -> "CheckSchedule":
        """From a row of `check_schedules` (services.check_schedules.COLUMNS)."""
        return cls(
            id=to_id("CheckSchedule", row.id), cron=row.cron, timezone=row.timezone, enabled=row.enabled, all_rules=row.all_rules,
            next_run_at=row.next_run_at, created_at=row.created_at, updated_at=row.updated_at, row=row,
        )  # fmt: skip

    @strawberry.field(description="The rules that it names, by name; null when it runs all that are enabled then.")
    async def rules(self, info: Info) -> list[QualityRule] | None:
        if self.all_rules:
            return None
        return [QualityRule.of(row) for row in await info.context.loaders.rules_by_schedule.load(self.row.id)]

    @strawberry.field(description="The times that it is due next; empty while it is not enabled.")
    async def next_runs(self, count: Count = 5) -> list[datetime]:
        check_count(count)
        if not self.enabled:
            return []
        later = schedules.next_times(self.cron, self.timezone, max(self.next_run_at, datetime.now(UTC)), count)
        return [self.next_run_at, *later][:count]

    @strawberry.field(description="The run that it began last, with its outcome; null before the first.")
    async def last_run(self, info: Info) -> QualityRun | None:
        return optional(QualityRun.of, await info.context.loaders.last_run_by_schedule.load(self.row.id))

    @strawberry.field(description="Who made it; null when the account is gone.")
    async def created_by(self, info: Info) -> User | None:
        if self.row.created_by_id is None:
            return None
        return optional(User.of, await info.context.loaders.user_by_id.load(self.row.created_by_id))

    @strawberry.field(description="Whose schedule it is.")
    async def dataset(self, info: Info) -> Dataset:
        return Dataset.of(required(await info.context.loaders.dataset_by_id.load(self.row.dataset_id)))


@strawberry.input(description="A schedule of checks.")
class CreateCheckScheduleInput:
    dataset_id: strawberry.ID = strawberry.field(description="The dataset.")
    cron: str = strawberry.field(description="Five fields: minute hour day month weekday, as 0 6 * * 1-5.")
    timezone: str = strawberry.field(default="UTC", description="A name as Europe/Berlin.")
    rule_ids: list[strawberry.ID] | None = strawberry.field(
        default=None, description="These rules; absent: all that are enabled."
    )

    def rules(self) -> list[UUID] | None:
        """Row ids. Raises InvalidInput."""
        return rule_ids_of(self.rule_ids)


@strawberry.input(description="Changes of a schedule. Absent: stays as it is.")
class UpdateCheckScheduleInput:
    id: strawberry.ID = strawberry.field(description="The schedule.")
    cron: str | None = strawberry.field(default=None, description="Five fields.")
    timezone: str | None = strawberry.field(default=None, description="A name as Europe/Berlin.")
    enabled: bool | None = strawberry.field(default=None, description="Whether anything is begun: false pauses it.")
    rule_ids: list[strawberry.ID] | None = strawberry.field(
        default=strawberry.UNSET, description="These rules; null: all that are enabled when it is due."
    )

    def changes(self) -> schedules.Changes:
        """For the service. Raises InvalidInput."""
        told = self.rule_ids is not strawberry.UNSET
        return schedules.Changes(
            cron=self.cron,
            timezone=self.timezone,
            enabled=self.enabled,
            rule_ids=rule_ids_of(self.rule_ids) if told else None,
            all_rules=told and self.rule_ids is None,
        )


@strawberry.input(description="Conditions on schedules, all of which hold. Absent: any value.")
class CheckScheduleFilter:
    dataset_id: strawberry.ID | None = strawberry.field(default=None, description="Of this dataset.")
    enabled: bool | None = strawberry.field(default=None, description="True: only those that run; false: only paused ones.")

    def parsed(self) -> schedules.ScheduleFilter:
        """For the service. Raises InvalidInput."""
        dataset_id = None if self.dataset_id is None else from_id(self.dataset_id, "Dataset", "filter", "datasetId")
        return schedules.ScheduleFilter(dataset_id=dataset_id, enabled=self.enabled)


@strawberry.input(description="A schedule to delete.")
class DeleteCheckScheduleInput:
    id: strawberry.ID = strawberry.field(description="The schedule.")


@strawberry.type(description="Outcome of a mutation on a schedule.")
class CheckSchedulePayload:
    schedule: CheckSchedule | None = strawberry.field(default=None, description="The schedule as it is now; null with errors.")
    errors: list[UserError] = errors_field()


@strawberry.type(description="Outcome of `deleteCheckSchedule`.")
class DeleteCheckSchedulePayload:
    deleted_id: strawberry.ID | None = strawberry.field(default=None, description="Id of the schedule; null with errors.")
    errors: list[UserError] = errors_field()
