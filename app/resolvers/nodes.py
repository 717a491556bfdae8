"""Any object by its global id (Relay)."""

from collections.abc import Awaitable, Callable
from typing import Annotated
from uuid import UUID

import strawberry
from sqlalchemy.ext.asyncio import AsyncConnection

from app.core.rows import AnyRow
from app.core.viewer import Viewer
from app.loaders import Loader, Loaders
from app.schema.access import AccessGrant
from app.schema.accounts import User
from app.schema.api_keys import ApiKey
from app.schema.base import Info, Node, optional
from app.schema.check_schedules import CheckSchedule
from app.schema.datasets import Dataset
from app.schema.ids import parse_id
from app.schema.incidents import Incident
from app.schema.notifications import Notification, NotificationChannel, NotificationDelivery
from app.schema.quality_rules import QualityRule
from app.schema.quality_runs import QualityResult, QualityRun
from app.schema.rule_templates import RuleTemplate
from app.schema.tasks import Task
from app.schema.teams import Team
from app.schema.uploads import Upload
from app.schema.versions import DatasetVersion, FileObject
from app.services import tasks
from app.services.access import grants
from app.services.accounts import api_keys
from app.services.datasets import versions
from app.services.notifications import deliveries, notices
from app.services.quality import incidents, rule_templates, rules, runs, schedules
from app.services.uploads import uploads

Make = Callable[[AnyRow], Node]
Find = Callable[[Info, UUID], Awaitable[Node | None]]


def _loaded(make: Make, loader: Callable[[Loaders], Loader[UUID, AnyRow | None]]) -> Find:
    """Found together with others of its type in one statement."""

    async def find(info: Info, row_id: UUID) -> Node | None:
        return optional(make, await loader(info.context.loaders).load(row_id))

    return find


def _read(make: Make, find_row: Callable[[AsyncConnection, Viewer, UUID], Awaitable[AnyRow | None]]) -> Find:
    async def find(info: Info, row_id: UUID) -> Node | None:
        viewer = info.context.viewer
        async with info.context.read() as connection:
            return optional(make, await find_row(connection, viewer, row_id))

    return find


FINDERS: dict[str, Find] = {
    "AccessGrant": _read(AccessGrant.of, grants.find),
    "ApiKey": _read(ApiKey.of, api_keys.find_own),
    "CheckSchedule": _read(CheckSchedule.of, schedules.find),
    "Dataset": _loaded(Dataset.of, lambda loaders: loaders.dataset_by_id),
    "DatasetVersion": _loaded(DatasetVersion.of, lambda loaders: loaders.version_by_id),
    "FileObject": _read(FileObject.of, versions.find_file),
    "Incident": _read(Incident.of, incidents.find),
    "Notification": _read(Notification.of, notices.find),
    "NotificationChannel": _loaded(NotificationChannel.of, lambda loaders: loaders.notification_channel_by_id),
    "NotificationDelivery": _read(NotificationDelivery.of, deliveries.find),
    "QualityResult": _read(QualityResult.of, runs.find_result),
    "QualityRule": _read(QualityRule.of, rules.find),
    "QualityRun": _loaded(QualityRun.of, lambda loaders: loaders.run_by_id),
    "RuleTemplate": _read(RuleTemplate.of, lambda connection, _, row_id: rule_templates.find(connection, row_id)),
    "Task": _read(Task.of, tasks.find),
    "Team": _loaded(Team.of, lambda loaders: loaders.team_by_id),
    "Upload": _read(Upload.of, uploads.find),
    "User": _loaded(User.of, lambda loaders: loaders.user_by_id),
}
"""By type name. Each returns None for what the viewer may not see."""


@strawberry.type
class NodesQuery:
    @strawberry.field(description="The object with this id; null when there is none that you may see.")
    async def node(self, info: Info, id: Annotated[strawberry.ID, strawberry.argument(description="Global id.")]) -> Node | None:
        kind, row_id = parse_id(id) or ("", UUID(int=0))
        find = FINDERS.get(kind)
        return None if find is None else await find(info, row_id)
