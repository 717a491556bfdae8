"""How much an owner may store: counted when an upload begins, from what is declared, not when its bytes have arrived.

Nothing is counted twice and nothing is forgotten, because nothing is added up beforehand: an upload that expires or is aborted,
a version or a dataset that is deleted, falls out of the sum by its state.
"""

from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.errors import LimitExceeded
from app.core.phrases import say
from app.core.settings import Settings
from app.models.accounts import User
from app.models.datasets import Dataset
from app.models.uploads import Upload, UploadState
from app.models.versions import DatasetVersion, VersionStatus

_GONE = (VersionStatus.DELETED, VersionStatus.EXPIRED)
_HELD = (UploadState.WAITING, UploadState.COMPLETED)
COUNTED = (Dataset.deleted_at.is_(None), DatasetVersion.status.not_in(_GONE), Upload.state.in_(_HELD))
"""Conditions on what counts."""


async def reserve(session: AsyncSession, dataset_id: UUID, size_bytes: int, *, settings: Settings) -> None:
    """There is room for `size_bytes` more on the account of the dataset's owner, until the transaction ends.

    To be called before the upload is inserted, after the viewer's level on the dataset was found sufficient. Two uploads
    for the same owner are let through one after the other.

    Raises:
        LimitExceeded: there is not.
    """
    statement = select(User.id, User.storage_quota_bytes).join(Dataset, Dataset.owner_id == User.id)
    owner_id, own = (await session.execute(statement.where(Dataset.id == dataset_id))).one()
    most = settings.storage_quota_bytes if own is None else own
    if not most:
        return
    await session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(f"storage of {owner_id}", 0))))
    used = await _used_bytes(session, owner_id)
    if used + size_bytes > most:
        raise LimitExceeded(
            say(
                "QUOTA_FULL",
                "The owner of this dataset may store {most:bytes} and stores {used:bytes}: {size_bytes:bytes} more do not fit. "
                "Delete what is no longer needed, or ask an administrator for more (setStorageQuota).",
                most=most,
                used=used,
                size_bytes=size_bytes,
            ),
            path=("sizeBytes",),
        )


async def _used_bytes(session: AsyncSession, owner_id: UUID) -> int:
    statement = (
        select(func.coalesce(func.sum(Upload.size_bytes), 0))
        .join(DatasetVersion, DatasetVersion.id == Upload.version_id)
        .join(Dataset, Dataset.id == DatasetVersion.dataset_id)
        .where(Dataset.owner_id == owner_id, *COUNTED)
    )
    return int((await session.execute(statement)).scalar_one())
