"""Texts that match a pattern."""

from pydantic import Field

from app.core.phrases import say
from app.ingest.columns import literal
from app.quality import fence
from app.quality.conditions import at_most
from app.quality.measures import Looks, Measure, rows_that
from app.quality.parameters import RowParameters
from app.quality.ruletype import TEXTS, FieldCount, RuleType
from app.quality.spec import Dimension
from app.quality.subject import Subject


class RegexParameters(RowParameters):
    pattern: str = Field(
        title="Pattern",
        description="A regular expression of RE2, at most 1 KiB: no look-ahead, look-behind or back-references.",
        min_length=1,
        max_length=fence.MAX_PATTERN_BYTES,
    )
    whole_value: bool = Field(
        default=True, title="Whole value", description="The pattern has to match the whole value, not only a part of it."
    )


class Regex(RuleType[RegexParameters]):
    name = "regex"
    title = "Pattern"
    description = "Rows in which the text does not match the pattern. Absent values pass; see 'nulls'."
    dimension = Dimension.CONFORMITY
    fields = FieldCount.ONE
    accepts = TEXTS
    default = at_most(0)
    parameters = RegexParameters

    def check(self, parameters: RegexParameters) -> None:
        fence.pattern(parameters.pattern, "parameters", "pattern")

    def measure(self, subject: Subject[RegexParameters]) -> Measure:
        wanted = subject.parameters
        function = "regexp_full_match" if wanted.whole_value else "regexp_matches"
        fails = f"NOT {function}({subject.column.sql}, {literal(wanted.pattern)})"
        label = say("VALUES_NOT_MATCHING", "values in '{column}' that do not match the pattern", column=subject.column.name)
        return rows_that(subject, fails, name="invalid", label=label, looks=Looks.CLOSELY)
