"""Which processes belong to a data folder: one supervisor at a time, and what a killed one left behind."""

import contextlib
import fcntl
import json
import os
import signal
import threading
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from app.embedded.files import read_object, write_private

_PATIENCE_SECONDS = 8.0


@dataclass(frozen=True)
class ProcessId:
    """A process that cannot be mistaken for a later one with the same number."""

    pid: int
    started: str
    """Boot of the machine, and clock ticks from there to the start of the process."""

    @property
    def alive(self) -> bool:
        """Whether this very process runs; a dead one that nobody has collected does not."""
        return self.started != "" and started(self.pid) == self.started


def started(pid: int) -> str:
    """When process `pid` started, "" when there is none. See `ProcessId.started`."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
        boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    except (FileNotFoundError, ProcessLookupError):
        return ""
    # The name, in parentheses, may itself hold blanks and parentheses. Then: state (field 3) ... starttime (field 22).
    fields = stat.rpartition(")")[2].split()
    return "" if fields[0] in "ZX" else f"{boot}/{fields[19]}"


def tree(pid: int) -> list[int]:
    """The process and everything that it started, directly or not."""
    try:
        children = [
            int(child) for task in Path(f"/proc/{pid}/task").iterdir() for child in (task / "children").read_text().split()
        ]
    except OSError:
        return [pid]
    return [pid, *(below for child in children for below in tree(child))]


@dataclass(frozen=True)
class _Entry:
    name: str
    pid: int
    started: str
    stop_signal: int


class Record:
    """The processes that run for a data folder, in a file that outlives their supervisor."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._entries: dict[int, _Entry] = {}
        self._lock = threading.Lock()

    def add(self, name: str, pid: int, stop_signal: signal.Signals) -> None:
        """Process `pid` will be found by the next start."""
        self._change(pid, _Entry(name, pid, started(pid), int(stop_signal)))

    def remove(self, pid: int) -> None:
        """Process `pid` has ended."""
        self._change(pid, None)

    def _change(self, pid: int, entry: _Entry | None) -> None:
        with self._lock:
            self._entries.pop(pid, None)
            if entry:
                self._entries[pid] = entry
            write_private(self._file, json.dumps({str(e.pid): asdict(e) for e in self._entries.values()}, indent=2))


def running(file: Path) -> dict[str, ProcessId]:
    """The recorded processes that still run, by name."""
    found: dict[str, ProcessId] = {}
    for entry in _entries(file):
        process = ProcessId(entry.pid, entry.started)
        if process.alive:
            found[entry.name] = process
    return found


def stop_leftovers(file: Path) -> list[str]:
    """None of the recorded processes runs any more, nor what they started; the names of those that did.

    Only processes recorded with the time of their start are touched, and members of the sessions they led.
    """
    entries = _entries(file)
    targets = [(entry, process) for entry in entries for process in _of_entry(entry)]
    for entry, process in targets:
        _send(process, signal.Signals(entry.stop_signal) if process.pid == entry.pid else signal.SIGTERM)
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while any(process.alive for _, process in targets) and time.monotonic() < deadline:
        time.sleep(0.02)
    for _, process in targets:
        _send(process, signal.SIGKILL)
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while any(process.alive for _, process in targets) and time.monotonic() < deadline:
        time.sleep(0.02)
    return sorted({entry.name for entry, _ in targets})


def kill_recorded(file: Path) -> None:
    """Every recorded process, with its session, has been sent the signal that cannot be refused."""
    for entry in _entries(file):
        for process in _of_entry(entry):
            _send(process, signal.SIGKILL)


def _entries(file: Path) -> list[_Entry]:
    entries = []
    for raw in read_object(file).values():
        match raw:
            case {"name": str(name), "pid": int(pid), "started": str(at), "stop_signal": int(stop_signal)}:
                entries.append(_Entry(name, pid, at, stop_signal))
            case _:
                continue
    return entries


def _of_entry(entry: _Entry) -> list[ProcessId]:
    """The recorded process, and the members of its session that outlived it.

    A session's number is not given to a new process while the session has members; that a later process took the number,
    led a session of its own and died is told apart by the start: members of ours started in the same boot, after ours,
    under our user.
    """
    leader = ProcessId(entry.pid, entry.started)
    found = [leader] if leader.alive else []
    if not entry.started or (not leader.alive and started(entry.pid)):
        return found
    boot, _, ticks = entry.started.partition("/")
    for path in Path("/proc").iterdir():
        if not path.name.isdigit() or int(path.name) == entry.pid:
            continue
        try:
            session = (path / "stat").read_text().rpartition(")")[2].split()[3]
            owner = path.stat().st_uid
        except (OSError, IndexError):
            continue
        member = ProcessId(int(path.name), started(int(path.name)))
        member_boot, _, member_ticks = member.started.partition("/")
        if session == str(entry.pid) and owner == os.getuid() and member_boot == boot and int(member_ticks) >= int(ticks):
            found.append(member)
    return found


def _send(process: ProcessId, number: signal.Signals) -> None:
    if process.alive:
        with contextlib.suppress(ProcessLookupError):
            os.kill(process.pid, number)


class FolderLock:
    """Held by the one supervisor of a data folder; the kernel lets go of it when that process dies, however it dies."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._descriptor: int | None = None

    @property
    def held(self) -> bool:
        """Whether this object holds the lock."""
        return self._descriptor is not None

    def acquire(self) -> bool:
        """Whether this process is the folder's supervisor now."""
        # Not inherited by the programs that it starts: they must not hold the lock when it is gone.
        descriptor = os.open(self._file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            return False
        self._descriptor = descriptor
        return True

    def release(self) -> None:
        """Another process may become the supervisor."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None
