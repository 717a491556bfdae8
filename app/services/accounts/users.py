"""Accounts as administrators see and change them."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, insert, select, tuple_, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from app.core.errors import Conflict, Forbidden, InvalidInput, NotFound
from app.core.hashing import hash_password
from app.core.ids import uuid7
from app.core.phrases import say
from app.core.rows import AnyRow
from app.core.viewer import Role, Viewer
from app.models.accounts import LinkPurpose, User
from app.services import audit, cursors
from app.services.accounts import addresses, api_keys, links, passwords, sessions
from app.services.accounts.accounts import USER_COLUMNS, clean_line
from app.services.accounts.sessions import Issuer
from app.services.accounts.step_up import require_step_up
from app.services.cursors import Page

MAX_DISPLAY_NAME = 200
_ORDER = "users:created"


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """What is to change of an account; None: stays."""

    role: Role | None = None
    active: bool | None = None
    display_name: str | None = None


def require_administrator(viewer: Viewer) -> None:
    """Raises Forbidden unless the viewer may change accounts and teams."""
    if not viewer.administers:
        raise Forbidden(
            say("ONLY_ADMINISTRATORS", "Only administrators may do this.")
            if viewer.role is not Role.ADMIN
            else say("NO_ADMIN_SCOPE", "This API key does not have the scope ADMIN.")
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class UserFilter:
    """Conditions, all of which hold. None: any value."""

    text: str | None = None
    """Stands in the name or the address, in whatever case."""
    role: Role | None = None
    active: bool | None = None

    def __post_init__(self) -> None:
        if self.text is not None and ("\x00" in self.text or len(self.text) > addresses.LONGEST):
            raise InvalidInput(say("NO_ACCOUNT_OF_NAME", "No account has such a name."), path=("filter", "text"))


async def list_users(
    connection: AsyncConnection, viewer: Viewer, *, first: int, after: str | None, filter: UserFilter = UserFilter()
) -> Page[AnyRow]:
    """A page of accounts, oldest first. Everybody who is signed in may see them: they own and change what one sees."""
    statement = select(*USER_COLUMNS).order_by(User.created_at, User.id).limit(first + 1)
    if filter.text is not None:
        wanted = filter.text.strip()
        statement = statement.where(
            User.display_name.icontains(wanted, autoescape=True) | User.email.icontains(wanted, autoescape=True)
        )
    if filter.role is not None:
        statement = statement.where(User.role == filter.role)
    if filter.active is not None:
        statement = statement.where(User.active == filter.active)
    if after is not None:
        statement = statement.where(tuple_(User.created_at, User.id) > tuple_(*cursors.decode(after, _ORDER, datetime, UUID)))
    rows = (await connection.execute(statement)).all()
    return cursors.page(rows, first, after, lambda row: cursors.encode(_ORDER, row.created_at, row.id))


async def first_password(viewer: Viewer, password: str | None, *, email: str) -> str | None:
    """The hash of the password that an administrator chose for a new account. Before any transaction: it may have to wait.

    Raises:
        Forbidden: no administrator.
        InvalidInput: a password that cannot be accepted.
        Unavailable: too many are hashed at this moment.
    """
    require_administrator(viewer)
    if password is None:
        return None
    passwords.check(password, email=email)
    return await hash_password(password)


async def create(
    session: AsyncSession,
    viewer: Viewer,
    issuer: Issuer,
    *,
    email: str,
    display_name: str,
    role: Role,
    password_hash: str | None,
) -> UUID:
    """A new account; without a password the person is invited by mail to choose one.

    Args:
        password_hash: of `first_password`.

    Raises:
        Forbidden: no administrator.
        StepUpRequired: a new administrator, and who this is was not proved lately.
        InvalidInput: an address or a name that cannot be accepted.
        Conflict: the address has an account.
    """
    require_administrator(viewer)
    if role is Role.ADMIN:
        require_step_up(viewer)
    clean = addresses.checked(email)
    values = {
        "id": uuid7(),
        "email": clean,
        "email_key": addresses.key_of(clean),
        "display_name": clean_line(display_name, MAX_DISPLAY_NAME, "displayName"),
        "role": role,
        "password_hash": password_hash,
    }
    try:
        async with session.begin_nested():
            await session.execute(insert(User).values(values))
    except IntegrityError as error:
        raise Conflict(say("MAIL_ADDRESS_TAKEN", "This e-mail address has an account."), path=("email",)) from error
    user_id = values["id"]
    assert isinstance(user_id, UUID)
    await audit.record(session, viewer, "user.create", user_id, role=role.value)
    if password_hash is None:
        await links.send(session, issuer.settings, user_id, LinkPurpose.INVITATION)
    return user_id


async def update_user(session: AsyncSession, viewer: Viewer, user_id: UUID, *, changes: Changes) -> UUID:
    """The account is changed. Deactivation ends its sessions and API keys at once.

    Raises:
        Forbidden: no administrator.
        StepUpRequired: another role, and who this is was not proved lately.
        NotFound: no such account.
        InvalidInput: a name that cannot be accepted.
        Conflict: the last active administrator would be none any more.
    """
    require_administrator(viewer)
    # All changes of administrators one after the other: two who demote each other would leave none.
    await session.execute(select(User.id).where(User.role == Role.ADMIN).order_by(User.id).with_for_update(key_share=True))
    row = (
        await session.execute(select(User.role, User.active).where(User.id == user_id).with_for_update(key_share=True))
    ).one_or_none()
    if row is None:
        raise NotFound(say("NO_SUCH_ACCOUNT", "There is no such account."))
    role = changes.role if changes.role is not None else row.role
    active = changes.active if changes.active is not None else row.active
    if role is not row.role or (active and not row.active):
        require_step_up(viewer)
    if row.role is Role.ADMIN and row.active and not (role is Role.ADMIN and active):
        await _require_another_administrator(session, user_id)
    values: dict[str, object] = {"role": role, "active": active, "updated_at": func.now()}
    if changes.display_name is not None:
        values["display_name"] = clean_line(changes.display_name, MAX_DISPLAY_NAME, "displayName")
    await session.execute(update(User).where(User.id == user_id).values(values))
    if not active and row.active:
        await sessions.end_all(session, user_id)
        await api_keys.revoke_all(session, user_id)
    await audit.record(session, viewer, "user.update", user_id, role=role.value, active=active)
    return user_id


async def end_sessions(session: AsyncSession, viewer: Viewer, user_id: UUID) -> UUID:
    """No session of the account is left, on no device. API keys stay.

    Raises:
        Forbidden: no administrator.
        NotFound: no such account.
    """
    require_administrator(viewer)
    await _required(session, user_id)
    await sessions.end_all(session, user_id)
    await audit.record(session, viewer, "user.end_sessions", user_id)
    return user_id


async def send_link(session: AsyncSession, viewer: Viewer, issuer: Issuer, user_id: UUID) -> UUID:
    """A new link is on its way to the account's address: an invitation while it has no password, else one for another password.

    Raises:
        Forbidden: no administrator.
        NotFound: no such account.
        Conflict: it is deactivated.
    """
    require_administrator(viewer)
    row = await _required(session, user_id)
    if not row.active:
        raise Conflict(say("ACCOUNT_DEACTIVATED", "This account is deactivated: a link would open nothing."))
    purpose = LinkPurpose.INVITATION if row.password_hash is None else LinkPurpose.PASSWORD_RESET
    await links.send(session, issuer.settings, user_id, purpose)
    await audit.record(session, viewer, "user.send_link", user_id, purpose=purpose.value)
    return user_id


async def set_storage_quota(session: AsyncSession, viewer: Viewer, user_id: UUID, *, quota_bytes: int | None) -> UUID:
    """The datasets of this account may store so much together; None: what the settings say; 0: without a bound.

    What is stored already stays, however much it is.

    Raises:
        Forbidden: no administrator.
        NotFound: no such account.
        InvalidInput: less than nothing.
    """
    require_administrator(viewer)
    if quota_bytes is not None and quota_bytes < 0:
        raise InvalidInput(
            say("QUOTA_BYTES", "Give a number of bytes, 0 for no bound, or nothing for the quota that everybody has."),
            path=("quotaBytes",),
        )
    await _required(session, user_id)
    await session.execute(update(User).where(User.id == user_id).values(storage_quota_bytes=quota_bytes, updated_at=func.now()))
    await audit.record(session, viewer, "user.set_storage_quota", user_id, quotaBytes=quota_bytes)
    return user_id


async def _required(session: AsyncSession, user_id: UUID) -> AnyRow:
    statement = select(User.active, User.password_hash).where(User.id == user_id).with_for_update(key_share=True)
    row = (await session.execute(statement)).one_or_none()
    if row is None:
        raise NotFound(say("NO_SUCH_ACCOUNT", "There is no such account."))
    return row


async def _require_another_administrator(session: AsyncSession, user_id: UUID) -> None:
    others = await session.execute(select(func.count()).where(User.role == Role.ADMIN, User.active, User.id != user_id))
    if others.scalar_one() == 0:
        raise Conflict(say("LAST_ADMINISTRATOR", "This is the last active administrator. Make another one first."))
