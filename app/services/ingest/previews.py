"""How the beginning of a file would be read: as an ingest reads it, in a child, and nothing of it is kept."""

import asyncio
import sys
import tempfile
from collections import OrderedDict
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import orjson

from app.adapters.tables import TablePage, first_rows
from app.core.child import ChildExit, ChildLimits, ExitReason, run_child
from app.core.errors import InvalidInput, Unavailable
from app.core.phrases import say
from app.core.settings import Settings
from app.ingest import codec
from app.ingest.job import IngestFailure, IngestJob, IngestLimits, IngestResult, ReadOptions

MOST_BYTES = 48 * 1024
"""Of a file's beginning; as base64 it is the longest text that a request may carry."""
MOST_ROWS = 50
CONCURRENT = 2
SHARE = 0.8
"""Of the time that an operation may take."""
CPU_SECONDS = 10
MEMORY_BYTES = 512 << 20
FILE_BYTES = 64 << 20

KEPT = 32
"""Previews that a process keeps: whoever turns an option off again waits for nothing."""

_slots = asyncio.Semaphore(CONCURRENT)
_kept: OrderedDict[bytes, "Preview"] = OrderedDict()


@dataclass(frozen=True, slots=True)
class Preview:
    """What reading the beginning of a file gives."""

    verdict: IngestResult | IngestFailure
    rows: TablePage | None
    """The first ones; None with a failure."""


async def preview(head: bytes, *, is_whole: bool, file_name: str, options: dict[str, object], settings: Settings) -> Preview:
    """The first rows of a file, read with these options.

    Args:
        head: its first bytes; what stands behind the last end of a line is left out unless the file is whole.
        options: as `ReadOptionsInput.parsed` gives them.
    Raises:
        InvalidInput: nothing, or too much. Unavailable: the reader gave no verdict.
    """
    if not 1 <= len(head) <= MOST_BYTES:
        raise InvalidInput(say("PREVIEW_BYTES", "Send 1 to {most:,} bytes of the file.", most=MOST_BYTES), path=("head",))
    # Limits are the process's own, so they need not be part of it.
    key = sha256(orjson.dumps([head.hex(), is_whole, file_name, options], option=orjson.OPT_SORT_KEYS)).digest()
    if key in _kept:
        _kept.move_to_end(key)
        return _kept[key]
    async with _slots:
        found = await _made(head if is_whole else _whole_lines(head), file_name, options, settings)
    _kept[key] = found
    while len(_kept) > KEPT:
        _kept.popitem(last=False)
    return found


async def _made(content: bytes, file_name: str, options: dict[str, object], settings: Settings) -> Preview:
    with tempfile.TemporaryDirectory(prefix="datakura-preview-") as folder:
        job = await asyncio.to_thread(_laid_out, Path(folder), content, file_name, options, settings)
        verdict = await _read(job, settings.operation_timeout_seconds * SHARE)
        if isinstance(verdict, IngestFailure):
            return Preview(verdict, None)
        return Preview(verdict, await asyncio.to_thread(_first_rows, verdict, job))


def _laid_out(folder: Path, content: bytes, file_name: str, options: dict[str, object], settings: Settings) -> IngestJob:
    source, output = folder / "file", folder / "output"
    output.mkdir()
    source.write_bytes(content)
    return IngestJob(
        source_path=str(source),
        file_name=file_name,
        output_dir=str(output),
        options=codec.load(ReadOptions, orjson.dumps(options)),
        # Of so few rows a few wrong ones are many: they are to be seen, not a verdict.
        limits=IngestLimits(
            memory_bytes=MEMORY_BYTES,
            threads=1,
            max_columns=settings.max_columns,
            max_rejected_fraction=1.0,
            max_uncompressed_bytes=FILE_BYTES,
        ),
    )


def _first_rows(verdict: IngestResult, job: IngestJob) -> TablePage:
    """From the child's own folder: a reader that a hostile file has taken over could name any other."""
    table = Path(verdict.table_path)
    if str(table.parent) != job.output_dir or table.is_symlink():
        raise Unavailable(say("PREVIEW_NO_ANSWER", "The preview gave no answer."))
    return first_rows(table, MOST_ROWS)


async def _read(job: IngestJob, seconds: float) -> IngestResult | IngestFailure:
    verdicts: list[IngestResult | IngestFailure] = []

    async def on_line(line: bytes) -> None:
        message = codec.load_message(line)
        if isinstance(message, IngestResult | IngestFailure):
            verdicts.append(message)

    limits = ChildLimits(
        memory_bytes=MEMORY_BYTES,
        timeout_seconds=seconds,
        cpu_seconds=CPU_SECONDS,
        file_size_bytes=FILE_BYTES,
        max_line_bytes=16 << 20,
    )
    ended: ChildExit = await run_child([sys.executable, "-m", "app.ingest"], codec.dump(job), limits=limits, on_line=on_line)
    if ended.reason is ExitReason.EXITED and ended.exit_code == 0 and verdicts:
        return verdicts[-1]
    raise Unavailable(
        say("PREVIEW_TOO_SLOW", "The preview gave no answer in time. Upload the file: an upload has more time and memory.")
    )


def _whole_lines(head: bytes) -> bytes:
    """Without the line that was cut; with it where there is no other. A line of UTF-16 ends with two bytes."""
    end = head.rfind(b"\n")
    if end <= 0:
        return head
    if head[:2] in (b"\xff\xfe", b"\xfe\xff"):
        end = (end + 2) & ~1
        return head[:end]
    return head[: end + 1]
