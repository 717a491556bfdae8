"""Who has lost the phone and the recovery codes: somebody else takes the second factor off their account."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.errors import Conflict, NotFound
from app.core.phrases import say
from app.core.sealing import Sealer
from app.core.viewer import Principal, System, Viewer
from app.models.accounts import User
from app.services import audit
from app.services.accounts import mails, second_factor, sessions
from app.services.accounts.addresses import findable_key
from app.services.accounts.step_up import require_step_up
from app.services.accounts.users import require_administrator

_SUBJECT = "Your second factor was turned off / 2 段階認証が解除されました"
_TEXT = (
    "{name},\n\nan administrator turned the second factor of your account off and ended its sessions. Sign in with your password "
    "alone, and turn the second factor on again in your account.\n\nIf you did not ask for this, tell an administrator at once, "
    "and choose another password.\n\n"
    "管理者があなたのアカウントの 2 段階認証を解除し、すべてのセッションを終了しました。パスワードだけでサインインし、"
    "アカウント画面で 2 段階認証を設定し直してください。\n"
    "お心当たりがない場合は、すぐに管理者に連絡し、パスワードを変更してください。\n"
)


async def reset(session: AsyncSession, viewer: Viewer, sealer: Sealer, user_id: UUID) -> UUID:
    """The account has no second factor, no recovery code and no session; the person is told by mail. API keys stay.

    Raises:
        Forbidden: no administrator.
        StepUpRequired: who this is was not proved lately.
        NotFound: no such account.
        Conflict: it is one's own, or it has no second factor.
    """
    require_administrator(viewer)
    require_step_up(viewer)
    if user_id == viewer.id:
        raise Conflict(
            say("OWN_SECOND_FACTOR", "This is your own second factor. Turn it off in your account (mutation disableTotp).")
        )
    return await _take_off(session, viewer, sealer, user_id)


async def reset_of_address(session: AsyncSession, principal: System, sealer: Sealer, email: str) -> UUID:
    """As `reset`, by who runs the system.

    Raises:
        NotFound: no account has this address.
        Conflict: it has no second factor.
    """
    found = await session.execute(select(User.id).where(User.email_key == findable_key(email)))
    user_id = found.scalar_one_or_none()
    if user_id is None:
        raise NotFound(say("NO_ACCOUNT_OF_ADDRESS", "No account has this address."))
    return await _take_off(session, principal, sealer, user_id)


async def _take_off(session: AsyncSession, principal: Principal, sealer: Sealer, user_id: UUID) -> UUID:
    statement = select(User.email, User.display_name, User.totp_confirmed_at).where(User.id == user_id)
    row = (await session.execute(statement.with_for_update(key_share=True))).one_or_none()
    if row is None:
        raise NotFound(say("NO_SUCH_ACCOUNT", "There is no such account."))
    if row.totp_confirmed_at is None:
        raise Conflict(say("ACCOUNT_NO_SECOND_FACTOR", "This account has no second factor."))
    await second_factor.remove(session, user_id)
    await sessions.end_all(session, user_id)
    await audit.record(session, principal, "totp.reset", user_id)
    text = _TEXT.format(name=row.display_name)
    await mails.write(session, sealer, recipient=row.email, subject=_SUBJECT, text=text)
    return user_id
