"""Schedules of checks, by key."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.ext.asyncio import AsyncConnection

from app.core.rows import AnyRow
from app.core.viewer import Viewer
from app.loaders.base import many_each, one_each
from app.models.datasets import Dataset
from app.models.incidents import CheckSchedule, CheckScheduleRule
from app.models.quality import QualityRule, QualityRun
from app.services import access
from app.services.quality import rules, runs, schedules


async def schedules_by_dataset(connection: AsyncConnection, viewer: Viewer, ids: list[UUID]) -> list[list[AnyRow]]:
    """Oldest first."""
    statement = schedules.visible_schedules(viewer).where(CheckSchedule.dataset_id.in_(ids)).order_by(CheckSchedule.id)
    return many_each(ids, await connection.execute(statement), "dataset_id")


async def rules_by_schedule(connection: AsyncConnection, viewer: Viewer, ids: list[UUID]) -> list[list[AnyRow]]:
    """Those that a schedule names and that were not deleted, by name."""
    statement = (
        select(CheckScheduleRule.schedule_id, *rules.COLUMNS)
        .select_from(QualityRule)
        .join(Dataset, Dataset.id == QualityRule.dataset_id)
        .join(CheckScheduleRule, CheckScheduleRule.rule_id == QualityRule.id)
        .where(CheckScheduleRule.schedule_id.in_(ids), QualityRule.deleted_at.is_(None), access.visible(viewer))
        .order_by(QualityRule.name, QualityRule.id)
    )
    return many_each(ids, await connection.execute(statement), "schedule_id")


async def last_run_by_schedule(connection: AsyncConnection, viewer: Viewer, ids: list[UUID]) -> list[AnyRow | None]:
    """The newest run that a schedule began; None before the first."""
    statement = (
        runs.visible_runs(viewer)
        .add_columns(QualityRun.schedule_id)
        .ext(distinct_on(QualityRun.schedule_id))
        .where(QualityRun.schedule_id.in_(ids))
        .order_by(QualityRun.schedule_id, QualityRun.scheduled_for.desc())
    )
    return one_each(ids, await connection.execute(statement), "schedule_id")
