"""What a rule is made of: its definition, checked against the engine and the columns that it is about."""

import asyncio
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.errors import InvalidInput
from app.core.phrases import say
from app.core.rows import AnyRow
from app.ingest.job import Field
from app.models.versions import DatasetVersion, SchemaField, VersionStatus
from app.quality import catalogue
from app.quality.spec import Json, Operator, RuleSpec, Severity
from app.services import texts

MAX_FIELDS = 100
MAX_SQL = 16_384
MAX_DESCRIPTION = 10_000


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
        raise InvalidInput(say("MOST_FIELDS", "A rule names at most {most} fields.", most=MAX_FIELDS), path=("fieldPaths",))
    if len(definition.filter or "") > MAX_SQL:
        raise InvalidInput(say("SQL_LENGTH", "At most {most:,} characters.", most=MAX_SQL), path=("filter",))
    texts.check_json(dict(definition.parameters), path=("parameters",))
    for name in ("threshold", "upper_threshold", "warn_threshold", "warn_upper_threshold"):
        number = getattr(definition, name)
        if number is not None and not math.isfinite(number):
            raise InvalidInput(say("FINITE_NUMBER", "Give a finite number."), path=(_camel(name),))
    # The engine binds conditions and SQL in a database of its own: too long for the loop that answers everybody.
    problems = await asyncio.to_thread(catalogue.validate, definition.spec("rule"), known)
    if problems:
        first = problems[0]
        raise InvalidInput(first.message, path=tuple(_camel(str(part)) for part in first.path) or None)


def clean_name(name: str) -> str:
    """The name without blanks around it. Raises InvalidInput: empty, too long, or with NUL characters."""
    cleaned = texts.reject_nul(name, "name").strip()
    if not 1 <= len(cleaned) <= 255:
        raise InvalidInput(say("NAME_LENGTH", "A name has 1 to 255 characters."), path=("name",))
    return cleaned


def clean_description(description: str | None) -> str | None:
    """The text without blanks around it, or None. Raises InvalidInput."""
    return texts.clean_text(description, "description", MAX_DESCRIPTION) if description else None


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
