"""Who is told what: channels, what there is to tell, its deliveries, and everybody's inbox."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint, Uuid, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, CreatedAt, Id, Json, one_of, text_enum
from app.models.incidents import IncidentState


class ChannelType(StrEnum):
    """By what somebody is told."""

    EMAIL = "EMAIL"
    WEBHOOK = "WEBHOOK"
    SLACK = "SLACK"


class NotificationEvent(StrEnum):
    """What a channel can be told of."""

    INCIDENT_OPENED = "INCIDENT_OPENED"
    INCIDENT_RESOLVED = "INCIDENT_RESOLVED"


class ChannelScope(StrEnum):
    """Of which datasets a channel tells."""

    MINE = "MINE"
    SELECTED = "SELECTED"
    ALL = "ALL"


class DeliveryStatus(StrEnum):
    """Life of a delivery: PENDING until one of the others."""

    PENDING = "PENDING"
    DELIVERED = "DELIVERED"
    FAILED = "FAILED"
    CANCELLED = "CANCELLED"


class NoticeKind(StrEnum):
    """What a notice in an inbox is about."""

    INCIDENTS_OPENED = "INCIDENTS_OPENED"
    INCIDENTS_RESOLVED = "INCIDENTS_RESOLVED"
    CHANNEL_DISABLED = "CHANNEL_DISABLED"


class NotificationChannel(Base):
    """Where an account, or a team, wants to be told. Targets of programs and their secrets are sealed: they open doors."""

    __tablename__ = "notification_channels"
    __table_args__ = (
        one_of("type", ChannelType),
        one_of("scope", ChannelScope),
        CheckConstraint("cardinality(events) > 0", name="events"),
        CheckConstraint("(type = 'WEBHOOK') = (secret IS NOT NULL)", name="secret"),
        CheckConstraint("(previous_secret IS NULL) = (previous_secret_until IS NULL)", name="previous_secret"),
        Index("ix_notification_channels_owner", "owner_id", "id"),
        Index("ix_notification_channels_team", "team_id", "id"),
        Index("ix_notification_channels_all", "id", postgresql_where=text("enabled AND scope = 'ALL'")),
        Index("ix_notification_channels_selected", "dataset_ids", postgresql_using="gin"),
    )

    id: Mapped[Id]
    owner_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    """Who made it; in a team's channel every member may change it."""
    team_id: Mapped[UUID | None] = mapped_column(ForeignKey("teams.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(100))
    type: Mapped[ChannelType] = mapped_column(text_enum(ChannelType))
    target: Mapped[bytes] = mapped_column(LargeBinary)
    """Sealed address."""
    shown_target: Mapped[str] = mapped_column(String(320))
    """What may be read back of it."""
    events: Mapped[list[str]] = mapped_column(ARRAY(String(24)))
    scope: Mapped[ChannelScope] = mapped_column(text_enum(ChannelScope))
    dataset_ids: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid()), server_default=text("'{}'"))
    """Of the scope SELECTED. No foreign keys: whether a dataset may be told of is decided each time."""
    subject_template: Mapped[str | None] = mapped_column(String(200))
    body_template: Mapped[str | None] = mapped_column(Text)
    enabled: Mapped[bool] = mapped_column(server_default=text("true"))
    disabled_reason: Mapped[str | None] = mapped_column(String(300))
    """Why it was switched off by the system; None: it was not."""
    disabled_reason_phrase: Mapped[Json] = mapped_column(JSONB(none_as_null=True))
    """`phrases.to_json` of that."""
    secret: Mapped[bytes | None] = mapped_column(LargeBinary)
    previous_secret: Mapped[bytes | None] = mapped_column(LargeBinary)
    previous_secret_until: Mapped[datetime | None]
    """Until then both secrets sign."""
    created_at: Mapped[CreatedAt]
    updated_at: Mapped[CreatedAt]


class NotificationMessage(Base):
    """What changed on one dataset by one run: told once, to whomever it concerns. Names are those of that moment."""

    __tablename__ = "notification_messages"
    __table_args__ = (
        Index("uq_notification_messages_run", "run_id", unique=True),
        Index("ix_notification_messages_created", "created_at"),
    )

    id: Mapped[Id]
    dataset_id: Mapped[UUID] = mapped_column(ForeignKey("datasets.id", ondelete="CASCADE"))
    run_id: Mapped[UUID | None] = mapped_column(ForeignKey("quality_runs.id", ondelete="CASCADE"))
    """None: no run changed anything, but incidents are muted no longer."""
    version_id: Mapped[UUID | None] = mapped_column(ForeignKey("dataset_versions.id", ondelete="CASCADE"))
    content: Mapped[dict[str, object]] = mapped_column(JSONB)
    """{dataset, version, opened, resolved, open_count}; see `services.notification_messages`."""
    created_at: Mapped[CreatedAt]


class NotificationDelivery(Base):
    """A message on its way to one channel. Says how that went, and nothing of the dataset: the message does."""

    __tablename__ = "notification_deliveries"
    __table_args__ = (
        one_of("status", DeliveryStatus),
        UniqueConstraint("channel_id", "message_id"),
        Index("ix_notification_deliveries_channel", "channel_id", text("id DESC")),
        Index("ix_notification_deliveries_created", "created_at"),
    )

    id: Mapped[Id]
    """Of version 7. Over all attempts it is the `webhook-id`, and the letter's Message-ID."""
    channel_id: Mapped[UUID] = mapped_column(ForeignKey("notification_channels.id", ondelete="CASCADE"))
    message_id: Mapped[UUID | None]
    """None: a test. No foreign key: whoever loses sight of the dataset still sees that something was sent."""
    status: Mapped[DeliveryStatus] = mapped_column(text_enum(DeliveryStatus), default=DeliveryStatus.PENDING)
    attempts: Mapped[int] = mapped_column(server_default=text("0"))
    tries_left: Mapped[int]
    """Before it is given up; a replay grants new ones."""
    response_code: Mapped[int | None]
    """Of the last attempt, from HTTP; None when there was no answer, and for mail."""
    response_excerpt: Mapped[str | None] = mapped_column(String(300))
    error: Mapped[str | None] = mapped_column(String(300))
    error_phrase: Mapped[Json] = mapped_column(JSONB(none_as_null=True))
    next_attempt_at: Mapped[datetime | None]
    requested_at: Mapped[datetime | None]
    """When a person last asked for it: a test, or a replay."""
    created_at: Mapped[CreatedAt]
    finished_at: Mapped[datetime | None]


class Notice(Base):
    """A line in an account's inbox."""

    __tablename__ = "notices"
    __table_args__ = (
        one_of("kind", NoticeKind),
        UniqueConstraint("user_id", "sequence"),
        UniqueConstraint("user_id", "message_id"),
        Index("ix_notices_unread", "user_id", postgresql_where=text("read_at IS NULL")),
        Index("ix_notices_created", "created_at"),
    )

    id: Mapped[Id]
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    sequence: Mapped[int] = mapped_column(BigInteger)
    """Contiguous for each account, in the order in which they were committed."""
    kind: Mapped[NoticeKind] = mapped_column(text_enum(NoticeKind))
    message_id: Mapped[UUID | None]
    """What it tells; read through the message's dataset. None: of a channel."""
    channel_id: Mapped[UUID | None] = mapped_column(ForeignKey("notification_channels.id", ondelete="CASCADE"))
    created_at: Mapped[CreatedAt]
    read_at: Mapped[datetime | None]


class Inbox(Base):
    """Where an account's notices are numbered; its row lock orders them."""

    __tablename__ = "inboxes"

    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    sequence: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))
    """Of the newest notice."""
    revision: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))
    """+1 with each change: a notice came, or some were read."""


class DatasetWatcher(Base):
    """Somebody who wants to know of a dataset that belongs to others."""

    __tablename__ = "dataset_watchers"
    __table_args__ = (Index("ix_dataset_watchers_user", "user_id"),)

    dataset_id: Mapped[UUID] = mapped_column(ForeignKey("datasets.id", ondelete="CASCADE"), primary_key=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    created_at: Mapped[CreatedAt]


class ToldIncident(Base):
    """What was last told of an incident, so that nothing is told twice, and nothing recovers that was never said to fail."""

    __tablename__ = "told_incidents"
    __table_args__ = (
        one_of("state", IncidentState),
        Index("ix_told_incidents_waiting", "incident_id", postgresql_where=text("waiting")),
    )

    incident_id: Mapped[UUID] = mapped_column(ForeignKey("incidents.id", ondelete="CASCADE"), primary_key=True)
    state: Mapped[IncidentState | None] = mapped_column(text_enum(IncidentState))
    """None: nothing yet."""
    waiting: Mapped[bool] = mapped_column(server_default=text("false"))
    """It changed while it was muted: when it is so no longer, what it has come to is told."""
    mute_ended: Mapped[datetime | None]
    """The end of the last mute that was seen to pass."""
    updated_at: Mapped[CreatedAt]
