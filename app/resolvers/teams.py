"""Reading and changing teams."""

from typing import Annotated
from uuid import UUID

import strawberry

from app.resolvers.answers import answer
from app.schema.base import After, First, Info, check_first, optional
from app.schema.connections import Connection
from app.schema.ids import from_id, to_id
from app.schema.teams import (
    CreateTeamInput,
    DeleteTeamInput,
    DeleteTeamPayload,
    Team,
    TeamMemberInput,
    TeamPayload,
    UpdateTeamInput,
)
from app.services.accounts import teams


@strawberry.type
class TeamsQuery:
    @strawberry.field(description="All teams by name.")
    async def teams(
        self,
        info: Info,
        first: First,
        after: After = None,
        text: Annotated[str | None, strawberry.argument(description="Stands in the name, in whatever case.")] = None,
    ) -> Connection[Team]:
        check_first(first)
        async with info.context.read() as connection:
            page = await teams.list_teams(connection, info.context.viewer, first=first, after=after, text=text)
        return Connection.of(page, Team.of)


@strawberry.type
class TeamsMutation:
    @strawberry.mutation(description="A new team. For administrators.")
    async def create_team(
        self, info: Info, input: Annotated[CreateTeamInput, strawberry.argument(description="The team.")]
    ) -> TeamPayload:
        async def done() -> TeamPayload:
            return await _written(
                info,
                await info.context.write(
                    lambda session, viewer: teams.create(session, viewer, name=input.name, description=input.description)
                ),
            )

        return await answer(TeamPayload, done())

    @strawberry.mutation(description="Changes a team. For administrators.")
    async def update_team(
        self, info: Info, input: Annotated[UpdateTeamInput, strawberry.argument(description="The changes.")]
    ) -> TeamPayload:
        async def done() -> TeamPayload:
            team_id = from_id(input.id, "Team")
            changes = teams.Changes(name=input.name, description=input.description)
            return await _written(
                info,
                await info.context.write(lambda session, viewer: teams.update_team(session, viewer, team_id, changes=changes)),
            )

        return await answer(TeamPayload, done())

    @strawberry.mutation(description="Deletes a team, and what was granted to it. For administrators.")
    async def delete_team(
        self, info: Info, input: Annotated[DeleteTeamInput, strawberry.argument(description="Which one.")]
    ) -> DeleteTeamPayload:
        async def done() -> DeleteTeamPayload:
            team_id = from_id(input.id, "Team")
            await info.context.write(lambda session, viewer: teams.delete_team(session, viewer, team_id))
            return DeleteTeamPayload(deleted_id=to_id("Team", team_id))

        return await answer(DeleteTeamPayload, done())

    @strawberry.mutation(description="Puts a person into a team. For administrators.")
    async def add_team_member(
        self, info: Info, input: Annotated[TeamMemberInput, strawberry.argument(description="Who, and where.")]
    ) -> TeamPayload:
        async def done() -> TeamPayload:
            team_id, user_id = from_id(input.team_id, "Team", "teamId"), from_id(input.user_id, "User", "userId")
            return await _written(
                info, await info.context.write(lambda session, viewer: teams.add_member(session, viewer, team_id, user_id))
            )

        return await answer(TeamPayload, done())

    @strawberry.mutation(description="Takes a person out of a team. For administrators.")
    async def remove_team_member(
        self, info: Info, input: Annotated[TeamMemberInput, strawberry.argument(description="Who, and where.")]
    ) -> TeamPayload:
        async def done() -> TeamPayload:
            team_id, user_id = from_id(input.team_id, "Team", "teamId"), from_id(input.user_id, "User", "userId")
            return await _written(
                info, await info.context.write(lambda session, viewer: teams.remove_member(session, viewer, team_id, user_id))
            )

        return await answer(TeamPayload, done())


async def _written(info: Info, team_id: UUID) -> TeamPayload:
    async with info.context.read() as connection:
        return TeamPayload(team=optional(Team.of, await teams.find(connection, team_id)))
