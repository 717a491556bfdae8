"""What of a stored table is looked at: which rows, in which order. Without reading anything."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from hashlib import sha256
from typing import TYPE_CHECKING

from app.core.errors import InvalidInput
from app.core.phrases import say

if TYPE_CHECKING:
    import polars as pl

Literal = bool | int | float | str | Decimal | dt.date | dt.datetime | dt.time
"""A value to compare with, in the Python type of its column's logical type; numbers are int, Decimal, or float where not finite."""

KEY_CHARACTERS = 200
"""Texts are put in order by so many characters, so that the keys of many rows fit into memory."""


class Operator(StrEnum):
    """How a cell is compared. A cell without a value fulfils IS_NULL only."""

    EQ = "eq"
    NE = "ne"
    LT = "lt"
    LTE = "lte"
    GT = "gt"
    GTE = "gte"
    IN = "in"
    CONTAINS = "contains"
    STARTS_WITH = "startsWith"
    IS_NULL = "isNull"


@dataclass(frozen=True, slots=True)
class Comparison:
    """One column compared with one value; with several where the operator is IN."""

    column: str
    operator: Operator
    values: tuple[Literal, ...]
    path: tuple[str, ...] = field(default=(), compare=False, repr=False)
    """Of the input, for errors."""


@dataclass(frozen=True, slots=True)
class Combination:
    """All of its parts hold, or one of them."""

    every: bool
    parts: tuple["Condition", ...]
    """At least one."""


Condition = Comparison | Combination


@dataclass(frozen=True, slots=True)
class Order:
    """A column by which rows are put in order. Cells without a value come last in either direction."""

    column: str
    descending: bool


@dataclass(frozen=True, slots=True)
class RowView:
    """Some rows of a table in some order; rows that are equal in it stay in the order of the file."""

    condition: Condition | None = None
    orders: tuple[Order, ...] = ()

    @property
    def is_whole(self) -> bool:
        """All rows in the order of the file."""
        return self.condition is None and not self.orders

    @property
    def digest(self) -> str:
        """The same for equal views."""
        return sha256(repr((self.condition, self.orders)).encode()).hexdigest()[:16]

    def columns(self) -> list[str]:
        """The columns that it takes to find the rows."""
        found = [order.column for order in self.orders]
        if self.condition is not None:
            found += (comparison.column for comparison in comparisons(self.condition))
        return list(dict.fromkeys(found))


def comparisons(condition: Condition) -> Iterator[Comparison]:
    """All comparisons of a condition."""
    if isinstance(condition, Comparison):
        yield condition
        return
    for part in condition.parts:
        yield from comparisons(part)


def expression(condition: Condition, schema: "pl.Schema") -> "pl.Expr":
    """The condition for polars.

    Raises:
        InvalidInput: a value that no cell of its column can have, as 1.234 where the column keeps two decimals.
    """
    import polars as pl

    if isinstance(condition, Comparison):
        return _comparison(condition, schema[condition.column])
    parts = [expression(part, schema) for part in condition.parts]
    return pl.all_horizontal(parts) if condition.every else pl.any_horizontal(parts)


def _comparison(condition: Comparison, kind: "pl.DataType") -> "pl.Expr":
    import polars as pl

    column = pl.col(condition.column)
    if condition.operator is Operator.IS_NULL:
        return column.is_null() if condition.values[0] else column.is_not_null()
    if kind == pl.Binary:
        column, kind = column.cast(pl.String), pl.String()
    values = [_literal(value, kind, condition.path) for value in condition.values]
    match condition.operator:
        case Operator.EQ:
            return column == values[0]
        case Operator.NE:
            return column != values[0]
        case Operator.LT:
            return column < values[0]
        case Operator.LTE:
            return column <= values[0]
        case Operator.GT:
            return column > values[0]
        case Operator.GTE:
            return column >= values[0]
        case Operator.IN:
            return pl.any_horizontal([column == value for value in values])
        case Operator.CONTAINS:
            return column.str.to_lowercase().str.contains(values[0].str.to_lowercase(), literal=True)
        case Operator.STARTS_WITH:
            return column.str.to_lowercase().str.starts_with(values[0].str.to_lowercase())


def _literal(value: Literal, kind: "pl.DataType", path: tuple[str, ...]) -> "pl.Expr":
    import polars as pl

    if kind.is_float():
        assert isinstance(value, int | float | Decimal)
        return pl.lit(float(value), dtype=type(kind))
    if isinstance(kind, pl.Decimal):
        return _decimal(value, kind, path)
    if kind.is_integer():
        return pl.lit(value, dtype=pl.Int64 if -(2**63) <= int(str(value)) < 2**63 else pl.Int128)
    return pl.lit(value, dtype=kind)


def _decimal(value: Literal, kind: "pl.Decimal", path: tuple[str, ...]) -> "pl.Expr":
    import polars as pl

    number = Decimal(str(value))
    if not number.is_finite() or -int(number.normalize().as_tuple().exponent) > kind.scale:
        raise InvalidInput(
            say("COLUMN_DECIMALS", "The column holds numbers with at most {scale} decimals.", scale=kind.scale), path=path
        )
    if number.adjusted() + 1 + kind.scale > 38:
        raise InvalidInput(
            say(
                "COLUMN_DIGITS", "The column holds numbers with at most {digits} digits before the point.", digits=38 - kind.scale
            ),
            path=path,
        )
    return pl.lit(number, dtype=pl.Decimal(38, kind.scale))


def keys(orders: tuple[Order, ...], schema: "pl.Schema") -> "list[pl.Expr]":
    """The values by which rows are put in order, named key0, key1 ..."""
    import polars as pl

    found = []
    for index, order in enumerate(orders):
        key = pl.col(order.column)
        if schema[order.column] == pl.Binary:
            key = key.cast(pl.String)
        if schema[order.column] in (pl.String, pl.Binary):
            key = key.str.slice(0, KEY_CHARACTERS)
        found.append(key.alias(f"key{index}"))
    return found
