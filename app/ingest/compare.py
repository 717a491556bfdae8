"""What changed between two versions of a table: schema, row count, statistics. Pure."""

import math
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from app.ingest.job import Field, FieldProfile, LogicalType

SAME_RELATIVE = 1e-9
"""Sums in parallel differ in their last digits from run to run; such a difference is none."""
STATISTICS = ("nulls", "distinct", "min", "max", "mean", "median", "stddev")

_WIDENINGS = frozenset(
    {
        (LogicalType.INTEGER, LogicalType.NUMBER),
        (LogicalType.DATE, LogicalType.TIMESTAMP),
    }
)
"""Changes of type after which every old value can still be written. Text is no widening: consumers compute with numbers."""
_INTEGER_BITS = {
    "TINYINT": 8,
    "SMALLINT": 16,
    "INTEGER": 32,
    "BIGINT": 64,
    "HUGEINT": 128,
}


class Compatibility(StrEnum):
    """What the head's schema is to the base's: may a reader of the base read the head?"""

    EXACT_MATCH = "EXACT_MATCH"
    SUPERSET = "SUPERSET"
    """It can: the head only adds fields or widens types."""
    SUBSET = "SUBSET"
    """A reader of the head could read the base: the head only lacks fields or narrows types."""
    INCOMPATIBLE = "INCOMPATIBLE"


class Change(StrEnum):
    """How a field changed. MOVED: it stands elsewhere among the fields that both versions have."""

    ADDED = "ADDED"
    REMOVED = "REMOVED"
    TYPE_CHANGED = "TYPE_CHANGED"
    NULLABILITY_CHANGED = "NULLABILITY_CHANGED"
    MOVED = "MOVED"


@dataclass(frozen=True, kw_only=True)
class TableSummary:
    """What is known of a version. `profiles` may lack fields, or be empty."""

    row_count: int
    fields: tuple[Field, ...]
    profiles: tuple[FieldProfile, ...] = ()


@dataclass(frozen=True, kw_only=True)
class SchemaChange:
    """`before` and `after` are native types, 'null' / 'not null', or positions from 1; None where the field is absent."""

    field_path: str
    change: Change
    before: str | None
    after: str | None
    breaking: bool
    """A reader of the base may fail on the head."""


Value = int | float | str | None
"""A statistic: a number, except the bounds of columns that hold no numbers; None where it has no meaning."""


@dataclass(frozen=True, kw_only=True)
class ProfileChange:
    """One of STATISTICS that has changed."""

    field_path: str
    statistic: str
    before: Value
    after: Value

    @property
    def relative(self) -> float | None:
        """Change as a fraction of the value before; None where there is no such fraction: from 0, from or to nothing, of texts."""
        before, after = self.before, self.after
        if isinstance(before, str) or isinstance(after, str) or before is None or after is None or before == 0:
            return None
        relative = (after - before) / abs(before)
        return relative if math.isfinite(relative) else None


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """Changed fields in the order of the head's, removed ones last; changed statistics with the largest change first."""

    compatibility: Compatibility
    row_count_change: int
    schema_changes: tuple[SchemaChange, ...]
    profile_changes: tuple[ProfileChange, ...]


def compare(base: TableSummary, head: TableSummary) -> Comparison:
    """What is different in `head`.

    A field is the same when its path is. Nullability and position do not bear on compatibility: data decide the one,
    names the other.
    """
    before = {known.field_path: known for known in base.fields}
    moved = _moved(base.fields, head.fields)
    schema_changes = [
        change
        for field in head.fields
        for change in _field_changes(before.get(field.field_path), field, field.field_path in moved)
    ]
    kept = {field.field_path for field in head.fields}
    schema_changes += [_removed(field) for field in base.fields if field.field_path not in kept]
    return Comparison(
        compatibility=_compatibility(base, head),
        row_count_change=head.row_count - base.row_count,
        schema_changes=tuple(schema_changes),
        profile_changes=tuple(sorted(_profile_changes(base, head), key=_size, reverse=True)),
    )


def _compatibility(base: TableSummary, head: TableSummary) -> Compatibility:
    before = {field.field_path: field for field in base.fields}
    after = {field.field_path: field for field in head.fields}
    shared = before.keys() & after.keys()
    forward = before.keys() <= after.keys() and all(_holds(after[path], before[path]) for path in shared)
    backward = after.keys() <= before.keys() and all(_holds(before[path], after[path]) for path in shared)
    if forward and backward:
        return Compatibility.EXACT_MATCH
    if forward:
        return Compatibility.SUPERSET
    return Compatibility.SUBSET if backward else Compatibility.INCOMPATIBLE


def _holds(wide: Field, narrow: Field) -> bool:
    """Every value of `narrow` is a value of `wide`."""
    if wide.native_type == narrow.native_type:
        return wide.logical_type == narrow.logical_type
    if wide.logical_type != narrow.logical_type:
        return (narrow.logical_type, wide.logical_type) in _WIDENINGS
    if wide.logical_type == LogicalType.INTEGER:
        return _integer_range(wide)[0] <= _integer_range(narrow)[0] and _integer_range(narrow)[1] <= _integer_range(wide)[1]
    if wide.logical_type == LogicalType.NUMBER:
        return _number_holds(wide.native_type, narrow.native_type)
    if wide.logical_type == LogicalType.TIMESTAMP:
        return _has_zone(wide.native_type) == _has_zone(narrow.native_type)
    return True


def _integer_range(field: Field) -> tuple[int, int]:
    """Least and greatest value of an INTEGER field's native type."""
    native = field.native_type
    if native.startswith("DECIMAL("):
        limit = 10 ** _decimal(native)[0] - 1
        return -limit, limit
    if native.startswith("U") and native[1:] in _INTEGER_BITS:
        return 0, 2 ** _INTEGER_BITS[native[1:]] - 1
    bits = _INTEGER_BITS.get(native, 128)
    return -(2 ** (bits - 1)), 2 ** (bits - 1) - 1


def _number_holds(wide: str, narrow: str) -> bool:
    if wide.startswith("DECIMAL(") and narrow.startswith("DECIMAL("):
        (wide_digits, wide_scale), (narrow_digits, narrow_scale) = _decimal(wide), _decimal(narrow)
        return wide_scale >= narrow_scale and wide_digits - wide_scale >= narrow_digits - narrow_scale
    return wide == "DOUBLE"


def _decimal(native: str) -> tuple[int, int]:
    digits, scale = native.removeprefix("DECIMAL(").removesuffix(")").split(",")
    return int(digits), int(scale)


def _has_zone(native: str) -> bool:
    return native.startswith("TIMESTAMPTZ") or native.endswith("WITH TIME ZONE")


def _field_changes(before: Field | None, after: Field, moved: bool) -> Iterator[SchemaChange]:
    path = after.field_path
    if before is None:
        yield SchemaChange(field_path=path, change=Change.ADDED, before=None, after=after.native_type, breaking=False)
        return
    if (before.native_type, before.logical_type) != (after.native_type, after.logical_type):
        yield SchemaChange(
            field_path=path,
            change=Change.TYPE_CHANGED,
            before=_type(before, after),
            after=_type(after, before),
            breaking=not _holds(after, before),
        )
    if before.nullable != after.nullable:
        yield SchemaChange(
            field_path=path,
            change=Change.NULLABILITY_CHANGED,
            before=_nullability(before),
            after=_nullability(after),
            breaking=after.nullable,
        )
    if moved:
        yield SchemaChange(
            field_path=path,
            change=Change.MOVED,
            before=str(before.ordinal_position),
            after=str(after.ordinal_position),
            breaking=False,
        )


def _type(field: Field, other: Field) -> str:
    """The native type; the logical one where that is all the difference, as between text and JSON text."""
    return field.native_type if field.native_type != other.native_type else field.logical_type.value


def _nullability(field: Field) -> str:
    return "null" if field.nullable else "not null"


def _removed(field: Field) -> SchemaChange:
    return SchemaChange(field_path=field.field_path, change=Change.REMOVED, before=field.native_type, after=None, breaking=True)


def _moved(base: tuple[Field, ...], head: tuple[Field, ...]) -> set[str]:
    """The fewest fields whose move explains the new order: all shared ones but a longest rising run of old positions."""
    old_rank = {field.field_path: rank for rank, field in enumerate(base)}
    shared = [field.field_path for field in head if field.field_path in old_rank]
    tails: list[int] = []
    tail_of: list[str] = []
    previous: dict[str, str | None] = {}
    for path in shared:
        rank = old_rank[path]
        at = bisect_left(tails, rank)
        previous[path] = tail_of[at - 1] if at else None
        tails[at : at + 1], tail_of[at : at + 1] = [rank], [path]
    stayed: set[str] = set()
    path_or_none = tail_of[-1] if tail_of else None
    while path_or_none is not None:
        stayed.add(path_or_none)
        path_or_none = previous[path_or_none]
    return set(shared) - stayed


def _profile_changes(base: TableSummary, head: TableSummary) -> Iterator[ProfileChange]:
    types = [{field.field_path: field.logical_type for field in table.fields} for table in (base, head)]
    before = {known.field_path: _statistics(known, types[0].get(known.field_path)) for known in base.profiles}
    for profile in head.profiles:
        old = before.get(profile.field_path)
        if old is None:
            continue
        for statistic, value in _statistics(profile, types[1].get(profile.field_path)).items():
            if not _same(old[statistic], value):
                yield ProfileChange(field_path=profile.field_path, statistic=statistic, before=old[statistic], after=value)


def _size(change: ProfileChange) -> float:
    """What cannot be told as a fraction is the largest."""
    relative = change.relative
    return math.inf if relative is None else abs(relative)


def bound(text: str | None, logical_type: LogicalType | None) -> Value:
    """A smallest or largest value: a number where the column holds numbers that JSON can carry, else its text."""
    if text is None or logical_type not in (LogicalType.INTEGER, LogicalType.NUMBER):
        return text
    try:
        whole = int(text)
    except ValueError:
        number = float(text)
        return number if math.isfinite(number) else text
    return whole if -(2**63) <= whole < 2**64 else float(whole)


def _statistics(profile: FieldProfile, logical_type: LogicalType | None) -> dict[str, Value]:
    return dict(
        zip(
            STATISTICS,
            (
                profile.null_count,
                profile.distinct_count,
                bound(profile.min, logical_type),
                bound(profile.max, logical_type),
                profile.mean,
                profile.median,
                profile.stddev,
            ),
            strict=True,
        )
    )


def _same(before: Value, after: Value) -> bool:
    if isinstance(before, float) and isinstance(after, float):
        return math.isclose(before, after, rel_tol=SAME_RELATIVE)
    return before == after
