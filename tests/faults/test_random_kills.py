"""The long form: random processes and engines killed at random moments of many uploads."""

import asyncio
import random

import pytest

from app.embedded.engines import Engines
from tests.faults.test_crash_points import assert_unbroken, settled
from tests.faults.test_kills import CSV, KILLS, ROWS, read_status
from tests.support.client import Client
from tests.support.system import System, until

ROUNDS = 40


@pytest.mark.full
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("seed", range(ROUNDS))
async def test_random_kills_lose_and_double_nothing(doomed: System, doomed_engines: Engines, person: Client, seed: int) -> None:
    chosen = random.Random(seed)
    dataset_id = await person.create(f"Random kills {seed}")
    uploads = [await person.upload(dataset_id, CSV) for _ in range(3)]
    for _ in range(chosen.randint(1, 3)):
        # A random moment is what is tested here: nothing is waited for.
        await asyncio.sleep(chosen.uniform(0, 2.5))
        await chosen.choice(KILLS)(doomed, doomed_engines)
    for version_id in uploads:

        async def ended(version_id: str = version_id) -> bool:
            return await read_status(person, version_id) in ("READY", "FAILED", "QUARANTINED")

        await until(ended, f"{version_id} to end (seed {seed})")
    await doomed.until_ready()
    versions = [await person.version(version_id) for version_id in uploads]
    assert [(v["number"], v["status"], v["rowCount"]) for v in versions] == [(n, "READY", ROWS) for n in (1, 2, 3)]
    await settled(doomed)
    await assert_unbroken(doomed)
