"""Quality metrics: the time series of measurements."""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from sqlalchemy import Index, Numeric, String, Text, Uuid, func, text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.ids import uuid7
from app.models.base import Base, one_of, text_enum


class QualityStatus(StrEnum):
    """Outcome of a check. ERROR (could not run) is never FAIL (ran, and the data is bad)."""

    PASS = "PASS"  # noqa: S105
    WARN = "WARN"
    FAIL = "FAIL"
    ERROR = "ERROR"
    SKIPPED = "SKIPPED"


class QualityMetric(Base):
    """One measurement. Partitioned by month of `checked_at`; no foreign keys, so that old months can be dropped."""

    __tablename__ = "quality_metrics"
    __table_args__ = (
        one_of("status", QualityStatus),
        Index("ix_quality_metrics_latest", "dataset_id", "metric_name", text("checked_at DESC")),
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
    status: Mapped[QualityStatus] = mapped_column(text_enum(QualityStatus))
