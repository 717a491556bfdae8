"""Passwords, access tokens and opaque secrets."""

import asyncio
import hashlib
import secrets
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from uuid import UUID

import jwt
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key

from app.core.errors import Unauthenticated, Unavailable
from app.core.ids import uuid7
from app.core.settings import Settings

ISSUER = "datakura"
AUDIENCE = "datakura-api"

# OWASP's parameters for argon2id (19 MiB, t=2, p=1): about 30 ms. Two at a time, off the event loop.
_hasher = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
_pool = ThreadPoolExecutor(max_workers=2, thread_name_prefix="argon2")
_waiting = asyncio.Semaphore(64)


async def hash_password(password: str) -> str:
    """An argon2id hash in PHC format."""
    return await asyncio.get_running_loop().run_in_executor(_pool, _hasher.hash, password)


async def verify_password(password: str, password_hash: str | None) -> bool:
    """True when they match. A missing hash costs the same time as a wrong password.

    Raises:
        Unavailable: 64 sign-ins wait already.
    """
    if _waiting.locked():
        raise Unavailable("Too many people sign in at this moment. Try again in a few seconds.")
    async with _waiting:
        target = password_hash or _decoy()
        matches = await asyncio.get_running_loop().run_in_executor(_pool, _verify, target, password)
    return matches and password_hash is not None


def needs_rehash(password_hash: str) -> bool:
    """True when the hash was made with other parameters than today's."""
    return _hasher.check_needs_rehash(password_hash)


def _verify(password_hash: str, password: str) -> bool:
    try:
        return _hasher.verify(password_hash, password)
    except (VerifyMismatchError, InvalidHashError):
        return False


@lru_cache(maxsize=1)
def _decoy() -> str:
    return _hasher.hash(secrets.token_urlsafe(16))


def new_secret() -> str:
    """256 random bits, URL-safe."""
    return secrets.token_urlsafe(32)


def digest(secret: str) -> bytes:
    """SHA-256 of an opaque secret: what is stored instead of it. 32 bytes."""
    return hashlib.sha256(secret.encode()).digest()


@dataclass(frozen=True, slots=True)
class AccessToken:
    """A signed access token and its end."""

    encoded: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Claims:
    """What an access token says."""

    user_id: UUID
    session_id: UUID
    expires_at: datetime


class TokenSigner:
    """Signs and checks access tokens: EdDSA only, every claim required, `typ` at+jwt (RFC 9068)."""

    def __init__(self, settings: Settings):
        pem = settings.jwt_private_key.get_secret_value()
        if not pem:
            raise RuntimeError("DATAKURA_JWT_PRIVATE_KEY is not set: give an Ed25519 private key in PEM (PKCS #8).")
        key = load_pem_private_key(pem.encode(), password=None)
        if not isinstance(key, Ed25519PrivateKey):
            raise RuntimeError("DATAKURA_JWT_PRIVATE_KEY is not an Ed25519 key.")
        self._private, self._public = key, key.public_key()
        raw = self._public.public_bytes(Encoding.Raw, PublicFormat.Raw)
        self._key_id = hashlib.sha256(raw).hexdigest()[:16]
        self._lifetime = timedelta(seconds=settings.access_token_seconds)

    def sign(self, user_id: UUID, session_id: UUID) -> AccessToken:
        """A token for `user_id` in the sign-in session `session_id`."""
        now = datetime.now(UTC).replace(microsecond=0)
        expires_at = now + self._lifetime
        claims = {
            "iss": ISSUER, "aud": AUDIENCE, "sub": str(user_id), "sid": str(session_id), "jti": str(uuid7()),
            "iat": now, "nbf": now, "exp": expires_at,
        }  # fmt: skip
        headers = {"kid": self._key_id, "typ": "at+jwt"}
        return AccessToken(jwt.encode(claims, self._private, algorithm="EdDSA", headers=headers), expires_at)

    def verify(self, encoded: str) -> Claims:
        """What a valid token says.

        Raises:
            Unauthenticated: forged, expired, of another kind, or not a token at all.
        """
        try:
            header = jwt.get_unverified_header(encoded)
            if header.get("typ") != "at+jwt" or header.get("kid") != self._key_id or set(header) != {"alg", "kid", "typ"}:
                raise Unauthenticated("This access token was not issued here. Sign in again.")
            claims = jwt.decode(
                encoded, self._public, algorithms=["EdDSA"], issuer=ISSUER, audience=AUDIENCE,
                options={"require": ["exp", "iat", "nbf", "iss", "aud", "sub", "sid", "jti"]},
            )  # fmt: skip
            return Claims(UUID(claims["sub"]), UUID(claims["sid"]), datetime.fromtimestamp(claims["exp"], UTC))
        except jwt.ExpiredSignatureError as error:
            raise Unauthenticated("The access token has expired. Refresh the session.") from error
        except (jwt.PyJWTError, ValueError, TypeError, AttributeError, RecursionError) as error:
            raise Unauthenticated("This is no valid access token. Sign in again.") from error
