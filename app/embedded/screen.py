"""What a person sees of a start: a line for each step with its seconds; moving on a terminal, plain elsewhere."""

import sys
import threading
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from types import TracebackType
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from rich.console import Console, Group

_NAME_WIDTH = 26


class Screen(AbstractContextManager["Screen"]):
    """Steps may run at the same time, in threads of their own."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._running: dict[str, float] = {}
        self._console: Console | None = None
        self._moving = ExitStack()

    def __enter__(self) -> Self:
        """Steps that run are shown as such."""
        if sys.stdout.isatty():
            # Only here: a start whose output goes to a file does without the library's memory.
            from rich.console import Console
            from rich.live import Live

            self._console = Console(highlight=False, markup=False)
            self._moving.enter_context(
                Live(console=self._console, get_renderable=self._spinners, transient=True, refresh_per_second=10)
            )
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Nothing moves any more."""
        self._moving.close()

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """The step is shown while the block runs, and its seconds when it ends well."""
        self.begin(name)
        try:
            yield
        except BaseException:
            with self._lock:
                self._running.pop(name, None)
            raise
        self.end(name)

    def begin(self, name: str) -> None:
        """The step is shown as running."""
        with self._lock:
            self._running[name] = time.monotonic()

    def end(self, name: str) -> None:
        """The step is shown as done."""
        with self._lock:
            begun = self._running.pop(name)
        line = f"{name:<{_NAME_WIDTH}}{time.monotonic() - begun:6.1f} s"
        if self._console:
            from rich.text import Text

            self._console.print(Text.assemble("  ", ("✓ ", "green"), line))
        else:
            self.say(f"  {line}")

    def say(self, text: str) -> None:
        """`text` stands on lines of its own."""
        if self._console:
            self._console.print(text, soft_wrap=True)
        else:
            # In one piece: print would write the end of the line by itself, after another thread's text.
            with self._lock:
                sys.stdout.write(f"{text}\n")
                sys.stdout.flush()

    def _spinners(self) -> "Group":
        from rich.console import Group
        from rich.padding import Padding

        with self._lock:
            running = list(self._running.items())
        now = time.monotonic()
        return Group(*(Padding(f"… {name:<{_NAME_WIDTH}}{now - begun:6.1f} s", (0, 0, 0, 2)) for name, begun in running))
