"""Work on uploads."""

from uuid import UUID

from app.actors.registry import Work, actor
from app.core.ledger import Claim, succeed
from app.core.viewer import System
from app.services.uploads import storage_cleanup


@actor("uploads.discard", queue="interactive")
async def discard(work: Work, claim: Claim) -> None:
    """Nothing is left in the store of an upload that was aborted or expired."""
    await storage_cleanup.discard_upload(work.db, work.storage, UUID(claim.args["uploadId"]))
    async with work.db.transaction(System("worker")) as session:
        await succeed(session, claim)


@actor("storage.sweep", queue="interactive")
async def sweep(work: Work, claim: Claim) -> None:
    """Stored objects that nothing refers to, and that are older than a day, are gone."""
    await storage_cleanup.sweep(work.db, work.storage)
    async with work.db.transaction(System("worker")) as session:
        await succeed(session, claim)
