"""A hundred people sign in at the same moment: what everybody else notices of it."""

import asyncio
import json
import multiprocessing
import time
from concurrent.futures import ProcessPoolExecutor
from urllib.parse import urlsplit
from uuid import uuid4

from app.core.hashing import hash_password
from benchmarks.measure import Series, heading, load, say
from benchmarks.running import Running, a_system
from tests.support.client import SIGN_IN, Client
from tests.support.system import PASSWORD

PEOPLE = 100
GOAL_P99_MS = 200
PAUSE_SECONDS = 0.005
"""Between two queries: somebody who reads asks again at some time, and does not keep a processor busy alone."""
# Neither attempts nor costs are bounded here: what is measured is a hundred passwords, not how they are refused.
UNBOUNDED = {"DATAKURA_RATE_LIMIT_SIGN_IN": "100000/minute", "DATAKURA_COST_PER_MINUTE": "1000000000"}


async def run(rounds: int = 5) -> None:
    """Prints p50 and p99 of small queries alone, and beside bursts of sign-ins; fails when a sign-in was refused."""
    heading(f"sign-in: small queries beside {PEOPLE} sign-ins at once")
    alone, beside, bursts = Series("alone", "ms"), Series("beside sign-ins", "ms"), Series("bursts")
    opened, others = 0, dict[str, int]()
    # The hundred are another process: what it takes to send their requests must not delay the queries that are measured.
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as people:
        async with a_system(**UNBOUNDED) as running:
            emails = await _people(running)
            loop = asyncio.get_running_loop()
            await loop.run_in_executor(people, burst, running.system.url, [])
            for _ in range(rounds):
                await _queries(running.admin, alone, until=time.perf_counter() + 2)
                with bursts.timed():
                    signing_in = loop.run_in_executor(people, burst, running.system.url, emails)
                    while not signing_in.done():
                        await _queries(running.admin, beside, until=time.perf_counter() + 0.05)
                    answers = await signing_in
                opened += answers.pop("session", 0)
                others |= {answer: others.get(answer, 0) + count for answer, count in answers.items()}
    for series in (alone, beside):
        say(
            f"  {series.name}: p50 {series.median:.1f} ms, p99 {series.quantile(0.99):.1f} ms, "
            f"longest {max(series.values):.1f} ms, {len(series.values):,} queries"
        )
    say(
        f"  {opened} of {rounds * PEOPLE} signed in, a burst in {bursts.median:.1f} s; load {load()}   (goal: p99 {GOAL_P99_MS} ms)"
    )
    if others:
        raise SystemExit(f"Not everybody signed in, so that this measures less than it says: {others}")


async def _people(running: Running) -> list[str]:
    emails = [f"{uuid4().hex}@example.com" for _ in range(PEOPLE)]
    known = await hash_password(PASSWORD)
    connection = await running.system.database()
    await connection.executemany(
        "INSERT INTO users (id, email, email_key, display_name, role, password_hash) VALUES ($1, $2::text, $2::text, 'Somebody', 'VIEWER', $3)",
        [(uuid4(), email, known) for email in emails],
    )
    await connection.close()
    return emails


def burst(url: str, emails: list[str]) -> dict[str, int]:
    """How many of the sign-ins opened a session ("session"), or how often they were answered otherwise."""

    async def all_at_once() -> list[str]:
        return await asyncio.gather(*(_sign_in(url, email) for email in emails))

    answers = asyncio.run(all_at_once())
    return {answer: answers.count(answer) for answer in answers}


async def _sign_in(url: str, email: str) -> str:
    # By hand: a client library would take longer to send the requests than the server to read them.
    host, port = str(urlsplit(url).hostname), urlsplit(url).port
    body = json.dumps({"query": SIGN_IN, "variables": {"input": {"email": email, "password": PASSWORD}}}).encode()
    reader, writer = await asyncio.open_connection(host, port)
    head = f"POST /graphql HTTP/1.1\r\nHost: {host}:{port}\r\nContent-Type: application/json\r\nConnection: close\r\n"
    writer.write(f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body)
    answer = json.loads((await reader.read()).rpartition(b"\r\n\r\n")[2])
    writer.close()
    payload = (answer.get("data") or {}).get("signIn")
    if payload is not None and payload["session"]:
        return "session"
    refused = answer["errors"] if payload is None else payload["errors"]
    return str(refused[0]["message"])


async def _queries(client: Client, series: Series, *, until: float) -> None:
    while time.perf_counter() < until:
        begun = time.perf_counter()
        await client.run("{ viewer { email } }")
        series.values.append(1000 * (time.perf_counter() - begun))
        await asyncio.sleep(PAUSE_SECONDS)
