"""Nobody finds, counts or is suggested what they may not see."""

from datetime import UTC, datetime, timedelta
from itertools import product

from sqlalchemy import select, text

from app.adapters.search.protocol import Facet, SearchFilter
from app.core.viewer import Role
from app.models.datasets import Dataset, DatasetStatus, Visibility
from app.services import access
from app.services.datasets import search_lists

from .conftest import TEST, Shelf

PAST, FUTURE = datetime.now(UTC) - timedelta(hours=1), datetime.now(UTC) + timedelta(days=1)


def _facets(facets: list[Facet]) -> dict[str, dict[str, int]]:
    return {facet.name: {bucket.value: bucket.count for bucket in facet.buckets} for facet in facets}


async def test_restricted_datasets_are_found_by_owner_grant_and_administrators_only(shelf: Shelf) -> None:
    owner, granted, expired, other = [await shelf.account() for _ in range(4)]
    await shelf.put("open orders", tags=["sales"])
    secret = await shelf.put("secret orders", tags=["hr"], owner=owner, visibility=Visibility.RESTRICTED)
    await shelf.grant(secret, granted, expires_at=FUTURE)
    await shelf.grant(secret, expired, expires_at=PAST)

    for viewer in (owner, granted, shelf.owner):
        assert sorted(await shelf.found("orders", viewer=viewer)) == ["open orders", "secret orders"]
        assert await shelf.suggested("secret", viewer=viewer) == ["secret orders"]
        assert await shelf.suggested("ord", viewer=viewer) == ["open orders", "secret orders"]
    for viewer in (expired, other):
        assert await shelf.found("orders", viewer=viewer) == ["open orders"]
        assert await shelf.found("", viewer=viewer) == ["open orders"]
        assert await shelf.suggested("secret", viewer=viewer) == []
        assert await shelf.suggested("ord", viewer=viewer) == ["open orders"]


async def test_counts_and_facets_tell_nothing_of_what_is_hidden(shelf: Shelf) -> None:
    owner, other = await shelf.account(), await shelf.account()
    await shelf.put("open orders", tags=["sales"])
    await shelf.put("secret orders", tags=["hr"], owner=owner, visibility=Visibility.RESTRICTED, status=DatasetStatus.DRAFT)

    hidden = await shelf.page("orders", viewer=other)
    seen = await shelf.page("orders", viewer=owner)

    assert (hidden.total_count, seen.total_count) == (1, 2)
    assert _facets(hidden.facets) == {
        "status": {"ACTIVE": 1},
        "visibility": {"ORGANIZATION": 1},
        "owner": {str(shelf.owner.id): 1},
        "tags": {"sales": 1},
    }
    assert _facets(seen.facets) == {
        "status": {"ACTIVE": 1, "DRAFT": 1},
        "visibility": {"ORGANIZATION": 1, "RESTRICTED": 1},
        "owner": {str(shelf.owner.id): 1, str(owner.id): 1},
        "tags": {"hr": 1, "sales": 1},
    }


async def test_whether_a_query_is_misspelt_does_not_depend_on_what_is_hidden(shelf: Shelf) -> None:
    owner, other = await shelf.account(), await shelf.account()
    await shelf.put("customers")
    await shelf.put("custmers", owner=owner, visibility=Visibility.RESTRICTED)

    assert await shelf.found("custmers", viewer=other) == ["customers"]
    assert await shelf.found("custmers", viewer=owner) == ["custmers"]


async def test_a_change_of_visibility_and_a_deletion_count_at_once_though_the_document_is_old(shelf: Shelf) -> None:
    other = await shelf.account()
    hidden = await shelf.put("hidden orders")
    deleted = await shelf.put("deleted orders")
    await shelf.put("open orders")
    async with shelf.db.transaction(TEST) as session:
        await session.execute(text("UPDATE datasets SET visibility = 'RESTRICTED' WHERE id = :id"), {"id": hidden})
        await session.execute(text("UPDATE datasets SET deleted_at = now() WHERE id = :id"), {"id": deleted})

    assert await shelf.found("orders", viewer=other) == ["open orders"]
    assert await shelf.suggested("ord", viewer=other) == ["open orders"]
    assert sorted(await shelf.found("orders")) == ["hidden orders", "open orders"]


async def test_the_audience_is_exactly_who_may_see_the_dataset(shelf: Shelf) -> None:
    """Events are filtered in Python; that has to say what `access.visible` says for every kind of account."""
    accounts = [await shelf.account(role=role) for role in (Role.VIEWER, Role.EDITOR, Role.ADMIN)]
    for owner, visibility, deleted in product(accounts, Visibility, (False, True)):
        for expires_at in (None, PAST, FUTURE, "no grant"):
            dataset_id = await shelf.put("x", owner=owner, visibility=visibility, indexed=False)
            if isinstance(expires_at, datetime | None):
                await shelf.grant(dataset_id, accounts[0], expires_at=expires_at)
            if deleted:
                async with shelf.db.transaction(TEST) as session:
                    await session.execute(text("UPDATE datasets SET deleted_at = now() WHERE id = :id"), {"id": dataset_id})

    seen: list[int] = []
    for viewer in accounts:
        async with shelf.db.read(viewer) as session:
            by_access = set((await session.execute(select(Dataset.id).where(access.visible(viewer)))).scalars())
        async with shelf.db.read(TEST) as session:
            every = (await session.execute(select(Dataset.id))).scalars().all()
            by_audience = {one for one in every if (await access.audience(session, one)).includes(viewer)}
        assert by_audience == by_access
        seen.append(len(by_access))
    # Of 24 that are not deleted: all that are open (12), one's own (4), and granted ones of the others (2 x 2).
    assert seen == [12 + 4 + 4, 12 + 4, 24]


class _TellsTooMuch:
    """An index that lags behind: it names datasets that the viewer may not see any more."""

    def __init__(self, shelf: Shelf):
        self._shelf = shelf

    async def search(self, query, viewer, filter: SearchFilter, *, first, after):  # type: ignore[no-untyped-def]
        return await self._shelf.index.search(query, self._shelf.owner, filter, first=first, after=after)

    async def suggest(self, prefix, viewer, *, limit):  # type: ignore[no-untyped-def]
        return await self._shelf.index.suggest(prefix, self._shelf.owner, limit=limit)


async def test_rows_are_read_again_as_the_viewer_may_see_them(shelf: Shelf) -> None:
    other = await shelf.account()
    await shelf.put("open orders")
    await shelf.put("secret orders", visibility=Visibility.RESTRICTED)
    index = _TellsTooMuch(shelf)

    result = await search_lists.search(shelf.db, index, other, "orders", first=10, after=None, filter=None)
    suggested = await search_lists.suggest(shelf.db, index, other, "ord")

    assert [found.row.name for found in result.found] == ["open orders"]
    assert [row.name for row in suggested] == ["open orders"]
