"""What cells become, found out or as told, through the running system."""

import pytest

from tests.formats.conftest import Row, Shelf


@pytest.mark.parametrize(
    ("cells", "logical", "values"),
    [
        (["007", "042", "110"], "STRING", ["007", "042", "110"]),
        (["9007199254740993", "1", "2"], "INTEGER", ["9007199254740993", 1, 2]),
        (["123456789012345678901", "1"], "INTEGER", ["123456789012345678901", "1"]),
        (["2026-01-31", "2026-02-01"], "DATE", ["2026-01-31", "2026-02-01"]),
        (["2026-01-31 05:15:00", "2026-02-01 00:00:00"], "TIMESTAMP", ["2026-01-31T05:15:00", "2026-02-01T00:00:00"]),
        (["2026-01-31T05:15:00+09:00", "2026-02-01T00:00:00Z"], "TIMESTAMP", ["2026-01-30T20:15:00Z", "2026-02-01T00:00:00Z"]),
        (["05:15", "23:59:59.5"], "TIME", ["05:15:00", "23:59:59.5"]),
        (["true", "FALSE"], "BOOLEAN", [True, False]),
        (["1", "NA", "3"], "INTEGER", [1, None, 3]),
        (['"1,234,567.5"', '"1,000.25"'], "NUMBER", [1234567.5, 1000.25]),
        (["0.1", "12345678901234567.25"], "NUMBER", ["0.10", "12345678901234567.25"]),
        (["31/01/2026", "01/02/2026"], "DATE", ["2026-01-31", "2026-02-01"]),
    ],
    ids=["leading zeros", "beyond 2^53", "beyond 64 bits", "date", "timestamp", "zone", "time", "boolean", "null token", "thousands",
         "long decimal", "day first"],
)  # fmt: skip
async def test_a_column_gets_the_type_that_loses_nothing(
    shelf: Shelf, cells: list[str], logical: str, values: list[object]
) -> None:
    content = "key,cell\n" + "".join(f"k{n},{cell}\n" for n, cell in enumerate(cells))
    version = await shelf.stored(content.encode(), "types.csv")
    assert version["schemaFields"][1]["logicalType"] == logical
    assert [row[1] for row in await shelf.rows(version)] == values


@pytest.mark.parametrize(
    ("content", "options", "names", "rows"),
    [
        (b"a;b,c\n1;2,3\n", {"delimiter": ","}, ["a;b", "c"], [["1;2", 3]]),
        (b"a,b\nc,d\n", {"headerRows": 0}, ["column_1", "column_2"], [["a", "b"], ["c", "d"]]),
        (b"1,2\n3,4\n", {"headerRows": 1}, ["1", "2"], [[3, 4]]),
        ("a,b\n1,é\n".encode("cp1252"), {"encoding": "cp1252"}, ["a", "b"], [[1, "é"]]),
        (b"a,b\n1,\xb1\xb2\n", {"encoding": "shift_jis"}, ["a", "b"], [[1, "ｱｲ"]]),
        (b"a,b\n1,x\nmissing,y\n3,missing\n", {"nullTokens": ["missing"]}, ["a", "b"], [[1, "x"], [None, "y"], [3, None]]),
        (b"a,zip\n1,10\n2,20\n", {"types": {"zip": "STRING"}}, ["a", "zip"], [[1, "10"], [2, "20"]]),
        (b"made today\n\na,b\n1,2\n", {"skippedRows": 2}, ["a", "b"], [[1, 2]]),
    ],
    ids=["delimiter", "no header", "header", "encoding", "Japanese", "null tokens", "type", "skipped lines"],
)
async def test_what_the_caller_says_wins(
    shelf: Shelf, content: bytes, options: dict[str, object], names: list[str], rows: list[Row]
) -> None:
    version = await shelf.stored(content, "told.csv", **options)
    assert [field["fieldPath"] for field in version["schemaFields"]] == names
    assert await shelf.rows(version) == rows
    assert {key: version["readOptions"][key] for key in options if key in ("delimiter", "headerRows", "nullTokens")} == {
        key: value for key, value in options.items() if key in ("delimiter", "headerRows", "nullTokens")
    }


async def test_cells_that_do_not_fit_a_wanted_type_are_rejected_rows(shelf: Shelf) -> None:
    content = b"id,zip\n" + b"".join(b"%d,%d\n" % (n, n) for n in range(100)) + b"x,1\n101,y\n"
    version = await shelf.stored(content, "told.csv", types={"id": "INTEGER", "zip": "INTEGER"})
    assert (version["rowCount"], version["rejectedRowCount"]) == (100, 2)
    assert version["rejectedRows"] == [
        {"line": 102, "reason": "'x' is not an integer", "fieldPath": "id", "text": "x,1"},
        {"line": 103, "reason": "'y' is not an integer", "fieldPath": "zip", "text": "101,y"},
    ]
    assert [file["role"] for file in version["files"]] == ["ORIGINAL", "TABLE", "REJECTS"]
    assert await shelf.rows(version) == [[n, n] for n in range(100)]
