"""Why somebody may use a dataset, for who may MANAGE it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from app.core.viewer import Role, Viewer
from app.models.accounts import TeamMember, User
from app.models.datasets import AccessGrant, Dataset, Visibility
from app.models.visibility import unexpired
from app.services import access
from app.services.access import Level


class Ground(StrEnum):
    """What access can rest on."""

    ADMINISTRATOR = "ADMINISTRATOR"
    OWNER = "OWNER"
    ORGANIZATION = "ORGANIZATION"
    GRANT = "GRANT"
    TEAM = "TEAM"


@dataclass(frozen=True, slots=True)
class Reason:
    """One of them, and what it allows."""

    ground: Ground
    level: Level
    team_id: UUID | None = None
    expires_at: datetime | None = None


async def explain(connection: AsyncConnection, viewer: Viewer, dataset_id: UUID, user_id: UUID) -> list[Reason] | None:
    """Everything that gives the account a level now, the highest first; empty when it has none. None: there is no such account.

    Without regard to API keys, which only narrow it. The caller has found that the viewer may MANAGE the dataset.
    """
    user = (await connection.execute(select(User.role, User.active).where(User.id == user_id))).one_or_none()
    if user is None:
        return None
    statement = select(Dataset.owner_id, Dataset.visibility).where(Dataset.id == dataset_id, access.visible(viewer))
    dataset = (await connection.execute(statement)).one_or_none()
    if dataset is None or not user.active:
        return []
    found = []
    if user.role is Role.ADMIN:
        found.append(Reason(Ground.ADMINISTRATOR, Level.MANAGE))
    if dataset.owner_id == user_id:
        found.append(Reason(Ground.OWNER, Level.MANAGE))
    if dataset.visibility is Visibility.ORGANIZATION:
        found.append(Reason(Ground.ORGANIZATION, Level.READ))
    teams = select(TeamMember.team_id).where(TeamMember.user_id == user_id)
    held = await connection.execute(
        select(AccessGrant.level, AccessGrant.team_id, AccessGrant.expires_at)
        .join(Dataset, Dataset.id == AccessGrant.dataset_id)
        .where(
            Dataset.id == dataset_id,
            access.visible(viewer),
            or_(AccessGrant.user_id == user_id, AccessGrant.team_id.in_(teams)),
            unexpired(),
        )
        .order_by(AccessGrant.created_at, AccessGrant.id)
    )
    for row in held:
        ground = Ground.GRANT if row.team_id is None else Ground.TEAM
        found.append(Reason(ground, Level[row.level.value], row.team_id, row.expires_at))
    return sorted(found, key=lambda reason: -reason.level)
