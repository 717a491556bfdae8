"""Teams and their members."""

from datetime import datetime

import strawberry

from app.core.rows import AnyRow
from app.loaders.accounts import MembersKey
from app.schema.accounts import User
from app.schema.base import After, First, Info, Node, UserError, check_first, errors_field
from app.schema.connections import Connection
from app.schema.ids import from_id, to_id
from app.services import cursors
from app.services.accounts import teams


@strawberry.type(description="People who are granted access together.")
class Team(Node):
    name: str = strawberry.field(description="Unique, without regard to case.")
    description: str | None = strawberry.field(description="What the team is about; null when nobody said.")
    created_at: datetime = strawberry.field(description="When it was made.")
    updated_at: datetime | None = strawberry.field(description="When its name or description was changed; null: never.")

    @strawberry.field(description="How many people are in the team.")
    async def member_count(self, info: Info) -> int:
        return await info.context.loaders.member_count_by_team.load(from_id(self.id, "Team"))

    @strawberry.field(description="Who is in the team, in the order in which they joined.")
    async def members(self, info: Info, first: First, after: After = None) -> Connection[User]:
        check_first(first)
        joined = None if after is None else teams.joined_after(after)
        rows = await info.context.loaders.members_by_team.load(MembersKey(from_id(self.id, "Team"), first, joined))
        return Connection.of(cursors.page(rows, first, after, teams.member_cursor), User.of)

    @classmethod
    def of(cls, row: AnyRow) -> "Team":
        """From a row of `teams`."""
        return cls(
            id=to_id("Team", row.id),
            name=row.name,
            description=row.description,
            created_at=row.created_at,
            updated_at=row.updated_at,
        )


@strawberry.input(description="A team to make.")
class CreateTeamInput:
    name: str = strawberry.field(description="1-100 characters, not taken.")
    description: str | None = strawberry.field(default=None, description="At most 2,000 characters.")


@strawberry.input(description="What to change of a team.")
class UpdateTeamInput:
    id: strawberry.ID = strawberry.field(description="Global id of the team.")
    name: str | None = strawberry.field(default=None, description="Null: stays.")
    description: str | None = strawberry.field(default=None, description="Null: stays; empty: is removed.")


@strawberry.input(description="A team to delete.")
class DeleteTeamInput:
    id: strawberry.ID = strawberry.field(description="Global id of the team.")


@strawberry.input(description="A person and a team.")
class TeamMemberInput:
    team_id: strawberry.ID = strawberry.field(description="Global id of the team.")
    user_id: strawberry.ID = strawberry.field(description="Global id of the account.")


@strawberry.type(description="Outcome of a change of a team.")
class TeamPayload:
    team: Team | None = strawberry.field(default=None, description="The team as it is now; null with errors.")
    errors: list[UserError] = errors_field()


@strawberry.type(description="Outcome of `deleteTeam`.")
class DeleteTeamPayload:
    deleted_id: strawberry.ID | None = strawberry.field(
        default=None, description="Global id of what was deleted; null with errors."
    )
    errors: list[UserError] = errors_field()
