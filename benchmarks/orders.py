"""A made-up table of orders: the same bytes at every run, eleven columns of every kind that a business keeps."""

from pathlib import Path

import duckdb

from app.ingest.table import copy_options

COLUMNS = {
    "order_id": "i",
    "customer_id": "(hash(i) % 2000000)::BIGINT",
    "status": "['shipped', 'pending', 'returned', 'cancelled', 'lost'][1 + (hash(i, 1) % 5)::INT]",
    "quantity": "(1 + hash(i, 2) % 99)::INT",
    "price": "round((hash(i, 3) % 10000000) / 100.0, 2)::DOUBLE",
    "weight_kg": "CASE WHEN hash(i, 4) % 20 <> 0 THEN round((hash(i, 5) % 1000000007) / 1000003.0, 6) END",
    "ordered_on": "DATE '2015-01-01' + (hash(i, 6) % 3650)::INT",
    "delivered_at": "CASE WHEN hash(i, 7) % 10 <> 0 THEN TIMESTAMP '2015-01-01' + to_seconds((hash(i, 8) % 315360000)::BIGINT) END",
    "city": "'city ' || (hash(i, 9) % 5000)",
    "reference": "CASE WHEN hash(i, 10) % 7 <> 0 THEN left(md5(i::VARCHAR), 24) END",
    "is_gift": "hash(i, 11) % 3 = 0",
}
"""Column -> SQL of its value in row i; 10 M rows are 1.11 GB of CSV."""


def write_csv(path: Path, rows: int) -> None:
    """The table as CSV with a header."""
    _write(path, rows, "(FORMAT csv, HEADER true)")


def write_parquet(path: Path, rows: int) -> None:
    """The table as Parquet, written as stored tables are."""
    _write(path, rows, copy_options(len(COLUMNS)))


WIDE_COLUMNS = 500
WIDE_ROWS = 100_000


def write_wide(path: Path) -> None:
    """Another table as Parquet: `i0`, `x1`, `s2`, `d3`, `i4` ... in turns whole numbers, numbers, texts and dates."""
    kinds = (
        ("i", "hash(i, {0}) % 100000"),
        ("x", "(hash(i, {0}) % 1000003) / 7"),
        ("s", "'word ' || (hash(i, {0}) % 1000)"),
        ("d", "DATE '2015-01-01' + (hash(i, {0}) % 3650)::INT"),
    )
    listed = [(f"{kinds[at % 4][0]}{at}", kinds[at % 4][1].format(at)) for at in range(WIDE_COLUMNS)]
    projection = ", ".join(f"{sql} AS {name}" for name, sql in listed)
    with duckdb.connect(config={"threads": "2", "memory_limit": "2GB"}) as connection:
        connection.execute(
            f"COPY (SELECT {projection} FROM range({WIDE_ROWS}) AS rows(i)) TO '{path}' {copy_options(WIDE_COLUMNS)}"
        )


def _write(path: Path, rows: int, form: str) -> None:
    projection = ", ".join(f"{sql} AS {name}" for name, sql in COLUMNS.items())
    with duckdb.connect(config={"threads": "2", "memory_limit": "1GB"}) as connection:
        connection.execute(f"COPY (SELECT {projection} FROM range({rows}) AS rows(i)) TO '{path}' {form}")


def fingerprint(table: str, columns: str = ", ".join(COLUMNS)) -> tuple[int, int]:
    """Row count and the XOR of the hashes of all rows: every column is read, in its type.

    Args:
        table: SQL that reads it, 'read_csv(...)' or 'read_parquet(...)'.
    """
    with duckdb.connect(config={"threads": "2", "memory_limit": "600MB"}) as connection:
        (row,) = connection.execute(f"SELECT count(*), bit_xor(hash({columns})) FROM {table}").fetchall()
        return int(row[0]), int(row[1])
