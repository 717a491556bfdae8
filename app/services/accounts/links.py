"""One-time links by mail: to accept an invitation, to choose another password."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

import orjson
from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import ledger, security
from app.core.errors import InvalidCredentials
from app.core.hashing import hashing
from app.core.sealing import Place, sealer_of
from app.core.settings import Settings
from app.core.viewer import System
from app.models.accounts import LinkPurpose, OneTimeLink, User
from app.services import audit
from app.services.accounts import addresses, mails, passwords, sessions
from app.services.accounts.sessions import Issuer
from app.services.accounts.throttle import Asker

LIFETIME = {LinkPurpose.INVITATION: timedelta(days=7), LinkPurpose.PASSWORD_RESET: timedelta(hours=1)}
ACTOR = "links.send_reset"
REFUSED = "This link is wrong, was used before, or has ended. Ask for another one."
_API = System("api")
_REQUEST = Place("tasks", "args", ACTOR)
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


@dataclass(frozen=True, slots=True)
class _Request:
    """Somebody has forgotten a password."""

    email_key: str
    ip_address: str | None
    request_id: str | None
    user_agent: str | None


async def send(session: AsyncSession, settings: Settings, user_id: UUID, purpose: LinkPurpose) -> None:
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
    link = f"{settings.url}/{_PATH[purpose]}#{token}"
    text = _TEXT[purpose].format(name=user.display_name, link=link)
    await mails.write(session, sealer_of(settings), recipient=user.email, subject=_SUBJECT[purpose], text=text)


async def request_reset(issuer: Issuer, *, email: str, asker: Asker, origin: audit.Origin) -> None:
    """Who has an active account with this address gets a link; nobody learns whether there is one, by the time it takes neither.

    The api writes down what was asked for, sealed: an address that nobody has an account for is not kept in the clear. A
    worker looks for the account.

    Raises:
        RateLimited: too many from this network.
        Unavailable: nobody can count them.
    """
    key = addresses.findable_key(email)
    if not await issuer.throttle.mail(email, asker) or key is None:
        return
    request = orjson.dumps(_Request(key, origin.ip_address, origin.request_id, origin.user_agent))
    sealed = issuer.sealer.seal(request, _REQUEST).hex()
    async with issuer.db.transaction(_API) as session:
        await ledger.enqueue(session, actor=ACTOR, args={"sealed": sealed}, queue="interactive")


async def send_reset(session: AsyncSession, settings: Settings, sealed: str) -> None:
    """What `request_reset` has written down is done."""
    request = _Request(**orjson.loads(sealer_of(settings).open(bytes.fromhex(sealed), _REQUEST)))
    session.info["origin"] = audit.Origin(request.ip_address, request.request_id, request.user_agent)
    statement = select(User.id).where(User.email_key == request.email_key, User.active)
    user_id = (await session.execute(statement)).scalar_one_or_none()
    if user_id is not None:
        await send(session, settings, user_id, LinkPurpose.PASSWORD_RESET)
        await audit.record(session, _API, "user.request_password_reset", user_id)


async def choose_password(
    issuer: Issuer, *, token: str, password: str, purpose: LinkPurpose, asker: Asker, origin: audit.Origin
) -> None:
    """The account of the link has this password, and no session. The link is used up, and a second factor stays on.

    Raises:
        InvalidCredentials: the link is wrong, was used, has ended, or is for something else.
        InvalidInput: the password cannot be accepted; the link can be used again.
        RateLimited: too many tries.
        Unavailable: too many passwords at the same moment, or nobody can count the tries.
    """
    tries = await issuer.throttle.link(token, asker)
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
    async with hashing.turn(tries.line) as turn:
        renewed = await turn.hash(password)
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
