"""Numbers that are unlike their own history."""

import statistics
from enum import StrEnum

from pydantic import Field

from app.core.phrases import say
from app.ingest.profile.summary import Column as Numbers
from app.quality import keys
from app.quality.conditions import Bound, Condition
from app.quality.measures import Measure, Over, fraction, numeric, whole
from app.quality.parameters import Parameters
from app.quality.problems import RuleProblem
from app.quality.ruletype import NUMBERS, FieldCount, Needs, RuleType
from app.quality.spec import Dimension, MetricPoint, Operator
from app.quality.subject import Subject

MAD_TO_DEVIATION = 1.4826
"""The standard deviation of normally distributed values, divided by their median absolute deviation."""


class Metric(StrEnum):
    """What is watched."""

    ROW_COUNT = "ROW_COUNT"
    NULL_FRACTION = "NULL_FRACTION"
    DISTINCT_COUNT = "DISTINCT_COUNT"
    MIN = "MIN"
    MAX = "MAX"
    MEAN = "MEAN"
    SUM = "SUM"
    STDDEV = "STDDEV"


_WORDS = {
    Metric.ROW_COUNT: say("WORD_ROW_COUNT", "row count"),
    Metric.NULL_FRACTION: say("WORD_NULL_FRACTION", "null fraction"),
    Metric.DISTINCT_COUNT: say("WORD_DISTINCT_COUNT", "distinct count"),
    Metric.MIN: say("WORD_MIN", "min"),
    Metric.MAX: say("WORD_MAX", "max"),
    Metric.MEAN: say("WORD_MEAN", "mean"),
    Metric.SUM: say("WORD_SUM", "sum"),
    Metric.STDDEV: say("WORD_STDDEV", "stddev"),
}


class AnomalyParameters(Parameters):
    metric: Metric = Field(title="Metric", description="What is watched from version to version.")
    min_points: int = Field(
        default=7,
        ge=3,
        le=1_000,
        title="Least number of points",
        description="With fewer earlier values the value is only recorded.",
    )
    max_points: int = Field(
        default=60, ge=3, le=10_000, title="Greatest number of points", description="How many of the latest values make the band."
    )
    sensitivity: float = Field(
        default=3.0, gt=0, le=100, title="Sensitivity", description="Half the width of the band, in (robust) standard deviations."
    )
    tolerance: float = Field(
        default=0.01,
        ge=0,
        le=10,
        title="Tolerance",
        description="The band reaches at least this fraction of the median to each side.",
    )


class Anomaly(RuleType[AnomalyParameters]):
    name = "anomaly"
    title = "Anomaly"
    description = "A metric that leaves the band of its own earlier values: their median and how far they usually are from it."
    dimension = Dimension.ACCURACY
    fields = FieldCount.OPTIONAL
    own_condition = True
    parameters = AnomalyParameters

    def needs(self, parameters: AnomalyParameters) -> Needs:
        return Needs(metrics=True)

    def measure(self, subject: Subject[AnomalyParameters]) -> Measure:
        wanted = subject.parameters
        self._suits(subject)
        points = subject.history.metrics.get(subject.spec.id, ())[-wanted.max_points :]
        low, high, told = band(points, wanted)
        learning = None
        if len(points) < wanted.min_points:
            learning = say(
                "STILL_LEARNING",
                "It is kept until there are {min_points} earlier values to compare with; there are {count}.",
                min_points=wanted.min_points,
                count=len(points),
            )
        aggregates = self._aggregates(subject)
        return Measure(
            metric_name=wanted.metric.lower(),
            label=self._label(subject),
            aggregates=aggregates,
            value=lambda row: (
                fraction(whole(row[0]), whole(row[1]))
                if wanted.metric is Metric.NULL_FRACTION
                else whole(row[0])
                if wanted.metric is Metric.DISTINCT_COUNT
                else numeric(row[0])
            ),
            condition=Condition(Bound(Operator.BETWEEN, low, high)),
            only_recorded=learning,
            note=lambda row: told,
        )

    def _suits(self, subject: Subject[AnomalyParameters]) -> None:
        metric = subject.parameters.metric
        if (metric is Metric.ROW_COUNT) == bool(subject.columns):
            words = say("WORDS_NO_FIELD", "no field") if metric is Metric.ROW_COUNT else say("WORDS_A_FIELD", "a field")
            raise RuleProblem(
                say("METRIC_FIELDS", "The metric {metric} is one of {words}.", metric=metric, words=words), "fieldPaths"
            )
        numeric_only = metric not in (Metric.ROW_COUNT, Metric.NULL_FRACTION, Metric.DISTINCT_COUNT)
        if numeric_only and subject.column.logical not in NUMBERS:
            raise RuleProblem(
                say(
                    "METRIC_FOR_NUMBERS",
                    "'{column}' is {logical}; {metric} is for numbers.",
                    column=subject.column.name,
                    logical=subject.column.logical,
                    metric=metric,
                ),
                "fieldPaths",
            )

    def _label(self, subject: Subject[AnomalyParameters]) -> str:
        words = _WORDS[subject.parameters.metric]
        return (
            say("MEASURE_OF", "The {words} of '{column}'", words=words, column=subject.column.name)
            if subject.columns
            else say("MEASURE_OF_TABLE", "The {words}", words=words)
        )

    def _aggregates(self, subject: Subject[AnomalyParameters]) -> tuple[str | Over, ...]:
        metric = subject.parameters.metric
        if metric is Metric.ROW_COUNT:
            return (subject.count(),)
        column = subject.column
        if metric is Metric.NULL_FRACTION:
            return subject.count(f"{column.sql} IS NULL"), subject.count()
        if metric is Metric.DISTINCT_COUNT:
            return (keys.distinct(subject, column),)
        value = subject.masked(Numbers(column.field).number())
        function = {Metric.MEAN: "avg", Metric.STDDEV: "stddev_samp"}.get(metric, metric.lower())
        return (f"{function}({value})",)


def band(points: tuple[MetricPoint, ...], wanted: AnomalyParameters) -> tuple[float, float, str]:
    """Lower and upper end of what is usual, and a sentence that explains them."""
    if not points:
        return 0.0, 0.0, ""
    values = [point.value for point in points]
    middle = statistics.median(values)
    deviation = MAD_TO_DEVIATION * statistics.median(abs(value - middle) for value in values)
    if deviation == 0 and len(values) > 1:
        # More than half are equal; the others still tell how much change is usual.
        deviation = statistics.stdev(values)
    reach = max(wanted.sensitivity * deviation, wanted.tolerance * abs(middle))
    told = say(
        "BAND_EXPLAINED",
        "The median of {count} earlier values is {middle:n}, their usual distance from it {deviation:n}; "
        "the band reaches {reach:n} to each side.",
        count=len(values),
        middle=middle,
        deviation=deviation,
        reach=reach,
    )
    return middle - reach, middle + reach, told
