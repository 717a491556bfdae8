"""Quality rules: what is checked on every version of a dataset."""

import asyncio
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from uuid import UUID

from sqlalchemy import Select, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from app.core.errors import InvalidInput, LimitExceeded, NotFound
from app.core.ids import uuid7
from app.core.rows import AnyRow
from app.core.viewer import Principal, Viewer
from app.ingest.job import Field
from app.models.datasets import Dataset
from app.models.quality import QualityRule
from app.models.versions import DatasetVersion, SchemaField, VersionStatus
from app.quality import catalogue
from app.quality.spec import Json, Operator, RuleSpec, Severity
from app.services import access, audit, events, texts
from app.services.access import Level

MAX_RULES = 2_000
"""Of a dataset."""
MAX_FIELDS = 100
MAX_SQL = 16_384
MISSING = "There is no such quality rule, or you may not see its dataset."

COLUMNS = (
    QualityRule.id, QualityRule.dataset_id, QualityRule.name, QualityRule.type, QualityRule.field_paths, QualityRule.parameters,
    QualityRule.operator, QualityRule.threshold, QualityRule.upper_threshold, QualityRule.warn_threshold,
    QualityRule.warn_upper_threshold, QualityRule.severity, QualityRule.filter, QualityRule.blocks_publication,
    QualityRule.enabled, QualityRule.revision, QualityRule.created_by_id, QualityRule.created_at, QualityRule.updated_at,
    QualityRule.deleted_at,
)  # fmt: skip
"""What a row of a rule holds wherever one is read."""


@dataclass(frozen=True, kw_only=True)
class Definition:
    """What a rule measures, and when that is good."""

    type: str
    field_paths: tuple[str, ...] = ()
    parameters: Mapping[str, Json] = field(default_factory=dict)
    operator: Operator | None = None
    threshold: float | None = None
    upper_threshold: float | None = None
    warn_threshold: float | None = None
    warn_upper_threshold: float | None = None
    severity: Severity = Severity.ERROR
    filter: str | None = None

    def spec(self, rule_id: str) -> RuleSpec:
        """As the engine takes it."""
        return RuleSpec(id=rule_id, **vars(self))

    def values(self) -> dict[str, object]:
        """As columns."""
        return {**vars(self), "field_paths": list(self.field_paths), "parameters": dict(self.parameters)}


@dataclass(frozen=True, kw_only=True)
class Draft:
    """A rule that is to be saved, or only tried."""

    name: str
    definition: Definition


@dataclass(frozen=True, kw_only=True)
class Changes:
    """What `update_rule` changes; None leaves a property as it is."""

    name: str | None = None
    definition: Mapping[str, object] = field(default_factory=dict)
    """The parts of the Definition that change, by name."""
    blocks_publication: bool | None = None
    enabled: bool | None = None


async def create(
    session: AsyncSession, viewer: Viewer, dataset_id: UUID, draft: Draft, *, blocks_publication: bool, enabled: bool = True
) -> UUID:
    """An enabled rule, checked from the next run on.

    Raises:
        NotFound, Forbidden: WRITE is needed.
        InvalidInput: the rule could never run, or not on the current columns.
        LimitExceeded: the dataset has too many.
    """
    await access.require(session, viewer, dataset_id, Level.WRITE)
    count = select(func.count()).where(QualityRule.dataset_id == dataset_id, QualityRule.deleted_at.is_(None))
    if (await session.execute(count)).scalar_one() >= MAX_RULES:
        raise LimitExceeded(f"A dataset has at most {MAX_RULES:,} rules. Delete some that are no longer needed.")
    name = clean_name(draft.name)
    await check_definition(draft.definition, await newest_fields(session, dataset_id))
    rule_id = uuid7()
    await session.execute(
        insert(QualityRule).values(
            id=rule_id, dataset_id=dataset_id, name=name, blocks_publication=blocks_publication, enabled=enabled,
            created_by_id=viewer.id, **draft.definition.values(),
        )
    )  # fmt: skip
    await _changed(session, viewer, "quality_rule.create", dataset_id, rule_id, type=draft.definition.type)
    return rule_id


async def update_rule(session: AsyncSession, viewer: Viewer, rule_id: UUID, changes: Changes) -> UUID:
    """The rule has the changed properties. What changes its measure makes its earlier results void.

    Raises:
        NotFound, Forbidden: WRITE is needed, MANAGE for a rule that blocks publication: it guards against who may publish.
        InvalidInput: see `create`.
    """
    row = await get(session, viewer, rule_id)
    await access.require(session, viewer, row.dataset_id, Level.MANAGE if row.blocks_publication else Level.WRITE)
    values: dict[str, object] = {"updated_at": func.now()}
    if changes.name is not None:
        values["name"] = clean_name(changes.name)
    if changes.blocks_publication is not None:
        values["blocks_publication"] = changes.blocks_publication
    if changes.enabled is not None:
        values["enabled"] = changes.enabled
    if changes.definition:
        before = definition_of(row)
        definition = Definition(**{**vars(before), **changes.definition})
        if definition != before:
            await check_definition(definition, await newest_fields(session, row.dataset_id))
            values |= definition.values()
            if replace(definition, severity=before.severity) != before:
                values["revision"] = QualityRule.revision + 1
    await session.execute(
        update(QualityRule).where(QualityRule.id == rule_id, QualityRule.dataset_id == row.dataset_id).values(values)
    )
    await _changed(session, viewer, "quality_rule.update", row.dataset_id, rule_id, fields=sorted(values.keys() - {"updated_at"}))
    return rule_id


async def delete(session: AsyncSession, viewer: Viewer, rule_id: UUID) -> UUID:
    """The rule is checked no more; its results stay.

    Raises:
        NotFound, Forbidden: see `update_rule`.
    """
    row = await get(session, viewer, rule_id)
    await access.require(session, viewer, row.dataset_id, Level.MANAGE if row.blocks_publication else Level.WRITE)
    await session.execute(
        update(QualityRule)
        .where(QualityRule.id == rule_id, QualityRule.dataset_id == row.dataset_id)
        .values(deleted_at=func.now(), updated_at=func.now(), enabled=False)
    )
    await _changed(session, viewer, "quality_rule.delete", row.dataset_id, rule_id, name=row.name)
    return rule_id


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


def definition_of(row: AnyRow) -> Definition:
    """From a row (COLUMNS)."""
    return Definition(
        type=row.type,
        field_paths=tuple(row.field_paths),
        parameters=row.parameters,
        operator=row.operator,
        threshold=row.threshold,
        upper_threshold=row.upper_threshold,
        warn_threshold=row.warn_threshold,
        warn_upper_threshold=row.warn_upper_threshold,
        severity=row.severity,
        filter=row.filter,
    )


async def check_definition(definition: Definition, known: Sequence[Field] | None) -> None:
    """Nothing when the rule can run.

    Args:
        known: the columns that it is checked against; None while the dataset has none.
    Raises:
        InvalidInput: the first thing that is wrong.
    """
    for path, text in (("type", definition.type), ("filter", definition.filter or "")):
        texts.reject_nul(text, path)
    for text in definition.field_paths:
        texts.reject_nul(text, "fieldPaths")
    if len(definition.field_paths) > MAX_FIELDS:
        raise InvalidInput(f"A rule names at most {MAX_FIELDS} fields.", path=("fieldPaths",))
    if len(definition.filter or "") > MAX_SQL:
        raise InvalidInput(f"At most {MAX_SQL:,} characters.", path=("filter",))
    texts.check_json(dict(definition.parameters), path=("parameters",))
    for name in ("threshold", "upper_threshold", "warn_threshold", "warn_upper_threshold"):
        number = getattr(definition, name)
        if number is not None and not math.isfinite(number):
            raise InvalidInput("Give a finite number.", path=(_camel(name),))
    # The engine binds conditions and SQL in a database of its own: too long for the loop that answers everybody.
    problems = await asyncio.to_thread(catalogue.validate, definition.spec("rule"), known)
    if problems:
        first = problems[0]
        raise InvalidInput(first.message, path=tuple(_camel(str(part)) for part in first.path) or None)


def clean_name(name: str) -> str:
    """The name without blanks around it. Raises InvalidInput: empty, too long, or with NUL characters."""
    cleaned = texts.reject_nul(name, "name").strip()
    if not 1 <= len(cleaned) <= 255:
        raise InvalidInput("A name has 1 to 255 characters.", path=("name",))
    return cleaned


async def newest_fields(session: AsyncSession, dataset_id: UUID) -> list[Field] | None:
    """The columns of the newest version that is READY; None while there is none."""
    newest = (
        select(DatasetVersion.id)
        .where(DatasetVersion.dataset_id == dataset_id, DatasetVersion.status == VersionStatus.READY)
        .order_by(DatasetVersion.number.desc())
        .limit(1)
    )
    version_id = (await session.execute(newest)).scalar_one_or_none()
    return None if version_id is None else await fields_of(session, version_id)


async def fields_of(session: AsyncSession, version_id: UUID) -> list[Field]:
    """The columns of a version of which the caller has decided that it may be read."""
    rows = await session.execute(
        select(
            SchemaField.field_path, SchemaField.ordinal_position, SchemaField.logical_type, SchemaField.native_type,
            SchemaField.nullable, SchemaField.original_name,
        )
        .where(SchemaField.version_id == version_id)
        .order_by(SchemaField.ordinal_position)
    )  # fmt: skip
    return [Field(**row._mapping) for row in rows]


def _camel(name: str) -> str:
    head, *rest = name.split("_")
    return head + "".join(part.capitalize() for part in rest)


async def _changed(
    session: AsyncSession, viewer: Viewer, action: str, dataset_id: UUID, rule_id: UUID, **details: object
) -> None:
    await events.append(session, dataset_id)
    await audit.record(session, viewer, action, rule_id, dataset=str(dataset_id), **details)
