"""What a rule type compiles to: where the value comes from, and which rows fail."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum, auto
from typing import TypeVar

from app.core.phrases import Number, say
from app.ingest.columns import quoted
from app.quality.conditions import Condition
from app.quality.parameters import RowParameters, Unit
from app.quality.problems import Code, RuleProblem
from app.quality.subject import Subject

R = TypeVar("R", bound=RowParameters)

Value = None | bool | int | float | str | Decimal | list["Value"] | dict[str, "Value"]
"""What DuckDB gives for an expression of the kinds that rules use."""
Row = Sequence[Value]


@dataclass(frozen=True)
class Over:
    """An aggregate over a relation of its own instead of the table's rows."""

    sql: str
    relation: str
    """A table expression. Aggregates over the same one share a statement."""
    otherwise: "str | Over | None" = None
    """What to compute where `sql` gives NULL: slower, and always certain."""
    meaning: str | None = None
    """The same as an aggregate over the table's rows."""

    def __str__(self) -> str:
        """As SQL: what it means, not how it is found."""
        return self.meaning or (str(self.otherwise) if self.otherwise else f"(SELECT {self.sql} FROM {self.relation})")


def told(count: int, meaning: str) -> Over:
    """A count that is known before anything is read.

    Args:
        meaning: the aggregate that would give it.
    """
    return Over(str(count), "(SELECT 1)", meaning=meaning)


@dataclass(frozen=True)
class Failing:
    """The rows that fail, of those that the rule sees."""

    condition: str | None = None
    """True for rows that fail."""
    qualify: str | None = None
    """The same with window functions, over the rows that meet `condition`."""


@dataclass(frozen=True, kw_only=True)
class Measure:
    """How the value of one rule is found.

    `aggregates` are computed for many rules at once, `statement` for this one alone; `user_query` likewise, in a database
    that holds nothing but the table. Without any of them the value is known already: `value` gets an empty row.
    """

    metric_name: str
    label: str
    """What the value is, in a sentence: 'The number of absent values in 'price''."""
    value: Callable[[Row], Number | None]
    """From the values of `aggregates`, or of the one row of the statement; None: there is no value."""
    aggregates: tuple[str | Over, ...] = ()
    statement: str | None = None
    user_query: str | None = None
    failing: Failing | None = None
    failed_rows: Callable[[Row], int | None] = lambda row: None
    condition: Condition | None = None
    """Where the rule's type finds thresholds by itself."""
    note: Callable[[Row], str] = lambda row: ""
    """A sentence to add to the message."""
    only_recorded: str | None = None
    """Why the value is not judged yet: the rule is SKIPPED, its value is kept for later."""

    @property
    def expression(self) -> str | None:
        """The SQL that the value comes from."""
        return self.user_query or self.statement or ", ".join(map(str, self.aggregates)) or None


def whole(value: Value) -> int:
    """A count from SQL; DuckDB's `count_if` and `bit_count` of no rows are NULL."""
    if value is None:
        return 0
    if not isinstance(value, int):
        raise TypeError(f"{value!r} is no count")
    return value


def numeric(value: Value) -> Number | None:
    """A number from SQL. True is 1.

    Raises:
        RuleProblem: not a number, or none that is finite.
    """
    if value is None or isinstance(value, int | Decimal):
        return value
    if not isinstance(value, float) or value - value != 0:
        raise RuleProblem(
            say("VALUE_NOT_COMPARABLE", "The value is {value}, which cannot be compared with a threshold.", value=repr(value)),
            code=Code.INVALID_DATA,
        )
    return value


def known(
    metric_name: str, label: str, value: Number, *, note: str = "", failed_rows: int | None = None, failing: Failing | None = None
) -> Measure:
    """A value that no row has to be read for."""
    return Measure(
        metric_name=metric_name,
        label=label,
        value=lambda row: value,
        note=lambda row: note,
        failed_rows=lambda row: failed_rows,
        failing=failing,
    )


class Looks(Enum):
    """What a condition on rows looks at, beside the rule's filter."""

    ANYWHERE = auto()
    AT_VALUE = auto()
    """At the value of the rule's only column."""
    AT_ENDS = auto()
    """At that too, and what lies between two values that do not meet it does not either."""
    CLOSELY = auto()
    """At the value, and that costs more than finding out how often each value occurs."""


def rows_that(
    subject: Subject[R], fails: str, *, name: str, label: str, none_fail: bool = False, looks: Looks = Looks.ANYWHERE
) -> Measure:
    """The number or fraction of rows for which `fails` is true.

    Args:
        name: of the metric, without its unit: 'invalid' becomes invalid_count or invalid_fraction.
        label: continues 'The number of ' and 'The fraction of '.
        none_fail: it is known that no row does, so none is read.
        looks: at what `fails` looks.
    """
    if none_fail:
        return bad_rows(subject, name=name, label=label, failing=Failing(fails), bad=lambda row: 0, total=lambda row: 1)
    failed = _counted(subject, fails, looks)
    counts = subject.parameters.unit is Unit.COUNT
    return bad_rows(
        subject,
        name=name,
        label=label,
        failing=Failing(fails),
        aggregates=(failed,) if counts else (failed, subject.count()),
        bad=lambda row: whole(row[0]),
        total=lambda row: whole(row[1]),
    )


def _counted(subject: Subject[R], fails: str, looks: Looks) -> str | Over:
    """Aggregate: how many rows fail, by the shortest way that is exact."""
    of_rows = subject.count(fails)
    if looks is Looks.ANYWHERE or subject.where is not None:
        return of_rows
    # No other column is in these relations, so the name cannot be another's.
    value, times = subject.column.sql, quoted(f"{subject.column.name}?")
    of_values = f"coalesce(sum({times}) FILTER (WHERE {fails}), 0)::BIGINT"
    known = subject.known()
    if known is not None and known.values is not None:
        listed = ", ".join(f"({one}, {often})" for one, often in known.values)
        return Over(of_values, f"(VALUES {listed}) AS known({value}, {times})", meaning=of_rows)
    if looks is Looks.AT_ENDS and known is not None and known.ends is not None:
        low, high = known.ends
        return Over(f"CASE WHEN count_if({fails}) = 0 THEN 0 END", f"(VALUES ({low}), ({high})) AS known({value})", of_rows)
    if looks is Looks.CLOSELY and subject.column.name in subject.table.repeating:
        return Over(of_values, f"(SELECT {value}, count(*) AS {times} FROM {subject.table.source} GROUP BY {value})")
    return of_rows


def bad_rows(
    subject: Subject[R],
    *,
    name: str,
    label: str,
    failing: Failing | None,
    bad: Callable[[Row], int],
    total: Callable[[Row], int],
    aggregates: tuple[str | Over, ...] = (),
    statement: str | None = None,
    note: Callable[[Row], str] = lambda row: "",
) -> Measure:
    """The number or fraction of bad rows, in the unit of the rule's parameters, from whatever tells the two counts."""
    counts = subject.parameters.unit is Unit.COUNT
    return Measure(
        metric_name=f"{name}_{'count' if counts else 'fraction'}",
        label=say("NUMBER_OF", "The number of {what}", what=label)
        if counts
        else say("FRACTION_OF", "The fraction of {what}", what=label),
        aggregates=aggregates,
        statement=statement,
        value=bad if counts else lambda row: fraction(bad(row), total(row)),
        failed_rows=bad,
        failing=failing,
        note=note,
    )


def fraction(part: int, total: int) -> float:
    """0-1; of nothing, none is bad."""
    return part / total if total else 0.0
