"""A supervisor in a process of its own, with stand-ins for the application's programs."""

import json
import os
import select
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from app.embedded.engines import Engines
from app.embedded.leftovers import running, tree

SUPERVISOR = Path(__file__).parent / "standins/supervisor.py"


class Up:
    """One run of the supervisor, read line by line."""

    def __init__(self, data_dir: Path, *wrong: str, **environment: str) -> None:
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("DATAKURA_")}
        settings = {"DATAKURA_DATA_DIR": str(data_dir), "DATAKURA_PORT": "0", "STANDINS": json.dumps(wrong)} | environment
        self.data_dir = data_dir
        self.lines: list[str] = []
        self._process = subprocess.Popen(
            [sys.executable, str(SUPERVISOR)],
            env=inherited | settings,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def text(self) -> str:
        """What it has said so far."""
        return "\n".join(self.lines)

    def read_until(self, start: str) -> str:
        """The next line that starts so, without what it starts with."""
        assert self._process.stdout
        for line in self._process.stdout:
            self.lines.append(line.rstrip("\n"))
            if line.strip().startswith(start):
                return line.strip().removeprefix(start).strip()
        raise AssertionError(f"it ended without saying {start!r}:\n{self.text}")

    def ready(self) -> str:
        """Its address, once everything runs."""
        url = self.read_until("Ready:").split()[0]
        self.read_until("Stop ")
        assert self.read_until("") == ""
        return url

    def send(self, number: signal.Signals) -> None:
        self._process.send_signal(number)

    def end(self, *, seconds: float = 180) -> int:
        """Its exit code, and all its lines are read."""
        rest, _ = self._process.communicate(timeout=seconds)
        self.lines += rest.splitlines()
        return self._process.returncode

    def stop(self) -> int:
        self.send(signal.SIGTERM)
        return self.end()

    def started(self) -> dict[str, list[int]]:
        """The process trees of everything that it started, by name."""
        recorded = running(self.data_dir / "run/engines.json") | running(self.data_dir / "run/application.json")
        return {name: tree(process.pid) for name, process in recorded.items()}


@pytest.fixture
def up(tmp_path: Path, engines: Engines) -> Iterator[Callable[..., Up]]:
    """Starts supervisors on one data folder; those that still run at the end are stopped.

    Unless `everything` is asked for, they are given the address of an object store that runs already: theirs would take
    a second to start and another to stop.
    """
    runs: list[Up] = []
    store = {
        "DATAKURA_S3_ENDPOINT_URL": engines.s3_endpoint_url,
        "DATAKURA_S3_ACCESS_KEY": engines.s3_access_key,
        "DATAKURA_S3_SECRET_KEY": engines.s3_secret_key,
    }

    def start(*wrong: str, data_dir: Path = tmp_path / "data", everything: bool = False, **environment: str) -> Up:
        runs.append(Up(data_dir, *wrong, **({} if everything else store) | environment))
        return runs[-1]

    yield start
    for run in runs:
        if run._process.poll() is None:
            run.stop()
        run._process.stdout and run._process.stdout.close()


@pytest.fixture
def ended() -> Callable[[list[int]], bool]:
    """Whether all processes of a list have ended, or end within 20 seconds; the kernel tells, nobody polls."""

    def check(pids: list[int]) -> bool:
        for pid in pids:
            try:
                descriptor = os.pidfd_open(pid)
            except ProcessLookupError:
                continue
            try:
                waiting = select.poll()
                waiting.register(descriptor, select.POLLIN)
                if not waiting.poll(20_000):
                    return False
            finally:
                os.close(descriptor)
        return True

    return check
