"""Reading a local file and checking it, both in children as the worker does it."""

import asyncio
import logging
import sys
import tempfile
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import structlog

from app.core.child import ChildLimits, ExitReason, run_child
from app.ingest import codec
from app.ingest.job import FileFormat, IngestFailure, IngestJob, IngestLimits, IngestResult, LogicalType, ReadOptions
from app.quality import supervised
from app.quality.contracts import document, reading
from app.quality.contracts.document import ContractProblem
from app.quality.contracts.entries import ContractRule
from app.quality.contracts.reading import Contract
from app.quality.job import QualityJob
from app.quality.problems import Code, Problem
from app.quality.running import failed_to_run
from app.quality.spec import PREVIOUS, History, Limits, RuleResult, RuleStatus, TableInfo


class CannotCheck(Exception):
    """There is nothing to judge: a file cannot be read, or the contract is none."""

    def __init__(self, where: str, message: str):
        super().__init__(message)
        self.where = where


@dataclass(frozen=True, kw_only=True)
class Request:
    """What was asked for on the command line."""

    file: Path
    contract: Path
    object_name: str | None = None
    previous: Path | None = None
    failed_rows: Path | None = None
    memory_bytes: int = 1 << 30
    timeout_seconds: int = 3600


@dataclass(frozen=True, kw_only=True)
class Report:
    """What was found."""

    file: Path
    table: IngestResult
    contract: Contract
    results: tuple[tuple[ContractRule, RuleResult], ...]

    def is_bad(self, *, strict: bool) -> bool:
        """Whether anything fails or cannot run; with `strict`, whether there is a warning."""
        bad = {RuleStatus.FAIL, RuleStatus.ERROR} | ({RuleStatus.WARN} if strict else set())
        return any(result.status in bad for _, result in self.results)


def run(request: Request) -> Report:
    """The file was read and every rule of the contract has a result; entries that cannot be read have an ERROR.

    Raises:
        CannotCheck.
    """
    # Only what the report says is for the person.
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    contract = _contract(request)
    for path in (request.file, request.previous):
        if path is not None and not path.is_file():
            raise CannotCheck(str(path), "There is no such file.")
    if request.failed_rows is not None:
        try:
            request.failed_rows.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise CannotCheck(str(request.failed_rows), f"The folder cannot be made: {error.strerror}.") from error
    with tempfile.TemporaryDirectory(prefix="datakura-check-") as folder:
        return asyncio.run(_run(request, contract, Path(folder)))


def _contract(request: Request) -> Contract:
    try:
        text = request.contract.read_bytes()
    except OSError as error:
        raise CannotCheck(str(request.contract), f"The contract cannot be read: {error.strerror}.") from error
    try:
        return reading.read(document.load(text), request.object_name)
    except ContractProblem as problem:
        place = f"line {problem.line}: " if problem.line else f"{problem.where}: " if problem.where else ""
        raise CannotCheck(str(request.contract), f"{place}{problem.message}") from problem


async def _run(request: Request, contract: Contract, folder: Path) -> Report:
    texts = {field.field_path for field in contract.fields if field.logical_type is LogicalType.STRING}
    table = await _read(request, request.file, folder / "file", texts)
    versions: dict[str, TableInfo] = {}
    if request.previous is not None:
        versions[PREVIOUS] = _info(await _read(request, request.previous, folder / "previous", texts), request.previous)
    scratch = folder / "scratch"
    scratch.mkdir()
    rules = tuple(rule for rule in (*contract.implied, *contract.rules) if rule.enabled)
    job = QualityJob(
        table=_info(table, request.file),
        specs=tuple(rule.spec for rule in rules),
        history=History(versions=versions),
        limits=Limits(
            memory_bytes=request.memory_bytes,
            scratch_dir=str(scratch),
            failed_rows_dir=str(request.failed_rows.resolve()) if request.failed_rows else None,
        ),
    )
    results = await supervised.check(job, supervised.Bounds(timeout_seconds=request.timeout_seconds), on_result=_nothing)
    # A rule that was written down and not checked must not look like one that passed.
    unread = [
        (rule, failed_to_run(rule.spec, rule.spec.type, Problem((), note, Code.INVALID_RULE)))
        for rule, note in contract.unreadable
    ]
    return Report(file=request.file, table=table, contract=contract, results=(*zip(rules, results, strict=True), *unread))


async def _nothing(result: RuleResult) -> None:
    """Results are shown at the end."""


def _info(table: IngestResult, file: Path) -> TableInfo:
    created_at = datetime.fromtimestamp(file.stat().st_mtime, UTC)
    return TableInfo(
        path=table.table_path, fields=table.fields, row_count=table.row_count, profile=table.profile, created_at=created_at
    )


async def _read(request: Request, path: Path, folder: Path, texts: set[str]) -> IngestResult:
    """The file as a table. What the contract calls text is text, even if it looks like a number: a postal code, 007."""
    found = await _read_as(request, path, folder / "1", ReadOptions())
    other = {
        field.field_path: LogicalType.STRING
        for field in found.fields
        if field.field_path in texts and field.logical_type not in (LogicalType.STRING, LogicalType.OBJECT, LogicalType.ARRAY)
    }
    if other and found.options.format is FileFormat.CSV:
        return await _read_as(request, path, folder / "2", replace(found.options, types=other))
    return found


def _job(request: Request, path: Path, folder: Path, options: ReadOptions) -> IngestJob:
    folder.mkdir(parents=True)
    return IngestJob(
        source_path=str(path.resolve()),
        file_name=path.name,
        output_dir=str(folder),
        options=options,
        limits=IngestLimits(memory_bytes=request.memory_bytes),
    )


async def _read_as(request: Request, path: Path, folder: Path, options: ReadOptions) -> IngestResult:
    job = _job(request, path, folder, options)
    limits = ChildLimits(
        memory_bytes=request.memory_bytes,
        timeout_seconds=request.timeout_seconds,
        cpu_seconds=request.timeout_seconds * job.limits.threads,
        file_size_bytes=job.limits.max_uncompressed_bytes,
    )
    verdicts: list[IngestResult | IngestFailure] = []

    async def on_line(line: bytes) -> None:
        message = codec.load_message(line)
        if isinstance(message, IngestResult | IngestFailure):
            verdicts.append(message)

    ended = await run_child([sys.executable, "-m", "app.ingest"], codec.dump(job), limits=limits, on_line=on_line)
    if not verdicts:
        reasons = {
            ExitReason.MEMORY: "Reading it takes more memory than --memory allows.",
            ExitReason.TIMEOUT: "Reading it takes longer than --timeout allows.",
        }
        raise CannotCheck(str(path), reasons.get(ended.reason, f"The reader ended without a result: {ended.stderr_tail[-500:]}"))
    verdict = verdicts[-1]
    if isinstance(verdict, IngestFailure):
        where = f"line {verdict.line}: " if verdict.line is not None else ""
        raise CannotCheck(str(path), f"{where}{verdict.message} {_here(verdict.hint or '')}".rstrip())
    return verdict


def _here(hint: str) -> str:
    """What to do about a file that nobody has uploaded."""
    return hint.replace(", then upload again", "")
