"""Files made for a test, read the way the child reads them."""

from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from app.ingest.job import IngestError, IngestJob, IngestLimits, ReadOptions
from app.ingest.table import Report, StoredTable

Reader = Callable[[IngestJob, Report, ReadOptions], StoredTable]
Cells = list[tuple[object, ...]]


def job_of(source: Path, *, options: ReadOptions = ReadOptions(), limits: IngestLimits = IngestLimits()) -> IngestJob:
    """A job with an output folder of its own beside the source."""
    output = source.parent / f"{source.name}.out"
    output.mkdir()
    return IngestJob(source_path=str(source), file_name=source.name, output_dir=str(output), options=options, limits=limits)


def read_with(reader: Reader, source: Path, **given: IngestLimits | ReadOptions) -> StoredTable:
    job = job_of(source, **given)  # type: ignore[arg-type]
    return reader(job, lambda fraction: None, job.options)


def refused(reader: Reader, source: Path, **given: IngestLimits | ReadOptions) -> IngestError:
    with pytest.raises(IngestError) as caught:
        read_with(reader, source, **given)
    return caught.value


def cells(table: StoredTable) -> Cells:
    """All rows of the stored copy; moments with a zone as text, so that no library of zones is needed."""
    connection = duckdb.connect(config={"threads": "2"})
    connection.execute("SET TimeZone = 'UTC'")
    columns = ", ".join(
        f'CAST("{field.field_path}" AS VARCHAR)'
        if "ZONE" in field.native_type or "TZ" in field.native_type
        else f'"{field.field_path}"'
        for field in table.fields
    )
    return connection.execute(f"SELECT {columns} FROM '{table.path}'").fetchall()


def types(table: StoredTable) -> list[tuple[str, str, str]]:
    return [(field.field_path, field.logical_type.value, field.native_type) for field in table.fields]
