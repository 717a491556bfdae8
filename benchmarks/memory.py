"""Memory of running processes, as the kernel counts it (Linux)."""

import contextlib
from pathlib import Path


def rss_bytes(pid: int) -> int:
    """Resident memory now."""
    return _status(pid, "VmRSS")


def peak_rss_bytes(pid: int) -> int:
    """The highest resident memory since the process began, or since `forget_peak`."""
    return _status(pid, "VmHWM")


def forget_peak(pid: int) -> None:
    """From now on the peak is counted anew."""
    Path(f"/proc/{pid}/clear_refs").write_text("5")


def pss_bytes(pid: int) -> int:
    """Memory of a process, with pages that it shares divided among those who share them."""
    return _kilobytes(Path(f"/proc/{pid}/smaps_rollup"), "Pss")


def tree(pid: int) -> list[int]:
    """A process and everything that it started, directly or not."""
    found = [pid]
    for parent in found:
        for thread in Path(f"/proc/{parent}/task").glob("*"):
            # One that has ended since it was listed has no children.
            with contextlib.suppress(FileNotFoundError, ProcessLookupError):
                found += [int(child) for child in (thread / "children").read_text().split()]
    return found


def _status(pid: int, name: str) -> int:
    return _kilobytes(Path(f"/proc/{pid}/status"), name)


def _kilobytes(file: Path, name: str) -> int:
    line = next(line for line in file.read_text().splitlines() if line.startswith(f"{name}:"))
    return int(line.split()[1]) << 10
