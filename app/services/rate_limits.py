"""How often somebody may do something: counted in Redis, for all processes together.

Three kinds of limits. A *class* of expensive work (signing an upload, beginning a quality run, ...) is counted for each account
and for each address it comes from. A proof of who one is draws on *allowances*, of which `accounts.throttle` says whose they are.
Everything else costs: each operation takes its cost out of a bucket that refills steadily. When Redis does not answer, proofs
are refused and everything else is let through: guessing passwords must not become free, and reading must not depend on a cache.
"""

import asyncio
import hashlib
import ipaddress
import math
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import TypeVar

import structlog
from limits import RateLimitItem, parse
from limits.aio.storage import RedisStorage
from limits.aio.strategies import MovingWindowRateLimiter
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.exceptions import TimeoutError as RedisTimeout

from app.core import metrics, tls
from app.core.errors import RateLimited, Unavailable
from app.core.phrases import say
from app.core.settings import Settings

T = TypeVar("T")
log = structlog.get_logger(__name__)

PREFIX = "datakura:limits"
ANSWER_SECONDS = 0.5
"""A Redis that is silent for so long counts as away; requests must not wait for it."""
AWAY_SECONDS = 2.0
"""For so long it is not asked again."""
AT_ONCE = 16
"""Questions to Redis at a time. Its client refuses more than 100 connections, and a refusal looks like a Redis that is away."""
ADDRESS_FACTOR = 10
"""As many people are expected behind one address."""


class Kind(Enum):
    """Classes of expensive work. The value is the name of its setting without `rate_limit_`."""

    UPLOAD = "upload"
    QUALITY_RUN = "quality_run"
    EXPORT = "export"


_WHAT = {
    Kind.UPLOAD: say("MANY_UPLOADS", "uploads begun"),
    Kind.QUALITY_RUN: say("MANY_RUNS", "quality runs begun"),
    Kind.EXPORT: "exports",
}

# Tokens drip into the bucket by the server's clock. Answers: were there enough, how many are left (whole ones), and
# in how many seconds there will be enough (as text: Redis cuts numbers to whole ones).
_TAKE = """
local capacity, per_second, cost = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local clock = redis.call('TIME')
local now = clock[1] + clock[2] / 1000000
local held = redis.call('HMGET', KEYS[1], 'tokens', 'at')
local tokens = capacity
if held[1] then
    tokens = math.min(capacity, tonumber(held[1]) + math.max(0, now - tonumber(held[2])) * per_second)
end
if tokens < cost then
    return {0, math.floor(tokens), string.format('%.3f', (cost - tokens) / per_second)}
end
tokens = tokens - cost
redis.call('HSET', KEYS[1], 'tokens', string.format('%.3f', tokens), 'at', string.format('%.6f', now))
redis.call('PEXPIRE', KEYS[1], math.ceil((capacity - tokens) / per_second * 1000) + 1000)
return {1, math.floor(tokens), '0'}
"""


@dataclass(frozen=True, slots=True)
class Allowance:
    """So many of one thing for one subject within a window."""

    name: str
    """Of what; it separates the counts, and labels the metric."""
    words: str
    """Of what, for people, in the plural."""
    who: str
    """Kept as a digest."""
    rate: RateLimitItem


@dataclass(frozen=True, slots=True)
class Budget:
    """What is left to somebody after an operation was charged."""

    remaining: int
    limit: int


class RateLimits:
    """The limits of the system. One connection pool a process; `close` it at the end."""

    def __init__(self, settings: Settings):
        url = tls.redis_url(settings) or "redis://127.0.0.1:1/0"
        self._redis = Redis.from_url(
            url,
            socket_timeout=ANSWER_SECONDS,
            socket_connect_timeout=ANSWER_SECONDS,
            retry=Retry(NoBackoff(), 0),
        )
        pool = self._redis.connection_pool
        storage = RedisStorage(f"async+{url}", implementation="redispy", key_prefix=PREFIX, connection_pool=pool)  # type: ignore[arg-type]  # typed for plain options only
        self._windows = MovingWindowRateLimiter(storage)
        self._take = self._redis.register_script(_TAKE)
        self._classes = {kind: parse(getattr(settings, f"rate_limit_{kind.value}")) for kind in Kind}
        self._capacity = settings.cost_per_minute
        self._asked_again_at = 0.0
        self._slots = asyncio.Semaphore(AT_ONCE)

    async def hit(self, kind: Kind, who: str, address: str | None) -> None:
        """One more of this kind, by `who` (an account's id, or the name somebody signs in with) from an IP address.

        Raises:
            RateLimited: too many lately, by the same or from the same address.
        """
        item = self._classes[kind]
        await self._hit(Allowance(kind.value, _WHAT[kind], f"who:{who}", item))
        if address is not None:
            await self._hit(Allowance(kind.value, _WHAT[kind], f"from:{address_prefix(address)}", times(item, ADDRESS_FACTOR)))

    async def spend(self, allowances: Sequence[Allowance]) -> None:
        """One more of each, in this order, up to the first that is used up.

        Raises:
            RateLimited: one is used up; those before it were spent.
            Unavailable: Redis does not answer.
        """
        for allowance in allowances:
            if not await self._hit(allowance):
                raise Unavailable(
                    say(
                        "SIGN_IN_NOT_COUNTED",
                        "Signing in is not possible for a moment: nobody can count the attempts. Try again in a few seconds.",
                    )
                )

    async def restore(self, allowance: Allowance) -> None:
        """Nothing of it is spent any more."""
        await self._ask(lambda: self._windows.clear(allowance.rate, allowance.name, _hidden(allowance.who)))

    async def charge(self, who: str, cost: int) -> Budget | None:
        """`cost` is taken out of the bucket of `who`; None when Redis does not answer and nothing was counted.

        Args:
            who: `viewer:<id>`, or `address:<prefix>` of somebody who is not signed in.

        Raises:
            RateLimited: there is not enough left; nothing was taken.
        """
        arguments = [self._capacity, self._capacity / 60, cost]
        answer = await self._ask(lambda: self._take(keys=[f"{PREFIX}:cost:{who}"], args=arguments))
        if answer is None:
            return None
        enough, remaining, seconds = answer
        if not enough:
            metrics.RATE_LIMITED.labels("cost").inc()
            wait = max(1, math.ceil(float(seconds)))
            raise RateLimited(
                say(
                    "OPERATION_COST",
                    "This operation costs {cost:,}, and {remaining:,} of {capacity:,} a minute are left. Try again "
                    "in {wait} s, or ask for less.",
                    cost=cost,
                    remaining=int(remaining),
                    capacity=self._capacity,
                    wait=wait,
                ),
                retry_after_seconds=wait,
            )
        return Budget(int(remaining), self._capacity)

    async def close(self) -> None:
        """No connection is open."""
        await self._redis.aclose()

    async def _hit(self, allowance: Allowance) -> bool:
        """False when nobody counted."""
        key = (allowance.rate, allowance.name, _hidden(allowance.who))
        allowed = await self._ask(lambda: self._windows.hit(*key))
        if allowed is False:
            metrics.RATE_LIMITED.labels(allowance.name).inc()
            stats = await self._ask(lambda: self._windows.get_window_stats(*key))
            wait = max(1, math.ceil(stats.reset_time - time.time())) if stats is not None else int(AWAY_SECONDS)
            raise RateLimited(
                say(
                    "TOO_OFTEN",
                    "Too many {what}: at most {most:,} in {span}. Try again in {wait} s.",
                    what=allowance.words,
                    most=allowance.rate.amount,
                    span=_duration(allowance.rate.get_expiry()),
                    wait=wait,
                ),
                retry_after_seconds=wait,
            )
        return allowed is not None

    async def _ask(self, question: Callable[[], Awaitable[T]]) -> T | None:
        """The answer of Redis, or None when it gives none; then it is left alone for two seconds."""
        async with self._slots:
            try:
                return await self._twice(question)
            except (RedisError, OSError, TimeoutError) as error:
                self._asked_again_at = asyncio.get_running_loop().time() + AWAY_SECONDS
                metrics.RATE_LIMITS_SKIPPED.inc()
                log.warning("limits.redis_away", reason=type(error).__name__)
                return None

    async def _twice(self, question: Callable[[], Awaitable[T]]) -> T | None:
        """The answer; asked again after a silence, which may have been this process's own: it was too busy to listen."""
        if asyncio.get_running_loop().time() < self._asked_again_at:
            return None
        try:
            return await question()
        except (RedisTimeout, TimeoutError):
            if asyncio.get_running_loop().time() < self._asked_again_at:
                return None  # others have found meanwhile that it is away
            return await question()


def times(rate: RateLimitItem, factor: int) -> RateLimitItem:
    """So many times as much in the same window."""
    return type(rate)(rate.amount * factor, rate.multiples)


def address_prefix(address: str) -> str:
    """What of an IP address stands for one household: an IPv4 address, or the first 64 bits of an IPv6 address."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return "unknown"
    if isinstance(parsed, ipaddress.IPv6Address):
        if parsed.ipv4_mapped is not None:
            return str(parsed.ipv4_mapped)
        return str(ipaddress.ip_network((parsed, 64), strict=False).network_address)
    return str(parsed)


def _hidden(who: str) -> str:
    """Names of accounts are nothing for a cache to know."""
    return hashlib.sha256(who.strip().casefold().encode("utf-8", "surrogatepass")).hexdigest()[:32]


def _duration(seconds: int) -> str:
    if seconds % 60:
        return say("SECONDS", "{seconds} s", seconds=seconds)
    return say("A_MINUTE", "a minute") if seconds == 60 else say("MINUTES", "{minutes} min", minutes=seconds // 60)
