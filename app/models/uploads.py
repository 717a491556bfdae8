"""Uploads: multipart uploads that clients send straight to object storage."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Index, LargeBinary, String, text
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, CreatedAt, Id, one_of, text_enum


class UploadState(StrEnum):
    """WAITING for bytes, then one of the ends."""

    WAITING = "WAITING"
    COMPLETED = "COMPLETED"
    ABORTED = "ABORTED"
    EXPIRED = "EXPIRED"


class Upload(Base):
    """What a client declared before it sent any byte."""

    __tablename__ = "uploads"
    __table_args__ = (
        one_of("state", UploadState),
        Index("ix_uploads_expiry", "expires_at", postgresql_where=text("state = 'WAITING'")),
    )

    id: Mapped[Id]
    version_id: Mapped[UUID] = mapped_column(ForeignKey("dataset_versions.id", ondelete="CASCADE"), unique=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    state: Mapped[UploadState] = mapped_column(text_enum(UploadState), default=UploadState.WAITING)
    file_name: Mapped[str] = mapped_column(String(255))
    size_bytes: Mapped[int] = mapped_column(BigInteger)
    sha256: Mapped[bytes | None] = mapped_column(LargeBinary(32))
    part_size_bytes: Mapped[int] = mapped_column(BigInteger)
    part_count: Mapped[int]
    object_key: Mapped[str] = mapped_column(String(500))
    storage_upload_id: Mapped[str] = mapped_column(String(500))
    etag: Mapped[str | None] = mapped_column(String(100))
    """Of the finished object: what the worker insists on when it reads."""
    created_at: Mapped[CreatedAt]
    expires_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
