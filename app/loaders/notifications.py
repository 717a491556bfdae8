"""Notifications, by key."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from app.core.rows import AnyRow
from app.core.viewer import Viewer
from app.loaders.base import one_each
from app.models.datasets import Dataset
from app.models.notifications import DatasetWatcher, NotificationChannel, NotificationMessage
from app.services import access
from app.services.notifications import channels
from app.services.notifications.notices import MESSAGE_COLUMNS


async def messages_by_id(connection: AsyncConnection, viewer: Viewer, ids: list[UUID]) -> list[AnyRow | None]:
    """Messages of visible datasets; None for the others."""
    statement = (
        select(*MESSAGE_COLUMNS)
        .join(Dataset, Dataset.id == NotificationMessage.dataset_id)
        .where(NotificationMessage.id.in_(ids), access.visible(viewer))
    )
    return one_each(ids, await connection.execute(statement), "id")


async def channels_by_id(connection: AsyncConnection, viewer: Viewer, ids: list[UUID]) -> list[AnyRow | None]:
    """Channels of the viewer and its teams; None for the others."""
    statement = channels.own(viewer).where(NotificationChannel.id.in_(ids))
    return one_each(ids, await connection.execute(statement), "id")


async def watched_by_dataset(connection: AsyncConnection, viewer: Viewer, ids: list[UUID]) -> list[bool]:
    """Whether the viewer watches the dataset."""
    statement = (
        select(DatasetWatcher.dataset_id)
        .join(Dataset, Dataset.id == DatasetWatcher.dataset_id)
        .where(DatasetWatcher.dataset_id.in_(ids), DatasetWatcher.user_id == viewer.id, access.visible(viewer))
    )
    watched = set((await connection.execute(statement)).scalars())
    return [one in watched for one in ids]
