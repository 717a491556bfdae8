"""Mails: written in the transaction of what they tell about, sent by a task, forgotten when they are sent."""

from uuid import UUID

from sqlalchemy import func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from app.adapters.mail import Letter
from app.core import ledger
from app.core.ids import uuid7
from app.core.sealing import Place, Sealer
from app.models.mails import Mail

ACTOR = "mails.send"
MOST_ATTEMPTS = 8


async def write(session: AsyncSession, sealer: Sealer, *, recipient: str, subject: str, text: str) -> UUID:
    """A mail that is sent if and only if the transaction commits. Its text is sealed: it may hold a one-time link."""
    mail_id = uuid7()
    body = sealer.seal(text.encode(), _place(mail_id))
    await session.execute(insert(Mail).values(id=mail_id, recipient=recipient, subject=subject, body=body))
    await ledger.enqueue(
        session,
        actor=ACTOR,
        args={"mailId": str(mail_id)},
        queue="interactive",
        dedupe_key=str(mail_id),
        max_attempts=MOST_ATTEMPTS,
    )
    return mail_id


async def find_unsent(connection: AsyncConnection, sealer: Sealer, mail_id: UUID) -> Letter | None:
    """The mail as it is to be sent, or None when it was sent or given up."""
    row = (await connection.execute(select(Mail.recipient, Mail.subject, Mail.body).where(Mail.id == mail_id))).one_or_none()
    if row is None or row.body is None:
        return None
    return Letter(mail_id, row.recipient, row.subject, sealer.open(row.body, _place(mail_id)).decode())


async def mark_sent(session: AsyncSession, mail_id: UUID) -> None:
    """The mail was sent; its text is gone."""
    await session.execute(update(Mail).where(Mail.id == mail_id).values(sent_at=func.now(), body=None))


async def give_up(session: AsyncSession, mail_id: UUID) -> None:
    """Nobody will get this mail; its text is gone."""
    await session.execute(update(Mail).where(Mail.id == mail_id).values(body=None))


def _place(mail_id: UUID) -> Place:
    return Place("mails", "body", mail_id)
