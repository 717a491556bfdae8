"""Very wide tables: DuckDB writes them in parts of some columns, which are then joined side by side."""

from collections.abc import Mapping
from itertools import islice
from pathlib import Path

import duckdb

from app.ingest.columns import literal, quoted
from app.ingest.table import Report, row_group_rows

WIDE_COLUMNS = 1_000
"""Above it one COPY takes too much: 10,000 columns need 1 GB, in parts of 500 columns 490 MB (measured 2026-11)."""
PART_COLUMNS = 500


def copy(connection: duckdb.DuckDBPyConnection, source: str, expressions: Mapping[str, str], path: str, report: Report) -> int:
    """The Parquet file `path` holds `expressions` (by column name) of every row of `source`; returns the number of rows.

    `source` is read once per part, so it must give its rows in the same order each time.
    """
    import polars as pl

    parts: list[Path] = []
    rows = set[int]()
    columns = iter(expressions.items())
    while part := list(islice(columns, PART_COLUMNS)):
        parts.append(Path(path).with_suffix(f".part{len(parts)}"))
        projection = ", ".join(f"{expression} AS {quoted(name)}" for name, expression in part)
        rows.add(
            connection.execute(
                f"COPY (SELECT {projection} FROM {source}) TO {literal(str(parts[-1]))}"
                f" (FORMAT parquet, COMPRESSION lz4, ROW_GROUP_SIZE {row_group_rows(len(expressions))})"
            ).fetchall()[0][0]
        )
        report(0.9 * PART_COLUMNS * len(parts) / len(expressions))
    if len(rows) != 1:
        raise ValueError(f"parts of one table have different numbers of rows: {sorted(rows)}")
    pl.concat([pl.scan_parquet(part) for part in parts], how="horizontal").sink_parquet(
        path, compression="zstd", row_group_size=row_group_rows(len(expressions))
    )
    for written in parts:
        written.unlink()
    return rows.pop()
