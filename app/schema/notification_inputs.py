"""What mutations on notifications take and answer."""

from datetime import timedelta
from uuid import UUID

import strawberry

from app.core.errors import InvalidInput
from app.core.phrases import say
from app.models import notifications as models
from app.schema.base import UserError, errors_field
from app.schema.datasets import Dataset
from app.schema.ids import from_id
from app.schema.notifications import (
    NotificationChannel,
    NotificationChannelType,
    NotificationDelivery,
    NotificationEvent,
    NotificationScope,
)
from app.schema.scalars import BigInt
from app.services.notifications import channels


@strawberry.input(description="A channel to make.")
class CreateNotificationChannelInput:
    name: str = strawberry.field(description="1-100 characters.")
    type: NotificationChannelType = strawberry.field(description="By what it tells; it cannot be changed later.")
    target: str = strawberry.field(
        description="A mail address, in the domain of your own unless you are an administrator; or a URL with https://, "
        "which must not lead into the system's own network. No user name or password in it."
    )
    events: list[NotificationEvent] = strawberry.field(description="What it is told of; at least one.")
    scope: NotificationScope = strawberry.field(default=NotificationScope.MINE, description="Of which datasets.")
    dataset_ids: list[strawberry.ID] | None = strawberry.field(
        default=None, description="With the scope SELECTED: 1-100 datasets."
    )
    team_id: strawberry.ID | None = strawberry.field(default=None, description="A team of yours, whose channel it becomes.")
    subject_template: str | None = strawberry.field(
        default=None, description="Own words with `{{variables}}`, at most 200 characters; null: the usual ones."
    )
    body_template: str | None = strawberry.field(
        default=None, description="Own words with `{{variables}}`, at most 10,000 characters; null: the usual ones."
    )

    def draft(self) -> channels.Draft:
        """For the service. Raises InvalidInput."""
        return channels.Draft(
            name=self.name,
            type=models.ChannelType(self.type.name),
            target=self.target,
            events=_events(self.events),
            scope=models.ChannelScope(self.scope.name),
            dataset_ids=_datasets(self.dataset_ids) or (),
            team_id=None if self.team_id is None else from_id(self.team_id, "Team", "teamId"),
            subject_template=self.subject_template,
            body_template=self.body_template,
        )


@strawberry.input(description="What to change of a channel. Absent: stays as it is.")
class UpdateNotificationChannelInput:
    id: strawberry.ID = strawberry.field(description="The channel.")
    name: str | None = strawberry.field(default=None, description="1-100 characters.")
    target: str | None = strawberry.field(default=None, description="As for `createNotificationChannel`.")
    events: list[NotificationEvent] | None = strawberry.field(default=None, description="At least one.")
    scope: NotificationScope | None = strawberry.field(default=None, description="Of which datasets.")
    dataset_ids: list[strawberry.ID] | None = strawberry.field(
        default=None, description="With the scope SELECTED: 1-100 datasets."
    )
    subject_template: str | None = strawberry.field(default=None, description="Empty: the usual words.")
    body_template: str | None = strawberry.field(default=None, description="Empty: the usual words.")
    enabled: bool | None = strawberry.field(default=None, description="Whether anything is sent to it.")

    def changes(self) -> channels.Changes:
        """For the service. Raises InvalidInput."""
        return channels.Changes(
            name=self.name,
            target=self.target,
            events=None if self.events is None else _events(self.events),
            scope=None if self.scope is None else models.ChannelScope(self.scope.name),
            dataset_ids=_datasets(self.dataset_ids),
            subject_template=self.subject_template,
            body_template=self.body_template,
            enabled=self.enabled,
        )


@strawberry.input(description="A channel to delete.")
class DeleteNotificationChannelInput:
    id: strawberry.ID = strawberry.field(description="The channel.")


@strawberry.input(description="A webhook whose secret is to change.")
class RotateSigningSecretInput:
    channel_id: strawberry.ID = strawberry.field(description="A channel of the type WEBHOOK.")
    overlap_hours: int = strawberry.field(
        default=24, description="0-168: for so long the former secret signs too, so that no message is refused meanwhile."
    )

    def overlap(self) -> timedelta:
        """For the service. Raises InvalidInput."""
        if not 0 <= self.overlap_hours <= 168:
            raise InvalidInput(say("SECRET_OVERLAP", "The overlap is 0 to 168 hours."), path=("overlapHours",))
        return timedelta(hours=self.overlap_hours)


@strawberry.input(description="A channel to try.")
class SendTestNotificationInput:
    channel_id: strawberry.ID = strawberry.field(description="The channel.")


@strawberry.input(description="A delivery to send again.")
class ReplayNotificationDeliveryInput:
    id: strawberry.ID = strawberry.field(description="A delivery that has ended.")


@strawberry.input(description="Notifications that you have read: `ids`, or all up to one.")
class MarkNotificationsReadInput:
    ids: list[strawberry.ID] | None = strawberry.field(default=None, description="At most 100.")
    up_to_sequence: BigInt | None = strawberry.field(default=None, description="All up to the one with this number.")

    def notice_ids(self) -> list[UUID] | None:
        """Row ids. Raises InvalidInput."""
        return None if self.ids is None else [from_id(one, "Notification", "ids") for one in self.ids]


@strawberry.input(description="A dataset to be told of, or no longer.")
class WatchDatasetInput:
    dataset_id: strawberry.ID = strawberry.field(description="The dataset.")


@strawberry.type(description="Outcome of a mutation on a channel.")
class NotificationChannelPayload:
    channel: NotificationChannel | None = strawberry.field(
        default=None, description="The channel as it is now; null with errors."
    )
    errors: list[UserError] = errors_field()


@strawberry.type(description="Outcome of `createNotificationChannel` and `rotateSigningSecret`.")
class SecretNotificationChannelPayload:
    channel: NotificationChannel | None = strawberry.field(
        default=None, description="The channel as it is now; null with errors."
    )
    signing_secret: str | None = strawberry.field(
        default=None,
        description="With which a receiver checks signatures: `whsec_...`. Shown this once; null for what is no webhook, and when "
        "the request was repeated.",
    )
    errors: list[UserError] = errors_field()


@strawberry.type(description="Outcome of `deleteNotificationChannel`.")
class DeleteNotificationChannelPayload:
    deleted_id: strawberry.ID | None = strawberry.field(default=None, description="Id of the channel; null with errors.")
    errors: list[UserError] = errors_field()


@strawberry.type(description="Outcome of a mutation on a delivery.")
class NotificationDeliveryPayload:
    delivery: NotificationDelivery | None = strawberry.field(
        default=None, description="The delivery; of a test after its attempt, or PENDING when that takes long. Null with errors."
    )
    errors: list[UserError] = errors_field()


@strawberry.type(description="Outcome of `markNotificationsRead`.")
class MarkNotificationsReadPayload:
    unread_count: int | None = strawberry.field(default=None, description="How many are left; null with errors.")
    errors: list[UserError] = errors_field()


@strawberry.type(description="Outcome of `watchDataset` and `unwatchDataset`.")
class WatchDatasetPayload:
    dataset: Dataset | None = strawberry.field(default=None, description="The dataset; null with errors.")
    errors: list[UserError] = errors_field()


def _events(given: list[NotificationEvent]) -> list[models.NotificationEvent]:
    return [models.NotificationEvent(event.name) for event in given]


def _datasets(ids: list[strawberry.ID] | None) -> list[UUID] | None:
    return None if ids is None else [from_id(one, "Dataset", "datasetIds") for one in ids]
