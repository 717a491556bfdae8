"""The child as the worker starts it: one job in, lines out."""

import asyncio
import json
import subprocess
import sys
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from app.core.child import ChildExit, ChildLimits, ExitReason, run_child
from app.ingest import codec, run
from app.ingest.job import (
    Compression,
    FileFormat,
    IngestError,
    IngestErrorCode,
    IngestFailure,
    IngestJob,
    IngestLimits,
    IngestResult,
    Progress,
    ReadOptions,
    RejectedRow,
    Stage,
    TableWritten,
)
from app.ingest.table import Report, StoredTable

LIMITS = ChildLimits(memory_bytes=1 << 30, timeout_seconds=60, cpu_seconds=60, file_size_bytes=1 << 30)


def job_of(source: Path, **given: IngestLimits) -> IngestJob:
    output = source.parent / "out"
    output.mkdir()
    return IngestJob(source_path=str(source), file_name=source.name, output_dir=str(output), **given)


async def child(stdin: bytes, limits: ChildLimits = LIMITS) -> tuple[ChildExit, list[bytes]]:
    lines: list[bytes] = []

    async def keep(line: bytes) -> None:
        lines.append(line)

    return await run_child([sys.executable, "-m", "app.ingest"], stdin, limits=limits, on_line=keep), lines


@pytest.mark.asyncio
async def test_a_child_waits_for_a_file_that_is_arriving(tmp_path: Path) -> None:
    source, part = tmp_path / "t.csv", tmp_path / "t.part"
    job = replace(job_of(source), is_arriving=True)
    waiting = asyncio.create_task(child(codec.dump(job)))
    await asyncio.sleep(0)
    part.write_text("n,word\n1,a\n")
    with part.open("a") as file:
        file.write("2,b\n")
    part.rename(source)
    ended, lines = await waiting
    result = codec.load_message(lines[-1])
    assert (ended.exit_code, ended.stderr_tail) == (0, "")
    assert isinstance(result, IngestResult)
    assert result.row_count == 2


@pytest.mark.asyncio
async def test_a_file_gives_progress_and_then_one_result(tmp_path: Path) -> None:
    source = tmp_path / "t.parquet"
    pq.write_table(pa.table({"n": range(1_000), "word": [f"w{n % 7}" for n in range(1_000)]}), source)
    ended, lines = await child(codec.dump(job_of(source)))
    assert (ended.exit_code, ended.reason, ended.stderr_tail) == (0, ExitReason.EXITED, "")
    *before, result = [codec.load_message(line) for line in lines]
    assert isinstance(result, IngestResult)
    (written,) = [message for message in before if isinstance(message, TableWritten)]
    assert written.path == result.table_path
    progress = [message for message in before if message is not written]
    stages = [message.stage for message in progress if isinstance(message, Progress)]
    assert list(dict.fromkeys(stages)) == [Stage.VALIDATING, Stage.PROFILING]
    profiling = next(message for message in progress if isinstance(message, Progress) and message.stage is Stage.PROFILING)
    assert before.index(written) < before.index(profiling)
    assert (result.row_count, result.options.format) == (1_000, FileFormat.PARQUET)
    assert [field.field_path for field in result.fields] == ["n", "word"]
    assert (result.profile.row_count, result.profile.field_profiles[0].mean) == (1_000, 499.5)
    assert pq.read_table(result.table_path)["n"].to_pylist() == list(range(1_000))
    assert all(isinstance(message, Progress) for message in progress)
    fractions = [message.fraction for message in progress if isinstance(message, Progress)]
    assert fractions[0] == 0.0
    assert all(before <= after <= 1 for before, after in pairwise(fractions))


@pytest.mark.asyncio
async def test_a_bad_file_is_a_verdict_and_exit_0(tmp_path: Path) -> None:
    source = tmp_path / "t.parquet"
    pq.write_table(pa.table({"n": range(1_000)}), source)
    source.write_bytes(source.read_bytes()[:-5])
    ended, lines = await child(codec.dump(job_of(source)))
    failure = codec.load_message(lines[-1])
    assert ended.exit_code == 0
    assert isinstance(failure, IngestFailure)
    assert (failure.code, failure.options) == (
        IngestErrorCode.TRUNCATED, ReadOptions(format=FileFormat.PARQUET, compression=Compression.NONE),
    )  # fmt: skip


@pytest.mark.asyncio
async def test_a_job_that_is_none_is_a_crash(tmp_path: Path) -> None:
    ended, lines = await child(b'{"source_path": 1}')
    assert (ended.exit_code, lines) == (1, [])
    assert "ValidationError" in ended.stderr_tail


@pytest.mark.asyncio
async def test_a_file_that_grows_past_its_limit_ends_the_child_as_such(tmp_path: Path) -> None:
    source = tmp_path / "t.parquet"
    pq.write_table(pa.table({"n": [str(hash((n, "x"))) for n in range(50_000)]}), source)
    limits = ChildLimits(memory_bytes=1 << 30, timeout_seconds=60, cpu_seconds=60, file_size_bytes=10_000)
    ended, _ = await child(codec.dump(job_of(source)), limits)
    assert ended.reason == ExitReason.FILE_SIZE


def reader_that(action: BaseException) -> object:
    def read(job: IngestJob, report: Report, options: ReadOptions) -> StoredTable:
        raise action

    return read


def run_with(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, action: BaseException) -> IngestResult | IngestFailure:
    source = tmp_path / "t.parquet"
    pq.write_table(pa.table({"n": [1]}), source)
    monkeypatch.setattr("app.ingest.columnar.parquet.read", reader_that(action))
    return run.run(job_of(source), lambda progress: None)


def test_an_error_brings_what_it_knows(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    sample = RejectedRow(line=3, reason="too short", field_path=None, text="a")
    error = IngestError(
        IngestErrorCode.TOO_MANY_BAD_ROWS, "Half of it is bad.", hint="Mend it.", line=3,
        options=ReadOptions(delimiter=";"), rejected_row_count=9, rejected_samples=(sample,),
    )  # fmt: skip
    assert run_with(monkeypatch, tmp_path, error) == IngestFailure(
        code=IngestErrorCode.TOO_MANY_BAD_ROWS, message="Half of it is bad.", hint="Mend it.", line=3,
        options=ReadOptions(delimiter=";"), rejected_row_count=9, rejected_samples=(sample,),
    )  # fmt: skip


def test_memory_that_runs_out_is_a_verdict_with_a_hint(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    failure = run_with(monkeypatch, tmp_path, MemoryError())
    assert isinstance(failure, IngestFailure)
    assert (failure.code, failure.message) == (
        IngestErrorCode.OUT_OF_MEMORY, "Reading this file needs more memory than the 1024 MiB that one file may take.",
    )  # fmt: skip
    assert failure.hint is not None


def test_a_bug_is_raised(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError):
        run_with(monkeypatch, tmp_path, ZeroDivisionError())


def test_progress_never_falls(tmp_path: Path) -> None:
    source = tmp_path / "t.parquet"
    pq.write_table(pa.table({f"c{number}": [1] for number in range(30)}), source)
    told: list[Progress] = []
    run.run(job_of(source), lambda message: told.append(message) if isinstance(message, Progress) else None)
    fractions = [progress.fraction for progress in told]
    assert fractions == sorted(fractions)
    assert (fractions[0], fractions[-1]) == (0.0, 1.0)
    stages = [progress.stage for progress in told]
    assert stages == sorted(stages, key=[Stage.VALIDATING, Stage.PROFILING].index)


def test_messages_survive_the_pipe() -> None:
    messages: list[codec.Message] = [
        Progress(stage=Stage.PROFILING, fraction=0.5),
        TableWritten(path="/o/table.parquet"),
        IngestFailure(code=IngestErrorCode.MALFORMED, message="ä", line=7, options=ReadOptions(null_tokens=("", "NA"))),
    ]
    assert [codec.load_message(codec.dump(message)) for message in messages] == messages
    job = IngestJob(source_path="/s", file_name="s", output_dir="/o", options=ReadOptions(format=FileFormat.CSV))
    assert codec.load(IngestJob, codec.dump(job)) == job


def test_a_job_with_a_wrong_type_is_refused_by_name() -> None:
    job = json.loads(codec.dump(IngestJob(source_path="/s", file_name="s", output_dir="/o")))
    job["limits"]["threads"] = "2"
    with pytest.raises(ValueError, match=r"limits\.threads"):
        codec.load(IngestJob, json.dumps(job).encode())


def test_the_start_imports_no_reader() -> None:
    heavy = ("polars", "python_calamine", "clevercsv", "pyarrow", "pandas")
    code = f"import sys, app.ingest.__main__; print([name for name in {heavy} if name in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True).stdout == "[]\n"
