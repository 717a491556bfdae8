"""A bug in the reader: the version is quarantined after two attempts, and nothing of the stack trace leaves the house."""

import asyncio
import os
from pathlib import Path

from tests.faults.test_crash_points import settled
from tests.faults.test_poison import RETRY
from tests.support.client import Client
from tests.support.system import System

BUG = '''"""Found before the real package: a reader with a bug."""
raise RuntimeError("secret-canary-in-a-trace")
'''


async def test_a_reader_that_raises_is_tried_twice_and_tells_nothing(doomed: System, person: Client, tmp_path: Path) -> None:
    broken = tmp_path / "broken"
    broken.mkdir()
    (broken / "polars.py").write_text(BUG)
    await settled(doomed)
    doomed.kill("worker")
    doomed.start("worker", PYTHONPATH=os.pathsep.join([str(broken), os.environ.get("PYTHONPATH", "")]))
    version = await person.finished(await person.upload(await person.create("Bug"), b"a,b\n1,2\n"))
    assert version["status"] == "QUARANTINED"
    assert version["error"]["message"] == "Reading this file failed again and again on our side."
    assert "canary" not in str(version)
    connection = await doomed.database()
    # Taken away, so that the ledger of the tests that follow is whole.
    (task,) = await connection.fetch("DELETE FROM tasks WHERE state = 'DEAD' RETURNING actor, attempt, last_error")
    await connection.close()
    assert (task["actor"], task["attempt"]) == ("versions.ingest", 2)
    assert "canary" not in task["last_error"]
    log = await asyncio.to_thread((doomed.logs / f"worker-{doomed.environment['DATAKURA_WORKER_NAME']}.log").read_text)
    assert "secret-canary-in-a-trace" in log
    doomed.kill("worker")
    doomed.start("worker")
    assert (await person.mutate(RETRY, versionId=version["id"]))["errors"] == []
    assert (await person.finished(version["id"]))["status"] == "READY"
