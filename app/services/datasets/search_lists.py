"""Pages of what was found: the index names the datasets, and their rows are read as the viewer may see them."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from app.adapters.search.protocol import Facet, Highlight, Mode, Position, SearchFilter, SearchIndex
from app.core.db import Database
from app.core.errors import InvalidInput
from app.core.phrases import say
from app.core.viewer import Viewer
from app.models.accounts import User
from app.models.datasets import Dataset
from app.services import access, cursors
from app.services.datasets.datasets import COLUMNS, DatasetRow
from app.services.datasets.lists import DatasetFilter

MAX_SUGGESTIONS = 10
_ORDER = "search"


@dataclass(frozen=True, slots=True)
class FoundDataset:
    """A dataset that was found, and why."""

    row: DatasetRow
    score: float
    highlights: list[Highlight]
    cursor: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchResult:
    """One page of a search."""

    found: list[FoundDataset]
    facets: list[Facet]
    """In the facet `owner` the values are account ids."""
    owner_names: dict[str, str]
    """Account id, as the facet has it -> display name."""
    total_count: int
    degraded: bool
    has_next_page: bool
    has_previous_page: bool


async def search(
    db: Database, index: SearchIndex, viewer: Viewer, query: str, *, first: int, after: str | None, filter: DatasetFilter | None
) -> SearchResult:
    """A page of the visible datasets that match, best first.

    Takes the database and no session: the index may read from it too, and one call must not hold two connections.

    Raises:
        InvalidInput: `after` is no cursor of a search.
    """
    answer = await index.search(
        query, viewer, _search_filter(filter), first=first, after=None if after is None else _position(after)
    )
    owners = [bucket.value for facet in answer.facets if facet.name == "owner" for bucket in facet.buckets]
    async with db.read(viewer) as session:
        rows = await _visible_rows(session, viewer, [hit.dataset_id for hit in answer.hits])
        names = await session.execute(select(User.id, User.display_name).where(User.id.in_([UUID(owner) for owner in owners])))
    return SearchResult(
        found=[
            FoundDataset(rows[hit.dataset_id], hit.score, hit.highlights, _cursor(hit.position))
            for hit in answer.hits
            if hit.dataset_id in rows
        ],
        facets=answer.facets,
        owner_names={str(row.id): row.display_name for row in names},
        total_count=answer.total_count,
        degraded=answer.degraded,
        has_next_page=answer.has_next_page,
        has_previous_page=after is not None,
    )


async def states(db: Database, index: SearchIndex, viewer: Viewer, query: str, *, filter: DatasetFilter | None) -> list[Facet]:
    """The facets `health` and `freshness` of all visible datasets that match."""
    return await index.states(query, viewer, _search_filter(filter))


async def suggest(db: Database, index: SearchIndex, viewer: Viewer, prefix: str) -> list[DatasetRow]:
    """Up to ten visible datasets whose name, or a word of it, begins with `prefix`."""
    ids = await index.suggest(prefix, viewer, limit=MAX_SUGGESTIONS)
    async with db.read(viewer) as session:
        rows = await _visible_rows(session, viewer, ids)
    return [rows[dataset_id] for dataset_id in ids if dataset_id in rows]


async def _visible_rows(session: AsyncConnection, viewer: Viewer, ids: Sequence[UUID]) -> dict[UUID, DatasetRow]:
    rows = await session.execute(select(*COLUMNS).where(Dataset.id.in_(ids), access.visible(viewer)))
    return {row.id: row for row in rows}


def _search_filter(filter: DatasetFilter | None) -> SearchFilter:
    return SearchFilter() if filter is None else SearchFilter(**{f.name: getattr(filter, f.name) for f in fields(SearchFilter)})


def _cursor(position: Position) -> str:
    return cursors.encode(_ORDER, position.mode.value, position.score, position.created_at, str(position.dataset_id))


def _position(cursor: str) -> Position:
    match cursors.decode(cursor, _ORDER, str, float, datetime, UUID):
        case [("words" | "similar") as mode, float(score), datetime() as created_at, UUID() as dataset_id]:
            return Position(Mode(mode), score, created_at, dataset_id)
    raise InvalidInput(
        say("CURSOR_NO_SEARCH", "This cursor belongs to no search. Use an endCursor of the same query."), path=("after",)
    )
