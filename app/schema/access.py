"""Grants, and how they are given and taken."""

import enum
from datetime import datetime
from uuid import UUID

import strawberry

from app.core.rows import AnyRow
from app.schema.accounts import User
from app.schema.base import Info, Node, UserError, errors_field, optional, required
from app.schema.datasets import AccessLevel
from app.schema.ids import to_id
from app.schema.teams import Team
from app.services.access.reasons import Reason


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


@strawberry.enum(description="What access to a dataset can rest on.")
class AccessGround(enum.Enum):
    ADMINISTRATOR = strawberry.enum_value("ADMINISTRATOR", description="Administrators manage every dataset.")
    OWNER = strawberry.enum_value("OWNER", description="Owns the dataset.")
    ORGANIZATION = strawberry.enum_value("ORGANIZATION", description="The dataset is visible to the organization.")
    GRANT = strawberry.enum_value("GRANT", description="Was granted it.")
    TEAM = strawberry.enum_value("TEAM", description="Is in a team that was granted it.")


@strawberry.type(description="One of the things that give somebody access to a dataset.")
class AccessReason:
    ground: AccessGround = strawberry.field(description="What it rests on.")
    level: AccessLevel = strawberry.field(description="What it allows.")
    expires_at: datetime | None = strawberry.field(description="When it ends by itself; null: it does not.")
    team_id: strawberry.Private[UUID | None]

    @classmethod
    def of(cls, reason: Reason) -> "AccessReason":
        """From what `access_reasons` found."""
        return cls(
            ground=AccessGround(reason.ground.value),
            level=AccessLevel(reason.level.name),
            expires_at=reason.expires_at,
            team_id=reason.team_id,
        )

    @strawberry.field(description="The team, when it rests on one.")
    async def team(self, info: Info) -> Team | None:
        if self.team_id is None:
            return None
        return optional(Team.of, await info.context.loaders.team_by_id.load(self.team_id))


@strawberry.type(description="What somebody may do with a dataset, and why.")
class AccessExplanation:
    level: AccessLevel | None = strawberry.field(description="The highest level that something gives; null: none.")
    reasons: list[AccessReason] = strawberry.field(description="Everything that gives one now, the highest first.")
    user_id: strawberry.Private[UUID]

    @classmethod
    def of(cls, reasons: list[Reason], user_id: UUID) -> "AccessExplanation":
        """From what `access_reasons` found."""
        given = [AccessReason.of(reason) for reason in reasons]
        return cls(level=given[0].level if given else None, reasons=given, user_id=user_id)

    @strawberry.field(description="Whom it is about.")
    async def user(self, info: Info) -> User:
        return User.of(required(await info.context.loaders.user_by_id.load(self.user_id)))


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
