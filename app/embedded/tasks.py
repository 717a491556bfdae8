"""Programs that run once during a start: they can be waited for, and ended by a request to stop."""

import os
import signal
import subprocess
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path

from app.embedded.errors import StartError, explain
from app.embedded.leftovers import Record
from app.embedded.processes import Identity, launcher


class Interrupted(StartError):
    """A person asked to stop before everything had started."""


class Tasks:
    """The programs that one start runs."""

    def __init__(self, record: Record) -> None:
        self._record = record
        self._stopping = threading.Event()

    def request_stop(self) -> None:
        """What runs is ended, and nothing more is run."""
        self._stopping.set()

    def check(self) -> None:
        """Nobody has asked to stop.

        Raises:
            Interrupted: somebody has.
        """
        if self._stopping.is_set():
            raise Interrupted("Stopped before everything had started.")

    def run(self, command: Sequence[str], directory: Path, environment: Mapping[str, str], *, log: Path, otherwise: str) -> None:
        """The command has succeeded; what it said is at the end of the log.

        Args:
            otherwise: what is to be said when it fails: a sentence.
        Raises:
            StartError: it failed.
        """
        self.check()
        with log.open("ab") as out:
            process = subprocess.Popen(
                [*launcher(signal.SIGKILL, Identity.OWN), *command],
                cwd=directory,
                env=dict(environment),
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self._record.add(log.stem, process.pid, signal.SIGTERM)
        try:
            while process.poll() is None:
                if self._stopping.wait(0.03):
                    os.killpg(process.pid, signal.SIGKILL)
                    process.wait()
                    self.check()
        finally:
            self._record.remove(process.pid)
        if process.returncode:
            raise StartError(explain(otherwise, log))
