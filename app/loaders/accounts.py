"""Accounts by key."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from app.core.rows import AnyRow
from app.core.viewer import Viewer
from app.loaders.base import one_each
from app.models.accounts import User
from app.services.accounts import USER_COLUMNS


async def users_by_id(connection: AsyncConnection, viewer: Viewer, ids: list[UUID]) -> list[AnyRow | None]:
    """Accounts are visible to everybody who is signed in: they own and change what one sees."""
    return one_each(ids, await connection.execute(select(*USER_COLUMNS).where(User.id.in_(ids))), "id")
