"""The supervisor: starts everything in order, keeps it running, and stops it in order.

    python -m app.embedded.supervisor PLAN_DESCRIPTOR

A program of its own, which `datakura up` becomes when it has read the settings: it stays as long as the system runs, and
without the libraries that read settings and print help it needs a third of the memory.
"""

import os
import select
import signal
import sys
import threading
import time
import traceback
from enum import IntEnum
from pathlib import Path

from app.embedded.application import Commands
from app.embedded.errors import StartError
from app.embedded.frontend import Frontend
from app.embedded.plan import Plan
from app.embedded.processes import Watch
from app.embedded.screen import Screen
from app.embedded.stack import Stack
from app.embedded.tasks import Interrupted

_ROOT = Path(__file__).resolve().parents[2]
_HOUSEKEEPING_SECONDS = 60.0


class Supervisor:
    """Runs a stack until a person, a signal or a failure ends it; signals are answered while it starts and stops."""

    def __init__(self, plan: Plan, commands: Commands, frontend: Frontend) -> None:
        self._plan = plan
        self._screen = Screen()
        self._stack = Stack(
            plan,
            self._screen,
            watch=Watch(gave_up=self._gave_up, restarted=self._restarted),
            commands=commands,
            frontend=frontend,
        )
        self._events = _Events()
        self._asked_to_stop = False
        self._failure: StartError | None = None

    def run(self) -> int:
        """The exit code: 0 after an orderly end, 1 when it could not start or keep running, 130 when forced."""
        self._events.receive(signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
        with self._screen:
            threading.Thread(target=self._start, name="start").start()
            self._wait(_Event.STARTED)
        while not self._asked_to_stop and not self._failure:
            self._wait(None)
        threading.Thread(target=self._stop, name="stop").start()
        self._wait(_Event.STOPPED)
        if self._failure and not isinstance(self._failure, Interrupted):
            print(self._failure, file=sys.stderr, flush=True)
            return 1
        print(f"Stopped. All data is kept in {self._plan.folder}.", flush=True)
        return 0

    def _wait(self, until: "_Event | None") -> None:
        """The event has happened; without one: whatever came next has been seen to."""
        while True:
            event = self._events.next(_HOUSEKEEPING_SECONDS)
            if event is None:
                self._stack.housekeep()
                continue
            if event is _Event.SIGNAL:
                self._seen_to_signal()
            elif event is _Event.GAVE_UP:
                self._stack.request_stop()
            if until in (None, event):
                return

    def _seen_to_signal(self) -> None:
        if self._asked_to_stop:
            self._stack.kill()
            print("Stopped at once; the next start recovers.", flush=True)
            # The threads that start and stop still wait for what has just been killed.
            os._exit(130)
        self._asked_to_stop = True
        self._screen.say("Stopping ... (once more stops at once)")
        self._stack.request_stop()

    def _gave_up(self, error: StartError) -> None:
        self._failure = self._failure or error
        self._events.put(_Event.GAVE_UP)

    def _restarted(self, sentence: str) -> None:
        self._screen.say(f"  {time.strftime('%H:%M:%S')}  {sentence}")

    def _start(self) -> None:
        try:
            self._stack.start()
        except StartError as error:
            self._failure = self._failure or error
        except BaseException as error:
            self._failure = StartError(f"The start failed: {error!r}. This is a mistake in Datakura itself; please report it.")
            traceback.print_exc()
        self._events.put(_Event.STARTED)

    def _stop(self) -> None:
        try:
            self._stack.stop()
        finally:
            self._events.put(_Event.STOPPED)


class _Event(IntEnum):
    """A byte of the pipe; signals have numbers below those of the other events."""

    SIGNAL = 0
    STARTED = 128
    STOPPED = 129
    GAVE_UP = 130


class _Events:
    """What happens, in order, for the one who waits.

    A pipe, not a queue: a signal that comes in just before a lock is waited for does not end that wait, and a person who
    pressed Ctrl-C would wait for the next housekeeping. The number of each signal goes into the pipe at once.
    """

    def __init__(self) -> None:
        self._read, self._write = os.pipe()

    def receive(self, *signals: signal.Signals) -> None:
        """These signals are events; to be called by the main thread."""
        os.set_blocking(self._write, False)
        signal.set_wakeup_fd(self._write)
        for number in signals:
            # What is done is done by the one who waits; without a handler of Python the signal would end the process.
            signal.signal(number, lambda number, frame: None)

    def put(self, event: _Event) -> None:
        """May be called from any thread."""
        os.write(self._write, bytes([event]))

    def next(self, timeout_seconds: float) -> _Event | None:
        """The next event; None: there was none in this time."""
        if not select.select([self._read], [], [], timeout_seconds)[0]:
            return None
        (byte,) = os.read(self._read, 1)
        return _Event(byte) if byte >= _Event.STARTED else _Event.SIGNAL


if __name__ == "__main__":
    sys.exit(Supervisor(Plan.from_descriptor(int(sys.argv[1])), Commands(), Frontend(_ROOT)).run())
