"""Signing in and out."""

from typing import Annotated

import strawberry

from app.core.errors import Unauthenticated
from app.core.viewer import System
from app.resolvers.answers import answer
from app.schema.accounts import (
    RefreshSessionPayload,
    Session,
    SignInInput,
    SignInPayload,
    SignOutPayload,
    User,
)
from app.schema.base import ErrorCode, Info, UserError
from app.services import accounts


@strawberry.type
class AccountsQuery:
    @strawberry.field(description="The account that asks; null when nobody is signed in.")
    async def viewer(self, info: Info) -> User | None:
        viewer = info.context.viewer_or_none
        return None if viewer is None else User.of_viewer(viewer)


@strawberry.type
class AccountsMutation:
    @strawberry.mutation(description="Starts a session. A wrong address and a wrong password give the same error.")
    async def sign_in(
        self, info: Info, input: Annotated[SignInInput, strawberry.argument(description="What was typed.")]
    ) -> SignInPayload:
        async def done() -> SignInPayload:
            context = info.context
            session = await accounts.sign_in(
                context.resources.db,
                context.resources.signer,
                context.resources.settings,
                email=input.email,
                password=input.password,
                origin=context.origin,
            )
            return SignInPayload(session=_open(info, session))

        return await answer(SignInPayload, done())

    @strawberry.mutation(description="The next access token, by the refresh cookie. Each refresh token works once.")
    async def refresh_session(self, info: Info) -> RefreshSessionPayload:
        context = info.context
        token = context.cookies.refresh_token
        if token is None:
            error = UserError(code=ErrorCode.INVALID_CREDENTIALS, message="There is no session to refresh. Sign in.", path=None)
            return RefreshSessionPayload(errors=[error])
        try:
            session = await accounts.refresh(context.resources.db, context.resources.signer, token, origin=context.origin)
        except Unauthenticated as ended:
            context.cookies.clear = True
            return RefreshSessionPayload(errors=[UserError(code=ErrorCode.INVALID_CREDENTIALS, message=ended.message, path=None)])
        return RefreshSessionPayload(session=_open(info, session))

    @strawberry.mutation(description="Ends the session on this device. Without a session it changes nothing.")
    async def sign_out(self, info: Info) -> SignOutPayload:
        context = info.context
        context.cookies.clear = True
        if context.viewer_or_none is not None and context.session_id is not None:
            async with context.resources.db.transaction(context.viewer) as session:
                session.info["origin"] = context.origin
                await accounts.sign_out(session, context.viewer, context.session_id)
        elif context.cookies.refresh_token is not None:
            async with context.resources.db.transaction(System("api")) as session:
                session.info["origin"] = context.origin
                await accounts.sign_out_by_refresh_token(session, context.cookies.refresh_token)
        return SignOutPayload()


def _open(info: Info, session: accounts.Session) -> Session:
    info.context.cookies.set_refresh_token = (session.refresh_token, session.refresh_expires_at.timestamp())
    return Session(access_token=session.access_token, expires_at=session.expires_at, viewer=User.of_viewer(session.viewer))
