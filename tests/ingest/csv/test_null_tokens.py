"""A word that means 'absent' among numbers means it in texts too, unless it may be a value there; the version says which."""

from collections.abc import Collection
from pathlib import Path

import pytest

from app.ingest.csv import cells
from app.ingest.csv.absence import is_plausible
from app.ingest.job import IngestJob, IngestResult, LogicalType, ReadOptions
from app.ingest.run import run


def ingested(folder: Path, text: str, options: ReadOptions = ReadOptions()) -> IngestResult:
    output = folder / "output"
    output.mkdir()
    source = folder / "table.csv"
    source.write_text(text)
    job = IngestJob(source_path=str(source), file_name=source.name, output_dir=str(output), options=options)
    result = run(job, lambda progress: None)
    assert isinstance(result, IngestResult)
    return result


def null_counts(result: IngestResult) -> list[int]:
    return [profile.null_count for profile in result.profile.field_profiles]


def test_a_code_that_is_absent_elsewhere_is_kept_and_said(tmp_path: Path) -> None:
    result = ingested(tmp_path, "country,population\nNA,2600000\nDE,NA\nNA,NA\n")
    assert [(field.field_path, field.logical_type) for field in result.fields] == [
        ("country", LogicalType.STRING),
        ("population", LogicalType.INTEGER),
    ]
    assert null_counts(result) == [0, 2]
    assert result.options.null_tokens == ("", "NA")
    said = (
        "'country' keeps 2 cells as text that are NA, which is read as absent in other columns. "
        "To read it as absent everywhere, give it as a null token."
    )
    assert result.warnings == (said,)


@pytest.mark.parametrize("rows", [2, 40_000], ids=["whole", "sampled"])
def test_a_word_that_is_absent_among_numbers_is_absent_among_texts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rows: int
) -> None:
    monkeypatch.setattr(cells, "SMALL_BYTES", 100_000)
    body = "N14228,UA,5\nN24211,B6,NA\n" * (rows // 2)
    result = ingested(tmp_path, f"tailnum,carrier,delay\n{body}NA,AA,7\n NA,NA,8\n,9E,9\n")
    assert null_counts(result) == [3, 0, rows // 2]
    assert result.row_count == rows + 3
    assert result.warnings == (
        (
            "NA means 'absent' in columns of numbers or dates, and was read as absent in 1 text column too: 'tailnum'. "
            "Where it is a value, give the column's type as STRING in the options, and it stays."
        ),
        (
            "'carrier' keeps 1 cell as text that is NA, which is read as absent in other columns. "
            "To read it as absent everywhere, give it as a null token."
        ),
    )


def test_a_column_that_has_to_be_text_keeps_the_word(tmp_path: Path) -> None:
    options = ReadOptions(types={"name": LogicalType.STRING})
    result = ingested(tmp_path, "name,note,n\nNA,NA,NA\nx y,z w,2\n", options)
    assert null_counts(result) == [0, 1, 1]


def test_a_word_that_is_absent_nowhere_else_stays(tmp_path: Path) -> None:
    result = ingested(tmp_path, "name,n\nNA,1\nx y,2\n")
    assert (null_counts(result), result.warnings) == ([0, 0], ())


@pytest.mark.parametrize(
    ("token", "values", "kept"),
    [
        ("NA", ["DE", "FR", "NA"], True),
        ("NA", ["EMEA", "APAC", "LATAM"], True),
        ("NA", ["EWR", "IAH", "MIA"], False),  # a code of two letters is none of three
        ("NA", ["MALE", "FEMALE"], False),
        ("NA", ["Windhoek", "DE", "Berlin"], False),
        ("NA", ["NA"], False),
        ("NAN", ["SUV", "NAN"], True),
        ("None", ["Light", "Heavy"], True),
        ("None", [f"name {n}" for n in range(13)], False),
        ("-", ["+"], True),
        ("-", ["x", "1"], False),
        ("?", ["ford pinto"], False),
        ("NULL", ["MALE", "NULL"], False),
    ],
)
def test_what_may_be_a_value(token: str, values: Collection[str], kept: bool) -> None:
    assert is_plausible(token, values) is kept
