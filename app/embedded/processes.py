"""A supervised process: started in its own session, restarted when it dies, given up when it keeps dying."""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from app.embedded import launch
from app.embedded.errors import StartError, explain
from app.embedded.leftovers import Record

_DEATHS, _WITHIN_SECONDS = 5, 30.0
_FIRST_PAUSE_SECONDS, _LONGEST_PAUSE_SECONDS = 0.1, 5.0
_READINESS_SECONDS = 0.03
_LOG_BYTES, _LOGS_KEPT = 10 << 20, 3


class Identity(StrEnum):
    """Whom a program runs as; see launch.py."""

    OWN = "own"
    MAPPED = "mapped"
    NOBODY = "nobody"


@dataclass(frozen=True, kw_only=True)
class Program:
    """One program to run.

    `name` names the log file, and the program to people.
    """

    name: str
    command: tuple[str, ...]
    environment: Mapping[str, str] = field(repr=False)
    log: Path
    directory: Path
    stop_signal: signal.Signals = signal.SIGTERM
    stop_seconds: float = 10.0
    """After this long it is killed."""
    identity: Identity = Identity.OWN
    pass_fds: tuple[int, ...] = ()
    """Open files of this process that the program has too, under the same numbers."""
    is_ready: Callable[[], bool] | None = None
    """Asked again and again at the start; None: ready as soon as it runs."""


def launcher(stop_signal: signal.Signals, identity: Identity) -> list[str]:
    """The command to put before a program's own, so that it stops when this process dies. See launch.py."""
    return [sys.executable, "-I", "-S", launch.__file__, str(int(stop_signal)), str(os.getpid()), identity]


def rotate(log: Path, *, in_use: bool = False) -> None:
    """`log` is short enough to append to; older text is in `log`.1 to `log`.3.

    Args:
        in_use: a process writes to it, at its end: it is copied and emptied, and what is written in between is lost.
    """
    if not log.exists() or log.stat().st_size < _LOG_BYTES:
        return
    for number in range(_LOGS_KEPT - 1, 0, -1):
        older = log.with_name(f"{log.name}.{number}")
        if older.exists():
            older.replace(log.with_name(f"{log.name}.{number + 1}"))
    newest = log.with_name(f"{log.name}.1")
    if in_use:
        shutil.copyfile(log, newest)
        os.truncate(log, 0)
    else:
        log.replace(newest)


@dataclass(frozen=True, kw_only=True)
class Watch:
    """Who is told what happens to supervised programs; called from other threads."""

    gave_up: Callable[[StartError], None] = lambda error: None
    """A program that was ready keeps dying, and is not started again."""
    restarted: Callable[[str], None] = lambda sentence: None
    """A program died, was started again and is ready."""


class Supervised:
    """One program under supervision.

    One thread starts it, waits for its end and starts it again: the kernel's parent-death signal follows the *thread*
    that started a process, so this thread lives as long as the process.
    """

    def __init__(self, program: Program, record: Record, watch: Watch) -> None:
        self.program = program
        self._record = record
        self._watch = watch
        self._process: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()
        self._stopping = threading.Event()
        self._changed = threading.Event()
        self._was_ready = False
        self._failure: StartError | None = None
        self._thread = threading.Thread(target=self._supervise, name=program.name, daemon=True)

    @property
    def pid(self) -> int | None:
        """The program's process, None while there is none."""
        process = self._process
        return process.pid if process and process.poll() is None else None

    def start(self, timeout_seconds: float = 60.0) -> None:
        """The program runs and is ready.

        Raises:
            StartError: it ended, or was not ready in time; nothing of it is left running.
        """
        rotate(self.program.log)
        self._thread.start()
        deadline = time.monotonic() + timeout_seconds
        while self._failure is None:
            if self._stopping.is_set():
                raise StartError(f"{self.program.name} was stopped before it was ready.")
            if self.pid is not None and (self.program.is_ready is None or self.program.is_ready()):
                self._was_ready = True
                return
            if time.monotonic() > deadline:
                self.stop()
                late = f"{self.program.name} was not ready within {timeout_seconds:.0f} seconds."
                raise StartError(explain(late, self.program.log))
            self._changed.wait(_READINESS_SECONDS)
        self._thread.join()
        raise self._failure

    def signal_stop(self) -> None:
        """It has been asked to stop and will not be started again."""
        self._stopping.set()
        with self._lock:
            if self._process and self._process.poll() is None:
                self._process.send_signal(self.program.stop_signal)

    def abandon(self) -> None:
        """It will not be started again."""
        self._stopping.set()

    def stop(self) -> None:
        """Nothing of the program runs any more: asked first, killed when it takes too long."""
        self.signal_stop()
        if self._thread.ident is not None:
            self._thread.join(self.program.stop_seconds)
        self.kill()

    def kill(self) -> None:
        """Nothing of the program runs any more, at once."""
        self._stopping.set()
        with self._lock:
            if self._process:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(self._process.pid, signal.SIGKILL)
        if self._thread.ident is not None:
            self._thread.join()

    def _spawn(self) -> subprocess.Popen[bytes] | None:
        with self._lock:
            if self._stopping.is_set():
                return None
            with self.program.log.open("ab") as log:
                self._process = subprocess.Popen(
                    [*launcher(self.program.stop_signal, self.program.identity), *self.program.command],
                    env=dict(self.program.environment),
                    cwd=self.program.directory,
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=subprocess.STDOUT,
                    pass_fds=self.program.pass_fds,
                    start_new_session=True,
                )
            self._record.add(self.program.name, self._process.pid, self.program.stop_signal)
            return self._process

    def _supervise(self) -> None:
        deaths: deque[float] = deque(maxlen=_DEATHS)
        ending = ""
        while process := self._spawn():
            if ending and self._becomes_ready(process):
                self._watch.restarted(f"{self.program.name} {ending}; it was started again and is ready.")
            code = process.wait()
            with contextlib.suppress(ProcessLookupError):
                # What it started and left behind would work beside its successor.
                os.killpg(process.pid, signal.SIGKILL)
            self._record.remove(process.pid)
            if self._stopping.is_set():
                return
            deaths.append(time.monotonic())
            recent = [at for at in deaths if at > deaths[-1] - _WITHIN_SECONDS]
            if not self._was_ready or len(recent) == _DEATHS:
                self._give_up(code, len(recent))
                return
            self._stopping.wait(min(_FIRST_PAUSE_SECONDS * 2 ** (len(recent) - 1), _LONGEST_PAUSE_SECONDS))
            ending = _ending(code)

    def _becomes_ready(self, process: subprocess.Popen[bytes]) -> bool:
        """Whether the process was ready before it ended or was asked to stop."""
        is_ready = self.program.is_ready
        while process.poll() is None and not self._stopping.is_set():
            if is_ready is None or is_ready():
                return True
            self._stopping.wait(_READINESS_SECONDS)
        return False

    def _give_up(self, code: int, deaths: int) -> None:
        often = f"{deaths} times within {_WITHIN_SECONDS:.0f} seconds"
        what = f"{_ending(code)}, {often}" if self._was_ready else f"did not start: it {_ending(code)}"
        self._failure = StartError(explain(f"{self.program.name} {what}.", self.program.log))
        self._changed.set()
        if self._was_ready:
            self._watch.gave_up(self._failure)


def _ending(code: int) -> str:
    return f"was ended by signal {-code} ({signal.Signals(-code).name})" if code < 0 else f"ended with exit code {code}"
