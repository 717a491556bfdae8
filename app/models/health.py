"""What the rules of a dataset say of it as a whole, as statements count and filter by it."""

from datetime import UTC, datetime
from enum import StrEnum
from functools import lru_cache

from sqlalchemy import CTE, Case, ColumnElement, SQLColumnExpression, case, func, literal, or_, select, true
from sqlalchemy.sql.functions import Function
from sqlalchemy.sql.selectable import LateralFromClause

from app.core.viewer import Viewer
from app.models.datasets import Dataset
from app.models.quality import QualityResult, QualityRule, QualityStatus
from app.models.visibility import KEPT, visible

WORST = (QualityStatus.SKIPPED, QualityStatus.PASS, QualityStatus.WARN, QualityStatus.ERROR, QualityStatus.FAIL)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
"""Where a list ordered by publication has what was never published."""


class HealthState(StrEnum):
    """Worst status of its rules, or that none has run."""

    PASS = "PASS"  # noqa: S105
    WARN = "WARN"
    FAIL = "FAIL"
    ERROR = "ERROR"
    SKIPPED = "SKIPPED"
    UNCHECKED = "UNCHECKED"


class Freshness(StrEnum):
    """How long ago a dataset was given the data that it has now; each excludes those before it."""

    DAY = "DAY"
    WEEK = "WEEK"
    MONTH = "MONTH"
    YEAR = "YEAR"
    OLDER = "OLDER"
    NEVER = "NEVER"


_DAYS = {Freshness.DAY: 1, Freshness.WEEK: 7, Freshness.MONTH: 30, Freshness.YEAR: 365}


def latest_result() -> LateralFromClause:
    """The newest result that counts of a row of `quality_rules`: on the current version, on any while none is published."""
    return (
        select(QualityResult.status, QualityResult.checked_at)
        .where(
            QualityResult.rule_id == QualityRule.id, QualityResult.rule_revision == QualityRule.revision, QualityResult.counts,
            or_(Dataset.current_version_id.is_(None), QualityResult.version_id == Dataset.current_version_id),
        )
        .correlate(QualityRule, Dataset)
        .order_by(QualityResult.checked_at.desc(), QualityResult.id.desc())
        .limit(1)
        .lateral("latest")
    )  # fmt: skip


def worst_of(latest: LateralFromClause) -> Function[int]:
    """Place in `WORST` of the worst of the results of a group."""
    return func.max(case(*[(latest.c.status == status, at) for at, status in enumerate(WORST)], else_=0))


@lru_cache(maxsize=KEPT)
def checked_datasets(viewer: Viewer) -> CTE:
    """(dataset_id, state) of each visible dataset of which an enabled rule has a result that counts.

    One object for all that a statement asks of it. It reads the rules and not the datasets: a hundred thousand datasets without rules cost nothing.
    """
    latest = latest_result()
    worst = worst_of(latest)
    return (
        select(QualityRule.dataset_id, case(*[(worst == at, status.value) for at, status in enumerate(WORST)]).label("state"))
        .join(Dataset, Dataset.id == QualityRule.dataset_id)
        .join(latest, true())
        .where(QualityRule.enabled, QualityRule.deleted_at.is_(None), visible(viewer))
        .group_by(QualityRule.dataset_id)
        .cte("checked")
    )


def has_health(viewer: Viewer, states: list[HealthState]) -> ColumnElement[bool]:
    """The row of `datasets` is in one of the states."""
    checked = checked_datasets(viewer)
    found = [Dataset.id.in_(select(checked.c.dataset_id).where(checked.c.state.in_([state.value for state in states])))]
    if HealthState.UNCHECKED in states:
        found.append(Dataset.id.not_in(select(checked.c.dataset_id)))
    return or_(*found)


def freshness(since: SQLColumnExpression[datetime | None]) -> Case[str]:
    """`Freshness` of what was published then."""
    known = [(since > func.now() - func.make_interval(0, 0, 0, days), fresh.value) for fresh, days in _DAYS.items()]
    return case((since.is_(None), literal(Freshness.NEVER.value)), *known, else_=Freshness.OLDER.value)
