"""What a search answers."""

from uuid import UUID

import strawberry

from app.adapters.search.protocol import Facet
from app.schema.base import Info, PageInfo
from app.schema.datasets import Dataset
from app.schema.ids import to_id
from app.services.datasets import lists, search_lists
from app.services.datasets.search_lists import FoundDataset, SearchResult


@strawberry.type(description="A piece of text in which something was found.")
class SearchHighlight:
    field: str = strawberry.field(description="Where: `name`, `description`, `tags`, `fieldNames` or `metadata`.")
    fragment: str = strawberry.field(
        description=(
            "The original text, at most about 160 characters of it. What was found stands between `<mark>` and `</mark>`, "
            "these are the only tags, and `&`, `<` and `>` of the text are written `&amp;`, `&lt;` and `&gt;`. "
            "`…` stands where text was cut off."
        )
    )


@strawberry.type(description="A value of a property, and how many datasets have it.")
class SearchBucket:
    value: str = strawberry.field(description="As `filter` takes it: an enum's name, a tag, or the id of a user.")
    label: str = strawberry.field(description="The value for people: of an owner the display name, otherwise the value itself.")
    count: int = strawberry.field(description="Exact number of datasets.")


@strawberry.type(description="The datasets that were found, counted by one property (Elasticsearch: terms aggregation).")
class SearchFacet:
    name: str = strawberry.field(description="`status`, `visibility`, `owner` or `tags`, always in this order.")
    buckets: list[SearchBucket] = strawberry.field(
        description=(
            "Largest first; at most 20 tags and 50 owners. Counted with the whole filter except its condition on this property, "
            "so that a choice can be widened."
        )
    )

    @classmethod
    def of(cls, facet: Facet, owner_names: dict[str, str]) -> "SearchFacet":
        """From a facet of the index; owners become users."""
        if facet.name != "owner":
            return cls(
                name=facet.name, buckets=[SearchBucket(value=b.value, label=b.value, count=b.count) for b in facet.buckets]
            )
        return cls(
            name=facet.name,
            buckets=[
                SearchBucket(value=to_id("User", UUID(bucket.value)), label=owner_names[bucket.value], count=bucket.count)
                for bucket in facet.buckets
            ],
        )


@strawberry.type(description="A dataset that was found.")
class SearchEdge:
    cursor: str = strawberry.field(description="Position of the dataset, for `after`.")
    score: float = strawberry.field(
        description=(
            "Higher is better; comparable within one search only. From 5: the name is the query. From 3: the name begins with it. "
            "From 1: the words were found. Below 1: nothing holds the words as typed, this holds similar ones. 0: nothing was typed."
        )
    )
    highlights: list[SearchHighlight] = strawberry.field(
        description="Where the words were found: name, tags, field names, description, metadata; few of each. Empty without words."
    )
    node: Dataset = strawberry.field(description="The dataset.")

    @classmethod
    def of(cls, found: FoundDataset) -> "SearchEdge":
        """From a dataset that was found."""
        return cls(
            cursor=found.cursor,
            score=found.score,
            highlights=[SearchHighlight(field=h.field, fragment=h.fragment) for h in found.highlights],
            node=Dataset.of(found.row),
        )


@strawberry.type(description="A page of the datasets that were found, best first, and counts over all of them.")
class SearchConnection:
    edges: list[SearchEdge] = strawberry.field(description="The page's datasets in order.")
    facets: list[SearchFacet] = strawberry.field(description="Counts over all that was found.")
    query: strawberry.Private[str]
    filter: strawberry.Private[lists.DatasetFilter | None]
    total_count: int = strawberry.field(description="Exact number of datasets that were found, on all pages.")
    degraded: bool = strawberry.field(
        description="True when the preferred search engine was away and another one answered: order and recall may be poorer."
    )
    page_info: PageInfo = strawberry.field(description="Where the page lies.")

    @strawberry.field(
        description=(
            "Counts over all that was found by what its data is like: `health` (a `HealthState`) and `freshness` (a `Freshness`), "
            "counted as `facets` are. Looked up only when asked for."
        )
    )
    async def state_facets(self, info: Info) -> list[SearchFacet]:
        context = info.context
        found = await search_lists.states(
            context.resources.db, context.resources.search, context.viewer, self.query, filter=self.filter
        )
        return [SearchFacet.of(facet, {}) for facet in found]

    @classmethod
    def of(cls, result: SearchResult, query: str, filter: lists.DatasetFilter | None) -> "SearchConnection":
        """From the answer of a search for `query`."""
        return cls(
            query=query,
            filter=filter,
            edges=[SearchEdge.of(found) for found in result.found],
            facets=[SearchFacet.of(facet, result.owner_names) for facet in result.facets],
            total_count=result.total_count,
            degraded=result.degraded,
            page_info=PageInfo.of(
                [found.cursor for found in result.found], has_next=result.has_next_page, has_previous=result.has_previous_page
            ),
        )
