"""A distribution that is unlike an earlier one."""

from pydantic import Field

from app.core.phrases import say
from app.quality import stability
from app.quality.conditions import Bound, Condition
from app.quality.measures import Measure, Row, whole
from app.quality.parameters import Parameters
from app.quality.problems import Code, NothingToCompare, RuleProblem
from app.quality.ruletype import PLAIN, FieldCount, Needs, RuleType
from app.quality.spec import PREVIOUS, Dimension, Operator
from app.quality.subject import Subject


class DriftParameters(Parameters):
    against: str = Field(
        default=PREVIOUS, title="Compared with", description="PREVIOUS, or the name of a version.", max_length=255
    )


class Drift(RuleType[DriftParameters]):
    name = "drift"
    title = "Drift"
    description = "The population stability index against another version: below 0.1 alike, above 0.25 different."
    dimension = Dimension.CONSISTENCY
    fields = FieldCount.ONE
    accepts = PLAIN
    default = Condition(Bound(Operator.LESS_OR_EQUAL, 0.25), Bound(Operator.LESS_OR_EQUAL, 0.1))
    parameters = DriftParameters

    def needs(self, parameters: DriftParameters) -> Needs:
        return Needs(profiles=frozenset({parameters.against}))

    def measure(self, subject: Subject[DriftParameters]) -> Measure:
        against, column = subject.parameters.against, subject.column
        if against == PREVIOUS and PREVIOUS not in subject.history.versions:
            raise NothingToCompare(
                say("NO_EARLIER_DISTRIBUTION", "There is no earlier version to compare the distribution with.")
            )
        other = subject.version(against, "against")
        if other.profile is None:
            raise RuleProblem(
                say("NO_OTHER_PROFILE", "The profile of the other version was not given."),
                "parameters",
                "against",
                code=Code.MISSING_INPUT,
            )
        earlier = next((one for one in other.profile.field_profiles if one.field_path == column.name), None)
        if earlier is None:
            raise NothingToCompare(
                say("OTHER_VERSION_NO_FIELD", "The other version has no field '{column}'.", column=column.name)
            )
        classes = stability.classes(column, earlier, other.profile.row_count)

        def index(row: Row) -> float | None:
            counts = [whole(value) for value in row[:-1]]
            total = whole(row[-1])
            # What is in no class by itself is the rest: values that the other version did not show.
            counts.append(total - sum(counts))
            return stability.index(classes.counts, counts) if total else None

        return Measure(
            metric_name="psi",
            label=say("MEASURE_PSI", "The population stability index of '{column}'", column=column.name),
            aggregates=(*(subject.count(condition) for condition in classes.conditions), subject.count()),
            value=index,
        )
