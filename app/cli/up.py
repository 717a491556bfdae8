"""`datakura up`: the whole system on this machine."""

import os
import sys

from app.cli.configuration import read_plan, refuse_unknown


def up() -> None:
    """Start everything and keep it running: databases, object storage, api, dispatcher, worker, page.

    Engines whose address is given (DATAKURA_DATABASE_URL, DATAKURA_REDIS_URL, DATAKURA_S3_ENDPOINT_URL) are not started.
    """
    refuse_unknown()
    descriptor = read_plan().to_descriptor()
    os.execv(sys.executable, [sys.executable, "-m", "app.embedded.supervisor", str(descriptor)])  # noqa: S606 (no shell is the point)
