"""Quality: rules, their runs and results, and the time series of measurements."""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from sqlalchemy import BigInteger, Double, ForeignKey, Index, Numeric, String, Text, Uuid, func, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.core.ids import uuid7
from app.models.base import Base, CreatedAt, Id, Json, one_of, text_enum
from app.quality.spec import Operator, Severity


class QualityStatus(StrEnum):
    """Outcome of a check. ERROR (could not run) is never FAIL (ran, and the data is bad)."""

    PASS = "PASS"  # noqa: S105
    WARN = "WARN"
    FAIL = "FAIL"
    ERROR = "ERROR"
    SKIPPED = "SKIPPED"


class RunStatus(StrEnum):
    """States of a run; a trigger rejects every other step."""

    QUEUED = "QUEUED"
    RUNNING = "RUNNING"
    PASSED = "PASSED"
    WARNED = "WARNED"
    FAILED = "FAILED"
    """Rules were violated: a result."""
    ERROR = "ERROR"
    """Rules, or all of it, could not run: says nothing about the data."""
    CANCELLED = "CANCELLED"


class RunTrigger(StrEnum):
    """Why a run was begun."""

    VERSION = "VERSION"
    SCHEDULE = "SCHEDULE"
    MANUAL = "MANUAL"
    DRY_RUN = "DRY_RUN"
    """Of rules that nobody has saved: leaves results and nothing else."""
    BACK_TEST = "BACK_TEST"
    """Of rules on an earlier version: likewise."""


TRIALS = (RunTrigger.DRY_RUN, RunTrigger.BACK_TEST)
"""Runs that count for nothing: no metric, no incident, no publication."""


class RuleColumns:
    """What a rule measures, and when that is good: the same in a dataset's rules and in those of templates."""

    name: Mapped[str] = mapped_column(String(255))
    description: Mapped[str | None] = mapped_column(Text)
    type: Mapped[str] = mapped_column(String(64))
    field_paths: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default=text("'{}'"))
    parameters: Mapped[dict[str, object]] = mapped_column(JSONB, server_default=text("'{}'"))
    operator: Mapped[Operator | None] = mapped_column(text_enum(Operator))
    threshold: Mapped[float | None] = mapped_column(Double)
    upper_threshold: Mapped[float | None] = mapped_column(Double)
    warn_threshold: Mapped[float | None] = mapped_column(Double)
    warn_upper_threshold: Mapped[float | None] = mapped_column(Double)
    severity: Mapped[Severity] = mapped_column(text_enum(Severity), server_default=text("'ERROR'"))
    filter: Mapped[str | None] = mapped_column(Text)
    blocks_publication: Mapped[bool] = mapped_column(server_default=text("false"))


class QualityRule(RuleColumns, Base):
    """A rule of a dataset. A deleted one stays, for the results that refer to it."""

    __tablename__ = "quality_rules"
    __table_args__ = (
        one_of("operator", Operator),
        one_of("severity", Severity),
        Index("ix_quality_rules_dataset", "dataset_id", "id", postgresql_where=text("deleted_at IS NULL")),
        Index("ix_quality_rules_muted", "muted_until", postgresql_where=text("muted_until IS NOT NULL")),
        Index("ix_quality_rules_template", "template_rule_id", postgresql_where=text("template_rule_id IS NOT NULL")),
        Index(
            "uq_quality_rules_contract", "dataset_id", "contract_key", unique=True,
            postgresql_where=text("deleted_at IS NULL AND contract_key IS NOT NULL"),
        ),
    )  # fmt: skip

    id: Mapped[Id]
    dataset_id: Mapped[UUID] = mapped_column(ForeignKey("datasets.id", ondelete="CASCADE"))
    enabled: Mapped[bool] = mapped_column(server_default=text("true"))
    muted_until: Mapped[datetime | None]
    template_rule_id: Mapped[UUID | None] = mapped_column(ForeignKey("rule_template_rules.id"))
    """Of which it is the form on this dataset; NULL: the dataset's own."""
    contract_key: Mapped[str | None] = mapped_column(String(500))
    """What the contract that it was imported from calls it."""
    revision: Mapped[int] = mapped_column(server_default=text("1"))
    """+1 with each change of what is measured: results of an earlier one say nothing about this rule."""
    created_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    created_at: Mapped[CreatedAt]
    updated_at: Mapped[CreatedAt]
    deleted_at: Mapped[datetime | None]


class QualityRun(Base):
    """One execution of rules on one version."""

    __tablename__ = "quality_runs"
    __table_args__ = (
        one_of("status", RunStatus),
        one_of("trigger", RunTrigger),
        Index("ix_quality_runs_dataset", "dataset_id", "id"),
        Index("uq_quality_runs_schedule", "schedule_id", "scheduled_for", unique=True),
        Index("ix_quality_runs_batch", "batch_id", postgresql_where=text("batch_id IS NOT NULL")),
        Index("ix_quality_runs_open", "status", "updated_at", postgresql_where=text("status IN ('QUEUED', 'RUNNING')")),
    )

    id: Mapped[Id]
    dataset_id: Mapped[UUID] = mapped_column(ForeignKey("datasets.id", ondelete="CASCADE"))
    version_id: Mapped[UUID] = mapped_column(ForeignKey("dataset_versions.id", ondelete="CASCADE"))
    status: Mapped[RunStatus] = mapped_column(text_enum(RunStatus), default=RunStatus.QUEUED)
    trigger: Mapped[RunTrigger] = mapped_column(text_enum(RunTrigger))
    rule_ids: Mapped[list[UUID] | None] = mapped_column(ARRAY(Uuid))
    """NULL: all rules that are enabled when it starts."""
    drafts: Mapped[Json] = mapped_column(JSONB(none_as_null=True))
    """Rules that nobody has saved, as a list."""
    batch_id: Mapped[UUID | None]
    """Runs of one back-test."""
    schedule_id: Mapped[UUID | None] = mapped_column(ForeignKey("check_schedules.id", ondelete="SET NULL"))
    scheduled_for: Mapped[datetime | None]
    keeps_failed_rows: Mapped[bool] = mapped_column(server_default=text("false"))
    sequence: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))
    """+1 with each change that subscribers are told of."""
    passed: Mapped[int] = mapped_column(server_default=text("0"))
    warned: Mapped[int] = mapped_column(server_default=text("0"))
    failed: Mapped[int] = mapped_column(server_default=text("0"))
    errored: Mapped[int] = mapped_column(server_default=text("0"))
    skipped: Mapped[int] = mapped_column(server_default=text("0"))
    rows_scanned: Mapped[int | None] = mapped_column(BigInteger)
    error: Mapped[Json] = mapped_column(JSONB(none_as_null=True))
    """{code, message, message_phrase} of a run that could not run at all."""
    requested_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    created_at: Mapped[CreatedAt]
    updated_at: Mapped[CreatedAt]
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]


class QualityResult(Base):
    """What a run found of one rule, with the rule as it was then."""

    __tablename__ = "quality_results"
    __table_args__ = (
        one_of("status", QualityStatus),
        Index("ix_quality_results_run", "run_id", "position", unique=True),
        Index("ix_quality_results_rule", "rule_id", "version_id", text("checked_at DESC")),
        Index("ix_quality_results_history", "rule_id", text("checked_at DESC")),
        Index("ix_quality_results_failed_rows", "failed_rows_key", postgresql_where=text("failed_rows_key IS NOT NULL")),
    )

    id: Mapped[Id]
    run_id: Mapped[UUID] = mapped_column(ForeignKey("quality_runs.id", ondelete="CASCADE"))
    position: Mapped[int]
    dataset_id: Mapped[UUID] = mapped_column(ForeignKey("datasets.id", ondelete="CASCADE"))
    version_id: Mapped[UUID] = mapped_column(ForeignKey("dataset_versions.id", ondelete="CASCADE"))
    rule_id: Mapped[UUID | None] = mapped_column(ForeignKey("quality_rules.id", ondelete="CASCADE"))
    """NULL for a rule that nobody has saved."""
    rule_revision: Mapped[int]
    counts: Mapped[bool]
    """False for a trial: neither the gate nor a history looks at it."""
    rule_name: Mapped[str] = mapped_column(String(255))
    rule_type: Mapped[str] = mapped_column(String(64))
    field_paths: Mapped[list[str]] = mapped_column(ARRAY(Text))
    severity: Mapped[Severity] = mapped_column(text_enum(Severity))
    status: Mapped[QualityStatus] = mapped_column(text_enum(QualityStatus))
    metric_name: Mapped[str] = mapped_column(String(255))
    value: Mapped[float | None] = mapped_column(Double)
    threshold: Mapped[float | None] = mapped_column(Double)
    upper_threshold: Mapped[float | None] = mapped_column(Double)
    operator: Mapped[Operator | None] = mapped_column(text_enum(Operator))
    failed_row_count: Mapped[int | None] = mapped_column(BigInteger)
    failed_rows_sample: Mapped[list[dict[str, object]]] = mapped_column(JSONB, server_default=text("'[]'"))
    failed_rows_key: Mapped[str | None] = mapped_column(String(500))
    expression: Mapped[str | None] = mapped_column(Text)
    rows_scanned: Mapped[int] = mapped_column(BigInteger)
    duration_ms: Mapped[int]
    message: Mapped[str] = mapped_column(Text)
    message_phrase: Mapped[Json] = mapped_column(JSONB(none_as_null=True))
    """`phrases.to_json` of the message."""
    error: Mapped[Json] = mapped_column(JSONB(none_as_null=True))
    partial: Mapped[bool]
    checked_at: Mapped[CreatedAt]


class QualityMetric(Base):
    """One measurement. Partitioned by month of `checked_at`; no foreign keys, so that old months can be dropped."""

    __tablename__ = "quality_metrics"
    __table_args__ = (
        one_of("status", QualityStatus),
        Index("ix_quality_metrics_latest", "dataset_id", "metric_name", text("checked_at DESC")),
        Index("ix_quality_metrics_history", "dataset_id", text("checked_at DESC"), text("id DESC")),
        {"postgresql_partition_by": "RANGE (checked_at)"},
    )

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, default=uuid7)
    checked_at: Mapped[datetime] = mapped_column(primary_key=True, server_default=func.now())
    dataset_id: Mapped[UUID]
    version_id: Mapped[UUID | None]
    metric_name: Mapped[str] = mapped_column(String(255))
    field_path: Mapped[str | None] = mapped_column(Text)
    value: Mapped[Decimal] = mapped_column(Numeric)
    threshold: Mapped[Decimal | None] = mapped_column(Numeric)
    upper_threshold: Mapped[Decimal | None] = mapped_column(Numeric)
    operator: Mapped[Operator | None] = mapped_column(text_enum(Operator))
    status: Mapped[QualityStatus] = mapped_column(text_enum(QualityStatus))
    rule_id: Mapped[UUID | None]
