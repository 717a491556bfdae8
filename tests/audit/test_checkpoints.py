"""Signed checkpoints: what the owner of the database cannot make up."""

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator

import orjson
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from app.adapters.storage import S3Storage
from app.core.db import Database
from app.core.ids import uuid7
from app.services import audit
from app.services.audit import chain, checkpoints
from app.services.audit.checkpoints import PREFIX
from tests.audit.conftest import RECORDS, VIEWER, opened, superuser
from tests.support.served import settings_of
from tests.support.system import System

KEYS = {"first": Ed25519PrivateKey.generate()}


@pytest.fixture
async def db(copy: str) -> AsyncIterator[Database]:
    async with opened(copy) as database:
        yield database


@pytest.fixture
async def storage(prepared: System) -> AsyncIterator[S3Storage]:
    """The bucket without checkpoints."""
    async with S3Storage(settings_of(prepared)) as store:
        async for found in store.list_objects(PREFIX):
            await store.delete(found.key)
        yield store


async def something_happens(db: Database) -> None:
    async with db.transaction(VIEWER) as session:
        await audit.record(session, VIEWER, "dataset.create", uuid7())


async def problems(db: Database, storage: S3Storage) -> list[str]:
    return (await checkpoints.known(db, storage, KEYS)).problems


async def test_checkpoints_follow_each_other_while_something_happens(db: Database, storage: S3Storage) -> None:
    assert await checkpoints.make(db, storage, KEYS) == 1
    assert await checkpoints.make(db, storage, KEYS) is None
    await something_happens(db)
    assert await checkpoints.make(db, storage, KEYS) == 2
    known = await checkpoints.known(db, storage, KEYS)
    assert (known.checkpoints, known.problems) == (2, [])
    assert len(known.positions) == 32
    assert (await chain.verify(db, known.positions)).faults == []
    assert sum(place.position for place in known.positions[:16]) == RECORDS + 1
    assert sum(place.position for place in known.positions[16:]) == RECORDS + 2


async def test_checkpoints_of_a_former_key_count_after_a_rotation(db: Database, storage: S3Storage) -> None:
    await checkpoints.make(db, storage, KEYS)
    await something_happens(db)
    rotated = {"second": Ed25519PrivateKey.generate(), **KEYS}
    assert await checkpoints.make(db, storage, rotated) == 2
    assert (await checkpoints.known(db, storage, rotated)).problems == []
    key = "second"
    assert await problems(db, storage) == [f"Checkpoint 2 is signed with the key {key}, which is not known here."]


async def test_a_retired_key_may_be_forgotten_when_the_next_has_made_a_checkpoint(
    db: Database, storage: S3Storage, copy: str
) -> None:
    await checkpoints.make(db, storage, KEYS)
    second = {"second": Ed25519PrivateKey.generate()}
    assert await checkpoints.make(db, storage, {**second, **KEYS}) == 2  # nothing happened, but the key is another
    assert await checkpoints.make(db, storage, {**second, **KEYS}) is None
    known = await checkpoints.known(db, storage, second)
    assert (known.problems, len(known.positions)) == ([], 32)
    # What the next one vouches for is the checkpoint as it was, and no other in its place.
    async with superuser(copy) as connection:
        body = await connection.fetchval("SELECT body FROM audit_checkpoints WHERE number = 1")
        await connection.execute("UPDATE audit_checkpoints SET body = $1 WHERE number = 1", body + " ")
    async for found in storage.list_objects(PREFIX):
        if found.key.endswith("0000000001.json"):
            await storage.delete(found.key)
    known = await checkpoints.known(db, storage, second)
    assert known.problems == [
        "Checkpoint 1 is signed with the key first, which is not known here.",
        "Checkpoint 2 does not follow the one before it.",
    ]


async def test_a_checkpoint_that_was_changed_or_removed_in_the_database_is_told(
    db: Database, storage: S3Storage, copy: str
) -> None:
    for _ in range(3):
        await something_happens(db)
        await checkpoints.make(db, storage, KEYS)
    async with superuser(copy) as connection:
        await connection.execute("DELETE FROM audit_checkpoints WHERE number = 2")
        await connection.execute(
            "UPDATE audit_checkpoints SET body = replace(body, '\"number\":3', '\"number\": 3') WHERE number = 3"
        )
    assert await problems(db, storage) == [
        "Checkpoint 2 is missing in the database.",
        "Checkpoint 3 in the database is not the one in the object store.",
    ]


async def test_a_forged_checkpoint_is_told(db: Database, storage: S3Storage, copy: str) -> None:
    await checkpoints.make(db, storage, KEYS)
    async with superuser(copy) as connection:
        body = orjson.loads(await connection.fetchval("SELECT body FROM audit_checkpoints WHERE number = 1"))
        forged = orjson.dumps({**body, "number": 2, "previous": None}).decode()
        await connection.execute(
            "INSERT INTO audit_checkpoints SELECT 2, $1, key_id, signature FROM audit_checkpoints WHERE number = 1", forged
        )
        await connection.execute(
            "INSERT INTO audit_checkpoints SELECT 3, body, key_id, signature FROM audit_checkpoints WHERE number = 1"
        )
    assert await problems(db, storage) == [
        "Checkpoint 2 has a wrong signature.",
        "Checkpoint 3 stands in the place of another.",
    ]


async def test_all_that_was_emptied_is_missed_because_the_object_store_remembers(
    db: Database, storage: S3Storage, copy: str
) -> None:
    await checkpoints.make(db, storage, KEYS)
    async with superuser(copy) as connection:
        await connection.execute("TRUNCATE audit_events, audit_links, audit_checkpoints")
        for shard in range(16):
            await connection.execute(
                "UPDATE audit_chains SET position = 0, digest = $1 WHERE shard = $2", chain.first_digest(shard), shard
            )
    known = await checkpoints.known(db, storage, KEYS)
    assert known.problems == ["Checkpoint 1 is missing in the database."]
    faults = (await chain.verify(db, known.positions)).faults
    assert {fault.position for fault in faults} == {1}


def datakura(system: System, url: str, *arguments: str) -> "subprocess.CompletedProcess[str]":
    environment = {**system.environment, "DATAKURA_DATABASE_URL": url}
    return subprocess.run(
        [sys.executable, "-c", "from app.cli import main; main()", "audit", *arguments],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


async def test_the_command_says_whether_the_trail_is_sound(copy: str, prepared: System, storage: S3Storage) -> None:
    made = await asyncio.to_thread(datakura, prepared, copy, "checkpoint")
    assert (made.returncode, made.stdout) == (0, "Checkpoint 1 is made.\n"), made.stderr
    sound = await asyncio.to_thread(datakura, prepared, copy, "verify")
    assert (sound.returncode, sound.stdout) == (
        0,
        f"{RECORDS + 1} records in 16 chains are as they were written; 1 checkpoints agree.\n",
    )
    async with superuser(copy) as connection:
        first = await connection.fetchrow("SELECT * FROM audit_events WHERE request_id = 'request-0'")
        link = await connection.fetchrow("SELECT * FROM audit_links WHERE event_id = $1", first["id"])
        await connection.execute("UPDATE audit_events SET actor_id = NULL WHERE request_id IN ('request-0', 'request-50')")
    spoiled = await asyncio.to_thread(datakura, prepared, copy, "verify")
    assert spoiled.returncode == 1
    assert spoiled.stdout.splitlines()[0] == (
        f"First bad record: record {first['id']} (sequence {first['sequence']}), chain {link['shard']}, position {link['position']}: "
        "it was changed, or moved to another place."
    )


async def test_the_command_writes_the_trail_out(copy: str, prepared: System) -> None:
    done = await asyncio.to_thread(datakura, prepared, copy, "export", "--format", "jsonl", "--action", "dataset.update")
    assert done.returncode == 0, done.stderr
    assert len(done.stdout.splitlines()) == RECORDS
