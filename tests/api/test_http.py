"""GraphQL over HTTP: what is no request is refused with a sentence, before anything runs."""

import re

import httpx
import orjson
import pytest

from tests.support.client import Client
from tests.support.phrases import plain
from tests.support.system import System

JSON = {"Content-Type": "application/json"}
GRAPHQL_JSON = "application/graphql-response+json"
VIEWER = b'{"query":"{viewer{id}}"}'
UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")


async def send(client: Client, body: bytes, **headers: str) -> httpx.Response:
    """The answer to a body as it stands."""
    sent = JSON | {name.replace("_", "-"): value for name, value in headers.items()}
    return await client.http.post("/graphql", content=body, headers=sent)


async def count_datasets(system: System) -> int:
    connection = await system.database()
    count = await connection.fetchval("SELECT count(*) FROM datasets")
    await connection.close()
    return count


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS"])
async def test_operations_come_by_post_only(client: Client, method: str) -> None:
    answer = await client.http.request(method, "/graphql?query=%7Bviewer%7Bid%7D%7D")
    assert (answer.status_code, answer.headers["Allow"]) == (405, "POST")
    assert answer.headers["Content-Type"] == "application/json"


@pytest.mark.parametrize(
    "media_type",
    ["application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/plain", "application/graphql", ""],
)
async def test_operations_come_as_json_only(system: System, admin: Client, media_type: str) -> None:
    before = await count_datasets(system)
    query = 'mutation{createDataset(input:{name:"By form"}){errors{code}}}'
    headers = {"Content-Type": media_type, "Authorization": f"Bearer {admin.token}"}
    answer = await admin.http.post("/graphql", content=orjson.dumps({"query": query}), headers=headers)
    assert answer.status_code == 415
    assert answer.json()["errors"][0]["message"] == "Send the operation as JSON: `Content-Type: application/json`."
    assert await count_datasets(system) == before


async def test_a_content_type_may_name_its_charset(client: Client) -> None:
    answer = await send(client, VIEWER, Content_Type="Application/JSON; charset=utf-8")
    assert (answer.status_code, answer.json()["data"]) == (200, {"viewer": None})


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"", "The body is no JSON: "),
        (b"{", "The body is no JSON: "),
        (b'{"query":"{viewer{id}} \xff"}', "The body is no JSON: "),
        (b'{"query":"{viewer{id}}","variables":{"a":NaN}}', "The body is no JSON: "),
        (b'{"query":"{viewer{id}}","variables":{"a":1e999}}', "The body is no JSON: "),
        (b'{"query":"{viewer{id}}","variables":{"a":"\\ud800"}}', "The body is no JSON: "),
        (b"[" + VIEWER + b"," + VIEWER + b"]", "The body has to be one JSON object"),
        (b'"{viewer{id}}"', "The body has to be one JSON object"),
        (b"null", "The body has to be one JSON object"),
        (b"[" * 200_000, "JSON here is at most 64 levels deep."),
        (b'{"a":' * 20_000, "JSON here is at most 64 levels deep."),
        (b'{"query":"{viewer{id}}","variables":{"a":' + b"1" * 5_000 + b"}}", "Numbers have at most 40 digits."),
        (b"{}", "`query` has to be the text of an operation."),
        (b'{"query":null}', "`query` has to be the text of an operation."),
        (b'{"query":" "}', "`query` has to be the text of an operation."),
        (b'{"query":["{viewer{id}}"]}', "`query` has to be the text of an operation."),
        (b'{"query":"{viewer{id}}","variables":[]}', "`variables` has to be a JSON object."),
        (b'{"query":"{viewer{id}}","variables":"{}"}', "`variables` has to be a JSON object."),
        (b'{"query":"{viewer{id}}","variables":0}', "`variables` has to be a JSON object."),
        (b'{"query":"{viewer{id}}","operationName":1}', "`operationName` has to be a text."),
        (b'{"query":"{viewer{id}}","operationName":{}}', "`operationName` has to be a text."),
        (b'{"query":"{viewer{id}}","extensions":[]}', "`extensions` has to be a JSON object."),
        (b'{"query":"{viewer{id}}","extensions":0}', "`extensions` has to be a JSON object."),
        (b'{"query":"{viewer{id}}","extensions":false}', "`extensions` has to be a JSON object."),
    ],
)
async def test_a_body_that_is_no_request_is_refused(client: Client, body: bytes, message: str) -> None:
    answer = await send(client, body)
    assert answer.status_code == 400
    (error,) = answer.json()["errors"]
    assert error["message"].startswith(message)
    assert plain(error["extensions"]) == {"code": "BAD_REQUEST", "requestId": answer.headers["X-Request-Id"]}


async def test_a_text_of_quotes_without_an_end_is_read_once(client: Client) -> None:
    # Read again from each of its quotes it took 14 seconds for 20,000; now for 120,000 the time-out of the client is far away.
    answer = await send(client, b'{"query":"' + b'\\"' * 120_000)
    assert answer.status_code == 400


async def test_json_is_64_levels_deep_and_its_numbers_40_digits_long(client: Client) -> None:
    def nested(levels: int) -> bytes:
        return b'{"query":"{viewer{id}}","variables":{"a":' + b"[" * levels + b"]" * levels + b"}}"

    assert (await send(client, nested(62))).status_code == 200
    assert (await send(client, nested(63))).status_code == 400
    number = b'{"query":"{viewer{id}}","variables":{"a":%s}}'
    assert (await send(client, number % (b"0." + b"1" * 40))).status_code == 200
    assert (await send(client, number % (b"0." + b"1" * 41))).status_code == 400
    assert (await send(client, number % (b'"' + b"1" * 41 + b'"'))).status_code == 200
    assert (await send(client, number % (b'"' + b"[" * 100 + b'"'))).status_code == 200


async def test_a_body_has_256_kib(client: Client) -> None:
    def padded(size: int) -> bytes:
        return VIEWER[:-1] + b" " * (size - len(VIEWER)) + b"}"

    assert (await send(client, padded(262_144))).status_code == 200
    answer = await send(client, padded(262_145))
    assert answer.status_code == 413
    assert (await send(client, padded(307_200))).status_code == 413


async def test_a_long_body_is_refused_while_it_streams(client: Client) -> None:
    async def endless():  # type: ignore[no-untyped-def]
        for _ in range(64):
            yield b" " * 65_536

    answer = await client.http.post("/graphql", content=endless(), headers=JSON)
    assert answer.status_code == 413


@pytest.mark.parametrize(
    ("accept", "media_type", "status"),
    [
        (GRAPHQL_JSON, GRAPHQL_JSON, 400),
        (f"{GRAPHQL_JSON}, application/json;q=0.9", GRAPHQL_JSON, 400),
        ("application/json", "application/json", 200),
        ("*/*", "application/json", 200),
    ],
)
async def test_the_status_of_a_refused_document_depends_on_what_is_accepted(
    client: Client, accept: str, media_type: str, status: int
) -> None:
    for query in ("{", "{nope}", "query A($a: Nope){viewer{id}}", "{dataset{id}}"):
        answer = await send(client, orjson.dumps({"query": query}), Accept=accept)
        assert (answer.status_code, answer.headers["Content-Type"]) == (status, media_type), query
        assert set(answer.json()) == {"errors"}
        assert plain(answer.json()["errors"][0]["extensions"]) == {"code": "BAD_REQUEST"}


async def test_an_error_of_a_field_is_200_in_both_media_types(client: Client) -> None:
    for accept in (GRAPHQL_JSON, "application/json"):
        answer = await send(client, b'{"query":"{viewer{id} datasets(first:1){edges{cursor}}}"}', Accept=accept)
        assert answer.status_code == 200
        assert answer.json()["data"] is None
        (error,) = answer.json()["errors"]
        assert (error["path"], plain(error["extensions"])) == (["datasets"], {"code": "UNAUTHENTICATED"})


async def test_requests_of_foreign_pages_are_refused(client: Client) -> None:
    host = client.url.partition("://")[2]
    assert (await send(client, VIEWER, Origin=client.url)).status_code == 200
    assert (await send(client, VIEWER, Origin=f"https://{host}")).status_code == 200
    for origin in ("https://evil.example", "null", f"http://{host}.evil.example", f"http://evil.example/{host}", "http://"):
        answer = await send(client, VIEWER, Origin=origin)
        assert answer.status_code == 403, origin


async def test_every_answer_names_its_request(client: Client) -> None:
    seen = set()
    for body, headers in ((VIEWER, {}), (b"[]", {}), (b'{"query":"{"}', {}), (VIEWER, {"Origin": "https://evil.example"})):
        identity = (await send(client, body, **headers)).headers["X-Request-Id"]
        assert UUID.fullmatch(identity)
        seen.add(identity)
    assert len(seen) == 4


async def test_of_several_operations_the_named_one_runs(client: Client) -> None:
    query = "query A{viewer{id}} query B{__typename} mutation C{signOut{errors{code}}}"
    answer = await send(client, orjson.dumps({"query": query, "operationName": "B"}))
    assert answer.json()["data"] == {"__typename": "Query"}
    for name in (None, "", "D", "a"):
        answer = await send(client, orjson.dumps({"query": query, "operationName": name}), Accept=GRAPHQL_JSON)
        assert answer.status_code == 400
        assert "operationName" in answer.json()["errors"][0]["message"]


async def test_subscriptions_do_not_run_over_http(admin: Client) -> None:
    answer = await admin.post("subscription { datasetStatusChanged { sequence } }")
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["message"] == "Subscriptions run over a WebSocket on this path (graphql-transport-ws)."


@pytest.mark.parametrize("token", ["", "Basic YTpi", "Bearer", "Bearer \xff", "Bearer a.b.c", "bearer " + "x" * 9_000])
async def test_a_strange_authorization_is_said_when_somebody_is_needed(client: Client, token: str) -> None:
    answer = await client.http.post(
        "/graphql",
        content=b'{"query":"{datasets(first:1){edges{cursor}}}"}',
        headers={**JSON, "Authorization": token.encode("latin-1")},
    )
    assert answer.status_code == 200
    assert plain(answer.json()["errors"][0]["extensions"]) == {"code": "UNAUTHENTICATED"}


async def test_a_whole_number_that_would_lose_digits_is_refused(client: Client) -> None:
    number = b'{"query":"{viewer{id}}","variables":{"a":%b}}'
    for kept in (b"18446744073709551615", b"-9223372036854775808", b"0.12345678901234567890123", b'"12345678901234567890123"'):
        assert (await send(client, number % kept)).status_code == 200, kept
    for lossy in (b"18446744073709551616", b"-9223372036854775809", b"[1,98765432109876543210]"):
        answer = await send(client, number % lossy)
        assert answer.status_code == 400, lossy
        assert (
            answer.json()["errors"][0]["message"] == "A whole number of more than 64 bits would lose digits: send it as a text."
        )
