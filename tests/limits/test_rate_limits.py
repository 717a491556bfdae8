"""How often somebody may do something, counted by a real Redis."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack

import pytest
from limits import parse
from pydantic import SecretStr, ValidationError
from redis.asyncio import Redis

from app.core.errors import RateLimited, Unavailable
from app.core.ids import uuid7
from app.core.settings import Settings
from app.embedded.engines import Engines
from app.services.rate_limits import PREFIX, Allowance, Kind, RateLimits, address_prefix
from tests.support.system import free_port

Make = Callable[..., RateLimits]


@pytest.fixture
async def make(engines: Engines) -> AsyncIterator[Make]:
    """Makes limits with these settings."""
    async with AsyncExitStack() as stack:

        def made(redis_url: str = engines.redis_url, **given: object) -> RateLimits:
            limits = RateLimits(Settings(profile="test", redis_url=SecretStr(redis_url), **given))  # type: ignore[arg-type]
            stack.push_async_callback(limits.close)
            return limits

        yield made


def an_allowance(rate: str = "1000/minute") -> Allowance:
    """Of somebody of whom nobody has heard."""
    return Allowance("test", "attempts", f"{uuid7().hex}@example.com", parse(rate))


async def allowed(limits: RateLimits, kind: Kind, who: str, address: str | None = None, *, times: int) -> int:
    """How many of so many hits in a row are allowed."""
    count = 0
    for _ in range(times):
        try:
            await limits.hit(kind, who, address)
        except RateLimited:
            continue
        count += 1
    return count


@pytest.mark.parametrize("kind", list(Kind))
async def test_each_class_has_a_limit_for_each_account(make: Make, kind: Kind) -> None:
    limits = make(**{f"rate_limit_{kind.value}": "3/5minutes"})
    me, other = str(uuid7()), str(uuid7())
    assert await allowed(limits, kind, me, times=5) == 3
    assert await allowed(limits, kind, other, times=1) == 1
    with pytest.raises(RateLimited) as refused:
        await limits.hit(kind, me, None)
    assert 1 <= refused.value.retry_after_seconds <= 300
    assert refused.value.message.endswith(f"at most 3 in 5 min. Try again in {refused.value.retry_after_seconds} s.")


async def test_one_class_does_not_count_for_another(make: Make) -> None:
    limits, me = make(rate_limit_upload="2/minute", rate_limit_export="2/minute"), str(uuid7())
    assert await allowed(limits, Kind.UPLOAD, me, times=3) == 2
    assert await allowed(limits, Kind.EXPORT, me, times=3) == 2


async def test_many_accounts_from_one_address_have_ten_times_the_limit(make: Make) -> None:
    limits, address = make(rate_limit_export="2/minute"), f"2001:db8:{uuid7().hex[-4:]}:{uuid7().hex[-8:-4]}::1"
    counts = [await allowed(limits, Kind.EXPORT, str(uuid7()), address, times=1) for _ in range(22)]
    assert counts == [1] * 20 + [0] * 2
    # The next address of the same household is no way around it; the next household is not concerned.
    neighbour = address.removesuffix("::1") + "::2"
    assert await allowed(limits, Kind.EXPORT, str(uuid7()), neighbour, times=1) == 0
    assert await allowed(limits, Kind.EXPORT, str(uuid7()), None, times=1) == 1


async def test_who_is_counted_is_not_kept(make: Make, engines: Engines) -> None:
    await make().spend([an_allowance()])
    async with Redis.from_url(engines.redis_url, decode_responses=True) as redis:
        keys = [key async for key in redis.scan_iter(f"{PREFIX}*")]
    assert keys
    assert not any("example.com" in key.lower() for key in keys)


async def test_allowances_are_spent_up_to_the_first_that_is_used_up(make: Make) -> None:
    limits, narrow, wide = make(), an_allowance("2/minute"), an_allowance("3/minute")
    for _ in range(2):
        await limits.spend([narrow, wide])
    with pytest.raises(RateLimited, match=r"^Too many attempts: at most 2 in a minute. Try again in \d+ s.$"):
        await limits.spend([narrow, wide])
    await limits.spend([wide])
    with pytest.raises(RateLimited, match="at most 3 in a minute"):
        await limits.spend([wide])
    await limits.restore(narrow)
    await limits.spend([narrow])


async def test_two_processes_count_together(make: Make) -> None:
    me, first, second = str(uuid7()), make(rate_limit_export="4/minute"), make(rate_limit_export="4/minute")
    assert await allowed(first, Kind.EXPORT, me, times=3) == 3
    assert await allowed(second, Kind.EXPORT, me, times=3) == 1


async def test_the_eleventh_of_the_largest_operations_has_to_wait(make: Make) -> None:
    limits, me, other = make(cost_per_minute=100_000), f"viewer:{uuid7()}", f"viewer:{uuid7()}"
    budgets = [await limits.charge(me, 10_000) for _ in range(10)]
    assert all(budget is not None and budget.limit == 100_000 for budget in budgets)
    last = budgets[-1]
    # 1,667 a second drip in meanwhile: at most a few thousand in this test.
    assert last is not None
    assert last.remaining < 10_000
    with pytest.raises(RateLimited) as refused:
        await limits.charge(me, 10_000)
    assert 1 <= refused.value.retry_after_seconds <= 6
    assert await limits.charge(other, 10_000) is not None
    # A refusal takes nothing: what is left still pays for something small.
    assert await limits.charge(me, 1) is not None


async def test_without_redis_nobody_signs_in_and_everything_else_goes_on(make: Make) -> None:
    limits = make(redis_url=f"redis://127.0.0.1:{free_port()}/0")
    for _ in range(2):  # the second does not even try to connect
        with pytest.raises(Unavailable):
            await limits.spend([an_allowance()])
        for kind in (Kind.UPLOAD, Kind.QUALITY_RUN, Kind.EXPORT):
            await limits.hit(kind, "somebody", "192.0.2.1")
        assert await limits.charge("viewer:somebody", 10_000) is None


async def test_many_at_once_are_counted_and_not_taken_for_a_redis_that_is_away(make: Make) -> None:
    limits = make()
    await asyncio.gather(*(limits.spend([an_allowance()]) for _ in range(150)))


@pytest.mark.parametrize(
    ("address", "prefix"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        ("2001:db8:1:2::", "2001:db8:1:2::"),
        ("testclient", "unknown"),
        ("", "unknown"),
    ],
)
def test_an_address_stands_for_a_household(address: str, prefix: str) -> None:
    assert address_prefix(address) == prefix


@pytest.mark.parametrize("rate", ["", "often", "20", "20/fortnight", "1/second;20/minute"])
def test_a_rate_that_is_none_is_refused_with_an_example(rate: str) -> None:
    with pytest.raises(ValidationError, match="write one as 20/minute or 20/5minutes"):
        Settings(profile="test", rate_limit_export=rate)
