"""Pages by cursor are one list cut into pieces."""

import random
from datetime import UTC, datetime
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.adapters.search.protocol import Mode, Position
from app.core.errors import InvalidInput
from app.core.ids import uuid7
from app.models.datasets import DatasetStatus
from app.services import cursors
from app.services.datasets import search_lists
from app.services.datasets.lists import DatasetFilter

from .conftest import EPOCH, Shelf

SOMEBODY = UUID("01a207e5-573a-7dcf-bf41-0cc6ef4ff222")
"""Fixed: test ids have to be the same in every process that collects them."""

WORDS = ["customer", "orders", "sales", "売上", "weather"]


async def _fill(shelf: Shelf) -> None:
    chance = random.Random(7)
    for number in range(60):
        await shelf.put(
            " ".join(chance.choices(WORDS, k=2)) + f" {number // 8}",
            " ".join(chance.choices(WORDS, k=4)),
            status=chance.choice([DatasetStatus.ACTIVE, DatasetStatus.DRAFT]),
            # Few moments, so that the order often rests on the id alone.
            created_at=EPOCH.replace(day=1 + number % 3),
        )


async def test_pages_by_cursor_equal_one_big_page(shelf: Shelf) -> None:
    await _fill(shelf)
    cases: list[tuple[str, int, DatasetFilter | None]] = []

    @settings(max_examples=16, deadline=None, suppress_health_check=list(HealthCheck))
    @given(
        st.sampled_from(["", "customer", "orders or 売上", "custmer", "-weather", "売上", "sales customer", "nothing"]),
        st.integers(4, 33),
        st.sampled_from([None, DatasetFilter(status=[DatasetStatus.ACTIVE])]),
    )
    def collect(query: str, first: int, filter: DatasetFilter | None) -> None:
        cases.append((query, first, filter))

    collect()
    assert len(cases) == 16
    for query, first, condition in cases:
        whole = await search_lists.search(shelf.db, shelf.index, shelf.owner, query, first=100, after=None, filter=condition)
        pieces: list[tuple[object, float, str]] = []
        after: str | None = None
        while True:
            page = await search_lists.search(
                shelf.db, shelf.index, shelf.owner, query, first=first, after=after, filter=condition
            )
            assert page.total_count == whole.total_count == len(whole.found)
            assert page.facets == whole.facets
            assert page.has_previous_page == (after is not None)
            pieces += [(found.row.id, found.score, found.cursor) for found in page.found]
            if not page.has_next_page:
                break
            assert len(page.found) == first
            after = page.found[-1].cursor
        assert pieces == [(found.row.id, found.score, found.cursor) for found in whole.found]
        assert len({piece[0] for piece in pieces}) == len(pieces)


async def test_scores_fall_from_page_to_page(shelf: Shelf) -> None:
    await _fill(shelf)

    scores = [hit.score for hit in (await shelf.page("customer or 売上")).hits]

    assert scores == sorted(scores, reverse=True)
    assert len(set(scores)) > 3


@pytest.mark.parametrize(
    "cursor",
    [
        "",
        "nonsense",
        "%%%",
        cursors.encode("datasets:CREATED_AT:DESC", EPOCH, SOMEBODY),
        cursors.encode("search", "other", 1.0, EPOCH, SOMEBODY),
        cursors.encode("search", "words", "1", EPOCH, SOMEBODY),
        cursors.encode("search", "words", 1.0, "now", SOMEBODY),
    ],
)
async def test_a_cursor_that_is_none_of_a_search_is_refused(shelf: Shelf, cursor: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        await search_lists.search(shelf.db, shelf.index, shelf.owner, "", first=1, after=cursor, filter=None)

    assert refused.value.path == ("after",)


@pytest.mark.parametrize("score", [0, -1.5, 1e308])
async def test_a_made_up_position_is_a_place_like_any_other(shelf: Shelf, score: float) -> None:
    await shelf.put("customers")
    position = Position(Mode.SIMILAR, score, datetime.max.replace(tzinfo=UTC), uuid7())

    page = await shelf.page("", after=position)

    assert (len(page.hits), page.total_count) == (0 if score < 0 else 1, 1)
