"""A stored table has its rows in the order of the file, however large the file and whatever its columns are."""

from pathlib import Path

import duckdb
import pytest

from app.ingest.job import IngestJob, IngestResult, ReadOptions
from app.ingest.run import run

ROWS = 1_500_000
COLUMNS = """
    i AS id, i % 2 = 0 AS flag, CASE WHEN i % 7 = 0 THEN 'NA' ELSE (i * 3)::VARCHAR END AS amount,
    'a text that takes some room ' || (i % 1000) AS words, DATE '2020-01-01' + (i % 900)::INT AS day"""


def misplaced(table: str) -> int:
    """Rows whose number differs from their id."""
    with duckdb.connect() as connection:
        rows = f"read_parquet('{table}', file_row_number = true)"
        return int(connection.execute(f"SELECT count(*) FROM {rows} WHERE id <> file_row_number").fetchall()[0][0])


@pytest.mark.parametrize(
    ("name", "form", "options"),
    [
        ("t.csv", "FORMAT csv, HEADER", ReadOptions()),
        ("t.csv", "FORMAT csv, HEADER", ReadOptions(null_tokens=("", "NA", "N/A", "n/a", "null", "NULL", "none", "-"))),
        ("t.jsonl", "FORMAT json", ReadOptions()),
        ("t.parquet", "FORMAT parquet, ROW_GROUP_SIZE 20480", ReadOptions()),
    ],
    ids=["csv", "csv with null tokens", "json lines", "parquet"],
)
def test_a_large_file_keeps_the_order_of_its_rows(tmp_path: Path, name: str, form: str, options: ReadOptions) -> None:
    source, output = tmp_path / name, tmp_path / "output"
    output.mkdir()
    with duckdb.connect() as connection:
        connection.execute(f"COPY (SELECT {COLUMNS} FROM range({ROWS}) AS rows(i)) TO '{source}' ({form})")
    result = run(
        IngestJob(source_path=str(source), file_name=name, output_dir=str(output), options=options), lambda progress: None
    )
    assert isinstance(result, IngestResult)
    assert result.row_count == ROWS
    assert misplaced(result.table_path) == 0
