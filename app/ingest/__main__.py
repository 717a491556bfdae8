"""The ingest child: one job as JSON on standard input, JSON lines on standard output (app.ingest.job says which)."""

import os
import signal
import sys
import time
from pathlib import Path
from typing import BinaryIO

from app.ingest import codec
from app.ingest.job import IngestJob, Progress, Stage, TableWritten
from app.ingest.run import run

PROGRESS_INTERVAL_SECONDS = 0.2
ARRIVAL_INTERVAL_SECONDS = 0.01


class Answers:
    """Lines to the parent; progress that comes too soon after the last is dropped, a change of stage never."""

    def __init__(self, out: BinaryIO):
        self._out = out
        self._next_at = 0.0
        self._stage: Stage | None = None

    def write(self, message: codec.Message) -> None:
        """One line, visible to the parent at once."""
        self._out.write(codec.dump(message) + b"\n")
        self._out.flush()

    def tell(self, message: Progress | TableWritten) -> None:
        """Told now, unless it is mere progress within a stage less than PROGRESS_INTERVAL_SECONDS after the last."""
        if isinstance(message, TableWritten):
            self.write(message)
            return
        now = time.monotonic()
        if now >= self._next_at or message.stage is not self._stage:
            self._next_at, self._stage = now + PROGRESS_INTERVAL_SECONDS, message.stage
            self.write(message)


def main() -> None:
    """Answer the job on standard input; exit 0 with a verdict, otherwise with a traceback on standard error."""
    # Python ignores SIGXFSZ; its default action is how the parent learns that the file-size limit was hit.
    signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
    # A library that prints must not end up between the answers.
    with os.fdopen(os.dup(1), "wb") as out:
        os.dup2(2, 1)
        answers = Answers(out)
        job = codec.load(IngestJob, sys.stdin.buffer.read())
        if job.is_arriving:
            _wait_for(Path(job.source_path))
        answers.write(run(job, answers.tell))


def _wait_for(source: Path) -> None:
    """The file is there; the parent ends this process where none comes."""
    if source.exists():
        return
    # Most files are delimited text. What reading one takes to import, 0.3 s, is done while nothing else can be.
    import app.ingest.csv.reader
    import app.ingest.profile.profiler  # noqa: F401

    while not source.exists():
        time.sleep(ARRIVAL_INTERVAL_SECONDS)


if __name__ == "__main__":
    main()
