"""What an interrupted upload leaves for the next run: one small file each, without any secret, readable by its owner only."""

import contextlib
import hashlib
import json
import os
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from pydantic import JsonValue, TypeAdapter, ValidationError

from app.cli.client.source import Identity

_KEPT_SECONDS = 8 * 86_400
"""An upload lives for at most seven days."""


@dataclass(frozen=True, kw_only=True)
class Subject:
    """Which upload it is: any difference makes it another one."""

    server: str
    account: str
    dataset_id: str
    file: Identity
    sha256: str
    wishes: dict[str, JsonValue]
    """Label, comment and options of the version."""

    @property
    def key(self) -> str:
        """64 hexadecimal digits that stand for all of it."""
        return hashlib.sha256(json.dumps(asdict(self), sort_keys=True).encode()).hexdigest()


@dataclass(frozen=True, kw_only=True)
class Checkpoint:
    """How far the upload is."""

    idempotency_key: str
    """Of `startUpload`: kept before it is sent, so that a lost answer makes no second version."""
    upload_id: str | None = None
    version_id: str | None = None
    etags: dict[int, str] | None = None
    """Of all parts by number, once all are stored: from then on `completeUpload` may have been done."""


_STORED = TypeAdapter(Checkpoint)


class ResumeFolder:
    """The notes of one person on one machine."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @classmethod
    def of_environment(cls, environment: Mapping[str, str]) -> "ResumeFolder":
        """Below XDG_STATE_HOME, as the XDG Base Directory Specification says."""
        state = environment.get("XDG_STATE_HOME", "")
        # The specification says to ignore relative paths.
        base = Path(state) if os.path.isabs(state) else Path.home() / ".local/state"
        return cls(base / "datakura/uploads")

    def find(self, subject: Subject) -> Checkpoint | None:
        """How far an earlier run came; None when there was none, or what it left cannot be understood."""
        try:
            return _STORED.validate_json(self._path(subject).read_bytes())
        except (OSError, ValidationError):
            return None

    def keep(self, subject: Subject, checkpoint: Checkpoint) -> None:
        """The next run knows it.

        Raises:
            OSError: it cannot be written.
        """
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = self._path(subject)
        temporary = path.with_name(f".{path.name}.{os.getpid()}.new")
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
        with os.fdopen(descriptor, "wb") as stream:
            # The subject is for people who wonder what this file is.
            stream.write(json.dumps(asdict(checkpoint) | {"subject": asdict(subject)}, indent=2).encode())
            stream.flush()
            os.fsync(stream.fileno())
        os.replace(temporary, path)

    def forget(self, subject: Subject) -> None:
        """There is nothing to go on with."""
        with contextlib.suppress(OSError):
            self._path(subject).unlink()

    def forget_old(self) -> None:
        """Notes on uploads that cannot exist any more are gone."""
        with contextlib.suppress(OSError):
            for path in self._folder.iterdir():
                if time.time() - path.stat().st_mtime > _KEPT_SECONDS:
                    path.unlink()

    def _path(self, subject: Subject) -> Path:
        return self._folder / f"{subject.key}.json"
