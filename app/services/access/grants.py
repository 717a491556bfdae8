"""Who else may use a dataset: grants to people and teams, and the change of its owner."""

from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Select, delete, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from app.core.errors import Forbidden, InvalidInput, LimitExceeded, NotFound
from app.core.ids import uuid7
from app.core.phrases import say
from app.core.rows import AnyRow
from app.core.viewer import Role, Viewer
from app.models.accounts import Team, User
from app.models.datasets import AccessGrant, AccessLevel, Dataset
from app.models.visibility import held_by
from app.services import access, audit, events
from app.services.access import Level
from app.services.datasets import search

MAX_GRANTS = 250
COLUMNS = (
    AccessGrant.id, AccessGrant.dataset_id, AccessGrant.level, AccessGrant.expires_at, AccessGrant.user_id, AccessGrant.team_id,
    AccessGrant.created_at,
)  # fmt: skip
"""What a row of a grant holds wherever one is read."""
MISSING = say("NO_SUCH_GRANT", "There is no such grant, or you may not see its dataset.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """A person or a team: exactly one."""

    user_id: UUID | None = None
    team_id: UUID | None = None

    def __post_init__(self) -> None:
        if (self.user_id is None) == (self.team_id is None):
            raise InvalidInput(say("USER_OR_TEAM", "Name a user or a team, not both."), path=("userId",))


async def grant(
    session: AsyncSession, viewer: Viewer, dataset_id: UUID, *, holder: Holder, level: AccessLevel, expires_at: datetime | None
) -> UUID:
    """The holder has this level until `expires_at`; an older grant of the same holder is replaced. Returns the grant's id.

    Raises:
        NotFound, Forbidden: MANAGE is needed; or there is no such active user, or no such team.
        InvalidInput: the end lies in the past.
        LimitExceeded: the dataset has 250 grants.
    """
    await access.require(session, viewer, dataset_id, Level.MANAGE)
    if expires_at is not None and expires_at <= datetime.now(UTC):
        raise InvalidInput(say("END_IN_THE_PAST", "This end lies in the past."), path=("expiresAt",))
    await _require_holder(session, holder)
    # The dataset's row lock: two that grant at the same time would both find the last free place.
    await session.execute(select(Dataset.id).where(Dataset.id == dataset_id).with_for_update(key_share=True))
    values = {
        "id": uuid7(), "dataset_id": dataset_id, "user_id": holder.user_id, "team_id": holder.team_id, "level": level,
        "expires_at": expires_at, "granted_by_id": viewer.id,
    }  # fmt: skip
    changed = {"level": level, "expires_at": expires_at, "granted_by_id": viewer.id}
    same_holder = ["dataset_id", "team_id" if holder.user_id is None else "user_id"]
    statement = insert(AccessGrant).values(values).on_conflict_do_update(index_elements=same_holder, set_=changed)
    grant_id = (await session.execute(statement.returning(AccessGrant.id))).scalar_one()
    count = select(func.count()).select_from(AccessGrant).where(AccessGrant.dataset_id == dataset_id)
    if (await session.execute(count)).scalar_one() > MAX_GRANTS:
        raise LimitExceeded(
            say(
                "MOST_GRANTS",
                "A dataset has at most {most} grants. Grant access to a team instead of its members.",
                most=MAX_GRANTS,
            )
        )
    await events.append(session, dataset_id)
    await audit.record(session, viewer, "access.grant", dataset_id, level=level.value, **_named(holder.user_id, holder.team_id))
    return grant_id


async def find(connection: AsyncConnection, viewer: Viewer, grant_id: UUID) -> AnyRow | None:
    """The row of a grant that the viewer holds, alone or in a team, or may revoke; or None."""
    return (await connection.execute(_visible(viewer).where(AccessGrant.id == grant_id))).one_or_none()


def manageable(viewer: Viewer) -> Select[*tuple[object, ...]]:
    """Grants on datasets that the viewer may MANAGE, those of people first, oldest first."""
    return (
        select(*COLUMNS)
        .join(Dataset, Dataset.id == AccessGrant.dataset_id)
        .where(access.visible(viewer), access.level_of(viewer) >= int(Level.MANAGE))
        .order_by(AccessGrant.team_id.is_not(None), AccessGrant.created_at, AccessGrant.id)
    )


async def revoke(session: AsyncSession, viewer: Viewer, grant_id: UUID) -> UUID:
    """The grant is gone.

    Raises:
        NotFound, Forbidden: no such grant on a visible dataset; MANAGE is needed.
    """
    statement = (
        select(AccessGrant.dataset_id, AccessGrant.user_id, AccessGrant.team_id)
        .join(Dataset, Dataset.id == AccessGrant.dataset_id)
        .where(AccessGrant.id == grant_id, access.visible(viewer))
    )
    row = (await session.execute(statement)).one_or_none()
    if row is None:
        raise NotFound(MISSING)
    await access.require(session, viewer, row.dataset_id, Level.MANAGE)
    await session.execute(delete(AccessGrant).where(AccessGrant.id == grant_id))
    await events.append(session, row.dataset_id)  # whoever watches by this grant learns that it has ended
    await audit.record(session, viewer, "access.revoke", row.dataset_id, **_named(row.user_id, row.team_id))
    return grant_id


async def transfer(session: AsyncSession, viewer: Viewer, dataset_id: UUID, *, user_id: UUID) -> UUID:
    """The user owns the dataset. Who owned it before keeps what visibility and grants give.

    Raises:
        NotFound, Forbidden: only the owner and administrators give a dataset away; or there is no such active user.
        InvalidInput: the account has the role VIEWER.
    """
    await access.require(session, viewer, dataset_id, Level.MANAGE)
    before = (
        await session.execute(select(Dataset.owner_id).where(Dataset.id == dataset_id).with_for_update(key_share=True))
    ).scalar_one()
    if viewer.id != before and not viewer.is_admin:
        raise Forbidden(say("ONLY_OWNER_TRANSFERS", "Only the owner and administrators can give a dataset to another owner."))
    role = (await session.execute(select(User.role).where(User.id == user_id, User.active))).scalar_one_or_none()
    if role is None:
        raise NotFound(say("NO_ACTIVE_USER", "There is no such active user."), path=("userId",))
    if role is Role.VIEWER:
        raise InvalidInput(
            say("VIEWERS_OWN_NOTHING", "Viewers own no datasets. Choose an account with the role EDITOR or ADMIN."),
            path=("userId",),
        )
    if user_id == before:
        return dataset_id
    await session.execute(
        update(Dataset)
        .where(Dataset.id == dataset_id)
        .values(owner_id=user_id, revision=Dataset.revision + 1, updated_at=func.now())
    )
    await events.append(session, dataset_id)
    await search.queue_index(session, dataset_id)
    await audit.record(session, viewer, "dataset.transfer", dataset_id, before=str(before), after=str(user_id))
    return dataset_id


def _visible(viewer: Viewer) -> Select[*tuple[object, ...]]:
    mine: ColumnElement[bool] = held_by(viewer)[0]
    return (
        select(*COLUMNS)
        .join(Dataset, Dataset.id == AccessGrant.dataset_id)
        .where(access.visible(viewer), or_(mine, access.level_of(viewer) >= int(Level.MANAGE)))
    )


async def _require_holder(session: AsyncSession, holder: Holder) -> None:
    if holder.user_id is not None:
        user = select(User.id).where(User.id == holder.user_id, User.active)
        if (await session.execute(user)).scalar_one_or_none() is None:
            raise NotFound(say("NO_ACTIVE_USER", "There is no such active user."), path=("userId",))
    elif (await session.execute(select(Team.id).where(Team.id == holder.team_id))).scalar_one_or_none() is None:
        raise NotFound(say("NO_SUCH_TEAM", "There is no such team."), path=("teamId",))


def _named(user_id: UUID | None, team_id: UUID | None) -> dict[str, object]:
    return {"user": str(user_id)} if team_id is None else {"team": str(team_id)}
