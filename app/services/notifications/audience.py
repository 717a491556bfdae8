"""Who is told of a dataset: whom it concerns, and whoever asked, as long as they may see it at that moment."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import and_, or_, select, true
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.viewer import Role
from app.models.accounts import User
from app.models.datasets import AccessGrant
from app.models.notifications import ChannelScope, DatasetWatcher, NotificationChannel
from app.models.visibility import unexpired
from app.services import access
from app.services.access import Audience
from app.services.notifications.messages import Message


@dataclass(frozen=True, slots=True)
class Recipients:
    """Of one message."""

    user_ids: Sequence[UUID]
    """Whose inbox it comes to."""
    channel_ids: Sequence[UUID]


async def recipients(session: AsyncSession, message: Message) -> Recipients:
    """Whom the message concerns: the owner of the dataset, who sees to the incidents, who watches the dataset; and channels.

    A channel tells its owner's datasets (MINE: whatever concerns the owner), SELECTED ones, or ALL; a team's channel those
    that the team holds a grant on. Nobody is told of what they may not see.
    """
    audience = await access.audience(await session.connection(), message.dataset_id)
    watchers = select(DatasetWatcher.user_id).where(DatasetWatcher.dataset_id == message.dataset_id)
    wanted = {*message.assignees, *(await session.execute(watchers)).scalars(), *_some(audience.owner_id)}
    users = await session.execute(select(User.id, User.role).where(User.id.in_(wanted), User.active))
    concerned = sorted(row.id for row in users if _sees(audience, row.id, row.role))
    return Recipients(concerned, await _channels(session, message, audience, concerned))


async def _channels(session: AsyncSession, message: Message, audience: Audience, concerned: Sequence[UUID]) -> list[UUID]:
    selected = NotificationChannel.dataset_ids.contains([message.dataset_id])
    granted = select(AccessGrant.team_id).where(
        AccessGrant.dataset_id == message.dataset_id, AccessGrant.team_id.is_not(None), unexpired()
    )
    of_granted_team = NotificationChannel.team_id.in_(granted)
    of_team = and_(
        NotificationChannel.team_id.is_not(None),
        or_(
            and_(NotificationChannel.scope == ChannelScope.MINE, of_granted_team),
            and_(selected, true() if audience.organization else of_granted_team),
        ),
    )
    personal = and_(
        NotificationChannel.team_id.is_(None),
        User.active,
        or_(
            NotificationChannel.scope == ChannelScope.ALL,
            selected,
            and_(NotificationChannel.scope == ChannelScope.MINE, NotificationChannel.owner_id.in_(concerned)),
        ),
    )
    statement = (
        select(NotificationChannel.id, NotificationChannel.team_id, NotificationChannel.owner_id, User.role)
        .join(User, User.id == NotificationChannel.owner_id)
        .where(
            NotificationChannel.enabled,
            NotificationChannel.events.overlap([event.value for event in message.events]),
            or_(of_team, personal),
        )
        .order_by(NotificationChannel.id)
    )
    rows = await session.execute(statement)
    return [row.id for row in rows if row.team_id is not None or _sees(audience, row.owner_id, row.role)]


async def still_sees(session: AsyncSession, dataset_id: UUID, owner_id: UUID, team_id: UUID | None) -> bool:
    """Whether a channel's people may see the dataset now: hours may have passed since it was to be told."""
    audience = await access.audience(await session.connection(), dataset_id)
    if team_id is None:
        role = await session.scalar(select(User.role).where(User.id == owner_id, User.active))
        return role is not None and _sees(audience, owner_id, role)
    if audience.owner_id is None or audience.organization:
        return audience.organization
    held = select(AccessGrant.id).where(AccessGrant.dataset_id == dataset_id, AccessGrant.team_id == team_id, unexpired())
    return (await session.execute(held)).first() is not None


def _sees(audience: Audience, user_id: UUID, role: Role) -> bool:
    """Same rule as `Audience.includes`, for somebody who does not ask."""
    if audience.owner_id is None:
        return False
    return audience.organization or role is Role.ADMIN or user_id == audience.owner_id or user_id in audience.granted


def _some(user_id: UUID | None) -> set[UUID]:
    return set() if user_id is None else {user_id}
