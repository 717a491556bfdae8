"""Quality rules: what is checked on every version of a dataset."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from app.core.errors import Conflict, InvalidInput, LimitExceeded, NotFound
from app.core.ids import uuid7
from app.core.phrases import say
from app.core.rows import AnyRow
from app.core.viewer import Principal, Viewer
from app.models.datasets import Dataset
from app.models.quality import QualityRule
from app.models.rule_sources import RuleTemplate, RuleTemplateRule
from app.services import access, audit, events
from app.services.access import Level
from app.services.quality import rule_templating
from app.services.quality.definitions import (
    Definition,
    Draft,
    check_definition,
    clean_description,
    clean_name,
    definition_of,
    newest_fields,
)
from app.services.quality.rule_retirement import retire

MAX_RULES = 2_000
"""Of a dataset."""
MISSING = say("NO_SUCH_RULE", "There is no such quality rule, or you may not see its dataset.")

COLUMNS = (
    QualityRule.id, QualityRule.dataset_id, QualityRule.name, QualityRule.description, QualityRule.type, QualityRule.field_paths,
    QualityRule.parameters, QualityRule.operator, QualityRule.threshold, QualityRule.upper_threshold, QualityRule.warn_threshold,
    QualityRule.warn_upper_threshold, QualityRule.severity, QualityRule.filter, QualityRule.blocks_publication,
    QualityRule.enabled, QualityRule.muted_until, QualityRule.template_rule_id, QualityRule.contract_key, QualityRule.revision,
    QualityRule.created_by_id, QualityRule.created_at, QualityRule.updated_at, QualityRule.deleted_at,
)  # fmt: skip
"""What a row of a rule holds wherever one is read."""


@dataclass(frozen=True, kw_only=True)
class Changes:
    """What `update_rule` changes; None leaves a property as it is."""

    name: str | None = None
    description: str | None = None
    """Empty: none."""
    definition: Mapping[str, object] = field(default_factory=dict)
    """The parts of the Definition that change, by name."""
    blocks_publication: bool | None = None
    enabled: bool | None = None


async def create(
    session: AsyncSession,
    viewer: Viewer,
    dataset_id: UUID,
    draft: Draft,
    *,
    blocks_publication: bool,
    enabled: bool = True,
    description: str | None = None,
) -> UUID:
    """A rule, checked from the next run on.

    Raises:
        NotFound, Forbidden: WRITE is needed.
        InvalidInput: the rule could never run, or not on the current columns.
        LimitExceeded: the dataset has too many.
    """
    await access.require(session, viewer, dataset_id, Level.WRITE)
    await require_room(session, dataset_id, 1)
    name = clean_name(draft.name)
    await check_definition(draft.definition, await newest_fields(session, dataset_id))
    rule_id = uuid7()
    await session.execute(
        insert(QualityRule).values(
            id=rule_id, dataset_id=dataset_id, name=name, blocks_publication=blocks_publication, enabled=enabled,
            description=clean_description(description), created_by_id=viewer.id, **draft.definition.values(),
        )
    )  # fmt: skip
    await _changed(session, viewer, "quality_rule.create", dataset_id, rule_id, type=draft.definition.type)
    return rule_id


async def require_room(session: AsyncSession, dataset_id: UUID, more: int) -> None:
    """So many more rules of its own fit into the dataset. Raises LimitExceeded."""
    count = select(func.count()).where(
        QualityRule.dataset_id == dataset_id, QualityRule.deleted_at.is_(None), QualityRule.template_rule_id.is_(None)
    )
    if (await session.execute(count)).scalar_one() + more > MAX_RULES:
        raise LimitExceeded(
            say("MOST_RULES", "A dataset has at most {most:,} rules. Delete some that are no longer needed.", most=MAX_RULES)
        )


async def update_rule(session: AsyncSession, viewer: Viewer, rule_id: UUID, changes: Changes) -> UUID:
    """The rule has the changed properties. What changes its measure makes its earlier results void.

    Raises:
        NotFound, Forbidden: WRITE is needed, MANAGE for a rule that blocks publication: it guards against who may publish.
        InvalidInput: see `create`. Conflict: it comes from a template.
    """
    row = await _own(session, viewer, rule_id)
    values: dict[str, object] = {"updated_at": func.now()}
    if changes.name is not None:
        values["name"] = clean_name(changes.name)
    if changes.description is not None:
        values["description"] = clean_description(changes.description)
    if changes.blocks_publication is not None:
        values["blocks_publication"] = changes.blocks_publication
    if changes.enabled is not None:
        values["enabled"] = changes.enabled
    if changes.definition:
        definition = Definition(**{**vars(definition_of(row)), **changes.definition})
        if definition != definition_of(row):
            await check_definition(definition, await newest_fields(session, row.dataset_id))
            values |= redefined(row, definition)
    await events.hold(session, row.dataset_id)
    await session.execute(
        update(QualityRule).where(QualityRule.id == rule_id, QualityRule.dataset_id == row.dataset_id).values(values)
    )
    await _changed(session, viewer, "quality_rule.update", row.dataset_id, rule_id, fields=sorted(values.keys() - {"updated_at"}))
    return rule_id


def redefined(row: AnyRow, definition: Definition) -> dict[str, object]:
    """The columns of a rule (COLUMNS) that is now defined so: with a revision more where it measures something else."""
    values = definition.values()
    if replace(definition, severity=row.severity) != definition_of(row):
        values["revision"] = QualityRule.revision + 1
    return values


async def delete(session: AsyncSession, viewer: Viewer, rule_id: UUID) -> UUID:
    """The rule is checked no more, its incident is resolved; its results stay.

    Raises:
        NotFound, Forbidden, Conflict: see `update_rule`.
    """
    row = await _own(session, viewer, rule_id)
    await events.hold(session, row.dataset_id)
    await retire(session, row.dataset_id, [rule_id])
    await _changed(session, viewer, "quality_rule.delete", row.dataset_id, rule_id, name=row.name)
    return rule_id


async def mute(session: AsyncSession, viewer: Viewer, rule_id: UUID, until: datetime | None) -> UUID:
    """Nobody is notified of the rule until then; None: at once again. It runs, and counts, all the same.

    Raises:
        NotFound, Forbidden: WRITE is needed. InvalidInput: the time has passed.
    """
    row = await get(session, viewer, rule_id)
    await access.require(session, viewer, row.dataset_id, Level.WRITE)
    await require_later(session, until)
    await events.hold(session, row.dataset_id)
    await session.execute(
        update(QualityRule)
        .where(QualityRule.id == rule_id, QualityRule.dataset_id == row.dataset_id)
        .values(muted_until=until, updated_at=func.now())
    )
    await events.append(session, row.dataset_id)
    told = None if until is None else until.isoformat()
    await audit.record(session, viewer, "quality_rule.mute", rule_id, dataset=str(row.dataset_id), until=told)
    return rule_id


async def require_later(session: AsyncSession, until: datetime | None) -> None:
    """A time to mute something until lies ahead, by the database's clock. Raises InvalidInput."""
    if until is not None and until <= (await session.execute(select(func.now()))).scalar_one():
        raise InvalidInput(say("MUTE_UNTIL", "Give a time to come; null ends the silence at once."), path=("until",))


async def _own(session: AsyncSession, viewer: Viewer, rule_id: UUID) -> AnyRow:
    """The row of a rule that the viewer may change."""
    row = await get(session, viewer, rule_id)
    await access.require(session, viewer, row.dataset_id, Level.MANAGE if row.blocks_publication else Level.WRITE)
    if row.template_rule_id is not None:
        template = await session.scalar(
            select(RuleTemplate.name).join(RuleTemplateRule).where(RuleTemplateRule.id == row.template_rule_id)
        )
        message = say(
            "RULE_FROM_TEMPLATE",
            "This rule comes from the template {template!r}: change it there, or create a rule of the same name here.",
            template=template,
        )
        raise Conflict(message)
    return row


def visible_rules(principal: Principal) -> Select[*tuple[object, ...]]:
    """SELECT of the rules of visible datasets, deleted ones too."""
    return select(*COLUMNS).join(Dataset, Dataset.id == QualityRule.dataset_id).where(access.visible(principal))


async def find(session: AsyncConnection | AsyncSession, principal: Principal, rule_id: UUID) -> AnyRow | None:
    """The row of a rule of a visible dataset that was not deleted, or None."""
    statement = visible_rules(principal).where(QualityRule.id == rule_id, QualityRule.deleted_at.is_(None))
    return (await session.execute(statement)).one_or_none()


async def get(session: AsyncConnection | AsyncSession, principal: Principal, rule_id: UUID) -> AnyRow:
    """See `find`; raises NotFound."""
    row = await find(session, principal, rule_id)
    if row is None:
        raise NotFound(MISSING)
    return row


async def _changed(
    session: AsyncSession, viewer: Viewer, action: str, dataset_id: UUID, rule_id: UUID, **details: object
) -> None:
    await rule_templating.follow(session, [dataset_id])  # a rule of its own may take the place of a template's
    await events.append(session, dataset_id)
    await audit.record(session, viewer, action, rule_id, dataset=str(dataset_id), **details)
