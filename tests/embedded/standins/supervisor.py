"""The supervisor as `datakura up` runs it, with small programs in place of the application's.

The environment variable STANDINS, a JSON list, names what is to go wrong.
"""

import json
import os
import sys
from pathlib import Path

from app.cli.configuration import read_plan
from app.embedded.application import Commands
from app.embedded.frontend import Frontend
from app.embedded.supervisor import Supervisor

wrong = json.loads(os.environ["STANDINS"])
waits = "import signal; signal.sigwait({signal.SIGTERM})"
stubborn = "import signal, subprocess, sys; signal.signal(signal.SIGTERM, signal.SIG_IGN); signal.pause()"
prepares = """
import os, pathlib
if password := os.environ.get("DATAKURA_ADMIN_PASSWORD"):
    pathlib.Path(os.environ["DATAKURA_DATA_DIR"], "admin").write_text(password)
"""


def python(name: str, usual: str) -> tuple[str, ...]:
    """The program `name`, or what it does when it is to go wrong."""
    if f"{name} fails" in wrong:
        return sys.executable, "-c", f"import sys; sys.exit('{name} has no luck today')"
    if f"{name} ignores SIGTERM" in wrong:
        return sys.executable, "-c", stubborn
    return sys.executable, "-c", usual


here = Path(__file__).parent
commands = Commands(
    prepare=python("prepare", prepares),
    api=python("api", (here / "api.py").read_text()),
    dispatcher=python("dispatcher", waits),
    worker=python("worker", waits),
    demo=python("demo", "import os; print(os.environ['DATAKURA_URL'])"),
)
sys.exit(Supervisor(read_plan(), commands, Frontend(here)).run())
