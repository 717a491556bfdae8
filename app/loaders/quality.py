"""Quality of datasets, by key."""

from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Select,
    Uuid,
    any_,
    bindparam,
    case,
    exists,
    func,
    lateral,
    or_,
    select,
    true,
    tuple_,
)
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.orm import InstrumentedAttribute

from app.core.rows import AnyRow
from app.core.viewer import Viewer
from app.loaders.base import many_each, one_each
from app.models.datasets import Dataset, FieldAnnotation
from app.models.health import latest_result, worst_of
from app.models.incidents import Incident, IncidentState
from app.models.quality import TRIALS, QualityMetric, QualityResult, QualityRule, QualityRun, QualityStatus
from app.models.versions import DatasetVersion
from app.models.visibility import KEPT
from app.quality.spec import Severity
from app.services import access
from app.services.datasets import fields
from app.services.quality import rules, runs

_ANY = UUID(int=0)
UNBOUND = ("sql_metric", "sql_failed_rows", "duplicate_rows")
"""Types of rules that may look at columns which they do not name."""
Rows = list[AnyRow]


@dataclass(frozen=True, slots=True)
class PageKey:
    """A page of something of a dataset, newest first: up to `first` + 1 rows with an id below `before`."""

    dataset_id: UUID
    first: int
    before: UUID | None = None


@dataclass(frozen=True, slots=True)
class MetricsKey:
    """A page of a dataset's measurements, newest first: up to `first` + 1 before (checked_at, id)."""

    dataset_id: UUID
    metric_name: str | None
    field_path: str | None
    first: int
    before: tuple[datetime, UUID] | None = None


@lru_cache(maxsize=KEPT)
def _hidden(viewer: Viewer) -> ColumnElement[bool]:
    """The measurement is one of a column whose values are kept from the viewer."""
    return (
        exists()
        .where(
            FieldAnnotation.dataset_id == QualityMetric.dataset_id,
            or_(
                FieldAnnotation.field_path == QualityMetric.field_path,
                # Of several columns, or of SQL and whole rows: it may be made of any.
                exists().where(
                    QualityRule.id == QualityMetric.rule_id,
                    QualityRule.dataset_id == QualityMetric.dataset_id,
                    or_(
                        QualityRule.type.in_(UNBOUND), QualityRule.filter.is_not(None),
                        FieldAnnotation.field_path == any_(QualityRule.field_paths),
                    ),
                ).correlate(QualityMetric, FieldAnnotation),
            ),
            FieldAnnotation.sensitive, fields.masked(viewer),
        )
        .correlate(QualityMetric, Dataset)
    )  # fmt: skip


async def rules_by_id(connection: AsyncConnection, viewer: Viewer, ids: list[UUID]) -> list[AnyRow | None]:
    """Rules of visible datasets, deleted ones too; None for the others."""
    rows = await connection.execute(rules.visible_rules(viewer).where(QualityRule.id.in_(ids)))
    return one_each(ids, rows, "id")


async def runs_by_id(connection: AsyncConnection, viewer: Viewer, ids: list[UUID]) -> list[AnyRow | None]:
    """Runs of visible datasets; None for the others."""
    return one_each(ids, await connection.execute(runs.visible_runs(viewer).where(QualityRun.id.in_(ids))), "id")


async def results_by_run(connection: AsyncConnection, viewer: Viewer, ids: list[UUID]) -> list[Rows]:
    """In the order of the rules."""
    statement = (
        select(*QualityResult.__table__.columns)
        .join(Dataset, Dataset.id == QualityResult.dataset_id)
        .where(QualityResult.run_id.in_(ids), access.visible(viewer))
        .order_by(QualityResult.run_id, QualityResult.position)
    )
    return many_each(ids, await connection.execute(statement), "run_id")


async def hidden_fields_by_dataset(connection: AsyncConnection, viewer: Viewer, ids: list[UUID]) -> list[frozenset[str]]:
    """Columns whose values are kept from the viewer."""
    statement = (
        select(FieldAnnotation.dataset_id, FieldAnnotation.field_path)
        .join(Dataset, Dataset.id == FieldAnnotation.dataset_id)
        .where(FieldAnnotation.dataset_id.in_(ids), FieldAnnotation.sensitive, fields.masked(viewer), access.visible(viewer))
    )
    found = many_each(ids, await connection.execute(statement), "dataset_id")
    return [frozenset(row.field_path for row in rows) for rows in found]


async def rules_by_dataset(connection: AsyncConnection, viewer: Viewer, keys: list[PageKey]) -> list[Rows]:
    """Rules that were not deleted, newest first: one statement for all datasets that are asked for the same page."""
    statement = rules.visible_rules(viewer).where(QualityRule.deleted_at.is_(None)).order_by(QualityRule.id.desc())
    return await _pages(connection, keys, statement, QualityRule.dataset_id, QualityRule.id)


async def runs_by_dataset(connection: AsyncConnection, viewer: Viewer, keys: list[PageKey]) -> list[Rows]:
    """Runs, newest first."""
    statement = runs.visible_runs(viewer).order_by(QualityRun.id.desc())
    return await _pages(connection, keys, statement, QualityRun.dataset_id, QualityRun.id)


async def real_runs_by_dataset(connection: AsyncConnection, viewer: Viewer, keys: list[PageKey]) -> list[Rows]:
    """Runs that count, newest first: no dry runs, no back-tests."""
    statement = runs.visible_runs(viewer).where(QualityRun.trigger.not_in(TRIALS)).order_by(QualityRun.id.desc())
    return await _pages(connection, keys, statement, QualityRun.dataset_id, QualityRun.id)


async def metrics_by_dataset(connection: AsyncConnection, viewer: Viewer, keys: list[MetricsKey]) -> list[Rows]:
    """Measurements, newest first; none of columns whose values are kept from the viewer."""
    groups: defaultdict[MetricsKey, list[UUID]] = defaultdict(list)
    for key in keys:
        groups[replace(key, dataset_id=_ANY)].append(key.dataset_id)
    found: dict[MetricsKey, Rows] = {}
    for group, ids in groups.items():
        statement = (
            select(
                QualityMetric.id, QualityMetric.dataset_id, QualityMetric.metric_name, QualityMetric.field_path,
                QualityMetric.value, QualityMetric.threshold, QualityMetric.upper_threshold, QualityMetric.operator,
                QualityMetric.status, QualityMetric.checked_at, QualityMetric.version_id, QualityMetric.rule_id,
            )
            .join(Dataset, Dataset.id == QualityMetric.dataset_id)
            .where(access.visible(viewer), ~_hidden(viewer))
            .order_by(QualityMetric.checked_at.desc(), QualityMetric.id.desc())
        )  # fmt: skip
        if group.metric_name is not None:
            statement = statement.where(QualityMetric.metric_name == group.metric_name)
        if group.field_path is not None:
            statement = statement.where(QualityMetric.field_path == group.field_path)
        if group.before is not None:
            statement = statement.where(tuple_(QualityMetric.checked_at, QualityMetric.id) < tuple_(*group.before))
        pages = await _page_each(connection, ids, statement.limit(group.first + 1), QualityMetric.dataset_id)
        for dataset_id, rows in zip(ids, pages, strict=True):
            found[replace(group, dataset_id=dataset_id)] = rows
    return [found[key] for key in keys]


async def _pages(
    connection: AsyncConnection,
    keys: list[PageKey],
    statement: Select[*tuple[object, ...]],
    dataset_id: InstrumentedAttribute[UUID],
    id: InstrumentedAttribute[UUID],
) -> list[Rows]:
    groups: defaultdict[tuple[int, UUID | None], list[UUID]] = defaultdict(list)
    for key in keys:
        groups[key.first, key.before].append(key.dataset_id)
    found: dict[PageKey, Rows] = {}
    for (first, before), ids in groups.items():
        bounded = statement.limit(first + 1) if before is None else statement.where(id < before).limit(first + 1)
        for one, rows in zip(ids, await _page_each(connection, ids, bounded, dataset_id), strict=True):
            found[PageKey(one, first, before)] = rows
    return [found[key] for key in keys]


async def _page_each(
    connection: AsyncConnection,
    ids: list[UUID],
    statement: Select[*tuple[object, ...]],
    dataset_id: InstrumentedAttribute[UUID],
) -> list[Rows]:
    wanted = func.unnest(bindparam("ids", ids, ARRAY(Uuid()))).table_valued("id", name="wanted").render_derived()
    page = lateral(statement.where(dataset_id == wanted.c.id)).alias("page")
    return many_each(ids, await connection.execute(select(page).select_from(wanted).join(page, true())), "dataset_id")


async def latest_metrics_by_dataset(connection: AsyncConnection, viewer: Viewer, ids: list[UUID]) -> list[Rows]:
    """The measurement of each metric and field on the newest version that has any, the last one there; none of columns whose
    values are kept from the viewer."""
    hidden = _hidden(viewer)
    key = (QualityMetric.dataset_id, QualityMetric.metric_name, QualityMetric.field_path)
    statement = (
        select(
            QualityMetric.dataset_id, QualityMetric.metric_name, QualityMetric.field_path, QualityMetric.value,
            QualityMetric.threshold, QualityMetric.upper_threshold, QualityMetric.operator, QualityMetric.status, QualityMetric.checked_at, QualityMetric.version_id, QualityMetric.rule_id,
        )
        .ext(distinct_on(*key))
        .join(Dataset, Dataset.id == QualityMetric.dataset_id)
        .join(DatasetVersion, DatasetVersion.id == QualityMetric.version_id)
        .where(QualityMetric.dataset_id.in_(ids), access.visible(viewer), ~hidden)
        # An old version that is checked again says nothing about the data of now.
        .order_by(*key, DatasetVersion.number.desc(), QualityMetric.checked_at.desc())
    )  # fmt: skip
    return many_each(ids, await connection.execute(statement), "dataset_id")


async def health_by_dataset(connection: AsyncConnection, viewer: Viewer, ids: list[UUID]) -> list[AnyRow | None]:
    """Of the enabled rules on the current version, or on the newest one that was checked while none is published.

    None where no rule has a result that counts. A rule that had nothing to compare with weighs nothing.
    """
    latest = latest_result()
    weight = case((QualityRule.severity == Severity.ERROR, 3), (QualityRule.severity == Severity.WARNING, 2), else_=1)
    judged = latest.c.status != QualityStatus.SKIPPED
    passed = latest.c.status.in_([QualityStatus.PASS, QualityStatus.WARN])
    statement = (
        select(
            QualityRule.dataset_id,
            worst_of(latest).label("worst"),
            func.coalesce(func.sum(weight).filter(passed), 0).label("good"),
            func.coalesce(func.sum(weight).filter(judged), 0).label("whole"),
            func.count().filter(latest.c.status == QualityStatus.FAIL).label("failing_rules"),
            func.max(latest.c.checked_at).label("last_checked_at"),
            func.count()
            .filter(
                exists()
                .where(Incident.rule_id == QualityRule.id, Incident.state == IncidentState.ACTIVE)
                .correlate(QualityRule)
            )
            .label("open_incidents"),
        )
        .join(Dataset, Dataset.id == QualityRule.dataset_id)
        .join(latest, true())
        .where(
            QualityRule.dataset_id.in_(ids), QualityRule.enabled, QualityRule.deleted_at.is_(None), access.visible(viewer)
        )
        .group_by(QualityRule.dataset_id)
    )  # fmt: skip
    return one_each(ids, await connection.execute(statement), "dataset_id")
