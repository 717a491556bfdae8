"""Who may see and do what with a dataset: decided here and nowhere else.

Effective level = the highest of: ADMIN role and ownership (MANAGE), an unexpired grant, and READ on what is visible to
the organization. An EDITOR creates datasets and so owns them; a VIEWER writes only where it was granted.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from uuid import UUID

from sqlalchemy import ColumnElement, and_, case, exists, func, literal, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from app.core.errors import Forbidden, NotFound
from app.core.viewer import Principal, Role, System, Viewer
from app.models.datasets import AccessGrant, AccessLevel, Dataset, Visibility


class Level(IntEnum):
    """Effective level, comparable."""

    NONE = 0
    READ = 1
    WRITE = 2
    MANAGE = 3


@dataclass(frozen=True, slots=True)
class Access:
    """A dataset as the viewer holds it."""

    dataset_id: UUID
    level: Level


def visible(principal: Principal, *, deleted: bool = False) -> ColumnElement[bool]:
    """The predicate over `datasets` that every statement on datasets, and on what belongs to them, carries."""
    alive = Dataset.deleted_at.is_not(None) if deleted else Dataset.deleted_at.is_(None)
    if isinstance(principal, System) or principal.is_admin:
        return alive
    return and_(alive, or_(Dataset.visibility == Visibility.ORGANIZATION, Dataset.owner_id == principal.id, _granted(principal)))


def _unexpired() -> ColumnElement[bool]:
    return or_(AccessGrant.expires_at.is_(None), AccessGrant.expires_at > func.now())


def _granted(viewer: Viewer) -> ColumnElement[bool]:
    # Correlated with datasets alone: a statement that reads grants itself would otherwise lend it its own.
    held = exists().where(AccessGrant.dataset_id == Dataset.id, AccessGrant.user_id == viewer.id, _unexpired())
    return held.correlate(Dataset)


def level_of(viewer: Viewer) -> ColumnElement[int]:
    """The viewer's effective level on a row of `datasets`, as a `Level` number."""
    if viewer.is_admin:
        return literal(int(Level.MANAGE))
    ranks = case(
        (AccessGrant.level == AccessLevel.MANAGE, int(Level.MANAGE)),
        (AccessGrant.level == AccessLevel.WRITE, int(Level.WRITE)),
        else_=int(Level.READ),
    )
    grant = (
        select(func.max(ranks))
        .where(AccessGrant.dataset_id == Dataset.id, AccessGrant.user_id == viewer.id, _unexpired())
        .correlate(Dataset)
        .scalar_subquery()
    )
    baseline = case((Dataset.visibility == Visibility.ORGANIZATION, int(Level.READ)), else_=int(Level.NONE))
    return case((Dataset.owner_id == viewer.id, int(Level.MANAGE)), else_=func.greatest(baseline, func.coalesce(grant, 0)))


async def require(
    session: AsyncSession | AsyncConnection, viewer: Viewer, dataset_id: UUID, needed: Level, *, deleted: bool = False
) -> Access:
    """The viewer's access to a dataset that it may use at least at `needed`.

    Raises:
        NotFound: missing or not visible: the same words for both.
        Forbidden: visible, but the level is too low.
    """
    statement = select(level_of(viewer)).select_from(Dataset).where(Dataset.id == dataset_id, visible(viewer, deleted=deleted))
    level = (await session.execute(statement)).scalar_one_or_none()
    if level is None:
        raise NotFound("There is no such dataset, or you may not see it.")
    if level < needed:
        raise Forbidden(f"This needs {needed.name} on the dataset; you have {Level(level).name}. Ask its owner for a grant.")
    return Access(dataset_id, Level(level))


def require_editor(viewer: Viewer) -> None:
    """Raises Forbidden for accounts that may not create datasets."""
    if viewer.role is Role.VIEWER:
        raise Forbidden("Viewers cannot create datasets. Ask an administrator for the role EDITOR.")


async def audience(session: AsyncConnection, dataset_id: UUID) -> "Audience":
    """Who sees one dataset, for many viewers at once: two statements however many they are."""
    row = (
        await session.execute(select(Dataset.owner_id, Dataset.visibility, Dataset.deleted_at).where(Dataset.id == dataset_id))
    ).one_or_none()
    if row is None or row.deleted_at is not None:
        return Audience(None, False, {})
    if row.visibility is Visibility.ORGANIZATION:
        return Audience(row.owner_id, True, {})
    granted = await session.execute(
        select(AccessGrant.user_id, AccessGrant.expires_at).where(AccessGrant.dataset_id == dataset_id, _unexpired())
    )
    return Audience(row.owner_id, False, {grant.user_id: grant.expires_at for grant in granted})


@dataclass(frozen=True, slots=True)
class Audience:
    """Who sees a dataset at one moment."""

    owner_id: UUID | None
    organization: bool
    granted: Mapping[UUID, datetime | None]
    """Who holds a grant, and when that ends."""

    def ends_at(self, viewer: Viewer) -> datetime | None:
        """When `viewer` stops to see the dataset if nobody does anything; None: never, or it does not see it now."""
        if self.owner_id is None or self.organization or viewer.is_admin or viewer.id == self.owner_id:
            return None
        return self.granted.get(viewer.id)

    def includes(self, viewer: Viewer) -> bool:
        """True when `viewer` may see the dataset. Same rule as `visible`."""
        if self.owner_id is None:
            return False
        return self.organization or viewer.is_admin or viewer.id == self.owner_id or viewer.id in self.granted
