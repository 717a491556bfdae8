"""Texts that are JSON."""

from app.core.phrases import say
from app.ingest.job import LogicalType
from app.quality.conditions import at_most
from app.quality.measures import Looks, Measure, rows_that
from app.quality.parameters import RowParameters
from app.quality.ruletype import FieldCount, RuleType
from app.quality.spec import Dimension
from app.quality.subject import Subject


class Json(RuleType[RowParameters]):
    name = "json"
    title = "JSON"
    description = "Rows whose text is not a JSON document. Absent values pass; see 'nulls'."
    dimension = Dimension.CONFORMITY
    fields = FieldCount.ONE
    accepts = frozenset({LogicalType.STRING, LogicalType.OBJECT, LogicalType.ARRAY})
    default = at_most(0)
    parameters = RowParameters

    def measure(self, subject: Subject[RowParameters]) -> Measure:
        label = say("VALUES_NOT_JSON", "values in '{column}' that are not JSON", column=subject.column.name)
        return rows_that(subject, f"NOT json_valid({subject.column.sql})", name="invalid", label=label, looks=Looks.CLOSELY)
