"""A hundred people sign in at the same moment: what everybody else notices of it."""

import asyncio
import time
from uuid import uuid4

from app.core.security import hash_password
from benchmarks.measure import Series, heading, load, say
from benchmarks.running import Running, a_system
from tests.support.client import SIGN_IN, Client
from tests.support.system import PASSWORD

PEOPLE = 100
GOAL_P99_MS = 200


async def run(rounds: int = 5) -> None:
    """Prints p50 and p99 of small queries alone, and beside bursts of sign-ins."""
    heading(f"sign-in: small queries beside {PEOPLE} sign-ins at once")
    alone, beside = Series("alone", "ms"), Series("beside sign-ins", "ms")
    done = refused = 0
    async with a_system(DATAKURA_RATE_LIMIT_SIGN_IN="100000/minute") as running:
        emails = await _people(running)
        for _ in range(rounds):
            await _queries(running.admin, alone, until=time.perf_counter() + 2)
            burst = asyncio.create_task(_burst(running.system.url, emails))
            while not burst.done():
                await _queries(running.admin, beside, until=time.perf_counter() + 0.05)
            opened = await burst
            done, refused = done + opened, refused + PEOPLE - opened
    for series in (alone, beside):
        say(f"  {series.name}: p50 {series.median:.0f} ms, p99 {series.quantile(0.99):.0f} ms, {len(series.values):,} queries")
    say(f"  {done} sign-ins done, {refused} told to come again; load {load()}   (goal: p99 beside them {GOAL_P99_MS} ms)")


async def _people(running: Running) -> list[str]:
    emails = [f"{uuid4().hex}@example.com" for _ in range(PEOPLE)]
    known = await hash_password(PASSWORD)
    connection = await running.system.database()
    await connection.executemany(
        "INSERT INTO users (id, email, display_name, role, password_hash) VALUES ($1, $2, 'Somebody', 'VIEWER', $3)",
        [(uuid4(), email, known) for email in emails],
    )
    await connection.close()
    return emails


async def _burst(url: str, emails: list[str]) -> int:
    """How many of the sign-ins opened a session."""

    async def one(client: Client, email: str) -> bool:
        answer = (await client.post(SIGN_IN, {"input": {"email": email, "password": PASSWORD}})).json()
        # On a machine that is busy with other things the last of them are ended, after ten seconds.
        return bool((answer.get("data") or {}).get("signIn", {}).get("session"))

    # Connections of their own: one that was kept from the burst before may be closed at this moment.
    async with Client(url) as client:
        return sum(await asyncio.gather(*(one(client, email) for email in emails)))


async def _queries(client: Client, series: Series, *, until: float) -> None:
    while time.perf_counter() < until:
        begun = time.perf_counter()
        await client.run("{ viewer { email } }")
        series.values.append(1000 * (time.perf_counter() - begun))
