"""What a search index is: the words that PostgreSQL and Elasticsearch share."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from app.core.viewer import Viewer
from app.models.datasets import DatasetStatus, Visibility
from app.models.health import Freshness, HealthState


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchFilter:
    """Conditions, all of which hold. None: any value; an empty list: no dataset."""

    status: Sequence[DatasetStatus] | None = None
    visibility: Visibility | None = None
    owner_ids: Sequence[UUID] | None = None
    tags: Sequence[str] | None = None
    """All of these; an empty list asks for nothing."""
    name_contains: str | None = None
    created_after: datetime | None = None
    updated_after: datetime | None = None
    health: Sequence[HealthState] | None = None
    freshness: Sequence[Freshness] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """What of a dataset is searched, as it was at `version`."""

    dataset_id: UUID
    version: int
    """The dataset's `event_sequence` when it was read: a document never replaces one of a higher version."""
    name: str
    description: str | None
    tags: Sequence[str]
    field_names: Sequence[str]
    """Paths of the current version's fields, in the order of the file."""
    metadata: Sequence[str]
    """One line per key: `key: value`."""
    owner_id: UUID
    status: DatasetStatus
    visibility: Visibility
    created_at: datetime
    updated_at: datetime


class Mode(StrEnum):
    """How a page was found. All pages of one search are of one mode, so it travels in the position."""

    WORDS = "words"
    SIMILAR = "similar"
    """No dataset holds the words as they were typed: these hold words of similar spelling."""


@dataclass(frozen=True, slots=True)
class Position:
    """The place of a hit in the order: score, then newest, then id, all descending."""

    mode: Mode
    score: float
    created_at: datetime
    dataset_id: UUID


@dataclass(frozen=True, slots=True)
class Highlight:
    """A piece of original text, HTML-escaped, in which what was found stands between `<mark>` and `</mark>`."""

    field: str
    """name, description, tags, fieldNames or metadata."""
    fragment: str


@dataclass(frozen=True, slots=True)
class Hit:
    """A dataset that was found."""

    dataset_id: UUID
    score: float
    """Higher is better; comparable within one search only."""
    position: Position
    highlights: list[Highlight]


@dataclass(frozen=True, slots=True)
class Bucket:
    """A value and the number of datasets that have it."""

    value: str
    count: int


@dataclass(frozen=True, slots=True)
class Facet:
    """Buckets of one property, largest first; counted as if the filter did not speak of this property."""

    name: str
    """status, visibility, owner or tags; health or freshness."""
    buckets: list[Bucket]


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchPage:
    """One page of a search, with what is said about all of it."""

    hits: list[Hit]
    facets: list[Facet]
    total_count: int
    """Exact."""
    has_next_page: bool
    degraded: bool = field(default=False)
    """True when the preferred index was away and another one answered."""


class SearchIndex(Protocol):
    """Where documents are searched."""

    async def index(self, *documents: Document) -> None:
        """Each document is found, unless a newer one of its dataset is there, or the dataset was deleted."""

    async def remove(self, dataset_id: UUID, *, version: int) -> None:
        """The dataset's document is gone, unless it is newer than `version`."""

    async def search(self, query: str, viewer: Viewer, filter: SearchFilter, *, first: int, after: Position | None) -> SearchPage:
        """The hits behind `after`, best first; everything, newest first, when the query holds no word.

        Hits, counts and facets are of datasets that the viewer may see now.

        No query raises: what is neither word nor operator is ignored, and a long query is cut.
        """

    async def states(self, query: str, viewer: Viewer, filter: SearchFilter) -> list[Facet]:
        """The facets `health` and `freshness` of all that `search` finds with the same query and filter."""

    async def suggest(self, prefix: str, viewer: Viewer, *, limit: int) -> list[UUID]:
        """Datasets that the viewer may see whose name begins with `prefix`, then those of which a word of the name begins with it, both by name."""
