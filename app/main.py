"""`python -m app.main [--fd N]`: the api process. It listens on DATAKURA_HOST and DATAKURA_PORT, or on an open socket."""

import argparse
import contextlib
import socket
import sys

import uvicorn

from app.api.application import create_application
from app.core import logging as logs
from app.core import production
from app.core.settings import get_settings

MAX_FRAME_BYTES = 65_536


def main() -> None:
    """Serves until SIGTERM or SIGINT."""
    parser = argparse.ArgumentParser(prog="python -m app.main")
    parser.add_argument("--fd", type=int, help="an open socket that listens already")
    given: int | None = parser.parse_args().fd
    settings = get_settings()
    production.refuse_unless_ready(settings)
    logs.configure(settings, process="api")
    config = uvicorn.Config(
        create_application(settings),
        host=settings.host,
        port=settings.port,
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,  # the application has the addresses of trusted proxies from its settings
        ws_max_size=MAX_FRAME_BYTES,
        # Messages are short, and what it takes to compress them stays in memory for as long as a socket is open: 80 KiB.
        ws_per_message_deflate=False,
        ws_ping_interval=20,
        ws_ping_timeout=20,
        timeout_graceful_shutdown=5,
        backlog=1024,
    )
    server = uvicorn.Server(config)
    with contextlib.suppress(KeyboardInterrupt):
        server.run(sockets=[bound(config, settings.socket_stall_seconds, given)])
    if not server.started:
        sys.exit(3)


def bound(config: uvicorn.Config, stall_seconds: float, fd: int | None = None) -> socket.socket:
    """The socket to listen on: the given open one, or a new one. Connections of clients that read nothing for so long end, whatever waits to be sent to them.

    uvicorn closes such a connection only after everything was sent, which is never: the kernel has to end it.
    """
    listening = config.bind_socket() if fd is None else socket.socket(fileno=fd)
    if hasattr(socket, "TCP_USER_TIMEOUT"):  # Linux
        listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, int(stall_seconds * 1000))
    return listening


if __name__ == "__main__":
    main()
