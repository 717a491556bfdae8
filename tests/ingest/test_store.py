"""The copy that all readers of typed files share."""

from pathlib import Path

import duckdb
import pytest

from app.ingest import engine
from app.ingest.job import Compression, FileFormat, IngestError, IngestErrorCode, ReadOptions
from app.ingest.store import damage_is_a_verdict, store
from tests.ingest.reading import job_of

OPTIONS = ReadOptions(format=FileFormat.PARQUET, compression=Compression.NONE)


@pytest.mark.parametrize("promised", [2, 4])
def test_no_row_vanishes_unseen(tmp_path: Path, promised: int) -> None:
    job = job_of(tmp_path / "t")
    with engine.connect(job) as connection, pytest.raises(IngestError) as caught:
        store(
            connection, job, "range(3) AS source(a)", lambda fraction: None, row_count=promised, originals=(None,), warnings=(),
            options=OPTIONS,
        )  # fmt: skip
    assert (caught.value.code, caught.value.message) == (
        IngestErrorCode.MALFORMED, f"The file says that it holds {promised} rows, but 3 could be read.",
    )  # fmt: skip


def test_what_is_not_the_files_fault_is_no_verdict_on_it() -> None:
    with pytest.raises(duckdb.OutOfMemoryException), damage_is_a_verdict("file"):
        raise duckdb.OutOfMemoryException("full")
    with pytest.raises(duckdb.IOException), damage_is_a_verdict("file"):
        raise duckdb.IOException("IO Error: Could not write file /x: No space left on device")
    with pytest.raises(IngestError, match=r"^The file is damaged: Bad page in column a\.$"), damage_is_a_verdict("file"):
        raise duckdb.IOException("IO Error: Bad page /tmp/secret/path in column a.\n\nmore")
