"""Bad JSON and odd workbooks."""

import pytest

from tests.badinput import tables
from tests.badinput.conftest import Refused, Uploads
from tests.badinput.test_text import rows_of

CORRECT = "Look at the rejected rows, correct the program that wrote them, and upload the file again."


@pytest.mark.parametrize(
    ("content", "reason", "line"),
    [
        (b'[{"a":' + b"[" * 200_000 + b"]" * 200_000 + b"}]", "it is nested too deeply", 1),
        (b'{"a":' * 200_000 + b"1" + b"}" * 200_000, "it is nested too deeply", 1),
        (b'[\n{"a":1,"a":2}]', "the key 'a' appears twice", 2),
        (b'[{"a":1e400}]', "it holds a number that is too large to be kept (at character 6); write it as text", 1),
        (b'[{"a":' + b"9" * 5000 + b"}]", "it holds a number that is too large to be kept (at character 6); write it as text", 1),
        (b'[\n\n{"a":oops}]', "it is not valid JSON (unexpected character, expected a JSON value at character 6)", 3),
    ],
    ids=["deep array", "deep object", "repeated key", "infinite number", "5,000 digits", "no value"],
)
async def test_a_record_that_json_does_not_allow_refuses_a_small_file(
    refused: Refused, content: bytes, reason: str, line: int
) -> None:
    assert await refused(content, "records.json") == {
        "code": "TOO_MANY_BAD_ROWS",
        "message": f"1 of 1 records cannot be read; at most 10% may be left out. The first is on line {line}: {reason}.",
        "hint": CORRECT,
        "line": line,
    }


async def test_bad_lines_of_json_lines_are_kept_with_their_numbers(uploads: Uploads) -> None:
    good = [b'{"id":%d}\n' % n for n in range(80)]
    version = await uploads.end_of(b"".join(good[:40]) + b'{"id":\nnot json\n' + b"".join(good[40:]), "records.jsonl")
    assert (version["status"], version["rowCount"], version["rejectedRowCount"]) == ("READY", 80, 2)
    assert version["rejectedRows"] == [
        {
            "line": 41,
            "reason": "it is not valid JSON (unexpected end of data at character 7)",
            "fieldPath": None,
            "text": '{"id":',
        },
        {
            "line": 42,
            "reason": "it is not valid JSON (invalid literal, expected 'null' at character 1)",
            "fieldPath": None,
            "text": "not json",
        },
    ]


async def test_numbers_that_json_does_not_have_become_absent_with_a_warning(uploads: Uploads) -> None:
    version = await uploads.end_of(b'[{"a":NaN},{"a":1.5},{"a":-Infinity}]', "records.json")
    assert version["status"] == "READY"
    assert version["warnings"] == ["2 records hold NaN or Infinity, which JSON does not have; they were read as absent."]
    assert await rows_of(uploads, version) == [[None], [1.5], [None]]


async def test_a_number_beyond_64_bits_is_exact(uploads: Uploads) -> None:
    version = await uploads.end_of(b'[{"a":123456789012345678901234567890},{"a":1}]', "records.json")
    assert version["status"] == "READY"
    assert await rows_of(uploads, version) == [["123456789012345678901234567890"], ["1"]]


@pytest.mark.parametrize(
    ("content", "code", "message", "hint", "line"),
    [
        (b"[", "TRUNCATED", "The JSON text ends on line 1 before its array or object does.",
         "The file was probably cut off on its way: upload it again.", 1),
        (b"[" * 200_000, "TRUNCATED", "The JSON text ends on line 1 before its array or object does.",
         "The file was probably cut off on its way: upload it again.", 1),
        (b"[]", "NO_ROWS", "The file holds no record.", "Write the records as an array of objects, or as JSON Lines.", None),
        (b"{}", "NO_ROWS", "The file is valid JSON, but holds no record with a key.",
         "Write the records as an array of objects, or as JSON Lines.", None),
        (b'[{"a":1}]\nxyz', "MALFORMED", "Something follows the array, which ends on line 1.",
         "A JSON text is one array; several arrays or loose objects cannot be read as one table.", 1),
    ],
    ids=["one bracket", "200,000 brackets", "no records", "no keys", "text behind"],
)  # fmt: skip
async def test_json_that_is_no_table_is_refused(
    refused: Refused, content: bytes, code: str, message: str, hint: str, line: int | None
) -> None:
    assert await refused(content, "records.json") == {"code": code, "message": message, "hint": hint, "line": line}


async def test_formulas_errors_and_merged_cells_are_read_by_their_values(uploads: Uploads) -> None:
    cells = (
        '<sheetData><row r="1"><c r="A1" t="str"><v>n</v></c><c r="B1" t="str"><v>twice</v></c><c r="C1" t="str"><v>merged</v></c></row>'
        '<row r="2"><c r="A2"><v>1</v></c><c r="B2"><f>A2*2</f><v>2</v></c><c r="C2" t="str"><v>both</v></c></row>'
        '<row r="3"><c r="A3"><v>2</v></c><c r="B3" t="e"><f>A3/0</f><v>#DIV/0!</v></c></row></sheetData>'
        '<mergeCells count="1"><mergeCell ref="C2:C3"/></mergeCells>'
    )
    version = await uploads.end_of(tables.workbook_of_cells(cells), "book.xlsx")
    assert version["status"] == "READY"
    assert await rows_of(uploads, version) == [[1, 2, "both"], [2, None, None]]


async def test_a_second_sheet_is_named_in_a_warning(uploads: Uploads) -> None:
    book = tables.xlsx(["a"], [1], sheets={"Other": [["b"], [2]]})
    version = await uploads.end_of(book, "book.xlsx")
    assert version["warnings"] == ["Only the sheet 'Sheet' was read, not 'Other'."]
    assert await rows_of(uploads, version) == [[1]]
    assert await rows_of(uploads, await uploads.end_of(book, "book.xlsx", sheet="Other")) == [[2]]


async def test_a_long_text_in_every_row_is_shown_cut(uploads: Uploads) -> None:
    version = await uploads.end_of(tables.parquet_of_one_long_text(1_000_000, 200), "long.parquet")
    assert (version["status"], version["rowCount"]) == ("READY", 200)
    assert await rows_of(uploads, version) == [["x" * 1000]] * 100
