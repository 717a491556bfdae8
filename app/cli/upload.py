"""`datakura upload`: files from disk to versions of a dataset."""

import asyncio
import os
import sys
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

import typer

from app.cli.client import connection, report
from app.cli.client.api import Api
from app.cli.client.datasets import choose
from app.cli.client.errors import ClientError
from app.cli.client.options import FileFormat, read_options
from app.cli.client.progress import Progress, Silent
from app.cli.client.resume import ResumeFolder
from app.cli.client.screen import Lines, Terminal
from app.cli.client.source import Source
from app.cli.client.uploads import Outcome, Uploader, Wishes

_READING = "How the file is read (found out when not given)"
_SERVER = "Which server, and as whom"
INTERRUPTED = 130


def upload(
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="Each becomes a version, in this order.")],
    dataset: Annotated[str, typer.Option("--dataset", "-d", metavar="NAME", help="Name or address (slug) of the dataset.")],
    publish: Annotated[bool, typer.Option("--publish", help="Publish the version when it is READY.")] = False,
    create: Annotated[bool, typer.Option("--create/--no-create", help="Create the dataset when there is none.")] = True,
    label: Annotated[str | None, typer.Option(help="Name of the version.")] = None,
    comment: Annotated[str | None, typer.Option(help="What changed.")] = None,
    keep_going: Annotated[bool, typer.Option("--keep-going", help="Go on with the next file after one that failed.")] = False,
    json: Annotated[bool, typer.Option("--json", help="One line of JSON for each file on standard output.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Say nothing but what is wrong.")] = False,
    format: Annotated[FileFormat | None, typer.Option(help="Format.", case_sensitive=False, rich_help_panel=_READING)] = None,
    encoding: Annotated[str | None, typer.Option(help="utf-8, cp932, latin-1 ...", rich_help_panel=_READING)] = None,
    delimiter: Annotated[str | None, typer.Option(help="One character, or `tab`.", rich_help_panel=_READING)] = None,
    quote: Annotated[str | None, typer.Option(help="One character, or `none`.", rich_help_panel=_READING)] = None,
    header: Annotated[
        bool | None,
        typer.Option("--header/--no-header", help="Whether the first row names the columns.", rich_help_panel=_READING),
    ] = None,
    skip_rows: Annotated[
        int | None, typer.Option(min=0, help="Lines above the header that are no data.", rich_help_panel=_READING)
    ] = None,
    decimal: Annotated[str | None, typer.Option(help="`.` or `,`", rich_help_panel=_READING)] = None,
    thousands: Annotated[str | None, typer.Option(help="One of , . ' or `space`, `none`.", rich_help_panel=_READING)] = None,
    null: Annotated[
        list[str] | None,
        typer.Option(metavar="TEXT", help="A cell that means 'absent'; may be repeated.", rich_help_panel=_READING),
    ] = None,
    sheet: Annotated[str | None, typer.Option(help="Sheet of a workbook.", rich_help_panel=_READING)] = None,
    type: Annotated[
        list[str] | None,
        typer.Option(
            metavar="COLUMN=TYPE", help="Logical type of a column, as zip=STRING; may be repeated.", rich_help_panel=_READING
        ),
    ] = None,
    url: Annotated[
        str | None,
        typer.Option(
            help="Address of the server; otherwise DATAKURA_URL, or the system that runs here.", rich_help_panel=_SERVER
        ),
    ] = None,
    token: Annotated[
        str | None,
        typer.Option(help="Access token; better in DATAKURA_TOKEN, where others do not see it.", rich_help_panel=_SERVER),
    ] = None,
    email: Annotated[
        str | None,
        typer.Option(
            help="Who signs in; otherwise DATAKURA_EMAIL. The password: DATAKURA_PASSWORD, or asked for.", rich_help_panel=_SERVER
        ),
    ] = None,
) -> None:
    """Upload files into a dataset, and wait until they are read.

    An interrupted upload goes on when the same command is run again.

    Exit status 0: every version is READY, and published with --publish.
    """
    try:
        options = read_options(
            format=format, encoding=encoding, delimiter=delimiter, quote=quote, header=header, skip_rows=skip_rows,
            decimal=decimal, thousands=thousands, null=null or [], sheet=sheet, types=type or [],
        )  # fmt: skip
        wishes = Wishes(label=label, comment=comment, options=options, publish=publish)
        job = _Job(files=files, dataset=dataset, wishes=wishes, create=create, keep_going=keep_going, json=json, quiet=quiet)
        job.check_files()
        address = connection.address(url, os.environ)
        api = Api(address, connection.credentials(token, email, os.environ))
    except ClientError as error:
        print(error, file=sys.stderr)
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)
    try:
        asyncio.run(job.run(api))
    except KeyboardInterrupt:
        print(job.interrupted, file=sys.stderr)
        sys.exit(INTERRUPTED)
    sys.exit(1 if job.failed else 0)


@dataclass(kw_only=True)
class _Job:
    """One call of the command."""

    files: list[Path]
    dataset: str
    wishes: Wishes
    create: bool
    keep_going: bool
    json: bool
    quiet: bool
    failed: bool = False
    uploader: Uploader | None = field(default=None, init=False)

    @property
    def interrupted(self) -> str:
        """What a person who interrupts is told."""
        kept = self.uploader.kept if self.uploader else None
        stored = f" {kept}" if kept else ""
        return f"Interrupted.{stored} Run the same command again to go on from here."

    def check_files(self) -> None:
        """What is wrong with a file is found before anything is sent, unless the others shall be uploaded in any case.

        Raises:
            FileProblem: of the first file that cannot be uploaded.
        """
        if not self.keep_going:
            for path in self.files:
                Source(path).__exit__(None, None, None)

    async def run(self, api: Api) -> None:
        """Every file has become a version, or has been told to be wrong."""
        with ExitStack() as screen:
            progress = self._progress(screen)
            try:
                async with api:
                    chosen, created = await choose(api, self.dataset, may_create=self.create)
                    if created:
                        progress.note(f"Dataset {chosen.name!r} is new.")
                    self.uploader = Uploader(api, ResumeFolder.of_environment(os.environ), progress)
                    for path in self.files:
                        try:
                            with Source(path) as source:
                                outcome = await self.uploader.upload(source, chosen, self.wishes)
                        except ClientError as error:
                            self._fail(path, error)
                        else:
                            self._tell(path, outcome)
                        if self.failed and not self.keep_going:
                            return
            except ClientError as error:
                self._fail(self.files[0], error)

    def _progress(self, screen: ExitStack) -> Progress:
        if self.quiet:
            return Silent()
        return screen.enter_context(Terminal(sys.stderr)) if sys.stderr.isatty() else Lines(sys.stderr)

    def _tell(self, path: Path, outcome: Outcome) -> None:
        success = report.is_success(outcome, publish=self.wishes.publish)
        if self.json:
            print(report.as_json(path, outcome), flush=True)
        elif success and not self.quiet:
            print(report.of_success(outcome), flush=True)
        if not success:
            self.failed = True
            print(report.of_failure(outcome, path), file=sys.stderr, flush=True)

    def _fail(self, path: Path, error: ClientError) -> None:
        self.failed = True
        if self.json:
            print(report.error_as_json(path, error), flush=True)
        print(error, file=sys.stderr, flush=True)
