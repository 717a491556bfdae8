"""A rule bound to a table: what a rule type compiles."""

from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation
from typing import Generic, TypeVar

from app.core.phrases import say
from app.ingest.columns import literal
from app.ingest.job import LogicalType
from app.quality.known import Known
from app.quality.parameters import P, Scalar
from app.quality.problems import Code, RuleProblem
from app.quality.spec import History, RuleSpec, TableInfo
from app.quality.table import Column, Footer, Table

T = TypeVar("T")
_GREATEST_FLOAT = Decimal("3e38")
_WORDS = {
    LogicalType.INTEGER: say("EXPECTED_INTEGER", "a whole number"),
    LogicalType.NUMBER: "a number",
    LogicalType.BOOLEAN: say("EXPECTED_BOOLEAN", "true or false"),
    LogicalType.DATE: say("EXPECTED_DATE", "a date like 2026-01-31"),
    LogicalType.TIMESTAMP: say("EXPECTED_TIMESTAMP", "a time like 2026-01-31T12:00:00"),
    LogicalType.TIME: say("EXPECTED_TIME", "a time of day like 12:00:00"),
}


@dataclass(frozen=True, kw_only=True)
class Subject(Generic[P]):
    """A rule and its table."""

    spec: RuleSpec
    parameters: P
    table: Table
    columns: tuple[Column, ...]
    """Of `spec.field_paths`, in their order."""
    history: History

    @property
    def column(self) -> Column:
        """The only column of a rule that has one."""
        return self.columns[0]

    @property
    def where(self) -> str | None:
        """The rule's filter as SQL."""
        # On lines of its own, so that a comment at its end hides nothing.
        return f"(\n{self.spec.filter}\n)" if self.spec.filter else None

    @property
    def footer(self) -> Footer | None:
        """What the file's footer tells of the rows that the rule sees; None with a filter."""
        return None if self.where else self.table.footer

    def known(self, column: Column | None = None) -> Known | None:
        """What the profile tells of the rows that the rule sees; None with a filter, or where it tells nothing."""
        return None if self.where else self.table.known.get((column or self.column).name)

    def seen(self, condition: str | None = None) -> str:
        """True for rows that the rule sees and that meet the condition."""
        return " AND ".join(part for part in (self.where, condition) if part) or "true"

    def count(self, condition: str | None = None) -> str:
        """Aggregate: how many rows are seen and meet the condition. A condition that is NULL is not met."""
        if condition is None and self.where is None:
            return "count(*)"
        # count(*) FILTER (WHERE ...) takes time that grows with the square of the number of such expressions.
        return f"count_if({self.seen(condition)})"

    def masked(self, expression: str) -> str:
        """The expression in rows that are seen, NULL in others: what aggregates pass over."""
        return f"CASE WHEN {self.where} THEN {expression} END" if self.where else expression

    @property
    def relation(self) -> str:
        """A table expression: the rows that are seen, all columns and the row number."""
        return f"(SELECT * FROM {self.table.source} WHERE {self.where})" if self.where else self.table.source

    def value(self, given: Scalar, *path: str, column: Column | None = None) -> str:
        """SQL of a value of a parameter in the type of the column.

        Raises:
            RuleProblem: it is none of that type.
        """
        target = column or self.column
        try:
            return _typed(given, target)
        except (ValueError, InvalidOperation, TypeError) as error:
            expected = _WORDS.get(target.logical, say("EXPECTED_TEXT", "text"))
            raise RuleProblem(
                say(
                    "VALUE_DOES_NOT_SUIT",
                    "'{given}' does not suit the field '{field}': its values are {logical}, so this has to be {expected}.",
                    given=given,
                    field=target.name,
                    logical=target.logical,
                    expected=expected,
                ),
                "parameters",
                *path,
                code=Code.WRONG_TYPE,
            ) from error

    def version(self, name: str, *path: str) -> TableInfo:
        """Another version of the dataset.

        Raises:
            RuleProblem: it was not given.
        """
        return _given(
            self.history.versions.get(name),
            say("NO_SUCH_VERSION_TO_COMPARE", "There is no version '{name}' to compare with.", name=name),
            path,
        )

    def dataset(self, name: str, *path: str) -> TableInfo:
        """The current version of another dataset.

        Raises:
            RuleProblem: it was not given.
        """
        return _given(
            self.history.datasets.get(name),
            say(
                "NO_SUCH_DATASET_TO_COMPARE",
                "There is no dataset '{name}' with a published version, or it may not be read.",
                name=name,
            ),
            path,
        )


def _given(found: T | None, message: str, path: tuple[str, ...]) -> T:
    if found is None:
        raise RuleProblem(message, "parameters", *path, code=Code.MISSING_INPUT)
    return found


def _typed(given: Scalar, column: Column) -> str:
    match column.logical:
        case LogicalType.INTEGER | LogicalType.NUMBER:
            if isinstance(given, bool):
                raise TypeError
            exact = Decimal(str(given))
            if not exact.is_finite() or abs(exact.adjusted()) > 300:
                raise ValueError
            # A decimal literal, so that 0.1 is compared with a DECIMAL as 0.1; with a DOUBLE both become the same double.
            return _number(exact, column)
        case LogicalType.BOOLEAN:
            if not isinstance(given, bool):
                raise TypeError
            return "true" if given else "false"
        case _:
            if not isinstance(given, str):
                raise TypeError
            return _text(given, column)


def _number(exact: Decimal, column: Column) -> str:
    if column.is_float:
        # 0.1 in a column of 32 bits is the 0.1 of 32 bits, which the one of 64 bits is not.
        kind = column.native if abs(exact) < _GREATEST_FLOAT else "DOUBLE"
        return f"CAST({literal(repr(float(exact)))} AS {kind})"
    _sign, digits, exponent = exact.as_tuple()
    if not isinstance(exponent, int) or len(digits) + max(0, exponent) > 38 or -exponent > 38:
        return f"CAST({literal(repr(float(exact)))} AS DOUBLE)"
    return f"{exact:f}"


def _text(given: str, column: Column) -> str:
    if "\0" in given:
        raise ValueError
    match column.logical:
        case LogicalType.DATE:
            return f"CAST({literal(date.fromisoformat(given).isoformat())} AS DATE)"
        case LogicalType.TIMESTAMP:
            moment = datetime.fromisoformat(given)
            if moment.tzinfo is not None and not column.is_zoned:
                raise ValueError
            kind = "TIMESTAMP WITH TIME ZONE" if column.is_zoned else "TIMESTAMP"
            return f"CAST({literal(moment.isoformat())} AS {kind})"
        case LogicalType.TIME:
            return f"CAST({literal(time.fromisoformat(given).isoformat())} AS TIME)"
        case _:
            return literal(given)
