"""Contracts of datasets: rules and schema as a document of the Open Data Contract Standard, and taken over from one."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from app.core.errors import InvalidInput
from app.core.ids import uuid7
from app.core.phrases import say
from app.core.rows import AnyRow
from app.core.viewer import Principal, Viewer
from app.models.datasets import Dataset, FieldAnnotation
from app.models.quality import QualityRule
from app.models.rule_sources import DataContract
from app.models.versions import DatasetVersion, SchemaField, VersionStatus
from app.quality.contracts import document, reading, writing
from app.quality.contracts.differences import Differences, differences
from app.quality.contracts.document import ContractProblem
from app.quality.contracts.entries import ContractRule
from app.quality.contracts.reading import Contract, ContractField
from app.quality.contracts.writing import Heading
from app.services import access, audit, events, texts
from app.services.access import Level
from app.services.datasets.fields import MAX_PATH_BYTES
from app.services.quality import rule_templating
from app.services.quality import rules as quality_rules
from app.services.quality.definitions import Definition, check_definition, clean_description, clean_name, definition_of
from app.services.quality.rule_retirement import retire

INSERT_ROWS = 500
MAX_KEY = 500
"""Characters of a rule's id in a contract."""


@dataclass(frozen=True, kw_only=True)
class Parsed:
    """A contract that somebody gave, read."""

    yaml: str
    contract: Contract


@dataclass(frozen=True, kw_only=True)
class Changes:
    """What a contract changes, or would change, of a dataset."""

    rules: Differences
    described: tuple[str, ...]
    """Columns that get another description."""


@dataclass(frozen=True, kw_only=True)
class Written:
    """A dataset's contract."""

    yaml: str
    notes: tuple[str, ...]
    imported_at: datetime | None
    imported_by_id: UUID | None


@dataclass(frozen=True, kw_only=True)
class _Parts:
    """What a contract is written from."""

    heading: Heading
    fields: tuple[ContractField, ...]
    rules: tuple[ContractRule, ...]
    base: str | None
    object_name: str | None


async def parse(yaml: str, object_name: str | None) -> Parsed:
    """The contract that the text holds; beside the event loop, for which a long one takes too long.

    Raises:
        InvalidInput: it is none, or describes no table, or several of which none is named.
    """
    try:
        contract = await asyncio.to_thread(lambda: reading.read(document.load(yaml), object_name))
    except ContractProblem as problem:
        raise InvalidInput(_placed(problem), path=("yaml",)) from problem
    texts.reject_nul(contract.object_name, "yaml")
    return Parsed(yaml=yaml, contract=contract)


def _placed(problem: ContractProblem) -> str:
    if problem.line is not None:
        return say("ON_LINE", "{reason} (line {line})", reason=problem.message, line=problem.line)
    return (
        say("AT_PLACE", "{reason} ({place})", reason=problem.message, place=problem.where) if problem.where else problem.message
    )


async def find(connection: AsyncConnection, principal: Principal, dataset_id: UUID) -> tuple[_Parts, AnyRow] | None:
    """What the contract of a visible dataset is written from (see `written`), or None."""
    statement = (
        select(
            Dataset.name, Dataset.slug, Dataset.description, Dataset.status, DataContract.yaml, DataContract.object_name,
            DataContract.imported_at, DataContract.imported_by_id,
        )
        .outerjoin(DataContract, DataContract.dataset_id == Dataset.id)
        .where(Dataset.id == dataset_id, access.visible(principal))
    )  # fmt: skip
    row = (await connection.execute(statement)).one_or_none()
    if row is None:
        return None
    rules = quality_rules.visible_rules(principal).where(QualityRule.dataset_id == dataset_id, QualityRule.deleted_at.is_(None))
    heading = Heading(id=row.slug, name=row.name, version="1.0.0", status=_STATUS[row.status.value], description=row.description)
    parts = _Parts(
        heading=heading,
        fields=await _fields(connection, principal, dataset_id),
        rules=tuple(_rule(one) for one in await connection.execute(rules.order_by(QualityRule.id))),
        base=row.yaml,
        object_name=row.object_name,
    )
    return parts, row


async def written(found: tuple[_Parts, AnyRow]) -> Written:
    """The contract of what `find` has found: the one that was imported, with fields and rules as they are now."""
    parts, row = found
    yaml, notes = await asyncio.to_thread(_write, parts)
    return Written(yaml=yaml, notes=notes, imported_at=row.imported_at, imported_by_id=row.imported_by_id)


def _write(parts: _Parts) -> tuple[str, tuple[str, ...]]:
    base = None if parts.base is None else document.load(parts.base)
    heading = parts.heading
    if base is not None:
        # What a contract says of itself is its authors' matter.
        kept = {name: document.text(base, name) or getattr(heading, name) for name in ("id", "name", "version", "status")}
        heading = Heading(**kept, description=heading.description)
    made = writing.write(heading, parts.fields, parts.rules, base, parts.object_name)
    yaml = document.dump(made)
    table = parts.object_name or (document.text(document.objects(made, "schema")[0], "name"))
    return yaml, reading.read(made, table).notes


async def compare(session: AsyncSession, viewer: Viewer, dataset_id: UUID, parsed: Parsed) -> Changes:
    """What taking over the contract would change; nothing is.

    Raises:
        NotFound, Forbidden: WRITE is needed, MANAGE to change or remove a rule that blocks publication.
        InvalidInput: a rule of the contract could never run.
    """
    held = await access.require(session, viewer, dataset_id, Level.WRITE)
    _, changes = await _compared(session, viewer, held, dataset_id, parsed)
    return changes


async def take_over(session: AsyncSession, viewer: Viewer, dataset_id: UUID, parsed: Parsed) -> Changes:
    """The dataset has the rules and descriptions of the contract, and no other rules of its own; all else of it is kept.

    Raises:
        NotFound, Forbidden, InvalidInput: see `compare`. LimitExceeded: too many rules.
    """
    held = await access.require(session, viewer, dataset_id, Level.WRITE)
    # Of two at the same time the second compares with what the first has made.
    await session.execute(select(Dataset.id).where(Dataset.id == dataset_id).with_for_update(key_share=True))
    rows, changes = await _compared(session, viewer, held, dataset_id, parsed)
    found = changes.rules
    if found.removed:
        await retire(session, dataset_id, [rows[one.spec.id].id for one in found.removed])
    for _, now in found.changed:
        row = rows[now.spec.id]
        values = {**_values(now), **quality_rules.redefined(row, _definition(now)), "updated_at": func.now()}
        await session.execute(
            update(QualityRule).where(QualityRule.id == row.id, QualityRule.dataset_id == dataset_id).values(values)
        )
    await quality_rules.require_room(session, dataset_id, len(found.added))
    added = [
        {"id": uuid7(), "dataset_id": dataset_id, "contract_key": one.spec.id, "created_by_id": viewer.id, **_values(one)}
        for one in found.added
    ]
    for start in range(0, len(added), INSERT_ROWS):
        await session.execute(insert(QualityRule), added[start : start + INSERT_ROWS])
    await _describe(session, viewer, dataset_id, parsed.contract, changes.described)
    stored = {
        "yaml": parsed.yaml, "object_name": parsed.contract.object_name, "imported_by_id": viewer.id, "imported_at": func.now(),
    }  # fmt: skip
    statement = insert(DataContract).values(dataset_id=dataset_id, **stored)
    await session.execute(statement.on_conflict_do_update(index_elements=["dataset_id"], set_=stored))
    await rule_templating.follow(session, [dataset_id])
    await events.append(session, dataset_id)
    counts = {"added": len(found.added), "changed": len(found.changed), "removed": len(found.removed)}
    await audit.record(session, viewer, "data_contract.import", dataset_id, **counts)
    return changes


async def _compared(
    session: AsyncSession, viewer: Viewer, held: access.Access, dataset_id: UUID, parsed: Parsed
) -> tuple[Mapping[str, AnyRow], Changes]:
    statement = quality_rules.visible_rules(viewer).where(QualityRule.dataset_id == dataset_id, QualityRule.deleted_at.is_(None))
    rows = {_key(row): row for row in await session.execute(statement)}
    own = {key: row for key, row in rows.items() if row.template_rule_id is None}
    contract = parsed.contract
    of_templates = rows.keys() - own.keys()
    found = differences([_rule(row) for row in own.values()], contract)
    notes = [
        say("RULE_FROM_TEMPLATE_NOTE", "{rule}: comes from a template, and is changed there.", rule=one.name or one.spec.id)
        for one in found.added if one.spec.id in of_templates and one != _rule(rows[one.spec.id])
    ]  # fmt: skip
    found = Differences(
        added=tuple(one for one in found.added if one.spec.id not in of_templates),
        changed=found.changed, removed=found.removed, unchanged=found.unchanged, notes=(*found.notes, *notes),
    )  # fmt: skip
    for one in (*found.added, *(now for _, now in found.changed)):
        await _check(one)
    if any(one.blocks_publication for one in (*found.removed, *(before for before, _ in found.changed))):
        access.require_level(viewer, held, Level.MANAGE)
    return own, Changes(rules=found, described=await _described(session, dataset_id, contract))


async def _check(one: ContractRule) -> None:
    try:
        if len(one.spec.id) > MAX_KEY:
            raise InvalidInput(say("RULE_KEY_LENGTH", "The id of a rule has at most {most} characters.", most=MAX_KEY))
        texts.reject_nul(one.spec.id, "id")
        clean_name(_name(one))
        clean_description(one.description)
        # Not against columns: a contract says what a table shall have, and a run what it lacks.
        await check_definition(_definition(one), None)
    except InvalidInput as error:
        raise InvalidInput(
            say("RULE_AND_REASON", "{rule}: {reason}", rule=one.name or one.spec.id[:100], reason=error.message), path=("yaml",)
        ) from error


async def _described(session: AsyncSession, dataset_id: UUID, contract: Contract) -> tuple[str, ...]:
    """Columns of the newest version of which the contract says something else than people did."""
    wanted = {field.field_path: field.description for field in contract.fields if field.description}
    rows = await session.execute(
        select(SchemaField.field_path, FieldAnnotation.description)
        .join(DatasetVersion, DatasetVersion.id == SchemaField.version_id)
        .outerjoin(
            FieldAnnotation,
            (FieldAnnotation.dataset_id == DatasetVersion.dataset_id) & (FieldAnnotation.field_path == SchemaField.field_path),
        )
        .where(SchemaField.version_id == _newest(dataset_id))
        .order_by(SchemaField.ordinal_position)
    )
    return tuple(
        row.field_path
        for row in rows
        if row.field_path in wanted
        and wanted[row.field_path] != row.description
        and len(row.field_path.encode()) <= MAX_PATH_BYTES
    )


async def _describe(session: AsyncSession, viewer: Viewer, dataset_id: UUID, contract: Contract, paths: Sequence[str]) -> None:
    told = {field.field_path: clean_description(field.description) for field in contract.fields}
    rows = [
        {"dataset_id": dataset_id, "field_path": path, "description": told[path], "updated_by_id": viewer.id} for path in paths
    ]
    if rows:
        statement = insert(FieldAnnotation)
        new = statement.excluded
        kept = {"description": new.description, "updated_by_id": new.updated_by_id, "updated_at": func.now()}
        await session.execute(
            statement.on_conflict_do_update(index_elements=["dataset_id", "field_path"], set_=kept).values(rows)
        )


def _newest(dataset_id: UUID):  # type: ignore[no-untyped-def]  # a scalar subquery
    return (
        select(DatasetVersion.id)
        .where(DatasetVersion.dataset_id == dataset_id, DatasetVersion.status == VersionStatus.READY)
        .order_by(DatasetVersion.number.desc())
        .limit(1)
        .scalar_subquery()
    )


async def _fields(connection: AsyncConnection, principal: Principal, dataset_id: UUID) -> tuple[ContractField, ...]:
    statement = (
        select(SchemaField.field_path, SchemaField.logical_type, FieldAnnotation.description)
        .join(DatasetVersion, DatasetVersion.id == SchemaField.version_id)
        .join(Dataset, Dataset.id == DatasetVersion.dataset_id)
        .outerjoin(
            FieldAnnotation,
            (FieldAnnotation.dataset_id == DatasetVersion.dataset_id) & (FieldAnnotation.field_path == SchemaField.field_path),
        )
        .where(DatasetVersion.id == _newest(dataset_id), access.visible(principal))
        .order_by(SchemaField.ordinal_position)
    )
    return tuple(
        ContractField(field_path=row.field_path, logical_type=row.logical_type, description=row.description)
        for row in await connection.execute(statement)
    )


_STATUS = {"DRAFT": "draft", "ACTIVE": "active", "DEPRECATED": "deprecated", "ARCHIVED": "retired"}


def _key(row: AnyRow) -> str:
    return row.contract_key if row.contract_key is not None else str(row.id)


def _rule(row: AnyRow) -> ContractRule:
    key = _key(row)
    return ContractRule(
        spec=definition_of(row).spec(key),
        # A rule without a name in its contract has its id for one here.
        name=None if row.contract_key is not None and row.name == key[:255] else row.name,
        description=row.description,
        blocks_publication=row.blocks_publication,
        enabled=row.enabled,
    )


def _name(rule: ContractRule) -> str:
    return rule.name or rule.spec.id[:255]


def _definition(rule: ContractRule) -> Definition:
    return Definition(**{name: value for name, value in vars(rule.spec).items() if name != "id"})


def _values(rule: ContractRule) -> dict[str, object]:
    return {
        "name": clean_name(_name(rule)), "description": clean_description(rule.description),
        "blocks_publication": rule.blocks_publication, "enabled": rule.enabled, **_definition(rule).values(),
    }  # fmt: skip
