"""Which rows of a version are asked for, and in which order: from the query's arguments to a view of the table."""

import datetime as dt
import enum
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

import strawberry
from strawberry.scalars import JSON

from app.adapters.row_views import Combination, Comparison, Condition, Literal, Operator, Order, RowView
from app.core.errors import Forbidden, InvalidInput
from app.core.phrases import say
from app.core.rows import AnyRow
from app.ingest.job import LogicalType

MOST_ORDERS = 3
MOST_COMPARISONS = 50
MOST_VALUES = 100
MOST_CHARACTERS = 1_000
DEEPEST = 5
_TEXT_ONLY = (Operator.CONTAINS, Operator.STARTS_WITH)
_ORDERED = (Operator.LT, Operator.LTE, Operator.GT, Operator.GTE)
_NESTED = (LogicalType.OBJECT, LogicalType.ARRAY)


@strawberry.enum(description="Direction of an order.")
class RowDirection(enum.Enum):
    ASC = strawberry.enum_value("ASC", description="Smallest, earliest, first in the alphabet first.")
    DESC = strawberry.enum_value("DESC", description="Largest, latest, last in the alphabet first.")


@strawberry.input(description="A column by which rows are put in order; cells without a value come last in either direction.")
class RowOrder:
    field_path: str = strawberry.field(description="The column; none of nested values.")
    direction: RowDirection = strawberry.field(default=RowDirection.ASC, description="Direction.")


@strawberry.input(
    description="Conditions on rows; all that are given hold together. Values have the column's type: numbers (as text where they "
    "are beyond 2^53), dates and times as ISO 8601, true or false. A cell without a value fulfils `isNull: true` only."
)
class RowFilter:
    field_path: str | None = strawberry.field(default=None, description="The column that the comparisons are about.")
    eq: JSON | None = strawberry.field(default=None, description="Is this value.")
    ne: JSON | None = strawberry.field(default=None, description="Is another value.")
    lt: JSON | None = strawberry.field(default=None, description="Is less, earlier, before it in the alphabet.")
    lte: JSON | None = strawberry.field(default=None, description="Is at most this.")
    gt: JSON | None = strawberry.field(default=None, description="Is more, later, after it in the alphabet.")
    gte: JSON | None = strawberry.field(default=None, description="Is at least this.")
    in_: list[JSON] | None = strawberry.field(default=None, name="in", description="Is one of these, 1-100.")
    contains: str | None = strawberry.field(default=None, description="Of texts: holds this text, capital letters or not.")
    starts_with: str | None = strawberry.field(default=None, description="Of texts: begins so, capital letters or not.")
    is_null: bool | None = strawberry.field(default=None, description="True: there is no value. False: there is one.")
    and_: "list[RowFilter] | None" = strawberry.field(default=None, name="and", description="All of these hold.")
    or_: "list[RowFilter] | None" = strawberry.field(default=None, name="or", description="At least one of these holds.")


@dataclass(frozen=True, slots=True)
class Columns:
    """What a view may speak of."""

    fields: Mapping[str, AnyRow]
    """Rows of `schema_fields` by name."""
    hidden: frozenset[str]

    def usable(self, name: str, path: tuple[str, ...]) -> AnyRow:
        """The column. Raises InvalidInput: there is none; Forbidden: its order and its matches would tell its values."""
        found = self.fields.get(name)
        if found is None:
            raise InvalidInput(say("NO_SUCH_COLUMN", "There is no column {name!r}.", name=name[:60]), path=path)
        if name in self.hidden:
            raise Forbidden(
                say("COLUMN_SENSITIVE", "The column is sensitive: those who hold less than WRITE cannot sort or filter by it."),
                path=path,
            )
        return found


def view_of(orders: list[RowOrder] | None, filter: RowFilter | None, columns: Columns) -> RowView:
    """The view that the arguments describe.

    Raises:
        InvalidInput, Forbidden: at the argument that is wrong.
    """
    parsed = tuple(_order(order, columns, ("orderBy", str(index))) for index, order in enumerate(orders or []))
    if len(parsed) > MOST_ORDERS:
        raise InvalidInput(
            say("MOST_ORDERS", "Rows are put in order by at most {most} columns.", most=MOST_ORDERS), path=("orderBy",)
        )
    if len({order.column for order in parsed}) < len(parsed):
        raise InvalidInput(say("COLUMN_TWICE", "A column stands here twice."), path=("orderBy",))
    return RowView(None if filter is None else _Reading(columns).condition(filter, ("filter",), 1), parsed)


def _order(order: RowOrder, columns: Columns, path: tuple[str, ...]) -> Order:
    found = columns.usable(order.field_path, (*path, "fieldPath"))
    if LogicalType(found.logical_type.value) in _NESTED:
        raise InvalidInput(say("NESTED_NO_ORDER", "Nested values have no order."), path=(*path, "fieldPath"))
    return Order(order.field_path, order.direction is RowDirection.DESC)


class _Reading:
    """Reads one filter, however deep, and counts what is in it."""

    def __init__(self, columns: Columns):
        self._columns = columns
        self._left = MOST_COMPARISONS

    def condition(self, given: RowFilter, path: tuple[str, ...], depth: int) -> Condition | None:
        """None: everything holds."""
        if depth > DEEPEST:
            raise InvalidInput(
                say("FILTER_DEPTH", "Conditions stand inside each other at most {most} deep.", most=DEEPEST), path=path
            )
        parts: list[Condition] = list(self._comparisons(given, path))
        for name, every, filters in (("and", True, given.and_), ("or", False, given.or_)):
            if filters is None:
                continue
            if not filters and not every:
                raise InvalidInput(say("ONE_CONDITION", "Give at least one condition."), path=(*path, name))
            inner = [self.condition(one, (*path, name, str(index)), depth + 1) for index, one in enumerate(filters)]
            found = tuple(one for one in inner if one is not None)
            if found and (every or len(found) == len(inner)):
                parts.append(found[0] if len(found) == 1 else Combination(every, found))
        if not parts:
            return None
        return parts[0] if len(parts) == 1 else Combination(True, tuple(parts))

    def _comparisons(self, given: RowFilter, path: tuple[str, ...]) -> list[Comparison]:
        values: dict[Operator, object] = {
            Operator.EQ: given.eq,
            Operator.NE: given.ne,
            Operator.LT: given.lt,
            Operator.LTE: given.lte,
            Operator.GT: given.gt,
            Operator.GTE: given.gte,
            Operator.IN: given.in_,
            Operator.CONTAINS: given.contains,
            Operator.STARTS_WITH: given.starts_with,
            Operator.IS_NULL: given.is_null,
        }
        values = {operator: value for operator, value in values.items() if value is not None}
        if given.field_path is None:
            if values:
                raise InvalidInput(say("FILTER_COLUMN", "Name the column."), path=(*path, "fieldPath"))
            return []
        column = self._columns.usable(given.field_path, (*path, "fieldPath"))
        if not values:
            raise InvalidInput(say("FILTER_COMPARISON", "Say how the column is compared."), path=path)
        self._left -= len(values)
        if self._left < 0:
            raise InvalidInput(
                say("MOST_COMPARISONS", "A filter holds at most {most} comparisons.", most=MOST_COMPARISONS), path=path
            )
        return [_comparison(column, operator, value, (*path, operator.value)) for operator, value in values.items()]


def _comparison(column: AnyRow, operator: Operator, value: object, path: tuple[str, ...]) -> Comparison:
    kind = LogicalType(column.logical_type.value)
    if operator is Operator.IS_NULL:
        return Comparison(column.field_path, operator, (value is True,), path)
    if kind in _NESTED:
        raise InvalidInput(say("NESTED_IS_NULL", "Nested values are compared by isNull only."), path=path)
    if operator in _TEXT_ONLY and kind is not LogicalType.STRING:
        raise InvalidInput(say("ONLY_TEXTS", "Only texts are compared so."), path=path)
    if operator in _ORDERED and kind is LogicalType.BOOLEAN:
        raise InvalidInput(say("BOOLEANS_NO_ORDER", "True and false have no order."), path=path)
    given = value if isinstance(value, list) else [value]
    if not 1 <= len(given) <= MOST_VALUES:
        raise InvalidInput(say("MOST_FILTER_VALUES", "Give 1 to {most:,} values.", most=MOST_VALUES), path=path)
    return Comparison(column.field_path, operator, tuple(_literal(one, kind, column.native_type, path) for one in given), path)


def _literal(value: object, kind: LogicalType, native_type: str, path: tuple[str, ...]) -> Literal:
    if isinstance(value, str) and (len(value) > MOST_CHARACTERS or "\x00" in value):
        raise InvalidInput(
            say("MOST_FILTER_CHARACTERS", "Give at most {most:,} characters, none of them NUL.", most=MOST_CHARACTERS), path=path
        )
    try:
        match kind:
            case LogicalType.BOOLEAN if isinstance(value, bool):
                return value
            case LogicalType.STRING if isinstance(value, str):
                return value
            case LogicalType.INTEGER | LogicalType.NUMBER if isinstance(value, int | float | str) and not isinstance(value, bool):
                return _number(value, whole=kind is LogicalType.INTEGER)
            case LogicalType.DATE if isinstance(value, str):
                return dt.date.fromisoformat(value)
            case LogicalType.TIME if isinstance(value, str):
                time = dt.time.fromisoformat(value)
                _check_moment(time, value, zoned=False)
                return time
            case LogicalType.TIMESTAMP if isinstance(value, str):
                moment = dt.datetime.fromisoformat(value)
                _check_moment(moment, value, zoned="WITH TIME ZONE" in native_type)
                return moment if moment.tzinfo is None else moment.astimezone(dt.UTC)
    except (ValueError, OverflowError, InvalidOperation):
        pass
    raise InvalidInput(
        say("VALUE_NEEDED", "{expected} is needed here.", expected=_EXPECTED[_zoned(kind, native_type)]), path=path
    )


_EXPECTED = {
    "BOOLEAN": say("NEEDED_BOOLEAN", "True or false"),
    "STRING": "A text",
    "INTEGER": say("NEEDED_INTEGER", "A whole number of at most 38 digits"),
    "NUMBER": "A number",
    "DATE": say("NEEDED_DATE", "A date such as 2026-01-31"),
    "TIME": say("NEEDED_TIME", "A time of day such as 12:30:00, to the microsecond"),
    "TIMESTAMP": say("NEEDED_LOCAL_MOMENT", "A moment such as 2026-01-31T12:30:00, without a time zone, to the microsecond"),
    "MOMENT": say("NEEDED_MOMENT", "A moment with its time zone such as 2026-01-31T12:30:00Z, to the microsecond"),
}


def _zoned(kind: LogicalType, native_type: str) -> str:
    return "MOMENT" if kind is LogicalType.TIMESTAMP and "WITH TIME ZONE" in native_type else kind.value


def _number(value: int | float | str, *, whole: bool) -> int | float | Decimal:
    """Exact. Raises ValueError, InvalidOperation: it is no number that a cell can hold."""
    number = Decimal(str(value))
    if not number.is_finite():
        if whole:
            raise ValueError(value)
        return float(number)
    if number and not -400 < number.adjusted() < (38 if whole else 400):
        raise ValueError(value)
    if whole:
        if number != number.to_integral_value():
            raise ValueError(value)
        return int(number)
    return number


def _check_moment(moment: dt.time | dt.datetime, text: str, *, zoned: bool) -> None:
    """Raises ValueError: it has a zone where it may have none, or the other way round; or more digits than it keeps."""
    _, _, fraction = text.partition(".")
    digits = len(fraction) - len(fraction.lstrip("0123456789"))
    if (moment.tzinfo is not None) is not zoned or digits > 6:
        raise ValueError(text)
