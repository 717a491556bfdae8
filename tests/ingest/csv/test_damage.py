"""What cannot be a row is rejected with its line, and nothing vanishes."""

import csv
from pathlib import Path

import pytest

from app.ingest.job import IngestError, IngestErrorCode, IngestLimits, RejectedRow
from tests.ingest.conftest import Reading

GOOD = "7,8,9\n" * 20


def test_ragged_rows_are_rejected_with_their_lines(read: Reading) -> None:
    result = read("a,b,c\n1,2,3\n4,5\n" + GOOD + "6,7,8,9\n")
    assert result.rows == [(1, 2, 3)] + [(7, 8, 9)] * 20
    assert result.table.rejected_samples == (
        RejectedRow(line=3, reason="it has 2 cells where the table has 3 columns", field_path=None, text="4,5"),
        RejectedRow(line=24, reason="it has 4 cells where the table has 3 columns", field_path=None, text="6,7,8,9"),
    )
    assert result.table.rejected_row_count == 2


def test_all_rejects_are_in_their_file(read: Reading) -> None:
    result = read("a,b,c\n" + ("1,2\n" + GOOD) * 5, limits=IngestLimits(max_rejected_samples=2))
    assert result.table.rejects_path is not None
    with Path(result.table.rejects_path).open(newline="") as file:
        written = list(csv.reader(file))
    reason = "it has 2 cells where the table has 3 columns"
    assert written == [["line", "reason", "field", "text"]] + [[str(2 + 21 * i), reason, "", "1,2"] for i in range(5)]
    assert [row.line for row in result.table.rejected_samples] == [2, 23]


def test_a_clean_file_has_no_file_of_rejects(read: Reading) -> None:
    result = read("a,b\n1,2\n")
    assert (result.table.rejects_path, result.table.rejected_row_count) == (None, 0)
    assert [path.name for path in result.output.iterdir()] == ["table.parquet"]


def test_lines_count_through_quoted_line_ends_and_blank_lines(read: Reading) -> None:
    result = read('a,b,c\n1,"x\ny\r\nz",3\n\n\n4,5\n' + GOOD)
    assert [row[:2] for row in result.rejects] == [(7, "it has 2 cells where the table has 3 columns")]
    assert result.table.warnings == (
        "2 blank lines were left out.",
        "'b' stays text: 1 cell looks like 'x y z', on line 2.",
    )


def test_an_unclosed_quote_costs_one_line(read: Reading) -> None:
    result = read("a,b,c\n" + GOOD + '1,"open,3\n' + GOOD)
    assert result.table.row_count == 40
    assert result.rejects == [(22, "a quote is opened and never closed", '1,"open,3')]


def test_an_unclosed_quote_does_not_swallow_the_next_quoted_cell(read: Reading) -> None:
    result = read('a,b,c\n1,"open,3\n4,"fine, really",6\n' + '7,"x",9\n' * 20)
    assert result.rows[:2] == [(4, "fine, really", 6), (7, "x", 9)]
    assert result.rejects == [(2, "a quote is opened and never closed", '1,"open,3')]


def test_quotes_within_a_quoted_cell_are_read_where_they_are_clear(read: Reading) -> None:
    result = read('a,b,c\n1,"say "hi" twice",3\n' + GOOD)
    assert result.rows[0] == (1, 'say "hi" twice', 3)
    assert result.table.warnings == (
        "1 record had quotes that break the rules, and were read as far as they are clear.",
        "'b' stays text: 1 cell looks like 'say \"hi\" twice', on line 2.",
    )


def test_a_quote_that_swallows_good_lines_costs_one_line(read: Reading) -> None:
    quoted = '7,"8",9\n' * 20
    result = read("a,b,c\n" + quoted + '1,"open,3\n' + GOOD + 'x",5,6\n' + GOOD)
    assert result.rejects == [(22, "a quote is opened and never closed", '1,"open,3')]
    assert result.table.row_count == 61


def test_blank_lines_are_no_records(read: Reading) -> None:
    result = read("a,b\n\n1,2\n   \n3,4\n\n\n")
    assert (result.rows, result.table.rejected_row_count) == ([(1, 2), (3, 4)], 0)


def test_empty_cells_make_a_row_of_absent_values(read: Reading) -> None:
    assert read("a,b\n1,2\n,\n3,4\n").rows == [(1, 2), (None, None), (3, 4)]


def test_surplus_empty_cells_are_left_out_with_a_warning(read: Reading) -> None:
    result = read("a,b\n1,2\n3,4,,\n5,6\n7,8\n")
    assert result.rows == [(1, 2), (3, 4), (5, 6), (7, 8)]
    assert result.table.warnings == ("1 record ended in more delimiters than the table has; the empty cells were left out.",)


def test_nul_bytes_reject_their_record(read: Reading) -> None:
    result = read(b"a,b,c\n1,x\x00y,3\n" + GOOD.encode())
    assert result.rejects == [(2, "it holds a NUL byte", "1,x\x00y,3")]
    assert result.table.row_count == 20


def test_a_tail_of_nul_bytes_is_one_reject(read: Reading) -> None:
    result = read(b"a,b,c\n" + GOOD.encode() + bytes(5_000))
    assert (result.table.row_count, result.table.rejected_row_count) == (20, 1)
    assert result.table.rejected_samples[0].line == 22


def test_too_many_bad_rows_refuse_the_file(read: Reading) -> None:
    with pytest.raises(IngestError) as refused:
        read("a,b,c\n" + "1,2,3\n" * 8 + "4,5\n6\n")
    error = refused.value
    assert (error.code, error.line, error.rejected_row_count) == (IngestErrorCode.TOO_MANY_BAD_ROWS, 10, 2)
    assert error.message == (
        "2 of 10 records cannot be read; at most 10% may be left out. "
        "The first is on line 10: it has 2 cells where the table has 3 columns."
    )
    assert [row.line for row in error.rejected_samples] == [10, 11]
    assert error.options is not None
    assert error.options.delimiter == ","


def test_exactly_the_allowed_share_of_bad_rows_passes(read: Reading) -> None:
    assert read("a,b,c\n" + "1,2,3\n" * 9 + "4,5\n").table.rejected_row_count == 1


def test_a_huge_cell_is_refused_with_its_line(read: Reading) -> None:
    limits = IngestLimits(max_cell_bytes=1 << 20)
    for cell in (b"x" * (3 << 20), b'"' + b"x\n" * (2 << 20) + b'"'):
        with pytest.raises(IngestError) as refused:
            read(b"a,b\n1,2\n3," + cell + b"\n5,6\n", limits=limits)
        assert (refused.value.code, refused.value.line) == (IngestErrorCode.CELL_TOO_LARGE, 3)


def test_a_large_cell_within_the_limit_is_kept(read: Reading) -> None:
    cell = "x" * (5 << 20) + "\ny"
    assert read(f'a,b\n1,2\n3,"{cell}"\n5,6\n').rows == [(1, "2"), (3, cell), (5, "6")]


def test_an_unclosed_quote_early_in_a_long_file_costs_one_line(read: Reading) -> None:
    lines = "7,8,9\n" * 400_000
    result = read('a,b,c\n1,"open,3\n' + lines, limits=IngestLimits(max_cell_bytes=1 << 20))
    assert (result.table.row_count, result.rejects) == (400_000, [(2, "a quote is opened and never closed", '1,"open,3')])


def test_ten_thousand_columns_are_read(read: Reading) -> None:
    names = ",".join(f"c{i}" for i in range(10_000))
    result = read(names + "\n" + ",".join(map(str, range(10_000))) + "\n")
    assert result.rows == [tuple(range(10_000))]


def test_more_columns_are_refused(read: Reading) -> None:
    with pytest.raises(IngestError) as refused:
        read(",".join(f"c{i}" for i in range(10_001)) + "\n")
    assert (refused.value.code, refused.value.line) == (IngestErrorCode.TOO_MANY_COLUMNS, 1)


@pytest.mark.parametrize("content", [b"\x00", b'"', b",", b'""', b"\r", b"\xff", b'"\n', b",\n,\n", b"a\x00b\x00", b'a,"'])
def test_the_smallest_files_end_in_a_table_or_a_verdict(read: Reading, content: bytes) -> None:
    try:
        table = read(content).table
    except IngestError as error:
        assert error.message.endswith(".")  # noqa: PT017 - either outcome is fine
    else:
        assert table.fields
