"""An upload on a screen: bars that move on a terminal, a line now and then elsewhere. All on standard error."""

import time
from contextlib import AbstractContextManager
from types import TracebackType
from typing import Self, TextIO

from rich.console import Console
from rich.progress import (
    BarColumn,
    DownloadColumn,
    SpinnerColumn,
    TaskID,
    TextColumn,
    TimeRemainingColumn,
    TransferSpeedColumn,
)
from rich.progress import Progress as Bars

from app.cli.client.answers import VersionState

_STAGES = {
    "DOWNLOADING": "Fetched by a worker",
    "VALIDATING": "Every row is read",
    "PROFILING": "Statistics are computed",
    "STORING": "The table is stored",
}
_LINE_SECONDS = 5.0


def stage_of(state: VersionState) -> str:
    """What happens to the version, for a person."""
    if state.status == "QUEUED":
        return "Waits for a worker"
    return _STAGES.get(state.stage or "", "A worker begins") if state.status == "PROCESSING" else state.status


def size(count: float) -> str:
    """Bytes in the unit that suits them."""
    for unit in ("bytes", "kB", "MB"):
        if abs(count) < 1000:
            return f"{count:.0f} {unit}" if unit == "bytes" else f"{count:.1f} {unit}"
        count /= 1000
    return f"{count:.2f} GB"


class Terminal(AbstractContextManager["Terminal"]):
    """Bars: bytes, rate, time that remains."""

    def __init__(self, stream: TextIO) -> None:
        console = Console(file=stream, highlight=False, markup=False)
        columns = (
            TextColumn("{task.description}", markup=False),
            BarColumn(bar_width=None),
            DownloadColumn(),
            TransferSpeedColumn(),
            TimeRemainingColumn(),
        )
        self._bytes = Bars(*columns, console=console, transient=True, expand=True)
        self._stages = Bars(
            SpinnerColumn(), TextColumn("{task.description}", markup=False), BarColumn(), TextColumn("{task.percentage:>3.0f} %"),
            console=console, transient=True,
        )  # fmt: skip
        self._console = console
        self._shown: Bars | None = None
        self._task = TaskID(0)
        self._name = ""

    def __enter__(self) -> Self:
        """The bars may be shown."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Nothing moves any more."""
        self._show(None)

    def reading(self, name: str, size_bytes: int) -> None:
        """A bar of its own."""
        self._name = name
        self._show(self._bytes, f"Reading {name}", size_bytes)

    def read(self, count: int) -> None:
        """The bar moves."""
        self._bytes.advance(self._task, count)

    def sending(self, size_bytes: int, stored_bytes: int) -> None:
        """A bar of its own."""
        self._show(self._bytes, f"Sending {self._name}", size_bytes, stored_bytes)
        if stored_bytes:
            self.note(f"{size(stored_bytes)} of {size(size_bytes)} are stored since an earlier run; the rest is sent.")

    def sent(self, count: int) -> None:
        """The bar moves."""
        self._bytes.advance(self._task, count)

    def following(self, state: VersionState) -> None:
        """A bar of its own that says the stage."""
        if state.ended:
            self._show(None)
            return
        description = f"{self._name}: {stage_of(state)}"
        if self._shown is not self._stages:
            self._show(self._stages, description, 1, state.progress)
        self._stages.update(self._task, description=description, completed=state.progress)

    def note(self, text: str) -> None:
        """Above the bars."""
        self._console.print(text, soft_wrap=True)

    def _show(self, bars: Bars | None, description: str = "", total: float = 1, completed: float = 0) -> None:
        if self._shown is not None:
            self._shown.remove_task(self._task)
            self._shown.stop()
        self._shown = bars
        if bars is not None:
            self._task = bars.add_task(description, total=total)
            bars.update(self._task, completed=completed)
            bars.start()


class Lines:
    """One line for each step, and one in five seconds while bytes are sent."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._name = ""
        self._total = self._sent = self._stored = 0
        self._begun = self._said = 0.0
        self._stage = ""

    def reading(self, name: str, size_bytes: int) -> None:
        """Says so."""
        self._name, self._stage = name, ""
        self._say(f"reading {size(size_bytes)}")

    def read(self, count: int) -> None:
        """Says nothing: reading is fast."""

    def sending(self, size_bytes: int, stored_bytes: int) -> None:
        """Says so."""
        self._total, self._sent, self._stored = size_bytes, stored_bytes, stored_bytes
        self._begun = self._said = time.monotonic()
        known = f" ({size(stored_bytes)} of {size(size_bytes)} are stored since an earlier run)" if stored_bytes else ""
        self._say(f"sending {size(size_bytes - stored_bytes)}{known}")

    def sent(self, count: int) -> None:
        """Says how far it is, now and then."""
        self._sent += count
        now = time.monotonic()
        if now - self._said >= _LINE_SECONDS and self._sent > self._stored:
            self._said = now
            rate = (self._sent - self._stored) / (now - self._begun)
            left = (self._total - self._sent) / rate
            self._say(f"sent {self._sent / self._total:.0%}, {size(rate)}/s, about {left:.0f} s left")

    def following(self, state: VersionState) -> None:
        """Says each stage once."""
        stage = stage_of(state)
        if not state.ended and stage != self._stage:
            self._stage = stage
            self._say(f"version {state.number}: {stage[0].lower()}{stage[1:]}")

    def note(self, text: str) -> None:
        """Says it."""
        self._say(text)

    def _say(self, text: str) -> None:
        print(f"{self._name}: {text}" if self._name else text, file=self._stream, flush=True)
