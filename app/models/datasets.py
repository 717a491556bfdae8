"""Datasets: what people find; with their tags, metadata entries and grants."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, func, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, CreatedAt, Id, Json, one_of, text_enum


class DatasetStatus(StrEnum):
    """Life of a dataset."""

    DRAFT = "DRAFT"
    ACTIVE = "ACTIVE"
    DEPRECATED = "DEPRECATED"
    ARCHIVED = "ARCHIVED"


class Visibility(StrEnum):
    """Who sees a dataset without a grant."""

    ORGANIZATION = "ORGANIZATION"
    RESTRICTED = "RESTRICTED"


class AccessLevel(StrEnum):
    """What a grant allows; each includes those before it."""

    READ = "READ"
    WRITE = "WRITE"
    MANAGE = "MANAGE"


class Dataset(Base):
    """A named series of versions. `current_version_id` is what is published: a pointer, not a state."""

    __tablename__ = "datasets"
    __table_args__ = (
        one_of("status", DatasetStatus),
        one_of("visibility", Visibility),
        Index("uq_datasets_slug", "slug", unique=True, postgresql_where=text("deleted_at IS NULL")),
        Index("ix_datasets_created", text("created_at DESC"), text("id DESC"), postgresql_where=text("deleted_at IS NULL")),
        Index("ix_datasets_updated", text("updated_at DESC"), text("id DESC"), postgresql_where=text("deleted_at IS NULL")),
        Index("ix_datasets_name", "name", "id", postgresql_where=text("deleted_at IS NULL")),
        Index("ix_datasets_rows", "current_row_count", "id", postgresql_where=text("deleted_at IS NULL")),
        Index("ix_datasets_size", "current_size_bytes", "id", postgresql_where=text("deleted_at IS NULL")),
        Index("ix_datasets_owner", "owner_id", text("created_at DESC"), text("id DESC")),
    )

    id: Mapped[Id]
    name: Mapped[str] = mapped_column(String(255, collation="C"))
    slug: Mapped[str] = mapped_column(String(120))
    description: Mapped[str | None] = mapped_column(Text)
    status: Mapped[DatasetStatus] = mapped_column(text_enum(DatasetStatus), default=DatasetStatus.DRAFT)
    visibility: Mapped[Visibility] = mapped_column(text_enum(Visibility), default=Visibility.ORGANIZATION)
    owner_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    metadata_: Mapped[dict[str, object]] = mapped_column("metadata", JSONB, server_default=text("'{}'"))
    auto_publish: Mapped[bool] = mapped_column(server_default=text("false"))
    deprecation: Mapped[str | None] = mapped_column(Text)
    revision: Mapped[int] = mapped_column(server_default=text("1"))
    """Optimistic lock: +1 with each change made by a person."""
    version_count: Mapped[int] = mapped_column(server_default=text("0"))
    """Highest version number given out."""
    current_version_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("dataset_versions.id", use_alter=True, deferrable=True, initially="DEFERRED")
    )
    current_row_count: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))
    """What lists are ordered by: these three are of the current version, written with the pointer to it; 0 without one."""
    current_size_bytes: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))
    """Of its file as it was uploaded."""
    current_published_at: Mapped[datetime | None]
    event_sequence: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))
    created_at: Mapped[CreatedAt]
    updated_at: Mapped[datetime] = mapped_column(server_default=func.now())
    status_before_archive: Mapped[DatasetStatus | None] = mapped_column(text_enum(DatasetStatus))
    deleted_at: Mapped[datetime | None]


class DatasetTag(Base):
    """A tag on a dataset; tags are lower-case words and need no registration."""

    __tablename__ = "dataset_tags"
    __table_args__ = (Index("ix_dataset_tags_name", "name", "dataset_id"),)

    dataset_id: Mapped[UUID] = mapped_column(ForeignKey("datasets.id", ondelete="CASCADE"), primary_key=True)
    name: Mapped[str] = mapped_column(String(64), primary_key=True)


class MetadataEntry(Base):
    """One key of a dataset's metadata with any JSON value."""

    __tablename__ = "metadata"
    __table_args__ = (UniqueConstraint("dataset_id", "key"),)

    id: Mapped[Id]
    dataset_id: Mapped[UUID] = mapped_column(ForeignKey("datasets.id", ondelete="CASCADE"))
    key: Mapped[str] = mapped_column(String(255))
    value: Mapped[Json] = mapped_column(JSONB(none_as_null=False))
    created_at: Mapped[CreatedAt]
    updated_at: Mapped[datetime | None]
    updated_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))


class FieldAnnotation(Base):
    """What people say about a column, by its name: it holds for every version that has the column, older ones too."""

    __tablename__ = "field_annotations"

    dataset_id: Mapped[UUID] = mapped_column(ForeignKey("datasets.id", ondelete="CASCADE"), primary_key=True)
    field_path: Mapped[str] = mapped_column(Text, primary_key=True)
    description: Mapped[str | None] = mapped_column(Text)
    tags: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default=text("'{}'"))
    sensitive: Mapped[bool] = mapped_column(server_default=text("false"))
    semantic_type: Mapped[str | None] = mapped_column(String(64))
    updated_at: Mapped[datetime] = mapped_column(server_default=func.now())
    updated_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))


class AccessGrant(Base):
    """A level on one dataset for one user or one team, until it expires."""

    __tablename__ = "access_grants"
    __table_args__ = (
        one_of("level", AccessLevel),
        CheckConstraint("num_nonnulls(user_id, team_id) = 1", name="holder"),
        UniqueConstraint("dataset_id", "user_id"),
        UniqueConstraint("dataset_id", "team_id"),
        Index("ix_access_grants_user", "user_id"),
        Index("ix_access_grants_team", "team_id"),
    )

    id: Mapped[Id]
    dataset_id: Mapped[UUID] = mapped_column(ForeignKey("datasets.id", ondelete="CASCADE"))
    user_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    team_id: Mapped[UUID | None] = mapped_column(ForeignKey("teams.id", ondelete="CASCADE"))
    level: Mapped[AccessLevel] = mapped_column(text_enum(AccessLevel))
    expires_at: Mapped[datetime | None]
    granted_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    created_at: Mapped[CreatedAt]
