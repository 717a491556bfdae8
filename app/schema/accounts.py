"""Accounts and sign-in sessions."""

import enum
from datetime import datetime
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

import strawberry

from app.core.rows import AnyRow
from app.core.viewer import Role, Viewer
from app.schema.api_keys import ApiKey
from app.schema.base import Info, Node, UserError, errors_field, optional, required
from app.schema.ids import from_id, to_id
from app.services.accounts import second_factor

if TYPE_CHECKING:
    from app.schema.teams import Team


@strawberry.enum(description="Baseline of an account. Ownership and grants on a dataset come on top.")
class UserRole(enum.Enum):
    VIEWER = strawberry.enum_value("VIEWER", description="Reads what is visible to the organization.")
    EDITOR = strawberry.enum_value("EDITOR", description="Also creates datasets, and owns them.")
    ADMIN = strawberry.enum_value("ADMIN", description="Manages every dataset and account.")


LazyTeam = Annotated["Team", strawberry.lazy("app.schema.teams")]


@strawberry.type(description="How an account is used.")
class UserActivity:
    last_active_at: datetime | None = strawberry.field(
        description="When a session of it was last used, to some minutes; null: it never signed in."
    )
    open_sessions: int = strawberry.field(description="Sessions that have not ended.")
    invitation_pending: bool = strawberry.field(description="True while the person has neither password nor another way in.")

    @classmethod
    def of(cls, row: AnyRow) -> "UserActivity":
        """From a row of `loaders.accounts.activities_by_user`."""
        return cls(last_active_at=row.last_active_at, open_sessions=row.open_sessions, invitation_pending=row.invitation_pending)


@strawberry.type(description="A person with an account.")
class User(Node):
    email: str = strawberry.field(description="Address that the person signs in with.")
    display_name: str = strawberry.field(description="Name to show.")
    role: UserRole = strawberry.field(description="Baseline of the account.")
    active: bool = strawberry.field(description="False: cannot sign in.")
    mfa_enabled: bool = strawberry.field(description="True when sign-in asks for a second factor.")

    @strawberry.field(
        description="True for an account that can do nothing here before `mfaEnabled` is true: what it asks is refused with "
        "SECOND_FACTOR_REQUIRED, except setting up a second factor and signing out."
    )
    def mfa_required(self, info: Info) -> bool:
        return second_factor.required(info.context.resources.settings, Role[self.role.name])

    @strawberry.field(description="When the account was made.")
    async def created_at(self, info: Info) -> datetime:
        row = required(await info.context.loaders.user_by_id.load(from_id(self.id, "User")))
        return row.created_at  # type: ignore[no-any-return]

    @strawberry.field(description="Teams that the person is in, by name.")
    async def teams(self, info: Info) -> list[LazyTeam]:
        from app.schema.teams import Team

        return [Team.of(row) for row in await info.context.loaders.teams_by_user.load(from_id(self.id, "User"))]

    @strawberry.field(description="When and where from the account is used; null unless it is yours or you administer accounts.")
    async def activity(self, info: Info) -> UserActivity | None:
        return optional(UserActivity.of, await info.context.loaders.activity_by_user.load(from_id(self.id, "User")))

    @strawberry.field(
        description="API keys that have not ended, newest first; null unless the account is yours or you administer accounts."
    )
    async def api_keys(self, info: Info) -> list[ApiKey] | None:
        row_id, viewer = from_id(self.id, "User"), info.context.viewer
        if row_id != viewer.id and not viewer.administers:
            return None
        return [ApiKey.of(row) for row in await info.context.loaders.api_keys_by_user.load(row_id)]

    @strawberry.field(
        description="Recovery codes that were not used yet; null without a second factor, and unless the account is yours or you "
        "administer accounts."
    )
    async def recovery_codes_left(self, info: Info) -> int | None:
        return await info.context.loaders.recovery_codes_left_by_user.load(from_id(self.id, "User"))

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


@strawberry.type(description="Ways to sign in.")
class SignInOptions:
    provider_name: str | None = strawberry.field(
        description="Name of the OpenID provider; `/oidc/start` leads there. Null: there is none."
    )


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


@strawberry.type(description="A session of yours on some device.")
class SignInSession:
    id: strawberry.ID = strawberry.field(description="For `revokeSession`.")
    created_at: datetime = strawberry.field(description="When it began.")
    last_used_at: datetime = strawberry.field(description="When its access token was last renewed.")
    expires_at: datetime = strawberry.field(description="When it ends by itself.")
    ip_address: str | None = strawberry.field(description="Where it began; null when that is not known.")
    user_agent: str | None = strawberry.field(description="What the client called itself; null when it did not say.")
    is_current: bool = strawberry.field(description="True for the session that asks.")

    @classmethod
    def of(cls, row: AnyRow, current: UUID | None) -> "SignInSession":
        """From a row of `sign_in_sessions`."""
        return cls(
            id=to_id("SignInSession", row.id),
            created_at=row.created_at,
            last_used_at=row.last_used_at,
            expires_at=row.expires_at,
            ip_address=None if row.ip_address is None else str(row.ip_address),
            user_agent=row.user_agent,
            is_current=row.id == current,
        )


@strawberry.input(description="A session to end.")
class RevokeSessionInput:
    id: strawberry.ID = strawberry.field(description="Global id of one of your sessions.")


@strawberry.type(description="Outcome of `revokeSession`.")
class RevokeSessionPayload:
    revoked_id: strawberry.ID | None = strawberry.field(
        default=None, description="Global id of the ended session; null with errors."
    )
    errors: list[UserError] = errors_field()


@strawberry.type(description="Outcome of `signOutEverywhere`.")
class SignOutEverywherePayload:
    errors: list[UserError] = errors_field()


@strawberry.input(description="A new password.")
class ChangePasswordInput:
    current_password: str = strawberry.field(description="The one to replace.")
    new_password: str = strawberry.field(description="8-128 characters, none of the most frequent passwords.")


@strawberry.type(description="Outcome of `changePassword`.")
class ChangePasswordPayload:
    errors: list[UserError] = errors_field()


@strawberry.input(description="Conditions on accounts; all of them hold.")
class UserFilter:
    text: str | None = strawberry.field(default=None, description="Stands in the name or the address, in whatever case.")
    role: UserRole | None = strawberry.field(default=None, description="Has this baseline.")
    active: bool | None = strawberry.field(default=None, description="True: can sign in; false: is deactivated.")


@strawberry.input(description="An account.")
class UserInput:
    user_id: strawberry.ID = strawberry.field(description="Global id of the account.")


@strawberry.input(description="An account to make.")
class CreateUserInput:
    email: str = strawberry.field(description="Address that the person signs in with; at most 320 characters.")
    display_name: str = strawberry.field(description="Name to show, 1-200 characters.")
    role: UserRole = strawberry.field(description="Baseline.")
    password: str | None = strawberry.field(
        default=None, description="8-128 characters; null: the person gets an invitation by mail."
    )


@strawberry.input(description="What to change of an account. Null: stays.")
class UpdateUserInput:
    id: strawberry.ID = strawberry.field(description="Global id of the account.")
    role: UserRole | None = strawberry.field(default=None, description="Baseline. Needs a fresh proof of who you are (`stepUp`).")
    active: bool | None = strawberry.field(default=None, description="False ends its sessions and API keys at once.")
    display_name: str | None = strawberry.field(default=None, description="Name to show, 1-200 characters.")


@strawberry.type(description="Outcome of a change of an account.")
class UserPayload:
    user: User | None = strawberry.field(default=None, description="The account as it is now; null with errors.")
    errors: list[UserError] = errors_field()
