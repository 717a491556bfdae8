"""The seam between readers and the rest: a reader turns a source into a stored table."""

from collections.abc import Callable
from dataclasses import dataclass

from app.ingest.job import Field, ReadOptions, RejectedRow

Report = Callable[[float], None]
"""Called with the fraction (0-1) of the reader's own work that is done."""
Written = Callable[[str], None]
"""Called with the path of the stored table when it is whole and stays as it is."""


@dataclass(frozen=True, kw_only=True)
class StoredTable:
    """The columnar copy of a file and what happened on the way to it.

    Invariant: row_count + rejected_row_count = records in the file.
    """

    path: str
    """Parquet: zstd, row groups of at most `ROW_GROUP_ROWS` rows and about `ROW_GROUP_CELLS` cells."""
    row_count: int
    fields: tuple[Field, ...]
    options: ReadOptions
    rejected_row_count: int = 0
    rejects_path: str | None = None
    rejected_samples: tuple[RejectedRow, ...] = ()
    warnings: tuple[str, ...] = ()


ROW_GROUP_ROWS = 61_440
ROW_GROUP_CELLS = 2_000_000
DICTIONARY_VALUES = 5_000
"""Different values of a column in a row group up to which they are written as a dictionary."""


def row_group_rows(columns: int) -> int:
    """Rows of a row group for a table of `columns` columns: a multiple of DuckDB's vector of 2,048, at least one vector."""
    return max(2_048, min(ROW_GROUP_ROWS, ROW_GROUP_CELLS // max(1, columns)) // 2_048 * 2_048)


def copy_options(columns: int) -> str:
    """What DuckDB's COPY of a stored table is told.

    With the encodings of version 2 (differences, lengths apart from texts, bytes of doubles by place) 10 M rows x 11
    columns take 12 % less space and are scanned in 30 % less time; they take no longer to write, and level 3 of zstd then
    makes them no smaller than level 1 (2026-11).
    """
    return (
        f"(FORMAT parquet, PARQUET_VERSION V2, COMPRESSION zstd, COMPRESSION_LEVEL 1, ROW_GROUP_SIZE {row_group_rows(columns)})"
    )
