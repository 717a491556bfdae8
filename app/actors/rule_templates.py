"""Templates of rules."""

from app.actors.registry import Work, actor
from app.core.ledger import Claim
from app.core.viewer import System
from app.services.quality import rule_templates

_WORKER = System("worker")


@actor("rule_templates.follow", queue="interactive")
async def follow(work: Work, claim: Claim) -> None:
    """Datasets have the rules of a template that was changed; where there are more, the next task sees to them."""
    async with work.db.transaction(_WORKER) as session:
        await rule_templates.follow(session, claim)
