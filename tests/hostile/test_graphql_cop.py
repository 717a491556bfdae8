"""What scanners of GraphQL servers try, as graphql-cop does: thirteen payloads, and those that can be hidden in fragments."""

from collections.abc import AsyncIterator

import httpx
import orjson
import pytest
from pydantic import SecretStr

from app.api.application import create_application
from app.core.settings import Settings
from app.embedded.engines import Engines

ALIASES = " ".join(f"alias{number}: __typename" for number in range(101))
DIRECTIVES = "__typename " + "@aa" * 10
FIELDS = "__typename " * 500


@pytest.fixture(scope="module")
async def client(engines: Engines) -> AsyncIterator[httpx.AsyncClient]:
    """An api as in production: without introspection and GraphiQL."""
    settings = Settings(
        profile="test", database_url=SecretStr(engines.database_url), redis_url=SecretStr(engines.redis_url),
        secret_keys=SecretStr(engines.secret_keys), introspection=False, graphiql=False,
    )  # fmt: skip
    transport = httpx.ASGITransport(create_application(settings))
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as made:
        yield made


async def refused(client: httpx.AsyncClient, query: str) -> str:
    """Why the document was not run."""
    body = (await client.post("/graphql", json={"query": query})).json()
    assert "data" not in body, body
    return body["errors"][0]["message"]


async def test_alias_overloading(client: httpx.AsyncClient) -> None:
    assert "101 aliases" in await refused(client, f"{{ {ALIASES} }}")
    assert "101 aliases" in await refused(client, f"{{ ...F }} fragment F on Query {{ {ALIASES} }}")


async def test_batches(client: httpx.AsyncClient) -> None:
    answer = await client.post("/graphql", json=[{"query": "{__typename}"}] * 10)
    assert (answer.status_code, "batches are not accepted" in answer.text) == (400, True)


@pytest.mark.parametrize("count", [10, 50, 250])
async def test_directive_overloading(client: httpx.AsyncClient, count: int) -> None:
    document = "{ __typename " + "@aa" * count + " }"
    assert await refused(client, document) in {
        "Unknown directive '@aa'.",
        f"This document asks for {count:,} directives; at most 30 are allowed. Leave some out.",
    }
    known = "{ __typename " + "@include(if: true) " * count + " }"
    message = await refused(client, known)
    assert ("directives; at most 30" in message) is (count > 30)


async def test_circular_introspection(client: httpx.AsyncClient) -> None:
    circle = "fields { type { " * 5 + "name" + " } }" * 5
    message = await refused(client, f"{{ __schema {{ types {{ {circle} }} }} }}")
    assert "introspection" in message.lower()
    hidden = "{ __schema { types { ...F } } } fragment F on __Type { fields { type { ...F } } }"
    assert "spreads itself" in await refused(client, hidden)


async def test_queries_by_get(client: httpx.AsyncClient) -> None:
    assert (await client.get("/graphql", params={"query": "{__typename}"})).status_code == 405


async def test_mutations_by_get(client: httpx.AsyncClient) -> None:
    assert (await client.get("/graphql", params={"query": "mutation{signOut{errors{code}}}"})).status_code == 405


async def test_forms_of_foreign_pages(client: httpx.AsyncClient) -> None:
    assert (await client.post("/graphql", data={"query": "{__typename}"})).status_code == 415
    assert (await client.post("/graphql", files={"query": b"{__typename}"})).status_code == 415
    plain = await client.post("/graphql", content=orjson.dumps({"query": "{__typename}"}), headers={"Content-Type": "text/plain"})
    assert plain.status_code == 415


async def test_field_duplication(client: httpx.AsyncClient) -> None:
    assert await refused(client, f"{{ {FIELDS} }}") == "A document repeats at most 30 fields; ask for each once."
    assert (
        await refused(client, f"{{ ...F }} fragment F on Query {{ {FIELDS} }}")
        == "A document repeats at most 30 fields; ask for each once."
    )


async def test_field_suggestions(client: httpx.AsyncClient) -> None:
    for document in (
        "{ directive }",
        "{ viewe { id } }",
        "{ __schema { directive } }",
        "{ datasets(firs: 1) { edges { cursor } } }",
    ):
        answer = await client.post("/graphql", json={"query": document})
        assert "errors" in answer.json()
        assert "Did you mean" not in answer.text


async def test_an_ide(client: httpx.AsyncClient) -> None:
    for path in ("/graphiql", "/graphql", "/playground", "/console", "/altair"):
        answer = await client.get(path, headers={"Accept": "text/html"})
        assert "graphiql" not in answer.text.lower().replace("graphiql is switched off here.", "")
        assert "playground" not in answer.text.lower()


async def test_introspection(client: httpx.AsyncClient) -> None:
    for document in (
        "{ __schema { types { name } } }",
        "query IntrospectionQuery { __schema { queryType { name } } }",
        '{ __type(name: "User") { name } }',
    ):
        assert "Introspection is switched off here." in await refused(client, document)


async def test_tracing(client: httpx.AsyncClient) -> None:
    answer = await client.post("/graphql", json={"query": "{__typename}"}, headers={"X-Apollo-Tracing": "1"})
    assert set(answer.json().get("extensions", {})) <= {"cost"}


async def test_errors_that_tell_too_much(client: httpx.AsyncClient) -> None:
    for body in (b'{"query": 1}', b'{"queryy": "{__typename}"}', b'{"query": "qwerty"}', b"qwerty", b"\xff"):
        answer = await client.post("/graphql", content=body, headers={"Content-Type": "application/json"})
        assert answer.status_code in (200, 400)
        for told in ("Traceback", "exception", "stack", ".py", "strawberry", "graphql-core"):
            assert told not in answer.text
