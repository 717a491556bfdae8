"""Fifty thousand documents: which indexes PostgreSQL uses, and what a deep page reads."""

import random
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import event, insert, text
from sqlalchemy.engine import Connection, ExecutionContext

from app.adapters.search import statements
from app.adapters.search.postgres import PostgresIndex
from app.adapters.search.protocol import Document, Mode, Position, SearchFilter
from app.adapters.search.query import parse
from app.core.db import Database
from app.core.ids import uuid7
from app.core.viewer import Role, Viewer
from app.embedded.engines import Engines
from app.models.accounts import User
from app.models.datasets import Dataset, DatasetStatus, Visibility
from tests.support.engines import migrated_database

from .conftest import EPOCH, TEST, open_database

WRITTEN, COPIES = 1_000, 49
ADMIN, VIEWER = (Viewer(uuid7(), "x@example.com", "x", role) for role in (Role.ADMIN, Role.VIEWER))

_CHANCE = random.Random(1)
COMMON = ["customer", "orders", "sales", "revenue", "weather", "logs"]
RARE = ["".join(_CHANCE.choices(["ka", "mo", "ri", "ten", "sol", "ver", "ni", "pla"], k=4)) for _ in range(3_000)]
JAPANESE = ["売上", "データ", "顧客", "東京都", "気象", "画像", "分類", "医療", "記録", "注文", "在庫", "天気"]

Statement = tuple[str, object]


@pytest.fixture(scope="module")
async def volume_url(engines: Engines) -> str:
    return await migrated_database(engines, "search_volume")


@pytest.fixture(scope="module")
async def big_db(volume_url: str) -> AsyncIterator[Database]:
    """50,000 datasets: 1,000 indexed by the adapter, and 49 copies of each under other ids and names."""
    db = open_database(volume_url)
    documents = [
        Document(
            dataset_id=uuid7(),
            version=1,
            name=" ".join([_CHANCE.choice(COMMON), *_CHANCE.sample(RARE, 2)])
            if number % 3
            else "".join(_CHANCE.sample(JAPANESE, 3)),
            description=" ".join(_CHANCE.choices(RARE, k=20) + _CHANCE.choices(COMMON, k=2) + _CHANCE.sample(JAPANESE, 2)),
            tags=_CHANCE.sample(COMMON, 2),
            field_names=[f"{word}_id" for word in _CHANCE.sample(RARE, 5)],
            metadata=[],
            owner_id=ADMIN.id,
            status=DatasetStatus.DRAFT,
            visibility=Visibility.ORGANIZATION,
            created_at=EPOCH,
            updated_at=EPOCH,
        )
        for number in range(WRITTEN)
    ]
    async with db.transaction(TEST) as session:
        for viewer in (ADMIN, VIEWER):
            session.add(
                User(
                    id=viewer.id,
                    email=f"{viewer.id}@example.com",
                    email_key=f"{viewer.id}@example.com",
                    display_name="x",
                    role=Role.VIEWER,
                )
            )
        await session.flush()
        await session.execute(
            insert(Dataset),
            [
                {
                    "id": d.dataset_id,
                    "name": d.name,
                    "slug": d.dataset_id.hex,
                    "description": d.description,
                    "owner_id": d.owner_id,
                }
                for d in documents
            ],
        )
    await PostgresIndex(db).index(*documents)
    async with db.transaction(TEST) as session:
        for statement in (
            "SET LOCAL statement_timeout = 0",  # a slow machine takes its time to copy
            f"CREATE TEMP TABLE copies AS SELECT id AS source, gen_random_uuid() AS id, n FROM datasets, generate_series(1, {COPIES}) n",
            """INSERT INTO datasets (id, name, slug, description, status, visibility, owner_id, created_at)
               SELECT c.id, d.name || ' ' || c.n, c.id::text, d.description, d.status, 'ORGANIZATION', d.owner_id,
                   d.created_at + make_interval(mins => c.n)
               FROM copies c JOIN datasets d ON d.id = c.source""",
            """INSERT INTO search_documents (dataset_id, document_version, folded_name, words, body, vector, tags, field_names,
                   metadata_lines)
               SELECT c.id, 1, d.folded_name || ' ' || c.n, d.words || ' ' || c.n, d.body, d.vector, d.tags, d.field_names,
                   d.metadata_lines
               FROM copies c JOIN search_documents d ON d.dataset_id = c.source""",
            """INSERT INTO search_name_starts SELECT c.id, s.position, s.start || ' ' || c.n
               FROM copies c JOIN search_name_starts s ON s.dataset_id = c.source""",
            "DROP TABLE copies",
            "ANALYZE datasets, search_documents, search_name_starts",
        ):
            await session.execute(text(statement))
    yield db
    await db.close()


@contextmanager
def recorded(db: Database) -> Iterator[list[Statement]]:
    """The SELECT statements that run inside the block, with their parameters."""
    seen: list[Statement] = []

    def record(
        _connection: Connection, _cursor: object, statement: str, parameters: object, _context: ExecutionContext, _many: bool
    ) -> None:
        seen.append((statement, parameters))

    event.listen(db.engine.sync_engine, "before_cursor_execute", record)
    try:
        yield seen
    finally:
        event.remove(db.engine.sync_engine, "before_cursor_execute", record)


async def explained(db: Database, statement: Statement, how: str = "EXPLAIN ") -> str:
    """The plan of a statement, as text."""
    async with db.read(TEST) as connection:
        rows = await connection.exec_driver_sql(how + statement[0], statement[1])
        return "\n".join(row[0] for row in rows)


async def plans(db: Database, call: Callable[[PostgresIndex], Awaitable[object]], of: str) -> list[str]:
    """The plans of those statements of a call that read the table `of`."""
    with recorded(db) as seen:
        await call(PostgresIndex(db))
    return [await explained(db, statement) for statement in seen if of in statement[0]]


@pytest.mark.parametrize("viewer", [ADMIN, VIEWER], ids=["admin", "viewer"])
@pytest.mark.parametrize("query", [RARE[0], f'"customer {RARE[1]}" -logs', "東京都 気象", "医", f"{RARE[2]} sales or {RARE[3]}"])
async def test_words_are_looked_up_in_the_index(big_db: Database, query: str, viewer: Viewer) -> None:
    page, *_ = await plans(big_db, lambda index: index.search(query, viewer, SearchFilter(), first=20, after=None), "WITH found")

    assert "Bitmap Index Scan on ix_search_documents_vector" in page
    assert "Seq Scan on search_documents" not in page


async def test_similar_words_are_looked_up_in_the_index(big_db: Database) -> None:
    async def search(index: PostgresIndex) -> None:
        page = await index.search("custmoer weahter", ADMIN, SearchFilter(), first=20, after=None)
        assert {hit.position.mode for hit in page.hits} == {Mode.SIMILAR}

    words, similar = await plans(big_db, search, "WITH found")

    assert "Bitmap Index Scan on ix_search_documents_vector" in words
    assert "Bitmap Index Scan on ix_search_documents_words" in similar
    assert "Seq Scan on search_documents" not in similar


@pytest.mark.parametrize("viewer", [ADMIN, VIEWER], ids=["admin", "viewer"])
@pytest.mark.parametrize("prefix", ["c", f"customer {RARE[0][:2]}", "東"])
async def test_suggestions_are_ranges_of_an_index_that_end_early(big_db: Database, prefix: str, viewer: Viewer) -> None:
    with recorded(big_db) as seen:
        found = await PostgresIndex(big_db).suggest(prefix, viewer, limit=10)
    names = statements.names_with_prefix(prefix, viewer, limit=10)
    words = statements.words_with_prefix(prefix, viewer, limit=100)
    assert names is not None
    assert words is not None
    async with big_db.read(TEST) as connection:
        with recorded(big_db) as both:
            await connection.execute(names)
            await connection.execute(words)
    by_name, by_word = [await explained(big_db, statement) for statement in both]

    assert len(found) == 10
    assert len(seen) == 1  # names alone are enough, so later words are not even looked up
    assert "using ix_search_documents_prefix" in by_name
    assert "using ix_search_name_starts_start" in by_word
    assert "Index Cond: ((folded_name >= " in by_name
    assert "Index Cond: ((start >= " in by_word
    for plan in (by_name, by_word):
        assert plan.startswith("Limit")
        assert "Sort" not in plan
        assert "Seq Scan on search" not in plan


@pytest.mark.parametrize("typed", ["", "customer"])
async def test_a_deep_page_reads_no_more_than_the_first(big_db: Database, typed: str) -> None:
    query = parse(typed)
    deep = statements.page(query, Mode.WORDS, ADMIN, SearchFilter(), first=12_000, after=None)
    async with big_db.read(TEST) as connection:
        rows = [row for row in (await connection.execute(deep)).all() if row.kind == "hit"]
    assert len(rows) == 12_001
    rows.sort(key=lambda row: (row.score, row.created_at, row.dataset_id), reverse=True)
    last = rows[9_999]
    position = Position(Mode.WORDS, last.score, last.created_at, last.dataset_id)

    index = PostgresIndex(big_db)
    with recorded(big_db) as seen:
        first_page = await index.search(typed, ADMIN, SearchFilter(), first=20, after=None)
        deep_page = await index.search(typed, ADMIN, SearchFilter(), first=20, after=position)
    first_plan, deep_plan = [
        await explained(big_db, statement, "EXPLAIN (ANALYZE, BUFFERS, TIMING OFF, SUMMARY OFF) ")
        for statement in seen
        if "WITH found" in statement[0]
    ]

    assert [hit.dataset_id for hit in deep_page.hits] == [row.dataset_id for row in rows[10_000:10_020]]
    assert first_page.total_count == deep_page.total_count >= 12_000
    assert first_page.facets == deep_page.facets
    assert _pages_read(deep_plan) <= 1.2 * _pages_read(first_plan)


async def test_counts_are_exact_beyond_ten_thousand(big_db: Database) -> None:
    page = await PostgresIndex(big_db).search("", VIEWER, SearchFilter(), first=1, after=None)

    assert page.total_count == WRITTEN * (COPIES + 1)
    assert [(bucket.value, bucket.count) for bucket in page.facets[0].buckets] == [("DRAFT", 50_000)]


def _pages_read(plan: str) -> int:
    """Pages of tables and indexes that the whole plan touched, in memory or not."""
    buffers = next(line for line in plan.splitlines() if "Buffers: shared" in line)
    return sum(int(word.partition("=")[2]) for word in buffers.split("temp")[0].split() if word.startswith(("hit=", "read=")))
