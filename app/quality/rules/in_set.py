"""Values from a list."""

from pydantic import Field

from app.core.phrases import say
from app.quality import sets
from app.quality.conditions import at_most
from app.quality.measures import Looks, Measure, rows_that
from app.quality.parameters import RowParameters, Scalars
from app.quality.ruletype import PLAIN, FieldCount, RuleType
from app.quality.spec import Dimension
from app.quality.subject import Subject


class InSetParameters(RowParameters):
    values: Scalars = Field(title="Values", description="The values that may occur.")


class InSet(RuleType[InSetParameters]):
    name = "in_set"
    title = "Value from a list"
    description = "Rows whose value is none of the list. Absent values pass; see 'nulls'."
    dimension = Dimension.CONFORMITY
    fields = FieldCount.ONE
    accepts = PLAIN
    default = at_most(0)
    parameters = InSetParameters

    def measure(self, subject: Subject[InSetParameters]) -> Measure:
        fails = f"NOT ({sets.contains(subject, subject.parameters.values)})"
        return rows_that(
            subject,
            fails,
            name="invalid",
            label=say("VALUES_NOT_LISTED", "values in '{column}' that are not in the list", column=subject.column.name),
            looks=Looks.AT_VALUE,
        )
