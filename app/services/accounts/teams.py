"""Teams: people who are granted access together."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, func, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from app.core.errors import Conflict, InvalidInput, NotFound
from app.core.ids import uuid7
from app.core.phrases import say
from app.core.rows import AnyRow
from app.core.viewer import Viewer
from app.models.accounts import Team, TeamMember, User
from app.services import audit, cursors
from app.services.accounts.accounts import clean_line
from app.services.accounts.users import require_administrator
from app.services.cursors import Page

MAX_NAME, MAX_DESCRIPTION = 100, 2_000
COLUMNS = (Team.id, Team.name, Team.description, Team.created_at, Team.updated_at)
_ORDER, _MEMBERS = "teams:name", "members:joined"
_MISSING = say("NO_SUCH_TEAM", "There is no such team.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """What is to change of a team; None: stays. An empty description is removed."""

    name: str | None = None
    description: str | None = None


async def list_teams(
    connection: AsyncConnection, viewer: Viewer, *, first: int, after: str | None, text: str | None = None
) -> Page[AnyRow]:
    """A page of teams by name. Everybody who is signed in may see them: one grants access to them.

    Args:
        text: stands in the name, in whatever case.
    """
    key = func.lower(Team.name)
    statement = select(*COLUMNS, key.label("folded")).order_by(key, Team.id).limit(first + 1)
    if text is not None:
        if "\x00" in text or len(text) > MAX_NAME:
            raise InvalidInput(say("NO_TEAM_OF_NAME", "No team has such a name."), path=("text",))
        statement = statement.where(Team.name.icontains(text.strip(), autoescape=True))
    if after is not None:
        statement = statement.where(tuple_(key, Team.id) > tuple_(*cursors.decode(after, _ORDER, str, UUID)))
    rows = (await connection.execute(statement)).all()
    return cursors.page(rows, first, after, lambda row: cursors.encode(_ORDER, row.folded, row.id))


async def find(connection: AsyncConnection, team_id: UUID) -> AnyRow | None:
    """The row of a team, or None."""
    return (await connection.execute(select(*COLUMNS).where(Team.id == team_id))).one_or_none()


def member_cursor(row: AnyRow) -> str:
    """Where a member stands in the list of a team."""
    return cursors.encode(_MEMBERS, row.joined_at, row.id)


def joined_after(cursor: str) -> tuple[datetime, UUID]:
    """The position of a cursor made by `member_cursor`. Raises InvalidInput for any other."""
    moment, user_id = cursors.decode(cursor, _MEMBERS, datetime, UUID)
    assert isinstance(moment, datetime)
    assert isinstance(user_id, UUID)
    return moment, user_id


async def create(session: AsyncSession, viewer: Viewer, *, name: str, description: str | None) -> UUID:
    """A new team without members.

    Raises:
        Forbidden: no administrator.
        InvalidInput: a name or description that cannot be accepted.
        Conflict: the name is taken, in whatever case.
    """
    require_administrator(viewer)
    team = {"id": uuid7(), "name": clean_line(name, MAX_NAME, "name"), "description": _checked_description(description)}
    try:
        async with session.begin_nested():
            await session.execute(insert(Team).values(team))
    except IntegrityError as error:
        raise _taken() from error
    team_id = team["id"]
    assert isinstance(team_id, UUID)
    await audit.record(session, viewer, "team.create", team_id)
    return team_id


async def update_team(session: AsyncSession, viewer: Viewer, team_id: UUID, *, changes: Changes) -> UUID:
    """The team is changed. Raises as `create`, and NotFound."""
    require_administrator(viewer)
    values: dict[str, object] = {"updated_at": func.now()}
    if changes.name is not None:
        values["name"] = clean_line(changes.name, MAX_NAME, "name")
    if changes.description is not None:
        values["description"] = _checked_description(changes.description)
    try:
        async with session.begin_nested():
            done = await session.execute(update(Team).where(Team.id == team_id).values(values).returning(Team.id))
    except IntegrityError as error:
        raise _taken() from error
    if done.first() is None:
        raise NotFound(_MISSING)
    await audit.record(session, viewer, "team.update", team_id)
    return team_id


async def delete_team(session: AsyncSession, viewer: Viewer, team_id: UUID) -> UUID:
    """The team is gone, and what was granted to it with it.

    Raises:
        Forbidden: no administrator.
        NotFound: no such team.
    """
    require_administrator(viewer)
    done = await session.execute(delete(Team).where(Team.id == team_id).returning(Team.id))
    if done.first() is None:
        raise NotFound(_MISSING)
    await audit.record(session, viewer, "team.delete", team_id)
    return team_id


async def add_member(session: AsyncSession, viewer: Viewer, team_id: UUID, user_id: UUID) -> UUID:
    """The person is in the team. Returns the team's id; done already, it changes nothing.

    Raises:
        Forbidden: no administrator.
        NotFound: no such team or account.
    """
    require_administrator(viewer)
    await _require(session, team_id)
    if (await session.execute(select(User.id).where(User.id == user_id))).first() is None:
        raise NotFound(say("NO_SUCH_ACCOUNT", "There is no such account."))
    done = await session.execute(
        insert(TeamMember).values(team_id=team_id, user_id=user_id).on_conflict_do_nothing().returning(TeamMember.user_id)
    )
    if done.first() is not None:
        await audit.record(session, viewer, "team.add_member", team_id, userId=str(user_id))
    return team_id


async def remove_member(session: AsyncSession, viewer: Viewer, team_id: UUID, user_id: UUID) -> UUID:
    """The person is not in the team. Returns the team's id.

    Raises:
        Forbidden: no administrator.
        NotFound: no such team, or the person is not in it.
    """
    require_administrator(viewer)
    await _require(session, team_id)
    done = await session.execute(
        delete(TeamMember).where(TeamMember.team_id == team_id, TeamMember.user_id == user_id).returning(TeamMember.user_id)
    )
    if done.first() is None:
        raise NotFound(say("NOT_IN_TEAM", "This person is not in the team."))
    await audit.record(session, viewer, "team.remove_member", team_id, userId=str(user_id))
    return team_id


async def _require(session: AsyncSession, team_id: UUID) -> None:
    if (await session.execute(select(Team.id).where(Team.id == team_id).with_for_update(key_share=True))).first() is None:
        raise NotFound(_MISSING)


def _taken() -> Conflict:
    return Conflict(say("TEAM_NAME_TAKEN", "There is a team of this name."), path=("name",))


def _checked_description(description: str | None) -> str | None:
    clean = (description or "").strip()
    if len(clean) > MAX_DESCRIPTION or "\x00" in clean:
        raise InvalidInput(
            say("DESCRIPTION_LENGTH", "A description has at most {most:,} characters.", most=MAX_DESCRIPTION),
            path=("description",),
        )
    return clean or None
