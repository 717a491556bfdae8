"""Grants, and how they are given and taken."""

from datetime import datetime
from uuid import UUID

import strawberry

from app.core.rows import AnyRow
from app.schema.accounts import User
from app.schema.base import Info, Node, UserError, errors_field, optional
from app.schema.datasets import AccessLevel
from app.schema.ids import to_id
from app.schema.teams import Team


@strawberry.type(description="A level on one dataset for one user or one team.")
class AccessGrant(Node):
    level: AccessLevel = strawberry.field(description="What it allows.")
    expires_at: datetime | None = strawberry.field(description="When it ends; null: when it is revoked.")
    created_at: datetime = strawberry.field(description="When the holder was first granted access.")
    user_id: strawberry.Private[UUID | None]
    team_id: strawberry.Private[UUID | None]

    @classmethod
    def of(cls, row: AnyRow) -> "AccessGrant":
        """From a row of `access_grants` (services.grants.COLUMNS)."""
        return cls(
            id=to_id("AccessGrant", row.id),
            level=AccessLevel(row.level.value),
            expires_at=row.expires_at,
            created_at=row.created_at,
            user_id=row.user_id,
            team_id=row.team_id,
        )

    @strawberry.field(description="Who holds it; null for a team's grant.")
    async def user(self, info: Info) -> User | None:
        if self.user_id is None:
            return None
        row = await info.context.loaders.user_by_id.load(self.user_id)
        return optional(User.of, row)

    @strawberry.field(description="The team whose members hold it; null for a person's grant.")
    async def team(self, info: Info) -> Team | None:
        if self.team_id is None:
            return None
        row = await info.context.loaders.team_by_id.load(self.team_id)
        return optional(Team.of, row)


@strawberry.input(description="A level for a user or a team; replaces the one that the holder has.")
class GrantAccessInput:
    dataset_id: strawberry.ID = strawberry.field(description="The dataset.")
    user_id: strawberry.ID | None = strawberry.field(default=None, description="Who gets it: a user,")
    team_id: strawberry.ID | None = strawberry.field(default=None, description="or a team, and so each of its members.")
    level: AccessLevel = strawberry.field(description="What it allows.")
    expires_at: datetime | None = strawberry.field(default=None, description="When it ends; absent: when it is revoked.")


@strawberry.input(description="A grant to revoke.")
class RevokeAccessInput:
    grant_id: strawberry.ID = strawberry.field(description="The grant.")


@strawberry.input(description="A new owner.")
class TransferOwnershipInput:
    dataset_id: strawberry.ID = strawberry.field(description="The dataset.")
    user_id: strawberry.ID = strawberry.field(description="Who will own it: an account with the role EDITOR or ADMIN.")


@strawberry.type(description="Outcome of `grantAccess`.")
class GrantAccessPayload:
    grant: AccessGrant | None = strawberry.field(default=None, description="The grant; null with errors.")
    errors: list[UserError] = errors_field()


@strawberry.type(description="Outcome of `revokeAccess`.")
class RevokeAccessPayload:
    revoked_id: strawberry.ID | None = strawberry.field(default=None, description="Id of the grant; null with errors.")
    errors: list[UserError] = errors_field()
