"""Cells, lines and archives that are far too large end FAILED soon, with the line, in bounded memory."""

import gzip
import io
from collections.abc import Callable

import pytest
import zstandard

from tests.badinput.conftest import Refused, Uploads

MIB = 1 << 20


def a_cell_of_100_mib() -> bytes:
    return b"a,b\n" + b"1,2\n" * 1000 + b'1001,"' + b"x" * (100 * MIB) + b'"\n2,y\n'


def a_json_text_of_100_mib() -> bytes:
    return b'{"a":1}\n{"a":"' + b"x" * (100 * MIB) + b'"}\n{"a":2}\n'


def gzipped(start: bytes, repeated: bytes) -> bytes:
    """`start` and a GiB of the same bytes, packed as they are made."""
    out = io.BytesIO()
    block = repeated * (MIB // len(repeated))
    with gzip.GzipFile(fileobj=out, mode="wb", compresslevel=9, mtime=0) as file:
        file.write(start)
        for _ in range(1024):
            file.write(block)
    return out.getvalue()


def zstd_of_a_gibibyte() -> bytes:
    packer = zstandard.ZstdCompressor(level=1).compressobj()
    block = b"1,2\n" * (MIB // 4)
    return b"".join([packer.compress(b"a,b\n"), *(packer.compress(block) for _ in range(1024)), packer.flush()])


@pytest.mark.parametrize(
    ("content", "message", "hint", "line"),
    [
        (a_cell_of_100_mib, "A cell of the record on line 1,002 is larger than 16,777,216 bytes.",
         "Look for a quote that is never closed, or keep such contents in files of their own and link to them.", 1002),
        (a_json_text_of_100_mib, "The record that starts on line 2 is larger than 16,777,216 bytes.",
         "Look for a quote or bracket that is never closed, or keep such contents in files of their own.", 2),
        (lambda: b"x" * (200 * MIB), "A cell of the record on line 1 is larger than 16,777,216 bytes.",
         "Look for a quote that is never closed, or keep such contents in files of their own and link to them.", 1),
    ],
    ids=["cell of 100 MiB", "JSON text of 100 MiB", "line of 200 MiB"],
)  # fmt: skip
async def test_what_is_too_large_for_a_cell_is_refused_with_its_line(
    refused: Refused, content: Callable[[], bytes], message: str, hint: str, line: int
) -> None:
    assert await refused(content()) == {"code": "CELL_TOO_LARGE", "message": message, "hint": hint, "line": line}


@pytest.mark.parametrize(
    "content",
    [lambda: gzipped(b"a,b\n", b"1,2\n"), zstd_of_a_gibibyte],
    ids=["gzip", "zstd"],
)
async def test_an_archive_that_unpacks_to_a_gibibyte_is_refused_before_it_has(
    refused: Refused, content: Callable[[], bytes]
) -> None:
    bomb = content()
    allowed = max(256 * MIB, 200 * len(bomb))
    assert await refused(bomb, "table.csv.gz") == {
        "code": "TOO_LARGE_UNCOMPRESSED",
        "message": f"The file of {len(bomb):,} bytes unpacks to more than {allowed:,} bytes.",
        "hint": "Upload it unpacked, or in parts.",
        "line": None,
    }


async def test_a_gibibyte_of_zeros_is_no_table(refused: Refused) -> None:
    assert await refused(gzipped(b"", b"\0"), "table.csv.gz") == {
        "code": "UNKNOWN_FORMAT",
        "message": "This is binary data of no known format: CSV, JSON, Parquet, Arrow and XLSX are read.",
        "hint": "Save the table as CSV, JSON, Parquet, Arrow or XLSX and upload that.",
        "line": None,
    }


async def test_ten_thousand_and_one_columns_are_refused(refused: Refused) -> None:
    names = ",".join(f"c{n}" for n in range(10_001))
    assert await refused(f"{names}\n{names}\n".encode()) == {
        "code": "TOO_MANY_COLUMNS",
        "message": "The table has 10,001 columns; at most 10,000 are kept.",
        "hint": "Turn it from wide to long: one row for each former column.",
        "line": 1,
    }


@pytest.mark.full
async def test_a_line_of_100_million_cells_is_refused(refused: Refused) -> None:
    error = await refused(b"lorem ip " * (22 << 20))
    assert (error["code"], error["line"]) == ("TOO_MANY_COLUMNS", 1)
    assert error["message"] == "The table has at least 3,728,271 columns; at most 10,000 are kept."
    assert error["hint"] == "Look for missing line ends, or turn it from wide to long: one row for each former column."


@pytest.mark.full
async def test_ten_thousand_columns_are_read(uploads: Uploads) -> None:
    names = ",".join(f"c{n}" for n in range(10_000))
    started = await uploads.person.upload(uploads.dataset_id, f"{names}\n{','.join(map(str, range(10_000)))}\n".encode())
    version = await uploads.person.finished(started)
    assert (version["status"], version["columnCount"], version["rowCount"]) == ("READY", 10_000, 1)
    assert {field["logicalType"] for field in version["schemaFields"]} == {"INTEGER"}


@pytest.mark.full
async def test_a_million_rejected_records_are_counted_and_a_hundred_shown(uploads: Uploads) -> None:
    version = await uploads.end_of(b"a,b\n" + b"1,2\n" * 1000 + b"1,2,3\n" * 1_000_000)
    assert (version["status"], version["rejectedRowCount"], len(version["rejectedRows"])) == ("FAILED", 1_000_000, 100)
    assert version["error"] == {
        "code": "TOO_MANY_BAD_ROWS",
        "message": "1,000,000 of 1,001,000 records cannot be read; at most 10% may be left out. "
        "The first is on line 1,002: it has 3 cells where the table has 2 columns.",
        "hint": "Look at the rejected rows: the delimiter, quote, encoding or type given or found may be wrong for this file.",
        "line": 1002,
    }
