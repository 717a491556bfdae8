"""One-time links that are sent by mail."""

from typing import Annotated

import strawberry

from app.models.accounts import LinkPurpose
from app.resolvers.answers import answer
from app.schema.base import Info
from app.schema.links import (
    ChoosePasswordInput,
    ChoosePasswordPayload,
    RequestPasswordResetInput,
    RequestPasswordResetPayload,
)
from app.services.accounts import links


@strawberry.type
class LinksMutation:
    @strawberry.mutation(description="Sends a link to choose another password, good for an hour, to the account's address.")
    async def request_password_reset(
        self, info: Info, input: Annotated[RequestPasswordResetInput, strawberry.argument(description="Who.")]
    ) -> RequestPasswordResetPayload:
        async def done() -> RequestPasswordResetPayload:
            context = info.context
            issuer = context.resources.issuer
            await links.request_reset(issuer, email=input.email, asker=context.asker, origin=context.origin)
            return RequestPasswordResetPayload()

        return await answer(RequestPasswordResetPayload, done())

    @strawberry.mutation(description="Gives an account another password by a link, and ends all its sessions.")
    async def reset_password(
        self, info: Info, input: Annotated[ChoosePasswordInput, strawberry.argument(description="The link and the password.")]
    ) -> ChoosePasswordPayload:
        return await answer(ChoosePasswordPayload, _choose(info, input, LinkPurpose.PASSWORD_RESET))

    @strawberry.mutation(description="Gives a new account its first password by the link of its invitation.")
    async def accept_invitation(
        self, info: Info, input: Annotated[ChoosePasswordInput, strawberry.argument(description="The link and the password.")]
    ) -> ChoosePasswordPayload:
        return await answer(ChoosePasswordPayload, _choose(info, input, LinkPurpose.INVITATION))


async def _choose(info: Info, input: ChoosePasswordInput, purpose: LinkPurpose) -> ChoosePasswordPayload:
    context = info.context
    await links.choose_password(
        context.resources.issuer,
        token=input.token,
        password=input.password,
        purpose=purpose,
        asker=context.asker,
        origin=context.origin,
    )
    return ChoosePasswordPayload()
