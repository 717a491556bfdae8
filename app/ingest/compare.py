"""The difference between two tables, from their fields and profiles alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from app.ingest.job import Field, FieldProfile


class Compatibility(StrEnum):
    """How the head's columns relate to the base's."""

    EXACT_MATCH = "EXACT_MATCH"
    SUPERSET = "SUPERSET"
    SUBSET = "SUBSET"
    INCOMPATIBLE = "INCOMPATIBLE"


class Change(StrEnum):
    """What happened to a column."""

    ADDED = "ADDED"
    REMOVED = "REMOVED"
    TYPE_CHANGED = "TYPE_CHANGED"
    NULLABILITY_CHANGED = "NULLABILITY_CHANGED"
    MOVED = "MOVED"


@dataclass(frozen=True, slots=True)
class TableSummary:
    """What of a version is compared."""

    row_count: int
    fields: Sequence[Field]
    profiles: Sequence[FieldProfile]


@dataclass(frozen=True, slots=True)
class SchemaChange:
    """A change of a column. `before` and `after`: its type, 'nullable'/'not null', or its place."""

    field_path: str
    change: Change
    before: str | None
    after: str | None
    breaking: bool
    """A reader of the base may fail on the head: a column is gone, has another type, or values are absent now."""


@dataclass(frozen=True, slots=True)
class ProfileChange:
    """A statistic that differs."""

    field_path: str
    statistic: str
    before: str | float | int | None
    after: str | float | int | None


@dataclass(frozen=True, slots=True)
class Comparison:
    """Everything that differs."""

    compatibility: Compatibility
    row_count_change: int
    schema_changes: tuple[SchemaChange, ...]
    profile_changes: tuple[ProfileChange, ...]


STATISTICS = {
    "nullCount": "null_count",
    "distinctCount": "distinct_count",
    "min": "min",
    "max": "max",
    "mean": "mean",
    "median": "median",
    "stddev": "stddev",
}


def compare(base: TableSummary, head: TableSummary) -> Comparison:
    """What of `head` differs from `base`. Columns are the same when their paths are."""
    before = {field.field_path: field for field in base.fields}
    after = {field.field_path: field for field in head.fields}
    return Comparison(
        _compatibility(before, after),
        head.row_count - base.row_count,
        tuple(_schema_changes(before, after)),
        tuple(_profile_changes(base.profiles, head.profiles)),
    )


def _compatibility(before: dict[str, Field], after: dict[str, Field]) -> Compatibility:
    common = before.keys() & after.keys()
    if any(_type(before[path]) != _type(after[path]) for path in common):
        return Compatibility.INCOMPATIBLE
    match (bool(before.keys() - common), bool(after.keys() - common)):
        case (False, False):
            return Compatibility.EXACT_MATCH
        case (False, True):
            return Compatibility.SUPERSET
        case (True, False):
            return Compatibility.SUBSET
    return Compatibility.INCOMPATIBLE


def _type(field: Field) -> tuple[str, str]:
    return field.logical_type.value, field.native_type


def _schema_changes(before: dict[str, Field], after: dict[str, Field]) -> list[SchemaChange]:
    changes: list[SchemaChange] = []
    for path, new in after.items():
        old = before.get(path)
        if old is None:
            changes.append(SchemaChange(path, Change.ADDED, None, _shown(new), breaking=False))
            continue
        if _type(old) != _type(new):
            changes.append(SchemaChange(path, Change.TYPE_CHANGED, _shown(old), _shown(new), breaking=True))
        if old.nullable != new.nullable:
            change = SchemaChange(
                path, Change.NULLABILITY_CHANGED, _nullability(old), _nullability(new), breaking=new.nullable
            )
            changes.append(change)
    removed = [SchemaChange(path, Change.REMOVED, _shown(old), None, breaking=True) for path, old in before.items() if path not in after]
    return [*changes, *_moves(before, after), *removed]


def _moves(before: dict[str, Field], after: dict[str, Field]) -> list[SchemaChange]:
    """Columns whose place among the common ones changed: a column that came or went does not move all others."""
    old_order = [path for path in before if path in after]
    new_order = [path for path in after if path in before]
    return [
        SchemaChange(
            path, Change.MOVED, str(before[path].ordinal_position), str(after[path].ordinal_position), breaking=False
        )
        for old, path in zip(old_order, new_order, strict=True)
        if old != path
    ]


def _shown(field: Field) -> str:
    return f"{field.logical_type.value} ({field.native_type})"


def _nullability(field: Field) -> str:
    return "nullable" if field.nullable else "not null"


def _profile_changes(base: Sequence[FieldProfile], head: Sequence[FieldProfile]) -> list[ProfileChange]:
    before = {profile.field_path: profile for profile in base}
    changes: list[ProfileChange] = []
    for new in head:
        old = before.get(new.field_path)
        if old is None:
            continue
        for name, attribute in STATISTICS.items():
            was, now = getattr(old, attribute), getattr(new, attribute)
            if was != now:
                changes.append(ProfileChange(new.field_path, name, was, now))
    return changes
