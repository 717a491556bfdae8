"""Work on one-time links."""

from app.actors.registry import Work, actor
from app.core.ledger import Claim, succeed
from app.core.viewer import System
from app.services.accounts import links

_WORKER = System("worker")


@actor(links.ACTOR, queue="interactive")
async def send_reset(work: Work, claim: Claim) -> None:
    """Who has an active account with the address that was given gets a link to choose another password."""
    async with work.db.transaction(_WORKER) as session:
        await links.send_reset(session, work.settings, claim.args["sealed"])
        await succeed(session, claim)
