"""Work on mails."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.actors.registry import Work, actor
from app.adapters.mail import Refused, make_mailer
from app.core.ledger import Claim, DeadTask, TaskError, succeed
from app.core.sealing import sealer_of
from app.core.viewer import System
from app.services.accounts import mails

_WORKER = System("worker")


class MailRefused(TaskError):
    """To try again would be refused again."""

    max_attempts = 1


async def _give_up(session: AsyncSession, dead: DeadTask) -> None:
    await mails.give_up(session, UUID(dead.args["mailId"]))


@actor(mails.ACTOR, queue="interactive", on_dead=_give_up)
async def send(work: Work, claim: Claim) -> None:
    """The mail is handed over. When a worker dies in between it is sent twice, under one Message-ID."""
    mail_id = UUID(claim.args["mailId"])
    async with work.db.read(_WORKER) as connection:
        letter = await mails.find_unsent(connection, sealer_of(work.settings), mail_id)
    if letter is not None:
        try:
            await make_mailer(work.settings).send(letter)
        except Refused as error:
            raise MailRefused(str(error)) from error
    async with work.db.transaction(_WORKER) as session:
        if letter is not None:
            await mails.mark_sent(session, mail_id)
        await succeed(session, claim)
