"""What `datakura up` was asked to start: the settings that the supervisor needs, without the library that reads them."""

import json
import os
from dataclasses import asdict, dataclass, field
from pathlib import Path

from app.embedded.engines import Given


@dataclass(frozen=True, kw_only=True)
class Plan:
    """One start.

    The started processes read everything else from the environment, as they do in production.
    """

    data_dir: str
    """Absolute."""
    host: str
    port: int
    port_is_explicit: bool
    public_url: str
    admin_email: str
    admin_password: str = field(repr=False)
    """Empty: one is made at the first start."""
    demo: bool
    graphiql: bool
    elasticsearch_url: str = field(repr=False)
    given: Given

    @property
    def folder(self) -> Path:
        """The data folder."""
        return Path(self.data_dir)

    @property
    def run(self) -> Path:
        """Where it is noted what runs."""
        return self.folder / "run"

    @property
    def logs(self) -> Path:
        """One log file for each process."""
        return self.folder / "logs"

    def url(self, port: int) -> str:
        """The address that a person opens."""
        host = "127.0.0.1" if self.host in ("0.0.0.0", "::") else self.host  # noqa: S104 (told apart, not bound)
        return self.public_url or f"http://{f'[{host}]' if ':' in host else host}:{port}"

    def to_descriptor(self) -> int:
        """A file without a name that holds the plan, for the program that replaces this one. Nobody else sees it."""
        descriptor = os.memfd_create("plan", 0)
        os.write(descriptor, json.dumps(asdict(self)).encode())
        os.lseek(descriptor, 0, os.SEEK_SET)
        return descriptor

    @classmethod
    def from_descriptor(cls, descriptor: int) -> "Plan":
        """The plan that `to_descriptor` left; closes the file."""
        with os.fdopen(descriptor) as stream:
            values = json.load(stream)
        return cls(**values | {"given": Given(**values["given"])})
