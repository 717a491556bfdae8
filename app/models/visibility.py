"""Who sees which dataset: the one predicate, carried by every statement of an account on datasets and what belongs to them."""

from functools import lru_cache

from sqlalchemy import ColumnElement, Uuid, and_, bindparam, exists, func, or_, select, true

from app.core.guard import VIEWER_PARAMETER, Visible
from app.core.viewer import Principal, System, Viewer
from app.models.accounts import TeamMember
from app.models.datasets import AccessGrant, Dataset, Visibility

KEPT = 1_024
"""Predicates that are kept: making one anew takes as long as all else that a statement needs here."""


@lru_cache(maxsize=KEPT)
def visible(principal: Principal, *, deleted: bool | None = False) -> Visible:
    """The predicate over `datasets`.

    Args:
        deleted: which ones: False the living, True the deleted, None both.
    """
    alive = {False: Dataset.deleted_at.is_(None), True: Dataset.deleted_at.is_not(None), None: true()}[deleted]
    if isinstance(principal, System) or principal.is_admin:
        return Visible(alive)
    seen = or_(Dataset.visibility == Visibility.ORGANIZATION, Dataset.owner_id == _id(principal), granted(principal))
    return Visible(and_(alive, seen))


def granted(viewer: Viewer) -> ColumnElement[bool]:
    """The viewer holds a grant on the row of `datasets`."""
    # Correlated with datasets alone: a statement that reads grants itself would otherwise lend it its own.
    return exists().where(AccessGrant.dataset_id == Dataset.id, *held_by(viewer)).correlate(Dataset)


def held_by(viewer: Viewer) -> tuple[ColumnElement[bool], ...]:
    """Conditions on `access_grants`: the viewer's own or those of a team of the viewer, not expired."""
    teams = select(TeamMember.team_id).where(TeamMember.user_id == _id(viewer))
    return or_(AccessGrant.user_id == _id(viewer), AccessGrant.team_id.in_(teams)), unexpired()


def unexpired() -> ColumnElement[bool]:
    """Condition on `access_grants`."""
    return or_(AccessGrant.expires_at.is_(None), AccessGrant.expires_at > func.now())


def _id(viewer: Viewer) -> ColumnElement[object]:
    return bindparam(VIEWER_PARAMETER, viewer.id, Uuid())
