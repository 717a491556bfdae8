"""One call of `datakura upload`: signs in, finds the dataset, uploads file after file, and tells how each ended."""

import asyncio
import io
import os
import sys
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from app.cli.client import connection, report
from app.cli.client.answers import Dataset
from app.cli.client.api import Api
from app.cli.client.datasets import choose
from app.cli.client.errors import ClientError
from app.cli.client.progress import Progress, Silent
from app.cli.client.resume import ResumeFolder
from app.cli.client.screen import Lines, Terminal
from app.cli.client.source import Source
from app.cli.client.uploads import Outcome, Uploader, Wishes

DONE, FAILED, INTERRUPTED = 0, 1, 130
"""Exit statuses."""


@dataclass(kw_only=True)
class Job:
    """What was asked for, and how far it is."""

    files: list[Path]
    dataset: str
    wishes: Wishes
    create: bool
    keep_going: bool
    json: bool
    quiet: bool
    _failed: bool = field(default=False, init=False)
    _uploader: Uploader | None = field(default=None, init=False)

    def run(self, *, url: str | None, token: str | None, email: str | None) -> int:
        """Every file has become a version, or it was said why not; the exit status."""
        for stream in (sys.stdout, sys.stderr):
            # Names may hold what the terminal's encoding does not have.
            if isinstance(stream, io.TextIOWrapper):
                stream.reconfigure(errors="backslashreplace")
        try:
            if self._files_are_right():
                self._connect(url, token, email)
        except KeyboardInterrupt:
            print(self._interrupted(), file=sys.stderr)
            return INTERRUPTED
        return FAILED if self._failed else DONE

    def _files_are_right(self) -> bool:
        """What is wrong with a file is found before anything is sent, unless the others shall be uploaded in any case."""
        if self.keep_going:
            return True
        for path in self.files:
            try:
                with Source(path):
                    pass
            except ClientError as error:
                self._fail(path, error)
                return False
        return True

    def _connect(self, url: str | None, token: str | None, email: str | None) -> None:
        try:
            address = connection.address(url, os.environ)
            credentials = connection.credentials(token, email, os.environ)
            with ExitStack() as screen:
                asyncio.run(self._upload(address, credentials, self._progress(screen)))
        except ClientError as error:
            self._fail(self.files[0], error)

    async def _upload(self, address: str, credentials: connection.Credentials, progress: Progress) -> None:
        async with Api(address, credentials) as api:
            chosen, created = await choose(api, self.dataset, may_create=self.create)
            if created:
                progress.note(f"Dataset {chosen.name!r} is new.")
            self._uploader = Uploader(api, ResumeFolder.of_environment(os.environ), progress)
            for path in self.files:
                await self._upload_one(self._uploader, path, chosen)
                if self._failed and not self.keep_going:
                    return

    async def _upload_one(self, uploader: Uploader, path: Path, dataset: Dataset) -> None:
        try:
            with Source(path) as source:
                self._tell(path, await uploader.upload(source, dataset, self.wishes))
        except ClientError as error:
            self._fail(path, error)

    def _progress(self, screen: ExitStack) -> Progress:
        if self.quiet:
            return Silent()
        return screen.enter_context(Terminal(sys.stderr)) if sys.stderr.isatty() else Lines(sys.stderr)

    def _interrupted(self) -> str:
        kept = self._uploader.kept if self._uploader else None
        stored = f" {kept}" if kept else ""
        return f"Interrupted.{stored} Run the same command again to go on from here."

    def _tell(self, path: Path, outcome: Outcome) -> None:
        success = report.is_success(outcome, publish=self.wishes.publish)
        if self.json:
            print(report.as_json(path, outcome), flush=True)
        elif success and not self.quiet:
            print(report.of_success(outcome), flush=True)
        if not success:
            self._failed = True
            print(report.of_failure(outcome, path), file=sys.stderr, flush=True)

    def _fail(self, path: Path, error: ClientError) -> None:
        self._failed = True
        if self.json:
            print(report.error_as_json(path, error), flush=True)
        print(error, file=sys.stderr, flush=True)
