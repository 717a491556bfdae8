"""A token that means 'absent' in numbers stays text in text, and the version says so."""

from pathlib import Path

from app.ingest.job import IngestJob, IngestResult, LogicalType
from app.ingest.run import run


def test_a_text_that_is_absent_elsewhere_is_kept_and_said(tmp_path: Path) -> None:
    output = tmp_path / "output"
    output.mkdir()
    source = tmp_path / "countries.csv"
    source.write_text("country,population\nNA,2600000\nDE,NA\nNA,NA\n")
    result = run(IngestJob(source_path=str(source), file_name=source.name, output_dir=str(output)), lambda progress: None)
    assert isinstance(result, IngestResult)
    assert [(field.field_path, field.logical_type) for field in result.fields] == [
        ("country", LogicalType.STRING),
        ("population", LogicalType.INTEGER),
    ]
    assert [profile.null_count for profile in result.profile.field_profiles] == [0, 2]
    assert result.options.null_tokens == ("", "NA")
    said = (
        "'country' keeps 2 cells as text that are NA, which is read as absent in other columns. "
        "To read it as absent everywhere, give it as a null token."
    )
    assert result.warnings == (said,)
