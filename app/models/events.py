"""What happened: status events for subscribers, the audit trail, answered requests."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Identity, Index, LargeBinary, SmallInteger, String, Text, Uuid, func, text
from sqlalchemy.dialects.postgresql import INET, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.core.ids import uuid7
from app.models.base import Base, CreatedAt


class Event(Base):
    """A change of a dataset or of one of its versions. `sequence` is contiguous per dataset. Partitioned by month."""

    __tablename__ = "events"
    __table_args__ = (
        Index("ix_events_occurred", "occurred_at"),
        {"postgresql_partition_by": "RANGE (occurred_at)"},
    )

    dataset_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    sequence: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    occurred_at: Mapped[datetime] = mapped_column(primary_key=True, server_default=func.now())
    version_id: Mapped[UUID | None]
    payload: Mapped[dict[str, object]] = mapped_column(JSONB)


class AuditEvent(Base):
    """Who did what to which object. Written in the change's own transaction, never changed. Partitioned by month."""

    __tablename__ = "audit_events"
    __table_args__ = (
        Index("ix_audit_events_target", "target_id", "occurred_at"),
        Index("ix_audit_events_sequence", "sequence"),
        Index("ix_audit_events_actor", "actor_id", "sequence"),
        Index("ix_audit_events_session", "session_id", "sequence", postgresql_where=text("session_id IS NOT NULL")),
        Index("ix_audit_events_api_key", "api_key_id", "sequence", postgresql_where=text("api_key_id IS NOT NULL")),
        {"postgresql_partition_by": "RANGE (occurred_at)"},
    )

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, default=uuid7)
    occurred_at: Mapped[datetime] = mapped_column(primary_key=True, server_default=func.now())
    sequence: Mapped[int] = mapped_column(BigInteger, Identity(always=True))
    actor_id: Mapped[UUID | None]
    action: Mapped[str] = mapped_column(String(64))
    target_id: Mapped[UUID | None]
    ip_address: Mapped[str | None] = mapped_column(INET)
    request_id: Mapped[str | None] = mapped_column(String(64))
    details: Mapped[dict[str, object]] = mapped_column(JSONB, server_default=text("'{}'"))
    actor_system: Mapped[str | None] = mapped_column(String(40))
    """Which part of the system acted, when nobody did."""
    session_id: Mapped[UUID | None]
    """The sign-in session in which the actor did it."""
    api_key_id: Mapped[UUID | None]
    """The API key with which a program did it for the actor."""


class AuditChain(Base):
    """The end of one of the chains in which the records hang. A trigger moves it, within the change's transaction."""

    __tablename__ = "audit_chains"

    shard: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    position: Mapped[int] = mapped_column(BigInteger)
    digest: Mapped[bytes] = mapped_column(LargeBinary(32))


class AuditLink(Base):
    """A record's place in its chain. `digest` is the SHA-256 of the digest before it and of the record."""

    __tablename__ = "audit_links"

    shard: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    position: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    event_id: Mapped[UUID] = mapped_column(Uuid, unique=True)
    sequence: Mapped[int] = mapped_column(BigInteger)
    digest: Mapped[bytes] = mapped_column(LargeBinary(32))


class AuditCheckpoint(Base):
    """Where all chains ended at one moment, signed with a key that the database does not hold."""

    __tablename__ = "audit_checkpoints"

    number: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    body: Mapped[str] = mapped_column(Text)
    """JSON, signed as it stands."""
    key_id: Mapped[str] = mapped_column(String(32))
    signature: Mapped[bytes] = mapped_column(LargeBinary(64))


class IdempotencyKey(Base):
    """A mutation that was done: the same key again gives its object, not a second effect. Kept 24 hours."""

    __tablename__ = "idempotency_keys"
    __table_args__ = (Index("ix_idempotency_keys_created", "created_at"),)

    principal_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    key: Mapped[str] = mapped_column(String(255), primary_key=True)
    request_hash: Mapped[bytes] = mapped_column(LargeBinary(32))
    response: Mapped[dict[str, str]] = mapped_column(JSONB)
    """Id of the object that the mutation made or changed; the answer is read from it."""
    created_at: Mapped[CreatedAt]
