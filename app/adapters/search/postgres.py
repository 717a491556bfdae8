"""The search index in PostgreSQL: full text with stems, pairs of CJK characters, trigrams for typing errors."""

import asyncio
from collections.abc import Iterable, Sequence
from itertools import islice
from uuid import UUID

import orjson
from sqlalchemy import Row, select, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from app.adapters.search import matching, statements
from app.adapters.search.highlighting import MAX_SCANNED, Texts
from app.adapters.search.protocol import (
    Bucket,
    Document,
    Facet,
    Highlight,
    Hit,
    Mode,
    Position,
    SearchFilter,
    SearchPage,
)
from app.adapters.search.query import Query, parse
from app.adapters.search.vectors import name_starts, stored
from app.core.db import Database
from app.core.viewer import System, Viewer
from app.models.datasets import Dataset
from app.models.search import SearchDocument
from app.models.visibility import visible

_BATCH = 200
_WRITER = System("search")

# The lexeme ¶ stands between two sections, so that no phrase reaches from one into the next; nobody can type it.
_SECTION = (
    "setweight(to_tsvector('pg_catalog.english', d.{0}) || '¶\\:1' || to_tsvector('pg_catalog.simple', d.{0}) || '¶\\:1', '{1}')"
)
_VECTOR = " || ".join(
    _SECTION.format(f"{section}_words", weight)
    for section, weight in (("name", "A"), ("label", "B"), ("description", "C"), ("metadata", "D"))
)
# The row of datasets is locked until commit: a deletion either is seen here, or waits and removes this document after it.
_WRITE = text(f"""
    INSERT INTO search_documents (
        dataset_id, document_version, folded_name, words, body, tags, field_names, metadata_lines, vector)
    SELECT d.dataset_id, d.version, d.folded_name, d.words, d.body, d.tags, d.field_names, d.metadata_lines,
        CAST(d.runs AS tsvector) || {_VECTOR}
    FROM jsonb_to_recordset(CAST(:documents AS jsonb)) AS d(
        dataset_id uuid, version bigint, folded_name text, words text, body text, runs text, name_words text,
        label_words text, description_words text, metadata_words text, tags text[], field_names text[], metadata_lines text[])
    JOIN datasets ON datasets.id = d.dataset_id
    WHERE datasets.deleted_at IS NULL
    ORDER BY d.dataset_id
    FOR SHARE OF datasets
    ON CONFLICT (dataset_id) DO UPDATE SET
        document_version = excluded.document_version, folded_name = excluded.folded_name, words = excluded.words,
        body = excluded.body, tags = excluded.tags, field_names = excluded.field_names,
        metadata_lines = excluded.metadata_lines, vector = excluded.vector
    WHERE search_documents.document_version <= excluded.document_version
    RETURNING dataset_id""")
_DROP_STARTS = text("DELETE FROM search_name_starts WHERE dataset_id = ANY(:ids)")
_WRITE_STARTS = text("""
    INSERT INTO search_name_starts (dataset_id, position, start)
    SELECT * FROM unnest(CAST(:ids AS uuid[]), CAST(:positions AS smallint[]), CAST(:starts AS text[]))""")
_REMOVE = text("DELETE FROM search_documents WHERE dataset_id = :id AND document_version <= :version")

# Of the words of the hits, those that the query found: the same stem, or for typing errors a similar spelling.
_SAME_STEM = text("""
    WITH wanted AS (SELECT array_agg(stem) AS stems
                    FROM unnest(CAST(:wanted AS text[])) AS w(word), unnest(ts_lexize('pg_catalog.english_stem', word)) AS stem)
    SELECT word FROM unnest(CAST(:words AS text[])) AS h(word)
    WHERE word = ANY(:wanted) OR ts_lexize('pg_catalog.english_stem', word) && (SELECT stems FROM wanted)""")
_SIMILAR = text("""
    SELECT DISTINCT h.word FROM unnest(CAST(:words AS text[])) AS h(word), unnest(CAST(:wanted AS text[])) AS w(word)
    WHERE h.word = w.word OR (length(w.word) >= :shortest AND w.word <% h.word)""")


class PostgresIndex:
    """`SearchIndex` on the database that holds the datasets."""

    def __init__(self, database: Database):
        self._database = database

    async def index(self, *documents: Document) -> None:
        """See `SearchIndex.index`. Many documents are written in transactions of 200."""
        newest: dict[UUID, Document] = {}
        for document in sorted(documents, key=lambda d: d.version):
            newest[document.dataset_id] = document
        remaining = iter(newest.values())
        while batch := list(islice(remaining, _BATCH)):
            async with self._database.transaction(_WRITER) as session:
                await _write(session, batch)

    async def remove(self, dataset_id: UUID, *, version: int) -> None:
        """See `SearchIndex.remove`."""
        async with self._database.transaction(_WRITER) as session:
            await session.execute(_REMOVE, {"id": dataset_id, "version": version})

    async def search(self, query: str, viewer: Viewer, filter: SearchFilter, *, first: int, after: Position | None) -> SearchPage:
        """See `SearchIndex.search`: one statement for page, counts and facets, two for the highlights.

        Words of similar spelling are searched only when no dataset that the viewer may see holds those typed;
        one more statement then.
        """
        parsed = parse(query)
        mode = after.mode if after is not None and matching.may_be_misspelt(parsed) else Mode.WORDS
        async with self._database.read(viewer) as connection:
            rows = await _page(connection, parsed, mode, viewer, filter, first=first, after=after)
            if after is None and _counts(rows, "found") == 0 and matching.may_be_misspelt(parsed):
                mode = Mode.SIMILAR
                rows = await _page(connection, parsed, mode, viewer, filter, first=first, after=after)
            places = [Position(mode, row.score, row.created_at, row.dataset_id) for row in rows if row.kind == "hit"]
            places.sort(key=lambda p: (p.score, p.created_at, p.dataset_id), reverse=True)
            highlights = await _highlights(connection, viewer, parsed, mode, [place.dataset_id for place in places[:first]])
        return SearchPage(
            hits=[Hit(place.dataset_id, place.score, place, highlights.get(place.dataset_id, [])) for place in places[:first]],
            facets=[_facet(rows, name) for name in statements.FACETS],
            total_count=_counts(rows, "total"),
            has_next_page=len(places) > first,
        )

    async def states(self, query: str, viewer: Viewer, filter: SearchFilter) -> list[Facet]:
        """See `SearchIndex.states`: one statement, one more for words of similar spelling."""
        parsed = parse(query)
        async with self._database.read(viewer) as connection:
            rows = (await connection.execute(statements.states(parsed, Mode.WORDS, viewer, filter))).all()
            if _counts(rows, "found") == 0 and matching.may_be_misspelt(parsed):
                await _set_threshold(connection)
                rows = (await connection.execute(statements.states(parsed, Mode.SIMILAR, viewer, filter))).all()
        return [_facet(rows, name) for name in statements.STATES]

    async def suggest(self, prefix: str, viewer: Viewer, *, limit: int) -> list[UUID]:
        """See `SearchIndex.suggest`: two ranges of two indexes."""
        found: list[UUID] = []
        async with self._database.read(viewer) as connection:
            whole = statements.names_with_prefix(prefix, viewer, limit=limit)
            if whole is not None:
                found += (await connection.execute(whole)).scalars()
            # More than are needed, because one name can hold the same beginning several times.
            later = statements.words_with_prefix(prefix, viewer, limit=limit * 10)
            if later is not None and len(found) < limit:
                found += (await connection.execute(later)).scalars()
        return list(dict.fromkeys(found))[:limit]


async def _write(session: AsyncSession, batch: Sequence[Document]) -> None:
    encoded = orjson.dumps([stored(document) for document in batch], default=str).decode()
    written = set((await session.execute(_WRITE, {"documents": encoded})).scalars())
    if not written:
        return
    await session.execute(_DROP_STARTS, {"ids": list(written)})
    starts = [
        (document.dataset_id, position, start)
        for document in batch
        if document.dataset_id in written
        for position, start in enumerate(name_starts(document.name), start=1)
    ]
    if starts:
        ids, positions, texts = zip(*starts, strict=True)
        await session.execute(_WRITE_STARTS, {"ids": ids, "positions": positions, "starts": texts})


async def _page(
    connection: AsyncConnection,
    query: Query,
    mode: Mode,
    viewer: Viewer,
    filter: SearchFilter,
    *,
    first: int,
    after: Position | None,
) -> Sequence[Row[tuple[object, ...]]]:
    if mode is Mode.SIMILAR:
        await _set_threshold(connection)
    return (await connection.execute(statements.page(query, mode, viewer, filter, first=first, after=after))).all()


async def _set_threshold(connection: AsyncConnection) -> None:
    """`<%` reads its threshold from the session; no other code uses the operator, so it may stay."""
    await connection.execute(
        text("SELECT set_config('pg_trgm.word_similarity_threshold', :value, false)"), {"value": matching.SIMILARITY}
    )


def _counts(rows: Iterable[Row[tuple[object, ...]]], kind: str) -> int:
    number: int = next(row.number for row in rows if row.kind == kind)
    return number


def _facet(rows: Iterable[Row[tuple[object, ...]]], name: str) -> Facet:
    buckets = [Bucket(row.value, row.number) for row in rows if row.kind == name]
    return Facet(name, sorted(buckets, key=lambda bucket: (-bucket.count, bucket.value)))


async def _highlights(
    connection: AsyncConnection, viewer: Viewer, query: Query, mode: Mode, dataset_ids: list[UUID]
) -> dict[UUID, list[Highlight]]:
    if not dataset_ids or not query.wanted:
        return {}
    rows = await connection.execute(
        select(
            SearchDocument.dataset_id,
            Dataset.name,
            Dataset.description,
            SearchDocument.tags,
            SearchDocument.field_names,
            SearchDocument.metadata_lines,
        )
        .join(Dataset, Dataset.id == SearchDocument.dataset_id)
        .where(SearchDocument.dataset_id.in_(dataset_ids), visible(viewer))
    )
    # In a thread: a hundred long descriptions take longer to read than an event loop may stand still.
    texts = await asyncio.to_thread(_texts, rows.all())
    found = await _words_found(connection, query.wanted_words, mode, set().union(*(text.words for text in texts.values())))

    def marked() -> dict[UUID, list[Highlight]]:
        return {dataset_id: text.highlights(found, query.wanted_runs) for dataset_id, text in texts.items()}

    return await asyncio.to_thread(marked)


def _texts(rows: Iterable[Row[*tuple[object, ...]]]) -> dict[UUID, Texts]:
    return {
        row.dataset_id: Texts(
            name=row.name,
            description=row.description and row.description[:MAX_SCANNED],
            tags=row.tags,
            field_names=row.field_names,
            metadata=row.metadata_lines,
        )
        for row in rows
    }


async def _words_found(connection: AsyncConnection, wanted: list[str], mode: Mode, words: set[str]) -> frozenset[str]:
    if not wanted:
        return frozenset()
    if mode is Mode.SIMILAR:
        parameters = {"words": list(words), "wanted": wanted, "shortest": matching.MIN_SIMILAR}
        return frozenset((await connection.execute(_SIMILAR, parameters)).scalars())
    # Stems keep the beginning of a word: only words that begin as one that was typed can share a stem.
    beginnings = tuple({word[:1] for word in wanted})
    candidates = [word for word in words if word.startswith(beginnings)]
    return frozenset((await connection.execute(_SAME_STEM, {"words": candidates, "wanted": wanted})).scalars())
