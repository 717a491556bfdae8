"""What follows from runs: incidents with their comments, and the schedules by which runs are begun."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, CreatedAt, Id, one_of, text_enum


class IncidentState(StrEnum):
    """Whether the rule still fails."""

    ACTIVE = "ACTIVE"
    RESOLVED = "RESOLVED"


class IncidentStage(StrEnum):
    """How far people have come with it."""

    TRIAGE = "TRIAGE"
    INVESTIGATION = "INVESTIGATION"
    WORK_IN_PROGRESS = "WORK_IN_PROGRESS"
    FIXED = "FIXED"
    NO_ACTION_REQUIRED = "NO_ACTION_REQUIRED"


class IncidentPriority(StrEnum):
    """From the rule: CRITICAL blocks publication, then by severity."""

    LOW = "LOW"
    MEDIUM = "MEDIUM"
    HIGH = "HIGH"
    CRITICAL = "CRITICAL"


class Incident(Base):
    """A rule that fails, from its first failure on; one a rule, reopened when it fails again."""

    __tablename__ = "incidents"
    __table_args__ = (
        one_of("state", IncidentState),
        one_of("stage", IncidentStage),
        one_of("priority", IncidentPriority),
        Index("uq_incidents_rule", "rule_id", unique=True),
        Index("ix_incidents_dataset", "dataset_id", "state"),
        Index("ix_incidents_muted", "muted_until", postgresql_where=text("muted_until IS NOT NULL")),
        Index("ix_incidents_newest", text("started_at DESC"), text("id DESC")),
    )

    id: Mapped[Id]
    dataset_id: Mapped[UUID] = mapped_column(ForeignKey("datasets.id", ondelete="CASCADE"))
    rule_id: Mapped[UUID] = mapped_column(ForeignKey("quality_rules.id", ondelete="CASCADE"))
    version_id: Mapped[UUID] = mapped_column(ForeignKey("dataset_versions.id", ondelete="CASCADE"))
    """On which it failed last."""
    run_id: Mapped[UUID] = mapped_column(ForeignKey("quality_runs.id", ondelete="CASCADE"))
    title: Mapped[str] = mapped_column(String(300))
    priority: Mapped[IncidentPriority] = mapped_column(text_enum(IncidentPriority))
    state: Mapped[IncidentState] = mapped_column(text_enum(IncidentState), default=IncidentState.ACTIVE)
    stage: Mapped[IncidentStage] = mapped_column(text_enum(IncidentStage), default=IncidentStage.TRIAGE)
    assignee_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    failure_count: Mapped[int] = mapped_column(server_default=text("1"))
    """Runs that failed, all together."""
    reopened_count: Mapped[int] = mapped_column(server_default=text("0"))
    muted_until: Mapped[datetime | None]
    started_at: Mapped[CreatedAt]
    """When it began to fail, this time."""
    updated_at: Mapped[CreatedAt]
    resolved_at: Mapped[datetime | None]


class IncidentComment(Base):
    """What somebody said about an incident."""

    __tablename__ = "incident_comments"
    __table_args__ = (Index("ix_incident_comments_incident", "incident_id", "id"),)

    id: Mapped[Id]
    incident_id: Mapped[UUID] = mapped_column(ForeignKey("incidents.id", ondelete="CASCADE"))
    author_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    text: Mapped[str] = mapped_column(Text)
    created_at: Mapped[CreatedAt]


class CheckSchedule(Base):
    """When the current version of a dataset is checked again."""

    __tablename__ = "check_schedules"
    __table_args__ = (
        Index("ix_check_schedules_due", "next_run_at", postgresql_where=text("enabled")),
        Index("ix_check_schedules_dataset", "dataset_id", "id"),
        Index("ix_check_schedules_next", "next_run_at", "id"),
    )

    id: Mapped[Id]
    dataset_id: Mapped[UUID] = mapped_column(ForeignKey("datasets.id", ondelete="CASCADE"))
    cron: Mapped[str] = mapped_column(String(100))
    timezone: Mapped[str] = mapped_column(String(64))
    enabled: Mapped[bool] = mapped_column(server_default=text("true"))
    all_rules: Mapped[bool] = mapped_column(server_default=text("true"))
    """False: those of `check_schedule_rules`."""
    next_run_at: Mapped[datetime]
    created_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    created_at: Mapped[CreatedAt]
    updated_at: Mapped[CreatedAt]


class CheckScheduleRule(Base):
    """A rule that a schedule runs."""

    __tablename__ = "check_schedule_rules"

    schedule_id: Mapped[UUID] = mapped_column(ForeignKey("check_schedules.id", ondelete="CASCADE"), primary_key=True)
    rule_id: Mapped[UUID] = mapped_column(ForeignKey("quality_rules.id", ondelete="CASCADE"), primary_key=True)
