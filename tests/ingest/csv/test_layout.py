"""Where a table begins in its file, however much stands above it."""

import pytest

from app.ingest.job import IngestError, IngestErrorCode
from tests.ingest.conftest import Reading


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("records", ["1,x\n2,y\n", '1,x\n2,"y\n'])
def test_a_table_below_hundreds_of_thousands_of_blank_lines_is_read(read: Reading, end: str, records: str) -> None:
    result = read(end * 300_001 + f"id,name\n{records}".replace("\n", end) + f"3,z{end}" * 20)
    assert (result.names, result.rows[0], result.table.options.skipped_rows) == (["id", "name"], (1, "x"), 300_001)
    assert [line for line, _, _ in result.rejects] == ([300_004] if '"' in records else [])


@pytest.mark.parametrize("content", ["," * 5_000_000, ",,,\n,,,\n", ";;\r\n\r\n;;"])
def test_delimiters_alone_are_no_rows(read: Reading, content: str) -> None:
    with pytest.raises(IngestError) as refused:
        read(content)
    assert (refused.value.code, refused.value.message) == (IngestErrorCode.NO_ROWS, "The file holds nothing but delimiters.")


def test_a_name_that_nobody_would_write_is_refused(read: Reading) -> None:
    with pytest.raises(IngestError) as refused:
        read("id,name\n".replace("name", "x" * 4_001) + "1,2\n")
    assert (refused.value.code, refused.value.line) == (IngestErrorCode.CELL_TOO_LARGE, 1)
    assert refused.value.message.startswith("The name of column 2 has 4,001 characters ('xxxx")
    question = "How much do you agree? " * 100
    assert read(f'id,"{question}"\n1,2\n').names == ["id", question.strip()]


@pytest.mark.parametrize("lines", [1, 5, 70, 200])
def test_a_long_preamble_is_skipped(read: Reading, lines: int) -> None:
    preamble = "".join(f"Line {n} of what the instrument says of itself, calibrated: no\n" for n in range(lines))
    result = read(preamble + "\nid,name,score\n" + "".join(f"{n},ada,{n}.5\n" for n in range(200)))
    assert (result.names, result.rows[1], result.table.row_count) == (["id", "name", "score"], (1, "ada", 1.5), 200)
    assert result.table.options.skipped_rows == lines + 1


def test_a_skipped_line_that_may_be_the_header_is_said(read: Reading) -> None:
    result = read("city\tpeople\n" + "".join(f"{n}\t{n * 7}\t{n * 3}\t{n}\t9\n" for n in range(50)))
    assert result.table.warnings == (
        "1 line above the table was left out; if 'city, people' is its header, give the number of skipped rows and of header rows.",
    )
