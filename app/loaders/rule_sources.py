"""Where rules come from, by key: templates and suggestions. Templates are everybody's; what they apply to is not."""

from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from app.core.rows import AnyRow
from app.core.viewer import Viewer
from app.loaders.base import many_each, one_each
from app.models.datasets import Dataset
from app.models.quality import QualityRule
from app.models.rule_sources import DismissedSuggestion, RuleTemplate, RuleTemplateRule
from app.services import access
from app.services.datasets import datasets
from app.services.quality import rule_templates

MAX_FOLLOWING = 100
"""Datasets that are listed of a template; how many there are is counted apart."""


async def templates_by_rule(connection: AsyncConnection, viewer: Viewer, ids: list[UUID]) -> list[AnyRow | None]:
    """The template of a template's rule, deleted ones too."""
    statement = (
        select(*rule_templates.COLUMNS, RuleTemplateRule.id.label("rule_id"))
        .join(RuleTemplateRule, RuleTemplateRule.template_id == RuleTemplate.id)
        .where(RuleTemplateRule.id.in_(ids))
    )
    return one_each(ids, await connection.execute(statement), "rule_id")


async def rules_by_template(connection: AsyncConnection, viewer: Viewer, ids: list[UUID]) -> list[list[AnyRow]]:
    """In their order."""
    statement = (
        select(*RuleTemplateRule.__table__.columns)
        .where(RuleTemplateRule.template_id.in_(ids), RuleTemplateRule.deleted_at.is_(None))
        .order_by(RuleTemplateRule.template_id, RuleTemplateRule.position)
    )
    return many_each(ids, await connection.execute(statement), "template_id")


async def reach_by_template(connection: AsyncConnection, viewer: Viewer, ids: list[UUID]) -> list[AnyRow | None]:
    """Of the visible datasets: how many have rules of the template, and how many rules these are; None for none."""
    statement = (
        select(
            RuleTemplateRule.template_id,
            func.count(QualityRule.dataset_id.distinct()).label("datasets"),
            func.count().label("rules"),
        )
        .select_from(QualityRule)
        .join(Dataset, Dataset.id == QualityRule.dataset_id)
        .join(RuleTemplateRule, RuleTemplateRule.id == QualityRule.template_rule_id)
        .where(RuleTemplateRule.template_id.in_(ids), QualityRule.deleted_at.is_(None), access.visible(viewer))
        .group_by(RuleTemplateRule.template_id)
    )
    return one_each(ids, await connection.execute(statement), "template_id")


async def datasets_by_template(connection: AsyncConnection, viewer: Viewer, ids: list[UUID]) -> list[list[AnyRow]]:
    """Visible datasets that have rules of the template, by name; the first 100."""
    followed = (
        select(RuleTemplateRule.template_id, Dataset.id, Dataset.name)
        .select_from(QualityRule)
        .join(Dataset, Dataset.id == QualityRule.dataset_id)
        .join(RuleTemplateRule, RuleTemplateRule.id == QualityRule.template_rule_id)
        .where(RuleTemplateRule.template_id.in_(ids), QualityRule.deleted_at.is_(None), access.visible(viewer))
        .distinct()
        .subquery()
    )
    place = func.row_number().over(partition_by=followed.c.template_id, order_by=(followed.c.name, followed.c.id)).label("place")
    placed = select(followed.c.template_id, followed.c.id, place).subquery()
    statement = (
        select(*datasets.COLUMNS, placed.c.template_id)
        .join(placed, placed.c.id == Dataset.id)
        .where(placed.c.place <= MAX_FOLLOWING, access.visible(viewer))
        .order_by(placed.c.template_id, placed.c.place)
    )
    return many_each(ids, await connection.execute(statement), "template_id")


async def slots_by_dataset(connection: AsyncConnection, viewer: Viewer, ids: list[UUID]) -> list[list[AnyRow]]:
    """Type and columns of each rule that was not deleted."""
    statement = (
        select(QualityRule.dataset_id, QualityRule.type, QualityRule.field_paths)
        .join(Dataset, Dataset.id == QualityRule.dataset_id)
        .where(QualityRule.dataset_id.in_(ids), QualityRule.deleted_at.is_(None), access.visible(viewer))
    )
    return many_each(ids, await connection.execute(statement), "dataset_id")


async def dismissed_by_dataset(connection: AsyncConnection, viewer: Viewer, ids: list[UUID]) -> list[list[AnyRow]]:
    """Ids of suggestions that were turned down."""
    statement = (
        select(DismissedSuggestion.dataset_id, DismissedSuggestion.suggestion_id)
        .join(Dataset, Dataset.id == DismissedSuggestion.dataset_id)
        .where(DismissedSuggestion.dataset_id.in_(ids), access.visible(viewer))
    )
    return many_each(ids, await connection.execute(statement), "dataset_id")
