"""One job from file to verdict: detect, read, profile."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Protocol

import duckdb

from app.core.phrases import say
from app.ingest import engine
from app.ingest.job import (
    FileFormat,
    IngestError,
    IngestErrorCode,
    IngestFailure,
    IngestJob,
    IngestResult,
    Progress,
    ReadOptions,
    Stage,
    TableWritten,
)
from app.ingest.table import Report, StoredTable, Written

READING_SHARE = 0.65
"""Part (0-1) of the child's work that is reading; the rest is the profile (measured on 10 M rows, 2026-11)."""

Tell = Callable[[Progress | TableWritten], None]


class Reader(Protocol):
    """What each format's module offers as `read`."""

    def __call__(self, job: IngestJob, report: Report, options: ReadOptions) -> StoredTable: ...


def run(job: IngestJob, tell: Tell) -> IngestResult | IngestFailure:
    """The verdict on a file: a table with its profile, or why there is none.

    Whatever is the file's fault or the limits' becomes an IngestFailure; any other exception is a bug and is raised.

    Args:
        tell: called with progress, never with a smaller fraction than before, and once the table is written with that.
    """
    tell = _rising(tell)
    found = job.options
    try:
        tell(Progress(stage=Stage.VALIDATING, fraction=0.0))
        found = _detected(job)
        read = _reader(found.format, lambda path: tell(TableWritten(path=path)))
        table = read(job, _part(tell, Stage.VALIDATING, 0.0, READING_SHARE), found)
        found = table.options
        tell(TableWritten(path=table.path))
        return _profiled(job, table, _part(tell, Stage.PROFILING, READING_SHARE, 1.0))
    except IngestError as error:
        return _failure(error, found)
    except (duckdb.OutOfMemoryException, MemoryError):
        return _out_of_memory(job, found)


def _detected(job: IngestJob) -> ReadOptions:
    from app.ingest import detect

    kind, compression = detect.detect(Path(job.source_path), job.options)
    return replace(job.options, format=kind, compression=compression)


def _reader(format: FileFormat | None, written: Written) -> Reader:
    """The reader of a format, imported only now: a CSV needs no polars, a workbook no CSV machinery."""
    match format:
        case FileFormat.CSV:
            from app.ingest.csv import reader as csv_reader

            return partial(csv_reader.read, written=written)
        case FileFormat.JSON | FileFormat.JSON_LINES:
            from app.ingest.json import reader as json_reader

            return json_reader.read
        case FileFormat.PARQUET:
            from app.ingest.columnar import parquet

            return parquet.read
        case FileFormat.ARROW:
            from app.ingest.columnar import arrow

            return arrow.read
        case FileFormat.XLSX:
            from app.ingest.sheet import xlsx

            return xlsx.read
        case None:
            raise ValueError("detection gave no format")


def _profiled(job: IngestJob, table: StoredTable, report: Report) -> IngestResult:
    from app.ingest.profile import profiler

    report(0.0)
    with engine.connect(job) as connection:
        statistics = profiler.profile(connection, table.path, table.fields, report)
    return IngestResult(
        options=table.options,
        table_path=table.path,
        row_count=table.row_count,
        fields=table.fields,
        profile=statistics,
        rejected_row_count=table.rejected_row_count,
        rejects_path=table.rejects_path,
        rejected_samples=table.rejected_samples,
        warnings=table.warnings,
    )


def _failure(error: IngestError, found: ReadOptions) -> IngestFailure:
    return IngestFailure(
        code=error.code,
        message=error.message,
        hint=error.hint,
        line=error.line,
        options=error.options or found,
        rejected_row_count=error.rejected_row_count,
        rejected_samples=error.rejected_samples,
    )


def _out_of_memory(job: IngestJob, found: ReadOptions) -> IngestFailure:
    limit_mib = job.limits.memory_bytes >> 20
    return IngestFailure(
        code=IngestErrorCode.OUT_OF_MEMORY,
        message=say(
            "MEMORY_LIMIT",
            "Reading this file needs more memory than the {limit_mib} MiB that one file may take.",
            limit_mib=limit_mib,
        ),
        hint=say(
            "HINT_MEMORY_LIMIT",
            "Split very long cells or very wide tables into smaller files, or ask an administrator to raise "
            "the limit (DATAKURA_CHILD_MEMORY_BYTES).",
        ),
        options=found,
    )


def _rising(tell: Tell) -> Tell:
    """Progress that never falls, and the table told of once."""
    highest, is_written = 0.0, False

    def rising(progress: Progress | TableWritten) -> None:
        nonlocal highest, is_written
        if isinstance(progress, TableWritten):
            if not is_written:
                is_written = True
                tell(progress)
            return
        highest = max(highest, min(1.0, progress.fraction))
        tell(Progress(stage=progress.stage, fraction=highest))

    return rising


def _part(tell: Tell, stage: Stage, start: float, end: float) -> Report:
    """A reader's own 0-1 as the slice `start`-`end` of the whole."""
    return lambda fraction: tell(Progress(stage=stage, fraction=start + (end - start) * fraction))
