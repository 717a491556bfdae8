"""One-time links by mail: to accept an invitation, to choose another password."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import security
from app.core.errors import InvalidCredentials
from app.core.viewer import System
from app.models.accounts import LinkPurpose, OneTimeLink, User
from app.services import audit
from app.services.accounts import attempts, mails, passwords, sessions
from app.services.accounts.sessions import Issuer

LIFETIME = {LinkPurpose.INVITATION: timedelta(days=7), LinkPurpose.PASSWORD_RESET: timedelta(hours=1)}
MOST_RESETS = 3
"""Within a quarter of an hour: nobody's mailbox is filled by somebody else."""
REFUSED = "This link is wrong, was used before, or has ended. Ask for another one."
_API = System("api")
_PATH = {LinkPurpose.INVITATION: "accept-invitation", LinkPurpose.PASSWORD_RESET: "reset-password"}
_SUBJECT = {
    LinkPurpose.INVITATION: "Your invitation to Datakura / Datakura への招待",
    LinkPurpose.PASSWORD_RESET: "Choose another password / パスワードの再設定",
}
_TEXT = {
    LinkPurpose.INVITATION: (
        "{name},\n\nan account was made for you. Choose a password within seven days:\n\n{link}\n\n"
        "アカウントが作成されました。7 日以内に上のリンクからパスワードを設定してください。\n"
    ),
    LinkPurpose.PASSWORD_RESET: (
        "{name},\n\nsomebody asked for another password for your account. If it was you, choose one within an hour:\n\n{link}\n\n"
        "If it was not, ignore this mail: nothing has changed.\n\n"
        "パスワードの再設定が依頼されました。ご本人の場合は 1 時間以内に上のリンクから設定してください。"
        "お心当たりがない場合は、このメールを無視してください。\n"
    ),
}


async def send(session: AsyncSession, issuer: Issuer, user_id: UUID, purpose: LinkPurpose) -> None:
    """A new link is on its way to the account's address; older ones for the same purpose are void."""
    user = (await session.execute(select(User.email, User.display_name).where(User.id == user_id))).one()
    token = security.new_secret()
    await session.execute(
        delete(OneTimeLink).where(OneTimeLink.user_id == user_id, OneTimeLink.purpose == purpose, OneTimeLink.used_at.is_(None))
    )
    await session.execute(
        insert(OneTimeLink).values(
            token_hash=security.digest(token), user_id=user_id, purpose=purpose, expires_at=datetime.now(UTC) + LIFETIME[purpose]
        )
    )
    # After '#': browsers send that part to no server, so it stands in no log on the way.
    link = f"{issuer.settings.url}/{_PATH[purpose]}#{token}"
    text = _TEXT[purpose].format(name=user.display_name, link=link)
    await mails.write(session, issuer.sealer, recipient=user.email, subject=_SUBJECT[purpose], text=text)


async def request_reset(issuer: Issuer, *, email: str, origin: audit.Origin) -> None:
    """Who has an active account with this address gets a link; nobody learns whether there is one."""
    clean = email.strip().lower()
    limit = [attempts.Limit("reset", clean, MOST_RESETS)]
    async with issuer.db.transaction(_API) as session:
        session.info["origin"] = origin
        readable = len(clean) <= 320 and "\x00" not in clean
        statement = select(User.id).where(func.lower(User.email) == (clean if readable else ""), User.active)
        user_id = (await session.execute(statement)).scalar_one_or_none()
        too_often = await attempts.exhausted(session, limit)
        await attempts.count_failure(session, limit)
        if user_id is not None and not too_often:
            await send(session, issuer, user_id, LinkPurpose.PASSWORD_RESET)
            await audit.record(session, _API, "user.request_password_reset", user_id)


async def choose_password(issuer: Issuer, *, token: str, password: str, purpose: LinkPurpose, origin: audit.Origin) -> None:
    """The account of the link has this password, and no session. The link is used up, and a second factor stays on.

    Raises:
        InvalidCredentials: the link is wrong, was used, has ended, or is for something else.
        InvalidInput: the password cannot be accepted; the link can be used again.
    """
    digest = security.digest(token)
    open_link = (
        OneTimeLink.token_hash == digest,
        OneTimeLink.purpose == purpose,
        OneTimeLink.used_at.is_(None),
        OneTimeLink.expires_at > func.now(),
    )
    async with issuer.db.read(_API) as connection:
        statement = select(User.id, User.email).join(OneTimeLink, OneTimeLink.user_id == User.id).where(*open_link, User.active)
        user = (await connection.execute(statement)).one_or_none()
    if user is None:
        raise InvalidCredentials(REFUSED)
    passwords.check(password, email=user.email)
    renewed = await security.hash_password(password)
    async with issuer.db.transaction(_API) as session:
        session.info["origin"] = origin
        used = await session.execute(
            update(OneTimeLink).where(*open_link).values(used_at=func.now()).returning(OneTimeLink.user_id)
        )
        if used.first() is None:
            raise InvalidCredentials(REFUSED)
        await session.execute(update(User).where(User.id == user.id).values(password_hash=renewed, updated_at=func.now()))
        await session.execute(delete(OneTimeLink).where(OneTimeLink.user_id == user.id, OneTimeLink.used_at.is_(None)))
        await sessions.end_all(session, user.id)
        await audit.record(session, _API, "user.choose_password", user.id, purpose=purpose.value)
