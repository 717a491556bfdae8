"""What of sign-ins, links and mails is of no use any more is gone."""

from datetime import timedelta

from sqlalchemy import delete, func, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.models.accounts import MfaChallenge, OneTimeLink, RefreshToken, SignInSession
from app.models.mails import Mail

KEPT = timedelta(days=30)


async def forget_old(session: AsyncSession) -> None:
    """Ended sessions and sent mails are kept for thirty days, links and challenges for one."""
    now = func.now()
    await session.execute(delete(MfaChallenge).where(MfaChallenge.expires_at < now - timedelta(days=1)))
    await session.execute(delete(OneTimeLink).where(OneTimeLink.expires_at < now - timedelta(days=1)))
    await session.execute(delete(Mail).where(Mail.body.is_(None), Mail.created_at < now - KEPT))
    await session.execute(
        delete(SignInSession).where((SignInSession.expires_at < now - KEPT) | (SignInSession.revoked_at < now - KEPT))
    )
    # The successor answers for ten seconds only.
    await session.execute(
        update(RefreshToken)
        .where(RefreshToken.successor.is_not(None), RefreshToken.used_at < now - timedelta(minutes=1))
        .values(successor=None)
    )
