"""Sign-in sessions: opened, refreshed, listed, ended; and whose a session is."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from app.core import security
from app.core.db import Database
from app.core.errors import NotFound, Unauthenticated
from app.core.ids import uuid7
from app.core.phrases import say
from app.core.rows import AnyRow
from app.core.sealing import Place, Sealer, sealer_of
from app.core.settings import Settings
from app.core.viewer import System, Viewer
from app.models.accounts import RefreshToken, SignInSession, User
from app.services import audit
from app.services.accounts import signing_keys
from app.services.accounts.accounts import HOLDER_COLUMNS, USER_COLUMNS, Holder
from app.services.accounts.throttle import Throttle

GRACE_SECONDS = 10
"""A refresh token that was used so recently is a lost answer, not a theft."""
ENDED = say("SESSION_ENDED", "The session has ended. Sign in again.")
_API = System("api")


@dataclass(frozen=True, slots=True)
class Issuer:
    """What it takes to open a session."""

    db: Database
    signer: security.TokenSigner
    settings: Settings
    throttle: Throttle

    @property
    def sealer(self) -> Sealer:
        """Seals what a session keeps secret."""
        return sealer_of(self.settings)

    async def access_token(self, user_id: UUID, session_id: UUID) -> security.AccessToken:
        """A token of the key that signs now."""
        await signing_keys.renew(self.db, self.signer, self.sealer)
        return self.signer.sign(user_id, session_id)


@dataclass(frozen=True, slots=True)
class Session:
    """A sign-in as its owner holds it. `refresh_token` goes into an HttpOnly cookie and nowhere else."""

    viewer: Viewer
    access_token: str
    expires_at: datetime
    refresh_token: str
    refresh_expires_at: datetime


@dataclass(frozen=True, slots=True)
class Opened:
    """A session that is written and not committed yet."""

    viewer: Viewer
    session_id: UUID
    refresh_token: str
    expires_at: datetime


async def open_session(
    session: AsyncSession, settings: Settings, row: AnyRow, *, how: str, proved_at: datetime | None = None
) -> Opened:
    """A new session of the account in `row` (USER_COLUMNS).

    Args:
        how: by which proof, for the audit trail.
        proved_at: when the person gave the proof; now, when not given.
    """
    session_id, now = uuid7(), datetime.now(UTC)
    proved_at = min(proved_at or now, now)
    origin: audit.Origin = session.info.get("origin") or audit.Origin()
    ends = now + timedelta(days=settings.refresh_token_days)
    await session.execute(
        insert(SignInSession).values(
            id=session_id, user_id=row.id, expires_at=ends, authenticated_at=proved_at,
            ip_address=origin.ip_address, user_agent=origin.user_agent,
        )
    )  # fmt: skip
    refresh_token = await _new_refresh_token(session, session_id)
    viewer = viewer_of(row, session_id, proved_at)
    await audit.record(session, viewer, "session.sign_in", session_id, how=how)
    return Opened(viewer, session_id, refresh_token, ends)


async def issue(issuer: Issuer, opened: Opened) -> Session:
    """The session with an access token. Call it when the session is committed."""
    token = await issuer.access_token(opened.viewer.id, opened.session_id)
    return Session(opened.viewer, token.encoded, token.expires_at, opened.refresh_token, opened.expires_at)


async def refresh(issuer: Issuer, refresh_token: str, *, origin: audit.Origin) -> Session:
    """The session goes on with a new access token and a new refresh token; the old one is used up.

    Within ten seconds a used token gives the same successor again: an answer was lost. Later it was stolen: the session ends.

    Raises:
        Unauthenticated: unknown, expired, revoked or reused.
    """
    digest = security.digest(refresh_token)
    renewed: str | None = None
    async with issuer.db.transaction(_API) as session:
        session.info["origin"] = origin
        found = (
            await session.execute(
                select(
                    RefreshToken.session_id, RefreshToken.used_at, RefreshToken.successor,
                    SignInSession.expires_at, SignInSession.authenticated_at, *USER_COLUMNS,
                )
                .join(SignInSession, SignInSession.id == RefreshToken.session_id)
                .join(User, User.id == SignInSession.user_id)
                .where(
                    RefreshToken.token_hash == digest,
                    SignInSession.revoked_at.is_(None),
                    SignInSession.expires_at > func.now(),
                    User.active,
                )
                .with_for_update(of=RefreshToken, key_share=True)
            )
        ).one_or_none()  # fmt: skip
        if found is None:
            raise Unauthenticated(ENDED)
        place = Place("refresh_tokens", "successor", digest.hex())
        if found.used_at is None:
            renewed = await _new_refresh_token(session, found.session_id)
            await session.execute(
                update(RefreshToken)
                .where(RefreshToken.token_hash == digest)
                .values(used_at=func.clock_timestamp(), successor=issuer.sealer.seal(renewed.encode(), place))
            )
            await session.execute(
                update(SignInSession).where(SignInSession.id == found.session_id).values(last_used_at=func.now())
            )
        elif found.successor is not None and datetime.now(UTC) - found.used_at <= timedelta(seconds=GRACE_SECONDS):
            renewed = issuer.sealer.open(found.successor, place).decode()
        else:
            await _end(session, SignInSession.id == found.session_id)
            await audit.record(session, _API, "session.refresh_reused", found.session_id, userId=str(found.id))
    if renewed is None:
        raise Unauthenticated(ENDED)
    opened = Opened(viewer_of(found, found.session_id, found.authenticated_at), found.session_id, renewed, found.expires_at)
    return await issue(issuer, opened)


async def sign_out(session: AsyncSession, viewer: Viewer, session_id: UUID) -> None:
    """The sign-in session has ended on this device."""
    await _end(session, SignInSession.id == session_id)
    await audit.record(session, viewer, "session.sign_out", session_id)


async def sign_out_by_refresh_token(session: AsyncSession, refresh_token: str) -> None:
    """The session of this refresh token has ended: who signs out late may have no access token any more."""
    statement = select(RefreshToken.session_id).where(RefreshToken.token_hash == security.digest(refresh_token))
    session_id = (await session.execute(statement)).scalar_one_or_none()
    if session_id is not None:
        await _end(session, SignInSession.id == session_id)
        await audit.record(session, _API, "session.sign_out", session_id)


async def sign_out_everywhere(session: AsyncSession, viewer: Viewer) -> None:
    """No session of the account is left, this one neither. API keys stay."""
    await end_all(session, viewer.id)
    await audit.record(session, viewer, "session.sign_out_everywhere", viewer.id)


async def end_all(session: AsyncSession, user_id: UUID, *, but: UUID | None = None) -> None:
    """No session of the account is left, except `but`."""
    condition = SignInSession.user_id == user_id
    await _end(session, condition if but is None else condition & (SignInSession.id != but))


async def revoke(session: AsyncSession, viewer: Viewer, session_id: UUID) -> UUID:
    """One of the viewer's own sessions has ended.

    Raises:
        NotFound: none of theirs, or ended already.
    """
    own = (SignInSession.id == session_id) & (SignInSession.user_id == viewer.id) & (SignInSession.expires_at > func.now())
    if not await _end(session, own):
        raise NotFound(say("NO_SUCH_SESSION", "There is no such session, or it has ended."))
    await audit.record(session, viewer, "session.revoke", session_id)
    return session_id


async def list_own(connection: AsyncConnection, viewer: Viewer) -> list[AnyRow]:
    """The viewer's sessions that have not ended, the one used last first; at most 100."""
    rows = await connection.execute(
        select(
            SignInSession.id, SignInSession.created_at, SignInSession.last_used_at, SignInSession.expires_at,
            SignInSession.ip_address, SignInSession.user_agent,
        )
        .where(SignInSession.user_id == viewer.id, *_ALIVE)
        .order_by(SignInSession.last_used_at.desc(), SignInSession.id)
        .limit(100)
    )  # fmt: skip
    return list(rows)


async def find_viewer(connection: AsyncConnection, user_id: UUID, session_id: UUID) -> Viewer | None:
    """The account as it is now, or None when it is deactivated or the session was ended."""
    statement = (
        select(*USER_COLUMNS, SignInSession.authenticated_at)
        .join(SignInSession, SignInSession.user_id == User.id)
        .where(User.id == user_id, User.active, SignInSession.id == session_id, *_ALIVE)
    )
    row = (await connection.execute(statement)).one_or_none()
    return row and viewer_of(row, session_id, row.authenticated_at)


async def live_sessions(connection: AsyncConnection, session_ids: Collection[UUID]) -> dict[UUID, Holder]:
    """The account of each of these sign-in sessions that has not ended."""
    statement = (
        select(SignInSession.id, *HOLDER_COLUMNS)
        .join(User, User.id == SignInSession.user_id)
        .where(SignInSession.id.in_(session_ids), *_ALIVE, User.active)
    )
    return {row.id: Holder(row.role, row.mfa_enabled) for row in await connection.execute(statement)}


def viewer_of(row: AnyRow, session_id: UUID, authenticated_at: datetime) -> Viewer:
    """The account in `row` (USER_COLUMNS) in one of its sessions."""
    return Viewer(
        row.id, row.email, row.display_name, row.role, row.mfa_enabled,
        session_id=session_id, authenticated_at=authenticated_at,
    )  # fmt: skip


_ALIVE = (SignInSession.revoked_at.is_(None), SignInSession.expires_at > func.now())


async def _new_refresh_token(session: AsyncSession, session_id: UUID) -> str:
    secret = security.new_secret()
    await session.execute(insert(RefreshToken).values(token_hash=security.digest(secret), session_id=session_id))
    return secret


async def _end(session: AsyncSession, condition: ColumnElement[bool]) -> int:
    ended = await session.execute(
        update(SignInSession)
        .where(condition, SignInSession.revoked_at.is_(None))
        .values(revoked_at=func.now())
        .returning(SignInSession.id)
    )
    return len(ended.all())
