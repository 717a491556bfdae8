"""Large files are read while their records are still counted: what the count says goes all the same."""

import threading
from pathlib import Path

import pytest

from app.ingest.csv import cells, oddities, reader, survey
from app.ingest.job import FileFormat, IngestJob, ReadOptions
from app.ingest.text import utf8
from tests.ingest.conftest import Reading

ROWS = "".join(f"{number},w{number % 7},{number}.5\n" for number in range(3_000))


@pytest.fixture(autouse=True)
def everything_is_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cells, "SMALL_BYTES", 1_000)


def test_a_regular_file_is_read_before_it_is_counted(read: Reading, monkeypatch: pytest.MonkeyPatch) -> None:
    order: list[str] = []
    is_copied = threading.Event()
    counted, copied = survey.survey, cells.copy_typed

    def late(*given: object) -> object:
        assert is_copied.wait(10)
        order.append("counted")
        return counted(*given)  # type: ignore[arg-type]

    def copy_typed(*given: object) -> object:
        rows = copied(*given)  # type: ignore[arg-type]
        order.append("copied")
        is_copied.set()
        return rows

    monkeypatch.setattr(survey, "survey", late)
    monkeypatch.setattr(cells, "copy_typed", copy_typed)
    found = read("n,word,x\n" + ROWS)
    assert order == ["copied", "counted"]
    assert found.types == ["BIGINT", "VARCHAR", "DOUBLE"]
    assert found.rows[-1] == (2_999, "w3", 2_999.5)
    assert found.table.row_count == 3_000


def test_a_late_irregular_line_is_mended_or_rejected_as_ever(read: Reading) -> None:
    found = read("n,word,x\n" + ROWS + "3000,w4\n3001,w5,7.5\n")
    assert (found.table.row_count, found.table.rejected_row_count) == (3_001, 1)
    assert [row.line for row in found.table.rejected_samples] == [3_002]
    assert found.rows[-1] == (3_001, "w5", 7.5)
    assert found.types == ["BIGINT", "VARCHAR", "DOUBLE"]


def test_a_record_too_many_for_the_count_is_not_taken(read: Reading, monkeypatch: pytest.MonkeyPatch) -> None:
    counted = survey.survey

    def one_less(*given: object) -> survey.Survey:
        found = counted(*given)  # type: ignore[arg-type]
        assert found is not None
        return survey.Survey(found.record_count - 1, found.crlf)

    scratch: list[str] = []
    scratch_path = utf8.scratch_path

    def named(job: IngestJob, name: str) -> Path:
        if name != "sample.csv":
            scratch.append(name)
        return scratch_path(job, name)

    monkeypatch.setattr(reader, "scratch_path", named)
    monkeypatch.setattr(survey, "survey", one_less)
    found = read("n,word,x\n" + ROWS)
    # It was read from a mended copy, which asks for nothing of the survey.
    assert scratch == ["regular.csv"]
    assert found.table.row_count == 3_000


def test_a_first_line_that_ends_unlike_the_others_misleads_nobody(read: Reading) -> None:
    lines = ROWS.replace("\n", "\r\n")
    found = read('n,word,x\r\n7,"two\nlines",1.5\r\n' + lines)
    assert found.table.row_count == 3_001
    assert found.rows[0] == (7, "two\nlines", 1.5)
    assert found.rows[-1] == (2_999, "w3", 2_999.5)


def test_the_table_is_told_of_before_it_is_looked_at_for_warnings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    order: list[str] = []
    find = oddities.find

    def finding(*given: object, **named: object) -> object:
        order.append("looked at")
        return find(*given, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(oddities, "find", finding)
    path = tmp_path / "t.csv"
    path.write_text("n,code\n" + "".join(f"{number},{'x' if number == 2_000 else number}\n" for number in range(3_000)))
    (tmp_path / "out").mkdir()
    job = IngestJob(source_path=str(path), file_name=path.name, output_dir=str(tmp_path / "out"))
    table = reader.read(job, lambda fraction: None, ReadOptions(format=FileFormat.CSV), order.append)
    assert order == [table.path, "looked at"]
    assert [warning for warning in table.warnings if "looks like" in warning] == [
        "'code' stays text: 1 cell looks like 'x', on line 2,002."
    ]
