"""Queries that find datasets."""

from typing import Annotated

import strawberry

from app.schema.base import After, First, Info, check_first
from app.schema.datasets import Dataset, DatasetFilter
from app.schema.search import SearchConnection
from app.services.datasets import search_lists

SearchText = Annotated[
    str,
    strawberry.argument(
        description=(
            'What a person types: words, "a phrase", -excluded, one or other. Everything, newest first, when it holds no word. '
            "Read up to 1,000 characters and 32 terms; the rest is ignored."
        )
    ),
]
Prefix = Annotated[str, strawberry.argument(description="What was typed so far; read up to 255 characters.")]
Filter = Annotated[DatasetFilter | None, strawberry.argument(description="Conditions that every hit fulfils.")]


@strawberry.type
class SearchQuery:
    @strawberry.field(
        description=(
            "Datasets whose name, tags, field names, description or metadata hold the words, best first. English words are found by "
            "their stem, Japanese text inside unbroken text; when no dataset holds the words, those with similar spelling are found."
        )
    )
    async def search_datasets(
        self, info: Info, query: SearchText, first: First, after: After = None, filter: Filter = None
    ) -> SearchConnection:
        context = info.context
        parsed = None if filter is None else filter.parsed()
        result = await search_lists.search(
            context.resources.db,
            context.resources.search,
            context.viewer,
            query,
            first=check_first(first),
            after=after,
            filter=parsed,
        )
        return SearchConnection.of(result, query, parsed)

    @strawberry.field(
        description="Up to ten datasets whose name begins with the prefix, then those with a word that does, by name."
    )
    async def suggest_datasets(self, info: Info, prefix: Prefix) -> list[Dataset]:
        context = info.context
        rows = await search_lists.suggest(context.resources.db, context.resources.search, context.viewer, prefix)
        return [Dataset.of(row) for row in rows]
