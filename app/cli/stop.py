"""`datakura stop`: what `datakura up` started, stopped from elsewhere."""

import os
import signal
import time

from app.cli.configuration import fail, read_plan
from app.embedded import folder
from app.embedded.leftovers import stop_leftovers

_PATIENCE_SECONDS = 40.0


def stop() -> None:
    """Stop the system of this data folder, and whatever a killed one left behind."""
    plan = read_plan()
    running = folder.find_running(plan.folder)
    if running is None:
        left = [name for what in ("application", "engines") for name in stop_leftovers(plan.run / f"{what}.json")]
        print(
            f"Nothing runs on {plan.folder}."
            if not left
            else f"Stopped what an ended start had left on {plan.folder}: {', '.join(left)}."
        )
        return
    os.kill(running.pid, signal.SIGTERM)
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while running.process.alive:
        if time.monotonic() > deadline:
            fail(
                f"Process {running.pid} has not stopped within {_PATIENCE_SECONDS:.0f} seconds. Once more `datakura stop` stops it at once."
            )
        time.sleep(0.05)
    print(f"Stopped. All data is kept in {plan.folder}.")
