"""`datakura search rebuild`."""

from tests.cli.command import Command
from tests.support.client import Client
from tests.support.system import System


async def test_rebuild_writes_what_was_lost(command: Command, system: System, admin: Client) -> None:
    await admin.create("Lighthouses of Hokkaido")
    connection = await system.database()
    try:
        alive, deleted = await connection.fetchrow(
            "SELECT count(*) FILTER (WHERE deleted_at IS NULL), count(*) FILTER (WHERE deleted_at IS NOT NULL) FROM datasets"
        )
        await connection.execute("DELETE FROM search_documents")
        done = await command.run("search", "rebuild", DATAKURA_DATABASE_URL=system.environment["DATAKURA_DATABASE_URL"])
        assert (done.status, done.out, done.err) == (0, f"{alive} documents written, {deleted} removed.\n", "")
        assert await connection.fetchval("SELECT count(*) FROM search_documents") == alive
    finally:
        await connection.close()


async def test_without_a_database_it_says_what_to_do(command: Command) -> None:
    data = command.folder / "data"
    done = await command.run("search", "rebuild", DATAKURA_DATA_DIR=str(data))
    assert (done.status, done.out) == (1, "")
    assert done.err == f"Nothing runs on {data}. Start it with `datakura up`, or give DATAKURA_DATABASE_URL.\n"
