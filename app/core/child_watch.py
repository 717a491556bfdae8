"""What /proc says of a child and its descendants."""

import contextlib
import os
import signal
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Usage:
    """A look at a process and all its descendants."""

    processes: int
    memory_bytes: int
    """Resident memory that the system cannot take back: anonymous and shared pages."""
    resident_bytes: int
    """The former and the pages of mapped files."""


def usage(pid: int) -> Usage:
    """The sums over `pid` and its descendants; processes that vanish meanwhile count for nothing."""
    members = tree(pid)
    anonymous = file_pages = 0
    for member in members:
        sizes = _resident_kib(member)
        anonymous += sizes.get("RssAnon", 0) + sizes.get("RssShmem", 0)
        file_pages += sizes.get("RssFile", 0)
    return Usage(len(members), anonymous << 10, (anonymous + file_pages) << 10)


def tree(pid: int) -> list[int]:
    """`pid` and its descendants, parents first."""
    members = [pid]
    for member in members:
        for task in _tasks(member):
            with contextlib.suppress(OSError):
                members.extend(map(int, Path(f"/proc/{member}/task/{task}/children").read_text().split()))
    return members


def kill_tree(pid: int) -> None:
    """SIGKILL to `pid`, which leads its process group, and to every descendant. `pid` must not have been reaped."""
    # While `pid` lives it adopts orphans, so what left its group is found below it and goes first; a bounded number
    # of looks, because what forks faster than we look is in the group and dies at one stroke.
    for _ in range(10):
        outsiders = [member for member in tree(pid) if not _in_group(member, pid)]
        if not outsiders:
            break
        for member in outsiders:
            with contextlib.suppress(ProcessLookupError):
                os.kill(member, signal.SIGKILL)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(pid, signal.SIGKILL)


def _in_group(pid: int, group: int) -> bool:
    try:
        return os.getpgid(pid) == group
    except ProcessLookupError:
        return True


def _tasks(pid: int) -> list[str]:
    try:
        return os.listdir(f"/proc/{pid}/task")
    except OSError:
        return []


def _resident_kib(pid: int) -> dict[str, int]:
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return {}
    pairs = (line.partition(":") for line in lines if line.startswith("Rss"))
    return {name: int(value.split()[0]) for name, _, value in pairs}
