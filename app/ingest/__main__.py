"""The ingest child: one job as JSON on standard input, JSON lines on standard output (app.ingest.job says which)."""

import os
import signal
import sys
import time
from typing import BinaryIO

from app.ingest import codec
from app.ingest.job import IngestJob, Progress
from app.ingest.run import run

PROGRESS_INTERVAL_SECONDS = 0.2


class Answers:
    """Lines to the parent; progress that comes too soon after the last is dropped."""

    def __init__(self, out: BinaryIO):
        self._out = out
        self._next_at = 0.0

    def write(self, message: codec.Message) -> None:
        """One line, visible to the parent at once."""
        self._out.write(codec.dump(message) + b"\n")
        self._out.flush()

    def progress(self, progress: Progress) -> None:
        """Told now, unless something was told less than PROGRESS_INTERVAL_SECONDS ago."""
        now = time.monotonic()
        if now >= self._next_at:
            self._next_at = now + PROGRESS_INTERVAL_SECONDS
            self.write(progress)


def main() -> None:
    """Answer the job on standard input; exit 0 with a verdict, otherwise with a traceback on standard error."""
    # Python ignores SIGXFSZ; its default action is how the parent learns that the file-size limit was hit.
    signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
    # A library that prints must not end up between the answers.
    with os.fdopen(os.dup(1), "wb") as out:
        os.dup2(2, 1)
        answers = Answers(out)
        answers.write(run(codec.load(IngestJob, sys.stdin.buffer.read()), answers.progress))


if __name__ == "__main__":
    main()
