"""Accounts as administrators see and change them."""

from typing import Annotated
from uuid import UUID

import strawberry

from app.core.viewer import Role
from app.resolvers.answers import answer
from app.schema.accounts import CreateUserInput, UpdateUserInput, User, UserFilter, UserInput, UserPayload
from app.schema.base import After, First, Info, check_first, optional
from app.schema.connections import Connection
from app.schema.ids import from_id
from app.services.accounts import lost_factor, users


@strawberry.type
class UsersQuery:
    @strawberry.field(description="Accounts, oldest first.")
    async def users(
        self,
        info: Info,
        first: First,
        after: After = None,
        filter: Annotated[UserFilter | None, strawberry.argument(description="Conditions.")] = None,
    ) -> Connection[User]:
        check_first(first)
        wanted = users.UserFilter()
        if filter is not None:
            role = None if filter.role is None else Role(filter.role.name)
            wanted = users.UserFilter(text=filter.text, role=role, active=filter.active)
        async with info.context.read() as connection:
            page = await users.list_users(connection, info.context.viewer, first=first, after=after, filter=wanted)
        return Connection.of(page, User.of)


@strawberry.type
class UsersMutation:
    @strawberry.mutation(description="A new account. For administrators.")
    async def create_user(
        self, info: Info, input: Annotated[CreateUserInput, strawberry.argument(description="The account.")]
    ) -> UserPayload:
        async def done() -> UserPayload:
            known = await users.first_password(info.context.viewer, input.password, email=input.email)
            return await _written(
                info,
                await info.context.write(
                    lambda session, viewer: users.create(
                        session,
                        viewer,
                        info.context.resources.issuer,
                        email=input.email,
                        display_name=input.display_name,
                        role=Role(input.role.name),
                        password_hash=known,
                    )
                ),
            )

        return await answer(UserPayload, done())

    @strawberry.mutation(description="Changes an account. For administrators; another role needs a fresh proof (`stepUp`).")
    async def update_user(
        self, info: Info, input: Annotated[UpdateUserInput, strawberry.argument(description="The changes.")]
    ) -> UserPayload:
        async def done() -> UserPayload:
            user_id = from_id(input.id, "User")
            changes = users.Changes(
                role=None if input.role is None else Role(input.role.name),
                active=input.active,
                display_name=input.display_name,
            )
            return await _written(
                info,
                await info.context.write(lambda session, viewer: users.update_user(session, viewer, user_id, changes=changes)),
            )

        return await answer(UserPayload, done())

    @strawberry.mutation(description="Ends all sessions of an account. API keys stay. For administrators.")
    async def end_user_sessions(
        self, info: Info, input: Annotated[UserInput, strawberry.argument(description="Whose.")]
    ) -> UserPayload:
        async def done() -> UserPayload:
            user_id = from_id(input.user_id, "User", "userId")
            return await _written(
                info, await info.context.write(lambda session, viewer: users.end_sessions(session, viewer, user_id))
            )

        return await answer(UserPayload, done())

    @strawberry.mutation(
        description="Mails the account a new link: to accept its invitation while it has no password, else to choose another one. "
        "For administrators."
    )
    async def send_user_link(
        self, info: Info, input: Annotated[UserInput, strawberry.argument(description="Whom.")]
    ) -> UserPayload:
        async def done() -> UserPayload:
            user_id, issuer = from_id(input.user_id, "User", "userId"), info.context.resources.issuer
            return await _written(
                info, await info.context.write(lambda session, viewer: users.send_link(session, viewer, issuer, user_id))
            )

        return await answer(UserPayload, done())

    @strawberry.mutation(
        description="Turns the second factor of an account off whose person has lost it, ends its sessions, and tells the person by "
        "mail. For administrators; needs a fresh proof (`stepUp`)."
    )
    async def reset_user_second_factor(
        self, info: Info, input: Annotated[UserInput, strawberry.argument(description="Whose.")]
    ) -> UserPayload:
        async def done() -> UserPayload:
            user_id, sealer = from_id(input.user_id, "User", "userId"), info.context.resources.issuer.sealer
            return await _written(
                info, await info.context.write(lambda session, viewer: lost_factor.reset(session, viewer, sealer, user_id))
            )

        return await answer(UserPayload, done())


async def _written(info: Info, user_id: UUID) -> UserPayload:
    return UserPayload(user=optional(User.of, await info.context.loaders.user_by_id.load(user_id)))
