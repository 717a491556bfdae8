"""Texts that do not match a pattern."""

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


class NotRegexParameters(RowParameters):
    pattern: str = Field(
        title="Pattern",
        description="A regular expression of RE2, at most 1 KiB: no look-ahead, look-behind or back-references.",
        min_length=1,
        max_length=fence.MAX_PATTERN_BYTES,
    )
    whole_value: bool = Field(
        default=False,
        title="Whole value",
        description="Only values that match as a whole are bad, not those that contain a match.",
    )


class NotRegex(RuleType[NotRegexParameters]):
    name = "not_regex"
    title = "Forbidden pattern"
    description = "Rows in which the text matches the pattern."
    dimension = Dimension.CONFORMITY
    fields = FieldCount.ONE
    accepts = TEXTS
    default = at_most(0)
    parameters = NotRegexParameters

    def check(self, parameters: NotRegexParameters) -> None:
        fence.pattern(parameters.pattern, "parameters", "pattern")

    def measure(self, subject: Subject[NotRegexParameters]) -> Measure:
        wanted = subject.parameters
        function = "regexp_full_match" if wanted.whole_value else "regexp_matches"
        fails = f"{function}({subject.column.sql}, {literal(wanted.pattern)})"
        return rows_that(
            subject,
            fails,
            name="invalid",
            label=say("VALUES_MATCHING", "values in '{column}' that match the pattern", column=subject.column.name),
            looks=Looks.CLOSELY,
        )
