"""Accounts, their sign-in sessions, second factors and API keys; teams."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ARRAY, BigInteger, CheckConstraint, ForeignKey, Index, LargeBinary, String, Text, func, text
from sqlalchemy.dialects.postgresql import INET
from sqlalchemy.orm import Mapped, mapped_column

from app.core.viewer import Role
from app.models.base import Base, CreatedAt, Id, one_of, text_enum


class User(Base):
    """A person."""

    __tablename__ = "users"
    __table_args__ = (
        one_of("role", Role),
        CheckConstraint("totp_confirmed_at IS NULL OR totp_secret IS NOT NULL", name="totp_confirmed"),
        CheckConstraint("storage_quota_bytes >= 0", name="storage_quota"),
    )

    id: Mapped[Id]
    email: Mapped[str] = mapped_column(String(320))
    """As it was typed: mails go there."""
    email_key: Mapped[str] = mapped_column(Text, unique=True)
    """What its spellings have in common (`services.accounts.addresses`): what an account is found by, and one has alone."""
    display_name: Mapped[str] = mapped_column(String(200))
    role: Mapped[Role] = mapped_column(text_enum(Role))
    password_hash: Mapped[str | None]
    active: Mapped[bool] = mapped_column(server_default=text("true"))
    created_at: Mapped[CreatedAt]
    updated_at: Mapped[datetime | None]
    totp_secret: Mapped[bytes | None] = mapped_column(LargeBinary)
    """Sealed seed of the second factor; it counts once it is confirmed."""
    totp_confirmed_at: Mapped[datetime | None]
    totp_last_step: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))
    """Number of the 30-second step whose code was used last: a code works once."""
    storage_quota_bytes: Mapped[int | None] = mapped_column(BigInteger)
    """What this account's datasets may store together; None: what the settings say; 0: without a bound."""


class SignInSession(Base):
    """A family of refresh tokens: one sign-in on one device."""

    __tablename__ = "sign_in_sessions"

    id: Mapped[Id]
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[CreatedAt]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    authenticated_at: Mapped[CreatedAt]
    """When the person last proved who they are."""
    last_used_at: Mapped[CreatedAt]
    """When the access token was last renewed."""
    ip_address: Mapped[str | None] = mapped_column(INET)
    user_agent: Mapped[str | None] = mapped_column(String(300))


class RefreshToken(Base):
    """One single-use refresh token; only its SHA-256 is kept."""

    __tablename__ = "refresh_tokens"

    token_hash: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    session_id: Mapped[UUID] = mapped_column(ForeignKey("sign_in_sessions.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[CreatedAt]
    used_at: Mapped[datetime | None]
    successor: Mapped[bytes | None] = mapped_column(LargeBinary)
    """Sealed: the token that followed, for as long as a lost answer may be asked for again."""


class SigningKey(Base):
    """An Ed25519 key that signs, or has signed, access tokens."""

    __tablename__ = "signing_keys"

    id: Mapped[Id]
    key_id: Mapped[str] = mapped_column(String(32), unique=True)
    """`kid` of its tokens."""
    public_key: Mapped[bytes] = mapped_column(LargeBinary(32))
    private_key: Mapped[bytes | None] = mapped_column(LargeBinary)
    """Sealed; gone when the key is retired."""
    created_at: Mapped[CreatedAt]
    retired_at: Mapped[datetime | None]
    verifies_until: Mapped[datetime | None]
    """End of the last token that it has signed; None while it signs."""


class MfaChallenge(Base):
    """A sign-in whose password was right and whose second factor is asked for."""

    __tablename__ = "mfa_challenges"

    token_hash: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[CreatedAt]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class RecoveryCode(Base):
    """A single-use code for who has lost the second factor."""

    __tablename__ = "recovery_codes"

    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    code_hash: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    created_at: Mapped[CreatedAt]
    used_at: Mapped[datetime | None]


class ApiKeyScope(StrEnum):
    """What an API key may be used for; each includes those before it."""

    READ = "READ"
    WRITE = "WRITE"
    MANAGE = "MANAGE"
    ADMIN = "ADMIN"


class ApiKey(Base):
    """A secret for programs of one account; only its SHA-256 is kept."""

    __tablename__ = "api_keys"
    __table_args__ = (CheckConstraint("cardinality(scopes) > 0", name="scopes"),)

    id: Mapped[Id]
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(String(100))
    prefix: Mapped[str] = mapped_column(String(32), unique=True)
    """What a key is found by, and recognised by people: `dk_` and 16 characters."""
    secret_hash: Mapped[bytes] = mapped_column(LargeBinary(32))
    scopes: Mapped[list[str]] = mapped_column(ARRAY(String(24)))
    created_at: Mapped[CreatedAt]
    expires_at: Mapped[datetime | None]
    last_used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]


class LinkPurpose(StrEnum):
    """What a one-time link is for."""

    INVITATION = "INVITATION"
    PASSWORD_RESET = "PASSWORD_RESET"  # noqa: S105 (no password)


class OneTimeLink(Base):
    """A link that was sent to an account's address; only the SHA-256 of its token is kept."""

    __tablename__ = "one_time_links"
    __table_args__ = (one_of("purpose", LinkPurpose),)

    token_hash: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    purpose: Mapped[LinkPurpose] = mapped_column(text_enum(LinkPurpose))
    created_at: Mapped[CreatedAt]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class ExternalIdentity(Base):
    """An account of an OpenID provider that belongs to an account here."""

    __tablename__ = "external_identities"

    issuer: Mapped[str] = mapped_column(String(500), primary_key=True)
    subject: Mapped[str] = mapped_column(String(255), primary_key=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[CreatedAt]


class Team(Base):
    """People who are granted access together. Names are unique without regard to case."""

    __tablename__ = "teams"
    __table_args__ = (Index("uq_teams_name_lower", func.lower(text("name")), unique=True),)

    id: Mapped[Id]
    name: Mapped[str] = mapped_column(String(100))
    description: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[CreatedAt]
    updated_at: Mapped[datetime | None]


class TeamMember(Base):
    """A person in a team."""

    __tablename__ = "team_members"
    __table_args__ = (Index("ix_team_members_user", "user_id"),)

    team_id: Mapped[UUID] = mapped_column(ForeignKey("teams.id", ondelete="CASCADE"), primary_key=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    created_at: Mapped[CreatedAt]
