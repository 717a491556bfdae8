"""As many rows as another dataset has."""

from pydantic import Field

from app.core.phrases import say
from app.quality.conditions import Bound, Condition
from app.quality.measures import Measure, whole
from app.quality.parameters import Parameters
from app.quality.problems import Code, RuleProblem
from app.quality.ruletype import FieldCount, Needs, RuleType
from app.quality.spec import Dimension, Operator
from app.quality.subject import Subject


class RowCountMatchParameters(Parameters):
    dataset: str = Field(
        title="Dataset", description="Name or id of the other dataset; its current version counts.", max_length=255
    )


class RowCountMatch(RuleType[RowCountMatchParameters]):
    name = "row_count_match"
    title = "Row count of another dataset"
    description = "The number of rows divided by that of another dataset: 1 when both have as many."
    dimension = Dimension.CONSISTENCY
    fields = FieldCount.NONE
    default = Condition(Bound(Operator.EQUAL, 1))
    parameters = RowCountMatchParameters

    def needs(self, parameters: RowCountMatchParameters) -> Needs:
        return Needs(row_counts=frozenset({parameters.dataset}))

    def measure(self, subject: Subject[RowCountMatchParameters]) -> Measure:
        other = subject.dataset(subject.parameters.dataset, "dataset").row_count
        if other is None:
            raise RuleProblem(
                say("OTHER_ROWS_UNKNOWN", "The other dataset's number of rows is not known."),
                "parameters",
                "dataset",
                code=Code.MISSING_INPUT,
            )

        def ratio(rows: int) -> float | None:
            if other == 0:
                return 1.0 if rows == 0 else None
            return rows / other

        footer = subject.footer
        aggregates = () if footer is not None else (subject.count(),)
        return Measure(
            metric_name="row_count_ratio",
            label=say(
                "MEASURE_ROWS_DIVIDED",
                "The number of rows, divided by the {other:,} of '{dataset}',",
                other=other,
                dataset=subject.parameters.dataset,
            ),
            aggregates=aggregates,
            value=lambda row: ratio(footer.row_count if footer is not None else whole(row[0])),
        )
