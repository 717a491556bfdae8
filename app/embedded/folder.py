"""The data folder as a whole: whether it can be used, who uses it, and what is known from earlier starts."""

import json
import os
import shutil
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from app.embedded.errors import StartError
from app.embedded.files import read_object, write_private
from app.embedded.leftovers import ProcessId, started

_LEAST_FREE_BYTES = 500 << 20


@dataclass(frozen=True, kw_only=True)
class Running:
    """A supervisor that has the folder."""

    pid: int
    started: str
    url: str
    """Empty until it is ready."""
    since: float
    """Seconds since 1970."""

    @property
    def process(self) -> ProcessId:
        """The supervisor's process."""
        return ProcessId(self.pid, self.started)


@dataclass(frozen=True, kw_only=True)
class History:
    """What earlier starts have done once and for all."""

    admin_email: str = ""
    """The administrator whose password has been set."""
    demo_loaded: bool = False


def check_usable(folder: Path) -> None:
    """The folder exists, is ours to write, and its disk has room.

    Raises:
        StartError: one of these cannot be had.
    """
    try:
        for path in (folder, folder / "run", folder / "logs"):
            path.mkdir(mode=0o700, parents=True, exist_ok=True)
            if not os.access(path, os.R_OK | os.W_OK | os.X_OK):
                raise PermissionError(13, "Permission denied", str(path))
        # Asking for the rights is not enough: a disk may be read-only, or full to the last byte.
        write_private(folder / "run/writable", "x")
        (folder / "run/writable").unlink()
    except OSError as error:
        raise StartError(
            f"Cannot use the data folder {folder}: {error.strerror} ({error.filename}). "
            "Make it a folder that this user may write, or choose another: DATAKURA_DATA_DIR=PATH"
        ) from error
    free = shutil.disk_usage(folder).free
    if free < _LEAST_FREE_BYTES:
        raise StartError(
            f"The disk of the data folder {folder} is full: {free >> 20} MB are free, at least {_LEAST_FREE_BYTES >> 20} MB are needed. "
            "Free some space, or choose a folder on another disk: DATAKURA_DATA_DIR=PATH"
        )


def note_running(folder: Path, url: str) -> None:
    """Other programs can find this process, the folder's supervisor."""
    running = Running(pid=os.getpid(), started=started(os.getpid()), url=url, since=time.time())
    write_private(folder / "run/supervisor.json", json.dumps(asdict(running)))


def find_running(folder: Path) -> Running | None:
    """The folder's supervisor, None when none runs."""
    match read_object(folder / "run/supervisor.json"):
        case {"pid": int(pid), "started": str(at), "url": str(url), "since": float(since)}:
            running = Running(pid=pid, started=at, url=url, since=since)
            return running if running.process.alive else None
    return None


def forget_running(folder: Path) -> None:
    """No supervisor is noted, nor where its engines are."""
    for name in ("supervisor.json", "environment.json"):
        (folder / "run" / name).unlink(missing_ok=True)


def note_environment(folder: Path, environment: Mapping[str, str]) -> None:
    """Other commands of this user can reach the engines that run: settings by name, secrets among them."""
    write_private(folder / "run/environment.json", json.dumps(dict(environment)))


def find_environment(folder: Path) -> dict[str, str]:
    """The settings by which the running engines are reached; empty when no supervisor runs, or none that has got so far."""
    if find_running(folder) is None:
        return {}
    found = read_object(folder / "run/environment.json")
    return {name: value for name, value in found.items() if isinstance(value, str)}


def read_history(folder: Path) -> History:
    """What earlier starts have done; nothing in a new folder."""
    found = read_object(folder / "history.json")
    email = found.get("admin_email")
    return History(admin_email=email if isinstance(email, str) else "", demo_loaded=found.get("demo_loaded") is True)


def write_history(folder: Path, history: History) -> None:
    """Later starts know `history`."""
    write_private(folder / "history.json", json.dumps(asdict(history)))
