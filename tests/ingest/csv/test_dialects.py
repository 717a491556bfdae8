"""Delimiters, quotes, escapes, line ends, preambles, headers: found, or taken from the caller."""

import pytest

from app.ingest.job import IngestError, IngestErrorCode, LogicalType
from tests.ingest.conftest import Reading

ROWS = [(1, "ada", 1.5), (2, "bob", 2.25), (3, "eve", None)]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|", ":", "^", "~", "§", "\x1f", "\x01"])
def test_the_delimiter_is_found(read: Reading, delimiter: str) -> None:
    text = "id,name,score\n1,ada,1.5\n2,bob,2.25\n3,eve,\n".replace(",", delimiter)
    result = read(text)
    assert (result.names, result.rows) == (["id", "name", "score"], ROWS)
    assert result.table.options.delimiter == delimiter


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("last", [True, False])
def test_every_line_end_is_read(read: Reading, end: str, last: bool) -> None:
    text = end.join(["id,name,score", "1,ada,1.5", "2,bob,2.25", "3,eve,"]) + (end if last else "")
    result = read(text)
    assert (result.names, result.rows, result.table.rejected_row_count) == (["id", "name", "score"], ROWS, 0)


def test_mixed_line_ends_are_read(read: Reading) -> None:
    assert read("id,name\n1,a\r\n2,b\r3,c\n").rows == [(1, "a"), (2, "b"), (3, "c")]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("inner", ["\n", "\r\n", "\r"])
def test_quoted_line_ends_stay_in_their_cell(read: Reading, end: str, inner: str) -> None:
    text = end.join(["id,note", f'1,"two{inner}lines"', '2,"a ""word"", quoted"', f'3,"{inner}"']) + end
    assert read(text).rows == [(1, f"two{inner}lines"), (2, 'a "word", quoted'), (3, inner)]


def test_single_quotes_are_found(read: Reading) -> None:
    result = read("id,name,city\n1,'Smith, J','Paris'\n2,'O''Neil, K','Rome'\n3,'Lee, M','Oslo'\n")
    assert result.rows == [(1, "Smith, J", "Paris"), (2, "O'Neil, K", "Rome"), (3, "Lee, M", "Oslo")]
    assert result.table.options.quote == "'"


def test_a_backslash_escape_is_found(read: Reading) -> None:
    result = read('id,name\n1,"a \\"b\\", c"\n2,"d"\n3,"e\\\\f"\n')
    assert result.rows == [(1, 'a "b", c'), (2, "d"), (3, "e\\f")]
    assert result.table.options.escape == "\\"


def test_apostrophes_are_no_quotes(read: Reading) -> None:
    assert read("id,name\n1,men's\n2,'tis\n3,kids'\n").rows == [(1, "men's"), (2, "'tis"), (3, "kids'")]


def test_inches_are_no_quotes(read: Reading) -> None:
    result = read('id,size,price\n1,5" pipe,1.5\n2,round 48",2.5\n3,plain,3.5\n')
    assert result.rows == [(1, '5" pipe', 1.5), (2, 'round 48"', 2.5), (3, "plain", 3.5)]
    assert result.table.rejected_row_count == 0


def test_a_space_behind_the_delimiter_does_not_hide_a_quote(read: Reading) -> None:
    assert read('id, name, city\n1, "Smith, J", Paris\n2, "Lee", Rome\n').rows == [(1, "Smith, J", " Paris"), (2, "Lee", " Rome")]


def test_a_single_column_is_a_table(read: Reading) -> None:
    result = read("name\nAlice\nBob\n")
    assert (result.names, result.rows) == (["name"], [("Alice",), ("Bob",)])
    assert read("value\n1\n2\n3").rows == [(1,), (2,), (3,)]


def test_prose_with_commas_in_one_line_is_one_column(read: Reading) -> None:
    text = "comment\nfine\nwell, maybe\nno idea at all\nok\nsure\n"
    assert read(text).rows == [("fine",), ("well, maybe",), ("no idea at all",), ("ok",), ("sure",)]


def test_a_preamble_is_skipped(read: Reading) -> None:
    result = read("Report of May\ncreated 2024-05-01\n\nid,name,score\n1,ada,1.5\n2,bob,2.25\n3,eve,\n")
    assert (result.names, result.rows) == (["id", "name", "score"], ROWS)
    assert result.table.options.skipped_rows == 3


def test_a_preamble_as_wide_as_the_table_is_skipped(read: Reading) -> None:
    result = read("Report of May,,\n,,\nid,name,score\n1,ada,1.5\n2,bob,2.25\n3,eve,\n")
    assert (result.names, result.rows) == (["id", "name", "score"], ROWS)
    assert result.table.options.skipped_rows == 2


def test_a_file_without_header_gets_numbered_columns(read: Reading) -> None:
    result = read("1,ada,1.5\n2,bob,2.25\n3,eve,\n")
    assert (result.names, result.rows) == (["column_1", "column_2", "column_3"], ROWS)
    assert result.table.options.header_rows == 0


def test_a_header_of_years_is_a_header(read: Reading) -> None:
    result = read("country,2019,2020\nJapan,1,2\nFrance,3,4\n")
    assert (result.names, result.rows) == (["country", "2019", "2020"], [("Japan", 1, 2), ("France", 3, 4)])


def test_repeated_and_empty_headers_are_renamed(read: Reading) -> None:
    result = read("a,a,,A,a_2\n1,2,3,4,5\n6,7,8,9,10\n")
    assert result.names == ["a", "a_3", "column_3", "A_4", "a_2"]
    assert [field.original_name for field in result.table.fields] == [None, "a", "", "A", None]
    assert result.table.warnings == (
        "Repeated or empty headers were renamed: column 2 ('a' -> 'a_3'), column 3 ('column_3'), column 4 ('A' -> 'A_4').",
    )


def test_a_quoted_header_over_two_lines_is_one_header(read: Reading) -> None:
    result = read('id,"unit\nprice"\n1,1.5\n2,2.5\n')
    assert (result.names, result.rows) == (["id", "unit\nprice"], [(1, 1.5), (2, 2.5)])


def test_row_names_without_a_header_are_a_column(read: Reading) -> None:
    result = read('"mpg" "cyl"\n"Mazda" 21.5 6\n"Datsun" 22.8 4\n"Hornet" 21.4 6\n')
    assert result.names == ["column_1", "mpg", "cyl"]
    assert result.rows == [("Mazda", 21.5, 6), ("Datsun", 22.8, 4), ("Hornet", 21.4, 6)]


def test_trailing_delimiters_make_no_column(read: Reading) -> None:
    for header in ("a,b", "a,b,"):
        result = read(f"{header}\n1,2,\n3,4,\n5,6,\n")
        assert (result.names, result.rows, result.table.warnings) == (["a", "b"], [(1, 2), (3, 4), (5, 6)], ())


def test_a_header_alone_is_a_table_without_rows(read: Reading) -> None:
    for text in ("id,name", "id,name\n", "id,name\r\n"):
        result = read(text)
        assert (result.names, result.types, result.rows) == (["id", "name"], ["VARCHAR", "VARCHAR"], [])


def test_blank_lines_alone_are_no_rows(read: Reading) -> None:
    with pytest.raises(IngestError) as refused:
        read("\n\n  \n")
    assert refused.value.code is IngestErrorCode.NO_ROWS


def test_the_callers_dialect_wins(read: Reading) -> None:
    result = read("a;b,c\n1;2,3\n", delimiter=";", header_rows=0, quote="")
    assert result.rows == [("a", "b,c"), ("1", "2,3")]
    assert result.table.options.delimiter == ";"
    assert read("junk\nmore\n1,2\n3,4\n", skipped_rows=2, header_rows=0).rows == [(1, 2), (3, 4)]


@pytest.mark.parametrize(
    "options",
    [
        {"delimiter": ",,"},
        {"delimiter": ""},
        {"delimiter": "\n"},
        {"delimiter": '"', "quote": '"'},
        {"quote": "''"},
        {"header_rows": 2},
        {"skipped_rows": -1},
        {"skipped_rows": 50},
        {"decimal_separator": ";"},
        {"decimal_separator": ",", "thousands_separator": ","},
        {"encoding": "utf-9"},
        {"encoding": "base64"},
        {"types": {"nobody": LogicalType.STRING}},
        {"types": {"a": LogicalType.OBJECT}},
    ],
)
def test_impossible_options_are_refused(read: Reading, options: dict[str, object]) -> None:
    with pytest.raises(IngestError) as refused:
        read("a,b\n1,2\n", **options)
    assert refused.value.code is IngestErrorCode.WRONG_OPTIONS
    assert refused.value.hint is not None
