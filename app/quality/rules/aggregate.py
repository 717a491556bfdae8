"""One number from all values of a field."""

from enum import StrEnum
from typing import Self

from pydantic import Field, model_validator

from app.core.phrases import say
from app.quality.measures import Measure, known, numeric
from app.quality.parameters import Parameters
from app.quality.ruletype import NUMBERS, FieldCount, RuleType
from app.quality.spec import Dimension
from app.quality.subject import Subject


class Function(StrEnum):
    """How the values become one."""

    MIN = "MIN"
    MAX = "MAX"
    MEAN = "MEAN"
    MEDIAN = "MEDIAN"
    SUM = "SUM"
    STDDEV = "STDDEV"
    QUANTILE = "QUANTILE"


_WORDS = {
    Function.MIN: say("WORD_LEAST", "least value"),
    Function.MAX: say("WORD_GREATEST", "greatest value"),
    Function.MEAN: say("WORD_MEAN", "mean"),
    Function.MEDIAN: say("WORD_MEDIAN", "median"),
    Function.SUM: say("WORD_SUM", "sum"),
    Function.STDDEV: say("WORD_DEVIATION", "standard deviation"),
    Function.QUANTILE: say("WORD_QUANTILE", "quantile"),
}


class AggregateParameters(Parameters):
    function: Function = Field(title="Function", description="STDDEV is that of a sample; MEDIAN and QUANTILE interpolate.")
    quantile: float | None = Field(
        default=None,
        ge=0,
        le=1,
        title="Quantile",
        description="0-1, for QUANTILE only: 0.95 is the value that 95 % do not exceed.",
    )

    @model_validator(mode="after")
    def _quantile(self) -> Self:
        if (self.function is Function.QUANTILE) != (self.quantile is not None):
            raise ValueError(say("QUANTILE_BELONGS", "A quantile belongs to the function QUANTILE, and is needed there"))
        return self


class Aggregate(RuleType[AggregateParameters]):
    name = "aggregate"
    title = "Aggregate"
    description = "Minimum, maximum, mean, median, sum, standard deviation or quantile of the values that are there."
    dimension = Dimension.ACCURACY
    fields = FieldCount.ONE
    accepts = NUMBERS
    parameters = AggregateParameters

    def measure(self, subject: Subject[AggregateParameters]) -> Measure:
        function, column = subject.parameters.function, subject.column
        metric = function.lower()
        label = say("MEASURE_OF", "The {words} of '{column}'", words=_WORDS[function], column=column.name)
        ends = subject.footer.ends.get(column.name) if subject.footer is not None else None
        if ends is not None and function in (Function.MIN, Function.MAX):
            return known(metric, label, ends.low if function is Function.MIN else ends.high)
        return Measure(
            metric_name=metric,
            label=label,
            aggregates=(self._sql(subject),),
            value=lambda row: numeric(row[0]),
        )

    def _sql(self, subject: Subject[AggregateParameters]) -> str:
        value = subject.masked(subject.column.sql)
        double = f"CAST({value} AS DOUBLE)"
        match subject.parameters.function:
            case Function.MIN | Function.MAX | Function.SUM as simple:
                return f"{simple.lower()}({value})"
            case Function.MEAN:
                # An average of integers is exact before it becomes a double.
                return f"avg({value})"
            case Function.STDDEV:
                return f"stddev_samp({double})"
            case Function.MEDIAN:
                return f"quantile_cont({double}, 0.5)"
            case Function.QUANTILE:
                return f"quantile_cont({double}, {subject.parameters.quantile!r})"
