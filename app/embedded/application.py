"""Our own processes on one machine: the databases prepared, api, dispatcher and worker supervised, the demo loaded."""

import http.client
import os
import secrets
import socket
import sys
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from app.embedded import folder
from app.embedded.engines import in_parallel
from app.embedded.errors import StartError
from app.embedded.leftovers import Record
from app.embedded.plan import Plan
from app.embedded.processes import Program, Supervised, Watch
from app.embedded.tasks import Tasks


@dataclass(frozen=True, kw_only=True)
class Commands:
    """The programs of the application; another interpreter or module may stand in for each."""

    prepare: tuple[str, ...] = (sys.executable, "-m", "app.prepare")
    """Gives the administrator the password in DATAKURA_ADMIN_PASSWORD, when there is one."""
    api: tuple[str, ...] = (sys.executable, "-m", "app.main")
    dispatcher: tuple[str, ...] = (sys.executable, "-m", "app.dispatcher")
    worker: tuple[str, ...] = (sys.executable, "-m", "app.worker")
    demo: tuple[str, ...] = (sys.executable, "-m", "app.demo")


_STOP_ORDER = ("api", "worker", "dispatcher")
# The worker hands back what it holds within 10 seconds.
_STOP_SECONDS = 12.0

Step = Callable[[str], AbstractContextManager[None]]


class Application:
    """The processes of one data folder."""

    def __init__(
        self,
        plan: Plan,
        listening: socket.socket,
        engines: Mapping[str, str],
        *,
        commands: Commands,
        tasks: Tasks,
        record: Record,
        watch: Watch,
    ) -> None:
        """
        Args:
            listening: where people reach the API; it is kept open over restarts of the API, so that nobody is refused meanwhile.
            engines: the settings by which the engines are reached, as environment variables.
        """
        self._plan = plan
        self._listening = listening
        self._port = listening.getsockname()[1]
        self._commands = commands
        self._tasks = tasks
        # Only those who need the administrator's password get it.
        inherited = {name: value for name, value in os.environ.items() if name != "DATAKURA_ADMIN_PASSWORD"}
        self._environment = (
            inherited
            | dict(engines)
            | {
                "DATAKURA_DATA_DIR": plan.data_dir,
                "DATAKURA_HOST": plan.host,
                "DATAKURA_PORT": str(self._port),
                "PYTHONUNBUFFERED": "1",
                # glibc keeps an arena a thread, up to eight a core, and gives none of them back.
                "MALLOC_ARENA_MAX": "2",
                "MALLOC_TRIM_THRESHOLD_": "65536",
            }
            # The one worker of a database of our own: restarted, it takes back at once what its predecessor held.
            | ({} if plan.given.database_url or "DATAKURA_WORKER_NAME" in inherited else {"DATAKURA_WORKER_NAME": "worker"})
        )
        programs = {"api": commands.api, "dispatcher": commands.dispatcher, "worker": commands.worker}
        self.supervised = {name: Supervised(self._program(name, command), record, watch) for name, command in programs.items()}

    def prepare(self) -> str:
        """The databases are migrated and an administrator exists; the password that was made for them, or ""."""
        plan, history = self._plan, folder.read_history(self._plan.folder)
        # None is made for a database that is somebody's own: it may have an administrator, who would lose theirs.
        make = not plan.admin_password and not plan.given.database_url and history.admin_email != plan.admin_email
        made = secrets.token_urlsafe(12) if make else ""
        password = plan.admin_password or made
        self._tasks.run(
            self._commands.prepare,
            Path.cwd(),
            self._environment | ({"DATAKURA_ADMIN_PASSWORD": password} if password else {}),
            log=plan.logs / "prepare.log",
            otherwise="The databases could not be prepared.",
        )
        if password:
            folder.write_history(plan.folder, replace(history, admin_email=plan.admin_email))
        return made

    def start(self, step: Step) -> None:
        """All processes run, and the API answers."""
        self._tasks.check()

        def start(name: str) -> None:
            with step(name.upper() if name == "api" else name.capitalize()):
                self.supervised[name].start()

        in_parallel([partial(start, name) for name in self.supervised])

    def load_demo(self, password: str) -> None:
        """The demo data is there, now or since an earlier start.

        Raises:
            StartError: it could not be loaded; everything else works, and the next start tries again.
        """
        plan, history = self._plan, folder.read_history(self._plan.folder)
        if not password:
            raise StartError(
                "The demo data was not loaded: that needs the administrator's password. "
                "Start once with DATAKURA_ADMIN_PASSWORD=..., or set DATAKURA_DEMO=0."
            )
        log = plan.logs / "demo.log"
        self._tasks.run(
            self._commands.demo,
            Path.cwd(),
            self._environment
            | {"DATAKURA_URL": f"http://{_loopback(plan.host)}:{self._port}", "DATAKURA_ADMIN_PASSWORD": password},
            log=log,
            otherwise="The demo data could not be loaded; the next start tries again.",
        )
        folder.write_history(plan.folder, replace(history, demo_loaded=True))

    def stop(self) -> None:
        """None of the processes runs any more: first what takes requests, then what works on them."""
        for name in _STOP_ORDER:
            self.supervised[name].stop()

    def _program(self, name: str, command: tuple[str, ...]) -> Program:
        fd = self._listening.fileno()
        return Program(
            name=name,
            command=(*command, "--fd", str(fd)) if name == "api" else command,
            pass_fds=(fd,) if name == "api" else (),
            environment=self._environment,
            log=self._plan.logs / f"{name}.log",
            directory=Path.cwd(),
            stop_seconds=_STOP_SECONDS,
            is_ready=partial(answers, self._plan.host, self._port) if name == "api" else None,
        )


def answers(host: str, port: int) -> bool:
    """Whether the API on this machine says that it is ready."""
    connection = http.client.HTTPConnection(_loopback(host), port, timeout=5.0)
    try:
        connection.request("GET", "/readyz")
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _loopback(host: str) -> str:
    """Where a server that listens on `host` is reached from this machine, as it is written in an address."""
    return {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)  # noqa: S104
