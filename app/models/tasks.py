"""The task ledger: outbox, inbox, lease, retry and dead letter in one table."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Index, SmallInteger, String, func, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, CreatedAt, Id, Json, one_of, text_enum


class TaskState(StrEnum):
    """States of a task; a trigger rejects every other step."""

    READY = "READY"
    QUEUED = "QUEUED"
    RUNNING = "RUNNING"
    SUCCEEDED = "SUCCEEDED"
    DEAD = "DEAD"
    CANCELLED = "CANCELLED"


class Task(Base):
    """A piece of work. Redis carries its id only as a wake-up; this row is the fact."""

    __tablename__ = "tasks"
    __table_args__ = (
        one_of("state", TaskState),
        CheckConstraint("(state = 'RUNNING') = (lease_until IS NOT NULL)", name="lease"),
        CheckConstraint("(state IN ('SUCCEEDED', 'DEAD', 'CANCELLED')) = (finished_at IS NOT NULL)", name="finished"),
        CheckConstraint("octet_length(args::text) <= 16384", name="args_size"),
        Index(
            "uq_tasks_dedupe", "actor", "dedupe_key", unique=True,
            postgresql_where=text("dedupe_key IS NOT NULL AND state IN ('READY', 'QUEUED', 'RUNNING')"),
        ),
        Index("ix_tasks_ready", "priority", "available_at", postgresql_where=text("state = 'READY'")),
        Index("ix_tasks_queued", "dispatched_at", postgresql_where=text("state = 'QUEUED'")),
        Index("ix_tasks_running", "lease_until", postgresql_where=text("state = 'RUNNING'")),
        Index("ix_tasks_dead", "id", postgresql_where=text("state = 'DEAD'")),
        Index("ix_tasks_finished", "finished_at", postgresql_where=text("finished_at IS NOT NULL")),
    )  # fmt: skip

    id: Mapped[Id]
    actor: Mapped[str] = mapped_column(String(64))
    queue: Mapped[str] = mapped_column(String(32))
    args: Mapped[dict[str, str]] = mapped_column(JSONB)
    """Ids only."""
    dedupe_key: Mapped[str | None] = mapped_column(String(200))
    on_behalf_of: Mapped[UUID | None]
    """Who takes turns with others in the queue; those without share one turn. No foreign key: a turn outlives its account."""
    state: Mapped[TaskState] = mapped_column(text_enum(TaskState), default=TaskState.READY)
    priority: Mapped[int] = mapped_column(SmallInteger, server_default=text("100"))
    """Lower runs first."""
    available_at: Mapped[datetime] = mapped_column(server_default=func.now())
    attempt: Mapped[int] = mapped_column(server_default=text("0"))
    """Counted at claim, so that a killed worker counts too."""
    max_attempts: Mapped[int] = mapped_column(server_default=text("5"))
    lost_leases: Mapped[int] = mapped_column(server_default=text("0"))
    fence: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))
    """+1 at every claim, never reused: what a zombie no longer holds."""
    lease_owner: Mapped[str | None] = mapped_column(String(200))
    lease_until: Mapped[datetime | None]
    dispatched_at: Mapped[datetime | None]
    dispatch_count: Mapped[int] = mapped_column(server_default=text("0"))
    last_error: Mapped[Json] = mapped_column(JSONB(none_as_null=True))
    created_at: Mapped[CreatedAt]
    finished_at: Mapped[datetime | None]
