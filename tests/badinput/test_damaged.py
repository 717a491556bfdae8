"""Files that were cut or damaged on their way end FAILED with where they break off."""

import gzip
import json
from collections.abc import Callable

import pytest
import zstandard

from tests.badinput import tables
from tests.badinput.conftest import Refused

TEXT = b"id,name\n" + b"".join(b"%d,name %d\n" % (n, n * 7919) for n in range(20_000))
RECORDS = json.dumps([{"id": n, "name": f"n{n}"} for n in range(200)], indent=0).encode()
SEND_AGAIN = "The file was probably cut off on its way: upload it again."
CUT = "Upload the file again; it was cut on the way or not written to its end."
REWRITE = "Write the file again with the program that made it, and check that it was uploaded whole."


def damaged_gzip() -> bytes:
    packed = bytearray(gzip.compress(TEXT, 6, mtime=0))
    packed[-8] ^= 0xFF
    return bytes(packed)


@pytest.mark.parametrize(
    ("content", "code", "message", "hint", "line"),
    [
        (lambda: gzip.compress(TEXT, 6, mtime=0)[:-4], "TRUNCATED",
         f"The gzip archive ends in the middle, after {len(TEXT):,} unpacked bytes.", SEND_AGAIN, None),
        (damaged_gzip, "MALFORMED",
         f"The gzip archive is damaged after {len(TEXT):,} unpacked bytes.", "Pack the file again, or upload it unpacked.", None),
        (lambda: zstandard.compress(TEXT[:1000])[:-20], "TRUNCATED",
         "The zstd archive ends in the middle, after 0 unpacked bytes.", SEND_AGAIN, None),
        (lambda: RECORDS[:-50], "TRUNCATED",
         "The JSON text ends on line 795 before its array or object does.", SEND_AGAIN, 795),
        (lambda: tables.parquet()[:-100], "TRUNCATED",
         f"The Parquet file ends without its footer, after {len(tables.parquet()) - 100:,} bytes: its end is missing.", CUT, None),
        (lambda: tables.parquet_with_footer_length(1 << 31), "MALFORMED",
         f"The Parquet file's footer should be 2,147,483,648 bytes long, but the whole file has {len(tables.parquet()):,}.",
         REWRITE, None),
        (lambda: tables.parquet_with_footer_length(50), "MALFORMED",
         "The Parquet file's footer, which describes its columns, cannot be read.", REWRITE, None),
        (lambda: tables.arrow()[:-100], "TRUNCATED",
         f"The Arrow file ends without its footer, after {len(tables.arrow()) - 100:,} bytes: its end is missing.", CUT, None),
        (lambda: tables.xlsx(["a", "b"], [1, 2])[:-100], "TRUNCATED",
         "This is a zip archive (perhaps XLSX) whose directory cannot be read.", SEND_AGAIN, None),
    ],
    ids=["gzip cut", "gzip damaged", "zstd", "json", "parquet", "parquet footer too long", "parquet footer too short", "arrow", "xlsx"],
)  # fmt: skip
async def test_where_a_file_breaks_off_is_told(
    refused: Refused, content: Callable[[], bytes], code: str, message: str, hint: str, line: int | None
) -> None:
    assert await refused(content(), "table.csv") == {"code": code, "message": message, "hint": hint, "line": line}


@pytest.mark.parametrize(
    ("content", "what", "unpacked"),
    [(tables.xlsx_bomb, "workbook", 300_000_242), (tables.parquet_bomb, "Parquet file", 162_500_000)],
    ids=["xlsx", "parquet"],
)
async def test_a_bomb_is_refused_unopened(refused: Refused, content: Callable[[], bytes], what: str, unpacked: int) -> None:
    bomb = content()
    assert await refused(bomb, "table.csv") == {
        "code": "TOO_LARGE_UNCOMPRESSED",
        "message": f"The {what} of {len(bomb):,} bytes unpacks to {unpacked:,}, {unpacked // len(bomb):,} times as many;"
        " more than 200 times is taken for an attack.",
        "hint": "If the data are real, upload them as uncompressed CSV.",
        "line": None,
    }
