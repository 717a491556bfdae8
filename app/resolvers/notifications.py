"""Notification channels, their deliveries, and the inbox."""

import asyncio
from collections.abc import AsyncGenerator
from typing import Annotated
from uuid import UUID

import strawberry
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.viewer import Viewer
from app.models.notifications import DeliveryStatus
from app.resolvers.answers import answer
from app.schema.base import After, First, Info, check_first, optional
from app.schema.connections import Connection
from app.schema.datasets import Dataset
from app.schema.ids import from_id, to_id
from app.schema.notification_inputs import (
    CreateNotificationChannelInput,
    DeleteNotificationChannelInput,
    DeleteNotificationChannelPayload,
    MarkNotificationsReadInput,
    MarkNotificationsReadPayload,
    NotificationChannelPayload,
    NotificationDeliveryPayload,
    ReplayNotificationDeliveryInput,
    RotateSigningSecretInput,
    SecretNotificationChannelPayload,
    SendTestNotificationInput,
    UpdateNotificationChannelInput,
    WatchDatasetInput,
    WatchDatasetPayload,
)
from app.schema.notifications import (
    Notification,
    NotificationChannel,
    NotificationDelivery,
    NotificationPreview,
    NotificationsEvent,
    NotificationVariable,
)
from app.schema.phrases import Phrase
from app.schema.scalars import BigInt
from app.services.notifications import channels, deliveries, notices, templates, texts
from app.services.notifications.channels import Written
from app.services.notifications.texts import Words

TEST_SECONDS, LOOK_SECONDS = 5.0, 0.1
"""For so long `sendTestNotification` waits for the attempt, and how often it looks."""

Template = Annotated[str | None, strawberry.argument(description="Own words with `{{variables}}`; null: the usual ones.")]


@strawberry.type
class NotificationsQuery:
    @strawberry.field(description="Your notification channels and those of your teams, newest first.")
    async def notification_channels(self, info: Info, first: First, after: After = None) -> Connection[NotificationChannel]:
        check_first(first)
        async with info.context.read() as connection:
            page = await channels.list_page(connection, info.context.viewer, first=first, after=after)
        return Connection.of(page, NotificationChannel.of)

    @strawberry.field(description="Your inbox, newest first: the last 90 days, without datasets that you may no longer see.")
    async def notifications(
        self,
        info: Info,
        first: First,
        after: After = None,
        unread_only: Annotated[bool, strawberry.argument(description="Only what you have not read.")] = False,
    ) -> Connection[Notification]:
        check_first(first)
        async with info.context.read() as connection:
            page = await notices.list_page(connection, info.context.viewer, unread_only=unread_only, first=first, after=after)
        return Connection.of(page, Notification.of)

    @strawberry.field(description="How many notifications you have not read.")
    async def unread_notification_count(self, info: Info) -> int:
        async with info.context.read() as connection:
            return await notices.count_unread(connection, info.context.viewer)

    @strawberry.field(description="An example in these words: what `createNotificationChannel` would accept, or INVALID_INPUT.")
    async def notification_preview(
        self, info: Info, subject_template: Template = None, body_template: Template = None
    ) -> NotificationPreview:
        assert info.context.viewer
        subject = templates.checked(subject_template, "subjectTemplate")
        words = Words("Example", subject, templates.checked(body_template, "bodyTemplate"))
        text = texts.text_of(texts.example_values(texts.EXAMPLE_URL), words)
        return NotificationPreview(subject=text.subject, body=text.body)

    @strawberry.field(description="What templates of notifications may name.")
    async def notification_variables(self, info: Info) -> list[NotificationVariable]:
        assert info.context.viewer
        return [
            NotificationVariable(name=name, description=text, description_phrase=Phrase.of(text))
            for name, text in templates.VARIABLES.items()
        ]


@strawberry.type
class NotificationsMutation:
    @strawberry.mutation(description="A channel of yours, or of a team of yours. An API key needs the scope WRITE.")
    async def create_notification_channel(
        self, info: Info, input: Annotated[CreateNotificationChannelInput, strawberry.argument(description="The channel.")]
    ) -> SecretNotificationChannelPayload:
        async def done() -> SecretNotificationChannelPayload:
            draft, settings, made = input.draft(), info.context.resources.settings, list[Written]()

            async def create(session: AsyncSession, viewer: Viewer) -> UUID:
                made.append(await channels.create(session, viewer, settings, draft))
                return made[0].id

            return await _with_secret(info, await info.context.write(create), made)

        return await answer(SecretNotificationChannelPayload, done())

    @strawberry.mutation(description="Changes a channel, or switches it off and on. An API key needs the scope WRITE.")
    async def update_notification_channel(
        self, info: Info, input: Annotated[UpdateNotificationChannelInput, strawberry.argument(description="The changes.")]
    ) -> NotificationChannelPayload:
        async def done() -> NotificationChannelPayload:
            channel_id, changes = from_id(input.id, "NotificationChannel"), input.changes()
            settings = info.context.resources.settings
            await info.context.write(
                lambda session, viewer: channels.update_channel(session, viewer, settings, channel_id, changes)
            )
            async with info.context.read() as connection:
                row = await channels.get(connection, info.context.viewer, channel_id)
            return NotificationChannelPayload(channel=NotificationChannel.of(row))

        return await answer(NotificationChannelPayload, done())

    @strawberry.mutation(description="The channel and its log are gone; nothing more is sent. An API key needs the scope WRITE.")
    async def delete_notification_channel(
        self, info: Info, input: Annotated[DeleteNotificationChannelInput, strawberry.argument(description="Which one.")]
    ) -> DeleteNotificationChannelPayload:
        async def done() -> DeleteNotificationChannelPayload:
            channel_id = from_id(input.id, "NotificationChannel")
            await info.context.write(lambda session, viewer: channels.delete_channel(session, viewer, channel_id))
            return DeleteNotificationChannelPayload(deleted_id=to_id("NotificationChannel", channel_id))

        return await answer(DeleteNotificationChannelPayload, done())

    @strawberry.mutation(
        description="A new secret signs a webhook from now on; the former one signs too while they overlap. An API key needs the "
        "scope WRITE."
    )
    async def rotate_signing_secret(
        self, info: Info, input: Annotated[RotateSigningSecretInput, strawberry.argument(description="Which one.")]
    ) -> SecretNotificationChannelPayload:
        async def done() -> SecretNotificationChannelPayload:
            channel_id, overlap = from_id(input.channel_id, "NotificationChannel", "channelId"), input.overlap()
            settings, made = info.context.resources.settings, list[Written]()

            async def rotate(session: AsyncSession, viewer: Viewer) -> UUID:
                made.append(await channels.rotate_secret(session, viewer, settings, channel_id, overlap=overlap))
                return channel_id

            return await _with_secret(info, await info.context.write(rotate), made)

        return await answer(SecretNotificationChannelPayload, done())

    @strawberry.mutation(
        description="Sends an example to a channel, once, and waits up to five seconds for what becomes of it. At most ten in a "
        "minute. An API key needs the scope WRITE."
    )
    async def send_test_notification(
        self, info: Info, input: Annotated[SendTestNotificationInput, strawberry.argument(description="Which channel.")]
    ) -> NotificationDeliveryPayload:
        async def done() -> NotificationDeliveryPayload:
            channel_id = from_id(input.channel_id, "NotificationChannel", "channelId")
            delivery_id = await info.context.write(lambda session, viewer: deliveries.send_test(session, viewer, channel_id))
            return await _attempted(info, delivery_id)

        return await answer(NotificationDeliveryPayload, done())

    @strawberry.mutation(
        description="Sends a delivery again that has ended, under the same id: a receiver that took it knows it. An API key needs "
        "the scope WRITE."
    )
    async def replay_notification_delivery(
        self, info: Info, input: Annotated[ReplayNotificationDeliveryInput, strawberry.argument(description="Which one.")]
    ) -> NotificationDeliveryPayload:
        async def done() -> NotificationDeliveryPayload:
            delivery_id = from_id(input.id, "NotificationDelivery")
            await info.context.write(lambda session, viewer: deliveries.replay(session, viewer, delivery_id))
            async with info.context.read() as connection:
                row = await deliveries.get(connection, info.context.viewer, delivery_id)
            return NotificationDeliveryPayload(delivery=NotificationDelivery.of(row))

        return await answer(NotificationDeliveryPayload, done())

    @strawberry.mutation(description="These notifications of yours are read.")
    async def mark_notifications_read(
        self, info: Info, input: Annotated[MarkNotificationsReadInput, strawberry.argument(description="Which ones.")]
    ) -> MarkNotificationsReadPayload:
        async def done() -> MarkNotificationsReadPayload:
            ids, up_to = input.notice_ids(), input.up_to_sequence
            await info.context.write(lambda session, viewer: notices.mark_read(session, viewer, ids, up_to=up_to))
            async with info.context.read() as connection:
                left = await notices.count_unread(connection, info.context.viewer)
            return MarkNotificationsReadPayload(unread_count=left)

        return await answer(MarkNotificationsReadPayload, done())

    @strawberry.mutation(description="From now on you are told of the dataset as its owner is.")
    async def watch_dataset(
        self, info: Info, input: Annotated[WatchDatasetInput, strawberry.argument(description="Which one.")]
    ) -> WatchDatasetPayload:
        async def done() -> WatchDatasetPayload:
            dataset_id = from_id(input.dataset_id, "Dataset", "datasetId")
            await info.context.write(lambda session, viewer: notices.watch(session, viewer, dataset_id))
            return await _watched(info, dataset_id)

        return await answer(WatchDatasetPayload, done())

    @strawberry.mutation(description="You are told of the dataset no longer, unless it is yours.")
    async def unwatch_dataset(
        self, info: Info, input: Annotated[WatchDatasetInput, strawberry.argument(description="Which one.")]
    ) -> WatchDatasetPayload:
        async def done() -> WatchDatasetPayload:
            dataset_id = from_id(input.dataset_id, "Dataset", "datasetId")
            await info.context.write(lambda session, viewer: notices.unwatch(session, viewer, dataset_id))
            return await _watched(info, dataset_id)

        return await answer(WatchDatasetPayload, done())


@strawberry.type
class NotificationsSubscription:
    @strawberry.subscription(
        description="Your inbox as it is now, then every notification that comes, and whenever some were read."
    )
    async def notifications_changed(self, info: Info) -> AsyncGenerator[NotificationsEvent, None]:
        context = info.context
        async for state in context.resources.inboxes.stream(context.viewer):
            context.renew_loaders()
            yield NotificationsEvent(
                sequence=BigInt(state.sequence),
                unread_count=state.unread_count,
                notification=optional(Notification.of, state.notice),
            )


async def _with_secret(info: Info, channel_id: UUID, made: list[Written]) -> SecretNotificationChannelPayload:
    """The secret is there only when this request made it, and not an earlier one with the same Idempotency-Key."""
    async with info.context.read() as connection:
        row = await channels.get(connection, info.context.viewer, channel_id)
    return SecretNotificationChannelPayload(channel=NotificationChannel.of(row), signing_secret=made[0].secret if made else None)


async def _attempted(info: Info, delivery_id: UUID) -> NotificationDeliveryPayload:
    """The delivery when it was attempted, or as it is after some seconds."""
    until = asyncio.get_running_loop().time() + TEST_SECONDS
    while True:
        async with info.context.read() as connection:
            row = await deliveries.get(connection, info.context.viewer, delivery_id)
        if row.status is not DeliveryStatus.PENDING or asyncio.get_running_loop().time() >= until:
            return NotificationDeliveryPayload(delivery=NotificationDelivery.of(row))
        await asyncio.sleep(LOOK_SECONDS)


async def _watched(info: Info, dataset_id: UUID) -> WatchDatasetPayload:
    return WatchDatasetPayload(dataset=optional(Dataset.of, await info.context.loaders.dataset_by_id.load(dataset_id)))
