"""Work on the audit trail."""

import structlog

from app.actors.registry import Work, actor
from app.core.ledger import Claim, succeed
from app.core.viewer import System
from app.services.audit import checkpoints

log = structlog.get_logger(__name__)


@actor("audit.checkpoint", queue="interactive")
async def checkpoint(work: Work, claim: Claim) -> None:
    """Where the chains end is signed and kept outside of the database too."""
    number = await checkpoints.make(work.db, work.storage, checkpoints.keys_of(work.settings))
    if number is not None:
        log.info("audit.checkpoint", number=number)
    async with work.db.transaction(System("worker")) as session:
        await succeed(session, claim)
