"""Answers every request with its own process id, until it is asked to stop."""

import http.server
import os
import signal
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


address = os.environ["DATAKURA_HOST"], int(os.environ["DATAKURA_PORT"])
http.server.ThreadingHTTPServer(address, Answer).serve_forever()
