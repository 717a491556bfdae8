"""The tables that a run reads: the version itself, and whatever its rules compare it with."""

import asyncio
import contextlib
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path
from uuid import UUID

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from app.adapters.storage import ObjectChanged, Storage
from app.core.db import Database
from app.core.errors import NotFound
from app.core.phrases import Said, say
from app.core.rows import AnyRow
from app.core.viewer import System, Viewer
from app.ingest.job import Field, FieldProfile, HistogramBin, TableProfile, TopValue
from app.models.accounts import User
from app.models.datasets import Dataset
from app.models.quality import QualityResult, QualityRule
from app.models.versions import (
    DatasetProfile,
    DatasetVersion,
    FileObject,
    FileRole,
    SchemaField,
    VersionStatus,
)
from app.models.versions import FieldProfile as StoredFieldProfile
from app.quality import catalogue
from app.quality.ruletype import Needs
from app.quality.spec import PREVIOUS, History, MetricPoint, RuleSpec, TableInfo
from app.services import access
from app.services.access import Level
from app.services.quality.progress import Started

HISTORY_POINTS = 200
WRITE_BATCH_BYTES = 8 << 20
_WORKER = System("worker")


@dataclass(frozen=True, slots=True)
class StoredTable:
    """Where the columnar copy of a version lies, and what is known of it."""

    info: TableInfo
    object_key: str
    etag: str
    size_bytes: int


@dataclass(frozen=True, slots=True)
class Inputs:
    """What a run needs: known tables, of which those in `read` have to be fetched."""

    table: StoredTable
    versions: dict[str, StoredTable] = field(default_factory=dict)
    datasets: dict[str, StoredTable] = field(default_factory=dict)
    read_versions: frozenset[str] = frozenset()
    read_datasets: frozenset[str] = frozenset()
    metrics: dict[str, tuple[MetricPoint, ...]] = field(default_factory=dict)

    @property
    def size_bytes(self) -> int:
        """Of all tables that have to be fetched."""
        others = [self.versions[name] for name in self.read_versions & self.versions.keys()]
        others += [self.datasets[name] for name in self.read_datasets & self.datasets.keys()]
        return sum(table.size_bytes for table in (self.table, *others))


class TableGone(Said):
    """The stored copy of the version is not there, or not the one that was stored."""


async def collect(db: Database, run: Started) -> Inputs:
    """What the rules of the run need, as the database knows it.

    Raises:
        TableGone: the version has no stored table.
    """
    specs = [rule.spec for rule in run.rules]
    wanted = _united(catalogue.needs(spec) for spec in specs)
    async with db.read(_WORKER) as connection:
        table = await _stored(connection, run.version_id, with_profile=True)
        if table is None:
            raise TableGone(say("VERSION_NO_TABLE", "The version has no stored table."))
        versions = {}
        for name in wanted.versions | wanted.profiles:
            other = await _version_named(connection, run, name)
            if other is not None and (found := await _stored(connection, other, with_profile=name in wanted.profiles)):
                versions[name] = found
        datasets = {}
        for name in wanted.datasets | wanted.row_counts:
            current = await _current_of(connection, name, await _authors(connection, run, name))
            if current is not None and (found := await _stored(connection, current, with_profile=False)):
                datasets[name] = found
        metrics = {spec.id: await _history(connection, run, spec) for spec in specs if catalogue.needs(spec).metrics}
    return Inputs(table, versions, datasets, wanted.versions, wanted.datasets, metrics)


async def fetch(inputs: Inputs, storage: Storage, folder: Path) -> tuple[TableInfo, History]:
    """The tables lie in `folder`; the version's own, and the history with all others.

    Raises:
        TableGone: the version's own copy is away or was replaced. Unavailable.
    """
    try:
        table = await _fetched(inputs.table, storage, folder / "table.parquet")
    except (ObjectChanged, NotFound) as error:
        raise TableGone(say("TABLE_CHANGED", "The stored table of the version is no longer the one that was written.")) from error
    versions = await _all(inputs.versions, inputs.read_versions, storage, folder, "version")
    datasets = await _all(inputs.datasets, inputs.read_datasets, storage, folder, "dataset")
    return table, History(versions=versions, datasets=datasets, metrics=inputs.metrics)


async def _all(
    tables: dict[str, StoredTable], read: frozenset[str], storage: Storage, folder: Path, kind: str
) -> dict[str, TableInfo]:
    found = {}
    for at, (name, table) in enumerate(sorted(tables.items())):
        if name not in read:
            found[name] = table.info
            continue
        # One that is away is missing to the rules that need it, and to no others.
        with contextlib.suppress(ObjectChanged, NotFound):
            found[name] = await _fetched(table, storage, folder / f"{kind}-{at}.parquet")
    return found


async def _fetched(table: StoredTable, storage: Storage, path: Path) -> TableInfo:
    batch: list[bytes] = []

    def keep(chunks: list[bytes]) -> None:
        for chunk in chunks:
            file.write(chunk)

    with path.open("wb", buffering=0) as file:
        async for chunk in storage.read(table.object_key, etag=table.etag):
            batch.append(chunk)
            if sum(map(len, batch)) >= WRITE_BATCH_BYTES:
                await asyncio.to_thread(keep, batch)
                batch = []
        await asyncio.to_thread(keep, batch)
    return replace(table.info, path=str(path))


def _united(needs: Iterable[Needs]) -> Needs:
    found = Needs()
    for one in needs:
        found = Needs(
            versions=found.versions | one.versions,
            profiles=found.profiles | one.profiles,
            datasets=found.datasets | one.datasets,
            row_counts=found.row_counts | one.row_counts,
        )
    return found


async def _stored(connection: AsyncConnection, version_id: UUID, *, with_profile: bool) -> StoredTable | None:
    statement = (
        select(DatasetVersion.row_count, DatasetVersion.created_at, FileObject.object_key, FileObject.etag, FileObject.size_bytes)
        .join(FileObject, FileObject.version_id == DatasetVersion.id)
        .where(DatasetVersion.id == version_id, FileObject.role == FileRole.TABLE)
    )
    row = (await connection.execute(statement)).one_or_none()
    if row is None:
        return None
    names = list(Field.__dataclass_fields__)
    fields = await connection.execute(
        select(*[getattr(SchemaField, name) for name in names])
        .where(SchemaField.version_id == version_id)
        .order_by(SchemaField.ordinal_position)
    )
    info = TableInfo(
        fields=tuple(Field(**one._mapping) for one in fields),
        row_count=row.row_count,
        profile=await profile_of(connection, version_id) if with_profile else None,
        created_at=row.created_at,
    )
    return StoredTable(info, row.object_key, row.etag, row.size_bytes)


async def profile_of(connection: AsyncConnection | AsyncSession, version_id: UUID) -> TableProfile | None:
    """The profile of a version of which the caller has decided that it may be read; None while there is none."""
    statement = select(*DatasetProfile.__table__.columns).where(DatasetProfile.version_id == version_id)
    whole = (await connection.execute(statement)).one_or_none()
    if whole is None:
        return None
    rows = await connection.execute(
        select(*[getattr(StoredFieldProfile, name) for name in FieldProfile.__dataclass_fields__])
        .where(StoredFieldProfile.version_id == version_id)
        .order_by(StoredFieldProfile.ordinal_position)
    )
    return made_profile(whole, rows)


def made_profile(whole: AnyRow, fields: Iterable[AnyRow]) -> TableProfile:
    """From the rows of `dataset_profiles` and `field_profiles`, which may hold more."""
    names = FieldProfile.__dataclass_fields__
    made = []
    for row in fields:
        values = {name: getattr(row, name) for name in names}
        values["histogram"] = tuple(HistogramBin(**one) for one in row.histogram)
        values["top_values"] = tuple(TopValue(**one) for one in row.top_values)
        made.append(FieldProfile(**values))
    return TableProfile(
        row_count=whole.row_count, column_count=whole.column_count, size_bytes=whole.size_bytes,
        duration_ms=whole.duration_ms, partial=whole.partial, field_profiles=tuple(made),
    )  # fmt: skip


async def _version_named(connection: AsyncConnection, run: Started, name: str) -> UUID | None:
    """PREVIOUS: the READY version before this one; otherwise the one with this label or number."""
    number = select(DatasetVersion.number).where(DatasetVersion.id == run.version_id).scalar_subquery()
    statement = select(DatasetVersion.id).where(
        DatasetVersion.dataset_id == run.dataset_id, DatasetVersion.status == VersionStatus.READY
    )
    if name == PREVIOUS:
        statement = statement.where(DatasetVersion.number < number)
    else:
        as_number = int(name) if name.isascii() and name.isdigit() and len(name) < 10 else None
        named: ColumnElement[bool] = DatasetVersion.label == name
        statement = statement.where(named if as_number is None else or_(named, DatasetVersion.number == as_number))
    found: UUID | None = await connection.scalar(statement.order_by(DatasetVersion.number.desc()).limit(1))
    return found


async def _authors(connection: AsyncConnection, run: Started, name: str) -> list[Viewer]:
    """Who wrote the rules that name this dataset: they see no more of it through a rule than by themselves."""
    ids = [
        rule.rule_id
        for rule in run.rules
        if name in (catalogue.needs(rule.spec).datasets | catalogue.needs(rule.spec).row_counts)
    ]
    saved = [one for one in ids if one is not None]
    people = select(User.id, User.email, User.display_name, User.role).where(User.active)
    if saved:
        people = people.where(User.id.in_(select(QualityRule.created_by_id).where(QualityRule.id.in_(saved))))
    else:
        people = people.where(User.id == run.requested_by_id)
    return [Viewer(row.id, row.email, row.display_name, row.role) for row in await connection.execute(people)]


async def _current_of(connection: AsyncConnection, name: str, authors: list[Viewer]) -> UUID | None:
    """The current version of the dataset with this slug, name or id, when all who name it see it."""
    if not authors:
        return None
    named = [Dataset.slug == name, func.lower(Dataset.name) == name.lower()]
    with contextlib.suppress(ValueError):
        named.append(Dataset.id == UUID(name))
    found: UUID | None = None
    for author in authors:
        statement = (
            select(Dataset.current_version_id)
            .where(or_(*named), Dataset.deleted_at.is_(None), access.level_of(author) >= int(Level.READ))
            .order_by(Dataset.id)
            .limit(1)
        )
        found = await connection.scalar(statement)
        if found is None:
            return None
    return found


async def _history(connection: AsyncConnection, run: Started, spec: RuleSpec) -> tuple[MetricPoint, ...]:
    """Earlier values of a rule's metric, one a version, oldest first; those of another measure do not count."""
    rule = next(rule for rule in run.rules if rule.spec.id == spec.id)
    if rule.rule_id is None:
        return ()
    latest = (
        select(QualityResult.value, QualityResult.checked_at, DatasetVersion.number)
        .distinct(DatasetVersion.number)
        .join(DatasetVersion, DatasetVersion.id == QualityResult.version_id)
        .where(
            QualityResult.rule_id == rule.rule_id, QualityResult.rule_revision == rule.revision, QualityResult.counts,
            QualityResult.value.is_not(None), QualityResult.version_id != run.version_id,
        )
        .order_by(DatasetVersion.number.desc(), QualityResult.checked_at.desc())
        .limit(HISTORY_POINTS)
    )  # fmt: skip
    rows = (await connection.execute(latest)).all()
    return tuple(MetricPoint(value=row.value, checked_at=row.checked_at) for row in reversed(rows))
