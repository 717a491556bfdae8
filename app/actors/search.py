"""Work on search documents."""

from uuid import UUID

from app.actors.registry import Work, actor
from app.core.ledger import Claim, succeed
from app.core.viewer import System
from app.services.datasets import search


@actor("search.index", queue="interactive")
async def index(work: Work, claim: Claim) -> None:
    """The dataset is found as it is now; a deleted one is not found."""
    # The document is written before the task is: documents carry versions, so to write one twice, or late, does no harm.
    await search.index_dataset(work.db, work.search, UUID(claim.args["datasetId"]))
    async with work.db.transaction(System("worker")) as session:
        await succeed(session, claim)


@actor(search.REBUILD, queue="heavy")
async def rebuild(work: Work, claim: Claim) -> None:
    """Every dataset has its document again; searches go on meanwhile."""
    await search.rebuild(work.db, work.search)
    async with work.db.transaction(System("worker")) as session:
        await succeed(session, claim)
