"""Everybody's inbox: notices in the order in which they came, which of them were read, and who watches which dataset."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Select, and_, delete, func, literal, or_, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from app.core.errors import InvalidInput
from app.core.ids import uuid7
from app.core.phrases import say
from app.core.rows import AnyRow
from app.core.viewer import Viewer
from app.models.datasets import Dataset
from app.models.notifications import DatasetWatcher, Inbox, Notice, NoticeKind, NotificationMessage
from app.services import access, audit, cursors
from app.services.access import Level
from app.services.cursors import Page

MOST_READ = 100
"""Notices that one request names."""
KEPT_DAYS = 90
_ORDER = "notices"
MESSAGE_COLUMNS = (
    NotificationMessage.id, NotificationMessage.dataset_id, NotificationMessage.run_id, NotificationMessage.version_id,
    NotificationMessage.content, NotificationMessage.created_at,
)  # fmt: skip
COLUMNS = (
    Notice.id, Notice.user_id, Notice.sequence, Notice.kind, Notice.message_id, Notice.channel_id, Notice.created_at, Notice.read_at,
)  # fmt: skip


async def put(
    session: AsyncSession,
    user_ids: Sequence[UUID],
    kind: NoticeKind,
    *,
    message_id: UUID | None = None,
    channel_id: UUID | None = None,
) -> None:
    """Each of these accounts has one more notice."""
    if not user_ids:
        return
    # In one order, or two messages at the same time would wait for each other.
    rows = [{"user_id": one, "sequence": 1, "revision": 1} for one in sorted(set(user_ids))]
    statement = insert(Inbox).values(rows)
    numbered = await session.execute(
        statement.on_conflict_do_update(
            index_elements=["user_id"], set_={"sequence": Inbox.sequence + 1, "revision": Inbox.revision + 1}
        ).returning(Inbox.user_id, Inbox.sequence)
    )
    await session.execute(
        insert(Notice),
        [
            {
                "id": uuid7(), "user_id": row.user_id, "sequence": row.sequence, "kind": kind, "message_id": message_id,
                "channel_id": channel_id,
            }
            for row in numbered
        ],
    )  # fmt: skip


def visible_notices(viewer: Viewer) -> Select[*tuple[object, ...]]:
    """SELECT of the viewer's notices, without those of datasets that it may no longer see."""
    shown = (
        select(NotificationMessage.id)
        .join(Dataset, Dataset.id == NotificationMessage.dataset_id)
        .where(access.visible(viewer))
        .subquery("shown")
    )
    return (
        select(*COLUMNS)
        .outerjoin(shown, shown.c.id == Notice.message_id)
        .where(Notice.user_id == viewer.id, or_(Notice.message_id.is_(None), shown.c.id.is_not(None)))
    )


async def list_page(
    connection: AsyncConnection, viewer: Viewer, *, unread_only: bool, first: int, after: str | None
) -> Page[AnyRow]:
    """The viewer's notices, newest first."""
    statement = visible_notices(viewer).order_by(Notice.sequence.desc()).limit(first + 1)
    if unread_only:
        statement = statement.where(Notice.read_at.is_(None))
    if after is not None:
        statement = statement.where(Notice.sequence < cursors.decode_int(after, _ORDER))
    rows = (await connection.execute(statement)).all()
    return cursors.page(rows, first, after, lambda row: cursors.encode(_ORDER, row.sequence))


async def find(connection: AsyncConnection, viewer: Viewer, notice_id: UUID) -> AnyRow | None:
    """The row of a notice of the viewer, or None."""
    return (await connection.execute(visible_notices(viewer).where(Notice.id == notice_id))).one_or_none()


async def count_unread(connection: AsyncConnection, viewer: Viewer) -> int:
    """How many notices the viewer has not read."""
    unread = visible_notices(viewer).where(Notice.read_at.is_(None)).subquery("unread")
    return (await connection.execute(select(func.count()).select_from(unread))).scalar_one()


async def state(connection: AsyncConnection, viewer: Viewer) -> tuple[int, int]:
    """(sequence, revision) of the viewer's inbox; zeros while nothing ever came."""
    row = (await connection.execute(select(Inbox.sequence, Inbox.revision).where(Inbox.user_id == viewer.id))).one_or_none()
    return (0, 0) if row is None else (row.sequence, row.revision)


async def list_after(connection: AsyncConnection, viewer: Viewer, sequence: int, *, limit: int) -> Sequence[AnyRow]:
    """The viewer's notices after this one, oldest first."""
    statement = visible_notices(viewer).where(Notice.sequence > sequence).order_by(Notice.sequence).limit(limit)
    return (await connection.execute(statement)).all()


async def revisions(connection: AsyncConnection, user_ids: Sequence[UUID]) -> dict[UUID, int]:
    """account -> revision of its inbox."""
    rows = await connection.execute(select(Inbox.user_id, Inbox.revision).where(Inbox.user_id.in_(user_ids)))
    return {row.user_id: row.revision for row in rows}


async def mark_read(session: AsyncSession, viewer: Viewer, notice_ids: Sequence[UUID] | None, *, up_to: int | None) -> UUID:
    """These notices are read, or all up to a sequence number; ids of others' change nothing. Returns the viewer's id.

    Raises:
        InvalidInput: neither is given, or both, or too many.
    """
    if (notice_ids is None) == (up_to is None):
        raise InvalidInput(say("IDS_OR_SEQUENCE", "Give `ids` or `upToSequence`."), path=("ids",))
    if notice_ids is not None and len(notice_ids) > MOST_READ:
        raise InvalidInput(
            say("MOST_NOTIFICATIONS", "At most {most} notifications at a time; `upToSequence` takes any number.", most=MOST_READ),
            path=("ids",),
        )
    which = Notice.id.in_(notice_ids) if notice_ids is not None else Notice.sequence <= literal(up_to)
    await session.execute(select(Inbox.user_id).where(Inbox.user_id == viewer.id).with_for_update(key_share=True))
    done = await session.execute(
        update(Notice)
        .where(and_(Notice.user_id == viewer.id, Notice.read_at.is_(None), which))
        .values(read_at=func.now())
        .returning(Notice.id)
    )
    if done.first() is not None:
        await session.execute(update(Inbox).where(Inbox.user_id == viewer.id).values(revision=Inbox.revision + 1))
    return viewer.id


async def watch(session: AsyncSession, viewer: Viewer, dataset_id: UUID) -> UUID:
    """The viewer is told of the dataset as its owner is; done already, it changes nothing. Returns the dataset's id.

    Raises:
        NotFound: no such dataset, or not visible.
    """
    await access.require(session, viewer, dataset_id, Level.READ, own=True)
    statement = insert(DatasetWatcher).values(dataset_id=dataset_id, user_id=viewer.id).on_conflict_do_nothing()
    done = await session.execute(statement.returning(DatasetWatcher.user_id))
    if done.first() is not None:
        await audit.record(session, viewer, "dataset.watch", dataset_id)
    return dataset_id


async def unwatch(session: AsyncSession, viewer: Viewer, dataset_id: UUID) -> UUID:
    """The viewer watches the dataset no longer. Returns the dataset's id. Raises NotFound as `watch`."""
    await access.require(session, viewer, dataset_id, Level.READ, own=True)
    done = await session.execute(
        delete(DatasetWatcher)
        .where(DatasetWatcher.dataset_id == dataset_id, DatasetWatcher.user_id == viewer.id)
        .returning(DatasetWatcher.user_id)
    )
    if done.first() is not None:
        await audit.record(session, viewer, "dataset.unwatch", dataset_id)
    return dataset_id


async def forget_old(session: AsyncSession) -> None:
    """What was told more than 90 days ago is gone: notices, deliveries, and the messages that they were of."""
    for table in ("notices", "notification_deliveries", "notification_messages"):
        await session.execute(
            text(
                f"DELETE FROM {table} WHERE id IN (SELECT id FROM {table} WHERE created_at < now() - make_interval(days => :days) "
                "LIMIT 10000 FOR NO KEY UPDATE SKIP LOCKED)"
            ),
            {"days": KEPT_DAYS},
        )
