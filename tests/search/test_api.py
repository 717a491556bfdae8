"""searchDatasets and suggestDatasets as clients ask them."""

from collections.abc import Mapping

import pytest
from redis.asyncio import Redis

from app.adapters.storage import S3Storage
from app.adapters.tables import S3TableReader
from app.api.schema import make_schema
from app.context import Context, Resources
from app.core.security import TokenSigner
from app.core.settings import Settings
from app.core.viewer import Viewer
from app.embedded.engines import Engines
from app.models.datasets import DatasetStatus, Visibility
from app.schema.ids import to_id
from app.services.live import StatusHub
from app.services.notifications.live import InboxHub
from app.services.rate_limits import RateLimits

from .conftest import Shelf

SCHEMA = make_schema()
SEARCH = """
query SearchDatasets($query: String!, $first: Int!, $after: String, $filter: DatasetFilter) {
  searchDatasets(query: $query, first: $first, after: $after, filter: $filter) {
    edges { score highlights { field fragment } cursor node { id name owner { displayName } tags { name } } }
    facets { name buckets { value label count } }
    totalCount degraded
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
  }
}"""
SUGGEST = "query SuggestDatasets($prefix: String!) { suggestDatasets(prefix: $prefix) { id name } }"


class Client:
    """Sends operations as a signed-in account, or as nobody."""

    def __init__(self, resources: Resources):
        self._resources = resources

    async def send(
        self, document: str, viewer: Viewer | None, **variables: object
    ) -> tuple[Mapping[str, object] | None, list[str]]:
        """(data, codes of errors)."""
        result = await SCHEMA.execute(document, variables, Context(self._resources, viewer))
        return result.data, [(error.extensions or {})["code"] for error in result.errors or []]

    async def search(self, viewer: Viewer, query: str, **variables: object) -> dict:  # type: ignore[type-arg]
        """The connection of a search that succeeds."""
        data, codes = await self.send(SEARCH, viewer, query=query, **({"first": 10} | variables))
        assert codes == []
        assert data is not None
        return data["searchDatasets"]  # type: ignore[return-value]


@pytest.fixture
def client(shelf: Shelf, engines: Engines) -> Client:
    settings = Settings(profile="test")
    redis = Redis.from_url(engines.redis_url)
    hub = StatusHub(shelf.db, redis)
    return Client(
        Resources(
            settings, shelf.db, S3Storage(settings), S3TableReader(settings), shelf.index, TokenSigner(settings), hub,
            RateLimits(settings), redis, InboxHub(shelf.db),
        )
    )  # fmt: skip


async def test_a_search_answers_hits_facets_and_counts(shelf: Shelf, client: Client) -> None:
    viewer = await shelf.account()
    orders = await shelf.put("Orders", "of customers & <partners>", tags=["sales"])
    await shelf.put("Order lines", tags=["sales", "detail"], status=DatasetStatus.DRAFT)
    await shelf.put("Secret orders", visibility=Visibility.RESTRICTED)

    found = await client.search(viewer, "orders customers")

    [edge] = found.pop("edges")
    assert edge.pop("score") > 1
    cursor = edge.pop("cursor")
    assert edge == {
        "highlights": [
            {"field": "name", "fragment": "<mark>Orders</mark>"},
            {"field": "description", "fragment": "of <mark>customers</mark> &amp; &lt;partners&gt;"},
        ],
        "node": {
            "id": to_id("Dataset", orders),
            "name": "Orders",
            "owner": {"displayName": "Owner"},
            "tags": [{"name": "sales"}],
        },
    }
    assert found == {
        "facets": [
            {"name": "status", "buckets": [{"value": "ACTIVE", "label": "ACTIVE", "count": 1}]},
            {"name": "visibility", "buckets": [{"value": "ORGANIZATION", "label": "ORGANIZATION", "count": 1}]},
            {"name": "owner", "buckets": [{"value": to_id("User", shelf.owner.id), "label": "Owner", "count": 1}]},
            {"name": "tags", "buckets": [{"value": "sales", "label": "sales", "count": 1}]},
        ],
        "totalCount": 1,
        "degraded": False,
        "pageInfo": {"hasNextPage": False, "hasPreviousPage": False, "startCursor": cursor, "endCursor": cursor},
    }


async def test_pages_follow_the_end_cursor(shelf: Shelf, client: Client) -> None:
    for number in range(5):
        await shelf.put(f"orders {number}")
    names: list[str] = []
    after: str | None = None
    while True:
        page = await client.search(shelf.owner, "", first=2, after=after)
        assert page["totalCount"] == 5
        names += [edge["node"]["name"] for edge in page["edges"]]
        if not page["pageInfo"]["hasNextPage"]:
            break
        after = page["pageInfo"]["endCursor"]

    assert names == [f"orders {number}" for number in (4, 3, 2, 1, 0)]


async def test_the_value_of_a_bucket_is_what_the_filter_takes(shelf: Shelf, client: Client) -> None:
    await shelf.put("orders 1", tags=["sales"])
    await shelf.put("orders 2", owner=await shelf.account("Ann"), status=DatasetStatus.DRAFT, tags=["gold"])
    facets = {facet["name"]: facet["buckets"] for facet in (await client.search(shelf.owner, "orders"))["facets"]}
    [ann] = [bucket["value"] for bucket in facets["owner"] if bucket["label"] == "Ann"]

    for condition in ({"ownerIds": [ann]}, {"status": ["DRAFT"]}, {"tags": ["gold"]}):
        found = await client.search(shelf.owner, "orders", filter=condition)
        assert [edge["node"]["name"] for edge in found["edges"]] == ["orders 2"]
    narrowed = await client.search(shelf.owner, "orders", filter={"ownerIds": [ann]})
    assert [bucket["count"] for bucket in narrowed["facets"][2]["buckets"]] == [1, 1]
    assert narrowed["facets"][3]["buckets"] == [{"value": "gold", "label": "gold", "count": 1}]


async def test_suggestions(shelf: Shelf, client: Client) -> None:
    orders = await shelf.put("Customer orders")
    await shelf.put("Secret orders", visibility=Visibility.RESTRICTED)

    data, codes = await client.send(SUGGEST, await shelf.account(), prefix="ord")

    assert (data, codes) == ({"suggestDatasets": [{"id": to_id("Dataset", orders), "name": "Customer orders"}]}, [])


async def test_nobody_finds_nothing(shelf: Shelf, client: Client) -> None:
    await shelf.put("orders")

    assert await client.send(SEARCH, None, query="orders", first=1) == (None, ["UNAUTHENTICATED"])
    assert await client.send(SUGGEST, None, prefix="ord") == (None, ["UNAUTHENTICATED"])


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"first": 0}, "INVALID_INPUT"),
        ({"first": 101}, "INVALID_INPUT"),
        ({"after": "nonsense"}, "INVALID_INPUT"),
        ({"filter": {"ownerIds": ["nobody"]}}, "INVALID_INPUT"),
        ({"filter": {"status": ["LOST"]}}, "BAD_REQUEST"),
    ],
    ids=str,
)
async def test_what_cannot_be_accepted_is_said(shelf: Shelf, client: Client, wrong: dict[str, object], code: str) -> None:
    document = """
        query Search($query: String!, $first: Int!, $after: String, $filter: DatasetFilter) {
          searchDatasets(query: $query, first: $first, after: $after, filter: $filter) { totalCount }
        }"""
    await shelf.put("orders")

    assert await client.send(document, shelf.owner, query="orders", first=100) == ({"searchDatasets": {"totalCount": 1}}, [])
    assert await client.send(document, shelf.owner, query="orders", **({"first": 1} | wrong)) == (None, [code])
