"""The task ledger: queues and tasks, for administrators."""

import enum
from datetime import datetime
from uuid import UUID

import strawberry
from strawberry.scalars import JSON

from app.core.rows import AnyRow
from app.models import tasks as models
from app.schema.base import Info, Node, UserError, errors_field, optional
from app.schema.datasets import Dataset
from app.schema.ids import to_id
from app.schema.quality_runs import QualityRun
from app.schema.versions import DatasetVersion
from app.services import tasks


@strawberry.enum(description="Where a task stands.")
class TaskState(enum.Enum):
    READY = strawberry.enum_value("READY", description="Waits, until `availableAt` when that is to come.")
    QUEUED = strawberry.enum_value("QUEUED", description="A worker was told of it.")
    RUNNING = strawberry.enum_value("RUNNING", description="A worker does it.")
    SUCCEEDED = strawberry.enum_value("SUCCEEDED", description="Done.")
    DEAD = strawberry.enum_value(
        "DEAD", description="Failed too often, or took its worker down three times. Stays until it is replayed."
    )
    CANCELLED = strawberry.enum_value("CANCELLED", description="Not wanted any more.")


@strawberry.enum(description="Why a task cannot be run again.")
class ReplayObstacle(enum.Enum):
    NOT_DEAD = strawberry.enum_value("NOT_DEAD", description="It is not dead.")
    MAIL_GONE = strawberry.enum_value("MAIL_GONE", description="The text of the mail was deleted when it was given up.")
    RUN_ENDED = strawberry.enum_value("RUN_ENDED", description="The quality run has ended as ERROR; another one can be begun.")
    DELIVERY_ENDED = strawberry.enum_value(
        "DELIVERY_ENDED", description="The delivery has ended; it can be replayed in the log of its channel."
    )


@strawberry.type(description="Tasks that the same workers do.")
class TaskQueue:
    name: str = strawberry.field(
        description="`interactive`: short work; `small`: reading small files; `heavy`: reading and checking files; `outbound`: notifications."
    )
    ready_count: int = strawberry.field(description="Due, and no worker was told yet.")
    delayed_count: int = strawberry.field(description="To be done later: after a failure, or at a set time.")
    queued_count: int = strawberry.field(description="A worker was told.")
    running_count: int = strawberry.field(description="Being done.")
    dead_count: int = strawberry.field(description="Given up; see `tasks` and `replayTask`.")
    succeeded_count: int = strawberry.field(description="Done within the last hour.")
    worker_count: int = strawberry.field(description="Workers that do one now.")
    waiting_since: datetime | None = strawberry.field(description="When the oldest due task became due; null when none waits.")

    @classmethod
    def of(cls, row: AnyRow) -> "TaskQueue":
        """From a row of `tasks.list_queues`."""
        return cls(
            name=row.name,
            ready_count=row.ready,
            delayed_count=row.delayed,
            queued_count=row.queued,
            running_count=row.running,
            dead_count=row.dead,
            succeeded_count=row.succeeded,
            worker_count=row.workers,
            waiting_since=row.waiting_since,
        )


@strawberry.type(description="A piece of work of the system.")
class Task(Node):
    actor: str = strawberry.field(description="Noun and verb, as `versions.ingest`.")
    queue: str = strawberry.field(description="The queue that it waits in.")
    state: TaskState = strawberry.field(description="Where it stands.")
    args: JSON = strawberry.field(description="What it is about: ids as the logs have them.")
    attempt: int = strawberry.field(description="How often it was begun.")
    max_attempts: int = strawberry.field(description="How often it may fail.")
    lost_leases: int = strawberry.field(description="How often its worker died; the third time it is dead.")
    lease_owner: str | None = strawberry.field(description="The worker that does it; null when none does.")
    last_error: str | None = strawberry.field(
        description="Why it failed last, for operators; null when it never did, or is done."
    )
    available_at: datetime = strawberry.field(description="Not done before.")
    created_at: datetime = strawberry.field(description="When it was asked for.")
    finished_at: datetime | None = strawberry.field(description="When it was done, given up or cancelled; null while it is live.")
    replay_obstacle: ReplayObstacle | None = strawberry.field(
        description="Why `replayTask` would be refused; null when it would not."
    )

    @classmethod
    def of(cls, row: AnyRow) -> "Task":
        """From a row of `tasks` (services.tasks.COLUMNS)."""
        obstacle = tasks.obstacle_of(row)
        return cls(
            id=to_id("Task", row.id),
            actor=row.actor,
            queue=row.queue,
            state=TaskState(row.state.value),
            args=row.args,
            attempt=row.attempt,
            max_attempts=row.max_attempts,
            lost_leases=row.lost_leases,
            lease_owner=row.lease_owner,
            last_error=None if row.last_error is None else row.last_error.get("message"),
            available_at=row.available_at,
            created_at=row.created_at,
            finished_at=row.finished_at,
            replay_obstacle=None if obstacle is None else ReplayObstacle(obstacle.value),
        )

    @strawberry.field(description="The dataset, version or quality run that it is about; null for others, and when it is gone.")
    async def subject(self, info: Info) -> Node | None:
        loaders = info.context.loaders
        match self.args:
            case {"versionId": str(id)}:
                return optional(DatasetVersion.of, await loaders.version_by_id.load(UUID(id)))
            case {"datasetId": str(id)}:
                return optional(Dataset.of, await loaders.dataset_by_id.load(UUID(id)))
            case {"runId": str(id)}:
                return optional(QualityRun.of, await loaders.run_by_id.load(UUID(id)))
        return None


@strawberry.input(description="Conditions on tasks; all of them hold.")
class TaskFilter:
    states: list[TaskState] | None = strawberry.field(default=None, description="Any of these.")
    queue: str | None = strawberry.field(default=None, description="Waits in this queue.")
    actor: str | None = strawberry.field(default=None, description="As `versions.ingest`.")

    def parsed(self) -> tasks.TaskFilter:
        """Raises InvalidInput for a name that no task can have."""
        states = None if self.states is None else [models.TaskState[state.name] for state in self.states]
        return tasks.TaskFilter(states=states, queue=self.queue, actor=self.actor)


@strawberry.input(description="A task to run again.")
class ReplayTaskInput:
    id: strawberry.ID = strawberry.field(description="Global id of the task.")


@strawberry.type(description="Outcome of a mutation that leaves a task to do.")
class TaskPayload:
    task: Task | None = strawberry.field(default=None, description="The task as it is now; null with errors.")
    errors: list[UserError] = errors_field()
