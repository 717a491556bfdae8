"""A bug in the reader: the version is quarantined after two attempts, and nothing of the stack trace leaves the house."""

import asyncio
from pathlib import Path

from app.embedded.engines import Engines
from tests.faults.conftest import QUICK
from tests.support.people import the_administrator
from tests.support.system import System

BUG = '''"""Found before the real package: a reader with a bug."""
raise RuntimeError("secret-canary-in-a-trace")
'''


async def test_a_reader_that_raises_is_tried_twice_and_tells_nothing(doomed_engines: Engines, tmp_path: Path) -> None:
    broken = tmp_path / "broken"
    broken.mkdir()
    (broken / "polars.py").write_text(BUG)
    async with await System.prepared(doomed_engines, "raising", tmp_path / "data", **QUICK) as system:
        system.start("api", "dispatcher")
        system.start("worker", PYTHONPATH=str(broken))
        await system.until_ready()
        async with the_administrator(system) as client:
            version = await client.finished(await client.upload(await client.create("Bug"), b"a,b\n1,2\n"))
        assert version["status"] == "QUARANTINED"
        assert version["error"]["message"] == "Reading this file failed again and again on our side."
        assert "canary" not in str(version)
        connection = await system.database()
        task = await connection.fetchrow("SELECT state, attempt, last_error FROM tasks WHERE actor = 'versions.ingest'")
        await connection.close()
        assert (task["state"], task["attempt"]) == ("DEAD", 2)
        assert "canary" not in task["last_error"]
        log = await asyncio.to_thread((system.logs / f"worker-{system.environment['DATAKURA_WORKER_NAME']}.log").read_text)
        assert "secret-canary-in-a-trace" in log
