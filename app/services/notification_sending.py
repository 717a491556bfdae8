"""From a message to whoever is told of it; and what was muted and is so no longer."""

from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from app.models.datasets import Dataset
from app.models.incidents import Incident, IncidentState
from app.models.notifications import NoticeKind, NotificationMessage, ToldIncident
from app.services import notification_audience, notification_deliveries, notification_messages, notification_notices
from app.services.notification_messages import message_of

MUTE_DAYS = 30
"""A mute that passed longer ago is not looked at."""
UNMUTE_BATCH = 100


async def fan_out(session: AsyncSession, message_id: UUID) -> None:
    """Everybody concerned has a notice, and every channel a delivery that is due."""
    statement = select(*notification_notices.MESSAGE_COLUMNS).where(NotificationMessage.id == message_id)
    row = (await session.execute(statement)).one_or_none()
    if row is None:
        return
    message = message_of(row)
    told = await notification_audience.recipients(session, message)
    kind = NoticeKind.INCIDENTS_OPENED if message.opened else NoticeKind.INCIDENTS_RESOLVED
    await notification_notices.put(session, told.user_ids, kind, message_id=message_id)
    await notification_deliveries.queue(session, told.channel_ids, message_id)


async def with_ended_mutes(session: AsyncSession) -> list[UUID]:
    """Datasets with incidents whose mute has passed since this was last asked."""
    statement = (
        select(Incident.dataset_id)
        .join(Dataset, Dataset.id == Incident.dataset_id)
        .outerjoin(ToldIncident, ToldIncident.incident_id == Incident.id)
        .where(
            Incident.muted_until <= func.now(),
            Incident.muted_until > func.now() - func.make_interval(0, 0, 0, MUTE_DAYS),
            ToldIncident.mute_ended.is_distinct_from(Incident.muted_until),
            Dataset.deleted_at.is_(None),
        )
        .distinct()
        .limit(UNMUTE_BATCH)
    )
    return list((await session.execute(statement)).scalars())


async def tell_unmuted(session: AsyncSession, dataset_id: UUID) -> int:
    """What still fails after its mute is told once, and what recovered meanwhile if it was said to fail; how many incidents.

    Whoever else tells of this dataset at the same time goes first; then there is nothing left, or the next look finds it.
    """
    locked = select(Dataset.id).where(Dataset.id == dataset_id, Dataset.deleted_at.is_(None)).with_for_update(skip_locked=True)
    if (await session.execute(locked)).first() is None:
        return 0
    statement = (
        select(
            Incident.id, Incident.rule_id, Incident.title, Incident.priority, Incident.reopened_count, Incident.assignee_id,
            Incident.state, Incident.muted_until, ToldIncident.state.label("told"),
        )
        .outerjoin(ToldIncident, ToldIncident.incident_id == Incident.id)
        .where(
            Incident.dataset_id == dataset_id,
            Incident.muted_until <= func.now(),
            ToldIncident.mute_ended.is_distinct_from(Incident.muted_until),
        )
    )  # fmt: skip
    rows = (await session.execute(statement)).all()
    opened = [row for row in rows if row.state is IncidentState.ACTIVE]
    resolved = [row for row in rows if row.state is IncidentState.RESOLVED and row.told is IncidentState.ACTIVE]
    if rows:
        seen = insert(ToldIncident).values([{"incident_id": row.id, "mute_ended": row.muted_until} for row in rows])
        await session.execute(
            seen.on_conflict_do_update(index_elements=["incident_id"], set_={"mute_ended": seen.excluded.mute_ended})
        )
    await notification_messages.write(session, dataset_id, opened, resolved)
    return len(rows)
