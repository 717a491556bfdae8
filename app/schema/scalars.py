"""Scalars beside GraphQL's own."""

from typing import NewType

import strawberry
from graphql import GraphQLError
from strawberry.scalars import JSON
from strawberry.types.scalar import ScalarDefinition

BigInt = NewType("BigInt", int)


def _serialize(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise GraphQLError(f"BigInt cannot represent {value!r}.")
    return value


def _parse(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int | str):
        raise GraphQLError("BigInt takes a whole number, or its decimal digits as a string.")
    try:
        number = int(value) if len(str(value)) <= 20 else None
    except ValueError:
        number = None
    if number is None or not -(2**63) <= number < 2**63:
        raise GraphQLError("BigInt takes a whole number of at most 64 bits.")
    return number


def as_json(value: object) -> JSON | None:
    """A value of a field of the scalar JSON; None stays null."""
    return None if value is None else JSON(value)


SCALARS: dict[object, ScalarDefinition] = {
    BigInt: strawberry.scalar(
        name="BigInt",
        description="A whole number of up to 64 bits, sent as a JSON number; accepted as a number or as decimal digits in a string.",
        serialize=_serialize,
        parse_value=_parse,
    )
}
