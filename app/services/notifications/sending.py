"""From a message to whoever is told of it; and what was muted and is so no longer."""

from datetime import timedelta
from typing import TypeVarTuple
from uuid import UUID

from sqlalchemy import Select, and_, func, or_, select, union
from sqlalchemy.ext.asyncio import AsyncSession

from app.models.datasets import Dataset
from app.models.incidents import Incident, IncidentState
from app.models.notifications import NoticeKind, NotificationMessage, ToldIncident
from app.models.quality import QualityRule
from app.services.notifications import audience, deliveries, messages, notices
from app.services.notifications.messages import message_of
from app.services.quality import incidents

MUTE_DAYS = 30
"""A mute that passed longer ago is not looked at."""
UNMUTE_BATCH = 100
Columns = TypeVarTuple("Columns")


async def fan_out(session: AsyncSession, message_id: UUID) -> None:
    """Everybody concerned has a notice, and every channel a delivery that is due."""
    statement = select(*notices.MESSAGE_COLUMNS).where(NotificationMessage.id == message_id)
    row = (await session.execute(statement)).one_or_none()
    if row is None:
        return
    message = message_of(row)
    told = await audience.recipients(session, message)
    kind = NoticeKind.INCIDENTS_OPENED if message.opened else NoticeKind.INCIDENTS_RESOLVED
    await notices.put(session, told.user_ids, kind, message_id=message_id)
    await deliveries.queue(session, told.channel_ids, message_id)


async def with_ended_mutes(session: AsyncSession) -> list[UUID]:
    """Datasets with incidents that are muted no longer, by the time or by somebody's hand, of which there is something to tell."""
    window = (func.now() - timedelta(days=MUTE_DAYS), func.now())
    by_rule = select(Incident.id).join(QualityRule, QualityRule.id == Incident.rule_id)
    ended = union(
        select(Incident.id).where(Incident.muted_until.between(*window)),
        by_rule.where(QualityRule.muted_until.between(*window)),
        select(ToldIncident.incident_id).where(ToldIncident.waiting),
    )
    statement = _unmuted(select(Incident.dataset_id).distinct()).where(Incident.id.in_(ended), Dataset.deleted_at.is_(None))
    return list((await session.execute(statement.limit(UNMUTE_BATCH))).scalars())


async def tell_unmuted(session: AsyncSession, dataset_id: UUID) -> int:
    """What still fails after its mute is told once, and what recovered meanwhile if it was said to fail; how many incidents.

    Whoever else tells of this dataset at the same time goes first; then there is nothing left, or the next look finds it.
    """
    locked = (
        select(Dataset.id)
        .where(Dataset.id == dataset_id, Dataset.deleted_at.is_(None))
        .with_for_update(key_share=True, skip_locked=True)
    )
    if (await session.execute(locked)).first() is None:
        return 0
    columns = select(
        Incident.id, Incident.rule_id, Incident.title, Incident.priority, Incident.reopened_count, Incident.assignee_id,
        Incident.state, incidents.MUTED_UNTIL.label("muted_until"), ToldIncident.state.label("told"),
    )  # fmt: skip
    rows = (await session.execute(_unmuted(columns).where(Incident.dataset_id == dataset_id))).all()
    opened = [row for row in rows if row.state is IncidentState.ACTIVE]
    resolved = [row for row in rows if row.state is IncidentState.RESOLVED and row.told is IncidentState.ACTIVE]
    await messages.remember_ended(session, {row.id: row.muted_until for row in rows})
    await messages.write(session, dataset_id, opened, resolved)
    return len(rows)


def _unmuted(statement: Select[*Columns]) -> Select[*Columns]:
    """Incidents whose mute has passed since that was last seen, and those that changed under a mute that is no more."""
    passed = and_(func.now() >= incidents.MUTED_UNTIL, ToldIncident.mute_ended.is_distinct_from(incidents.MUTED_UNTIL))
    lifted = and_(ToldIncident.waiting, incidents.MUTED_UNTIL.is_(None))
    return (
        statement.select_from(Incident)
        .join(Dataset, Dataset.id == Incident.dataset_id)
        .join(QualityRule, QualityRule.id == Incident.rule_id)
        .outerjoin(ToldIncident, ToldIncident.incident_id == Incident.id)
        .where(or_(passed, lifted), QualityRule.deleted_at.is_(None))
    )
