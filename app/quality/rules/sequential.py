"""Values that go up or down from row to row."""

from enum import StrEnum
from typing import Self

from pydantic import Field, StrictFloat, StrictInt, model_validator

from app.core.phrases import say
from app.quality.conditions import at_most
from app.quality.measures import Failing, Measure, bad_rows, whole
from app.quality.parameters import RowParameters
from app.quality.problems import Code, RuleProblem
from app.quality.ruletype import NUMBERS, TIMES, FieldCount, RuleType
from app.quality.spec import Dimension
from app.quality.subject import Subject


class Direction(StrEnum):
    """How values follow each other."""

    INCREASING = "INCREASING"
    NOT_DECREASING = "NOT_DECREASING"
    DECREASING = "DECREASING"
    NOT_INCREASING = "NOT_INCREASING"


_SIGNS = {
    Direction.INCREASING: ">",
    Direction.NOT_DECREASING: ">=",
    Direction.DECREASING: "<",
    Direction.NOT_INCREASING: "<=",
}


class SequentialParameters(RowParameters):
    direction: Direction | None = Field(
        default=None, title="Direction", description="How each value compares with the one above it."
    )
    step: StrictInt | StrictFloat | None = Field(
        default=None, title="Step", description="Each value is the one above it plus this, for numbers: 1 leaves no gap."
    )

    @model_validator(mode="after")
    def _one(self) -> Self:
        if (self.direction is None) == (self.step is None):
            raise ValueError(say("DIRECTION_OR_STEP", "Either a direction or a step is needed"))
        return self


class Sequential(RuleType[SequentialParameters]):
    name = "sequential"
    title = "Sequence"
    description = "Rows whose value does not follow the one above it, in the order of the table. Absent values are passed over."
    dimension = Dimension.CONSISTENCY
    fields = FieldCount.ONE
    accepts = NUMBERS | TIMES
    default = at_most(0)
    parameters = SequentialParameters

    def measure(self, subject: Subject[SequentialParameters]) -> Measure:
        column, wanted, number = subject.column, subject.parameters, subject.table.row_number
        if wanted.step is not None and column.logical in TIMES:
            raise RuleProblem(
                say("STEP_FOR_NUMBERS", "A step is for numbers; use a direction for times."),
                "parameters",
                "step",
                code=Code.WRONG_TYPE,
            )
        before = f"lag({column.sql}) OVER (ORDER BY {number})"
        if wanted.direction is not None:
            breaks = f"NOT ({column.sql} {_SIGNS[wanted.direction]} {before})"
        else:
            breaks = f"{column.sql} <> {before} + {subject.value(wanted.step or 0, 'step')}"
        there = f"{column.sql} IS NOT NULL"
        return bad_rows(
            subject,
            name="invalid",
            label=say("VALUES_NOT_FOLLOWING", "values in '{column}' that do not follow the one above them", column=column.name),
            failing=Failing(condition=there, qualify=breaks),
            statement=f"SELECT count_if(breaks), count(*) FROM"
            f" (SELECT {breaks} AS breaks FROM {subject.table.source} WHERE {subject.seen(there)})",
            bad=lambda row: whole(row[0]),
            total=lambda row: whole(row[1]),
        )
