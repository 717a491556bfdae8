"""What rules found before, and the verdict on versions, by key."""

from collections import defaultdict
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select, true
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.ext.asyncio import AsyncConnection

from app.core.rows import AnyRow
from app.core.viewer import Viewer
from app.loaders.base import many_each, one_each
from app.models.datasets import Dataset
from app.models.quality import TRIALS, QualityResult, QualityRule, QualityRun
from app.services import access
from app.services.quality import runs

Rows = list[AnyRow]


@dataclass(frozen=True, slots=True)
class HistoryKey:
    """The last `first` results of a rule."""

    rule_id: UUID
    first: int


async def recent_results_by_rule(connection: AsyncConnection, viewer: Viewer, keys: list[HistoryKey]) -> list[Rows]:
    """Results of the rules as they are now, newest first; none of trials."""
    groups: defaultdict[int, list[UUID]] = defaultdict(list)
    for key in keys:
        groups[key.first].append(key.rule_id)
    found: dict[HistoryKey, Rows] = {}
    for first, ids in groups.items():
        last = (
            select(*QualityResult.__table__.columns)
            .where(
                QualityResult.rule_id == QualityRule.id, QualityResult.rule_revision == QualityRule.revision, QualityResult.counts
            )
            .correlate(QualityRule)
            .order_by(QualityResult.checked_at.desc(), QualityResult.id.desc())
            .limit(first)
            .lateral("last")
        )
        statement = (
            select(*last.c)
            .select_from(QualityRule)
            .join(Dataset, Dataset.id == QualityRule.dataset_id)
            .join(last, true())
            .where(QualityRule.id.in_(ids), access.visible(viewer))
            .order_by(last.c.checked_at.desc(), last.c.id.desc())
        )
        for one, rows in zip(ids, many_each(ids, await connection.execute(statement), "rule_id"), strict=True):
            found[HistoryKey(one, first)] = rows
    return [found[key] for key in keys]


async def latest_run_by_version(connection: AsyncConnection, viewer: Viewer, ids: list[UUID]) -> list[AnyRow | None]:
    """The newest run of each version that was no trial."""
    statement = (
        runs.visible_runs(viewer)
        .ext(distinct_on(QualityRun.version_id))
        .where(QualityRun.version_id.in_(ids), QualityRun.trigger.not_in(TRIALS))
        .order_by(QualityRun.version_id, QualityRun.id.desc())
    )
    return one_each(ids, await connection.execute(statement), "version_id")
