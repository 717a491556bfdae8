"""Signing in by what a provider of OpenID Connect has proved."""

from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import insert, select
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncSession

from app.adapters.openid import Proven
from app.core.errors import Forbidden
from app.core.ids import uuid7
from app.core.phrases import say
from app.core.viewer import Role, System
from app.models.accounts import ExternalIdentity, User
from app.services import audit
from app.services.accounts import addresses, sessions, sign_in
from app.services.accounts.accounts import USER_COLUMNS
from app.services.accounts.sessions import Issuer, Session
from app.services.accounts.sign_in import Challenge

NO_ACCOUNT = say("NO_ACCOUNT_FOR_YOU", "There is no account for you here. Ask an administrator for one.")
_API = System("api")
_MAX_NAME = 200
_LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
"""A provider that does not say when the person signed in there gives no fresh proof."""


async def enter(issuer: Issuer, proven: Proven, *, origin: audit.Origin) -> Session | Challenge:
    """A session of the account that belongs to this identity; a challenge when it has a second factor here.

    An identity that comes for the first time is tied to the account with its address, when the provider has verified that;
    or gets an account of its own, when the settings say so.

    Raises:
        Forbidden: no account, or a deactivated one.
    """
    opened: sessions.Opened | Challenge
    async with issuer.db.transaction(_API) as session:
        session.info["origin"] = origin
        user_id = await _known(session, proven) or await _tied(session, issuer, proven)
        row = None
        if user_id is not None:
            row = (await session.execute(select(*USER_COLUMNS).where(User.id == user_id, User.active))).one_or_none()
        if row is None:
            raise Forbidden(NO_ACCOUNT)
        if row.mfa_enabled:
            opened = await sign_in.challenge(session, row)
        else:
            opened = await sessions.open_session(
                session, issuer.settings, row, how="openid", proved_at=proven.authenticated_at or _LONG_AGO
            )
    return opened if isinstance(opened, Challenge) else await sessions.issue(issuer, opened)


async def _known(session: AsyncSession, proven: Proven) -> UUID | None:
    identity = select(ExternalIdentity.user_id).where(
        ExternalIdentity.issuer == proven.issuer, ExternalIdentity.subject == proven.subject
    )
    return (await session.execute(identity)).scalar_one_or_none()


async def _tied(session: AsyncSession, issuer: Issuer, proven: Proven) -> UUID | None:
    if proven.email is None:
        return None
    statement = select(User.id).where(User.email_key == addresses.findable_key(proven.email), User.active)
    user_id = (await session.execute(statement)).scalar_one_or_none()
    if user_id is None:
        if not issuer.settings.oidc_create_accounts:
            return None
        user_id = await _made(session, proven, addresses.checked(proven.email))
    if user_id is None:
        return None
    await session.execute(
        upsert(ExternalIdentity).values(issuer=proven.issuer, subject=proven.subject, user_id=user_id).on_conflict_do_nothing()
    )
    await audit.record(session, _API, "user.tie_identity", user_id, issuer=proven.issuer)
    return user_id


async def _made(session: AsyncSession, proven: Proven, email: str) -> UUID | None:
    """None for an address whose account is deactivated."""
    taken = await session.execute(select(User.id).where(User.email_key == addresses.key_of(email)))
    if taken.first() is not None:
        return None
    user_id = uuid7()
    name = " ".join((proven.name or email).split())[:_MAX_NAME].replace("\x00", "") or email[:_MAX_NAME]
    await session.execute(
        insert(User).values(id=user_id, email=email, email_key=addresses.key_of(email), display_name=name, role=Role.VIEWER)
    )
    await audit.record(session, _API, "user.create", user_id, role=Role.VIEWER.value, how="openid")
    return user_id
