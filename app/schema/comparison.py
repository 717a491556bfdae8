"""The difference between two versions."""

import enum

import strawberry
from strawberry.scalars import JSON

from app.ingest.compare import Comparison as Compared
from app.schema.scalars import BigInt, as_json

COUNTS = ("nulls", "distinct")
"""Statistics that tell nothing of values."""


@strawberry.enum(description="How the head's schema relates to the base's.")
class Compatibility(enum.Enum):
    EXACT_MATCH = strawberry.enum_value("EXACT_MATCH", description="The same columns and types.")
    SUPERSET = strawberry.enum_value("SUPERSET", description="All of the base's columns and more.")
    SUBSET = strawberry.enum_value("SUBSET", description="Some of the base's columns, none new.")
    INCOMPATIBLE = strawberry.enum_value("INCOMPATIBLE", description="Columns went and came, or a type changed.")


@strawberry.enum(description="What happened to a column.")
class SchemaChangeType(enum.Enum):
    ADDED = strawberry.enum_value("ADDED", description="Only in the head.")
    REMOVED = strawberry.enum_value("REMOVED", description="Only in the base.")
    TYPE_CHANGED = strawberry.enum_value("TYPE_CHANGED", description="Another type.")
    NULLABILITY_CHANGED = strawberry.enum_value("NULLABILITY_CHANGED", description="Values are absent, or no longer.")
    MOVED = strawberry.enum_value("MOVED", description="Another place in the order.")


@strawberry.type(description="A change of a column.")
class SchemaChange:
    field_path: str = strawberry.field(description="The column.")
    change: SchemaChangeType = strawberry.field(description="What happened.")
    before: str | None = strawberry.field(description="Type, nullability or place in the base; null when it was not there.")
    after: str | None = strawberry.field(description="The same in the head; null when it is gone.")
    breaking: bool = strawberry.field(description="True when a reader of the base may fail on the head.")


@strawberry.type(description="A statistic that changed.")
class ProfileChange:
    field_path: str = strawberry.field(description="The column.")
    statistic: str = strawberry.field(description="nulls, distinct, min, max, mean, median or stddev.")
    before: JSON | None = strawberry.field(
        description="Its value in the base: a number, a text for bounds of columns that hold none; null when it had none."
    )
    after: JSON | None = strawberry.field(description="The same in the head.")
    relative_change: float | None = strawberry.field(
        description="(after - before) / |before|; null where that is no number: from 0, from or to nothing, of texts."
    )


@strawberry.type(description="The difference between two READY versions.")
class VersionComparison:
    compatibility: Compatibility = strawberry.field(description="How the schemas relate.")
    row_count_change: BigInt = strawberry.field(description="Rows of the head minus rows of the base.")
    schema_changes: list[SchemaChange] = strawberry.field(
        description="Changed columns, in the order of the head, removed ones last."
    )
    profile_changes: list[ProfileChange] = strawberry.field(
        description="Changed statistics of columns that both have: those without a relative change first, then the largest."
    )

    @classmethod
    def of(cls, compared: Compared, *, hidden: frozenset[str] = frozenset()) -> "VersionComparison":
        """From the comparison; of `hidden` columns nothing that is made of values."""
        return cls(
            compatibility=Compatibility(compared.compatibility.value),
            row_count_change=BigInt(compared.row_count_change),
            schema_changes=[
                SchemaChange(
                    field_path=change.field_path,
                    change=SchemaChangeType(change.change.value),
                    before=change.before,
                    after=change.after,
                    breaking=change.breaking,
                )
                for change in compared.schema_changes
            ],
            profile_changes=[
                ProfileChange(
                    field_path=change.field_path,
                    statistic=change.statistic,
                    before=as_json(change.before),
                    after=as_json(change.after),
                    relative_change=change.relative,
                )
                for change in compared.profile_changes
                if change.field_path not in hidden or change.statistic in COUNTS
            ],
        )
