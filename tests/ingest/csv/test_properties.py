"""Whatever table is written in whatever dialect, the same cells come back; and whatever bytes come, a verdict does."""

import csv
import random
import shutil
from pathlib import Path

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.ingest import detect
from app.ingest.csv import reader as csv_reader
from app.ingest.csv.dialect import Dialect
from app.ingest.csv.mend import TableText, mend
from app.ingest.csv.survey import BLOCK_BYTES, LONGEST_LINE_BYTES, Survey, survey
from app.ingest.job import FileFormat, IngestError, IngestJob, IngestLimits, LogicalType, ReadOptions
from app.ingest.json import reader as json_reader
from app.ingest.table import StoredTable
from app.ingest.text.rejects import RejectLog

_CELLS = st.text(st.sampled_from("ab 1.,;|\t'\"\n\r\\é東-0"), max_size=8)
_TABLES = st.integers(1, 5).flatmap(
    lambda width: st.lists(st.lists(_CELLS, min_size=width, max_size=width), min_size=1, max_size=12)
)
_BOUNDED = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def ingest(folder: Path, content: bytes, options: ReadOptions) -> StoredTable:
    shutil.rmtree(folder / "out", ignore_errors=True)
    (folder / "out").mkdir()
    path = folder / "source"
    path.write_bytes(content)
    found_format, compression = detect.detect(path, options)
    job = IngestJob(source_path=str(path), file_name="source", output_dir=str(folder / "out"), options=options)
    reader = csv_reader if found_format is FileFormat.CSV else json_reader
    found = ReadOptions(**{**options.__dict__, "format": found_format, "compression": compression})
    return reader.read(job, lambda fraction: None, found)


def written(table: list[list[str]], delimiter: str, quote: str, end: str, *, all_quoted: bool) -> str:
    """RFC 4180. Python's own writer does not quote a CR where lines end in LF."""

    def cell(text: str) -> str:
        special = all_quoted or any(mark in text for mark in (delimiter, quote, "\r", "\n")) or text[:1] == " "
        return quote + text.replace(quote, quote * 2) + quote if special else text

    return "".join(delimiter.join(map(cell, row)) + end for row in table)


@_BOUNDED
@given(
    _TABLES,
    st.sampled_from(",;\t|"),
    st.sampled_from("\"'"),
    st.sampled_from(["\n", "\r\n", "\r"]),
    st.booleans(),
)
def test_what_was_written_is_read(
    tmp_path: Path, table: list[list[str]], delimiter: str, quote: str, end: str, all_quoted: bool
) -> None:
    header = [f"name {index}" for index in range(len(table[0]))]
    # A first row without quotes that only spaces fill is a blank line to anybody.
    table = [row for row in table if any(cell.strip() for cell in row)] or [["x"] * len(header)]
    text = written([header, *table], delimiter, quote, end, all_quoted=all_quoted)
    stored = ingest(
        tmp_path,
        text.encode(),
        ReadOptions(
            format=FileFormat.CSV,
            delimiter=delimiter,
            quote=quote,
            escape="",
            header_rows=1,
            skipped_rows=0,
            null_tokens=("",),
            types=dict.fromkeys(header, LogicalType.STRING),
        ),
    )
    rows = duckdb.connect().execute(f"SELECT * FROM '{stored.path}'").fetchall()
    assert [[cell or "" for cell in row] for row in rows] == table
    assert stored.rejected_row_count == 0


@_BOUNDED
@given(_TABLES, st.sampled_from(["\n", "\r\n"]))
def test_the_quick_count_and_the_exact_walk_agree(tmp_path: Path, table: list[list[str]], end: str) -> None:
    width = len(table[0])
    table = [row for row in table if any(cell.strip() for cell in row)]
    content = written(table, ",", '"', end, all_quoted=False).encode()
    path = tmp_path / "source"
    path.write_bytes(content)
    dialect = Dialect(",")
    rejects = RejectLog(str(tmp_path), IngestLimits())
    copy = mend(TableText(path, 0, 1, dialect, width, 1 << 20), tmp_path / "copy", rejects, lambda fraction: None)
    rejects.close()
    quick = survey(path, 0, dialect, width)
    assert (copy.record_count, rejects.count) == (len(table), 0)
    assert quick is None or quick.record_count == len(table)
    with (tmp_path / "copy").open(encoding="utf-8", newline="") as file:
        assert list(csv.reader(file)) == table


_SEEDS = (
    b'id,name,x\n1,"a, b",1.5\n2,"c ""d""",\n3,e,2013-01-31\n',
    '番号;名前\r\n1;"山田"\r\n2;佐藤\r\n'.encode("cp932"),
    "a\tb\n1\té\n".encode("utf-16"),
    b'{"a": 1, "b": [1, {"c": "x"}]}\n{"a": 2.5}\n',
    b'[{"a": "x\\"y"}, {"a": null, "b": true}]',
)


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_the_quick_count_holds_wherever_its_blocks_end(tmp_path: Path, end: str) -> None:
    path = tmp_path / "t.csv"
    for length in (1, 7, BLOCK_BYTES - 3, BLOCK_BYTES, 3 * BLOCK_BYTES, LONGEST_LINE_BYTES - 10):
        # The second record ends just before, at or behind the end of a block.
        for padding in range(4):
            cells = [f"{'x' * padding},é", f"{'y' * length},z", '"a\n,""b",c', "last,one"]
            path.write_bytes(end.join(cells).encode())
            found = survey(path, 0, Dialect(",", '"'), 2)
            assert found == Survey(4, crlf=end == "\r\n"), (length, padding)
    path.write_bytes(b"x,y\n" + b"z" * (LONGEST_LINE_BYTES + 2 * BLOCK_BYTES) + b",z\n")
    assert survey(path, 0, Dialect(",", '"'), 2) is None


def test_the_quick_count_takes_no_blank_line_for_a_record(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    # The blank line lies within a block, at its end, and at the beginning of the next.
    for length in (1, BLOCK_BYTES - 3, BLOCK_BYTES - 2, BLOCK_BYTES - 1, BLOCK_BYTES):
        for end, quick in (("\n", Survey(3, crlf=False)), ("\r\n", Survey(3, crlf=True)), ("\n\n", None), ("\r\n\r\n", None)):
            path.write_bytes(("y" * length + end + "a\nb\n".replace("\n", end[: 2 if end[0] == "\r" else 1])).encode())
            assert survey(path, 0, Dialect(",", '"'), 1) == quick, (length, end)


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(_SEEDS), st.integers(0, 2**32))
def test_damaged_bytes_end_in_a_table_or_a_verdict(tmp_path: Path, content: bytes, seed: int) -> None:
    chance = random.Random(seed)
    damaged = bytearray(content)
    for _ in range(chance.randint(1, 6)):
        position = chance.randrange(len(damaged))
        damage = chance.choice(
            [b"", b'"', b"\n", b"\r", b"\x00", b",", b"\xff", b"\\", b"[", b"}", bytes([chance.randrange(256)])]
        )
        damaged[position : position + chance.randint(0, 2)] = damage
        damaged = damaged or bytearray(b"x")
    try:
        stored = ingest(tmp_path, bytes(damaged), ReadOptions())
    except IngestError as error:
        assert error.message.endswith(".")  # noqa: PT017 - either outcome is fine
        return
    assert duckdb.connect().execute(f"SELECT count(*) FROM '{stored.path}'").fetchall() == [(stored.row_count,)]
