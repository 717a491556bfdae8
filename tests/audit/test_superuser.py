"""Roles of PostgreSQL: what the application's own cannot do to the audit trail, and what is found of what a superuser did."""

import asyncio
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import asyncpg
import pytest
from typer.testing import CliRunner

from app.cli.audit import app as cli
from app.core.ids import uuid7
from app.embedded import postgres
from app.embedded.engines import Engines, Given, start_engines
from app.embedded.postgres import Postgres
from app.services import audit, healing
from app.services.audit import chain
from tests.audit.conftest import VIEWER, opened
from tests.audit.test_checkpoints import datakura
from tests.support.system import System

ROLES = Path(__file__).parents[2] / "migrations" / "roles.sql"
RECORDS = 20


@dataclass(frozen=True)
class Server:
    """A PostgreSQL of its own with a system in it, and the password of its superuser and of the application's role."""

    system: System
    password: str

    def url(self, role: str) -> str:
        """What SQLAlchemy connects to as this role."""
        owner = self.system.environment["DATAKURA_DATABASE_URL"]
        return f"postgresql+asyncpg://{role}:{self.password}@{owner.rpartition('@')[2]}"

    async def connection(self, role: str) -> asyncpg.Connection:
        """A connection of this role."""
        return await asyncpg.connect(self.url(role).replace("+asyncpg", ""))


def with_a_superuser(folder: Path, given: Given, password: str) -> Engines:
    """A server whose superuser has a password, which embedded ones have not: as with any other, it takes the files to set one."""
    start_engines(folder, given).stop()
    stopped = Postgres(
        folder=folder / "postgres", port=1, password="", log=folder / "logs" / "single.log", identity=postgres.choose_identity()
    )
    command = f"ALTER ROLE postgres PASSWORD '{password}'\nCREATE ROLE datakura_app LOGIN PASSWORD '{password}'\n"
    stopped._run(["postgres", "--single", "-D", str(stopped.folder), "postgres"], command)
    return start_engines(folder, given)


@pytest.fixture(scope="module")
async def server(engines: Engines, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Server]:
    folder, password = tmp_path_factory.mktemp("superuser"), secrets.token_urlsafe(16)
    given = Given(
        redis_url=engines.redis_url, s3_endpoint_url=engines.s3_endpoint_url, s3_access_key=engines.s3_access_key,
        s3_secret_key=engines.s3_secret_key, secret_keys=engines.secret_keys,
    )  # fmt: skip
    own = await asyncio.to_thread(with_a_superuser, folder / "engines", given, password)
    made = Server(await System.prepared(own, "superuser", folder / "system"), password)
    # As the owner runs it: this one has no right to make roles, and needs none.
    owner = await asyncpg.connect(made.system.environment["DATAKURA_DATABASE_URL"].replace("+asyncpg", ""))
    await owner.execute(ROLES.read_text())
    await owner.close()
    async with opened(made.url("datakura_app")) as db:
        for number in range(RECORDS):
            async with db.transaction(VIEWER) as session:
                session.info["origin"] = audit.Origin("192.0.2.1", f"request-{number}")
                await audit.record(session, VIEWER, "dataset.update", uuid7(), number=number)
    yield made
    await asyncio.to_thread(own.stop)


async def test_the_role_of_the_application_writes_records_and_looks_after_partitions(server: Server) -> None:
    async with opened(server.url("datakura_app")) as db:
        await healing.keep_house(db)
        report = await chain.verify(db)
    assert (report.records, report.faults) == (RECORDS + 1, [])


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE {} SET {} = {}",
        "DELETE FROM {}",
        "TRUNCATE {}",
        "ALTER TABLE {} DISABLE TRIGGER USER",
        "DROP TABLE {}",
        "GRANT ALL ON {} TO CURRENT_USER",
        "SET session_replication_role = replica",
        "ALTER FUNCTION audit_append_only() RENAME TO gone",
        "CREATE OR REPLACE FUNCTION audit_link() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'",
        "INSERT INTO audit_links SELECT shard, position + 1000, gen_random_uuid(), 1, digest FROM audit_links",
    ],
)
async def test_the_role_of_the_application_cannot_change_the_trail(server: Server, statement: str) -> None:
    connection = await server.connection("datakura_app")
    partition = await connection.fetchval(
        "SELECT min(inhrelid::regclass::text) FROM pg_inherits WHERE inhparent = 'audit_events'::regclass"
    )
    for table, column in (
        ("audit_events", "action"), (partition, "action"), ("audit_links", "position"), ("audit_chains", "position"),
        ("audit_checkpoints", "body"),
    ):  # fmt: skip
        before = await connection.fetchval(f"SELECT count(*) FROM {table}")
        # A GRANT without the right to give is a warning to PostgreSQL, and gives nothing.
        if statement.startswith("GRANT"):
            await connection.execute(statement.format(table))
            assert not await connection.fetchval("SELECT has_table_privilege($1, 'UPDATE')", table)
            continue
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute(statement.format(table, column, column))
        assert await connection.fetchval(f"SELECT count(*) FROM {table}") == before
    await connection.close()


CHANGED = "it was changed, or moved to another place."
DEEDS = {
    "update": ("UPDATE audit_events SET action = 'x' WHERE id = $1", CHANGED),
    "delete": ("DELETE FROM audit_events WHERE id = $1", "it was deleted."),
    "insert": ("INSERT INTO audit_events (id, action) SELECT $1, 'access.grant'", "it was added past the chain."),
    "truncate": ("TRUNCATE audit_events", "it was deleted."),
    "reorder": (
        "UPDATE audit_events SET id = CASE id WHEN $1 THEN $2::uuid ELSE $1::uuid END WHERE id IN ($1, $2)",
        CHANGED,
    ),
}


@asynccontextmanager
async def done_by_force(server: Server, deed: str) -> AsyncIterator[str]:
    """A superuser did this to the trail; the id of the record that it was done to. Undone afterwards."""
    connection = await server.connection("postgres")
    assert await connection.fetchval("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
    # Whoever may say this is asked by no trigger: the trail does not notice, the check afterwards does.
    await connection.execute("SET session_replication_role = replica")
    first, second = await connection.fetch(
        "SELECT event_id FROM audit_links WHERE shard = "
        "(SELECT shard FROM audit_links GROUP BY shard ORDER BY count(*) DESC, shard LIMIT 1) ORDER BY position LIMIT 2"
    )
    subject = uuid7() if deed == "insert" else first["event_id"]
    await connection.execute("CREATE TEMPORARY TABLE kept AS SELECT * FROM audit_events")
    statement, _ = DEEDS[deed]
    await connection.execute(statement, *[subject, second["event_id"]][: sum(mark in statement for mark in ("$1", "$2"))])
    yield str(subject)
    await connection.execute("TRUNCATE audit_events; INSERT INTO audit_events OVERRIDING SYSTEM VALUE SELECT * FROM kept")
    await connection.close()


@pytest.mark.parametrize("deed", DEEDS)
async def test_what_a_superuser_did_is_named(server: Server, deed: str) -> None:
    """By the check itself and by `audit verify`, which runs in this process."""
    environment = {**server.system.environment, "DATAKURA_DATABASE_URL": server.url("datakura_app")}
    async with opened(server.url("datakura_app")) as db:
        async with done_by_force(server, deed) as subject:
            faults = (await chain.verify(db)).faults
            said = await asyncio.to_thread(CliRunner().invoke, cli, ["verify"], env=environment)
        assert said.exit_code == 1, said.output
        assert said.stdout.splitlines()[0] == f"First bad record: {faults[0]}"
        assert faults[0].what == DEEDS[deed][1]
        # Of a trail that was emptied every record is missing.
        assert subject in {str(fault.event_id) for fault in (faults if deed == "truncate" else faults[:1])}
        assert (await chain.verify(db)).faults == []


@pytest.mark.full
@pytest.mark.parametrize("deed", DEEDS)
async def test_the_command_names_what_a_superuser_did(server: Server, deed: str) -> None:
    async with done_by_force(server, deed) as subject:
        done = await asyncio.to_thread(datakura, server.system, server.url("datakura_app"), "verify")
    assert done.returncode == 1, done.stderr
    first = done.stdout.splitlines()[0]
    assert first.startswith("First bad record: record ")
    assert first.endswith(DEEDS[deed][1])
    assert deed == "truncate" or subject in first
