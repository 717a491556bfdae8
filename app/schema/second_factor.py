"""The second factor: challenge, enrolment, recovery codes."""

import strawberry

from app.schema.accounts import Session, User
from app.schema.base import UserError, errors_field


@strawberry.input(description="The second step of a sign-in.")
class VerifyTotpInput:
    challenge_token: str = strawberry.field(description="`mfaChallenge.token` of `signIn`; good for five minutes, once.")
    code: str = strawberry.field(description="Six digits of the app, or a recovery code.")


@strawberry.type(description="Outcome of `verifyTotp`.")
class VerifyTotpPayload:
    session: Session | None = strawberry.field(default=None, description="The session; null with errors.")
    errors: list[UserError] = errors_field()


@strawberry.type(description="Outcome of `enrollTotp`: what an authenticator app needs. It counts once `confirmTotp` got a code.")
class EnrollTotpPayload:
    secret: str | None = strawberry.field(default=None, description="The seed in Base32, to type in; null with errors.")
    otpauth_uri: str | None = strawberry.field(default=None, description="The seed as an `otpauth:` address; null with errors.")
    qr_code_svg: str | None = strawberry.field(
        default=None, description="That address as a QR code, an SVG picture; null with errors."
    )
    errors: list[UserError] = errors_field()


@strawberry.input(description="A code of the app that was just set up.")
class ConfirmTotpInput:
    code: str = strawberry.field(description="Six digits.")


@strawberry.type(description="Outcome of `confirmTotp` and `renewRecoveryCodes`.")
class RecoveryCodesPayload:
    recovery_codes: list[str] = strawberry.field(
        default_factory=list, description="Ten codes for who loses the app, each good once. Shown this once; empty with errors."
    )
    viewer: User | None = strawberry.field(default=None, description="The account as it is now; null with errors.")
    errors: list[UserError] = errors_field()


@strawberry.type(description="Outcome of `disableTotp`.")
class DisableTotpPayload:
    viewer: User | None = strawberry.field(default=None, description="The account as it is now; null with errors.")
    errors: list[UserError] = errors_field()


@strawberry.input(description="A fresh proof of who one is.")
class StepUpInput:
    password: str | None = strawberry.field(default=None, description="For accounts without a second factor.")
    code: str | None = strawberry.field(default=None, description="For accounts with one: six digits, or a recovery code.")


@strawberry.type(description="Outcome of `stepUp`.")
class StepUpPayload:
    errors: list[UserError] = errors_field()
