"""Facets: exact counts, each without its own condition."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import text

from app.adapters.search.protocol import SearchFilter, SearchPage
from app.core.ids import uuid7
from app.models.datasets import DatasetStatus, Visibility
from app.models.health import Freshness, HealthState
from app.services.datasets import lists, search_lists
from app.services.datasets.lists import DatasetFilter

from .conftest import EPOCH, TEST, Shelf


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


_CHECKED = """
    WITH v AS (SELECT current_version_id AS id FROM datasets WHERE id = :dataset),
    rule AS (INSERT INTO quality_rules (id, dataset_id, name, type) VALUES (:rule, :dataset, 'r', 'row_count')),
    run AS (INSERT INTO quality_runs (id, dataset_id, version_id, status, trigger)
            SELECT :run, :dataset, id, 'QUEUED', 'MANUAL' FROM v)
    INSERT INTO quality_results (id, run_id, position, dataset_id, version_id, rule_id, rule_revision, counts, rule_name,
        rule_type, field_paths, severity, status, metric_name, rows_scanned, duration_ms, message, partial)
    SELECT :run, :run, 1, :dataset, id, :rule, 1, true, 'r', 'row_count', '{}', 'ERROR', :status, 'row_count', 1, 1, '', false
    FROM v"""


async def _published(shelf: Shelf, name: str, days: float, status: str | None) -> None:
    dataset_id = await shelf.put(name, fields=["a"])
    async with shelf.db.transaction(TEST) as session:
        await session.execute(
            text("UPDATE datasets SET current_published_at = now() - :age * interval '1 day' WHERE id = :id"),
            {"age": days, "id": dataset_id},
        )
        if status is not None:
            keys = {"dataset": dataset_id, "rule": uuid7(), "run": uuid7(), "status": status}
            await session.execute(text(_CHECKED), keys)


async def test_health_and_age_of_the_data_are_counted_and_filtered_by(shelf: Shelf) -> None:
    await _published(shelf, "orders a", 0.5, "FAIL")
    await _published(shelf, "orders b", 0.5, "PASS")
    await _published(shelf, "orders c", 3, "PASS")
    await _published(shelf, "orders d", 400, None)
    await shelf.put("orders e")
    await _published(shelf, "weather", 20, "WARN")
    viewer = await shelf.account()

    async def states(query: str, filter: SearchFilter = SearchFilter()) -> dict[str, dict[str, int]]:
        facets = await shelf.index.states(query, viewer, filter)
        return {facet.name: {bucket.value: bucket.count for bucket in facet.buckets} for facet in facets}

    assert await states("orders") == {
        "health": {"PASS": 2, "UNCHECKED": 2, "FAIL": 1},
        "freshness": {"DAY": 2, "WEEK": 1, "OLDER": 1, "NEVER": 1},
    }
    assert await states("weathr") == {"health": {"WARN": 1}, "freshness": {"MONTH": 1}}
    chosen = SearchFilter(health=[HealthState.PASS, HealthState.UNCHECKED], freshness=[Freshness.DAY, Freshness.OLDER])
    # Each without its own condition.
    assert await states("orders", chosen) == {
        "health": {"FAIL": 1, "PASS": 1, "UNCHECKED": 1},
        "freshness": {"DAY": 1, "WEEK": 1, "OLDER": 1, "NEVER": 1},
    }
    page = await shelf.page("orders", filter=chosen)
    assert sorted(shelf.names[hit.dataset_id] for hit in page.hits) == ["orders b", "orders d"]
    assert (page.total_count, _buckets(page, "status")) == (2, [("ACTIVE", 2)])
    async with shelf.db.read(viewer) as connection:
        listed = await lists.list_datasets(
            connection, viewer, first=10, filter=DatasetFilter(health=chosen.health, freshness=chosen.freshness)
        )
        failing = await lists.list_datasets(connection, viewer, first=10, filter=DatasetFilter(health=[HealthState.FAIL]))
    assert [[row.name for row in one.rows] for one in (listed, failing)] == [["orders d", "orders b"], ["orders a"]]
