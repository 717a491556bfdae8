"""What the worker believes of its child."""

from pathlib import Path

import pytest

from app.services.ingest.ingestion import ChildCrashed, _own


def test_a_child_names_files_of_its_own_folder(tmp_path: Path) -> None:
    output = tmp_path / "output"
    output.mkdir()
    (output / "table.parquet").touch()
    assert _own(str(output / "table.parquet"), output) == str(output / "table.parquet")


@pytest.mark.parametrize(
    "name", ["/etc/passwd", "{output}/../secret", "{output}/deep/table.parquet", "{output}/link", "table.parquet"]
)
def test_a_child_that_names_another_file_is_not_believed(tmp_path: Path, name: str) -> None:
    output = tmp_path / "output"
    output.mkdir()
    (output / "link").symlink_to("/etc/passwd")
    with pytest.raises(ChildCrashed, match="the reader named a file that is not its own"):
        _own(name.format(output=output), output)
