"""What the footer of a stored table tells a profile in advance."""

from collections.abc import Mapping
from dataclasses import dataclass

import duckdb

from app.ingest.columns import literal


@dataclass(frozen=True)
class Chunks:
    """Of one column."""

    most_distinct: int | None
    """At most so many different values are there; None where the footer does not tell."""
    plain_bytes: int
    """Size of its values, uncompressed, in the encodings of the file."""


def chunks(connection: duckdb.DuckDBPyConnection, table_path: str) -> Mapping[str, Chunks]:
    """By the name of the column. DuckDB notes the number of values of every dictionary that it writes."""
    rows = connection.execute(
        "SELECT path_in_schema, CASE WHEN bool_and(stats_distinct_count IS NOT NULL) THEN sum(stats_distinct_count)::BIGINT END,"
        f" sum(total_uncompressed_size)::BIGINT FROM parquet_metadata({literal(table_path)}) GROUP BY path_in_schema"
    ).fetchall()
    return {name: Chunks(distinct, size) for name, distinct, size in rows}
