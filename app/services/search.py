"""Search: what is found, by whom, and how documents follow their datasets."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.core import ledger


async def queue_index(session: AsyncSession, dataset_id: UUID) -> None:
    """The dataset's document will be written, or removed, once the caller's transaction has committed.

    No dedupe key: a task that runs now may have read the dataset before this change, and must not stand for it.
    """
    await ledger.enqueue(session, actor="search.index", args={"datasetId": str(dataset_id)}, queue="interactive")
