"""Workbooks as people make them, written by an independent library."""

import datetime as dt
import zipfile
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from app.ingest.job import FileFormat, IngestErrorCode, IngestLimits, LogicalType, ReadOptions
from app.ingest.sheet.grid import text
from app.ingest.sheet.xlsx import read
from tests.ingest.reading import cells, read_with, refused, types

Rows = list[list[object]]


def book(path: Path, **sheets: Rows) -> Path:
    workbook = openpyxl.Workbook()
    workbook.remove(workbook.worksheets[0])
    for title, rows in sheets.items():
        sheet: Worksheet = workbook.create_sheet(title)
        for row in rows:
            sheet.append(row)
    workbook.save(path)
    return path


def test_columns_have_the_type_that_their_cells_share(tmp_path: Path) -> None:
    rows: Rows = [
        ["name", "whole", "real", "flag", "day", "moment", "clock", "later", "empty"],
        [
            "a",
            1,
            1.5,
            True,
            dt.date(2024, 2, 29),
            dt.datetime(2024, 2, 29, 12, 30),
            dt.time(23, 59, 59),
            dt.date(2024, 1, 1),
            None,
        ],
        ["日本", -7, 2, False, None, None, None, dt.datetime(2024, 1, 1, 6), None],
        [None, None, None, None, dt.date(1999, 12, 31), dt.datetime(1999, 12, 31, 0, 0, 1), dt.time(0, 0, 1), None, None],
    ]
    stored = read_with(read, book(tmp_path / "t.xlsx", Data=rows))
    assert types(stored) == [
        ("name", "STRING", "VARCHAR"),
        ("whole", "INTEGER", "BIGINT"),
        ("real", "NUMBER", "DOUBLE"),
        ("flag", "BOOLEAN", "BOOLEAN"),
        ("day", "DATE", "DATE"),
        ("moment", "TIMESTAMP", "TIMESTAMP"),
        ("clock", "TIME", "TIME_NS"),
        ("later", "TIMESTAMP", "TIMESTAMP"),
        ("empty", "STRING", "VARCHAR"),
    ]
    assert cells(stored) == [
        (
            "a",
            1,
            1.5,
            True,
            dt.date(2024, 2, 29),
            dt.datetime(2024, 2, 29, 12, 30),
            dt.time(23, 59, 59),
            dt.datetime(2024, 1, 1),
            None,
        ),
        ("日本", -7, 2.0, False, None, None, None, dt.datetime(2024, 1, 1, 6), None),
        (None, None, None, None, dt.date(1999, 12, 31), dt.datetime(1999, 12, 31, 0, 0, 1), dt.time(0, 0, 1), None, None),
    ]
    assert stored.warnings == ()
    assert (stored.options.format, stored.options.sheet, stored.options.header_rows, stored.options.skipped_rows) == (
        FileFormat.XLSX, "Data", 1, 0,
    )  # fmt: skip


def test_a_mixed_column_is_text_with_nothing_lost(tmp_path: Path) -> None:
    values: list[object] = [
        1,
        0.1,
        "007",
        True,
        dt.date(2024, 2, 29),
        dt.datetime(2024, 2, 29, 12),
        dt.timedelta(hours=30),
        1e300,
    ]
    stored = read_with(read, book(tmp_path / "t.xlsx", Data=[["mixed", "n"], *([value, 1] for value in values)]))
    assert types(stored)[0] == ("mixed", "STRING", "VARCHAR")
    assert [row[0] for row in cells(stored)] == [
        "1",
        "0.1",
        "007",
        "TRUE",
        "2024-02-29",
        "2024-02-29T12:00:00",
        "30:00:00",
        "1e+300",
    ]


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        (3.0, "3"), (2.0**60, "1.152921504606847e+18"), (dt.timedelta(minutes=-90), "-1:30:00"),
        (dt.timedelta(seconds=1, milliseconds=250), "0:00:01.25"), (False, "FALSE"),
    ],
)  # fmt: skip
def test_cells_as_text(cell: float | dt.timedelta, expected: str) -> None:
    assert text(cell) == expected


def test_a_title_above_and_empty_rows_and_columns_are_no_part_of_the_table(tmp_path: Path) -> None:
    rows: Rows = [
        [None, None, None, None],
        [None, "Report of May", None, None],
        [],
        [None, "id", None, "amount", "unit"],
        [None, 1, None, 10, "kg"],
        [],
        [None, 2, None, 20, "kg"],
        [],
    ]
    stored = read_with(read, book(tmp_path / "t.xlsx", Data=rows))
    assert [field.field_path for field in stored.fields] == ["id", "amount", "unit"]
    assert cells(stored) == [(1, 10, "kg"), (2, 20, "kg")]
    assert stored.warnings == ("Empty rows within the table, left out: 1.",)
    assert stored.options.skipped_rows == 3


def test_the_first_sheet_with_data_is_read_and_the_others_are_named(tmp_path: Path) -> None:
    source = book(tmp_path / "t.xlsx", Empty=[], First=[["a"], [1]], Second=[["b"], [2]])
    stored = read_with(read, source)
    assert (stored.options.sheet, cells(stored)) == ("First", [(1,)])
    assert stored.warnings == ("Only the sheet 'First' was read, not 'Empty', 'Second'.",)


def test_a_sheet_can_be_asked_for(tmp_path: Path) -> None:
    source = book(tmp_path / "t.xlsx", First=[["a"], [1]], Second=[["b"], [2]])
    stored = read_with(read, source, options=ReadOptions(sheet="Second"))
    assert [field.field_path for field in stored.fields] == ["b"]


def test_a_sheet_that_is_not_there_is_refused_with_the_names_of_those_that_are(tmp_path: Path) -> None:
    source = book(tmp_path / "t.xlsx", First=[["a"], [1]], Second=[["b"], [2]])
    error = refused(read, source, options=ReadOptions(sheet="Third"))
    assert (error.code, error.hint) == (IngestErrorCode.WRONG_OPTIONS, "Its sheets are 'First', 'Second'.")


def test_without_a_header_columns_are_numbered(tmp_path: Path) -> None:
    stored = read_with(read, book(tmp_path / "t.xlsx", Data=[[1, 2.5], [3, 4.5]]), options=ReadOptions(header_rows=0))
    assert ([field.field_path for field in stored.fields], cells(stored)) == (["column_1", "column_2"], [(1, 2.5), (3, 4.5)])


def test_repeated_headers_are_renamed(tmp_path: Path) -> None:
    stored = read_with(read, book(tmp_path / "t.xlsx", Data=[["a", "a", None, "b"], [1, 2, 3, "x"]]))
    assert [field.field_path for field in stored.fields] == ["a", "a_2", "column_3", "b"]


def test_merged_cells_keep_their_value_in_the_first(tmp_path: Path) -> None:
    source = book(tmp_path / "t.xlsx", Data=[["group", "n"], ["x", 1], [None, 2], [None, 3]])
    workbook = openpyxl.load_workbook(source)
    workbook["Data"].merge_cells("A2:A4")
    workbook.save(source)
    stored = read_with(read, source)
    assert cells(stored) == [("x", 1), (None, 2), (None, 3)]
    assert stored.warnings == ("Merged ranges: 1. Their value stands in the first cell only.",)


def test_a_header_alone_is_a_table_without_rows(tmp_path: Path) -> None:
    stored = read_with(read, book(tmp_path / "t.xlsx", Data=[["a", "b"]]))
    assert (stored.row_count, [field.field_path for field in stored.fields]) == (0, ["a", "b"])


def test_a_workbook_without_data_is_refused(tmp_path: Path) -> None:
    assert refused(read, book(tmp_path / "t.xlsx", Empty=[])).code == IngestErrorCode.NO_ROWS


def test_real_tables_agree_with_pandas(tmp_path: Path, real_frames: dict[str, pd.DataFrame]) -> None:
    for name in ("penguins", "airlines", "airports", "cars", "stocks", "seattle_weather"):
        path = tmp_path / f"{name}.xlsx"
        real_frames[name].to_excel(path, index=False, sheet_name=name)
        expected = pd.read_excel(path, engine="openpyxl", keep_default_na=False, na_values=[""])
        stored = read_with(read, path)
        assert [field.field_path for field in stored.fields] == list(expected.columns), name
        wanted = [
            tuple(None if pd.isna(value) else value for value in row) for row in expected.itertuples(index=False, name=None)
        ]
        found = [tuple(pd.Timestamp(value) if isinstance(value, dt.date) else value for value in row) for row in cells(stored)]
        assert found == wanted, name


def test_a_zip_bomb_is_refused_unopened(tmp_path: Path) -> None:
    source = tmp_path / "t.xlsx"
    with zipfile.ZipFile(source, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        with archive.open("xl/worksheets/sheet1.xml", "w") as sheet:
            for _ in range(80):
                sheet.write(b" " * (1 << 20))
    assert refused(read, source).code == IngestErrorCode.TOO_LARGE_UNCOMPRESSED


def test_a_stray_cell_in_the_last_corner_is_refused_before_memory_is_taken(tmp_path: Path) -> None:
    source = book(tmp_path / "t.xlsx", Data=[["a"], [1]])
    workbook = openpyxl.load_workbook(source)
    workbook["Data"]["XFD1048576"] = "stray"
    workbook.save(source)
    error = refused(read, source)
    assert error.code == IngestErrorCode.OUT_OF_MEMORY
    assert error.message == "A sheet of the workbook spans 1,048,576 rows and 16,384 columns, more than fits into memory."


def test_a_cut_workbook_is_truncated(tmp_path: Path) -> None:
    source = book(tmp_path / "t.xlsx", Data=[["a"], [1]])
    source.write_bytes(source.read_bytes()[:-30])
    assert refused(read, source).code == IngestErrorCode.TRUNCATED


def test_a_workbook_with_broken_parts_is_malformed(tmp_path: Path) -> None:
    source, broken = book(tmp_path / "t.xlsx", Data=[["a"], [1]]), tmp_path / "broken.xlsx"
    with zipfile.ZipFile(source) as archive, zipfile.ZipFile(broken, "w") as copy:
        for name in archive.namelist():
            content = archive.read(name)
            copy.writestr(name, content[: len(content) // 2] if name.endswith("sheet1.xml") else content)
    assert refused(read, broken).code == IngestErrorCode.MALFORMED


def test_too_many_columns_are_refused(tmp_path: Path) -> None:
    source = book(tmp_path / "t.xlsx", Data=[[f"c{number}" for number in range(11)], [1] * 11])
    assert refused(read, source, limits=IngestLimits(max_columns=10)).code == IngestErrorCode.TOO_MANY_COLUMNS


def test_types_cannot_be_given(tmp_path: Path) -> None:
    error = refused(read, book(tmp_path / "t.xlsx", D=[["a"], [1]]), options=ReadOptions(types={"a": LogicalType.STRING}))
    assert error.code == IngestErrorCode.WRONG_OPTIONS
