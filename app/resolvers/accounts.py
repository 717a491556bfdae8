"""Signing in and out, sessions, passwords."""

from typing import Annotated

import strawberry

from app.core.errors import InvalidCredentials, SecondFactorRequired, Unauthenticated
from app.core.phrases import say
from app.core.viewer import System
from app.resolvers.answers import answer
from app.schema.accounts import (
    ChangePasswordInput,
    ChangePasswordPayload,
    MfaChallenge,
    RefreshSessionPayload,
    RevokeSessionInput,
    RevokeSessionPayload,
    Session,
    SignInInput,
    SignInOptions,
    SignInPayload,
    SignInSession,
    SignOutEverywherePayload,
    SignOutPayload,
    User,
)
from app.schema.base import Info, UserError
from app.schema.ids import from_id, to_id
from app.services.accounts import devices, sessions, sign_in
from app.services.accounts.addresses import key_of


@strawberry.type
class AccountsQuery:
    @strawberry.field(description="The account that asks; null when nobody is signed in.")
    async def viewer(self, info: Info) -> User | None:
        account = info.context.account_or_none
        if account is None and isinstance(info.context.refused, SecondFactorRequired):
            raise info.context.refused
        return None if account is None else User.of_viewer(account)

    @strawberry.field(description="How people sign in here besides a password.")
    async def sign_in_options(self, info: Info) -> SignInOptions:
        settings = info.context.resources.settings
        return SignInOptions(provider_name=settings.oidc_name if settings.oidc_issuer else None)

    @strawberry.field(description="Your sessions that have not ended, the one used last first; at most 100.")
    async def sessions(self, info: Info) -> list[SignInSession]:
        async with info.context.read() as connection:
            rows = await sessions.list_own(connection, info.context.viewer)
        return [SignInSession.of(row, info.context.session_id) for row in rows]


@strawberry.type
class AccountsMutation:
    @strawberry.mutation(description="Starts a session. A wrong address and a wrong password give the same error.")
    async def sign_in(
        self, info: Info, input: Annotated[SignInInput, strawberry.argument(description="What was typed.")]
    ) -> SignInPayload:
        async def done() -> SignInPayload:
            context = info.context
            opened = await sign_in.sign_in(
                context.resources.issuer,
                email=input.email,
                password=input.password,
                asker=context.asker,
                origin=context.origin,
            )
            if isinstance(opened, sign_in.Challenge):
                return SignInPayload(mfa_challenge=MfaChallenge(token=opened.token, expires_at=opened.expires_at))
            return SignInPayload(session=opened_here(info, opened))

        return await answer(SignInPayload, done())

    @strawberry.mutation(description="The next access token, by the refresh cookie. Each refresh token works once.")
    async def refresh_session(self, info: Info) -> RefreshSessionPayload:
        context = info.context
        token = context.cookies.refresh_token
        if token is None:
            return _not_refreshed(say("NO_SESSION_TO_REFRESH", "There is no session to refresh. Sign in."))
        try:
            session = await sessions.refresh(context.resources.issuer, token, origin=context.origin)
        except Unauthenticated as ended:
            context.cookies.clear = True
            return _not_refreshed(ended.message)
        return RefreshSessionPayload(session=keep(info, session))

    @strawberry.mutation(description="Ends the session on this device. Without a session it changes nothing.")
    async def sign_out(self, info: Info) -> SignOutPayload:
        context = info.context
        context.cookies.clear = True
        if context.account_or_none is not None and context.session_id is not None:
            async with context.transaction(context.account) as session:
                await sessions.sign_out(session, context.account, context.session_id)
        elif context.cookies.refresh_token is not None:
            async with context.resources.db.transaction(System("api")) as session:
                session.info["origin"] = context.origin
                await sessions.sign_out_by_refresh_token(session, context.cookies.refresh_token)
        return SignOutPayload()

    @strawberry.mutation(description="Ends all your sessions on all devices, this one too. API keys stay.")
    async def sign_out_everywhere(self, info: Info) -> SignOutEverywherePayload:
        async with info.context.transaction() as session:
            await sessions.sign_out_everywhere(session, info.context.viewer)
        info.context.cookies.clear = True
        return SignOutEverywherePayload()

    @strawberry.mutation(description="Ends one of your sessions.")
    async def revoke_session(
        self, info: Info, input: Annotated[RevokeSessionInput, strawberry.argument(description="Which one.")]
    ) -> RevokeSessionPayload:
        async def done() -> RevokeSessionPayload:
            session_id = from_id(input.id, "SignInSession")
            await info.context.write(lambda session, viewer: sessions.revoke(session, viewer, session_id))
            return RevokeSessionPayload(revoked_id=to_id("SignInSession", session_id))

        return await answer(RevokeSessionPayload, done())

    @strawberry.mutation(description="Gives you another password and ends your other sessions.")
    async def change_password(
        self, info: Info, input: Annotated[ChangePasswordInput, strawberry.argument(description="The old and the new one.")]
    ) -> ChangePasswordPayload:
        async def done() -> ChangePasswordPayload:
            context = info.context
            await sign_in.change_password(
                context.resources.issuer,
                context.viewer,
                current=input.current_password,
                new=input.new_password,
                origin=context.origin,
            )
            return ChangePasswordPayload()

        return await answer(ChangePasswordPayload, done())


def opened_here(info: Info, session: sessions.Session) -> Session:
    """`keep` of a session that has just been opened: this browser is one that knows the account."""
    info.context.cookies.set_device = devices.mark(info.context.resources.issuer.sealer, key_of(session.viewer.email))
    return keep(info, session)


def keep(info: Info, session: sessions.Session) -> Session:
    """The session as the client gets it; its refresh token goes into the cookie."""
    info.context.cookies.set_refresh_token = (session.refresh_token, session.refresh_expires_at.timestamp())
    return Session(access_token=session.access_token, expires_at=session.expires_at, viewer=User.of_viewer(session.viewer))


def _not_refreshed(message: str) -> RefreshSessionPayload:
    return RefreshSessionPayload(errors=[UserError.of(InvalidCredentials(message))])
