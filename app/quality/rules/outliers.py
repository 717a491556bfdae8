"""Numbers far from the others."""

from enum import StrEnum

from pydantic import Field

from app.core.phrases import say
from app.ingest.profile.summary import Column as Numbers
from app.quality.conditions import at_most
from app.quality.measures import Failing, Measure, Row, bad_rows, whole
from app.quality.parameters import RowParameters
from app.quality.ruletype import NUMBERS, FieldCount, RuleType
from app.quality.spec import Dimension
from app.quality.subject import Subject


class Method(StrEnum):
    """How far is too far: in standard deviations from the mean, or in interquartile ranges beyond the quartiles."""

    IQR = "IQR"
    ZSCORE = "ZSCORE"


class OutliersParameters(RowParameters):
    method: Method = Field(
        default=Method.IQR, title="Method", description="IQR: beyond the quartiles. ZSCORE: standard deviations from the mean."
    )
    factor: float = Field(
        default=3.0,
        gt=0,
        le=1_000,
        title="Factor",
        description="How many interquartile ranges or standard deviations are too many.",
    )


class Outliers(RuleType[OutliersParameters]):
    name = "outliers"
    title = "Outliers"
    description = "Rows whose number is far from the others. Values that are no finite numbers are passed over."
    dimension = Dimension.ACCURACY
    fields = FieldCount.ONE
    accepts = NUMBERS
    default = at_most(0)
    parameters = OutliersParameters

    def measure(self, subject: Subject[OutliersParameters]) -> Measure:
        wanted, column = subject.parameters, subject.column
        value = Numbers(column.field).number()
        if wanted.method is Method.ZSCORE:
            middle, spread = f"avg({value})", f"stddev_samp({value})"
            low, high = f"{middle} - {wanted.factor!r} * {spread}", f"{middle} + {wanted.factor!r} * {spread}"
        else:
            first, third = (f"quantile_cont({value}, {part})" for part in (0.25, 0.75))
            reach = f"{wanted.factor!r} * ({third} - {first})"
            low, high = f"{first} - {reach}", f"{third} + {reach}"
        ends = f"SELECT {low} AS low, {high} AS high FROM {subject.relation}"
        out = f"({value} < (SELECT low FROM ({ends})) OR {value} > (SELECT high FROM ({ends})))"

        def told(row: Row) -> str:
            low, high = row[2], row[3]
            both = isinstance(low, float) and isinstance(high, float)
            return say("NO_OUTLIERS_BETWEEN", "Values from {low:n} to {high:n} are none.", low=low, high=high) if both else ""  # type: ignore[arg-type]

        return bad_rows(
            subject,
            name="outlier",
            label=say("VALUES_OUTLYING", "outliers in '{column}'", column=column.name),
            failing=Failing(out),
            statement=f"WITH ends AS MATERIALIZED ({ends}) SELECT count_if({value} < low OR {value} > high), count(*), any_value(low),"
            f" any_value(high) FROM {subject.relation} CROSS JOIN ends",
            bad=lambda row: whole(row[0]),
            total=lambda row: whole(row[1]),
            note=told,
        )
