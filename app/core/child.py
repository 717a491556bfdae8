"""Heavy or risky work in a child process that cannot outlive, outgrow or reach beyond what it is given (Linux)."""

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from app.core import child_watch

STDERR_TAIL_BYTES = 8 << 10
WATCH_INTERVAL_SECONDS = 0.1
FIRST_LOOK_SECONDS = 0.01
"""The first looks come sooner, so that short children are seen at all."""
DRAIN_SECONDS = 5.0
"""How long the pipes of a dead child are read on, should something that escaped still hold them open."""
KEPT_VARIABLES = ("PATH", "LANG", "PYTHON")
"""Names, or beginnings of names, of the environment that a child sees. Secrets live in others."""

OnLine = Callable[[bytes], Awaitable[None]]


class ExitReason(StrEnum):
    """Why a child ended."""

    EXITED = "EXITED"
    """Of itself: an exit code, or a signal that was not ours."""
    MEMORY = "MEMORY"
    TIMEOUT = "TIMEOUT"
    CPU = "CPU"
    FILE_SIZE = "FILE_SIZE"
    PROCESSES = "PROCESSES"
    OUTPUT = "OUTPUT"
    """It wrote a line longer than `max_line_bytes`."""
    CANCELLED = "CANCELLED"


@dataclass(frozen=True, kw_only=True)
class ChildLimits:
    """Bounds of one child and all its descendants."""

    memory_bytes: int
    """Resident memory, without pages of mapped files, which the system can take back."""
    timeout_seconds: float
    cpu_seconds: int
    file_size_bytes: int
    """Of each single file that is written."""
    open_files: int = 1_024
    max_processes: int = 64
    """Where a user namespace had to be made, threads count too."""
    address_space_bytes: int | None = None
    """None: four times the memory plus 8 GiB. It stops one huge allocation that comes between two looks of the watch."""
    max_line_bytes: int = 256 << 20
    isolate_network: bool = True
    """Best effort: some container runtimes forbid it."""


@dataclass(frozen=True, kw_only=True)
class ChildExit:
    """How a child ended. Exactly one of `exit_code` and `signal` is set."""

    exit_code: int | None
    signal: int | None
    reason: ExitReason
    stderr_tail: str
    """The last 8 KiB."""
    peak_rss_bytes: int
    """As seen every 100 ms, mapped files included."""


async def run_child(
    argv: list[str], stdin: bytes, *, limits: ChildLimits, on_line: OnLine, stop: asyncio.Event | None = None
) -> ChildExit:
    """The child has ended, with everything it started, and all its lines were given to `on_line`.

    Cancelling the caller kills the child, waits for its end and raises CancelledError; an exception of `on_line` does
    the same and is raised. The calling thread must live as long as the child: the kernel takes its end for the parent's.

    Args:
        stdin: what the child reads, then the end of file.
        on_line: gets each line of standard output without its line end, one at a time.
        stop: setting it kills the child; the reason is then CANCELLED.
    """
    child = _Child(argv, stdin, limits)
    try:
        await child.connect()
        watch = asyncio.create_task(child.watch(stop))
        errors = asyncio.create_task(child.keep_stderr())
        lines = asyncio.create_task(child.tell_lines(on_line))
        try:
            await asyncio.wait({watch, errors, lines}, return_when=asyncio.FIRST_EXCEPTION)
        finally:
            child.kill(ExitReason.CANCELLED)
            await _finished(watch)
            await _stopped(errors, lines)
        lines.result()
        return child.reap()
    finally:
        child.kill(ExitReason.CANCELLED)
        child.close()


async def _finished(task: "asyncio.Task[None]") -> None:
    """The task is done, however often the caller is cancelled meanwhile."""
    cancelled = False
    while not task.done():
        try:
            await asyncio.shield(task)
        except asyncio.CancelledError:
            cancelled = True
    if cancelled:
        raise asyncio.CancelledError
    task.result()


async def _stopped(*tasks: "asyncio.Task[None]") -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


class _Child:
    """A running child; its pid stays ours until `reap` or `close`, so a signal never hits a stranger."""

    def __init__(self, argv: list[str], stdin: bytes, limits: ChildLimits):
        self._limits = limits
        self._reason: ExitReason | None = None
        self._peak = 0
        self._stderr = b""
        self._reaped = False
        self._dead = asyncio.Event()
        self._transports: list[asyncio.ReadTransport] = []
        self._pid, self._stdout_fd, self._stderr_fd = _spawn(argv, stdin, limits)
        self._pidfd = os.pidfd_open(self._pid)

    async def connect(self) -> None:
        """The event loop reads the pipes and learns of the child's end."""
        asyncio.get_running_loop().add_reader(self._pidfd, self._dead.set)
        self._stdout = await self._reader(self._stdout_fd)
        self._stderr_reader = await self._reader(self._stderr_fd)

    async def _reader(self, descriptor: int) -> asyncio.StreamReader:
        reader = asyncio.StreamReader()
        transport, _ = await asyncio.get_running_loop().connect_read_pipe(
            lambda: asyncio.StreamReaderProtocol(reader), os.fdopen(descriptor, "rb", buffering=0)
        )
        self._transports.append(transport)
        return reader

    async def watch(self, stop: asyncio.Event | None) -> None:
        """Returns when the child is dead and nothing of its group lives; kills it when it breaks a limit."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + self._limits.timeout_seconds
        pause = FIRST_LOOK_SECONDS
        while not self._dead.is_set():
            seen = child_watch.usage(self._pid)
            self._peak = max(self._peak, seen.resident_bytes)
            if stop is not None and stop.is_set():
                self.kill(ExitReason.CANCELLED)
            elif seen.processes > self._limits.max_processes:
                self.kill(ExitReason.PROCESSES)
            elif seen.memory_bytes > self._limits.memory_bytes:
                self.kill(ExitReason.MEMORY)
            elif loop.time() >= deadline:
                self.kill(ExitReason.TIMEOUT)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._dead.wait(), pause)
            pause = min(2 * pause, WATCH_INTERVAL_SECONDS)
        child_watch.kill_tree(self._pid)
        loop.remove_reader(self._pidfd)
        for transport in self._transports:
            loop.call_later(DRAIN_SECONDS, transport.close)

    async def keep_stderr(self) -> None:
        while chunk := await self._stderr_reader.read(1 << 16):
            self._stderr = (self._stderr + chunk)[-STDERR_TAIL_BYTES:]

    async def tell_lines(self, on_line: OnLine) -> None:
        pending = bytearray()
        while chunk := await self._stdout.read(1 << 16):
            *complete, rest = chunk.split(b"\n")
            for part in complete:
                pending += part
                await on_line(bytes(pending))
                pending.clear()
            pending += rest
            if len(pending) > self._limits.max_line_bytes:
                self.kill(ExitReason.OUTPUT)
                return
        if pending:
            await on_line(bytes(pending))

    def kill(self, reason: ExitReason) -> None:
        """Ends the child and its descendants; the first reason counts, and none when the child was dead already."""
        if self._reaped:
            return
        if self._reason is None and not self._dead.is_set():
            self._reason = reason
        child_watch.kill_tree(self._pid)

    def reap(self) -> ChildExit:
        """What became of the dead child."""
        _, status, used = os.wait4(self._pid, 0)
        self._reaped = True
        code = os.waitstatus_to_exitcode(status)
        cpu_seconds = used.ru_utime + used.ru_stime
        return ChildExit(
            exit_code=code if code >= 0 else None,
            signal=-code if code < 0 else None,
            reason=self._reason or _own_reason(-code, cpu_seconds >= self._limits.cpu_seconds),
            stderr_tail=self._stderr.decode("utf-8", "replace"),
            peak_rss_bytes=self._peak,
        )

    def close(self) -> None:
        """Descriptors are closed and no zombie is left."""
        for transport in self._transports:
            transport.close()
        asyncio.get_running_loop().remove_reader(self._pidfd)
        os.close(self._pidfd)
        if not self._reaped:
            os.waitpid(self._pid, 0)
            self._reaped = True


def _own_reason(number: int, cpu_spent: bool) -> ExitReason:
    if number == signal.SIGXCPU or (number == signal.SIGKILL and cpu_spent):
        return ExitReason.CPU
    return ExitReason.FILE_SIZE if number == signal.SIGXFSZ else ExitReason.EXITED


def _spawn(argv: list[str], stdin: bytes, limits: ChildLimits) -> tuple[int, int, int]:
    """Pid, and the reading ends of its standard output and error. It leads a session and a process group of its own."""
    address_space = limits.address_space_bytes or 4 * limits.memory_bytes + (8 << 30)
    bounds = (limits.cpu_seconds, limits.file_size_bytes, limits.open_files, limits.max_processes, address_space)
    script = str(Path(__file__).with_name("child_exec.py"))
    wrapper = [sys.executable, "-I", "-S", script, str(os.getpid()), *map(str, bounds), str(int(limits.isolate_network))]
    environment = {name: value for name, value in os.environ.items() if name.startswith(KEPT_VARIABLES)}
    out_read, out_write = os.pipe()
    err_read, err_write = os.pipe()
    # Standard input from memory: nothing to feed, so no deadlock with a child that does not read.
    source = os.memfd_create("stdin")
    try:
        with os.fdopen(os.dup(source), "wb") as file:
            file.write(stdin)
        os.lseek(source, 0, os.SEEK_SET)
        pid = os.posix_spawn(
            sys.executable,
            [*wrapper, *argv],
            environment,
            file_actions=[
                (os.POSIX_SPAWN_DUP2, source, 0),
                (os.POSIX_SPAWN_DUP2, out_write, 1),
                (os.POSIX_SPAWN_DUP2, err_write, 2),
            ],
            setsid=True,
            setsigmask=[],
        )
    except BaseException:
        os.close(out_read)
        os.close(err_read)
        raise
    finally:
        for descriptor in (source, out_write, err_write):
            os.close(descriptor)
    return pid, out_read, err_read
