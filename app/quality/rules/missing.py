"""Values that are absent or say so."""

from typing import Annotated

from pydantic import Field

from app.core.phrases import say
from app.ingest.columns import literal
from app.quality.conditions import at_most
from app.quality.measures import Looks, Measure, rows_that
from app.quality.parameters import RowParameters
from app.quality.ruletype import FieldCount, RuleType
from app.quality.spec import Dimension
from app.quality.subject import Subject

TOKENS = ("", "-", "--", "?", "n/a", "na", "nan", "nil", "none", "null", "unknown")


class MissingParameters(RowParameters):
    tokens: Annotated[tuple[str, ...], Field(max_length=1_000)] = Field(
        default=TOKENS,
        title="Tokens",
        description="Texts that mean 'absent', in any case, spaces around them left out.",
    )


class Missing(RuleType[MissingParameters]):
    name = "missing"
    title = "Missing values"
    description = "Rows in which the field has no value, or a text that means the same: empty, N/A, - ..."
    dimension = Dimension.COMPLETENESS
    fields = FieldCount.ONE
    default = at_most(0)
    parameters = MissingParameters

    def measure(self, subject: Subject[MissingParameters]) -> Measure:
        column = subject.column
        fails = f"{column.sql} IS NULL"
        tokens = sorted({token.strip(" ").lower() for token in subject.parameters.tokens})
        if column.is_text and tokens:
            fails = f"({fails} OR lower(trim({column.sql})) IN ({', '.join(map(literal, tokens))}))"
        return rows_that(
            subject,
            fails,
            name="missing",
            label=say("VALUES_MISSING", "missing values in '{column}'", column=column.name),
            looks=Looks.CLOSELY,
        )
