"""Accounts: signing in and out, refreshing, who a token belongs to, the first administrator."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from sqlalchemy import func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from app.core import security
from app.core.db import Database
from app.core.errors import InvalidCredentials, InvalidInput, Unauthenticated
from app.core.ids import uuid7
from app.core.rows import AnyRow
from app.core.settings import Settings
from app.core.viewer import Role, System, Viewer
from app.models.accounts import RefreshToken, SignInSession, User
from app.services import audit

REFUSED = "The e-mail address or the password is wrong."
GRACE_SECONDS = 10
"""A refresh token that was used so recently is a lost answer, not a theft."""
MIN_PASSWORD, MAX_PASSWORD = 8, 128
_API = System("api")

USER_COLUMNS = (
    User.id, User.email, User.display_name, User.role, User.active, User.created_at,
    User.totp_confirmed_at.is_not(None).label("mfa_enabled"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Session:
    """A sign-in as its owner holds it. `refresh_token` goes into an HttpOnly cookie and nowhere else."""

    viewer: Viewer
    access_token: str
    expires_at: datetime
    refresh_token: str
    refresh_expires_at: datetime


async def sign_in(
    db: Database, signer: security.TokenSigner, settings: Settings, *, email: str, password: str, origin: audit.Origin
) -> Session:
    """A new sign-in session.

    Raises:
        InvalidCredentials: unknown address, wrong password or deactivated account: the same words and time for all.
        Unavailable: too many sign-ins at the same moment.
    """
    clean = email.strip()
    row = None
    if len(clean) <= 320 and "\x00" not in clean and len(password) <= MAX_PASSWORD:
        async with db.read(_API) as connection:
            statement = select(*USER_COLUMNS, User.password_hash).where(func.lower(User.email) == clean.lower())
            row = (await connection.execute(statement)).one_or_none()
    right = await security.verify_password(password[: MAX_PASSWORD + 1], row.password_hash if row else None)
    if row is None or not right or not row.active:
        raise InvalidCredentials(REFUSED)
    viewer = Viewer(row.id, row.email, row.display_name, row.role)
    async with db.transaction(viewer) as session:
        session.info["origin"] = origin
        if security.needs_rehash(row.password_hash):
            renewed = await security.hash_password(password)
            await session.execute(update(User).where(User.id == viewer.id).values(password_hash=renewed))
        session_id = uuid7()
        ends = datetime.now(UTC) + timedelta(days=settings.refresh_token_days)
        await session.execute(insert(SignInSession).values(id=session_id, user_id=viewer.id, expires_at=ends))
        refresh = await _new_refresh_token(session, session_id)
        await audit.record(session, viewer, "session.sign_in", session_id)
    token = signer.sign(viewer.id, session_id)
    return Session(viewer, token.encoded, token.expires_at, refresh, ends)


async def refresh(db: Database, signer: security.TokenSigner, refresh_token: str, *, origin: audit.Origin) -> Session:
    """The session goes on with a new access token and a new refresh token; the old one is used up.

    A used token that comes again after ten seconds was stolen: the whole session ends.

    Raises:
        Unauthenticated: unknown, expired, revoked or reused.
    """
    digest = security.digest(refresh_token)
    stolen = False
    async with db.transaction(_API) as session:
        session.info["origin"] = origin
        found = (
            await session.execute(
                select(RefreshToken.session_id, RefreshToken.used_at, SignInSession.expires_at, *USER_COLUMNS)
                .join(SignInSession, SignInSession.id == RefreshToken.session_id)
                .join(User, User.id == SignInSession.user_id)
                .where(
                    RefreshToken.token_hash == digest,
                    SignInSession.revoked_at.is_(None),
                    SignInSession.expires_at > func.now(),
                    User.active,
                )
                .with_for_update(of=RefreshToken)
            )
        ).one_or_none()
        if found is None:
            raise Unauthenticated("The session has ended. Sign in again.")
        if found.used_at is not None and datetime.now(UTC) - found.used_at > timedelta(seconds=GRACE_SECONDS):
            stolen = True
            await _revoke(session, found.session_id)
            await audit.record(session, _API, "session.refresh_reused", found.session_id)
        else:
            await session.execute(
                update(RefreshToken)
                .where(RefreshToken.token_hash == digest, RefreshToken.used_at.is_(None))
                .values(used_at=func.now())
            )
            renewed = await _new_refresh_token(session, found.session_id)
    if stolen:
        raise Unauthenticated("The session has ended. Sign in again.")
    viewer = Viewer(found.id, found.email, found.display_name, found.role)
    token = signer.sign(viewer.id, found.session_id)
    return Session(viewer, token.encoded, token.expires_at, renewed, found.expires_at)


async def sign_out(session: AsyncSession, viewer: Viewer, session_id: UUID) -> None:
    """The sign-in session has ended on this device."""
    await _revoke(session, session_id)
    await audit.record(session, viewer, "session.sign_out", session_id)


async def sign_out_by_refresh_token(session: AsyncSession, refresh_token: str) -> None:
    """The session of this refresh token has ended: who signs out late may have no access token any more."""
    statement = select(RefreshToken.session_id).where(RefreshToken.token_hash == security.digest(refresh_token))
    session_id = (await session.execute(statement)).scalar_one_or_none()
    if session_id is not None:
        await _revoke(session, session_id)
        await audit.record(session, _API, "session.sign_out", session_id)


async def find_viewer(connection: AsyncConnection, user_id: UUID, session_id: UUID) -> Viewer | None:
    """The account as it is now, or None when it is deactivated or the session was ended."""
    statement = (
        select(*USER_COLUMNS, SignInSession.authenticated_at)
        .join(SignInSession, SignInSession.user_id == User.id)
        .where(
            User.id == user_id,
            User.active,
            SignInSession.id == session_id,
            SignInSession.revoked_at.is_(None),
            SignInSession.expires_at > func.now(),
        )
    )
    row = (await connection.execute(statement)).one_or_none()
    return row and _viewer(row, session_id, row.authenticated_at)


async def live_sessions(connection: AsyncConnection, session_ids: Collection[UUID]) -> dict[UUID, Role]:
    """Role of the account of each of these sign-in sessions that has not ended."""
    statement = (
        select(SignInSession.id, User.role)
        .join(User, User.id == SignInSession.user_id)
        .where(
            SignInSession.id.in_(session_ids),
            SignInSession.revoked_at.is_(None),
            SignInSession.expires_at > func.now(),
            User.active,
        )
    )
    return {row.id: row.role for row in await connection.execute(statement)}


async def get_user(connection: AsyncConnection, user_id: UUID) -> AnyRow | None:
    """The row of an account, or None."""
    return (await connection.execute(select(*USER_COLUMNS).where(User.id == user_id))).one_or_none()


async def ensure_admin(session: AsyncSession, *, email: str, password: str | None) -> bool:
    """An active administrator with this address exists; its password is `password` when one is given. True when it is new.

    Raises:
        InvalidInput: the password is too short or too long.
    """
    if password is not None and not MIN_PASSWORD <= len(password) <= MAX_PASSWORD:
        raise InvalidInput(f"A password has {MIN_PASSWORD} to {MAX_PASSWORD} characters (DATAKURA_ADMIN_PASSWORD).")
    row = (
        await session.execute(select(User.id, User.password_hash).where(func.lower(User.email) == email.strip().lower()))
    ).one_or_none()
    if row is None:
        if password is None:
            return False
        user = User(
            id=uuid7(), email=email.strip(), display_name="Administrator", role=Role.ADMIN,
            password_hash=await security.hash_password(password),
        )  # fmt: skip
        session.add(user)
        await audit.record(session, System("prepare"), "user.create_admin", user.id)
        return True
    if password is not None and not await security.verify_password(password, row.password_hash):
        renewed = await security.hash_password(password)
        await session.execute(update(User).where(User.id == row.id).values(password_hash=renewed, active=True, role=Role.ADMIN))
        await audit.record(session, System("prepare"), "user.reset_password", row.id)
    return False


def _viewer(row: AnyRow, session_id: UUID, authenticated_at: datetime) -> Viewer:
    return Viewer(
        row.id, row.email, row.display_name, row.role, row.mfa_enabled,
        session_id=session_id, authenticated_at=authenticated_at,
    )  # fmt: skip


async def _new_refresh_token(session: AsyncSession, session_id: UUID) -> str:
    secret = security.new_secret()
    await session.execute(insert(RefreshToken).values(token_hash=security.digest(secret), session_id=session_id))
    return secret


async def _revoke(session: AsyncSession, session_id: UUID) -> None:
    await session.execute(
        update(SignInSession)
        .where(SignInSession.id == session_id, SignInSession.revoked_at.is_(None))
        .values(revoked_at=func.now())
    )
