"""Files that are no tables end FAILED with what they are, whatever they are called."""

import gzip
from collections.abc import Callable

import pytest

from tests.badinput import foreign
from tests.badinput.conftest import Refused, Uploads

SAVE = "Save the table as CSV, JSON, Parquet, Arrow or XLSX and upload that."
UNPACK = "Unpack it and upload the tables in it one by one."


@pytest.mark.parametrize(
    ("content", "kind", "hint"),
    [
        (foreign.pdf, "a PDF document", SAVE),
        (foreign.png, "a PNG image", SAVE),
        (foreign.html, "an HTML page", SAVE),
        (foreign.elf, "a program (ELF)", SAVE),
        (lambda: foreign.zipped(a=b"x\n1\n", b=b"x\n1\n"), "a zip archive of 2 files", UNPACK),
        (lambda: foreign.zipped(a=b"x\n1\n"), "a zip archive of 1 file", UNPACK),
        (foreign.tarred, "a tar archive", UNPACK),
        (lambda: gzip.compress(foreign.tarred()), "a tar archive", UNPACK),
        (lambda: foreign.ole("Workbook"), "an old Microsoft Office document (.xls, .doc)", SAVE),
        (
            lambda: foreign.ole("EncryptionInfo", "EncryptedPackage"),
            "an Office document that is protected by a password",
            "Open it, remove the password, save it as XLSX, and upload that.",
        ),
    ],
    ids=["pdf", "png", "html", "elf", "zip", "zip-of-one", "tar", "tar.gz", "xls", "encrypted-xlsx"],
)
async def test_another_kind_of_file_is_named(refused: Refused, content: Callable[[], bytes], kind: str, hint: str) -> None:
    assert await refused(content(), "table.csv") == {
        "code": "UNSUPPORTED_FORMAT",
        "message": f"This is {kind}, not a table.",
        "hint": hint,
        "line": None,
    }


async def test_binary_data_of_no_known_format_is_refused(refused: Refused) -> None:
    assert await refused(bytes(range(256)) * 400) == {
        "code": "UNKNOWN_FORMAT",
        "message": "This is binary data of no known format: CSV, JSON, Parquet, Arrow and XLSX are read.",
        "hint": SAVE,
        "line": None,
    }


@pytest.mark.parametrize("content", [b"\n", b"\0", b"\n\n\r\n  \n"], ids=["a line end", "a NUL", "blank lines"])
async def test_nothing_but_blanks_is_refused(refused: Refused, content: bytes) -> None:
    assert await refused(content) == {
        "code": "NO_ROWS",
        "message": "The file holds nothing but blank lines.",
        "hint": "Check the export that wrote it, then upload again.",
        "line": None,
    }


async def test_an_empty_file_is_refused_before_it_is_sent(uploads: Uploads) -> None:
    started = await uploads.person.start(uploads.dataset_id, b"")
    assert started == {
        "upload": None,
        "version": None,
        "errors": [
            {
                "code": "INVALID_INPUT",
                "message": "The file is empty: there is nothing to upload.",
                "path": ["input", "sizeBytes"],
            }
        ],
    }
