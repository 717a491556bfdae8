"""The audit trail: it can only grow, and whatever is done to it by force is found."""

import asyncio

import asyncpg
import pytest

from app.core.ids import uuid7
from app.services import audit
from app.services.audit import chain
from app.services.audit.chain import Fault, Position
from tests.audit.conftest import RECORDS, VIEWER, opened, superuser
from tests.support.system import System

TABLES = ("audit_events", "audit_links", "audit_chains", "audit_checkpoints")


async def faults(url: str, known: tuple[Position, ...] = ()) -> list[Fault]:
    async with opened(url) as db:
        return list((await chain.verify(db, known)).faults)


async def longest_chain(connection: asyncpg.Connection) -> list[asyncpg.Record]:
    """Links of the chain that has most, with the number of each record."""
    shard = await connection.fetchval("SELECT shard FROM audit_links GROUP BY shard ORDER BY count(*) DESC, shard LIMIT 1")
    return await connection.fetch("SELECT * FROM audit_links WHERE shard = $1 ORDER BY position", shard)


async def test_an_untouched_trail_is_sound(prepared: System) -> None:
    async with opened(prepared.environment["DATAKURA_DATABASE_URL"]) as db:
        report = await chain.verify(db)
    assert (report.records, report.chains, report.faults) == (RECORDS + 1, 16, [])  # one says that the administrator was made


async def test_records_are_spread_over_chains(prepared: System) -> None:
    connection = await prepared.database()
    used = await connection.fetchval("SELECT count(*) FROM audit_chains WHERE position > 0")
    await connection.close()
    assert used > 8


async def test_many_changes_at_once_hang_in_unbroken_chains(copy: str) -> None:
    async with opened(copy) as db:

        async def change(number: int) -> None:
            async with db.transaction(VIEWER) as session:
                for _ in range(number % 3 + 1):
                    await audit.record(session, VIEWER, "dataset.create", uuid7(), number=number)

        await asyncio.gather(*(change(number) for number in range(90)))
        report = await chain.verify(db)
    assert (report.records, report.faults) == (RECORDS + 1 + 180, [])


async def test_a_change_that_is_rolled_back_leaves_no_record(copy: str) -> None:
    async with opened(copy) as db:
        with pytest.raises(RuntimeError, match="after all"):
            async with db.transaction(VIEWER) as session:
                await audit.record(session, VIEWER, "dataset.create", uuid7())
                raise RuntimeError("not after all")
        report = await chain.verify(db)
    assert (report.records, report.faults) == (RECORDS + 1, [])


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("statement", ["UPDATE {} SET {} = {}", "DELETE FROM {}", "TRUNCATE {}"])
async def test_the_database_refuses_to_change_what_is_written(prepared: System, table: str, statement: str) -> None:
    column = {"audit_events": "action", "audit_checkpoints": "body"}.get(table, "position")
    connection = await prepared.database()
    before = await connection.fetchval(f"SELECT count(*) FROM {table}")
    transaction = connection.transaction()
    await transaction.start()
    await connection.execute("INSERT INTO audit_checkpoints VALUES (1, '', '', '')")
    with pytest.raises(asyncpg.InsufficientPrivilegeError, match=r"append-only|permission denied"):
        await connection.execute(statement.format(table, column, column))
    await transaction.rollback()
    assert await connection.fetchval(f"SELECT count(*) FROM {table}") == before
    await connection.close()


async def test_no_partition_is_a_way_around_it(prepared: System) -> None:
    connection = await prepared.database()
    partitions = [
        row[0]
        for row in await connection.fetch(
            "SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = 'audit_events'::regclass"
        )
    ]
    assert len(partitions) >= 4
    await connection.execute("SELECT ensure_partitions(8)")  # also one that is made later
    later = [
        row[0]
        for row in await connection.fetch(
            "SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = 'audit_events'::regclass"
        )
    ]
    assert len(later) > len(partitions)
    for partition in later:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute(f"TRUNCATE {partition}")
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await connection.execute(f"DELETE FROM {sorted(partitions)[0]}")
    await connection.close()


async def test_the_role_of_the_application_may_only_insert_records(prepared: System) -> None:
    connection = await prepared.database()
    rights = {
        right: await connection.fetchval("SELECT has_table_privilege('audit_events', $1)", right)
        for right in ("INSERT", "SELECT", "UPDATE", "DELETE", "TRUNCATE")
    }
    await connection.close()
    assert rights == {"INSERT": True, "SELECT": True, "UPDATE": False, "DELETE": False, "TRUNCATE": False}


async def test_a_changed_record_is_named(copy: str) -> None:
    async with superuser(copy) as connection:
        links = await longest_chain(connection)
        for column, value in (
            ("action", "'dataset.delete'"),
            ("details", "'{}'"),
            ("ip_address", "NULL"),
            ("session_id", "gen_random_uuid()"),
            ("api_key_id", "gen_random_uuid()"),
            ("occurred_at", "occurred_at + interval '1 us'"),
        ):
            transaction = connection.transaction()
            await transaction.start()
            await connection.execute(f"UPDATE audit_events SET {column} = {value} WHERE id = $1", links[1]["event_id"])
            changed = await connection.fetchrow(
                "SELECT audit_canonical(e) AS it FROM audit_events e WHERE id = $1", links[1]["event_id"]
            )
            await transaction.rollback()
            untouched = await connection.fetchrow(
                "SELECT audit_canonical(e) AS it FROM audit_events e WHERE id = $1", links[1]["event_id"]
            )
            assert changed["it"] != untouched["it"], column
        await connection.execute(
            "UPDATE audit_events SET action = 'dataset.delete' WHERE id = ANY($1)", [link["event_id"] for link in links[1:]]
        )
    (fault,) = await faults(copy)
    assert (fault.event_id, fault.shard, fault.position) == (links[1]["event_id"], links[1]["shard"], 2)
    assert (
        str(fault)
        == f"record {links[1]['event_id']} (sequence {links[1]['sequence']}), chain {links[1]['shard']}, position 2: it was changed, or moved to another place."
    )


async def test_a_deleted_record_is_named(copy: str) -> None:
    async with superuser(copy) as connection:
        links = await longest_chain(connection)
        await connection.execute("DELETE FROM audit_events WHERE id = $1", links[2]["event_id"])
    (fault,) = await faults(copy)
    assert (fault.event_id, fault.position, fault.what) == (links[2]["event_id"], 3, "it was deleted.")


async def test_a_record_that_is_deleted_with_its_link_leaves_a_hole(copy: str) -> None:
    async with superuser(copy) as connection:
        links = await longest_chain(connection)
        await connection.execute("DELETE FROM audit_events WHERE id = $1", links[2]["event_id"])
        await connection.execute("DELETE FROM audit_links WHERE event_id = $1", links[2]["event_id"])
    (fault,) = await faults(copy)
    assert (fault.shard, fault.position, fault.what) == (links[2]["shard"], 3, "it was removed from the chain.")


async def test_records_cut_off_at_the_end_are_missed(copy: str) -> None:
    async with superuser(copy) as connection:
        links = await longest_chain(connection)
        await connection.execute("DELETE FROM audit_events WHERE id = $1", links[-1]["event_id"])
        await connection.execute("DELETE FROM audit_links WHERE event_id = $1", links[-1]["event_id"])
    (fault,) = await faults(copy)
    assert (fault.shard, fault.position, fault.what) == (links[-1]["shard"], len(links), "it, and all after it, were removed.")


async def test_an_inserted_record_is_named(copy: str) -> None:
    event_id = uuid7()
    async with superuser(copy) as connection:
        await connection.execute("INSERT INTO audit_events (id, action) VALUES ($1, 'access.grant')", event_id)
    (fault,) = await faults(copy)
    assert (fault.event_id, fault.what) == (event_id, "it was added past the chain.")


async def test_records_that_change_places_are_named(copy: str) -> None:
    async with superuser(copy) as connection:
        links = await longest_chain(connection)
        first, second = links[0]["event_id"], links[1]["event_id"]
        await connection.execute("UPDATE audit_links SET event_id = gen_random_uuid() WHERE event_id = $1", first)
        await connection.execute("UPDATE audit_links SET event_id = $1 WHERE event_id = $2", first, second)
        await connection.execute(
            "UPDATE audit_links SET event_id = $1 WHERE shard = $2 AND position = 1", second, links[0]["shard"]
        )
    (fault,) = await faults(copy)
    assert (fault.event_id, fault.position, fault.what) == (second, 1, "it was changed, or moved to another place.")


@pytest.mark.parametrize("tables", ["audit_events", "audit_events, audit_links", "audit_links", "audit_chains"])
async def test_a_truncated_trail_is_missed(copy: str, tables: str) -> None:
    async with superuser(copy) as connection:
        await connection.execute(f"TRUNCATE {tables}")
    found = await faults(copy)
    what = {
        "audit_events": "it was deleted.",
        "audit_events, audit_links": "it, and all after it, were removed.",
        "audit_links": "it, and all after it, were removed.",
        "audit_chains": "it, and all after it, were removed.",
    }[tables]
    assert what in {fault.what for fault in found}


async def positions(url: str) -> tuple[Position, ...]:
    async with superuser(url) as connection:
        rows = await connection.fetch("SELECT * FROM audit_chains")
    return tuple(Position(row["shard"], row["position"], row["digest"]) for row in rows)


async def test_a_chain_that_is_written_anew_disagrees_with_what_was_known(copy: str) -> None:
    known = await positions(copy)
    async with superuser(copy) as connection:
        links = await longest_chain(connection)
        shard = links[0]["shard"]
        await connection.execute("UPDATE audit_events SET action = 'x' WHERE id = $1", links[1]["event_id"])
        digest = chain.first_digest(shard)
        for link in links:
            digest = await connection.fetchval(
                "UPDATE audit_links l SET digest = sha256($1 || audit_canonical(e)) FROM audit_events e "
                "WHERE e.id = l.event_id AND l.event_id = $2 RETURNING l.digest", digest, link["event_id"],
            )  # fmt: skip
        await connection.execute("UPDATE audit_chains SET digest = $1 WHERE shard = $2", digest, shard)
    assert await faults(copy) == []  # the trail agrees with itself
    (fault,) = await faults(copy, known)
    assert (fault.shard, fault.position) == (shard, len(links))
    assert fault.what == "the chain was written anew up to here: a signed checkpoint knows another one."


async def test_a_trail_that_is_emptied_with_its_chains_disagrees_with_what_was_known(copy: str) -> None:
    known = await positions(copy)
    async with superuser(copy) as connection:
        await connection.execute("TRUNCATE audit_events, audit_links")
        for shard in range(16):
            await connection.execute(
                "UPDATE audit_chains SET position = 0, digest = $1 WHERE shard = $2", chain.first_digest(shard), shard
            )
    assert await faults(copy) == []
    found = await faults(copy, known)
    assert {fault.position for fault in found} == {1}
    assert {fault.shard for fault in found} == {place.shard for place in known if place.position}


async def test_the_database_and_the_check_hash_the_same(prepared: System) -> None:
    connection = await prepared.database()
    rows = await connection.fetch(
        f"SELECT audit_canonical(e) AS it, {chain._VALUES} FROM audit_events e ORDER BY sequence LIMIT 20"
    )
    await connection.close()
    assert len(rows) == 20
    for row in rows:
        assert chain.canonical(dict(row)) == row["it"]
    assert {(row["session_id"] is None, row["api_key_id"] is None) for row in rows} == {
        (True, True),
        (False, True),
        (True, False),
    }


async def test_a_record_without_session_and_key_is_hashed_as_before_there_were_any(prepared: System) -> None:
    connection = await prepared.database()
    query = (
        f"SELECT audit_canonical(e) AS it, {chain._VALUES} FROM audit_events e WHERE action = 'dataset.update' ORDER BY sequence"
    )
    rows = [dict(row) for row in await connection.fetch(query)]
    await connection.close()
    plain = next(row for row in rows if row["session_id"] is row["api_key_id"] is None)
    parts = [None if plain[name] is None else str(plain[name]).encode() for name in chain._ORDER]
    assert plain["it"] == b"".join(b"-" if part is None else b"%d:%b" % (len(part), part) for part in parts)
    # Nor does a session in the place of a key read the same.
    both = {**plain, "session_id": "x", "api_key_id": None}
    assert chain.canonical(both) != chain.canonical({**plain, "session_id": None, "api_key_id": "x"})
    assert chain.canonical(both) == bytes(plain["it"]) + b"1:x-"
