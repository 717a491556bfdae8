"""Keyset cursors: opaque, and bound to the order that they were made for."""

import base64
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Generic, TypeVar
from uuid import UUID

import orjson

from app.core.errors import InvalidInput
from app.core.phrases import say

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """One page of a connection."""

    rows: list[T]
    cursors: list[str]
    has_next_page: bool
    has_previous_page: bool


def page(rows: Sequence[T], first: int, after: str | None, cursor_of: Callable[[T], str]) -> Page[T]:
    """A page from up to `first` + 1 rows: the extra row only tells that there is more."""
    kept = list(rows[:first])
    return Page(kept, [cursor_of(row) for row in kept], len(rows) > first, after is not None)


def encode(order: str, *values: str | int | float | datetime | UUID | None) -> str:
    """An opaque cursor for the position `values` in `order`."""
    # default=str: asyncpg's UUIDs are a class of their own, which orjson does not know.
    return base64.urlsafe_b64encode(orjson.dumps([order, *values], default=str)).decode().rstrip("=")


def decode(cursor: str, order: str, *kinds: type) -> list[object]:
    """The values of a cursor made by `encode` for the same order.

    Args:
        kinds: the type of each value; datetime and UUID are restored from text.

    Raises:
        InvalidInput: it is not a cursor, or one of another list or order.
    """
    try:
        padded = cursor.encode("ascii") + b"=" * (-len(cursor) % 4)
        found, *values = orjson.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
        if found != order or len(values) != len(kinds):
            raise ValueError(found)
        return [_restore(value, kind) for value, kind in zip(values, kinds, strict=True)]
    except (ValueError, TypeError, AttributeError, OverflowError) as error:
        message = say("CURSOR_FOREIGN", "This cursor does not belong to this list and order. Use an endCursor of the same query.")
        raise InvalidInput(message, path=("after",)) from error


def moment_and_id(cursor: str, order: str) -> tuple[datetime, UUID]:
    """The values of a cursor that holds a moment and an id. Raises InvalidInput as `decode`."""
    moment, row_id = decode(cursor, order, datetime, UUID)
    assert isinstance(moment, datetime)
    assert isinstance(row_id, UUID)
    return moment, row_id


def decode_int(cursor: str, order: str) -> int:
    """The only value of a cursor that holds a whole number. Raises InvalidInput as `decode`."""
    (value,) = decode(cursor, order, int)
    assert isinstance(value, int)
    return value


def _restore(value: object, kind: type) -> object:
    if kind is datetime:
        moment = datetime.fromisoformat(str(value))
        if moment.tzinfo is None:
            raise ValueError(value)
        return moment.astimezone(UTC)
    if kind is UUID:
        return UUID(str(value))
    if kind is float and type(value) is int:
        return float(value)
    if type(value) is not kind:
        raise ValueError(value)
    if isinstance(value, int) and not -(2**63) <= value < 2**63:
        raise ValueError(value)
    if isinstance(value, str) and "\x00" in value:
        raise ValueError(value)
    return value
