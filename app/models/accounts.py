"""Accounts and their sign-in sessions."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, LargeBinary, String, func, text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.viewer import Role
from app.models.base import Base, CreatedAt, Id, one_of, text_enum


class User(Base):
    """A person. E-mail addresses are unique without regard to case."""

    __tablename__ = "users"
    __table_args__ = (one_of("role", Role), Index("uq_users_email_lower", func.lower(text("email")), unique=True))

    id: Mapped[Id]
    email: Mapped[str] = mapped_column(String(320))
    display_name: Mapped[str] = mapped_column(String(200))
    role: Mapped[Role] = mapped_column(text_enum(Role))
    password_hash: Mapped[str | None]
    active: Mapped[bool] = mapped_column(server_default=text("true"))
    created_at: Mapped[CreatedAt]
    updated_at: Mapped[datetime | None]


class SignInSession(Base):
    """A family of refresh tokens: one sign-in on one device."""

    __tablename__ = "sign_in_sessions"

    id: Mapped[Id]
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[CreatedAt]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]


class RefreshToken(Base):
    """One single-use refresh token; only its SHA-256 is kept."""

    __tablename__ = "refresh_tokens"

    token_hash: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    session_id: Mapped[UUID] = mapped_column(ForeignKey("sign_in_sessions.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[CreatedAt]
    used_at: Mapped[datetime | None]
