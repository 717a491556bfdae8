"""Texts of a well-known form."""

from pydantic import Field

from app.core.phrases import say
from app.quality import formats
from app.quality.conditions import at_most
from app.quality.formats import Format
from app.quality.measures import Looks, Measure, rows_that
from app.quality.parameters import RowParameters
from app.quality.ruletype import TEXTS, FieldCount, RuleType
from app.quality.spec import Dimension
from app.quality.subject import Subject


class FormatParameters(RowParameters):
    format: Format = Field(
        title="Form", description="What every text has to be: an e-mail address, a UUID, an ISO country code ..."
    )


class FormatRule(RuleType[FormatParameters]):
    name = "format"
    title = "Form of text"
    description = "Rows whose text is not of the form. Absent values pass; see 'nulls'."
    dimension = Dimension.CONFORMITY
    fields = FieldCount.ONE
    accepts = TEXTS
    default = at_most(0)
    parameters = FormatParameters

    def measure(self, subject: Subject[FormatParameters]) -> Measure:
        wanted = subject.parameters.format
        fails = f"NOT ({formats.has(subject.column.sql, wanted)})"
        return rows_that(
            subject,
            fails,
            name="invalid",
            label=say(
                "VALUES_NOT_OF_FORM",
                "values in '{column}' that are not of the form {format}",
                column=subject.column.name,
                format=wanted,
            ),
            looks=Looks.CLOSELY,
        )
