"""`datakura audit`: is the audit trail as it was written, and what does it say."""

import asyncio
import sys
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from app.cli.configuration import fail, read_settings

if TYPE_CHECKING:
    from app.adapters.storage import S3Storage
    from app.core.db import Database
    from app.core.settings import Settings

T = TypeVar("T")
app = typer.Typer(help="The audit trail: check it, write it out.", no_args_is_help=True)


@app.callback()
def audit() -> None:
    """The audit trail: check it, write it out."""


@app.command()
def verify() -> None:
    """Hash every record again and name the first one that is not as it was written. Exit code 1 when there is one."""
    from app.services.audit import chain, checkpoints

    async def run(db: "Database", storage: "S3Storage", settings: "Settings") -> tuple[checkpoints.Known, chain.Report]:
        known = await checkpoints.known(db, storage, checkpoints.keys_of(settings))
        return known, await chain.verify(db, known.positions)

    known, report = _with_engines(run)
    for problem in known.problems:
        print(problem)
    if report.faults:
        print(f"First bad record: {report.faults[0]}")
        for fault in report.faults[1:]:
            print(f"Also: {fault}")
    if known.problems or report.faults:
        print(f"The audit trail is NOT as it was written. {report.records:,} records are sound.")
        sys.exit(1)
    print(
        f"{report.records:,} records in {report.chains} chains are as they were written; {known.checkpoints:,} checkpoints agree."
    )


@app.command()
def checkpoint() -> None:
    """Sign where the chains end now. The system does it by itself every hour."""
    from app.services.audit import checkpoints

    async def run(db: "Database", storage: "S3Storage", settings: "Settings") -> int | None:
        return await checkpoints.make(db, storage, checkpoints.keys_of(settings))

    number = _with_engines(run)
    print("Nothing happened since the last checkpoint." if number is None else f"Checkpoint {number} is made.")


@app.command()
def export(
    format: Annotated[str, typer.Option(help="csv or jsonl.")] = "csv",
    after: Annotated[datetime | None, typer.Option(help="Only what happened after this moment, UTC.")] = None,
    before: Annotated[datetime | None, typer.Option(help="Only what happened before this moment, UTC.")] = None,
    action: Annotated[str | None, typer.Option(help="Only this action, as dataset.create, or all of a noun, as dataset.")] = None,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="A new file; standard output when not given.")] = None,
) -> None:
    """Write the records out, oldest first."""
    from app.core.viewer import System
    from app.services.audit import lists

    try:
        wanted = lists.Format(format)
    except ValueError:
        fail("--format is csv or jsonl.")
    matching = lists.AuditFilter(
        action=action,
        occurred_after=after and after.replace(tzinfo=UTC),
        occurred_before=before and before.replace(tzinfo=UTC),
    )
    try:
        target = sys.stdout.buffer if output is None else output.open("xb")
    except OSError as error:
        fail(f"{output} cannot be written: {error.strerror}.")

    async def run(db: "Database", _storage: "S3Storage", _settings: "Settings") -> None:
        async for piece in lists.export(db, System("cli"), format=wanted, filter=matching):
            target.write(piece)

    with target:
        _with_engines(run)


def _with_engines(run: "Callable[[Database, S3Storage, Settings], Awaitable[T]]") -> T:
    """What `run` returns; ends the program with a sentence when an engine is away."""
    # Here, because the other commands need none of it and start in a third of the time.
    from app.adapters.storage import S3Storage
    from app.core.db import Database
    from app.core.errors import DomainError

    settings = read_settings()

    async def connected() -> T:
        db = Database(settings, application_name="datakura-audit")
        try:
            async with S3Storage(settings) as storage:
                return await run(db, storage, settings)
        finally:
            await db.close()

    try:
        return asyncio.run(connected())
    except DomainError as error:
        fail(error.message)
