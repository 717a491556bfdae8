"""The profile of all columns of 10 M rows, against one raw scan of the same Parquet file."""

import asyncio
import os
import tempfile
import time
from pathlib import Path

import duckdb

from app.ingest import columns, engine
from app.ingest.job import IngestJob, IngestLimits, ReadOptions, TableProfile
from app.ingest.profile import profiler
from benchmarks.measure import Series, heading, ratio, say, table
from benchmarks.orders import fingerprint, write_parquet

GOAL = 4.0


async def run(rounds: int = 3, rows: int = 10_000_000) -> None:
    """Prints both ratios: of the time, and of the processors' time, which a busy machine changes less."""
    heading(f"profile: {rows:,} rows x 11 columns")
    with tempfile.TemporaryDirectory(prefix="datakura-bench-") as name:
        path = Path(name) / "table.parquet"
        await asyncio.to_thread(write_parquet, path, rows)
        scan, ours = Series("one raw scan of the Parquet file"), Series("profile")
        scan_cpu, ours_cpu = Series("raw scan, processor time"), Series("profile, processor time")
        for _ in range(rounds):
            with scan.timed():
                begun = time.process_time()
                count, _ = fingerprint(f"read_parquet('{path}')")
                scan_cpu.values.append(time.process_time() - begun)
            with ours.timed():
                begun = time.process_time()
                found = _profile(path)
                ours_cpu.values.append(time.process_time() - begun)
            assert found.row_count == count
        _check(found, path)
        table([scan, ours], scan)
        table([scan_cpu, ours_cpu], scan_cpu)
        say(
            f"  profile against raw scan: {ratio(ours, scan):.2f}x, processor time {ratio(ours_cpu, scan_cpu):.2f}x   (goal {GOAL:.1f}x)"
        )


def _profile(path: Path) -> TableProfile:
    limits = IngestLimits(memory_bytes=1 << 30, threads=min(2, os.cpu_count() or 1))
    job = IngestJob(source_path=str(path), file_name=path.name, output_dir=str(path.parent), options=ReadOptions(), limits=limits)
    with engine.connect(job) as connection:
        fields = columns.fields(connection, str(path), [None] * 11, {})
        return profiler.profile(connection, str(path), fields, lambda fraction: None)


def _check(found: TableProfile, path: Path) -> None:
    """The same numbers from DuckDB alone, one column at a time."""
    with duckdb.connect(config={"memory_limit": "1GB"}) as connection:
        for field in found.field_profiles:
            name = field.field_path
            nulls, distinct = connection.execute(
                f"SELECT count(*) - count({name}), approx_count_distinct({name}) FROM read_parquet('{path}')"
            ).fetchall()[0]
            assert field.null_count == nulls, field
            assert field.distinct_count is not None, field
            assert abs(field.distinct_count - distinct) <= 0.2 * distinct, (field, distinct)
            if field.mean is not None:
                mean, middle = connection.execute(f"SELECT avg({name}), median({name}) FROM read_parquet('{path}')").fetchall()[0]
                assert field.median == middle, field
                assert abs(field.mean - mean) <= 1e-9 * abs(mean), field
