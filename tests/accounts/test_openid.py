"""Signing in at a provider of OpenID Connect, a real small one; and what it, or somebody between, may get wrong."""

import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from pydantic import SecretStr

from app.core.ids import uuid7
from tests.accounts.documents import CREATE_KEY, execute, fetch
from tests.support.openid import CLIENT, SECRET, Provider, a_provider
from tests.support.people import Person, a_person
from tests.support.served import served
from tests.support.system import System

REFRESH = "mutation { refreshSession { session { accessToken viewer { email displayName role } } errors { code } } }"
REFUSED = ("/sign-in", {"error": ["REFUSED"]})
NO_ACCOUNT = ("/sign-in", {"error": ["NO_ACCOUNT"]})


@dataclass
class Browser:
    """Walks through a sign-in as a browser does."""

    app: httpx.AsyncClient
    provider: Provider

    async def to_provider(self, path: str = "/oidc/start") -> str:
        """The address that the provider sends the browser back to."""
        started = await self.app.get(path)
        assert started.status_code == 303
        async with httpx.AsyncClient() as http:
            return (await http.get(started.headers["Location"])).headers["Location"]

    async def back(self, address: str) -> tuple[str, dict[str, list[str]]]:
        """(path, what stands behind '#') of where the browser is led at last."""
        parts = urlsplit(address)
        answer = await self.app.get(f"{parts.path}?{parts.query}")
        assert answer.status_code == 303
        assert answer.headers["Cache-Control"] == "no-store"
        led = urlsplit(answer.headers["Location"])
        return led.path, parse_qs(led.fragment)

    async def sign_in(self) -> tuple[str, dict[str, list[str]]]:
        """All of it."""
        return await self.back(await self.to_provider())

    async def session(self) -> dict | None:
        """The session that the cookie opens."""
        answer = await self.app.post("/graphql", json={"query": REFRESH})
        return answer.json()["data"]["refreshSession"]["session"]


@pytest.fixture(scope="module")
async def provider() -> AsyncIterator[Provider]:
    async with a_provider() as running:
        yield running


@pytest.fixture(scope="module")
async def application(system: System, provider: Provider) -> AsyncIterator[httpx.AsyncClient]:
    settings = {
        "oidc_issuer": provider.url,
        "oidc_client_id": CLIENT,
        "oidc_client_secret": SecretStr(SECRET),
        "oidc_name": "Acme",
    }
    async with served(system, **settings, rate_limit_sign_in="1000/minute") as (_, client):
        yield client


@pytest.fixture
async def browser(application: httpx.AsyncClient, provider: Provider, editor: Person) -> Browser:
    """Nobody is signed in yet; at the provider it is the editor's."""
    application.cookies.clear()
    provider.well()
    provider.asked.clear()
    provider.person = {"sub": editor.email, "email": editor.email.upper(), "email_verified": True, "name": "Ed"}
    return Browser(application, provider)


async def test_who_signs_in_there_is_signed_in_here(system: System, browser: Browser, editor: Person) -> None:
    options = await browser.app.post("/graphql", json={"query": "{ signInOptions { providerName } }"})
    assert options.json()["data"] == {"signInOptions": {"providerName": "Acme"}}
    assert await browser.sign_in() == ("/", {})
    session = await browser.session()
    assert session is not None
    assert session["viewer"] == {"email": editor.email, "displayName": "A editor", "role": "EDITOR"}
    (asked,) = browser.provider.asked
    assert {name: asked[name] for name in ("response_type", "client_id", "code_challenge_method", "scope", "redirect_uri")} == {
        "response_type": "code", "client_id": CLIENT, "code_challenge_method": "S256", "scope": "openid email profile",
        "redirect_uri": f"{system.url}/oidc/callback",
    }  # fmt: skip
    assert min(len(asked[name]) for name in ("state", "nonce", "code_challenge")) == 43


async def test_no_two_attempts_share_a_secret(browser: Browser) -> None:
    for _ in range(5):
        await browser.to_provider()
    for name in ("state", "nonce", "code_challenge"):
        assert len({asked[name] for asked in browser.provider.asked}) == 5


async def test_an_identity_stays_with_its_account_when_addresses_change(system: System, browser: Browser, editor: Person) -> None:
    await browser.sign_in()
    browser.provider.person |= {"email": "another@example.com"}
    assert await browser.sign_in() == ("/", {})
    session = await browser.session()
    assert session is not None
    assert session["viewer"]["email"] == editor.email


async def test_the_cookies_are_for_this_way_alone(browser: Browser) -> None:
    started = await browser.app.get("/oidc/start")
    attributes = {part.strip() for part in started.headers["Set-Cookie"].split(";")[1:]}
    assert attributes == {"HttpOnly", "Max-Age=600", "Path=/oidc", "SameSite=lax"}
    address = await browser.to_provider()
    answer = await browser.app.get(urlsplit(address).path + "?" + urlsplit(address).query)
    refresh, attempt, device = sorted(answer.headers.get_list("Set-Cookie"), reverse=True)
    assert refresh.startswith("datakura_refresh=")
    assert {"HttpOnly", "Path=/graphql", "SameSite=strict"} <= {part.strip() for part in refresh.split(";")}
    assert attempt.startswith('datakura_oidc=""')
    assert device.startswith("datakura_device=")


WRONG = {
    "another nonce": {"nonce": "x"},
    "no nonce": {"nonce": None},
    "another audience": {"aud": "another"},
    "an audience of several without a party": {"aud": [CLIENT, "another"]},
    "another authorized party": {"aud": [CLIENT, "another"], "azp": "another"},
    "another issuer": {"iss": "http://evil.example"},
    "expired": {"exp": 1},
    "no end": {"exp": None},
    "not issued yet": {"iat": 9_999_999_999},
    "no subject": {"sub": None},
    "a subject that is no text": {"sub": ["x"]},
    "a sign-in at no time": {"auth_time": 10**30},
}


@pytest.mark.parametrize("changes", WRONG.values(), ids=WRONG)
async def test_a_token_with_a_wrong_claim_opens_nothing(browser: Browser, changes: dict[str, object]) -> None:
    def change(claims: dict[str, object]) -> None:
        claims |= changes
        for name in [name for name, value in changes.items() if value is None]:
            del claims[name]

    browser.provider.change = change
    assert await browser.sign_in() == REFUSED
    assert await browser.session() is None
    # Nothing else was wrong.
    browser.provider.well()
    assert await browser.sign_in() == ("/", {})


def pem(provider: Provider) -> str:
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    return provider.key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def unsafe_hs256(claims: dict[str, object], key: str) -> str:
    """Signed as an attacker would, past what PyJWT refuses to do."""
    import base64
    import hashlib
    import hmac
    import json

    head, body = (
        base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=")
        for part in ({"alg": "HS256", "kid": "one", "typ": "JWT"}, claims)
    )
    digest = hmac.new(key.encode(), f"{head}.{body}".encode(), hashlib.sha256).digest()
    return f"{head}.{body}.{base64.urlsafe_b64encode(digest).decode().rstrip('=')}"


@pytest.mark.parametrize("forgery", ["none", "our secret", "the public key", "another key", "cut off", "no token"])
async def test_a_token_that_the_provider_did_not_sign_opens_nothing(browser: Browser, forgery: str) -> None:
    provider = browser.provider
    other = generate_private_key(SECP256R1())
    provider.sign = {
        "none": lambda claims: jwt.encode(claims, "", algorithm="none"),
        "our secret": lambda claims: unsafe_hs256(claims, SECRET),
        "the public key": lambda claims: unsafe_hs256(claims, pem(provider)),
        "another key": lambda claims: jwt.encode(claims, other, algorithm="ES256", headers={"kid": "one"}),
        "cut off": lambda claims: provider.signed(claims)[:-20],
        "no token": lambda claims: "not.a.token",
    }[forgery]
    assert await browser.sign_in() == REFUSED
    assert await browser.session() is None
    # Nothing else was wrong.
    browser.provider.well()
    assert await browser.sign_in() == ("/", {})


async def test_only_the_browser_that_went_comes_back(system: System, browser: Browser, boss: Person) -> None:
    theirs = await browser.to_provider()
    browser.app.cookies.clear()
    assert await browser.back(theirs) == REFUSED
    await browser.to_provider()
    assert await browser.back(theirs) == REFUSED
    changed = await browser.to_provider()
    cookie = browser.app.cookies["datakura_oidc"]
    browser.app.cookies.clear()
    browser.app.cookies.set("datakura_oidc", cookie[:-2] + ("00" if cookie[-2:] != "00" else "11"), path="/oidc")
    assert await browser.back(changed) == REFUSED
    assert await browser.session() is None


async def test_a_code_works_once_and_with_its_own_verifier(browser: Browser) -> None:
    address = await browser.to_provider()
    code = parse_qs(urlsplit(address).query)["code"][0]
    other = await browser.to_provider()
    swapped = other.replace(parse_qs(urlsplit(other).query)["code"][0], code)
    assert await browser.back(swapped) == REFUSED
    assert await browser.session() is None


async def test_an_answer_of_another_provider_is_not_taken(browser: Browser) -> None:
    address = await browser.to_provider()
    query = urlsplit(address).query.rpartition("&iss=")[0]
    assert await browser.back(f"/oidc/callback?{query}&iss=http%3A%2F%2Fevil.example") == REFUSED
    assert await browser.back("/oidc/callback?error=access_denied&state=x") == REFUSED


async def test_an_address_that_the_provider_did_not_verify_opens_no_account(system: System, browser: Browser) -> None:
    for changes in ({"email_verified": False}, {"email_verified": None}, {"email_verified": "false"}, {"email": None}):
        browser.provider.person |= {"sub": str(uuid7()), "email_verified": True, **changes}
        browser.provider.person = {name: value for name, value in browser.provider.person.items() if value is not None}
        assert await browser.sign_in() == NO_ACCOUNT
    assert await browser.session() is None


async def test_who_has_no_account_gets_one_only_when_the_settings_say_so(
    system: System, browser: Browser, provider: Provider
) -> None:
    email = f"{uuid7().hex}@new.example"
    provider.person = {"sub": email, "email": email, "email_verified": True, "name": " New\u0000  Person "}
    assert await browser.sign_in() == NO_ACCOUNT
    assert await fetch(system, "SELECT 1 FROM users WHERE email = $1", email) == []
    given = {"oidc_issuer": provider.url, "oidc_client_id": CLIENT, "oidc_client_secret": SecretStr(SECRET)}
    async with served(system, **given, oidc_create_accounts=True) as (_, client):
        generous = Browser(client, provider)
        assert await generous.sign_in() == ("/", {})
        session = await generous.session()
    assert session is not None
    assert session["viewer"] == {"email": email, "displayName": "New Person", "role": "VIEWER"}


async def test_a_deactivated_account_stays_closed(system: System, browser: Browser) -> None:
    async with a_person(system, "EDITOR") as gone:
        browser.provider.person = {"sub": gone.email, "email": gone.email, "email_verified": True}
        assert await browser.sign_in() == ("/", {})
        await execute(system, "UPDATE users SET active = false WHERE id = $1", gone.row_id)
        assert await browser.sign_in() == NO_ACCOUNT


async def test_a_second_factor_is_asked_for_all_the_same(system: System, browser: Browser, editor: Person) -> None:
    await execute(system, "UPDATE users SET totp_secret = 'x', totp_confirmed_at = now() WHERE id = $1", editor.row_id)
    path, fragment = await browser.sign_in()
    assert (path, list(fragment)) == ("/sign-in", ["challenge"])
    assert await browser.session() is None


async def test_a_sign_in_of_long_ago_is_no_fresh_proof_and_one_anew_is(browser: Browser) -> None:
    for ago, code in ((3_600, "STEP_UP_REQUIRED"), (None, "STEP_UP_REQUIRED"), (0, None)):

        def change(claims: dict[str, object], ago: int | None = ago) -> None:
            claims.pop("auth_time")
            if ago is not None:
                claims["auth_time"] = int(time.time()) - ago

        browser.provider.change = change
        assert await browser.back(await browser.to_provider("/oidc/start?anew=1")) == ("/", {})
        session = await browser.session()
        assert session is not None
        made = await browser.app.post(
            "/graphql",
            json={"query": CREATE_KEY, "variables": {"input": {"name": "key", "scopes": ["READ"]}}},
            headers={"Authorization": f"Bearer {session['accessToken']}"},
        )
        errors = made.json()["data"]["createApiKey"]["errors"]
        assert [error["code"] for error in errors] == ([code] if code else []), ago
    assert {asked["max_age"] for asked in browser.provider.asked} == {"0"}


@pytest.mark.parametrize(
    "metadata",
    [
        {"issuer": "http://evil.example"},
        {"token_endpoint": "http://evil.example/token"},
        {"jwks_uri": None},
        {"issuer": "x" * 2_000_000},
    ],
)
async def test_a_provider_that_is_not_itself_is_not_gone_to(
    system: System, provider: Provider, metadata: dict[str, object]
) -> None:
    provider.well()
    provider.metadata = metadata
    async with served(system, oidc_issuer=provider.url, oidc_client_id=CLIENT) as (_, client):
        answer = await client.get("/oidc/start")
    provider.well()
    assert (answer.status_code, answer.headers["Location"]) == (303, "/sign-in#error=UNAVAILABLE")


async def test_a_provider_that_fails_or_is_not_given_leads_back(system: System, browser: Browser, provider: Provider) -> None:
    provider.token_status = 503
    assert await browser.sign_in() == ("/sign-in", {"error": ["UNAVAILABLE"]})
    async with served(system) as (_, client):
        answer = await client.get("/oidc/start")
        back = await client.get("/oidc/callback?code=x&state=y")
    assert (answer.headers["Location"], back.headers["Location"]) == ("/sign-in#error=NOT_CONFIGURED", "/sign-in#error=REFUSED")
