"""One field compared with another in the same row."""

from enum import StrEnum

from pydantic import Field

from app.core.phrases import say
from app.ingest.job import LogicalType
from app.quality.conditions import at_most
from app.quality.measures import Measure, rows_that
from app.quality.parameters import RowParameters
from app.quality.problems import Code, RuleProblem
from app.quality.ruletype import NUMBERS, PLAIN, TIMES, FieldCount, RuleType
from app.quality.spec import Dimension
from app.quality.subject import Subject


class Comparison(StrEnum):
    """What the first field has to be, compared with the second."""

    EQUAL = "EQUAL"
    NOT_EQUAL = "NOT_EQUAL"
    LESS_THAN = "LESS_THAN"
    LESS_OR_EQUAL = "LESS_OR_EQUAL"
    GREATER_THAN = "GREATER_THAN"
    GREATER_OR_EQUAL = "GREATER_OR_EQUAL"


_SIGNS = {
    Comparison.EQUAL: "=",
    Comparison.NOT_EQUAL: "<>",
    Comparison.LESS_THAN: "<",
    Comparison.LESS_OR_EQUAL: "<=",
    Comparison.GREATER_THAN: ">",
    Comparison.GREATER_OR_EQUAL: ">=",
}


class CompareFieldsParameters(RowParameters):
    comparison: Comparison = Field(title="Comparison", description="What the first field has to be, compared with the second.")


class CompareFields(RuleType[CompareFieldsParameters]):
    name = "compare_fields"
    title = "Two fields compared"
    description = "Rows in which the first field does not compare with the second as it should. Rows that lack one of them pass."
    dimension = Dimension.CONSISTENCY
    fields = FieldCount.TWO
    accepts = PLAIN
    default = at_most(0)
    parameters = CompareFieldsParameters

    def measure(self, subject: Subject[CompareFieldsParameters]) -> Measure:
        left, right = subject.columns
        if _kind(left.logical) != _kind(right.logical):
            raise RuleProblem(
                say(
                    "FIELDS_NOT_COMPARABLE",
                    "'{left}' is {logical} and '{right}' is {logical_2}: they cannot be compared.",
                    left=left.name,
                    logical=left.logical,
                    right=right.name,
                    logical_2=right.logical,
                ),
                "fieldPaths",
                code=Code.WRONG_TYPE,
            )
        sign = _SIGNS[subject.parameters.comparison]
        label = say(
            "ROWS_COMPARED_WRONG",
            "rows in which '{left}' {sign} '{right}' does not hold",
            left=left.name,
            sign=sign,
            right=right.name,
        )
        return rows_that(subject, f"NOT ({left.sql} {sign} {right.sql})", name="invalid", label=label)


def _kind(logical: LogicalType) -> str:
    return "number" if logical in NUMBERS else "time" if logical in TIMES else logical.value
