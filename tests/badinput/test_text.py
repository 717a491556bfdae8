"""Damaged and unusual delimited text: what can be read is READY, what cannot is rejected with its line."""

import csv
import io

import pytest

from tests.badinput.conftest import Refused, Uploads

ROWS = """query Rows($id: ID!) { datasetVersion(id: $id) { rows(first: 100) { columns { name } rows cutCells { row column length } } } }"""


async def rows_of(uploads: Uploads, version: dict) -> list[list[object]]:
    return (await uploads.person.run(ROWS, id=version["id"]))["datasetVersion"]["rows"]["rows"]


def numbered(first: int, last: int, form: str = "%d,x\n") -> bytes:
    return b"".join((form % n).encode() for n in range(first, last))


@pytest.mark.parametrize(
    ("content", "rejects", "row_count"),
    [
        (b"a,b\n" + numbered(0, 98) + b"98\n99,x,y\n",
         [(100, "it has 1 cell where the table has 2 columns", "98"),
          (101, "it has 3 cells where the table has 2 columns", "99,x,y")], 98),
        (b"a,b\n" + numbered(0, 50, '%d,"x"\n') + b'50,"open\n' + numbered(51, 100, '%d,"x"\n'),
         [(52, "a quote is opened and never closed", '50,"open')], 99),
        (b"a,b\n1,x\n2,y\0z\n" + numbered(3, 40), [(3, "it holds a NUL byte", "2,y\0z")], 38),
        (b"id,name\n" + b"".join(b"%d,n\xc3\xa9\n" % n for n in range(2, 5000)) + b"5000,n\xe9\xff\n5001,x\n",
         [(5000, "it holds bytes that are not UTF-8 (at byte 7 of the record)", "5000,n\\xe9\\xff")], 4999),
        (b"id,zip\n" + numbered(0, 40, '%d,"x\ny"\n') + b"40\n",
         [(82, "it has 1 cell where the table has 2 columns", "40")], 40),
    ],
    ids=["ragged", "unclosed quote", "NUL", "not UTF-8 on line 5000", "after cells of two lines"],
)  # fmt: skip
async def test_bad_records_are_kept_with_their_lines(
    uploads: Uploads, content: bytes, rejects: list[tuple[int, str, str]], row_count: int
) -> None:
    version = await uploads.end_of(content)
    assert (version["status"], version["rowCount"], version["rejectedRowCount"]) == ("READY", row_count, len(rejects))
    # The database has no NUL; the file has.
    samples = [(line, reason, text.replace("\0", "\ufffd")) for line, reason, text in rejects]
    assert [(row["line"], row["reason"], row["text"]) for row in version["rejectedRows"]] == samples
    kept = list(csv.reader(io.StringIO((await uploads.file(version, "REJECTS")).decode(), newline="")))
    assert kept == [["line", "reason", "field", "text"], *([str(line), reason, "", text] for line, reason, text in rejects)]


@pytest.mark.parametrize(
    ("content", "encoding", "rows"),
    [
        ("id,naïve\n1,é\n2,日本\n".encode("utf-16"), "utf-16-le", [[1, "é"], [2, "日本"]]),
        ("id,naïve\n1,é\n2,日本\n".encode("utf-16-le"), "utf-16-le", [[1, "é"], [2, "日本"]]),
        ("id,name\n1,été\n2,b\n".encode("utf-16-be"), "utf-16-be", [[1, "été"], [2, "b"]]),
        ("id,name\n1,café\n2,naïve\n3,Müller\n".encode("latin-1"), "latin-1", [[1, "café"], [2, "naïve"], [3, "Müller"]]),
        ("番号,名前\n1,佐藤一郎\n2,鈴木花子\n3,高橋\n".encode("cp932"), "cp932", [[1, "佐藤一郎"], [2, "鈴木花子"], [3, "高橋"]]),
        ("\ufeffid,name\n1,é\n".encode(), "utf-8", [[1, "é"]]),
        (b"id,name\r1,x\r2,y\r", "utf-8", [[1, "x"], [2, "y"]]),
        (b"id,name\n1,x\n2,y", "utf-8", [[1, "x"], [2, "y"]]),
        (b"\n\nid,name\n\n1,x\n\n\n2,y\n\n", "utf-8", [[1, "x"], [2, "y"]]),
        (b'id,name\n1,5" pipe\n2,say "hi" now\n3,plain\n', "utf-8", [[1, '5" pipe'], [2, 'say "hi" now'], [3, "plain"]]),
        (b"id,name\n1,=cmd|' /C calc'!A0\n2,+1+1\n3,@SUM(A1)\n4,-2+3\n", "utf-8",
         [[1, "=cmd|' /C calc'!A0"], [2, "+1+1"], [3, "@SUM(A1)"], [4, "-2+3"]]),
    ],
    ids=["utf-16 with BOM", "utf-16-le", "utf-16-be", "latin-1", "cp932", "utf-8 with BOM", "CR", "no last line end", "blank lines",
         "quotes in mid cell", "spreadsheet formulas"],
)  # fmt: skip
async def test_unusual_text_is_read(uploads: Uploads, content: bytes, encoding: str, rows: list[list[object]]) -> None:
    version = await uploads.end_of(content)
    assert (version["status"], version["rejectedRowCount"]) == ("READY", 0)
    assert version["readOptions"]["encoding"] == encoding
    assert await rows_of(uploads, version) == rows


@pytest.mark.parametrize(
    ("content", "names", "row_count"),
    [
        (b"a,a,,b,A\n1,2,3,4,5\n6,7,8,9,0\n", ["a", "a_2", "column_3", "b", "A_3"], 2),
        (('"say ""hi""",😀,"a""; DROP TABLE users; --",' + "n" * 4000 + "\n1,2,3,4\n").encode(),
         ['say "hi"', "😀", 'a"; DROP TABLE users; --', "n" * 4000], 1),
        (b"a,b\n", ["a", "b"], 0),
        (b"x", ["x"], 0),
        (b"name\nx\ny\nz\n", ["name"], 3),
    ],
    ids=["repeated and empty", "hostile", "header alone", "one byte", "one column"],
)  # fmt: skip
async def test_columns_have_usable_names(uploads: Uploads, content: bytes, names: list[str], row_count: int) -> None:
    version = await uploads.end_of(content)
    assert (version["status"], version["rowCount"]) == ("READY", row_count)
    assert [field["fieldPath"] for field in version["schemaFields"]] == names
    page = (await uploads.person.run(ROWS, id=version["id"]))["datasetVersion"]["rows"]
    assert [column["name"] for column in page["columns"]] == names
    assert len(page["rows"]) == row_count


async def test_too_many_bad_records_refuse_the_file_with_the_first_line(refused: Refused) -> None:
    assert await refused(b"a,b,c\n" + b"1,2,3\n1,2\n" * 20) == {
        "code": "TOO_MANY_BAD_ROWS",
        "message": "20 of 40 records cannot be read; at most 10% may be left out. "
        "The first is on line 3: it has 2 cells where the table has 3 columns.",
        "hint": "Look at the rejected rows: the delimiter, quote, encoding or type given or found may be wrong for this file.",
        "line": 3,
    }


async def test_half_a_character_at_the_end_of_utf_16_is_told(refused: Refused) -> None:
    assert await refused("id,name\n1,été\n2,b\n".encode("utf-16") + b"x") == {
        "code": "BAD_ENCODING",
        "message": "Line 4 holds bytes that are not utf-16-le.",
        "hint": "Save the file as UTF-8, or name its encoding in the options.",
        "line": 4,
    }
