"""The DuckDB connection that untrusted files are read with: no network, no extensions, one folder, bounded memory."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from app.ingest.job import IngestJob
from app.ingest.table import Report

BASELINE_BYTES = 220 << 20
"""Resident memory of the child beside DuckDB's own: interpreter, libraries, buffers of the readers (measured 2026-11)."""
PROGRESS_INTERVAL_SECONDS = 0.2


def connect(job: IngestJob, *, memory_share: float = 1.0) -> duckdb.DuckDBPyConnection:
    """A connection that can read `job.source_path`, write below `job.output_dir`, and nothing else.

    Args:
        memory_share: part (0-1) of the child's memory, less its baseline, that DuckDB may take before it spills.
    """
    budget = max(128 << 20, int((job.limits.memory_bytes - BASELINE_BYTES) * 0.75 * memory_share))
    spill = Path(job.output_dir) / "spill"
    connection = duckdb.connect(
        config={
            "memory_limit": f"{budget // (1 << 20)}MiB",
            "threads": str(job.limits.threads),
            "temp_directory": str(spill),
            "autoinstall_known_extensions": "false",
            "autoload_known_extensions": "false",
            "preserve_insertion_order": "true",
        }
    )
    allowed = ", ".join(_quoted(folder) for folder in (job.output_dir, str(Path(job.source_path).parent)))
    connection.execute("SET TimeZone = 'UTC'")
    connection.execute(f"SET allowed_directories = [{allowed}]")
    connection.execute("SET enable_external_access = false")
    # Counted, not drawn: what `progress_of` asks for.
    connection.execute("SET enable_progress_bar = true")
    connection.execute("SET enable_progress_bar_print = false")
    connection.execute("SET progress_bar_time = 0")
    connection.execute("SET lock_configuration = true")
    return connection


@contextmanager
def progress_of(connection: duckdb.DuckDBPyConnection, report: Report) -> Iterator[None]:
    """While the block runs one statement, `report` gets DuckDB's own estimate of what is done, from another thread."""
    done = threading.Event()

    def watch() -> None:
        while not done.wait(PROGRESS_INTERVAL_SECONDS):
            percent = connection.query_progress()
            if percent > 0:
                report(min(1.0, percent / 100))

    watcher = threading.Thread(target=watch, name="progress", daemon=True)
    watcher.start()
    try:
        yield
    finally:
        done.set()
        watcher.join()


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
