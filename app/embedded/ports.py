"""Ports of this machine: free ones are picked once, remembered in the data folder, and taken again while they are free."""

import errno
import json
import random
import socket
from collections.abc import Sequence
from pathlib import Path

from app.embedded.errors import StartError
from app.embedded.files import read_object, write_private

# Below the range from which Linux takes the ports of outgoing connections (32768 and up): there, a connection of anybody
# could sit on an engine's port in the moment in which the engine is restarted.
_LOWEST, _HIGHEST = 15_000, 32_000
_TRIES = 20


_BACKLOG = 1024


def bound(port: int, host: str = "127.0.0.1") -> socket.socket:
    """A socket on `port`; raises OSError."""
    family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    made = socket.socket(family, kind, protocol)
    try:
        # As servers do: a port whose old connections are still closing counts as free.
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        made.bind(address)
    except OSError:
        made.close()
        raise
    return made


def is_free(port: int) -> bool:
    """Whether a server could listen on `port` of this machine's loopback now."""
    try:
        bound(port).close()
    except OSError:
        return False
    return True


class Ports:
    """The ports of one data folder, by the name of what listens there."""

    def __init__(self, file: Path) -> None:
        self._file = file
        try:
            found = read_object(file)
        except StartError:
            found = {}  # damaged: ports can be picked again
        self._remembered = {name: port for name, port in found.items() if isinstance(port, int)}

    def take(self, names: Sequence[str], *, offset: int = 0) -> dict[str, int]:
        """A free port for each name: the one of last time where it is still free. All are remembered.

        Args:
            offset: the ports this far above must be free too, below 10,001.
        """
        taken: dict[str, int] = {}
        for name in names:
            port = self._remembered.get(name, 0)
            others = {*taken.values(), *(p for n, p in self._remembered.items() if n != name)}
            while not port or port in others or not is_free(port) or not is_free(port + offset):
                port = random.randrange(_LOWEST, _HIGHEST - offset)
            taken[name] = port
        self._remembered |= taken
        write_private(self._file, json.dumps(self._remembered, indent=2, sort_keys=True))
        return taken

    def listen_for_people(self, wanted: int, *, host: str, explicit: bool) -> socket.socket:
        """A socket that listens on the port of the page. One that was asked for is taken or refused; otherwise another will do.

        It listens at once: whoever else wants the port while everything is prepared does not get it.

        Args:
            wanted: 0 for any.
            explicit: whether a person asked for this very port.
        Raises:
            StartError: the port was asked for and is taken, or nobody may listen there.
        """
        for port in (wanted, *(0 for _ in range(_TRIES))):
            try:
                listening = bound(port or self.take(["page"])["page"], host)
                listening.listen(_BACKLOG)
            except OSError as error:
                if error.errno != errno.EADDRINUSE:
                    raise StartError(
                        f"Cannot listen on port {port} of {host}: {error.strerror}. Choose another: "
                        "DATAKURA_PORT (0 picks a free one; below 1024 needs root), DATAKURA_HOST (an address of this machine)."
                    ) from error
                if explicit and port:
                    break
            else:
                return listening
        raise StartError(
            f"Port {wanted} of {host} is taken by another program. "
            "Stop that program, or choose another port: DATAKURA_PORT=NUMBER (0 picks a free one)."
        )
