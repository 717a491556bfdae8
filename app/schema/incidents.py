"""Incidents."""

import enum
from datetime import datetime
from uuid import UUID

import strawberry

from app.core.rows import AnyRow
from app.models import incidents as models
from app.schema.accounts import User
from app.schema.base import Info, Node, UserError, errors_field, in_utc, optional, required
from app.schema.datasets import Dataset
from app.schema.ids import from_id, to_id
from app.schema.quality_rules import QualityRule
from app.schema.quality_runs import QualityRun
from app.schema.versions import DatasetVersion
from app.services.quality import incidents


@strawberry.enum(description="Whether the rule still fails.")
class IncidentState(enum.Enum):
    ACTIVE = strawberry.enum_value("ACTIVE", description="The rule failed when it ran last.")
    RESOLVED = strawberry.enum_value("RESOLVED", description="The rule passed when it ran last.")


@strawberry.enum(description="How far people have come with an incident.")
class IncidentStage(enum.Enum):
    TRIAGE = strawberry.enum_value("TRIAGE", description="Nobody has looked yet.")
    INVESTIGATION = strawberry.enum_value("INVESTIGATION", description="Somebody looks for the cause.")
    WORK_IN_PROGRESS = strawberry.enum_value("WORK_IN_PROGRESS", description="The cause is known and worked on.")
    FIXED = strawberry.enum_value("FIXED", description="The cause is gone.")
    NO_ACTION_REQUIRED = strawberry.enum_value("NO_ACTION_REQUIRED", description="It is as it has to be.")


@strawberry.enum(description="How urgent an incident is, from its rule.")
class IncidentPriority(enum.Enum):
    LOW = strawberry.enum_value("LOW", description="A rule of severity INFO.")
    MEDIUM = strawberry.enum_value("MEDIUM", description="A rule of severity WARNING.")
    HIGH = strawberry.enum_value("HIGH", description="A rule of severity ERROR.")
    CRITICAL = strawberry.enum_value("CRITICAL", description="A rule that blocks publication.")


@strawberry.type(description="What somebody said about an incident.")
class IncidentComment:
    text: str = strawberry.field(description="The comment.")
    created_at: datetime = strawberry.field(description="When.")
    author_id: strawberry.Private[UUID | None]

    @classmethod
    def of(cls, row: AnyRow) -> "IncidentComment":
        """From a row of `incident_comments`."""
        return cls(text=row.text, created_at=row.created_at, author_id=row.author_id)

    @strawberry.field(description="Who; null when the account is gone.")
    async def author(self, info: Info) -> User | None:
        if self.author_id is None:
            return None
        return optional(User.of, await info.context.loaders.user_by_id.load(self.author_id))


@strawberry.type(description="A rule that fails: one for each rule, resolved when it passes, reopened when it fails again.")
class Incident(Node):
    title: str = strawberry.field(description="The rule's name when it first failed.")
    priority: IncidentPriority = strawberry.field(description="How urgent it is.")
    state: IncidentState = strawberry.field(description="Whether the rule still fails.")
    stage: IncidentStage = strawberry.field(description="How far people have come with it.")
    failure_count: int = strawberry.field(description="Runs in which the rule failed, all together.")
    reopened_count: int = strawberry.field(description="How often it failed again after it had passed.")
    muted_until: datetime | None = strawberry.field(description="Until then nobody is notified; null: it is not muted.")
    started_at: datetime = strawberry.field(description="When the rule began to fail, the last time.")
    updated_at: datetime = strawberry.field(description="When it last changed.")
    resolved_at: datetime | None = strawberry.field(description="When the rule passed again; null while it fails.")
    row: strawberry.Private[AnyRow]

    @classmethod
    def of(cls, row: AnyRow) -> "Incident":
        """From a row of `incidents` (services.incidents.COLUMNS)."""
        return cls(
            id=to_id("Incident", row.id), title=row.title, priority=IncidentPriority(row.priority.value),
            state=IncidentState(row.state.value), stage=IncidentStage(row.stage.value), failure_count=row.failure_count,
            reopened_count=row.reopened_count, muted_until=row.muted_until, started_at=row.started_at, updated_at=row.updated_at,
            resolved_at=row.resolved_at, row=row,
        )  # fmt: skip

    @strawberry.field(description="Who sees to it: at first the owner of the dataset; null when the account is gone.")
    async def assignee(self, info: Info) -> User | None:
        if self.row.assignee_id is None:
            return None
        return optional(User.of, await info.context.loaders.user_by_id.load(self.row.assignee_id))

    @strawberry.field(description="The rule.")
    async def rule(self, info: Info) -> QualityRule:
        return QualityRule.of(required(await info.context.loaders.rule_by_id.load(self.row.rule_id)))

    @strawberry.field(description="The version on which it failed last.")
    async def version(self, info: Info) -> DatasetVersion:
        return DatasetVersion.of(required(await info.context.loaders.version_by_id.load(self.row.version_id)))

    @strawberry.field(description="The run in which it failed last.")
    async def run(self, info: Info) -> QualityRun:
        return QualityRun.of(required(await info.context.loaders.run_by_id.load(self.row.run_id)))

    @strawberry.field(description="Whose version it is.")
    async def dataset(self, info: Info) -> Dataset:
        return Dataset.of(required(await info.context.loaders.dataset_by_id.load(self.row.dataset_id)))

    @strawberry.field(description="What was said about it, oldest first; at most the last 250.")
    async def comments(self, info: Info) -> list[IncidentComment]:
        return [IncidentComment.of(row) for row in await info.context.loaders.comments_by_incident.load(self.row.id)]


@strawberry.input(description="Conditions on incidents, all of which hold. Absent: any value.")
class IncidentFilter:
    state: list[IncidentState] | None = strawberry.field(default=None, description="Any of these states.")
    dataset_id: strawberry.ID | None = strawberry.field(default=None, description="Of this dataset.")
    assignee_id: strawberry.ID | None = strawberry.field(default=None, description="Of this user.")

    def parsed(self) -> incidents.IncidentFilter:
        """For the service. Raises InvalidInput."""
        return incidents.IncidentFilter(
            states=None if self.state is None else [models.IncidentState(one.name) for one in self.state],
            dataset_id=None if self.dataset_id is None else from_id(self.dataset_id, "Dataset", "filter", "datasetId"),
            assignee_id=None if self.assignee_id is None else from_id(self.assignee_id, "User", "filter", "assigneeId"),
        )


@strawberry.input(description="Changes of an incident. Absent: stays as it is.")
class UpdateIncidentInput:
    id: strawberry.ID = strawberry.field(description="The incident.")
    stage: IncidentStage | None = strawberry.field(default=None, description="How far people have come.")
    assignee_id: strawberry.ID | None = strawberry.field(default=None, description="Who sees to it.")
    muted_until: datetime | None = strawberry.field(
        default=strawberry.UNSET, description="Until then nobody is notified; null: no longer muted."
    )

    def changes(self) -> incidents.Changes:
        """For the service. Raises InvalidInput."""
        told = self.muted_until is not strawberry.UNSET
        return incidents.Changes(
            stage=None if self.stage is None else models.IncidentStage(self.stage.name),
            assignee_id=None if self.assignee_id is None else from_id(self.assignee_id, "User", "assigneeId"),
            muted_until=in_utc(self.muted_until, "mutedUntil") if told else None,
            unmute=told and self.muted_until is None,
        )


@strawberry.input(description="A comment on an incident.")
class CommentIncidentInput:
    id: strawberry.ID = strawberry.field(description="The incident.")
    text: str = strawberry.field(description="1-10,000 characters.")


@strawberry.type(description="Outcome of a mutation on an incident.")
class IncidentPayload:
    incident: Incident | None = strawberry.field(default=None, description="The incident as it is now; null with errors.")
    errors: list[UserError] = errors_field()
