"""Versions: immutable snapshots of data, with their files, fields and profile."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import BigInteger, Double, ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.ingest.job import LogicalType, Stage
from app.models.base import Base, CreatedAt, Id, Json, one_of, text_enum


class VersionStatus(StrEnum):
    """States of a version; a trigger rejects every step that reliability's state machine does not name."""

    AWAITING_UPLOAD = "AWAITING_UPLOAD"
    QUEUED = "QUEUED"
    PROCESSING = "PROCESSING"
    READY = "READY"
    FAILED = "FAILED"
    QUARANTINED = "QUARANTINED"
    EXPIRED = "EXPIRED"
    DELETED = "DELETED"


class FileRole(StrEnum):
    """What a stored file of a version is."""

    ORIGINAL = "ORIGINAL"
    TABLE = "TABLE"
    REJECTS = "REJECTS"


class DatasetVersion(Base):
    """One immutable snapshot. After READY nothing of it changes but `published_at` and its deletion."""

    __tablename__ = "dataset_versions"
    __table_args__ = (
        one_of("status", VersionStatus),
        UniqueConstraint("dataset_id", "number"),
        Index(
            "ix_dataset_versions_open", "status", "updated_at",
            postgresql_where=text("status IN ('AWAITING_UPLOAD', 'QUEUED', 'PROCESSING')"),
        ),
    )  # fmt: skip

    id: Mapped[Id]
    dataset_id: Mapped[UUID] = mapped_column(ForeignKey("datasets.id", ondelete="CASCADE"))
    number: Mapped[int]
    label: Mapped[str | None] = mapped_column(String(100))
    comment: Mapped[str | None] = mapped_column(Text)
    status: Mapped[VersionStatus] = mapped_column(text_enum(VersionStatus), default=VersionStatus.AWAITING_UPLOAD)
    stage: Mapped[Stage | None] = mapped_column(text_enum(Stage))
    progress: Mapped[float] = mapped_column(Double, server_default=text("0"))
    error: Mapped[Json] = mapped_column(JSONB(none_as_null=True))
    """{code, message, hint, line, message_phrase, hint_phrase} of a FAILED or QUARANTINED version."""
    requested_options: Mapped[dict[str, object]] = mapped_column(JSONB, server_default=text("'{}'"))
    read_options: Mapped[Json] = mapped_column(JSONB(none_as_null=True))
    row_count: Mapped[int | None] = mapped_column(BigInteger)
    column_count: Mapped[int | None]
    rejected_row_count: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))
    rejected_samples: Mapped[Json] = mapped_column(JSONB(none_as_null=True))
    warnings: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default=text("'{}'"))
    warning_phrases: Mapped[Json] = mapped_column(JSONB(none_as_null=True))
    """`phrases.to_json` of each warning; None: written before sentences had codes."""
    manifest_sha256: Mapped[bytes | None] = mapped_column(LargeBinary(32))
    created_by_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[CreatedAt]
    updated_at: Mapped[CreatedAt]
    ready_at: Mapped[datetime | None]
    published_at: Mapped[datetime | None]


class FileObject(Base):
    """A stored file of a version."""

    __tablename__ = "files"
    __table_args__ = (
        one_of("role", FileRole),
        UniqueConstraint("version_id", "role"),
        Index("ix_files_object_key", "object_key"),
    )

    id: Mapped[Id]
    version_id: Mapped[UUID] = mapped_column(ForeignKey("dataset_versions.id", ondelete="CASCADE"))
    role: Mapped[FileRole] = mapped_column(text_enum(FileRole))
    name: Mapped[str] = mapped_column(String(255))
    object_key: Mapped[str] = mapped_column(String(500))
    size_bytes: Mapped[int] = mapped_column(BigInteger)
    sha256: Mapped[bytes] = mapped_column(LargeBinary(32))
    etag: Mapped[str] = mapped_column(String(100))
    encoding_format: Mapped[str] = mapped_column(String(100))
    created_at: Mapped[CreatedAt]


class SchemaField(Base):
    """A column of a version, in the order of the file. What people say about it: `FieldAnnotation`."""

    __tablename__ = "schema_fields"

    version_id: Mapped[UUID] = mapped_column(ForeignKey("dataset_versions.id", ondelete="CASCADE"), primary_key=True)
    ordinal_position: Mapped[int] = mapped_column(primary_key=True)
    field_path: Mapped[str] = mapped_column(Text)
    logical_type: Mapped[LogicalType] = mapped_column(text_enum(LogicalType))
    native_type: Mapped[str] = mapped_column(Text)
    nullable: Mapped[bool]
    primary_key: Mapped[bool] = mapped_column(server_default=text("false"))
    original_name: Mapped[str | None] = mapped_column(Text)


class DatasetProfile(Base):
    """Statistics of a version as a whole."""

    __tablename__ = "dataset_profiles"

    version_id: Mapped[UUID] = mapped_column(ForeignKey("dataset_versions.id", ondelete="CASCADE"), primary_key=True)
    row_count: Mapped[int] = mapped_column(BigInteger)
    column_count: Mapped[int]
    size_bytes: Mapped[int] = mapped_column(BigInteger)
    duration_ms: Mapped[int]
    partial: Mapped[bool]
    created_at: Mapped[CreatedAt]


class FieldProfile(Base):
    """Statistics of one column. Numbers are doubles; `min` and `max` are text, ISO 8601 for times."""

    __tablename__ = "field_profiles"

    version_id: Mapped[UUID] = mapped_column(ForeignKey("dataset_versions.id", ondelete="CASCADE"), primary_key=True)
    ordinal_position: Mapped[int] = mapped_column(primary_key=True)
    field_path: Mapped[str] = mapped_column(Text)
    null_count: Mapped[int] = mapped_column(BigInteger)
    null_fraction: Mapped[float] = mapped_column(Double)
    distinct_count: Mapped[int | None] = mapped_column(BigInteger)
    distinct_is_approximate: Mapped[bool]
    min: Mapped[str | None] = mapped_column(Text)
    max: Mapped[str | None] = mapped_column(Text)
    mean: Mapped[float | None] = mapped_column(Double)
    median: Mapped[float | None] = mapped_column(Double)
    stddev: Mapped[float | None] = mapped_column(Double)
    min_length: Mapped[int | None] = mapped_column(BigInteger)
    max_length: Mapped[int | None] = mapped_column(BigInteger)
    histogram: Mapped[list[dict[str, float]]] = mapped_column(JSONB)
    top_values: Mapped[list[dict[str, object]]] = mapped_column(JSONB)
