"""What all types share: the operation's context, Node, page information, errors in payloads."""

import enum
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Annotated, TypeVar

import strawberry

from app.context import Context
from app.core.errors import DomainError, InvalidInput, NotFound
from app.core.phrases import say
from app.core.rows import AnyRow
from app.schema.phrases import Phrase

Info = strawberry.Info[Context, None]
T = TypeVar("T")

MAX_FIRST = 100

First = Annotated[int, strawberry.argument(description="How many, 1-100.")]
After = Annotated[str | None, strawberry.argument(description="`endCursor` or an edge's `cursor` of the page before.")]


def check_first(first: int, *, most: int = MAX_FIRST) -> int:
    """`first`, when it lies within its bounds; raises InvalidInput otherwise."""
    if not 1 <= first <= most:
        raise InvalidInput(
            say("FIRST_RANGE", "`first` has to be 1 to {most}; it is {first}.", most=most, first=first), path=("first",)
        )
    return first


def in_utc(moment: datetime | None, *path: str) -> datetime | None:
    """The moment in UTC; raises InvalidInput when it has no time zone, or lies outside of the years 1-9999."""
    if moment is None:
        return None
    if moment.tzinfo is None:
        raise InvalidInput(say("MOMENT_ZONE", "Give the time zone: 2026-01-31T12:00:00Z."), path=path)
    try:
        return moment.astimezone(UTC)
    except OverflowError as error:
        raise InvalidInput(say("MOMENT_YEARS", "Give a moment between the years 1 and 9999."), path=path) from error


def optional(make: Callable[[AnyRow], T], row: AnyRow | None) -> T | None:
    """The type made of a row, or None for none."""
    return None if row is None else make(row)


def required(row: AnyRow | None) -> AnyRow:
    """The row of an object that something visible refers to; it may have become invisible a moment ago.

    Raises:
        NotFound: there is none.
    """
    if row is None:
        raise NotFound(say("NO_LONGER_THERE", "This object is no longer there, or you may no longer see it."))
    return row


@strawberry.interface(description="An object with a global id. `node(id)` finds each.")
class Node:
    id: strawberry.ID = strawberry.field(description="Global id: opaque, the same for ever.")


@strawberry.type(description="Where a page lies in its list.")
class PageInfo:
    has_next_page: bool = strawberry.field(description="True when there is more after this page.")
    has_previous_page: bool = strawberry.field(description="True when this is not the first page.")
    start_cursor: str | None = strawberry.field(description="Cursor of the first edge; null on an empty page.")
    end_cursor: str | None = strawberry.field(description="Cursor of the last edge, for `after`; null on an empty page.")

    @classmethod
    def of(cls, cursors: list[str], *, has_next: bool, has_previous: bool) -> "PageInfo":
        """From the cursors of a page's edges."""
        return cls(
            has_next_page=has_next,
            has_previous_page=has_previous,
            start_cursor=cursors[0] if cursors else None,
            end_cursor=cursors[-1] if cursors else None,
        )


@strawberry.enum(description="Why a mutation changed nothing.")
class ErrorCode(enum.Enum):
    NOT_FOUND = strawberry.enum_value("NOT_FOUND", description="No such object, or you may not see it.")
    CONFLICT = strawberry.enum_value("CONFLICT", description="The object's state, or a newer change, does not allow it.")
    INVALID_INPUT = strawberry.enum_value("INVALID_INPUT", description="A value cannot be accepted; `path` names it.")
    FORBIDDEN = strawberry.enum_value("FORBIDDEN", description="You see the object but may not do this.")
    LIMIT_EXCEEDED = strawberry.enum_value("LIMIT_EXCEEDED", description="A quota or bound was reached.")
    UNAVAILABLE = strawberry.enum_value("UNAVAILABLE", description="A dependency does not answer; try again in a few seconds.")
    STEP_UP_REQUIRED = strawberry.enum_value("STEP_UP_REQUIRED", description="Sign in again to do this.")
    INVALID_CREDENTIALS = strawberry.enum_value("INVALID_CREDENTIALS", description="Wrong e-mail address or password.")


@strawberry.type(description="Why a mutation changed nothing, for a person and for a program.")
class UserError:
    code: ErrorCode = strawberry.field(description="A closed set, for programs.")
    message: str = strawberry.field(description="What is wrong and what to do, for people.")
    message_phrase: Phrase = strawberry.field(description="`message` for a page in another language.")
    path: list[str] | None = strawberry.field(description="The input field that is wrong, outermost first; null when none is.")

    @classmethod
    def of(cls, error: DomainError) -> "UserError":
        """From a domain error."""
        path = ["input", *error.path] if error.path else None
        return cls(code=ErrorCode(error.code), message=str(error.message), message_phrase=Phrase.of(error.message), path=path)


def errors_field() -> list[UserError]:
    """The `errors` field of every payload."""
    return strawberry.field(  # type: ignore[no-any-return]
        default_factory=list, description="Empty when it was done; otherwise nothing was changed and the object is null."
    )
