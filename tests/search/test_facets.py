"""Facets: exact counts, each without its own condition."""

from datetime import timedelta
from uuid import UUID

from app.adapters.search.protocol import SearchFilter, SearchPage
from app.models.datasets import DatasetStatus, Visibility
from app.services.datasets import search_lists
from app.services.datasets.lists import DatasetFilter

from .conftest import EPOCH, Shelf


def _buckets(page: SearchPage, name: str) -> list[tuple[str, int]]:
    return next([(bucket.value, bucket.count) for bucket in facet.buckets] for facet in page.facets if facet.name == name)


async def _fill(shelf: Shelf) -> UUID:
    other = await shelf.account()
    await shelf.put("orders 1", tags=["sales", "gold"])
    await shelf.put("orders 2", tags=["sales"], status=DatasetStatus.DRAFT)
    await shelf.put("orders 3", tags=["gold"], owner=other, visibility=Visibility.RESTRICTED)
    await shelf.put("orders 4", status=DatasetStatus.DRAFT, owner=other)
    await shelf.put("weather", tags=["sales"])
    return other.id


async def test_names_and_order_of_facets_are_stable_even_without_hits(shelf: Shelf) -> None:
    page = await shelf.page("nothing")

    assert [(facet.name, facet.buckets) for facet in page.facets] == [
        ("status", []),
        ("visibility", []),
        ("owner", []),
        ("tags", []),
    ]
    assert page.total_count == 0


async def test_counts_without_a_filter(shelf: Shelf) -> None:
    other = await _fill(shelf)

    page = await shelf.page("orders", first=1)

    assert page.total_count == 4
    assert _buckets(page, "status") == [("ACTIVE", 2), ("DRAFT", 2)]
    assert _buckets(page, "visibility") == [("ORGANIZATION", 3), ("RESTRICTED", 1)]
    assert _buckets(page, "owner") == sorted([(str(other), 2), (str(shelf.owner.id), 2)])
    assert _buckets(page, "tags") == [("gold", 2), ("sales", 2)]


async def test_each_facet_ignores_its_own_condition_and_honours_the_others(shelf: Shelf) -> None:
    other = await _fill(shelf)

    page = await shelf.page("orders", filter=SearchFilter(status=[DatasetStatus.DRAFT], owner_ids=[other]))

    assert [shelf.names[hit.dataset_id] for hit in page.hits] == ["orders 4"]
    assert page.total_count == 1
    assert _buckets(page, "status") == [("ACTIVE", 1), ("DRAFT", 1)]
    assert _buckets(page, "owner") == sorted([(str(other), 1), (str(shelf.owner.id), 1)])
    assert _buckets(page, "visibility") == [("ORGANIZATION", 1)]
    assert _buckets(page, "tags") == []


async def test_a_dataset_has_to_have_all_tags_of_the_filter(shelf: Shelf) -> None:
    await _fill(shelf)

    assert await shelf.found("orders", filter=SearchFilter(tags=["SALES", "gold"])) == ["orders 1"]
    assert sorted(await shelf.found("orders", filter=SearchFilter(tags=["sales"]))) == ["orders 1", "orders 2"]
    assert len(await shelf.found("orders", filter=SearchFilter(tags=[]))) == 4
    assert await shelf.found("orders", filter=SearchFilter(tags=["no\x00tag\ud800"])) == []


async def test_the_other_conditions(shelf: Shelf) -> None:
    await _fill(shelf)

    assert await shelf.found("orders", filter=SearchFilter(status=[])) == []
    assert await shelf.found("orders", filter=SearchFilter(owner_ids=[])) == []
    assert await shelf.found("orders", filter=SearchFilter(visibility=Visibility.RESTRICTED)) == ["orders 3"]
    assert await shelf.found("", filter=SearchFilter(name_contains="RS 4")) == ["orders 4"]
    assert await shelf.found("", filter=SearchFilter(name_contains="%")) == []
    assert await shelf.found("", filter=SearchFilter(name_contains="\x00\ud800")) == []
    assert await shelf.found("", filter=SearchFilter(created_after=EPOCH + timedelta(minutes=3))) == ["weather"]
    assert await shelf.found("", filter=SearchFilter(updated_after=EPOCH + timedelta(minutes=2))) == ["weather", "orders 4"]


async def test_a_filter_that_leaves_nothing_does_not_make_a_query_misspelt(shelf: Shelf) -> None:
    await shelf.put("weather", status=DatasetStatus.DRAFT)
    await shelf.put("leather")

    page = await shelf.page("weather", filter=SearchFilter(status=[DatasetStatus.ACTIVE]))

    assert (page.total_count, page.hits) == (0, [])
    assert _buckets(page, "status") == [("DRAFT", 1)]


async def test_the_twenty_most_frequent_tags_are_counted(shelf: Shelf) -> None:
    await shelf.put("a", tags=[f"t{number:02}" for number in range(30)])
    await shelf.put("b", tags=["t29", "t28"])

    buckets = _buckets(await shelf.page(""), "tags")

    assert buckets == [("t28", 2), ("t29", 2), *((f"t{number:02}", 1) for number in range(18))]


async def test_owners_have_names(shelf: Shelf) -> None:
    await _fill(shelf)

    result = await search_lists.search(
        shelf.db, shelf.index, shelf.owner, "orders", first=10, after=None, filter=DatasetFilter(status=[DatasetStatus.ACTIVE])
    )

    assert sorted(result.owner_names.values()) == ["Owner", "someone"]
    assert (result.total_count, result.degraded, result.has_next_page, result.has_previous_page) == (2, False, False, False)
