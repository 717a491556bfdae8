"""Passwords: hashed with argon2id, in one queue for all who need it."""

import asyncio
import os
import secrets
import unicodedata
from collections import deque
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from functools import lru_cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

from app.core import metrics
from app.core.errors import Unavailable
from app.core.phrases import say

# OWASP's parameters for argon2id (19 MiB, t=2, p=1): about 30 ms. Off the event loop, and argon2 holds no GIL; two at a time, but
# one where a second would leave the loop no processor of its own. (Niceness instead starves signing in on a busy machine.)
_hasher = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
_pool = ThreadPoolExecutor(max_workers=2 if (os.cpu_count() or 1) > 2 else 1, thread_name_prefix="argon2")
TURNS = 3
"""Proofs at a time: one or two are hashed while another reads or writes."""
MOST_WAITING = 128
"""Four seconds of hashing on two cores; more would run into the time that an operation has."""


class Turn:
    """The right to hash, for as long as one's turn in `hashing` lasts."""

    async def hash(self, password: str) -> str:
        """An argon2id hash in PHC format."""
        return await asyncio.get_running_loop().run_in_executor(_pool, _hash, password)

    async def verify(self, password: str, password_hash: str | None) -> bool:
        """True when they match. A missing hash costs the same time as a wrong password."""
        return await asyncio.get_running_loop().run_in_executor(_pool, _verify, password_hash, password)


class HashingQueue:
    """The one queue of all who need a password hashed. It is bounded, and whoever asks often stands in their own way only.

    Each asker has a line of their own, and the lines take turns. Who finds the queue full takes the place of the last in the
    longest line, unless their own is as long.
    """

    def __init__(self, *, turns: int = TURNS, most_waiting: int = MOST_WAITING):
        self._free, self._most = turns, most_waiting
        self._lines: dict[str, deque[asyncio.Future[None]]] = {}
        """In the order in which they take turns; none is empty."""

    @property
    def waiting(self) -> int:
        """How many wait."""
        return sum(map(len, self._lines.values()))

    @asynccontextmanager
    async def turn(self, asker: str) -> AsyncIterator[Turn]:
        """It is the turn of `asker`: an account, or the network that somebody unknown comes from. Not to be nested.

        What a proof needs of the database is done within it too: a hundred who sign in at once otherwise take the connections
        that other requests need.

        Raises:
            Unavailable: the queue is full.
        """
        await self._wait(asker)
        try:
            yield Turn()
        finally:
            self._next()

    async def _wait(self, asker: str) -> None:
        if self._free and not self._lines:
            self._free -= 1
            return
        if self.waiting >= self._most:
            self._make_room(asker)
        place = asyncio.get_running_loop().create_future()
        self._lines.setdefault(asker, deque()).append(place)
        try:
            await place
        except asyncio.CancelledError:
            if place in self._lines.get(asker, ()):
                self._leave(asker, place)
            elif not place.cancelled() and place.exception() is None:  # the turn had come already
                self._next()
            raise

    def _make_room(self, asker: str) -> None:
        longest = max(self._lines, key=lambda line: len(self._lines[line]))
        if len(self._lines[longest]) <= len(self._lines.get(asker, ())) + 1:
            raise _too_many()
        self._lines[longest].pop().set_exception(_too_many())

    def _next(self) -> None:
        while self._lines:
            asker = next(iter(self._lines))
            line = self._lines.pop(asker)
            place = line.popleft()
            if line:
                self._lines[asker] = line  # at the end: the others come first
            if not place.done():
                place.set_result(None)
                return
        self._free += 1

    def _leave(self, asker: str, place: asyncio.Future[None]) -> None:
        self._lines[asker].remove(place)
        if not self._lines[asker]:
            del self._lines[asker]


hashing = HashingQueue()


def _too_many() -> Unavailable:
    return Unavailable(say("SIGN_IN_BUSY", "Too many people sign in at this moment. Try again in a few seconds."))


async def hash_password(password: str) -> str:
    """An argon2id hash in PHC format, by who is no stranger: an administrator, a command.

    Raises:
        Unavailable: too many wait already.
    """
    async with hashing.turn("ourselves") as turn:
        return await turn.hash(password)


def needs_rehash(password_hash: str) -> bool:
    """True when the hash was made with other parameters than today's."""
    return _hasher.check_needs_rehash(password_hash)


def normal_password(password: str) -> str:
    """The password as it is hashed: keyboards write one letter in several ways, some of them as two characters."""
    return unicodedata.normalize("NFC", password)


def _hash(password: str) -> str:
    metrics.PASSWORDS_HASHED.inc()
    return _hasher.hash(_bytes(password))


def _verify(password_hash: str | None, password: str) -> bool:
    metrics.PASSWORDS_HASHED.inc()
    try:
        return _hasher.verify(password_hash or _decoy(), _bytes(password)) and password_hash is not None
    except (VerifyMismatchError, InvalidHashError):
        return False


def _bytes(password: str) -> bytes:
    return normal_password(password).encode("utf-8", "surrogatepass")


@lru_cache(maxsize=1)
def _decoy() -> str:
    return _hasher.hash(secrets.token_urlsafe(16))
