"""A provider of OpenID Connect: the authorization code flow with PKCE, state and nonce (OpenID Connect Core, RFC 9700)."""

import base64
import binascii
import hashlib
import secrets
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import quote, urlencode, urlsplit

import httpx
from joserfc import jwk, jwt
from joserfc.errors import JoseError
from pydantic import BaseModel, ValidationError

from app.core.errors import Unavailable
from app.core.settings import Settings

CALLBACK = "/oidc/callback"
ALGORITHMS = ("RS256", "PS256", "ES256", "EdDSA", "Ed25519")
"""Signatures of a key pair only: with HS256 our own secret, or the public key taken for one, would sign."""
_FRESH_SECONDS = 600.0
_SECONDS = 10.0
_LEEWAY_SECONDS = 60
_OLDEST_SECONDS = 86_400
_MOST_BYTES = 1 << 20
_LOOPBACK = {"127.0.0.1", "localhost", "::1"}


class NotProven(Exception):
    """What came back from the provider does not prove who this is. The text is for the log, not for the person."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """One way to the provider and back; the browser keeps it, sealed, in between."""

    state: str
    nonce: str
    verifier: str

    @classmethod
    def new(cls) -> "Attempt":
        """Unguessable values, 256 bits each."""
        return cls(*(secrets.token_urlsafe(32) for _ in range(3)))


@dataclass(frozen=True, slots=True)
class Proven:
    """Who the provider says this is."""

    issuer: str
    subject: str
    email: str | None
    """Only an address that the provider has verified."""
    name: str | None
    authenticated_at: datetime | None
    """When the person last signed in at the provider; None when it does not say."""


class _Metadata(BaseModel):
    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    token_endpoint_auth_methods_supported: list[str] = ["client_secret_basic"]


class _Tokens(BaseModel):
    id_token: str


class _IdToken(BaseModel):
    sub: str
    email: str | None = None
    email_verified: bool | str = False
    name: str | None = None
    aud: str | list[str]
    azp: str | None = None
    auth_time: int | None = None


class OpenIdProvider:
    """The provider of the settings. What it publishes is read when it is needed, and anew every ten minutes."""

    def __init__(self, settings: Settings):
        self._issuer = settings.oidc_issuer
        self._client_id = settings.oidc_client_id
        self._secret = settings.oidc_client_secret.get_secret_value()
        self._redirect = settings.url + CALLBACK
        self._metadata: _Metadata | None = None
        self._keys: jwk.KeySet | None = None
        self._read_at = 0.0

    async def address(self, attempt: Attempt, *, anew: bool = False) -> str:
        """Where the browser goes to sign in.

        Args:
            anew: the provider asks for the password even of who is signed in there.

        Raises:
            Unavailable: the provider does not answer as one.
        """
        metadata = await self._current()
        challenge = base64.urlsafe_b64encode(hashlib.sha256(attempt.verifier.encode()).digest()).decode().rstrip("=")
        query = {
            "response_type": "code",
            "client_id": self._client_id,
            "redirect_uri": self._redirect,
            "scope": "openid email profile",
            "state": attempt.state,
            "nonce": attempt.nonce,
            "code_challenge": challenge,
            "code_challenge_method": "S256",
            # Asked for, it makes the provider say when the person last signed in (`auth_time`).
            "max_age": "0" if anew else str(_OLDEST_SECONDS),
        }
        sign = "&" if urlsplit(metadata.authorization_endpoint).query else "?"
        return f"{metadata.authorization_endpoint}{sign}{urlencode(query)}"

    async def redeem(self, attempt: Attempt, code: str, *, issuer: str | None) -> Proven:
        """Who came back with this code.

        Args:
            issuer: `iss` of the redirect (RFC 9207), when there was one.

        Raises:
            NotProven: the code or the token is not right.
            Unavailable: the provider does not answer.
        """
        if issuer is not None and issuer != self._issuer:
            raise NotProven("the answer came from another provider")
        metadata = await self._current()
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self._redirect,
            "code_verifier": attempt.verifier,
        }
        headers = {"Accept": "application/json"}
        if not self._secret:
            form["client_id"] = self._client_id
        elif "client_secret_basic" in metadata.token_endpoint_auth_methods_supported:
            pair = f"{quote(self._client_id, safe='')}:{quote(self._secret, safe='')}".encode()
            headers["Authorization"] = f"Basic {base64.b64encode(pair).decode()}"
        else:
            form |= {"client_id": self._client_id, "client_secret": self._secret}
        answer = await _ask("POST", metadata.token_endpoint, data=form, headers=headers)
        if answer.status_code >= 500:
            raise _away()
        if answer.status_code != 200:
            raise NotProven(f"the provider answered the code with {answer.status_code}")
        try:
            id_token = _Tokens.model_validate_json(answer.content).id_token
        except ValidationError as error:
            raise NotProven("the provider gave no ID token") from error
        return self._proven(await self._verified(id_token), attempt)

    def _proven(self, claims: dict[str, object], attempt: Attempt) -> Proven:
        registry = jwt.JWTClaimsRegistry(
            leeway=_LEEWAY_SECONDS,
            iss={"essential": True, "value": self._issuer},
            aud={"essential": True, "value": self._client_id},
            exp={"essential": True},
            iat={"essential": True},
            sub={"essential": True},
            nonce={"essential": True, "value": attempt.nonce},
        )
        try:
            registry.validate(claims)
            token = _IdToken.model_validate(claims)
        except (JoseError, ValidationError) as error:
            raise NotProven(f"a claim of the ID token is wrong: {type(error).__name__}") from error
        # A token for several is ours only when we are the one who asked for it.
        if (isinstance(token.aud, list) and len(token.aud) > 1 and token.azp is None) or token.azp not in (None, self._client_id):
            raise NotProven("the ID token was made for another client")
        try:
            since = None if token.auth_time is None else datetime.fromtimestamp(token.auth_time, UTC)
        except (ValueError, OverflowError, OSError) as error:
            raise NotProven("`auth_time` of the ID token is no time") from error
        verified = token.email_verified is True or token.email_verified == "true"
        return Proven(self._issuer, token.sub, token.email if verified else None, token.name, since)

    async def _verified(self, id_token: str) -> dict[str, object]:
        """The claims of a token that a key of the provider has signed; unknown keys are looked for once."""
        for fresh in (False, True):
            try:
                keys = await self._key_set(fresh=fresh)
                return dict(jwt.decode(id_token, keys, algorithms=ALGORITHMS).claims)
            except (JoseError, ValueError, TypeError, KeyError, binascii.Error, RecursionError) as error:
                if fresh:
                    raise NotProven(f"the ID token is not signed by the provider: {type(error).__name__}") from error
        raise AssertionError

    async def _key_set(self, *, fresh: bool) -> jwk.KeySet:
        if self._keys is None or fresh:
            metadata = await self._current()
            answer = await _ask("GET", metadata.jwks_uri)
            if answer.status_code != 200:
                raise _away()
            self._keys = jwk.KeySet.import_key_set(answer.json())
        return self._keys

    async def _current(self) -> _Metadata:
        if self._metadata is None or time.monotonic() - self._read_at > _FRESH_SECONDS:
            answer = await _ask("GET", self._issuer.rstrip("/") + "/.well-known/openid-configuration")
            try:
                found = _Metadata.model_validate_json(answer.content)
            except ValidationError as error:
                raise _away() from error
            endpoints = (found.authorization_endpoint, found.token_endpoint, found.jwks_uri)
            if found.issuer != self._issuer or not all(_is_protected(url) for url in endpoints):
                raise Unavailable("The provider of DATAKURA_OIDC_ISSUER names itself otherwise, or speaks without TLS.")
            self._metadata, self._keys, self._read_at = found, None, time.monotonic()
        return self._metadata


async def _ask(
    method: str, url: str, *, data: dict[str, str] | None = None, headers: dict[str, str] | None = None
) -> httpx.Response:
    """The answer, at most a mebibyte of it; redirects are not followed."""
    if not _is_protected(url):
        raise Unavailable("DATAKURA_OIDC_ISSUER has to begin with https://.")
    try:
        async with (
            httpx.AsyncClient(timeout=_SECONDS) as client,
            client.stream(method, url, data=data, headers=headers) as answer,
        ):
            content = b""
            async for part in answer.aiter_bytes():
                content += part
                if len(content) > _MOST_BYTES:
                    raise _away()
            return httpx.Response(answer.status_code, content=content)
    except httpx.HTTPError as error:
        raise _away() from error


def _is_protected(url: str) -> bool:
    parts = urlsplit(url)
    return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOOPBACK)


def _away() -> Unavailable:
    return Unavailable("The sign-in service does not answer. Try again in a moment, or sign in with a password.")
