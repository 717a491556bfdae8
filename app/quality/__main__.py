"""The checking child: one job on standard input, results on standard output (app.quality.job says which)."""

import os
import signal
import sys

from app.quality.engine import check_each
from app.quality.job import EXIT_UNREADABLE, Begun, dump_line, load_job
from app.quality.spec import RuleResult
from app.quality.table import Unreadable


def main() -> int:
    """Every result was written; the exit status."""
    # Python ignores SIGXFSZ; its default action is how the parent learns that the file-size limit was hit.
    signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
    # A library that prints must not end up between the answers.
    with os.fdopen(os.dup(1), "wb") as out:
        os.dup2(2, 1)
        job = load_job(sys.stdin.buffer.read())

        def tell(line: Begun | RuleResult) -> None:
            out.write(dump_line(line) + b"\n")
            out.flush()

        def on_begin(rule_id: str) -> None:
            tell(Begun(begun_rule_id=rule_id))

        try:
            for result in check_each(job.table, job.specs, job.history, job.limits, on_begin):
                tell(result)
        except Unreadable as error:
            sys.stderr.write(f"{error}\n")
            return EXIT_UNREADABLE
    return 0


if __name__ == "__main__":
    sys.exit(main())
