"""The second factor, and proving again who one is."""

from dataclasses import replace
from typing import Annotated

import strawberry

from app.core.errors import InvalidCredentials
from app.core.phrases import say
from app.resolvers.accounts import opened_here
from app.resolvers.answers import answer
from app.schema.accounts import User
from app.schema.base import Info
from app.schema.second_factor import (
    ConfirmTotpInput,
    DisableTotpPayload,
    EnrollTotpPayload,
    RecoveryCodesPayload,
    StepUpInput,
    StepUpPayload,
    VerifyTotpInput,
    VerifyTotpPayload,
)
from app.services.accounts import second_factor, sign_in


@strawberry.type
class SecondFactorMutation:
    @strawberry.mutation(description="The second step of a sign-in. Five wrong codes within 15 minutes are the last.")
    async def verify_totp(
        self, info: Info, input: Annotated[VerifyTotpInput, strawberry.argument(description="The challenge and a code.")]
    ) -> VerifyTotpPayload:
        async def done() -> VerifyTotpPayload:
            context = info.context
            session = await sign_in.verify(
                context.resources.issuer,
                challenge_token=input.challenge_token,
                code=input.code,
                asker=context.asker,
                origin=context.origin,
            )
            return VerifyTotpPayload(session=opened_here(info, session))

        return await answer(VerifyTotpPayload, done())

    @strawberry.mutation(description="Makes a seed for an authenticator app. Needs a fresh proof of who you are (`stepUp`).")
    async def enroll_totp(self, info: Info) -> EnrollTotpPayload:
        async def done() -> EnrollTotpPayload:
            account = info.context.account
            async with info.context.transaction(account) as session:
                made = await second_factor.enrol(session, account, info.context.resources.issuer.sealer)
            return EnrollTotpPayload(secret=made.secret, otpauth_uri=made.otpauth_uri, qr_code_svg=made.qr_code_svg)

        return await answer(EnrollTotpPayload, done())

    @strawberry.mutation(description="Turns the second factor on by a code of the app, and ends your other sessions.")
    async def confirm_totp(
        self, info: Info, input: Annotated[ConfirmTotpInput, strawberry.argument(description="The code.")]
    ) -> RecoveryCodesPayload:
        async def done() -> RecoveryCodesPayload:
            account, issuer = info.context.account, info.context.resources.issuer
            tries = await issuer.throttle.code(account.id)
            async with info.context.transaction(account) as session:
                codes = await second_factor.confirm(session, account, issuer.sealer, input.code, tries)
            if codes is None:
                raise InvalidCredentials(
                    say("CODE_WRONG", "The code is wrong. Look at the clock of the device, and give the newest code.")
                )
            await issuer.throttle.right(tries)
            return RecoveryCodesPayload(recovery_codes=codes, viewer=User.of_viewer(replace(account, mfa_enabled=True)))

        return await answer(RecoveryCodesPayload, done())

    @strawberry.mutation(description="Ten new recovery codes; the old ones are void. Needs a fresh proof (`stepUp`).")
    async def renew_recovery_codes(self, info: Info) -> RecoveryCodesPayload:
        async def done() -> RecoveryCodesPayload:
            viewer = info.context.viewer
            async with info.context.transaction() as session:
                codes = await second_factor.renew_recovery_codes(session, viewer)
            return RecoveryCodesPayload(recovery_codes=codes, viewer=User.of_viewer(viewer))

        return await answer(RecoveryCodesPayload, done())

    @strawberry.mutation(description="Turns the second factor off. Needs a fresh proof of who you are (`stepUp`).")
    async def disable_totp(self, info: Info) -> DisableTotpPayload:
        async def done() -> DisableTotpPayload:
            viewer = info.context.viewer
            async with info.context.transaction() as session:
                await second_factor.disable(session, viewer)
            return DisableTotpPayload(viewer=User.of_viewer(replace(viewer, mfa_enabled=False)))

        return await answer(DisableTotpPayload, done())

    @strawberry.mutation(
        description="Proves again who you are. For ten minutes this session may do what STEP_UP_REQUIRED kept from it."
    )
    async def step_up(
        self, info: Info, input: Annotated[StepUpInput, strawberry.argument(description="The proof.")]
    ) -> StepUpPayload:
        async def done() -> StepUpPayload:
            context = info.context
            await sign_in.step_up(
                context.resources.issuer, context.account, password=input.password, code=input.code, origin=context.origin
            )
            return StepUpPayload()

        return await answer(StepUpPayload, done())
