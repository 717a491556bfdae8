"""Values that are forbidden."""

from pydantic import Field

from app.core.phrases import say
from app.quality import sets
from app.quality.conditions import at_most
from app.quality.measures import Looks, Measure, rows_that
from app.quality.parameters import RowParameters, Scalars
from app.quality.ruletype import PLAIN, FieldCount, RuleType
from app.quality.spec import Dimension
from app.quality.subject import Subject


class NotInSetParameters(RowParameters):
    values: Scalars = Field(title="Values", description="The values that may not occur.")


class NotInSet(RuleType[NotInSetParameters]):
    name = "not_in_set"
    title = "Forbidden values"
    description = "Rows whose value is one of the list."
    dimension = Dimension.CONFORMITY
    fields = FieldCount.ONE
    accepts = PLAIN
    default = at_most(0)
    parameters = NotInSetParameters

    def measure(self, subject: Subject[NotInSetParameters]) -> Measure:
        fails = sets.contains(subject, subject.parameters.values)
        return rows_that(
            subject,
            fails,
            name="invalid",
            label=say("VALUES_FORBIDDEN", "values in '{column}' that are forbidden", column=subject.column.name),
            looks=Looks.AT_VALUE,
        )
