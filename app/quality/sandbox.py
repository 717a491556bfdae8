"""The databases that rules run in: no network, no extensions, only the files of the job, bounded memory."""

from collections.abc import Sequence

import duckdb

from app.ingest.columns import literal
from app.quality.fence import TABLE
from app.quality.spec import Limits
from app.quality.table import Column, Table

BASELINE_BYTES = 150 << 20
"""Resident memory of the process beside the database's own."""
LEAST_BYTES = 128 << 20


def connect(limits: Limits, tables: Sequence[str]) -> duckdb.DuckDBPyConnection:
    """A database that can read the files `tables`, write below the folders of `limits`, and nothing else."""
    connection = _open(limits)
    folders = [folder for folder in (limits.scratch_dir, limits.failed_rows_dir) if folder]
    connection.execute(f"SET allowed_paths = [{', '.join(map(literal, tables))}]")
    connection.execute(f"SET allowed_directories = [{', '.join(map(literal, folders))}]")
    _close_doors(connection)
    return connection


def connect_for_user(
    limits: Limits, table: Table, columns: Sequence[Column], outputs: Sequence[str] = ()
) -> duckdb.DuckDBPyConnection:
    """A database that holds the columns as the table `data` and can reach no file but `outputs`: for SQL of a user.

    The table is copied, because a database that may read a file may also write it.

    Args:
        outputs: files that the rules' own failed rows are written to, and nothing else lies in.
    """
    connection = _open(limits)
    names = ", ".join(column.sql for column in columns)
    connection.execute(f"CREATE TABLE {TABLE} AS SELECT {names} FROM {table.source}").fetchall()
    connection.execute(f"SET allowed_paths = [{', '.join(map(literal, outputs))}]")
    _close_doors(connection)
    return connection


def _open(limits: Limits) -> duckdb.DuckDBPyConnection:
    budget = max(LEAST_BYTES, int((limits.memory_bytes - BASELINE_BYTES) * 0.75))
    connection = duckdb.connect(
        config={
            "memory_limit": f"{budget >> 20}MiB",
            "threads": str(limits.threads),
            "temp_directory": f"{limits.scratch_dir}/spill" if limits.scratch_dir else "",
            "autoinstall_known_extensions": "false",
            "autoload_known_extensions": "false",
            "allow_community_extensions": "false",
            "preserve_insertion_order": "true",
        }
    )
    connection.execute("SET TimeZone = 'UTC'")
    # Statements follow each other on one file; of 500 columns, reading its footer takes as long as a column (measured 2026-11).
    connection.execute("SET parquet_metadata_cache = true")
    return connection


def _close_doors(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute("SET enable_external_access = false")
    connection.execute("SET lock_configuration = true")
