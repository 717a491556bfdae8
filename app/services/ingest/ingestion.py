"""One ingest from object to verdict: the file comes to scratch, a child reads it, its results go to the store."""

import asyncio
import shutil
import sys
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Self

import structlog

from app.adapters.storage import Storage
from app.core import faults
from app.core.child import ChildExit, ChildLimits, ExitReason, run_child
from app.core.errors import Unavailable
from app.core.ledger import Claim, TaskError
from app.core.phrases import say
from app.core.settings import Settings
from app.ingest import codec
from app.ingest.job import (
    IngestErrorCode,
    IngestFailure,
    IngestJob,
    IngestLimits,
    IngestResult,
    Progress,
    Stage,
    TableWritten,
)
from app.services.ingest.files import Results, download
from app.services.ingest.ingests import FileRefused, KeptFile, Source

log = structlog.get_logger(__name__)

Tell = Callable[[Stage, float], Awaitable[None]]
"""Called with a stage and the fraction (0-1) of the whole ingest that is done."""

DOWNLOADED, READ = 0.15, 0.9
"""Fractions of the whole ingest that are done after these steps."""
SCRATCH_WAIT_SECONDS = 20.0
SCRATCH_FACTOR = 4
"""Scratch that a job may need for each byte of its file: the file, a transcoded copy, spilling, results."""


class ChildCrashed(TaskError):
    """The child ended without a verdict: not the file's fault as far as we know, so it is tried again.

    What it wrote goes to the log and nowhere else: it may hold paths of the machine and cells of the file.
    """


class ChildRaised(ChildCrashed):
    """The child met an exception that nobody caught: a bug of ours, which the same file would show again."""

    max_attempts = 2


async def ingest(
    source: Source, claim: Claim, *, storage: Storage, settings: Settings, folder: Path, tell: Tell
) -> tuple[IngestResult, list[KeptFile]]:
    """The file was read and its results are stored under keys of this task and fence; nothing refers to them yet.

    Args:
        folder: an existing folder of this worker's scratch.

    Raises:
        FileRefused: a verdict on the file.
        ChildCrashed, Unavailable: to be tried again.
    """

    async def told_downloading(fraction: float) -> None:
        await tell(Stage.DOWNLOADING, DOWNLOADED * fraction)

    async with _scratch(folder, source, settings) as scratch, Results(source, claim, storage) as results:
        path = scratch / "source" / "file"
        path.parent.mkdir()
        async with EarlyReading(_read_in_child(source, path, scratch, settings, tell, results)) as child:
            # It waits for the file: its start takes as long as the last quarter of a gigabyte.
            digest = await download(source, storage, path, told_downloading, child.start)
            faults.point("worker.after_download")
            result = await child.result()
            faults.point("worker.after_child")
        await tell(Stage.STORING, READ)
        files = await results.files(result, digest)
        faults.point("worker.after_store")
        return result, files


class EarlyReading:
    """Reading that may begin early. At the end of the block the child is dead, whatever happened."""

    def __init__(self, reading: Coroutine[None, None, IngestResult]):
        self._reading = reading
        self._task: asyncio.Task[IngestResult] | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._task is None:
            self._reading.close()
            return
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)

    def start(self) -> None:
        """The child starts, unless it has already."""
        if self._task is None:
            self._task = asyncio.create_task(self._reading)

    async def result(self) -> IngestResult:
        """What it read.

        Raises:
            FileRefused, ChildCrashed.
        """
        self.start()
        assert self._task is not None  # started
        return await self._task


@asynccontextmanager
async def _scratch(folder: Path, source: Source, settings: Settings) -> AsyncIterator[Path]:
    """A folder for one job, gone afterwards whatever happens. Bounded: a job starts only when its share is free."""
    needed = source.size_bytes * SCRATCH_FACTOR
    if source.size_bytes > settings.scratch_max_bytes:
        raise FileRefused(
            IngestFailure(
                code=IngestErrorCode.TOO_LARGE_UNCOMPRESSED,
                message=say(
                    "FILE_TOO_LARGE_FOR_WORKER",
                    "The file has {size_bytes:,} bytes; workers here read at most {most:,}.",
                    size_bytes=source.size_bytes,
                    most=settings.scratch_max_bytes,
                ),
                hint=say(
                    "HINT_MORE_SCRATCH", "Split the file, or ask the operator for more scratch (DATAKURA_SCRATCH_MAX_BYTES)."
                ),
            )
        )
    needed = min(needed, settings.scratch_max_bytes) + settings.scratch_reserve_bytes
    free = shutil.disk_usage(folder).free
    if free < needed:
        message = say(
            "SCRATCH_FULL_TO_READ",
            "There is too little disk space to read it: {needed:,} bytes are needed on the worker, {free:,} are free.",
            needed=needed,
            free=free,
        )
        raise Unavailable(message, retry_after_seconds=SCRATCH_WAIT_SECONDS)
    path = Path(tempfile.mkdtemp(prefix="ingest-", dir=folder))
    try:
        yield path
    finally:
        await asyncio.to_thread(shutil.rmtree, path, ignore_errors=True)


async def _read_in_child(
    source: Source, path: Path, scratch: Path, settings: Settings, tell: Tell, results: Results
) -> IngestResult:
    output = scratch / "output"
    output.mkdir()
    job = IngestJob(
        source_path=str(path),
        file_name=source.file_name,
        output_dir=str(output),
        options=source.options,
        is_arriving=True,
        limits=IngestLimits(
            memory_bytes=settings.child_memory_bytes,
            threads=settings.child_threads,
            max_columns=settings.max_columns,
            max_cell_bytes=settings.max_cell_bytes,
            max_uncompressed_bytes=settings.scratch_max_bytes,
            max_rejected_fraction=settings.max_rejected_fraction,
        ),
    )
    limits = ChildLimits(
        memory_bytes=settings.child_memory_bytes,
        timeout_seconds=settings.child_timeout_seconds,
        cpu_seconds=settings.child_timeout_seconds * settings.child_threads,
        file_size_bytes=settings.scratch_max_bytes,
    )
    verdicts: list[IngestResult | IngestFailure] = []

    async def on_line(line: bytes) -> None:
        message = codec.load_message(line)
        if isinstance(message, Progress):
            await tell(message.stage, DOWNLOADED + (READ - DOWNLOADED) * message.fraction)
        elif isinstance(message, TableWritten):
            results.send_table(_own(message.path, output))
        else:
            verdicts.append(message)

    ended = await run_child([sys.executable, "-m", "app.ingest"], codec.dump(job), limits=limits, on_line=on_line)
    log.info("ingest.child_ended", version=str(source.version_id), reason=ended.reason, peak_rss_bytes=ended.peak_rss_bytes)
    verdict = _verdict(ended, verdicts, settings)
    if isinstance(verdict, IngestFailure):
        raise FileRefused(verdict)
    for named in filter(None, (verdict.table_path, verdict.rejects_path)):
        _own(named, output)
    return verdict


def _own(path: str, output: Path) -> str:
    """The path, which lies in the child's own folder: a reader that a hostile file has taken over could name any other."""
    file = Path(path)
    if file.parent != output or file.is_symlink():
        raise ChildCrashed("the reader named a file that is not its own")
    return path


def _verdict(ended: ChildExit, verdicts: list[IngestResult | IngestFailure], settings: Settings) -> IngestResult | IngestFailure:
    if ended.reason is ExitReason.EXITED and ended.exit_code == 0 and verdicts:
        return verdicts[-1]
    match ended.reason:
        case ExitReason.MEMORY:
            return IngestFailure(
                code=IngestErrorCode.OUT_OF_MEMORY,
                message=say(
                    "CHILD_MEMORY",
                    "Reading this file takes more than {limit_mib:,} MiB of memory.",
                    limit_mib=settings.child_memory_bytes >> 20,
                ),
                hint=say("HINT_MORE_MEMORY", "Split the file, or ask the operator for more (DATAKURA_CHILD_MEMORY_BYTES)."),
            )
        case ExitReason.TIMEOUT | ExitReason.CPU:
            return IngestFailure(
                code=IngestErrorCode.TIMED_OUT,
                message=say(
                    "CHILD_TIME", "Reading this file takes more than {seconds:,} seconds.", seconds=settings.child_timeout_seconds
                ),
                hint=say("HINT_MORE_TIME", "Split the file, or ask the operator for more time (DATAKURA_CHILD_TIMEOUT_SECONDS)."),
            )
        case ExitReason.FILE_SIZE:
            return IngestFailure(
                code=IngestErrorCode.TOO_LARGE_UNCOMPRESSED,
                message=say(
                    "CHILD_FILE_SIZE", "Unpacked, this file takes more than {most:,} bytes.", most=settings.scratch_max_bytes
                ),
                hint=say(
                    "HINT_MORE_SCRATCH", "Split the file, or ask the operator for more scratch (DATAKURA_SCRATCH_MAX_BYTES)."
                ),
            )
    log.error("ingest.child_crashed", exit_code=ended.exit_code, signal=ended.signal, stderr=ended.stderr_tail[-4000:])
    if ended.exit_code == 1:
        raise ChildRaised("the reader ended by an exception")
    raise ChildCrashed(f"the reader was ended by signal {ended.signal}" if ended.signal else f"exit status {ended.exit_code}")
