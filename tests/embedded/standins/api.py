"""Answers every request with its own process id, until it is asked to stop."""

import http.server
import os
import signal
import socket
import sys

signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(0))


class Answer(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        body = str(os.getpid()).encode()
        self.send_response(200)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Silence."""


server = http.server.ThreadingHTTPServer((os.environ["DATAKURA_HOST"], 0), Answer, bind_and_activate=False)
server.socket = socket.socket(fileno=int(sys.argv[sys.argv.index("--fd") + 1]))
server.serve_forever()
