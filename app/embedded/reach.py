"""Whether the engines that were given by address answer at all, before anything is started."""

import socket
from urllib.parse import urlsplit

from app.embedded.errors import StartError

_TIMEOUT_SECONDS = 5.0
_PORTS = {"redis": 6379, "rediss": 6379, "http": 80, "https": 443}


def check_reachable(setting: str, name: str, url: str) -> None:
    """Something listens at `url`; an address that names no host is left to its client.

    Raises:
        StartError: nothing does. The text names host and port, never the password.
    """
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port or _PORTS.get(parts.scheme, 5432)
    except ValueError as error:
        raise StartError(f"{setting} is not an address: {error}. Write it as SCHEME://USER:PASSWORD@HOST:PORT/NAME") from error
    if not parts.scheme:
        raise StartError(f"{setting} is not an address: it lacks a scheme. Write it as SCHEME://USER:PASSWORD@HOST:PORT/NAME")
    if not host:
        return
    try:
        socket.create_connection((host, port), timeout=_TIMEOUT_SECONDS).close()
    except OSError as error:
        raise StartError(
            f"Cannot reach {name} at {host}:{port}: {error.strerror or error}. "
            f"Start it, or correct {setting}; without {setting} an embedded one is started."
        ) from error
