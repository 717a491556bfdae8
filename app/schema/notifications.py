"""Notification channels, what was delivered to them, and everybody's inbox."""

import enum
from datetime import datetime
from uuid import UUID

import strawberry

from app.core.phrases import from_json, say
from app.core.rows import AnyRow
from app.models.notifications import NoticeKind
from app.schema.accounts import User
from app.schema.base import After, First, Info, Node, check_first, optional
from app.schema.connections import Connection
from app.schema.datasets import Dataset
from app.schema.ids import to_id
from app.schema.phrases import Phrase, phrase_of
from app.schema.quality_runs import QualityRun
from app.schema.scalars import BigInt
from app.schema.teams import Team
from app.schema.versions import DatasetVersion
from app.services.notifications import deliveries as notification_deliveries
from app.services.notifications import messages


@strawberry.enum(description="By what somebody is told.")
class NotificationChannelType(enum.Enum):
    EMAIL = strawberry.enum_value("EMAIL", description="A mail.")
    WEBHOOK = strawberry.enum_value("WEBHOOK", description="A signed POST (Standard Webhooks): ids, timestamps, `v1` signatures.")
    SLACK = strawberry.enum_value("SLACK", description="Slack's incoming webhooks, and those of others that take the same JSON.")


@strawberry.enum(description="What a channel can be told of. Only changes of state are told, never what is as it was.")
class NotificationEvent(enum.Enum):
    INCIDENT_OPENED = strawberry.enum_value("INCIDENT_OPENED", description="A rule fails that passed before, or is new.")
    INCIDENT_RESOLVED = strawberry.enum_value("INCIDENT_RESOLVED", description="A rule passes again.")


@strawberry.enum(description="Of which datasets a channel tells; never of one that its people may not see at that moment.")
class NotificationScope(enum.Enum):
    MINE = strawberry.enum_value(
        "MINE", description="Those that you own or watch, or whose incident is yours; of a team: those that it holds a grant on."
    )
    SELECTED = strawberry.enum_value("SELECTED", description="Those of `datasets`.")
    ALL = strawberry.enum_value("ALL", description="All that you may see. Not for teams.")


@strawberry.enum(description="Life of a delivery.")
class NotificationDeliveryStatus(enum.Enum):
    PENDING = strawberry.enum_value("PENDING", description="On its way; `nextAttemptAt` says when it is tried.")
    DELIVERED = strawberry.enum_value("DELIVERED", description="The target took it.")
    FAILED = strawberry.enum_value("FAILED", description="It was given up; `replayNotificationDelivery` tries again.")
    CANCELLED = strawberry.enum_value("CANCELLED", description="The channel was switched off, or lost sight of the dataset.")


@strawberry.enum(description="What a notification is about.")
class NotificationKind(enum.Enum):
    INCIDENTS_OPENED = strawberry.enum_value("INCIDENTS_OPENED", description="Rules of a dataset fail; others may pass again.")
    INCIDENTS_RESOLVED = strawberry.enum_value("INCIDENTS_RESOLVED", description="Rules of a dataset pass again.")
    CHANNEL_DISABLED = strawberry.enum_value("CHANNEL_DISABLED", description="The target of a channel wants nothing any more.")


@strawberry.type(description="A message on its way to one channel, and how that went.")
class NotificationDelivery(Node):
    status: NotificationDeliveryStatus = strawberry.field(description="How it stands.")
    is_test: bool = strawberry.field(description="True for one of `sendTestNotification`: it is tried once.")
    attempts: int = strawberry.field(description="How often it was tried, replays included.")
    response_code: int | None = strawberry.field(description="HTTP status of the last answer; null without one, and for mail.")
    response_excerpt: str | None = strawberry.field(
        description="The first characters of the last answer, without what looks like a secret; null without any."
    )
    error: str | None = strawberry.field(description="Why the last attempt failed; null when it did not.")
    error_phrase: Phrase | None = strawberry.field(description="`error` for a page in another language.")
    next_attempt_at: datetime | None = strawberry.field(description="When it is tried next; null when it has ended.")
    created_at: datetime = strawberry.field(description="When there was something to tell.")
    finished_at: datetime | None = strawberry.field(description="When it ended; null while it is PENDING.")
    row: strawberry.Private[AnyRow]

    @classmethod
    def of(cls, row: AnyRow) -> "NotificationDelivery":
        """From a row of `notification_deliveries` (services.notification_deliveries.COLUMNS)."""
        return cls(
            id=to_id("NotificationDelivery", row.id), status=NotificationDeliveryStatus(row.status.value),
            is_test=row.message_id is None, attempts=row.attempts, response_code=row.response_code,
            response_excerpt=row.response_excerpt, error=row.error,
            error_phrase=None if row.error is None else Phrase.of(from_json(row.error, row.error_phrase)), next_attempt_at=row.next_attempt_at,
            created_at=row.created_at, finished_at=row.finished_at, row=row,
        )  # fmt: skip

    @strawberry.field(description="What is told, in one line; null for a test, and when you may no longer see the dataset.")
    async def title(self, info: Info) -> str | None:
        return await _headline(info, self.row.message_id)

    @strawberry.field(description="`title` for a page in another language.")
    async def title_phrase(self, info: Info) -> Phrase | None:
        return phrase_of(await self.title(info))

    @strawberry.field(description="Of which dataset; null for a test, and when you may no longer see it.")
    async def dataset(self, info: Info) -> Dataset | None:
        return await _dataset(info, self.row.message_id)

    @strawberry.field(description="Where it goes; null when the channel is gone.")
    async def channel(self, info: Info) -> "NotificationChannel | None":
        return optional(NotificationChannel.of, await info.context.loaders.notification_channel_by_id.load(self.row.channel_id))


@strawberry.type(description="Where you, or a team of yours, are told. Secrets and the whole target are never read back.")
class NotificationChannel(Node):
    name: str = strawberry.field(description="What it is called.")
    type: NotificationChannelType = strawberry.field(description="By what it tells.")
    target: str = strawberry.field(description="The mail address; of a URL only scheme and host, for the rest may be a secret.")
    events: list[NotificationEvent] = strawberry.field(description="What it is told of.")
    scope: NotificationScope = strawberry.field(description="Of which datasets.")
    subject_template: str | None = strawberry.field(description="Its own words for the subject; null: the usual ones.")
    body_template: str | None = strawberry.field(description="Its own words for the text; null: the usual ones.")
    enabled: bool = strawberry.field(description="False: nothing is sent to it.")
    disabled_reason: str | None = strawberry.field(description="Why it was switched off by itself; null: it was not.")
    disabled_reason_phrase: Phrase | None = strawberry.field(description="`disabledReason` for a page in another language.")
    previous_secret_until: datetime | None = strawberry.field(
        description="Until then messages are signed with the former secret too; null or past: with one only."
    )
    created_at: datetime = strawberry.field(description="When it was made.")
    updated_at: datetime = strawberry.field(description="When it was last changed.")
    row: strawberry.Private[AnyRow]

    @classmethod
    def of(cls, row: AnyRow) -> "NotificationChannel":
        """From a row of `notification_channels` (services.notification_channels.COLUMNS)."""
        return cls(
            id=to_id("NotificationChannel", row.id), name=row.name, type=NotificationChannelType(row.type.value),
            target=row.shown_target, events=[NotificationEvent(event) for event in row.events],
            scope=NotificationScope(row.scope.value), subject_template=row.subject_template, body_template=row.body_template,
            enabled=row.enabled, disabled_reason=row.disabled_reason,
            disabled_reason_phrase=None if row.disabled_reason is None else Phrase.of(from_json(row.disabled_reason, row.disabled_reason_phrase)), previous_secret_until=row.previous_secret_until,
            created_at=row.created_at, updated_at=row.updated_at, row=row,
        )  # fmt: skip

    @strawberry.field(description="Who made it; null when the account is gone.")
    async def owner(self, info: Info) -> User | None:
        return optional(User.of, await info.context.loaders.user_by_id.load(self.row.owner_id))

    @strawberry.field(description="Whose members may read and change it; null: it is its owner's alone.")
    async def team(self, info: Info) -> Team | None:
        if self.row.team_id is None:
            return None
        return optional(Team.of, await info.context.loaders.team_by_id.load(self.row.team_id))

    @strawberry.field(description="With the scope SELECTED: the chosen datasets that you may see; otherwise none.")
    async def datasets(self, info: Info) -> list[Dataset]:
        rows = await info.context.loaders.dataset_by_id.load_many(self.row.dataset_ids)
        return [Dataset.of(row) for row in rows if row is not None]

    @strawberry.field(description="What was sent to it in the last 90 days, newest first.")
    async def deliveries(self, info: Info, first: First, after: After = None) -> Connection[NotificationDelivery]:
        check_first(first)
        async with info.context.read() as connection:
            page = await notification_deliveries.list_page(connection, info.context.viewer, self.row.id, first=first, after=after)
        return Connection.of(page, NotificationDelivery.of)


@strawberry.type(description="A line in your inbox.")
class Notification(Node):
    sequence: BigInt = strawberry.field(description="Its number: yours are counted from 1.")
    kind: NotificationKind = strawberry.field(description="What it is about.")
    created_at: datetime = strawberry.field(description="When it came.")
    read_at: datetime | None = strawberry.field(description="When you read it; null: not yet.")
    row: strawberry.Private[AnyRow]

    @classmethod
    def of(cls, row: AnyRow) -> "Notification":
        """From a row of `notices` (services.notification_notices.COLUMNS)."""
        return cls(
            id=to_id("Notification", row.id), sequence=BigInt(row.sequence), kind=NotificationKind(row.kind.value),
            created_at=row.created_at, read_at=row.read_at, row=row,
        )  # fmt: skip

    @strawberry.field(description="What it says, in one line.")
    async def title(self, info: Info) -> str:
        if self.row.kind is NoticeKind.CHANNEL_DISABLED:
            found = await info.context.loaders.notification_channel_by_id.load(self.row.channel_id)
            return say(
                "CHANNEL_DISABLED_NOTICE",
                "The notification channel {channel} was switched off: its target is gone.",
                channel=found.name if found else "",
            )
        return await _headline(info, self.row.message_id) or say("NOTICE_HIDDEN", "A dataset changed that you may no longer see.")

    @strawberry.field(description="`title` for a page in another language.")
    async def title_phrase(self, info: Info) -> Phrase:
        return Phrase.of(await self.title(info))

    @strawberry.field(description="Of which dataset; null when it is of a channel, or when you may no longer see it.")
    async def dataset(self, info: Info) -> Dataset | None:
        return await _dataset(info, self.row.message_id)

    @strawberry.field(description="On which version; null when none was checked.")
    async def version(self, info: Info) -> DatasetVersion | None:
        row = await _message(info, self.row.message_id)
        if row is None or row.version_id is None:
            return None
        return optional(DatasetVersion.of, await info.context.loaders.version_by_id.load(row.version_id))

    @strawberry.field(description="By which run it was found; null when a mute has passed.")
    async def run(self, info: Info) -> QualityRun | None:
        row = await _message(info, self.row.message_id)
        if row is None or row.run_id is None:
            return None
        return optional(QualityRun.of, await info.context.loaders.run_by_id.load(row.run_id))

    @strawberry.field(description="The channel that was switched off; null for all else.")
    async def channel(self, info: Info) -> NotificationChannel | None:
        if self.row.channel_id is None:
            return None
        return optional(NotificationChannel.of, await info.context.loaders.notification_channel_by_id.load(self.row.channel_id))


@strawberry.type(description="Your inbox at one moment. The first event after subscribing is its state then.")
class NotificationsEvent:
    sequence: BigInt = strawberry.field(
        description="Of `notification`, or of the newest one; contiguous while you see every dataset."
    )
    unread_count: int = strawberry.field(description="How many you have not read.")
    notification: Notification | None = strawberry.field(description="The one that came; null at first, and when some were read.")


@strawberry.type(description="A notification as a channel would tell it.")
class NotificationPreview:
    subject: str = strawberry.field(description="Of a mail, and the bold line in Slack.")
    body: str = strawberry.field(description="The text.")


@strawberry.type(description="What templates may name, as `{{name}}`.")
class NotificationVariable:
    name: str = strawberry.field(description="As it is written between the braces.")
    description: str = strawberry.field(description="What it stands for.")
    description_phrase: Phrase = strawberry.field(description="`description` for a page in another language.")


async def _message(info: Info, message_id: UUID | None) -> AnyRow | None:
    return None if message_id is None else await info.context.loaders.notification_message_by_id.load(message_id)


async def _headline(info: Info, message_id: UUID | None) -> str | None:
    row = await _message(info, message_id)
    return None if row is None else messages.headline(messages.message_of(row))


async def _dataset(info: Info, message_id: UUID | None) -> Dataset | None:
    row = await _message(info, message_id)
    return None if row is None else optional(Dataset.of, await info.context.loaders.dataset_by_id.load(row.dataset_id))
