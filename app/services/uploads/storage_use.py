"""How much is stored, owner by owner, for administrators."""

from uuid import UUID

from sqlalchemy import BigInteger, Subquery, cast, func, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from app.core.rows import AnyRow
from app.core.viewer import Viewer
from app.models.accounts import User
from app.models.datasets import Dataset
from app.models.uploads import Upload
from app.models.versions import DatasetVersion, FileObject
from app.services import access, cursors
from app.services.accounts.users import require_administrator
from app.services.cursors import Page
from app.services.uploads import quotas

_ORDER = "storage:used"


async def list_owners(connection: AsyncConnection, viewer: Viewer, *, first: int, after: str | None) -> Page[AnyRow]:
    """A page of all accounts with what their datasets store, those who use most first.

    Raises:
        Forbidden: no administrator.
        InvalidInput: `after` is no cursor of this list.
    """
    require_administrator(viewer)
    found = _by_owner(viewer)
    # The largest first and ids upwards: the negative makes one order of it, which a cursor can stand in.
    place = tuple_(-found.c.used_bytes, found.c.owner_id)
    statement = select(found).order_by(-found.c.used_bytes, found.c.owner_id).limit(first + 1)
    if after is not None:
        statement = statement.where(place > tuple_(*cursors.decode(after, _ORDER, int, UUID)))
    rows = (await connection.execute(statement)).all()
    return cursors.page(rows, first, after, lambda row: cursors.encode(_ORDER, -row.used_bytes, row.owner_id))


async def of_owner(connection: AsyncConnection, viewer: Viewer, owner_id: UUID) -> AnyRow | None:
    """The row of one account, or None. Raises Forbidden for who is no administrator."""
    require_administrator(viewer)
    found = _by_owner(viewer)
    return (await connection.execute(select(found).where(found.c.owner_id == owner_id))).one_or_none()


async def total(connection: AsyncConnection, viewer: Viewer) -> AnyRow:
    """The sums over all accounts: `used_bytes`, `file_bytes`, `datasets`. Raises Forbidden for who is no administrator."""
    require_administrator(viewer)
    found = _by_owner(viewer)
    sums = [
        cast(func.coalesce(func.sum(column), 0), BigInteger).label(column.name)
        for column in (found.c.used_bytes, found.c.file_bytes, found.c.datasets)
    ]
    return (await connection.execute(select(*sums))).one()


def _by_owner(viewer: Viewer) -> Subquery:
    """Columns `owner_id own_quota_bytes datasets used_bytes file_bytes`; a row for each account."""
    living = select(Dataset.owner_id, func.count().label("datasets")).where(access.visible(viewer)).group_by(Dataset.owner_id)
    declared = (
        select(Dataset.owner_id, func.sum(Upload.size_bytes).label("used_bytes"))
        .join(DatasetVersion, DatasetVersion.dataset_id == Dataset.id)
        .join(Upload, Upload.version_id == DatasetVersion.id)
        .where(access.visible(viewer), *quotas.COUNTED)
        .group_by(Dataset.owner_id)
    )
    kept = (
        select(Dataset.owner_id, func.sum(FileObject.size_bytes).label("file_bytes"))
        .join(DatasetVersion, DatasetVersion.dataset_id == Dataset.id)
        .join(FileObject, FileObject.version_id == DatasetVersion.id)
        .where(access.visible(viewer))
        .group_by(Dataset.owner_id)
    )
    counted, used, files = living.subquery("counted"), declared.subquery("used"), kept.subquery("kept")
    return (
        select(
            User.id.label("owner_id"),
            User.storage_quota_bytes.label("own_quota_bytes"),
            func.coalesce(counted.c.datasets, 0).label("datasets"),
            cast(func.coalesce(used.c.used_bytes, 0), BigInteger).label("used_bytes"),
            cast(func.coalesce(files.c.file_bytes, 0), BigInteger).label("file_bytes"),
        )
        .outerjoin(counted, counted.c.owner_id == User.id)
        .outerjoin(used, used.c.owner_id == User.id)
        .outerjoin(files, files.c.owner_id == User.id)
        .subquery("owners")
    )
