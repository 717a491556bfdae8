"""A gigabyte of CSV from the first byte sent to READY, against copying the bytes into the store and one raw scan."""

import asyncio
import tempfile
from pathlib import Path

import httpx

from benchmarks import memory, stages
from benchmarks.measure import Series, Timed, heading, mib, ratio, say, table
from benchmarks.orders import fingerprint, write_csv
from benchmarks.running import Running, a_system, ended, put_parts

PART_BYTES = 16 << 20
GOAL = 2.0
PAGE_ROWS, PAGE_ROUNDS = 50, 20
ROWS = "query ($id: ID!, $first: Int!, $start: BigInt) { datasetVersion(id: $id) { rows(first: $first, startRow: $start) { rows } } }"


async def run(rounds: int = 3, rows: int = 10_000_000) -> None:
    """Prints the ratio, memory of the api and of the worker's child, and where the time went."""
    heading(f"large: a CSV of {rows:,} rows x 11 columns")
    with tempfile.TemporaryDirectory(prefix="datakura-bench-") as name:
        path = Path(name) / "orders.csv"
        await asyncio.to_thread(write_csv, path, rows)
        say(f"  {path.stat().st_size:,} bytes")
        async with a_system() as running:
            await _compared(running, path, rounds)


async def _compared(running: Running, path: Path, rounds: int) -> None:
    copy, scan = Timed("copying the bytes into the store"), Timed("one raw scan of the CSV")
    ours, finishing = Timed("upload to READY"), Timed("of it: after the last byte")
    api = running.pid("api")
    seen = stages.Seen()
    before = memory.rss_bytes(api)
    memory.forget_peak(api)
    for _ in range(rounds):
        with copy.timed():
            await _copy(running, path)
        with scan.timed():
            expected = await asyncio.to_thread(fingerprint, f"read_csv('{path}')")
        dataset_id = await running.new_dataset()
        async with running.watching(dataset_id) as socket:
            with ours.timed():
                version_id = await running.sent(dataset_id, path)
                with finishing.timed():
                    await ended(socket)
        version = await running.admin.version(version_id)
        assert version["status"] == "READY", version
        assert await _stored(version, path.with_suffix(".parquet")) == expected
        seen.add(await stages.of_newest(running))
    base = Timed.sum_of("both", copy, scan)
    table([one.clock for one in (copy, scan, base, ours, finishing)], base.clock)
    table([one.processors for one in (copy, scan, base, ours, finishing)], base.processors)
    say(
        f"  upload to READY against copy and scan: {ratio(ours.clock, base.clock):.2f}x,"
        f" processor time {ratio(ours.processors, base.processors):.2f}x   (goal {GOAL:.1f}x)   answers equal"
    )
    seen.show()
    say(f"  api memory: {mib(before)} before, {mib(memory.peak_rss_bytes(api))} at most, {mib(memory.rss_bytes(api))} after")
    peaks = [int(str(line["peak_rss_bytes"])) for line in running.logged("worker", "ingest.child_ended")]
    say(
        f"  worker's child: {mib(max(peaks))} at most   (goal 1,024 MiB);  worker itself: {mib(memory.peak_rss_bytes(running.pid('worker')))}"
    )
    await _pages(running, version_id, expected[0])


async def _pages(running: Running, version_id: str, rows: int) -> None:
    """Reading the first page of the stored table, and the last."""
    first, last = Series("rows: first page", "ms"), Series("rows: last page", "ms")
    for _ in range(PAGE_ROUNDS):
        for one, start in ((first, 1), (last, rows - PAGE_ROWS + 1)):
            each = Series("each")
            with each.timed():
                found = await running.admin.run(ROWS, id=version_id, first=PAGE_ROWS, start=start)
            one.values.append(1000 * each.values[0])
            page = found["datasetVersion"]["rows"]["rows"]
            assert [row[0] for row in page] == list(range(start - 1, start - 1 + PAGE_ROWS)), (start, page[0], page[-1])
    table([first, last], first)


async def _copy(running: Running, path: Path) -> None:
    """The bytes lie in the store, sent as a client of ours sends them; then they are removed."""
    count = -(-path.stat().st_size // PART_BYTES)
    async with running.storage() as storage:
        upload = await storage.start_multipart("copy")
        await put_parts(path, await storage.sign_parts("copy", upload, count, expires_seconds=3_600), PART_BYTES)
        await storage.complete_multipart("copy", upload, await storage.list_parts("copy", upload))
        await storage.delete("copy")


async def _stored(version: dict[str, object], target: Path) -> tuple[int, int]:
    """The fingerprint of the Parquet copy, fetched as a client fetches it."""
    files = version["files"]
    assert isinstance(files, list)
    (url,) = (file["downloadUrl"] for file in files if file["role"] == "TABLE")
    async with httpx.AsyncClient(timeout=120) as client, client.stream("GET", url) as answer:
        with target.open("wb") as file:
            async for chunk in answer.aiter_bytes(1 << 20):
                file.write(chunk)
    return await asyncio.to_thread(fingerprint, f"read_parquet('{target}')")
