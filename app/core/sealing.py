"""Secrets at rest: AES-256-GCM, bound to the one place in the database that they were sealed for."""

import base64
import binascii
import os
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from app.core.settings import Settings

_VERSION = 1
_NONCE_BYTES = 12
_KEY_BYTES = 32
_KEY_ID = re.compile(r"[A-Za-z0-9-]{1,32}")


class Unreadable(Exception):
    """A sealed secret that none of the keys opens here: it was changed, or moved, or its key is missing."""


class MalformedKeys(Exception):
    """DATAKURA_SECRET_KEYS is not what it has to be: one sentence for who set it, which shows no key."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a sealed secret stands. Copied to another row or column, it does not open."""

    table: str
    column: str
    row: UUID | str

    @property
    def bound(self) -> bytes:
        """What the seal covers beside the secret."""
        return f"{self.table}|{self.column}|{self.row}".encode()


class Sealer:
    """Seals with the first of its keys, opens with any."""

    def __init__(self, keys: Mapping[str, bytes]):
        """
        Args:
            keys: 32 bytes each, by key id; the first one seals.
        """
        self._ciphers = {key_id: AESGCM(key) for key_id, key in keys.items()}
        self._first = next(iter(self._ciphers), None)

    def seal(self, secret: bytes, place: Place) -> bytes:
        """`secret` as it may be stored at `place`: version, key id, nonce, ciphertext with tag."""
        if self._first is None:
            raise MalformedKeys("DATAKURA_SECRET_KEYS is not set: give a key made by `datakura keys generate`.")
        nonce = os.urandom(_NONCE_BYTES)
        key_id = self._first.encode()
        head = bytes((_VERSION, len(key_id))) + key_id
        return head + nonce + self._ciphers[self._first].encrypt(nonce, secret, head + place.bound)

    def open(self, sealed: bytes, place: Place) -> bytes:
        """The secret that was sealed for `place`.

        Raises:
            Unreadable: it was changed or moved, or its key is none of ours.
        """
        head, key_id = _head(sealed)
        cipher = self._ciphers.get(key_id)
        if cipher is None:
            raise Unreadable(f"{place.table}.{place.column} is sealed with the key {key_id!r}, which DATAKURA_SECRET_KEYS lacks.")
        body = sealed[len(head) :]
        try:
            return cipher.decrypt(body[:_NONCE_BYTES], body[_NONCE_BYTES:], head + place.bound)
        except (InvalidTag, ValueError) as error:
            raise Unreadable(f"{place.table}.{place.column} of {place.row} was changed, or sealed for another row.") from error

    def is_current(self, sealed: bytes) -> bool:
        """True when it is sealed with the first key."""
        return _head(sealed)[1] == self._first


def _head(sealed: bytes) -> tuple[bytes, str]:
    if len(sealed) < 2 or sealed[0] != _VERSION:
        raise Unreadable("This is no sealed secret of a version that we know.")
    head = sealed[: 2 + sealed[1]]
    return head, head[2:].decode("ascii", "replace")


def new_key() -> str:
    """A key for DATAKURA_SECRET_KEYS: its id and 256 random bits."""
    return f"{secrets.token_hex(4)}:{base64.urlsafe_b64encode(os.urandom(_KEY_BYTES)).decode()}"


def parse_keys(text: str) -> dict[str, bytes]:
    """The keys of DATAKURA_SECRET_KEYS: ID:BASE64, separated by commas.

    Raises:
        MalformedKeys: a part is no key, or a key id is used twice.
    """
    keys: dict[str, bytes] = {}
    for number, part in enumerate(filter(None, (part.strip() for part in text.split(","))), 1):
        key_id, _, encoded = part.partition(":")
        if not _KEY_ID.fullmatch(key_id):
            raise MalformedKeys(
                f"Key {number} of DATAKURA_SECRET_KEYS has no id. Write ID:BASE64, as `datakura keys generate` does."
            )
        if key_id in keys:
            raise MalformedKeys(f"DATAKURA_SECRET_KEYS holds the key {key_id} twice.")
        try:
            key = base64.b64decode(encoded, altchars=b"-_", validate=True)
        except (binascii.Error, ValueError):
            key = b""
        if len(key) != _KEY_BYTES:
            raise MalformedKeys(f"The key {key_id} of DATAKURA_SECRET_KEYS is not 32 bytes in Base64.")
        keys[key_id] = key
    return keys


def sealer_of(settings: Settings) -> Sealer:
    """The sealer of this installation. Raises MalformedKeys."""
    return _sealer(settings.secret_keys.get_secret_value())


@lru_cache(maxsize=8)
def _sealer(text: str) -> Sealer:
    return Sealer(parse_keys(text))
