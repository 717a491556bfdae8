"""Accounts and sign-in sessions."""

import enum
from datetime import datetime

import strawberry

from app.core.rows import AnyRow
from app.core.viewer import Viewer
from app.schema.base import Node, UserError, errors_field
from app.schema.ids import to_id


@strawberry.enum(description="Baseline of an account. Ownership and grants on a dataset come on top.")
class UserRole(enum.Enum):
    VIEWER = strawberry.enum_value("VIEWER", description="Reads what is visible to the organization.")
    EDITOR = strawberry.enum_value("EDITOR", description="Also creates datasets, and owns them.")
    ADMIN = strawberry.enum_value("ADMIN", description="Manages every dataset and account.")


@strawberry.type(description="A person with an account.")
class User(Node):
    email: str = strawberry.field(description="Address that the person signs in with.")
    display_name: str = strawberry.field(description="Name to show.")
    role: UserRole = strawberry.field(description="Baseline of the account.")
    active: bool = strawberry.field(description="False: cannot sign in.")
    mfa_enabled: bool = strawberry.field(description="True when sign-in asks for a second factor.")

    @classmethod
    def of(cls, row: AnyRow) -> "User":
        """From a row of `users`."""
        return cls(
            id=to_id("User", row.id),
            email=row.email,
            display_name=row.display_name,
            role=UserRole(row.role.value),
            active=row.active,
            mfa_enabled=row.mfa_enabled,
        )

    @classmethod
    def of_viewer(cls, viewer: Viewer) -> "User":
        """The account that asks."""
        return cls(
            id=to_id("User", viewer.id),
            email=viewer.email,
            display_name=viewer.display_name,
            role=UserRole(viewer.role.value),
            active=True,
            mfa_enabled=viewer.mfa_enabled,
        )


@strawberry.type(description="A signed-in session. Its refresh token travels in an HttpOnly cookie only.")
class Session:
    access_token: str = strawberry.field(description="For the header `Authorization: Bearer ...`. Keep it in memory only.")
    expires_at: datetime = strawberry.field(description="End of the access token; `refreshSession` gives the next one.")
    viewer: User = strawberry.field(description="Whose session it is.")


@strawberry.type(description="The second step of a sign-in.")
class MfaChallenge:
    token: str = strawberry.field(description="For `verifyTotp`.")
    expires_at: datetime = strawberry.field(description="End of the challenge.")


@strawberry.input(description="What a person types to sign in.")
class SignInInput:
    email: str = strawberry.field(description="E-mail address, in any case.")
    password: str = strawberry.field(description="At most 128 characters.")


@strawberry.type(description="Outcome of `signIn`.")
class SignInPayload:
    session: Session | None = strawberry.field(default=None, description="The session; null with errors or a challenge.")
    mfa_challenge: MfaChallenge | None = strawberry.field(default=None, description="Set when a second factor is asked for.")
    errors: list[UserError] = errors_field()


@strawberry.type(description="Outcome of `refreshSession`.")
class RefreshSessionPayload:
    session: Session | None = strawberry.field(default=None, description="The session with a new access token; null with errors.")
    errors: list[UserError] = errors_field()


@strawberry.type(description="Outcome of `signOut`.")
class SignOutPayload:
    errors: list[UserError] = errors_field()
