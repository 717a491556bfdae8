"""Sessions: refreshing, reuse, signing out, cookies; and tokens that somebody made up."""

import asyncio
import base64
import json
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from app.core.ids import uuid7
from app.core.security import digest
from tests.support.client import SIGN_IN, Client
from tests.support.http import http_client
from tests.support.people import a_person, signer
from tests.support.phrases import plain
from tests.support.served import served
from tests.support.system import EMAIL, PASSWORD, System
from tests.support.tokens import Forger

REFRESH = "mutation { refreshSession { session { accessToken expiresAt } errors { code message path } } }"
SIGN_OUT = "mutation { signOut { errors { code } } }"
VIEWER = "{ viewer { email } }"
COOKIE = "datakura_refresh"
ENDED = {
    "session": None,
    "errors": [{"code": "INVALID_CREDENTIALS", "message": "The session has ended. Sign in again.", "path": None}],
}


async def with_cookie(client: Client, mutation: str, token: str) -> httpx.Response:
    """The answer to a mutation that brings this refresh token alone."""
    headers = {"Content-Type": "application/json", "Cookie": f"{COOKIE}={token}"}
    async with http_client(client.url) as http:
        return await http.post("/graphql", json={"query": mutation}, headers=headers)


async def refreshed(client: Client, token: str) -> tuple[dict, str | None]:
    """The payload of refreshSession and the refresh token that follows."""
    answer = await with_cookie(client, REFRESH, token)
    return answer.json()["data"]["refreshSession"], answer.cookies.get(COOKIE)


async def execute(system: System, statement: str, *values: object) -> None:
    connection = await system.database()
    await connection.execute(statement, *values)
    await connection.close()


@pytest.fixture
async def refresh_token(client: Client) -> str:
    """Of a new session of the administrator."""
    await client.sign_in()
    token = client.http.cookies[COOKIE]
    client.http.cookies.clear()
    return token


async def test_the_refresh_token_travels_in_a_cookie_that_scripts_cannot_read(client: Client) -> None:
    answer = await client.post(SIGN_IN, {"input": {"email": EMAIL, "password": PASSWORD}})
    name, *attributes = answer.headers.get_list("Set-Cookie")[0].split("; ")
    assert name.startswith(f"{COOKIE}=")
    age = next(int(attribute.removeprefix("Max-Age=")) for attribute in attributes if attribute.startswith("Max-Age="))
    assert 14 * 86_400 - 60 <= age <= 14 * 86_400
    assert {attribute for attribute in attributes if not attribute.startswith("Max-Age=")} == {
        "HttpOnly",
        "Path=/graphql",
        "SameSite=strict",
    }
    token = name.partition("=")[2]
    assert len(base64.urlsafe_b64decode(token + "=")) == 32
    assert token not in answer.text


async def test_where_cookies_are_secure_browsers_hold_them_to_this_host(system: System) -> None:
    async with served(system, cookie_secure=True) as (_, client):
        asked = {"query": SIGN_IN, "variables": {"input": {"email": EMAIL, "password": PASSWORD}}}
        answer = await client.post("/graphql", json=asked)
        cookie, *attributes = answer.headers.get_list("Set-Cookie")[0].split("; ")
        assert cookie.startswith(f"__Host-{COOKIE}=")
        assert {attribute for attribute in attributes if not attribute.startswith("Max-Age=")} == {
            "HttpOnly",
            "Path=/",
            "SameSite=strict",
            "Secure",
        }
        client.cookies.clear()  # httpx keeps it for https alone, as a browser does
        refresh = {"query": "mutation { refreshSession { session { accessToken } errors { code } } }"}
        for sent, opened in ((cookie.removeprefix("__Host-"), False), (cookie, True)):
            payload = (await client.post("/graphql", json=refresh, headers={"Cookie": sent})).json()["data"]["refreshSession"]
            assert (payload["session"] is not None) is opened


async def test_only_the_digest_of_a_refresh_token_is_stored(system: System, refresh_token: str) -> None:
    connection = await system.database()
    found = await connection.fetchval("SELECT count(*) FROM refresh_tokens WHERE token_hash = $1", digest(refresh_token))
    await connection.close()
    assert found == 1


async def test_each_refresh_gives_the_next_token(client: Client, refresh_token: str) -> None:
    token: str | None = refresh_token
    seen = {refresh_token}
    for _ in range(3):
        assert token is not None
        payload, token = await refreshed(client, token)
        assert payload["errors"] == []
        client.token = payload["session"]["accessToken"]
        assert await client.run(VIEWER) == {"viewer": {"email": EMAIL}}
        seen.add(str(token))
    assert len(seen) == 4


async def test_a_lost_answer_may_be_asked_for_again_within_ten_seconds(client: Client, refresh_token: str) -> None:
    payloads = await asyncio.gather(*(refreshed(client, refresh_token) for _ in range(4)))
    assert [payload["errors"] for payload, _ in payloads] == [[]] * 4
    (successor,) = {token for _, token in payloads}
    assert successor is not None
    assert (await refreshed(client, successor))[0]["errors"] == []


async def test_a_token_that_was_used_before_ends_the_session(system: System, client: Client, refresh_token: str) -> None:
    first, successor = await refreshed(client, refresh_token)
    assert successor is not None
    access = first["session"]["accessToken"]
    await execute(
        system, "UPDATE refresh_tokens SET used_at = used_at - interval '11 seconds' WHERE token_hash = $1", digest(refresh_token)
    )
    stolen = await with_cookie(client, REFRESH, refresh_token)
    assert stolen.json()["data"]["refreshSession"] == ENDED
    assert 'datakura_refresh=""' in stolen.headers["Set-Cookie"]
    assert (await refreshed(client, successor)) == (ENDED, None)
    for token in (access, client.token):
        client.token = token
        assert await client.run(VIEWER) == {"viewer": None}


@pytest.mark.parametrize("token", ["", "x", "a" * 43, "\xe9", "x" * 4_000])
async def test_a_made_up_refresh_token_opens_nothing(client: Client, token: str) -> None:
    headers = {"Content-Type": "application/json", "Cookie": f"{COOKIE}={token}".encode("latin-1")}
    answer = await client.http.post("/graphql", json={"query": REFRESH}, headers=headers)
    assert answer.json()["data"]["refreshSession"]["session"] is None
    assert [error["code"] for error in answer.json()["data"]["refreshSession"]["errors"]] == ["INVALID_CREDENTIALS"]


async def test_signing_out_ends_the_session_and_clears_the_cookie(client: Client, refresh_token: str) -> None:
    answer = await client.post(SIGN_OUT)
    assert answer.json()["data"] == {"signOut": {"errors": []}}
    cleared = answer.headers["Set-Cookie"].split("; ")
    assert {'datakura_refresh=""', "Max-Age=0", "Path=/graphql", "HttpOnly", "SameSite=strict"} <= set(cleared)
    assert await client.run(VIEWER) == {"viewer": None}
    assert (await refreshed(client, refresh_token)) == (ENDED, None)
    assert await client.run(SIGN_OUT) == {"signOut": {"errors": []}}


async def test_signing_out_late_ends_the_session_by_its_cookie(client: Client, refresh_token: str) -> None:
    # The access token may have expired: the session is then known by its refresh token only.
    assert (await with_cookie(client, SIGN_OUT, refresh_token)).json()["data"] == {"signOut": {"errors": []}}
    assert (await refreshed(client, refresh_token)) == (ENDED, None)
    assert await client.run(VIEWER) == {"viewer": None}


async def test_one_session_ends_without_the_others(system: System, client: Client, refresh_token: str) -> None:
    async with Client(system.url) as other:
        await other.sign_in()
        await client.run(SIGN_OUT)
        assert await other.run(VIEWER) == {"viewer": {"email": EMAIL}}


async def test_a_deactivated_account_cannot_sign_in_or_refresh(system: System, client: Client) -> None:
    connection = await system.database()
    known = await connection.fetchval("SELECT password_hash FROM users WHERE email = $1", EMAIL)
    await connection.close()
    async with a_person(system, "EDITOR", password_hash=known) as person:
        await client.sign_in(person.email)
        token = client.http.cookies[COOKIE]
        await execute(system, "UPDATE users SET active = false WHERE id = $1", person.row_id)
        payload = await client.mutate(SIGN_IN, email=person.email, password=PASSWORD)
        assert payload["errors"] == [
            {"code": "INVALID_CREDENTIALS", "message": "The e-mail address or the password is wrong.", "path": None}
        ]
        assert (await refreshed(client, token)) == (ENDED, None)


async def test_an_account_without_a_password_cannot_sign_in(system: System, client: Client) -> None:
    async with a_person(system, "EDITOR") as person:
        for password in ("", "None", "null", PASSWORD):
            payload = await client.mutate(SIGN_IN, email=person.email, password=password)
            assert [error["code"] for error in payload["errors"]] == ["INVALID_CREDENTIALS"]


@pytest.mark.parametrize(("email", "password"), [(f"  {EMAIL.upper()} ", PASSWORD)])
async def test_an_address_is_found_in_any_case(client: Client, email: str, password: str) -> None:
    assert (await client.mutate(SIGN_IN, email=email, password=password))["errors"] == []


@pytest.mark.parametrize("password", [PASSWORD + " ", PASSWORD.upper(), PASSWORD + "\x00", "x" * 129, "x" * 60_000])
async def test_a_password_is_compared_exactly(client: Client, password: str) -> None:
    payload = await client.mutate(SIGN_IN, email=EMAIL, password=password)
    assert [error["code"] for error in payload["errors"]] == ["INVALID_CREDENTIALS"]


# --- tokens that somebody made up


def forgeries(forger: Forger) -> dict[str, str]:
    """What is wrong -> token."""
    now = datetime.now(UTC)
    head, body, signature = forger.genuine.split(".")
    made = {
        "expired": forger.sign(iat=now - timedelta(hours=2), nbf=now - timedelta(hours=2), exp=now - timedelta(seconds=1)),
        "not yet valid": forger.sign(nbf=now + timedelta(minutes=5)),
        "issued in the future": forger.sign(iat=now + timedelta(minutes=5)),
        "another issuer": forger.sign(iss="somebody"),
        "another audience": forger.sign(aud="another"),
        "a refresh token's type": forger.sign(headers={"typ": "rt+jwt"}),
        "the type of any token": forger.sign(headers={"typ": "JWT"}),
        "another key id": forger.sign(headers={"kid": "0" * 16}),
        "a key from an address": forger.sign(headers={"jku": "https://evil.example/jwks"}),
        "a key of its own": forger.sign(headers={"jwk": {"kty": "OKP", "crv": "Ed25519", "x": "AA"}}),
        "a critical extension": forger.sign(headers={"crit": ["exp"]}),
        "another private key": forger.sign(key=Ed25519PrivateKey.generate()),
        "no such user": forger.sign(sub=str(uuid7())),
        "no such session": forger.sign(sid=str(uuid7())),
        "a subject that is no id": forger.sign(sub="1 OR 1=1"),
        "a session that is no id": forger.sign(sid=""),
        "claims that are no object": forger.raw(forger.headers, [forger.claims]),
        "a header that is no object": forger.raw([forger.headers], forger.claims),
        "a header that is nested deeply": forger.raw(b"[" * 20_000, forger.claims),
        "an expiry that is no number": forger.raw(forger.headers, forger.claims | {"exp": "soon"}),
        "an endless expiry": forger.raw(
            forger.headers, json.dumps(forger.claims | {"exp": 0}).replace('"exp": 0', '"exp": Infinity').encode()
        ),
        "algorithm none": forger.raw(forger.headers | {"alg": "none"}, forger.claims, b""),
        "algorithm None": forger.raw(forger.headers | {"alg": "None"}, forger.claims, b""),
        "the public key as HMAC secret": forger.raw(forger.headers | {"alg": "HS256"}, forger.claims, b"x" * 32),
        "no signature": f"{head}.{body}.",
        "half a signature": f"{head}.{body}.{signature[:40]}",
        "a changed signature": f"{head}.{body}.{'A' * len(signature)}",
        "another body": f"{head}.{base64.urlsafe_b64encode(json.dumps(forger.claims | {'jti': 'x'}).encode()).decode().rstrip('=')}.{signature}",
        "four parts": f"{forger.genuine}.x",
        "one part": head,
    }
    for claim in ("exp", "iat", "nbf", "iss", "aud", "sub", "sid", "jti"):
        made[f"without {claim}"] = forger.sign(without=claim)
    for header in ("kid", "typ"):
        # The library adds a type of its own where none is given.
        made[f"without {header}"] = forger.raw({k: v for k, v in forger.headers.items() if k != header}, forger.claims)
    return made


async def test_no_forged_token_is_accepted(system: System) -> None:
    async with a_person(system, "EDITOR") as person:
        forger = Forger(system, person.row_id, person.session_id)
        person.token = forger.genuine
        assert await person.run(VIEWER) == {"viewer": {"email": person.email}}
        person.token = forger.sign()
        assert await person.run(VIEWER) == {"viewer": {"email": person.email}}
        made = forgeries(forger)
        assert len(made) == 40
        accepted = []
        for name, token in made.items():
            person.token = token
            answer = await person.post("{ viewer { email } datasets(first: 1) { edges { cursor } } }")
            body = answer.json()
            if (
                answer.status_code != 200
                or body["data"] is not None
                or plain(body["errors"][0]["extensions"]) != {"code": "UNAUTHENTICATED"}
            ):
                accepted.append((name, answer.status_code, body))
        assert accepted == []


async def test_an_expired_token_says_so(system: System) -> None:
    async with a_person(system, "EDITOR") as person:
        forger = Forger(system, person.row_id, person.session_id)
        person.token = forgeries(forger)["expired"]
        answer = (await person.post("{ datasets(first: 1) { edges { cursor } } }")).json()
    assert answer["errors"][0]["message"] == "The access token has expired. Refresh the session."


async def test_a_token_of_a_session_of_another_account_is_refused(system: System) -> None:
    async with a_person(system, "EDITOR") as one, a_person(system, "VIEWER") as other:
        one.token = signer(system).sign(one.row_id, other.session_id).encoded
        assert await one.run(VIEWER) == {"viewer": None}
