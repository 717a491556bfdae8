"""What templates make of datasets: which rules come from them where, and in whose place."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from sqlalchemy import ARRAY, Select, Text, cast, func, insert, literal, select, update
from sqlalchemy.dialects.postgresql import array, distinct_on
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.ids import uuid7
from app.core.rows import AnyRow
from app.models.datasets import Dataset, DatasetTag, FieldAnnotation
from app.models.quality import QualityRule
from app.models.rule_sources import RuleTemplate, RuleTemplateRule
from app.models.versions import DatasetVersion, SchemaField, VersionStatus
from app.services.quality.definitions import Definition, definition_of
from app.services.quality.rule_retirement import retire

MAX_TEMPLATE_RULES = 2_000
"""That templates give one dataset; those of columns come first."""
INSERT_ROWS = 500
_LOCK = func.hashtextextended("rule templates", 0)


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """A template's rule on a dataset."""

    dataset_id: UUID
    template_id: UUID
    template_rule_id: UUID
    position: int
    of_column: bool
    """Bound to a semantic type."""
    name: str
    description: str | None
    definition: Definition
    blocks_publication: bool
    created_by_id: UUID | None


@dataclass(frozen=True, kw_only=True)
class Existing:
    """A rule that the dataset has."""

    rule_id: UUID
    dataset_id: UUID
    template_rule_id: UUID | None
    """None: the dataset's own."""
    name: str
    description: str | None
    definition: Definition
    blocks_publication: bool
    enabled: bool


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What has to change so that the datasets have the rules of their templates."""

    added: tuple[Wanted, ...] = ()
    changed: tuple[tuple[Existing, Wanted], ...] = ()
    removed: tuple[Existing, ...] = ()


def plan(wanted: Sequence[Wanted], existing: Sequence[Existing]) -> Plan:
    """What to do; nothing when it was done before.

    Two rules of one name and type on the same columns are the same rule, of which a dataset has one. An enabled rule of the
    dataset's own takes the place of a template's, unless that one blocks publication. Of templates the rule that blocks
    publication counts, then that of a semantic type, then that of the older template.
    """
    own = {_slot(one) for one in existing if one.template_rule_id is None and one.enabled}
    chosen: dict[tuple[UUID, UUID, tuple[str, ...]], Wanted] = {}
    taken: set[object] = set()
    counts: dict[UUID, int] = {}
    for one in sorted(wanted, key=lambda one: (not one.blocks_publication, not one.of_column, one.template_id, one.position)):
        slot = _slot(one)
        if slot in taken or (slot in own and not one.blocks_publication) or counts.get(one.dataset_id, 0) >= MAX_TEMPLATE_RULES:
            continue
        taken.add(slot)
        counts[one.dataset_id] = counts.get(one.dataset_id, 0) + 1
        chosen[one.dataset_id, one.template_rule_id, one.definition.field_paths] = one
    changed, removed = [], []
    for rule in existing:
        if rule.template_rule_id is None:
            continue
        now = chosen.pop((rule.dataset_id, rule.template_rule_id, rule.definition.field_paths), None)
        if now is None:
            removed.append(rule)
        elif (now.name, now.description, now.definition, now.blocks_publication) != (
            rule.name, rule.description, rule.definition, rule.blocks_publication,
        ):  # fmt: skip
            changed.append((rule, now))
    return Plan(added=tuple(chosen.values()), changed=tuple(changed), removed=tuple(removed))


def _slot(one: Wanted | Existing) -> object:
    return one.dataset_id, one.name.casefold(), one.definition.type, one.definition.field_paths


async def hold_off(session: AsyncSession) -> None:
    """Until the transaction ends no dataset follows templates as they were: each change waits, or was made before."""
    await session.execute(select(func.pg_advisory_xact_lock(_LOCK)))


async def follow(session: AsyncSession, dataset_ids: Sequence[UUID]) -> Plan:
    """The datasets have the rules of their templates; what changed. The caller may change all of them.

    Called whenever tags, semantic types, columns or rules of a dataset change, and for all its datasets when a template does.
    """
    await session.execute(select(func.pg_advisory_xact_lock_shared(_LOCK)))
    return await apply(session, dataset_ids)


async def apply(session: AsyncSession, dataset_ids: Sequence[UUID]) -> Plan:
    """As `follow`, for the task that a template's change has queued.

    It must not wait for changes of templates: they may wait for a dataset whose lock is awaited here.
    """
    wanted = [_wanted(row) for row in await session.execute(_of_tags(dataset_ids).union_all(_of_columns(dataset_ids)))]
    if not wanted and not await _has_any(session, dataset_ids):
        return Plan()
    await session.execute(
        select(Dataset.id).where(Dataset.id.in_(dataset_ids)).order_by(Dataset.id).with_for_update(key_share=True)
    )
    # Once more, now that nobody else follows for these datasets.
    wanted = [_wanted(row) for row in await session.execute(_of_tags(dataset_ids).union_all(_of_columns(dataset_ids)))]
    rows = await session.execute(
        select(*_EXISTING).where(QualityRule.dataset_id.in_(dataset_ids), QualityRule.deleted_at.is_(None))
    )
    found = plan(wanted, [_existing(row) for row in rows])
    await _write(session, found)
    return found


async def _has_any(session: AsyncSession, dataset_ids: Sequence[UUID]) -> bool:
    statement = select(QualityRule.id).where(
        QualityRule.dataset_id.in_(dataset_ids), QualityRule.deleted_at.is_(None), QualityRule.template_rule_id.is_not(None)
    )
    return (await session.execute(statement.limit(1))).scalar_one_or_none() is not None


async def _write(session: AsyncSession, found: Plan) -> None:
    rows = [
        {
            "id": uuid7(), "dataset_id": one.dataset_id, "template_rule_id": one.template_rule_id, "name": one.name,
            "description": one.description, "blocks_publication": one.blocks_publication, "created_by_id": one.created_by_id,
            **one.definition.values(),
        }
        for one in found.added
    ]  # fmt: skip
    for start in range(0, len(rows), INSERT_ROWS):
        await session.execute(insert(QualityRule), rows[start : start + INSERT_ROWS])
    for rule, now in found.changed:
        more = int(replace(now.definition, severity=rule.definition.severity) != rule.definition)
        values = {
            "name": now.name, "description": now.description, "blocks_publication": now.blocks_publication,
            "updated_at": func.now(), "revision": QualityRule.revision + more, **now.definition.values(),
        }  # fmt: skip
        await session.execute(
            update(QualityRule).where(QualityRule.id == rule.rule_id, QualityRule.dataset_id == rule.dataset_id).values(values)
        )
    for dataset_id in dict.fromkeys(rule.dataset_id for rule in found.removed):
        await retire(session, dataset_id, [rule.rule_id for rule in found.removed if rule.dataset_id == dataset_id])


_DEFINED = (
    "name", "description", "type", "field_paths", "parameters", "operator", "threshold", "upper_threshold", "warn_threshold",
    "warn_upper_threshold", "severity", "filter", "blocks_publication",
)  # fmt: skip
_EXISTING = (
    QualityRule.id, QualityRule.dataset_id, QualityRule.template_rule_id, QualityRule.enabled,
    *(getattr(QualityRule, name) for name in _DEFINED),
)  # fmt: skip


def _columns(*, of_column: bool) -> Iterator[object]:
    yield from (
        RuleTemplate.id.label("template_id"), RuleTemplateRule.id.label("template_rule_id"), RuleTemplateRule.position,
        RuleTemplate.created_by_id, literal(of_column).label("of_column"),
    )  # fmt: skip
    for name in _DEFINED:
        if name != "field_paths":
            yield getattr(RuleTemplateRule, name)
    paths = array([FieldAnnotation.field_path]) if of_column else RuleTemplateRule.field_paths
    yield cast(paths, ARRAY(Text)).label("field_paths")


_LIVING = (RuleTemplate.enabled, RuleTemplate.deleted_at.is_(None), RuleTemplateRule.deleted_at.is_(None))


def _of_tags(dataset_ids: Sequence[UUID]) -> Select[*tuple[object, ...]]:
    return (
        select(DatasetTag.dataset_id, *_columns(of_column=False))
        .select_from(RuleTemplateRule)
        .join(RuleTemplate, RuleTemplate.id == RuleTemplateRule.template_id)
        .join(DatasetTag, DatasetTag.name == RuleTemplate.tag)
        .where(DatasetTag.dataset_id.in_(dataset_ids), *_LIVING)
    )


def _of_columns(dataset_ids: Sequence[UUID]) -> Select[*tuple[object, ...]]:
    """Columns of the newest version alone: what is said about a column outlives it."""
    newest = (
        select(DatasetVersion.dataset_id, DatasetVersion.id)
        .ext(distinct_on(DatasetVersion.dataset_id))
        .where(DatasetVersion.dataset_id.in_(dataset_ids), DatasetVersion.status == VersionStatus.READY)
        .order_by(DatasetVersion.dataset_id, DatasetVersion.number.desc())
        .subquery("newest")
    )
    return (
        select(FieldAnnotation.dataset_id, *_columns(of_column=True))
        .select_from(RuleTemplateRule)
        .join(RuleTemplate, RuleTemplate.id == RuleTemplateRule.template_id)
        .join(FieldAnnotation, func.lower(FieldAnnotation.semantic_type) == func.lower(RuleTemplate.semantic_type))
        .join(newest, newest.c.dataset_id == FieldAnnotation.dataset_id)
        .join(
            SchemaField, (SchemaField.version_id == newest.c.id) & (SchemaField.field_path == FieldAnnotation.field_path)
        )
        .where(FieldAnnotation.dataset_id.in_(dataset_ids), *_LIVING)
    )  # fmt: skip


def _wanted(row: AnyRow) -> Wanted:
    return Wanted(
        dataset_id=row.dataset_id, template_id=row.template_id, template_rule_id=row.template_rule_id, position=row.position,
        of_column=row.of_column, name=row.name, description=row.description, definition=definition_of(row),
        blocks_publication=row.blocks_publication, created_by_id=row.created_by_id,
    )  # fmt: skip


def _existing(row: AnyRow) -> Existing:
    return Existing(
        rule_id=row.id, dataset_id=row.dataset_id, template_rule_id=row.template_rule_id, name=row.name,
        description=row.description, definition=definition_of(row), blocks_publication=row.blocks_publication,
        enabled=row.enabled,
    )  # fmt: skip
