"""Who may see and do what with a dataset: decided here and nowhere else.

Effective level = the highest of: ADMIN role and ownership (MANAGE), an unexpired grant, and READ on what is visible to
the organization; but never more than the scope of the API key that asks. An EDITOR creates datasets and so owns them; a
VIEWER writes only where it was granted.
"""

from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache
from uuid import UUID

from sqlalchemy import ColumnElement, case, func, literal, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from app.core.errors import Forbidden, NotFound
from app.core.guard import Decisions, Kept
from app.core.phrases import say
from app.core.viewer import Role, Viewer
from app.models.accounts import TeamMember
from app.models.datasets import AccessGrant, AccessLevel, Dataset, Visibility
from app.models.visibility import KEPT, held_by, unexpired, visible

__all__ = ["Access", "Audience", "Level", "audience", "level_of", "most_of", "permit", "require", "require_editor", "visible"]


class Level(IntEnum):
    """Effective level, comparable."""

    NONE = 0
    READ = 1
    WRITE = 2
    MANAGE = 3


UNMASKED = Level.WRITE
"""From here on values of sensitive columns are shown: who may replace the data has to see it (docs/decisions/0006)."""


@dataclass(frozen=True, slots=True)
class Access:
    """A dataset as the viewer holds it."""

    dataset_id: UUID
    level: Level


@lru_cache(maxsize=KEPT)
def level_of(viewer: Viewer) -> ColumnElement[int]:
    """The viewer's effective level on a row of `datasets`, as a `Level` number."""
    most = most_of(viewer)
    if viewer.is_admin:
        return literal(int(most))
    ranks = case(
        (AccessGrant.level == AccessLevel.MANAGE, int(Level.MANAGE)),
        (AccessGrant.level == AccessLevel.WRITE, int(Level.WRITE)),
        else_=int(Level.READ),
    )
    grant = (
        select(func.max(ranks)).where(AccessGrant.dataset_id == Dataset.id, *held_by(viewer)).correlate(Dataset).scalar_subquery()
    )
    baseline = case((Dataset.visibility == Visibility.ORGANIZATION, int(Level.READ)), else_=int(Level.NONE))
    level = case((Dataset.owner_id == viewer.id, int(Level.MANAGE)), else_=func.greatest(baseline, func.coalesce(grant, 0)))
    # A function is found in a result by itself, not by what is put around it.
    return Kept(level) if most is Level.MANAGE else func.least(int(most), Kept(level))


def most_of(viewer: Viewer) -> Level:
    """The highest level that the viewer can have on any dataset: a person MANAGE, an API key its scope."""
    return Level.MANAGE if viewer.scope is None else Level(min(int(viewer.scope), int(Level.MANAGE)))


async def require(
    session: AsyncSession | AsyncConnection,
    viewer: Viewer,
    dataset_id: UUID,
    needed: Level,
    *,
    deleted: bool | None = False,
    own: bool = False,
) -> Access:
    """The viewer's access to a dataset that it may use at least at `needed`; from WRITE on, changes may follow in the transaction.

    Args:
        deleted: whether the dataset has to be deleted; None: either.
        own: changes may follow at READ too, for they are of rows that are the viewer's own.

    Raises:
        NotFound: missing or not visible: the same words for both.
        Forbidden: visible, but the level is too low.
    """
    statement = select(level_of(viewer)).select_from(Dataset).where(Dataset.id == dataset_id, visible(viewer, deleted=deleted))
    level = (await session.execute(statement)).scalar_one_or_none()
    if level is None:
        raise NotFound(say("NO_SUCH_DATASET", "There is no such dataset, or you may not see it."))
    held = Access(dataset_id, Level(level))
    require_level(viewer, held, needed)
    if needed > Level.READ or own:
        permit(session, dataset_id)
    return held


def require_level(viewer: Viewer, held: Access, needed: Level) -> None:
    """More is needed than was asked for at first. Raises Forbidden when the level is too low."""
    if held.level < needed:
        raise Forbidden(_too_low(viewer, needed, held.level))


def _too_low(viewer: Viewer, needed: Level, level: Level) -> str:
    if most_of(viewer) < needed:
        return say(
            "NEEDS_SCOPE",
            "This needs {needed}; the scope of this API key ends at {scope}. Use a key with a wider scope.",
            needed=needed.name,
            scope=most_of(viewer).name,
        )
    return say(
        "NEEDS_LEVEL",
        "This needs {needed} on the dataset; you have {level}. Ask its owner for a grant.",
        needed=needed.name,
        level=level.name,
    )


def permit(session: AsyncSession | AsyncConnection, dataset_id: UUID) -> None:
    """Statements on the dataset may follow in this transaction: its level was found sufficient by other means than `require`."""
    if isinstance(session, AsyncSession):
        decisions: Decisions = session.info["decisions"]
        decisions.decide(dataset_id)


def require_editor(session: AsyncSession, viewer: Viewer, dataset_id: UUID) -> None:
    """The account may create the dataset with this id.

    Raises:
        Forbidden: viewers may not, nor keys that only read.
    """
    if most_of(viewer) < Level.WRITE:
        raise Forbidden(_too_low(viewer, Level.WRITE, Level.READ))
    if viewer.role is Role.VIEWER:
        raise Forbidden(
            say("VIEWERS_CREATE_NOTHING", "Viewers cannot create datasets. Ask an administrator for the role EDITOR.")
        )
    permit(session, dataset_id)


async def audience(session: AsyncConnection, dataset_id: UUID) -> "Audience":
    """Who sees one dataset, for many viewers at once: two statements however many they are."""
    row = (
        await session.execute(select(Dataset.owner_id, Dataset.visibility, Dataset.deleted_at).where(Dataset.id == dataset_id))
    ).one_or_none()
    if row is None or row.deleted_at is not None:
        return Audience(None, False)
    if row.visibility is Visibility.ORGANIZATION:
        return Audience(row.owner_id, True)
    of_people = select(AccessGrant.user_id).where(
        AccessGrant.dataset_id == dataset_id, AccessGrant.user_id.is_not(None), unexpired()
    )
    of_teams = (
        select(TeamMember.user_id)
        .join(AccessGrant, AccessGrant.team_id == TeamMember.team_id)
        .where(AccessGrant.dataset_id == dataset_id, unexpired())
    )
    granted = (await session.execute(of_people.union(of_teams))).scalars()
    return Audience(row.owner_id, False, frozenset(user_id for user_id in granted if user_id is not None))


@dataclass(frozen=True, slots=True)
class Audience:
    """Who sees a dataset at one moment."""

    owner_id: UUID | None
    organization: bool
    granted: frozenset[UUID] = frozenset()
    """Who holds a grant, alone or in a team."""

    def hangs_on_a_grant(self, viewer: Viewer) -> bool:
        """True when `viewer` sees the dataset by a grant alone: that may end without an event of the dataset."""
        if self.owner_id is None or self.organization or viewer.is_admin or viewer.id == self.owner_id:
            return False
        return viewer.id in self.granted

    def includes(self, viewer: Viewer) -> bool:
        """True when `viewer` may see the dataset. Same rule as `visible`."""
        if self.owner_id is None:
            return False
        return self.organization or viewer.is_admin or viewer.id == self.owner_id or viewer.id in self.granted
