"""One quality run from stored table to results: tables come to scratch, children check them, failed rows go to the store."""

import asyncio
import shutil
import tempfile
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from app.adapters.storage import Storage
from app.core import faults
from app.core.db import Database
from app.core.errors import Unavailable
from app.core.ledger import Claim
from app.core.phrases import say
from app.core.settings import Settings
from app.models.quality import QualityStatus
from app.quality import supervised
from app.quality.job import QualityJob
from app.quality.spec import Limits, RuleResult
from app.quality.table import Unreadable
from app.services.quality import tables
from app.services.quality.progress import Started
from app.services.quality.tables import TableGone

SCRATCH_WAIT_SECONDS = 20.0
Tell = Callable[[Counter[QualityStatus]], Awaitable[None]]
"""Called with the results so far, counted."""


@dataclass(frozen=True, slots=True)
class Checked:
    """A rule's result, and where the file of all its failed rows lies."""

    result: RuleResult
    failed_rows_key: str | None


async def check(
    run: Started, claim: Claim, *, db: Database, storage: Storage, settings: Settings, folder: Path, tell: Tell
) -> list[Checked]:
    """One result for each rule of the run, in their order.

    Args:
        folder: an existing folder of this worker's scratch.
    Raises:
        TableGone: there is nothing to check. Unavailable: to be tried again.
    """
    inputs = await tables.collect(db, run)
    async with _scratch(folder, inputs.size_bytes, settings) as scratch:
        table, history = await tables.fetch(inputs, storage, scratch)
        faults.point("quality.after_download")
        spill, failed = scratch / "spill", scratch / "failed"
        spill.mkdir()
        failed.mkdir()
        job = QualityJob(
            table=table,
            specs=tuple(rule.spec for rule in run.rules),
            history=history,
            limits=Limits(
                memory_bytes=settings.child_memory_bytes,
                threads=settings.child_threads,
                scratch_dir=str(spill),
                failed_rows_dir=str(failed) if run.keeps_failed_rows else None,
            ),
        )
        bounds = supervised.Bounds(timeout_seconds=settings.child_timeout_seconds, file_size_bytes=settings.scratch_max_bytes)
        found: Counter[QualityStatus] = Counter()

        async def on_result(result: RuleResult) -> None:
            found[QualityStatus(result.status.value)] += 1
            await tell(found)

        try:
            results = await supervised.check(job, bounds, on_result=on_result)
        except Unreadable as error:
            raise TableGone(say("TABLE_UNREADABLE", "The stored table of the version cannot be read.")) from error
        faults.point("quality.after_child")
        checked = [Checked(result, await _keep(result, run, claim, storage, failed)) for result in results]
        faults.point("quality.after_store")
        return checked


async def _keep(result: RuleResult, run: Started, claim: Claim, storage: Storage, folder: Path) -> str | None:
    """The key of the file of all failed rows, or None where there is none."""
    path = None if result.failed_rows_path is None else Path(result.failed_rows_path)
    # A child that a hostile file has taken over could name any file of the worker.
    if path is None or path.parent != folder or path.is_symlink() or not path.is_file():
        return None
    key = f"quality/{run.run_id}/{claim.task_id}-{claim.fence}/{path.name}"
    await storage.put_file(key, str(path), content_type="application/vnd.apache.parquet")
    return key


@asynccontextmanager
async def _scratch(folder: Path, size_bytes: int, settings: Settings) -> AsyncIterator[Path]:
    """A folder for one run, gone afterwards whatever happens."""
    needed = size_bytes * 2 + settings.scratch_reserve_bytes
    free = shutil.disk_usage(folder).free
    if free < needed:
        message = say(
            "SCRATCH_FULL_TO_CHECK",
            "There is too little disk space to check it: {needed:,} bytes are needed on the worker, {free:,} are free.",
            needed=needed,
            free=free,
        )
        raise Unavailable(message, retry_after_seconds=SCRATCH_WAIT_SECONDS)
    path = Path(tempfile.mkdtemp(prefix="quality-", dir=folder))
    try:
        yield path
    finally:
        await asyncio.to_thread(shutil.rmtree, path, ignore_errors=True)


__all__ = ["Checked", "TableGone", "Tell", "check"]
