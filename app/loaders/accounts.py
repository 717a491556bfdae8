"""Accounts and members of teams by key."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ARRAY, Uuid, bindparam, func, lateral, select, true, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from app.core.rows import AnyRow
from app.core.viewer import Viewer
from app.loaders.base import many_each, one_each
from app.models.accounts import ApiKey, ExternalIdentity, RecoveryCode, SignInSession, Team, TeamMember, User
from app.services.accounts import api_keys, teams
from app.services.accounts.accounts import USER_COLUMNS


async def users_by_id(connection: AsyncConnection, viewer: Viewer, ids: list[UUID]) -> list[AnyRow | None]:
    """Accounts are visible to everybody who is signed in: they own and change what one sees."""
    return one_each(ids, await connection.execute(select(*USER_COLUMNS).where(User.id.in_(ids))), "id")


async def activities_by_user(connection: AsyncConnection, viewer: Viewer, ids: list[UUID]) -> list[AnyRow | None]:
    """When each account was last used, its open sessions, and whether it ever had a password; of others for administrators only."""
    alive = SignInSession.revoked_at.is_(None) & (SignInSession.expires_at > func.now())
    statement = (
        select(
            User.id,
            func.max(SignInSession.last_used_at).label("last_active_at"),
            func.count(SignInSession.id).filter(alive).label("open_sessions"),
            (
                User.password_hash.is_(None)
                & ~select(ExternalIdentity.user_id).where(ExternalIdentity.user_id == User.id).exists()
            ).label("invitation_pending"),
        )
        .outerjoin(SignInSession, SignInSession.user_id == User.id)
        .where(User.id.in_(_concerning(viewer, ids)))
        .group_by(User.id)
    )
    return one_each(ids, await connection.execute(statement), "id")


async def api_keys_by_user(connection: AsyncConnection, viewer: Viewer, ids: list[UUID]) -> list[list[AnyRow]]:
    """Keys that have not ended, newest first; of others for administrators only."""
    statement = (
        select(*api_keys.COLUMNS)
        .where(ApiKey.user_id.in_(_concerning(viewer, ids)), *api_keys.ALIVE)
        .order_by(ApiKey.created_at.desc(), ApiKey.id)
    )
    return many_each(ids, await connection.execute(statement), "user_id")


async def api_keys_by_id(connection: AsyncConnection, viewer: Viewer, ids: list[UUID]) -> list[AnyRow | None]:
    """Keys, those too that have ended; of others for administrators only."""
    statement = select(*api_keys.COLUMNS).where(ApiKey.id.in_(ids))
    if not viewer.administers:
        statement = statement.where(ApiKey.user_id == viewer.id)
    return one_each(ids, await connection.execute(statement), "id")


async def recovery_codes_left_by_user(connection: AsyncConnection, viewer: Viewer, ids: list[UUID]) -> list[int | None]:
    """How many are left to accounts with a second factor; of others for administrators only."""
    statement = (
        select(User.id, func.count(RecoveryCode.user_id).label("left"))
        .outerjoin(RecoveryCode, (RecoveryCode.user_id == User.id) & RecoveryCode.used_at.is_(None))
        .where(User.id.in_(_concerning(viewer, ids)), User.totp_confirmed_at.is_not(None))
        .group_by(User.id)
    )
    left = {row.id: row.left for row in await connection.execute(statement)}
    return [left.get(user_id) for user_id in ids]


async def teams_by_user(connection: AsyncConnection, viewer: Viewer, ids: list[UUID]) -> list[list[AnyRow]]:
    """The teams of each account by name. Teams and who is in them are visible to everybody who is signed in."""
    statement = (
        select(*teams.COLUMNS, TeamMember.user_id)
        .join(TeamMember, TeamMember.team_id == Team.id)
        .where(TeamMember.user_id.in_(ids))
        .order_by(func.lower(Team.name), Team.id)
    )
    return many_each(ids, await connection.execute(statement), "user_id")


async def member_counts_by_team(connection: AsyncConnection, viewer: Viewer, ids: list[UUID]) -> list[int]:
    """How many people are in each team."""
    statement = (
        select(TeamMember.team_id, func.count().label("members")).where(TeamMember.team_id.in_(ids)).group_by(TeamMember.team_id)
    )
    found = {row.team_id: row.members for row in await connection.execute(statement)}
    return [found.get(team_id, 0) for team_id in ids]


def _concerning(viewer: Viewer, ids: list[UUID]) -> list[UUID]:
    return [user_id for user_id in ids if viewer.administers or user_id == viewer.id]


async def teams_by_id(connection: AsyncConnection, viewer: Viewer, ids: list[UUID]) -> list[AnyRow | None]:
    """Teams are visible to everybody who is signed in: one grants access to them."""
    return one_each(ids, await connection.execute(select(*teams.COLUMNS).where(Team.id.in_(ids))), "id")


@dataclass(frozen=True, slots=True)
class MembersKey:
    """A page of a team's members: up to `first` + 1 of those who joined after a position."""

    team_id: UUID
    first: int
    after: tuple[datetime, UUID] | None


async def members_by_team(connection: AsyncConnection, viewer: Viewer, keys: list[MembersKey]) -> list[list[AnyRow]]:
    """In the order in which they joined: one statement for all teams that are asked for the same page."""
    groups: defaultdict[tuple[int, tuple[datetime, UUID] | None], list[UUID]] = defaultdict(list)
    for key in keys:
        groups[key.first, key.after].append(key.team_id)
    found: dict[MembersKey, list[AnyRow]] = {}
    for (first, after), ids in groups.items():
        wanted = func.unnest(bindparam("ids", ids, ARRAY(Uuid()))).table_valued("id", name="wanted").render_derived()
        members = (
            select(*USER_COLUMNS, TeamMember.team_id, TeamMember.created_at.label("joined_at"))
            .join(TeamMember, TeamMember.user_id == User.id)
            .where(TeamMember.team_id == wanted.c.id)
            .order_by(TeamMember.created_at, TeamMember.user_id)
            .limit(first + 1)
        )
        if after is not None:
            members = members.where(tuple_(TeamMember.created_at, TeamMember.user_id) > tuple_(*after))
        page = lateral(members).alias("page")
        rows = await connection.execute(select(page).select_from(wanted).join(page, true()))
        for team_id, of_team in zip(ids, many_each(ids, rows, "team_id"), strict=True):
            found[MembersKey(team_id, first, after)] = of_team
    return [found[key] for key in keys]
