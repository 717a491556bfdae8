"""What no API key may do, whatever its account may, and what nobody may who has a second factor to set up first: decided in
front of every mutation, from the table of `app.api.policy`.

Services decide the rest, each about its own objects. This stands before them, so that a mutation that nobody thought of is
not open to a key that was made for reading.
"""

from collections.abc import Awaitable
from inspect import isawaitable
from typing import Protocol, cast

from graphql import GraphQLField, GraphQLResolveInfo, GraphQLSchema, get_named_type
from strawberry.types.base import StrawberryObjectDefinition

from app.api.policy import POLICY, WHILE_ENROLLING, Who
from app.context import Context
from app.core.errors import Forbidden
from app.core.phrases import say
from app.core.viewer import Scope, Viewer
from app.resolvers.answers import Payload
from app.schema.base import UserError


class _Resolver(Protocol):
    def __call__(self, source: object, info: GraphQLResolveInfo[Context], **arguments: object) -> object: ...


def check(viewer: Viewer, who: Who) -> None:
    """Raises Forbidden for an API key that may not call a mutation of this rule."""
    if viewer.scope is None or who is Who.ANYBODY:
        return
    if who is Who.PERSON:
        raise Forbidden(say("KEY_CANNOT", "An API key cannot do this. Sign in as a person."))
    if viewer.scope < Scope.WRITE:
        raise Forbidden(say("NO_WRITE_SCOPE", "This API key does not have the scope WRITE."))


def enforce(schema: GraphQLSchema) -> None:
    """Every mutation of the schema asks `check` first.

    Raises:
        LookupError: a mutation has no rule.
    """
    fields = schema.mutation_type.fields if schema.mutation_type else {}
    for name, field in fields.items():
        if ("Mutation", name) not in POLICY:
            raise LookupError(f"The mutation {name} has no rule: give it one in app/api/policy.py.")
        field.resolve = _bounded(field, POLICY["Mutation", name], enrolling=name in WHILE_ENROLLING)


def _bounded(field: GraphQLField, who: Who, *, enrolling: bool) -> _Resolver:
    resolve = cast(_Resolver, field.resolve)
    definition = cast(StrawberryObjectDefinition, get_named_type(field.type).extensions["strawberry-definition"])
    payload = cast(type[Payload], definition.origin)

    async def bounded(source: object, info: GraphQLResolveInfo[Context], **arguments: object) -> object:
        context = info.context
        if context.viewer_or_none is not None:
            try:
                check(context.viewer_or_none, who)
            except Forbidden as error:
                return payload(errors=[UserError.of(error)])
        elif context.enrolling is not None and context.refused is not None and who is not Who.ANYBODY and not enrolling:
            raise context.refused
        done = resolve(source, info, **arguments)
        return await cast(Awaitable[object], done) if isawaitable(done) else done

    return bounded
