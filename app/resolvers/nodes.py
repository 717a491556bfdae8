"""Any object by its global id (Relay)."""

from typing import Annotated

import strawberry

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
from app.schema.quality_runs import QualityRun
from app.schema.rule_templates import RuleTemplate
from app.schema.tasks import Task
from app.schema.teams import Team
from app.schema.uploads import Upload
from app.schema.versions import DatasetVersion, FileObject
from app.services import tasks
from app.services.access import grants
from app.services.accounts import api_keys, teams
from app.services.datasets import versions
from app.services.notifications import deliveries, notices
from app.services.quality import incidents, rule_templates, rules, schedules
from app.services.uploads import uploads


@strawberry.type
class NodesQuery:
    @strawberry.field(description="The object with this id; null when there is none that you may see.")
    async def node(self, info: Info, id: Annotated[strawberry.ID, strawberry.argument(description="Global id.")]) -> Node | None:
        match parse_id(id):
            case ("Dataset", row_id):
                row = await info.context.loaders.dataset_by_id.load(row_id)
                return optional(Dataset.of, row)
            case ("DatasetVersion", row_id):
                row = await info.context.loaders.version_by_id.load(row_id)
                return optional(DatasetVersion.of, row)
            case ("User", row_id):
                row = await info.context.loaders.user_by_id.load(row_id)
                return optional(User.of, row)
            case ("Team", row_id):
                async with info.context.read() as connection:
                    return optional(Team.of, await teams.find(connection, row_id))
            case ("ApiKey", row_id):
                async with info.context.read() as connection:
                    return optional(ApiKey.of, await api_keys.find_own(connection, info.context.viewer, row_id))
            case ("FileObject", row_id):
                async with info.context.read() as connection:
                    return optional(FileObject.of, await versions.find_file(connection, info.context.viewer, row_id))
            case ("Upload", row_id):
                async with info.context.read() as connection:
                    return optional(Upload.of, await uploads.find(connection, info.context.viewer, row_id))
            case ("QualityRule", row_id):
                async with info.context.read() as connection:
                    return optional(QualityRule.of, await rules.find(connection, info.context.viewer, row_id))
            case ("Incident", row_id):
                async with info.context.read() as connection:
                    return optional(Incident.of, await incidents.find(connection, info.context.viewer, row_id))
            case ("CheckSchedule", row_id):
                async with info.context.read() as connection:
                    return optional(CheckSchedule.of, await schedules.find(connection, info.context.viewer, row_id))
            case ("RuleTemplate", row_id):
                assert info.context.viewer
                async with info.context.read() as connection:
                    return optional(RuleTemplate.of, await rule_templates.find(connection, row_id))
            case ("NotificationChannel", row_id):
                return optional(NotificationChannel.of, await info.context.loaders.notification_channel_by_id.load(row_id))
            case ("NotificationDelivery", row_id):
                async with info.context.read() as connection:
                    return optional(NotificationDelivery.of, await deliveries.find(connection, info.context.viewer, row_id))
            case ("Notification", row_id):
                async with info.context.read() as connection:
                    return optional(Notification.of, await notices.find(connection, info.context.viewer, row_id))
            case ("QualityRun", row_id):
                return optional(QualityRun.of, await info.context.loaders.run_by_id.load(row_id))
            case ("Task", row_id):
                async with info.context.read() as connection:
                    return optional(Task.of, await tasks.find(connection, info.context.viewer, row_id))
            case ("AccessGrant", row_id):
                async with info.context.read() as connection:
                    return optional(AccessGrant.of, await grants.find(connection, info.context.viewer, row_id))
        return None
