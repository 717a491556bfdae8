"""Columns and their statistics."""

import enum
from typing import Annotated, Any
from uuid import UUID

import strawberry
from strawberry.scalars import JSON

from app.core.errors import InvalidInput
from app.core.phrases import from_json, say
from app.core.rows import AnyRow
from app.ingest import job
from app.ingest.compare import bound
from app.schema.base import Info, UserError, errors_field
from app.schema.phrases import Phrase
from app.schema.scalars import BigInt, as_json

MASKED = say("MASKED", "Shown to those who may WRITE: a column of this dataset is sensitive.")
"""Instead of a text that may quote cells."""


@strawberry.enum(description="Logical type (ODCS 3.1).")
class LogicalType(enum.Enum):
    STRING = strawberry.enum_value("STRING", description="Text.")
    DATE = strawberry.enum_value("DATE", description="Calendar day.")
    TIMESTAMP = strawberry.enum_value("TIMESTAMP", description="Moment; `nativeType` tells whether it has a time zone.")
    TIME = strawberry.enum_value("TIME", description="Time of day.")
    NUMBER = strawberry.enum_value("NUMBER", description="Number with decimals.")
    INTEGER = strawberry.enum_value("INTEGER", description="Whole number.")
    BOOLEAN = strawberry.enum_value("BOOLEAN", description="True or false.")
    OBJECT = strawberry.enum_value("OBJECT", description="Nested object, as JSON.")
    ARRAY = strawberry.enum_value("ARRAY", description="List, as JSON.")


@strawberry.type(description="A column of a version (DataHub: SchemaField, OpenMetadata: Column).")
class SchemaField:
    field_path: str = strawberry.field(description="Name, unique in the version.")
    ordinal_position: int = strawberry.field(description="From 1, in the order of the file.")
    logical_type: LogicalType = strawberry.field(description="Logical type.")
    native_type: str = strawberry.field(
        description="Type of the columnar copy: BIGINT, DECIMAL(20,2), TIMESTAMP WITH TIME ZONE ..."
    )
    nullable: bool = strawberry.field(description="True when at least one value is absent.")
    primary_key: bool = strawberry.field(description="True when it was declared to identify a row.")
    description: str | None = strawberry.field(description="What it means; null when nobody has written it.")
    tags: list[str] = strawberry.field(description="Words on the column.")
    sensitive: bool = strawberry.field(description="True: its values are kept from those who hold less than WRITE.")
    semantic_type: str | None = strawberry.field(description="email, country ...; null when unknown.")
    original_name: str | None = strawberry.field(description="Header as written, where it had to be changed; null otherwise.")

    @classmethod
    def of(cls, row: AnyRow) -> "SchemaField":
        """From a row of `schema_fields`."""
        return cls(
            field_path=row.field_path,
            ordinal_position=row.ordinal_position,
            logical_type=LogicalType(row.logical_type.value),
            native_type=row.native_type,
            nullable=row.nullable,
            primary_key=row.primary_key,
            description=row.description,
            tags=row.tags,
            sensitive=row.sensitive,
            semantic_type=row.semantic_type,
            original_name=row.original_name,
        )


@strawberry.input(description="Changes of a column's description. Absent fields stay as they are.")
class UpdateSchemaFieldInput:
    version_id: strawberry.ID = strawberry.field(description="A version that has the column.")
    field_path: str = strawberry.field(description="The column.")
    description: str | None = strawberry.field(default=None, description="At most 10,000 characters; an empty text removes it.")
    tags: list[str] | None = strawberry.field(default=None, description="Replaces all tags; at most 50 words.")
    sensitive: bool | None = strawberry.field(default=None, description="False needs MANAGE.")
    semantic_type: str | None = strawberry.field(
        default=None, description="email, country ...; at most 64 characters; an empty text removes it."
    )


@strawberry.type(description="Outcome of `updateSchemaField`.")
class SchemaFieldPayload:
    schema_field: SchemaField | None = strawberry.field(default=None, description="The column as it is now; null with errors.")
    errors: list[UserError] = errors_field()


@strawberry.type(description="Values v with lower <= v < upper; the last bin includes its upper bound.")
class HistogramBin:
    lower: float = strawberry.field(description="Lower bound; epoch seconds for dates and times.")
    upper: float = strawberry.field(description="Upper bound.")
    count: BigInt = strawberry.field(description="Values in it.")


@strawberry.type(description="A frequent value.")
class TopValue:
    value: str = strawberry.field(description="The value as text, cut at 200 characters.")
    count: BigInt = strawberry.field(description="Rows that have it.")


@strawberry.type(
    description="Statistics of one column; numbers are numbers, never strings; null where a statistic has no meaning."
)
class FieldProfile:
    field_path: str = strawberry.field(description="The column.")
    masked: bool = strawberry.field(
        description="True: the column is sensitive and you hold less than WRITE. Only its counts are there, nothing made of values."
    )
    null_count: BigInt = strawberry.field(description="Rows without a value.")
    null_fraction: float = strawberry.field(description="Share of rows without a value, 0-1.")
    distinct_count: BigInt | None = strawberry.field(description="Different values, nulls not counted.")
    distinct_is_approximate: bool = strawberry.field(description="True when `distinctCount` is an estimate (error 1-4 %).")
    min: JSON | None = strawberry.field(
        description="Smallest value: a number where the column holds numbers, a text elsewhere (ISO 8601 for dates and times)."
    )
    max: JSON | None = strawberry.field(description="Largest value, as `min`.")
    mean: float | None = strawberry.field(description="Arithmetic mean.")
    median: float | None = strawberry.field(description="Exact median.")
    stddev: float | None = strawberry.field(description="Sample standard deviation.")
    min_length: BigInt | None = strawberry.field(description="Characters of the shortest text.")
    max_length: BigInt | None = strawberry.field(description="Characters of the longest text.")
    histogram: list[HistogramBin] = strawberry.field(description="At most 20 bins; empty where there is no order by size.")
    top_values: list[TopValue] = strawberry.field(description="At most 10, most frequent first.")

    @classmethod
    def of(cls, row: AnyRow, logical_type: job.LogicalType | None, *, masked: bool = False) -> "FieldProfile":
        """From a row of `field_profiles` and the column's type."""
        return cls(
            field_path=row.field_path,
            masked=masked,
            null_count=row.null_count,
            null_fraction=row.null_fraction,
            distinct_count=row.distinct_count,
            distinct_is_approximate=row.distinct_is_approximate,
            min=None if masked else as_json(bound(row.min, logical_type)),
            max=None if masked else as_json(bound(row.max, logical_type)),
            mean=None if masked else row.mean,
            median=None if masked else row.median,
            stddev=None if masked else row.stddev,
            min_length=None if masked else row.min_length,
            max_length=None if masked else row.max_length,
            histogram=[] if masked else [HistogramBin(**one) for one in row.histogram],
            top_values=[] if masked else [TopValue(**value) for value in row.top_values],
        )


@strawberry.type(description="Statistics of a version.")
class DatasetProfile:
    row_count: BigInt = strawberry.field(description="Rows.")
    column_count: int = strawberry.field(description="Columns.")
    size_bytes: BigInt = strawberry.field(description="Size of the columnar copy.")
    duration_ms: int = strawberry.field(description="Time that the statistics took.")
    partial: bool = strawberry.field(description="True when some statistics were left out or taken from a sample.")
    version_id: strawberry.Private[UUID]

    @classmethod
    def of(cls, row: AnyRow) -> "DatasetProfile":
        """From a row of `dataset_profiles`."""
        return cls(
            row_count=row.row_count,
            column_count=row.column_count,
            size_bytes=row.size_bytes,
            duration_ms=row.duration_ms,
            partial=row.partial,
            version_id=row.version_id,
        )

    @strawberry.field(description="Statistics of each column, in the order of the file.")
    async def field_profiles(
        self,
        info: Info,
        first: Annotated[int, strawberry.argument(description="How many columns, 1-1,000.")] = 1_000,
        offset: Annotated[
            int, strawberry.argument(description="Columns to leave out at the beginning, for very wide tables.")
        ] = 0,
    ) -> list[FieldProfile]:
        if not 1 <= first <= 1_000 or offset < 0:
            raise InvalidInput(say("ROWS_RANGE", "`first` has to be 1 to 1,000 and `offset` 0 or more."), path=("first",))
        loaders = info.context.loaders
        hidden = await loaders.hidden_by_version.load(self.version_id)
        rows = await loaders.field_profiles_by_version.load(self.version_id)
        fields = await loaders.schema_fields_by_version.load(self.version_id)
        types = {field.field_path: field.logical_type for field in fields}
        return [
            FieldProfile.of(row, types.get(row.field_path), masked=row.field_path in hidden.fields)
            for row in rows[offset : offset + first]
        ]


@strawberry.type(description="A record that could not be read.")
class RejectedRow:
    line: BigInt = strawberry.field(description="1-based line where the record starts (row number where a format has no lines).")
    reason: str = strawberry.field(description="Why, for people.")
    reason_phrase: Phrase = strawberry.field(description="`reason` for a page in another language.")
    field_path: str | None = strawberry.field(description="The column; null when the record as a whole is wrong.")
    text: str = strawberry.field(
        description="The record as written, cut at 1,000 characters; empty while a sensitive column keeps it from you."
    )

    @classmethod
    def list_of(cls, stored: list[dict[str, Any]] | None, *, masked: bool = False) -> "list[RejectedRow]":
        """From the stored JSON; masked: without anything that quotes the record."""
        return [cls._of(row, masked=masked) for row in stored or ()]

    @classmethod
    def _of(cls, stored: dict[str, Any], *, masked: bool) -> "RejectedRow":
        reason = MASKED if masked else from_json(stored["reason"], stored.get("reason_phrase"))
        return cls(
            line=stored["line"],
            reason=reason,
            reason_phrase=Phrase.of(reason),
            field_path=stored["field_path"],
            text="" if masked else stored["text"],
        )
