"""What an operation costs, how long it may take, and that nothing goes on when it has ended."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg
import httpx
import orjson
import pytest
from starlette.applications import Starlette
from starlette.types import Message

from app.core.settings import Settings
from tests.limits.conftest import Served
from tests.support.people import Person, a_person
from tests.support.phrases import plain
from tests.support.system import System, until

LARGEST = "{datasets(first:100){edges{node{versions(first:96){edges{cursor}}}}}}"
LARGEST_COST = 9_901
BLOCKED = {
    "a resolver": ("datasets", "{datasets(first:1){edges{cursor}}}"),
    "a loader": ("dataset_tags", "{datasets(first:1){edges{node{tags{name}}}}}"),
}


async def post(client: httpx.AsyncClient, query: str, person: Person | None = None) -> httpx.Response:
    headers = {"Authorization": f"Bearer {person.token}"} if person else {}
    return await client.post("/graphql", json={"query": query}, headers=headers)


async def test_every_answer_says_what_it_cost(served: Served, prepared: System) -> None:
    async with a_person(prepared, "EDITOR") as editor, served(cost_per_minute=100_000) as (_, client):
        costs = {
            query: (await post(client, query, editor)).json()["extensions"]["cost"]
            for query in ("{__typename}", "{viewer{id}}", LARGEST, "mutation{signOut{errors{code}}}")
        }
    requested = {query: cost["requested"] for query, cost in costs.items()}
    assert requested == {"{__typename}": 1, "{viewer{id}}": 1, LARGEST: LARGEST_COST, "mutation{signOut{errors{code}}}": 21}
    assert {cost["limit"] for cost in costs.values()} == {100_000}
    # Each document was new: a hundred, and one for 20 characters, to read it.
    read = sum(100 + len(query) // 20 for query in costs)
    assert 100_000 - LARGEST_COST - 23 - read <= costs["mutation{signOut{errors{code}}}"]["remaining"] < 100_000


async def test_the_eleventh_largest_operation_is_refused_and_nobody_else_is(served: Served, prepared: System) -> None:
    async with a_person(prepared, "EDITOR") as editor, a_person(prepared, "EDITOR") as other:
        async with served(cost_per_minute=Settings().cost_per_minute) as (_, client):
            statuses = [(await post(client, LARGEST, editor)).status_code for _ in range(10)]
            assert statuses == [200] * 10
            answer = await post(client, LARGEST, editor)
            assert answer.status_code == 429
            assert 1 <= int(answer.headers["Retry-After"]) <= 6
            (error,) = answer.json()["errors"]
            assert plain(error["extensions"]) == {"code": "RATE_LIMITED", "retryAfterSeconds": int(answer.headers["Retry-After"])}
            assert "data" not in answer.json()
            assert (await post(client, LARGEST, other)).status_code == 200
            assert (await post(client, "{__typename}")).status_code == 200


async def test_documents_that_are_refused_are_paid_for_too(served: Served, prepared: System) -> None:
    async with a_person(prepared, "EDITOR") as editor, served(cost_per_minute=10_000) as (_, client):
        answers = [await post(client, "{nothing}", editor) for _ in range(130)]
    statuses = [answer.status_code for answer in answers]
    assert statuses[:99] == [200] * 99  # a hundred each, and a hundred for reading it the first time
    assert statuses[-1] == 429


async def test_who_uploads_too_often_has_to_wait(served: Served, prepared: System) -> None:
    start = 'mutation{startUpload(input:{datasetId:"dAAAAAAAAAAAAAAAAAAAAAA",fileName:"a.csv",sizeBytes:1}){errors{code}}}'
    async with a_person(prepared, "EDITOR") as editor, served(rate_limit_upload="2/minute") as (_, client):
        for _ in range(2):
            assert (await post(client, start, editor)).json()["data"] == {"startUpload": {"errors": [{"code": "NOT_FOUND"}]}}
        answer = await post(client, start, editor)
    assert answer.json()["errors"][0]["extensions"]["code"] == "RATE_LIMITED"
    assert 1 <= int(answer.headers["Retry-After"]) <= 60


@asynccontextmanager
async def locked(prepared: System, table: str) -> AsyncIterator[None]:
    """Every statement on the table waits."""
    connection = await prepared.database()
    async with connection.transaction():
        await connection.execute(f"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE")
        yield
    await connection.close()


async def waiting(database: asyncpg.Connection) -> int:
    """Statements of the api that wait for a lock."""
    return int(
        await database.fetchval(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'datakura-api' "
            "AND wait_event_type = 'Lock' AND state = 'active'"
        )
    )


async def none_waits(database: asyncpg.Connection) -> bool:
    return await waiting(database) == 0


@pytest.fixture(scope="module", autouse=True)
async def a_dataset(database: asyncpg.Connection, editor: Person) -> None:
    """Something that loaders have to be asked for."""
    await database.execute(
        "INSERT INTO datasets (id, name, slug, status, visibility, owner_id) "
        "VALUES (gen_random_uuid(), 'Slow', 'slow', 'DRAFT', 'ORGANIZATION', $1) ON CONFLICT DO NOTHING",
        editor.row_id,
    )


@pytest.mark.parametrize("where", BLOCKED)
async def test_an_operation_that_takes_too_long_ends_with_its_statement(
    served: Served, prepared: System, database: asyncpg.Connection, editor: Person, where: str
) -> None:
    table, query = BLOCKED[where]
    async with served(operation_timeout_seconds=0.5, statement_timeout_seconds=60) as (_, client), locked(prepared, table):
        answer = await post(client, query, editor)
        await until(lambda: none_waits(database), "the statement to be gone", seconds=30)
    assert answer.status_code == 200
    assert answer.json() == {
        "data": None,
        "errors": [
            {
                "message": "This took longer than 0.5 s and was ended. Ask for less, or try again later.",
                "extensions": {"code": "TIMEOUT", "phrase": {"code": "OPERATION_TOO_SLOW", "params": {"seconds": 0.5}}},
            }
        ],
    }


async def test_a_statement_that_takes_too_long_is_ended_by_the_database(served: Served, prepared: System, editor: Person) -> None:
    async with served(statement_timeout_seconds=0.3) as (_, client), locked(prepared, "datasets"):
        answer = await post(client, "{datasets(first:1){edges{cursor}}}", editor)
    (error,) = answer.json()["errors"]
    assert error["message"] == "This takes the database too long. Ask for less, or try again later."
    assert error["extensions"]["code"] == "UNAVAILABLE"


class Leaver:
    """A client that sends its request and leaves when it is told to, without waiting for the answer."""

    def __init__(self, query: str, person: Person):
        self._body: list[Message] = [{"type": "http.request", "body": orjson.dumps({"query": query}), "more_body": False}]
        self.leaves = asyncio.Event()
        self.scope = {
            "type": "http", "http_version": "1.1", "method": "POST", "path": "/graphql", "raw_path": b"/graphql", "query_string": b"",
            "root_path": "", "scheme": "http", "server": ("127.0.0.1", 80), "client": ("127.0.0.1", 1),
            "headers": [(b"host", b"127.0.0.1"), (b"content-type", b"application/json"), (b"authorization", f"Bearer {person.token}".encode())],
        }  # fmt: skip

    async def receive(self) -> Message:
        if self._body:
            return self._body.pop()
        await self.leaves.wait()
        return {"type": "http.disconnect"}

    async def send(self, _: Message) -> None:
        """Nobody listens."""

    def asks(self, application: Starlette) -> "asyncio.Task[None]":
        """The request is on its way."""
        return asyncio.create_task(application(self.scope, self.receive, self.send))


@pytest.mark.parametrize("where", BLOCKED)
async def test_the_statement_of_a_query_ends_when_its_client_leaves(
    served: Served, prepared: System, database: asyncpg.Connection, editor: Person, where: str
) -> None:
    table, query = BLOCKED[where]
    async with served(statement_timeout_seconds=60) as (application, _), locked(prepared, table):
        leaver = Leaver(query, editor)
        request = leaver.asks(application)
        await until(lambda: some_wait(database), "the statement to wait")
        leaver.leaves.set()
        await until(lambda: none_waits(database), "the statement to be gone", seconds=30)
        await request


async def some_wait(database: asyncpg.Connection) -> bool:
    return await waiting(database) > 0


async def test_a_mutation_goes_on_when_its_client_leaves(
    served: Served, prepared: System, database: asyncpg.Connection, editor: Person
) -> None:
    async with served(statement_timeout_seconds=60) as (application, _):
        leaver = Leaver('mutation{createDataset(input:{name:"Left behind"}){errors{code}}}', editor)
        async with locked(prepared, "datasets"):
            request = leaver.asks(application)
            await until(lambda: some_wait(database), "the statement to wait")
            leaver.leaves.set()
        await request
    assert await database.fetchval("SELECT count(*) FROM datasets WHERE name = 'Left behind'") == 1
