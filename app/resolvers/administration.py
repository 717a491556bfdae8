"""Looking after the system: queues and tasks, health, storage, the search index. For administrators."""

from datetime import UTC, datetime
from importlib.metadata import version
from typing import Annotated
from uuid import UUID

import strawberry

from app.core.settings import Settings
from app.resolvers.answers import answer
from app.schema.administration import (
    SearchIndexState,
    SetStorageQuotaInput,
    StorageReport,
    StorageUse,
    StorageUsePayload,
    SystemHealth,
)
from app.schema.base import After, First, Info, check_first, optional
from app.schema.connections import Connection
from app.schema.ids import from_id
from app.schema.scalars import BigInt
from app.schema.tasks import ReplayTaskInput, Task, TaskFilter, TaskPayload, TaskQueue
from app.services import health, tasks
from app.services.accounts import users
from app.services.datasets import search
from app.services.uploads import storage_use


@strawberry.type
class AdministrationQuery:
    @strawberry.field(description="Each queue of the task ledger. For administrators.")
    async def task_queues(self, info: Info) -> list[TaskQueue]:
        async with info.context.read() as connection:
            return [TaskQueue.of(row) for row in await tasks.list_queues(connection, info.context.viewer)]

    @strawberry.field(description="Tasks, newest first; those done are kept for a week. For administrators.")
    async def tasks(
        self,
        info: Info,
        first: First,
        after: After = None,
        filter: Annotated[TaskFilter | None, strawberry.argument(description="Conditions.")] = None,
    ) -> Connection[Task]:
        check_first(first)
        wanted = filter.parsed() if filter else tasks.TaskFilter()
        async with info.context.read() as connection:
            page = await tasks.list_tasks(connection, info.context.viewer, first=first, after=after, filter=wanted)
        return Connection.of(page, Task.of)

    @strawberry.field(description="What is stored, altogether and by account. For administrators.")
    async def storage(self, info: Info, first: First, after: After = None) -> StorageReport:
        check_first(first)
        default = info.context.resources.settings.storage_quota_bytes
        async with info.context.read() as connection:
            page = await storage_use.list_owners(connection, info.context.viewer, first=first, after=after)
            total = await storage_use.total(connection, info.context.viewer)
        return StorageReport(
            used_bytes=total.used_bytes,
            file_bytes=total.file_bytes,
            dataset_count=total.datasets,
            default_quota_bytes=BigInt(default),
            owners=Connection.of(page, lambda row: StorageUse.of(row, default)),
        )

    @strawberry.field(description="Whether everything that the system stands on answers. For administrators.")
    async def system_health(self, info: Info) -> SystemHealth:
        context = info.context
        resources = context.resources
        found = await health.look(resources.db, resources.redis, resources.storage, context.viewer)
        return SystemHealth.of(
            found,
            checked_at=datetime.now(UTC),
            version=version("datakura"),
            profile=resources.settings.profile,
            mails_page=_mails_page(resources.settings),
        )

    @strawberry.field(description="How far the search index follows the datasets. For administrators.")
    async def search_index(self, info: Info) -> SearchIndexState:
        async with info.context.read() as connection:
            return SearchIndexState.of(await search.state(connection, info.context.viewer))


@strawberry.type
class AdministrationMutation:
    @strawberry.mutation(description="Runs a dead task again; one that is not dead any more is left alone. For administrators.")
    async def replay_task(
        self, info: Info, input: Annotated[ReplayTaskInput, strawberry.argument(description="Which one.")]
    ) -> TaskPayload:
        async def done() -> TaskPayload:
            task_id = from_id(input.id, "Task")
            return await _task(info, await info.context.write(lambda session, viewer: tasks.replay(session, viewer, task_id)))

        return await answer(TaskPayload, done())

    @strawberry.mutation(
        description="Writes every search document anew while searches go on; gives the task that does it. For administrators."
    )
    async def rebuild_search_index(self, info: Info) -> TaskPayload:
        async def done() -> TaskPayload:
            return await _task(info, await info.context.write(search.queue_rebuild))

        return await answer(TaskPayload, done())

    @strawberry.mutation(description="Gives an account a quota of its own, or takes it away again. For administrators.")
    async def set_storage_quota(
        self, info: Info, input: Annotated[SetStorageQuotaInput, strawberry.argument(description="The quota.")]
    ) -> StorageUsePayload:
        async def done() -> StorageUsePayload:
            user_id = from_id(input.user_id, "User", "userId")
            quota, default = input.quota_bytes, info.context.resources.settings.storage_quota_bytes
            await info.context.write(lambda session, viewer: users.set_storage_quota(session, viewer, user_id, quota_bytes=quota))
            async with info.context.read() as connection:
                row = await storage_use.of_owner(connection, info.context.viewer, user_id)
            return StorageUsePayload(storage_use=optional(lambda found: StorageUse.of(found, default), row))

        return await answer(StorageUsePayload, done())


async def _task(info: Info, task_id: UUID) -> TaskPayload:
    async with info.context.read() as connection:
        return TaskPayload(task=optional(Task.of, await tasks.find(connection, info.context.viewer, task_id)))


def _mails_page(settings: Settings) -> str | None:
    return "/mails" if settings.profile != "production" and not settings.mail_url.get_secret_value() else None
