"""What the settings of the api change: other origins, introspection, GraphiQL; and the headers of every answer."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest
from pydantic import SecretStr

from app.api.application import create_application
from app.core.settings import Settings
from app.embedded.engines import Engines

APP = "https://app.example.com"
VIEWER = {"query": "{viewer{id}}"}


@asynccontextmanager
async def served(engines: Engines, **given: object) -> AsyncIterator[httpx.AsyncClient]:
    """A client of an api in this process with these settings."""
    settings = Settings(
        profile="test",
        database_url=SecretStr(engines.database_url),
        redis_url=SecretStr(engines.redis_url),
        s3_endpoint_url="https://storage.example.com/path",
        allowed_hosts=("data.example.com",),
        **given,  # type: ignore[arg-type]
    )
    transport = httpx.ASGITransport(create_application(settings))
    async with httpx.AsyncClient(transport=transport, base_url="http://data.example.com") as client:
        yield client


def preflight(origin: str) -> dict[str, str]:
    return {
        "Origin": origin,
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "authorization,content-type,idempotency-key",
    }


async def test_pages_of_allowed_origins_may_call_and_read(engines: Engines) -> None:
    async with served(engines, allowed_origins=(APP,)) as client:
        asked = await client.options("/graphql", headers=preflight(APP))
        answer = await client.post("/graphql", json=VIEWER, headers={"Origin": APP})
    assert (asked.status_code, answer.status_code) == (200, 200)
    for response in (asked, answer):
        assert response.headers["Access-Control-Allow-Origin"] == APP
        assert response.headers["Access-Control-Allow-Credentials"] == "true"
    assert answer.headers["Access-Control-Expose-Headers"] == "X-Request-Id, Retry-After"


@pytest.mark.parametrize("allowed", [(), (APP,)])
async def test_pages_of_other_origins_may_do_neither(engines: Engines, allowed: tuple[str, ...]) -> None:
    async with served(engines, allowed_origins=allowed) as client:
        asked = await client.options("/graphql", headers=preflight("https://evil.example"))
        answer = await client.post("/graphql", json=VIEWER, headers={"Origin": "https://evil.example"})
    assert asked.status_code in (400, 405)
    assert answer.status_code == 403
    assert "Access-Control-Allow-Origin" not in asked.headers
    assert "Access-Control-Allow-Origin" not in answer.headers


@pytest.mark.parametrize(
    "query", ["{__schema{types{name}}}", '{__type(name:"User"){name}}', "{...F} fragment F on Query{__schema{types{name}}}"]
)
async def test_introspection_can_be_switched_off(engines: Engines, query: str) -> None:
    async with served(engines, introspection=False) as client:
        answer = (await client.post("/graphql", json={"query": query})).json()
    assert answer["errors"][0]["message"] == "Introspection is switched off here. The schema is published as schema.graphql."
    async with served(engines) as client:
        answer = (await client.post("/graphql", json={"query": query})).json()
    assert "errors" not in answer


@pytest.mark.parametrize(
    "query",
    [
        "{viewe{id}}",
        "{viewer{emai}}",
        "{datasets(firs:1){edges{cursor}}}",
        "{datasets(first:1,filter:{statu:DRAFT}){edges{cursor}}}",
        "{datasets(first:1,filter:{status:[DRAF]}){edges{cursor}}}",
        "{viewer{...on Use{id}}}",
        "{viewer{id @ski(if:true)}}",
        "query($a: DatasetFilte){viewer{id}}",
        "{viewer{...Frag}} fragment Fragment on User{id}",
    ],
)
async def test_without_introspection_nothing_is_suggested(engines: Engines, query: str) -> None:
    async with served(engines, introspection=False) as client:
        answer = await client.post("/graphql", json={"query": query})
    assert answer.json()["errors"]
    assert "Did you mean" not in answer.text


async def test_without_introspection_variables_are_not_corrected_either(engines: Engines) -> None:
    body = {"query": "query($f: DatasetFilter){datasets(first:1,filter:$f){edges{cursor}}}"}
    async with served(engines, introspection=False) as client:
        for wrong in ({"statu": ["DRAFT"]}, {"status": ["DRAF"]}):
            answer = await client.post("/graphql", json={**body, "variables": {"f": wrong}})
            assert answer.json()["errors"]
            assert "Did you mean" not in answer.text


async def test_graphiql_can_be_switched_off(engines: Engines) -> None:
    async with served(engines, graphiql=False) as client:
        answer = await client.get("/graphiql")
    assert (answer.status_code, answer.text) == (404, "GraphiQL is switched off here.")


@pytest.mark.parametrize("path", ["/", "/datasets/x", "/graphql", "/healthz"])
async def test_every_answer_carries_the_headers_that_bind_browsers(engines: Engines, path: str) -> None:
    async with served(engines) as client:
        headers = (await client.get(path)).headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["Cross-Origin-Opener-Policy"] == headers["Cross-Origin-Resource-Policy"] == "same-origin"
    rules = dict(rule.split(" ", 1) for rule in headers["Content-Security-Policy"].split("; "))
    assert (rules["default-src"], rules["script-src"], rules["frame-ancestors"]) == ("'none'", "'self'", "'none'")
    assert rules["connect-src"] == "'self' https://storage.example.com"
