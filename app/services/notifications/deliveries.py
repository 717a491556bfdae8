"""Deliveries: a message on its way to one channel, over hours if need be, and the log of how that went.

Attempts are counted here and not in the ledger: a target that does not answer is no failure of ours. Whatever happens to a
worker, a delivery is attempted until it has ended; a receiver that gets it twice knows it by its id.
"""

import random
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Select, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from app.core import ledger
from app.core.errors import Conflict, LimitExceeded, NotFound
from app.core.ids import uuid7
from app.core.ledger import Claim, DeadTask
from app.core.phrases import say, to_json
from app.core.rows import AnyRow
from app.core.sealing import Sealer
from app.core.viewer import Principal, Viewer
from app.models.notifications import (
    ChannelType,
    DeliveryStatus,
    NoticeKind,
    NotificationChannel,
    NotificationDelivery,
    NotificationMessage,
)
from app.services import audit, cursors
from app.services.cursors import Page
from app.services.notifications import audience, channels, notices
from app.services.notifications.messages import Message, message_of
from app.services.notifications.texts import Words

ACTOR = "notifications.deliver"
MISSING = say("NO_SUCH_DELIVERY", "There is no such delivery of a channel of yours.")
DELAYS = (5, 30, 120, 600, 1_800, 3_600, 7_200, 14_400, 28_800)
"""Seconds before the second, third, ... attempt: about sixteen hours in all."""
TRIES = len(DELAYS) + 1
JITTER = 0.2
TESTS_PER_MINUTE = 10
"""Tests and replays of one channel."""
MAX_EXCERPT = 200
COLUMNS = (
    NotificationDelivery.id, NotificationDelivery.channel_id, NotificationDelivery.message_id, NotificationDelivery.status,
    NotificationDelivery.attempts, NotificationDelivery.response_code, NotificationDelivery.response_excerpt,
    NotificationDelivery.error, NotificationDelivery.error_phrase, NotificationDelivery.next_attempt_at, NotificationDelivery.created_at,
    NotificationDelivery.finished_at,
)  # fmt: skip
_ORDER = "notification_deliveries"
_LONG_WORD = re.compile(r"[A-Za-z0-9_\-+/=.~]{16,}")


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A delivery that is due."""

    id: UUID
    channel_id: UUID
    type: ChannelType
    target: str = field(repr=False)
    signing_secrets: tuple[str, ...] = field(repr=False)
    """The newest first."""
    words: Words
    message: Message | None
    """None: a test."""
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Outcome:
    """How an attempt went."""

    error: str | None = None
    """One sentence; None: it was delivered."""
    response_code: int | None = None
    body: bytes = b""
    retry_after_seconds: float | None = None
    final: bool = False
    """To try again would be refused again."""
    gone: bool = False
    """The target wants nothing any more."""


async def queue(session: AsyncSession, channel_ids: Sequence[UUID], message_id: UUID) -> None:
    """A delivery for each channel, and its task; one that exists already is left alone."""
    for channel_id in channel_ids:
        statement = insert(NotificationDelivery).values(
            id=uuid7(), channel_id=channel_id, message_id=message_id, status=DeliveryStatus.PENDING, tries_left=TRIES,
            next_attempt_at=func.now(),
        )  # fmt: skip
        done = await session.execute(
            statement.on_conflict_do_nothing(index_elements=["channel_id", "message_id"]).returning(NotificationDelivery.id)
        )
        if (delivery_id := done.scalar_one_or_none()) is not None:
            await _enqueue(session, delivery_id)


async def _enqueue(session: AsyncSession, delivery_id: UUID, *, priority: int = 100) -> None:
    await ledger.enqueue(
        session,
        actor=ACTOR,
        args={"deliveryId": str(delivery_id)},
        queue="outbound",
        dedupe_key=str(delivery_id),
        priority=priority,
    )


async def begin(session: AsyncSession, sealer: Sealer, claim: Claim) -> Outgoing | None:
    """What is to be sent; None when there is nothing to send any more: then the delivery has ended, and its task too.

    Raises:
        LostLease: another worker has it.
    """
    await ledger.hold(session, claim)
    delivery_id = UUID(claim.args["deliveryId"])
    statement = (
        select(
            NotificationDelivery.status, NotificationDelivery.message_id, NotificationDelivery.created_at,
            NotificationChannel.id, NotificationChannel.type, NotificationChannel.target, NotificationChannel.secret,
            NotificationChannel.previous_secret, NotificationChannel.enabled, NotificationChannel.owner_id,
            NotificationChannel.team_id, NotificationChannel.name, NotificationChannel.subject_template,
            NotificationChannel.body_template,
            (NotificationChannel.previous_secret_until > func.now()).label("overlaps"),
        )
        .join(NotificationChannel, NotificationChannel.id == NotificationDelivery.channel_id)
        .where(NotificationDelivery.id == delivery_id)
    )  # fmt: skip
    row = (await session.execute(statement)).one_or_none()
    if row is None or row.status is not DeliveryStatus.PENDING:
        await ledger.succeed(session, claim)
        return None
    message = await _message(session, row.message_id)
    reason = await _obstacle(session, row, message)
    if reason is not None:
        await _end(session, delivery_id, DeliveryStatus.CANCELLED, error=reason)
        await ledger.succeed(session, claim)
        return None
    opened = [
        sealer.open(bytes(sealed), channels.place(column, row.id)).decode()
        for column, sealed in (("secret", row.secret), ("previous_secret", row.previous_secret if row.overlaps else None))
        if sealed is not None
    ]
    target = sealer.open(bytes(row.target), channels.place("target", row.id)).decode()
    words = Words(row.name, row.subject_template, row.body_template)
    return Outgoing(delivery_id, row.id, row.type, target, tuple(opened), words, message, row.created_at)


async def _message(session: AsyncSession, message_id: UUID | None) -> Message | None:
    if message_id is None:
        return None
    statement = select(*notices.MESSAGE_COLUMNS).where(NotificationMessage.id == message_id)
    row = (await session.execute(statement)).one_or_none()
    return None if row is None else message_of(row)


async def _obstacle(session: AsyncSession, row: AnyRow, message: Message | None) -> str | None:
    """Why this is not sent any more; None when it is."""
    if row.message_id is None:
        return None
    if message is None:
        return say("TOLD_IS_GONE", "What was to be told is gone.")
    if not row.enabled:
        return say("CHANNEL_OFF", "The channel is switched off.")
    if not await audience.still_sees(session, message.dataset_id, row.owner_id, row.team_id):
        return say("CHANNEL_SEES_NOTHING", "The dataset may not be seen by the channel's people any more.")
    return None


async def record(session: AsyncSession, claim: Claim, sent: Outgoing, outcome: Outcome, principal: Principal) -> None:
    """How the attempt went is in the log, and what follows from it: an end, or the next attempt.

    Raises:
        LostLease: another worker has it.
    """
    if outcome.gone:
        # The channel first, as its deletion has it: it takes the deliveries along.
        await session.execute(_lock_channel(sent.channel_id))
    held = (
        await session.execute(
            select(NotificationDelivery.attempts, NotificationDelivery.tries_left)
            .where(NotificationDelivery.id == sent.id)
            .with_for_update(key_share=True)
        )
    ).one_or_none()
    if held is None:  # the channel was deleted meanwhile, and the log with it
        await ledger.succeed(session, claim)
        return
    tries_left = held.tries_left - 1
    values: dict[str, object] = {
        "attempts": held.attempts + 1, "tries_left": tries_left, "response_code": outcome.response_code,
        "response_excerpt": excerpt(outcome.body, hidden=(sent.target, *sent.signing_secrets)), "error": outcome.error,
        "error_phrase": None if outcome.error is None else to_json(outcome.error),
    }  # fmt: skip
    await session.execute(update(NotificationDelivery).where(NotificationDelivery.id == sent.id).values(values))
    if outcome.error is None:
        await _end(session, sent.id, DeliveryStatus.DELIVERED, error=None)
        await ledger.succeed(session, claim)
    elif outcome.gone or outcome.final or tries_left <= 0:
        await _end(session, sent.id, DeliveryStatus.FAILED, error=outcome.error)
        if outcome.gone:
            await _disable(session, sent.channel_id, principal)
        await ledger.succeed(session, claim)
    else:
        seconds = delay(TRIES - tries_left - 1, outcome.retry_after_seconds)
        await session.execute(
            update(NotificationDelivery)
            .where(NotificationDelivery.id == sent.id)
            .values(next_attempt_at=func.now() + timedelta(seconds=seconds))
        )
        # Not `retry`: its attempts and times are those of a failure of ours.
        await ledger.postpone(session, claim, error=outcome.error, seconds=seconds)


def delay(failures: int, retry_after_seconds: float | None) -> float:
    """Seconds to the next attempt after the `failures` + 1-th one; what the target asks for is a least."""
    planned = DELAYS[min(failures, len(DELAYS) - 1)] * random.uniform(1 - JITTER, 1 + JITTER)
    return max(planned, retry_after_seconds or 0.0)


def excerpt(body: bytes, *, hidden: Sequence[str]) -> str | None:
    """The first characters of an answer in one line, without what looks like a secret; None for an empty one."""
    shown = body[: MAX_EXCERPT * 4].decode("utf-8", "replace")
    for secret in hidden:
        shown = shown.replace(secret, "***")
    line = " ".join("".join(character if character.isprintable() else " " for character in shown).split())
    return _LONG_WORD.sub("***", line)[:MAX_EXCERPT].strip() or None


async def bury(session: AsyncSession, dead: DeadTask) -> None:
    """The delivery of a task that will not run again has FAILED: nobody waits for it for ever."""
    await _end(
        session,
        UUID(dead.args["deliveryId"]),
        DeliveryStatus.FAILED,
        error=say("DELIVERY_FAILED", "It failed again and again on our side."),
    )


async def send_test(session: AsyncSession, viewer: Viewer, channel_id: UUID) -> UUID:
    """A test on its way, tried once: an example message, also to a channel that is switched off.

    Raises:
        NotFound: no channel of yours. Forbidden: an API key that only reads. LimitExceeded: ten in the last minute.
    """
    channels.require_writer(viewer)
    row = await channels.get(session, viewer, channel_id)
    await _require_few(session, channel_id)
    delivery_id = uuid7()
    await session.execute(
        insert(NotificationDelivery).values(
            id=delivery_id, channel_id=row.id, status=DeliveryStatus.PENDING, tries_left=1, next_attempt_at=func.now(),
            requested_at=func.now(),
        )
    )  # fmt: skip
    await _enqueue(session, delivery_id, priority=50)
    await audit.record(session, viewer, "notification_channel.test", channel_id)
    return delivery_id


async def replay(session: AsyncSession, viewer: Viewer, delivery_id: UUID) -> UUID:
    """An ended delivery is PENDING again, under the same id, with all its attempts anew.

    Raises:
        NotFound: none of yours. Forbidden: an API key that only reads. Conflict: it has not ended, or was a test.
        LimitExceeded: ten in the last minute.
    """
    channels.require_writer(viewer)
    row = await get(session, viewer, delivery_id)
    if row.message_id is None:
        raise Conflict(say("TEST_NO_REPLAY", "A test is not replayed; send another one."))
    if row.status is DeliveryStatus.PENDING:
        raise Conflict(say("DELIVERY_NOT_ENDED", "This delivery has not ended; it is tried again by itself."))
    await _require_few(session, row.channel_id)
    done = await session.execute(
        update(NotificationDelivery)
        .where(NotificationDelivery.id == delivery_id, NotificationDelivery.status != DeliveryStatus.PENDING)
        .values(
            status=DeliveryStatus.PENDING, tries_left=TRIES, next_attempt_at=func.now(), finished_at=None, requested_at=func.now()
        )
        .returning(NotificationDelivery.id)
    )
    if done.first() is not None:
        await _enqueue(session, delivery_id)
    await audit.record(session, viewer, "notification_delivery.replay", delivery_id, channel=str(row.channel_id))
    return delivery_id


async def _require_few(session: AsyncSession, channel_id: UUID) -> None:
    """One after the other for a channel. Raises LimitExceeded."""
    await session.execute(_lock_channel(channel_id))
    count = select(func.count()).where(
        NotificationDelivery.channel_id == channel_id, NotificationDelivery.requested_at > func.now() - timedelta(minutes=1)
    )
    if (await session.execute(count)).scalar_one() >= TESTS_PER_MINUTE:
        raise LimitExceeded(
            say("MOST_TESTS", "At most {most} tests and replays of a channel in a minute. Wait a little.", most=TESTS_PER_MINUTE)
        )


def _lock_channel(channel_id: UUID) -> Select[UUID]:
    return select(NotificationChannel.id).where(NotificationChannel.id == channel_id).with_for_update(key_share=True)


async def _end(session: AsyncSession, delivery_id: UUID, status: DeliveryStatus, *, error: str | None) -> None:
    await session.execute(
        update(NotificationDelivery)
        .where(NotificationDelivery.id == delivery_id, NotificationDelivery.status == DeliveryStatus.PENDING)
        .values(
            status=status,
            error=error,
            error_phrase=None if error is None else to_json(error),
            next_attempt_at=None,
            finished_at=func.now(),
        )
    )


async def _disable(session: AsyncSession, channel_id: UUID, principal: Principal) -> None:
    """The channel is switched off, and whoever made it is told."""
    reason = say("TARGET_GONE", "The target answered 410 Gone: it wants no messages any more.")
    done = await session.execute(
        update(NotificationChannel)
        .where(NotificationChannel.id == channel_id, NotificationChannel.enabled)
        .values(enabled=False, disabled_reason=reason, disabled_reason_phrase=to_json(reason), updated_at=func.now())
        .returning(NotificationChannel.owner_id)
    )
    owner_id = done.scalar_one_or_none()
    if owner_id is not None:
        await notices.put(session, [owner_id], NoticeKind.CHANNEL_DISABLED, channel_id=channel_id)
        await audit.record(session, principal, "notification_channel.disable", channel_id, reason=reason)


def own(viewer: Viewer):  # type: ignore[no-untyped-def]  # a SELECT
    """SELECT of the deliveries to the viewer's channels."""
    return (
        select(*COLUMNS)
        .join(NotificationChannel, NotificationChannel.id == NotificationDelivery.channel_id)
        .where(channels.owned_by(viewer))
    )


async def find(session: AsyncConnection | AsyncSession, viewer: Viewer, delivery_id: UUID) -> AnyRow | None:
    """The row of a delivery to a channel of the viewer, or None."""
    return (await session.execute(own(viewer).where(NotificationDelivery.id == delivery_id))).one_or_none()


async def get(session: AsyncConnection | AsyncSession, viewer: Viewer, delivery_id: UUID) -> AnyRow:
    """See `find`; raises NotFound."""
    row = await find(session, viewer, delivery_id)
    if row is None:
        raise NotFound(MISSING)
    return row


async def list_page(
    connection: AsyncConnection, viewer: Viewer, channel_id: UUID, *, first: int, after: str | None
) -> Page[AnyRow]:
    """The deliveries to a channel of the viewer, newest first."""
    statement = own(viewer).where(NotificationDelivery.channel_id == channel_id).order_by(NotificationDelivery.id.desc())
    if after is not None:
        statement = statement.where(NotificationDelivery.id < cursors.decode(after, _ORDER, UUID)[0])
    rows = (await connection.execute(statement.limit(first + 1))).all()
    return cursors.page(rows, first, after, lambda row: cursors.encode(_ORDER, row.id))
