"""Rules that are checked no more."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import func, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.models.incidents import Incident, IncidentState
from app.models.quality import QualityRule


async def retire(session: AsyncSession, dataset_id: UUID, rule_ids: Sequence[UUID]) -> None:
    """The rules of a dataset are deleted; their results stay. Their incidents are resolved: nothing else ever would."""
    await session.execute(
        update(QualityRule)
        .where(QualityRule.id.in_(rule_ids), QualityRule.dataset_id == dataset_id)
        .values(deleted_at=func.now(), updated_at=func.now(), enabled=False)
    )
    await session.execute(
        update(Incident)
        .where(Incident.rule_id.in_(rule_ids), Incident.dataset_id == dataset_id, Incident.state == IncidentState.ACTIVE)
        .values(state=IncidentState.RESOLVED, resolved_at=func.now(), updated_at=func.now())
    )
