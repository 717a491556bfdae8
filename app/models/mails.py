"""Mails that are to be sent, or were."""

from datetime import datetime

from sqlalchemy import LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, CreatedAt, Id


class Mail(Base):
    """A mail. Its text may hold a one-time link, so it is sealed, and gone when it was sent."""

    __tablename__ = "mails"

    id: Mapped[Id]
    recipient: Mapped[str] = mapped_column(String(320))
    subject: Mapped[str] = mapped_column(String(200))
    body: Mapped[bytes | None] = mapped_column(LargeBinary)
    created_at: Mapped[CreatedAt]
    sent_at: Mapped[datetime | None]
