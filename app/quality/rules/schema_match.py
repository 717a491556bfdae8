"""The fields that a table is to have."""

from enum import StrEnum
from functools import reduce
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic.alias_generators import to_camel

from app.core.phrases import Phrase, say
from app.ingest.job import LogicalType
from app.quality.conditions import at_most
from app.quality.measures import Measure, known
from app.quality.parameters import Parameters
from app.quality.ruletype import FieldCount, RuleType
from app.quality.spec import Dimension
from app.quality.subject import Subject
from app.quality.table import Table

SHOWN = 10


class Mode(StrEnum):
    """Whether the table may have more fields (SUPERSET) or fewer (SUBSET) than the expected ones."""

    EXACT = "EXACT"
    SUPERSET = "SUPERSET"
    SUBSET = "SUBSET"


class ExpectedField(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, alias_generator=to_camel)

    field_path: str = Field(title="Field", description="Its name.", min_length=1, max_length=1_000)
    logical_type: LogicalType | None = Field(
        default=None, title="Type", description="Absent: any. NUMBER takes whole numbers, too."
    )


class SchemaMatchParameters(Parameters):
    fields_: tuple[ExpectedField, ...] = Field(
        alias="fields", title="Fields", description="What is expected.", min_length=1, max_length=10_000
    )
    mode: Mode = Field(
        default=Mode.EXACT,
        title="Comparison",
        description="EXACT: these fields. SUPERSET: at least these. SUBSET: none but these.",
    )
    ordered: bool = Field(
        default=False, title="In this order", description="Fields that are on both sides stand in the same order."
    )

    @model_validator(mode="after")
    def _once(self) -> Self:
        if len({one.field_path for one in self.fields_}) < len(self.fields_):
            raise ValueError(say("FIELD_EXPECTED_TWICE", "A field is expected twice"))
        return self


class SchemaMatch(RuleType[SchemaMatchParameters]):
    name = "schema_match"
    title = "Schema"
    description = "The number of fields that are missing, unexpected, of another type or in another place."
    dimension = Dimension.CONFORMITY
    fields = FieldCount.NONE
    takes_filter = False
    default = at_most(0)
    parameters = SchemaMatchParameters

    def measure(self, subject: Subject[SchemaMatchParameters]) -> Measure:
        found = mismatches(subject.parameters, subject.table)
        return known(
            "schema_mismatch_count",
            say("MEASURE_MISMATCHES", "The number of mismatching fields"),
            len(found),
            note=_note(found) if found else "",
        )


def _note(found: list[str]) -> Phrase:
    note = reduce(lambda told, one: say("AND_THEN", "{told}; {one}", told=told, one=one), found[:SHOWN])
    if len(found) > SHOWN:
        note = say("NOTE_AND_MORE", "{told} and {count} more", told=note, count=len(found) - SHOWN)
    return say("NOTE", "{told}.", told=note)


def mismatches(wanted: SchemaMatchParameters, table: Table) -> list[str]:
    """One phrase for each field that is not as expected."""
    expected = {one.field_path: one for one in wanted.fields_}
    actual = {column.name: column for column in table.columns}
    found: list[str] = []
    if wanted.mode is not Mode.SUBSET:
        found += [say("FIELD_MISSING", "'{name}' is missing", name=name) for name in expected if name not in actual]
    if wanted.mode is not Mode.SUPERSET:
        found += [say("FIELD_UNEXPECTED", "'{name}' is not expected", name=name) for name in actual if name not in expected]
    for name, one in expected.items():
        column = actual.get(name)
        if column is not None and one.logical_type is not None and not _is(column.logical, one.logical_type):
            found.append(
                say(
                    "FIELD_OTHER_TYPE",
                    "'{name}' is {logical}, not {wanted}",
                    name=name,
                    logical=column.logical,
                    wanted=one.logical_type,
                )
            )
    if wanted.ordered:
        there = [name for name in actual if name in expected]
        wished = [name for name in expected if name in actual]
        found += [
            say("FIELD_ELSEWHERE", "'{name}' stands where '{other}' is expected", name=name, other=other)
            for name, other in zip(there, wished, strict=True)
            if name != other
        ]
    return found


def _is(actual: LogicalType, expected: LogicalType) -> bool:
    """A whole number is a number, too."""
    return actual is expected or (actual is LogicalType.INTEGER and expected is LogicalType.NUMBER)
