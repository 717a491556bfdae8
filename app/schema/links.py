"""One-time links that are sent by mail."""

import strawberry

from app.schema.base import UserError, errors_field


@strawberry.input(description="Who has forgotten a password.")
class RequestPasswordResetInput:
    email: str = strawberry.field(description="Address of the account.")


@strawberry.type(description="Outcome of `requestPasswordReset`: the same whether there is such an account or not.")
class RequestPasswordResetPayload:
    errors: list[UserError] = errors_field()


@strawberry.input(description="A link from a mail, and a password.")
class ChoosePasswordInput:
    token: str = strawberry.field(description="What stands behind `#` in the link.")
    password: str = strawberry.field(description="8-128 characters, none of the most frequent passwords.")


@strawberry.type(description="Outcome of `resetPassword` and `acceptInvitation`. Sign in with the password next.")
class ChoosePasswordPayload:
    errors: list[UserError] = errors_field()
