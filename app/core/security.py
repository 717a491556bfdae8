"""Access tokens and opaque secrets."""

import asyncio
import base64
import hashlib
import secrets
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import UUID

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from app.core.errors import Unauthenticated
from app.core.ids import uuid7
from app.core.phrases import say
from app.core.settings import Settings

ISSUER = "datakura"
AUDIENCE = "datakura-api"


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


@dataclass(frozen=True, slots=True)
class SigningKey:
    """An Ed25519 key of ours."""

    key_id: str
    public: Ed25519PublicKey
    private: Ed25519PrivateKey | None = field(repr=False)
    """None: it signs no more, and verifies until its last token has ended."""
    verifies_until: datetime | None = None

    @property
    def verifies(self) -> bool:
        """True while tokens that it has signed may be valid."""
        return self.verifies_until is None or datetime.now(UTC) < self.verifies_until


class TokenSigner:
    """Signs and checks access tokens: EdDSA only, every claim required, `typ` at+jwt (RFC 9068).

    It knows the keys that `use` gave it last; who keeps them current is `services/accounts/signing_keys`.
    """

    def __init__(self, settings: Settings):
        self._lifetime = timedelta(seconds=settings.access_token_seconds)
        self._keys: dict[str, SigningKey] = {}
        self._current: SigningKey | None = None
        self._used_at = float("-inf")
        self.renewing = asyncio.Lock()
        """Held by who reads the keys anew."""

    def use(self, keys: Sequence[SigningKey]) -> None:
        """From now on these keys verify; the first with a private part signs."""
        self._keys = {key.key_id: key for key in keys}
        self._current = next((key for key in keys if key.private is not None), None)
        self._used_at = time.monotonic()

    @property
    def age_seconds(self) -> float:
        """How long ago `use` gave it its keys; endless when it never did."""
        return time.monotonic() - self._used_at

    @property
    def current(self) -> SigningKey | None:
        """The key that signs."""
        return self._current

    def knows(self, key_id: str) -> bool:
        """True for a key that verifies."""
        key = self._keys.get(key_id)
        return key is not None and key.verifies

    def jwks(self) -> dict[str, list[dict[str, str]]]:
        """The public keys as a JSON Web Key Set (RFC 7517, RFC 8037)."""
        return {
            "keys": [
                {
                    "kty": "OKP",
                    "crv": "Ed25519",
                    "alg": "EdDSA",
                    "use": "sig",
                    "kid": key.key_id,
                    "x": base64.urlsafe_b64encode(raw_public(key.public)).decode().rstrip("="),
                }
                for key in self._keys.values()
                if key.verifies
            ]
        }

    def sign(self, user_id: UUID, session_id: UUID) -> AccessToken:
        """A token for `user_id` in the sign-in session `session_id`."""
        if self._current is None or self._current.private is None:
            raise RuntimeError("No signing key was loaded.")
        now = datetime.now(UTC).replace(microsecond=0)
        expires_at = now + self._lifetime
        claims = {
            "iss": ISSUER, "aud": AUDIENCE, "sub": str(user_id), "sid": str(session_id), "jti": str(uuid7()),
            "iat": now, "nbf": now, "exp": expires_at,
        }  # fmt: skip
        headers = {"kid": self._current.key_id, "typ": "at+jwt"}
        return AccessToken(jwt.encode(claims, self._current.private, algorithm="EdDSA", headers=headers), expires_at)

    def verify(self, encoded: str) -> Claims:
        """What a valid token says.

        Raises:
            Unauthenticated: forged, expired, of another kind, or not a token at all.
        """
        try:
            header = jwt.get_unverified_header(encoded)
            key = self._keys.get(header.get("kid", ""))
            if key is None or not key.verifies or header.get("typ") != "at+jwt" or set(header) != {"alg", "kid", "typ"}:
                raise Unauthenticated(say("TOKEN_FOREIGN", "This access token was not issued here. Sign in again."))
            claims = jwt.decode(
                encoded, key.public, algorithms=["EdDSA"], issuer=ISSUER, audience=AUDIENCE,
                options={"require": ["exp", "iat", "nbf", "iss", "aud", "sub", "sid", "jti"]},
            )  # fmt: skip
            return Claims(UUID(claims["sub"]), UUID(claims["sid"]), datetime.fromtimestamp(claims["exp"], UTC))
        except jwt.ExpiredSignatureError as error:
            raise Unauthenticated(say("TOKEN_EXPIRED", "The access token has expired. Refresh the session.")) from error
        except (jwt.PyJWTError, ValueError, TypeError, AttributeError, RecursionError, OverflowError) as error:
            raise Unauthenticated(say("TOKEN_INVALID", "This is no valid access token. Sign in again.")) from error


def key_id_of(encoded: str) -> str | None:
    """The `kid` that a token names; nothing of it is verified. None for what is no token."""
    try:
        key_id = jwt.get_unverified_header(encoded).get("kid")
    except (jwt.PyJWTError, ValueError, TypeError, AttributeError, RecursionError):
        return None
    return key_id if isinstance(key_id, str) else None


def raw_public(key: Ed25519PublicKey) -> bytes:
    """The 32 bytes of a public key."""
    return key.public_bytes(Encoding.Raw, PublicFormat.Raw)
