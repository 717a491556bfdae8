"""Who proves often who they are, or guesses at others, stands in nobody's way; and no guess is looked at beyond the limits."""

import asyncio
import re
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager

import httpx
import pytest
from pydantic import SecretStr

from app.core.errors import RateLimited, Unavailable
from app.core.ids import uuid7
from app.core.settings import Settings
from app.core.viewer import Role, Viewer
from app.embedded.engines import Engines
from app.services.accounts.throttle import Asker, Throttle
from app.services.rate_limits import RateLimits
from tests.accounts.documents import CHANGE_PASSWORD, STEP_UP, code_after, execute, fetch
from tests.support.client import SIGN_IN, Client
from tests.support.people import Person, a_person
from tests.support.system import PASSWORD, System, free_port, until

ANOTHER = "a staple of batteries"
GUESSED, REFUSED = "INVALID_CREDENTIALS", "RATE_LIMITED"
DEVICE = "datakura_device"


@asynccontextmanager
async def somebody_at(system: System, address: str) -> AsyncIterator[Client]:
    """A client that comes from another address of this machine."""
    async with Client(system.url) as client:
        await client.http.aclose()
        transport = httpx.AsyncHTTPTransport(local_address=address)
        client.http = httpx.AsyncClient(base_url=system.url, timeout=60, transport=transport)
        yield client


async def hashed(system: System) -> int:
    """How many passwords the api has hashed since it began."""
    async with httpx.AsyncClient(base_url=system.url) as http:
        (count,) = re.findall(r"^datakura_passwords_hashed_total (\S+)$", (await http.get("/metrics")).text, re.MULTILINE)
    return int(float(count))


# --- the api


async def test_a_hundred_and_fifty_loops_of_one_account_are_refused_and_another_signs_in(
    system: System, client: Client, editor: Person, password_hash: str
) -> None:
    async with a_person(system, "VIEWER", password_hash=password_hash) as viewer:
        before = await hashed(system)

        async def loop() -> list[str]:
            guess = {"currentPassword": "wrong password", "newPassword": ANOTHER}
            return [await code_after(viewer, CHANGE_PASSWORD, **guess) for _ in range(2)]

        loops = [asyncio.create_task(loop()) for _ in range(150)]
        await client.sign_in(editor.email)
        answers = [answer for loop in loops for answer in await loop]
        assert (answers.count(GUESSED), answers.count(REFUSED)) == (10, 290)
        # Ten that were looked at, and the sign-in: nothing else cost a hash.
        assert await hashed(system) - before == 11


async def test_guesses_from_one_network_keep_nobody_out_elsewhere(system: System, editor: Person) -> None:
    async with somebody_at(system, "127.0.0.9") as thief, somebody_at(system, "127.0.0.1") as owner:
        guesses = [await code_after(thief, SIGN_IN, email=editor.email, password=f"a guess {n}") for n in range(22)]
        assert guesses == [GUESSED] * 10 + [REFUSED] * 12
        assert await code_after(thief, SIGN_IN, email=editor.email, password=PASSWORD) == REFUSED
        await owner.sign_in(editor.email)


async def test_a_browser_that_knows_the_account_passes_where_guesses_came_from(system: System, editor: Person) -> None:
    async with somebody_at(system, "127.0.0.8") as owner, somebody_at(system, "127.0.0.8") as thief:
        await owner.sign_in(editor.email)
        for n in range(11):
            await code_after(thief, SIGN_IN, email=editor.email, password=f"a guess {n}")
        assert await code_after(thief, SIGN_IN, email=editor.email, password=PASSWORD) == REFUSED
        await owner.sign_in(editor.email)
        # The mark is no way around the limit: what is guessed with it is counted too.
        guesses = [await code_after(owner, SIGN_IN, email=editor.email, password=f"a guess {n}") for n in range(11)]
        assert guesses == [GUESSED] * 10 + [REFUSED]


async def test_the_mark_of_a_browser_is_sealed_and_scripts_cannot_read_it(client: Client, editor: Person) -> None:
    answer = await client.post(SIGN_IN, {"input": {"email": editor.email, "password": PASSWORD}})
    (cookie,) = [one for one in answer.headers.get_list("Set-Cookie") if one.startswith(f"{DEVICE}=")]
    name_and_value, *attributes = cookie.split("; ")
    assert set(attributes) == {"HttpOnly", f"Max-Age={180 * 86_400}", "Path=/graphql", "SameSite=strict"}
    assert editor.email.encode().hex() not in name_and_value


@pytest.mark.parametrize("mark", ["", "x", "00", "ff" * 40, "00" * 4_000])
async def test_a_mark_that_somebody_made_up_marks_nobody(system: System, editor: Person, mark: str) -> None:
    async with somebody_at(system, "127.0.0.7") as thief:
        thief.http.cookies.set(DEVICE, mark)
        guesses = [await code_after(thief, SIGN_IN, email=editor.email, password=f"a guess {n}") for n in range(11)]
    async with somebody_at(system, "127.0.0.7") as another:
        assert await code_after(another, SIGN_IN, email=editor.email, password=PASSWORD) == REFUSED
    assert guesses == [GUESSED] * 10 + [REFUSED]


@pytest.mark.parametrize("mutation", [STEP_UP, CHANGE_PASSWORD], ids=["stepUp", "changePassword"])
async def test_a_stolen_session_guesses_ten_times(system: System, client: Client, editor: Person, mutation: str) -> None:
    def proof(password: str) -> dict[str, object]:
        return {"password": password} if mutation == STEP_UP else {"currentPassword": password, "newPassword": ANOTHER}

    guesses = [await code_after(editor, mutation, **proof(f"a guess {n}")) for n in range(10)]
    assert guesses == [GUESSED] * 10
    assert await code_after(editor, mutation, **proof(PASSWORD)) == REFUSED
    # Nothing changed, and who has no part in it signs in.
    await client.sign_in(editor.email, PASSWORD)


async def test_a_right_proof_forgets_the_wrong_ones(editor: Person) -> None:
    for _ in range(2):
        for n in range(9):
            assert await code_after(editor, STEP_UP, password=f"a guess {n}") == GUESSED
        assert await code_after(editor, STEP_UP, password=PASSWORD) == ""


async def test_a_password_that_was_changed_meanwhile_is_not_changed_again(system: System, editor: Person) -> None:
    connection = await system.database()
    (mine,) = (await fetch(system, "SELECT password_hash FROM users WHERE id = $1", editor.row_id))[0]
    async with connection.transaction():
        await connection.execute("UPDATE users SET password_hash = $2 WHERE id = $1", editor.row_id, f"{mine}x")
        changing = asyncio.create_task(code_after(editor, CHANGE_PASSWORD, currentPassword=PASSWORD, newPassword=ANOTHER))
        waits = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE 'UPDATE users%'"

        async def waiting() -> bool:
            return await fetch(system, waits) == [(1,)]

        await until(waiting, "the change to wait for the other one")
    await connection.close()
    assert await changing == "CONFLICT"
    assert await fetch(system, "SELECT password_hash FROM users WHERE id = $1", editor.row_id) == [(f"{mine}x",)]
    await execute(system, "UPDATE users SET password_hash = $2 WHERE id = $1", editor.row_id, mine)


# --- the throttle

Make = Callable[..., Throttle]


@pytest.fixture
async def make(engines: Engines) -> AsyncIterator[Make]:
    """Makes throttles with these settings, on a real Redis."""
    async with AsyncExitStack() as stack:

        def made(redis_url: str = engines.redis_url, **given: object) -> Throttle:
            settings = Settings(profile="test", redis_url=SecretStr(redis_url), **given)  # type: ignore[arg-type]
            limits = RateLimits(settings)
            stack.push_async_callback(limits.close)
            return Throttle(limits, settings)

        yield made


def an_account() -> Viewer:
    return Viewer(uuid7(), f"{uuid7().hex}@example.com", "Somebody", Role.VIEWER)


def a_network() -> str:
    """Address of a household of which nobody has heard."""
    return f"2001:db8:{uuid7().hex[-4:]}:{uuid7().hex[-8:-4]}::1"


async def allowed(throttle: Throttle, email: str, asker: Asker) -> bool:
    try:
        await throttle.password(email, asker)
    except RateLimited:
        return False
    return True


async def test_guesses_from_everywhere_only_slow_strangers_down(make: Make) -> None:
    throttle, account = make(rate_limit_sign_in="2/15minutes"), an_account()
    guesses = [await allowed(throttle, account.email, Asker(a_network())) for _ in range(21)]
    # Two times ten at once, then one in three seconds.
    assert guesses == [True] * 21
    with pytest.raises(RateLimited) as refused:
        for _ in range(5):
            await throttle.password(account.email, Asker(a_network()))
    assert refused.value.retry_after_seconds <= 3
    assert await allowed(throttle, account.email, Asker(a_network(), opened=account.email))
    assert (await throttle.again(account)).line == f"account {account.email}"


async def test_one_network_may_try_sixty_times_as_much_in_all(make: Make) -> None:
    throttle, network = make(rate_limit_sign_in="1/15minutes"), a_network()
    answers = [await allowed(throttle, an_account().email, Asker(network)) for _ in range(62)]
    assert answers == [True] * 60 + [False] * 2
    # The next address of the same household is no way around it; the next household is not concerned.
    assert not await allowed(throttle, an_account().email, Asker(network.removesuffix("::1") + "::2"))
    assert await allowed(throttle, an_account().email, Asker(a_network()))
    known = an_account().email
    assert await allowed(throttle, known, Asker(network, opened=known))


async def test_right_proofs_are_bounded_too(make: Make) -> None:
    throttle, account = make(rate_limit_sign_in="2/15minutes"), an_account()
    for _ in range(12):
        await throttle.right(await throttle.again(account))
    with pytest.raises(RateLimited):
        await throttle.again(account)


async def test_an_account_is_counted_under_every_spelling_of_its_address(make: Make) -> None:
    throttle, network, email = make(rate_limit_sign_in="3/15minutes"), a_network(), f"straße-{uuid7().hex}@Example.com"
    spellings = (email, f" {email.upper()} ", email.replace("ß", "ss").replace("@", "＠"), email.casefold())
    assert [await allowed(throttle, spelling, Asker(network)) for spelling in spellings] == [True] * 3 + [False]


async def test_without_redis_nobody_proves_anything(make: Make) -> None:
    throttle, account = make(redis_url=f"redis://127.0.0.1:{free_port()}/0"), an_account()
    asker = Asker("192.0.2.1")
    for proof in (
        lambda: throttle.password(account.email, asker),
        lambda: throttle.password(account.email, Asker("192.0.2.1", opened=account.email)),
        lambda: throttle.again(account),
        lambda: throttle.challenge("a challenge", asker),
        lambda: throttle.code(account.id),
        lambda: throttle.link("a link", asker),
        lambda: throttle.mail(account.email, asker),
        lambda: throttle.provider(asker),
    ):
        with pytest.raises(Unavailable, match="nobody can count the attempts"):
            await proof()
