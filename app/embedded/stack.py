"""Everything of one data folder: what is started in which order, and what a person is told of it."""

import socket
import time
from functools import partial

from app.embedded import folder, prepared
from app.embedded.application import Application, Commands
from app.embedded.engines import Engines, in_parallel, start_engines
from app.embedded.errors import StartError
from app.embedded.files import write_private
from app.embedded.frontend import Frontend
from app.embedded.leftovers import FolderLock, Record, kill_recorded, stop_leftovers
from app.embedded.plan import Plan
from app.embedded.ports import Ports
from app.embedded.processes import Supervised, Watch, rotate
from app.embedded.reach import check_reachable
from app.embedded.screen import Screen
from app.embedded.tasks import Interrupted, Tasks

_ENGINES = {"postgres": "PostgreSQL", "valkey": "Valkey", "seaweedfs": "Object storage"}


class Stack:
    """Everything of one data folder, as one thing that starts and stops."""

    def __init__(self, plan: Plan, screen: Screen, *, watch: Watch, commands: Commands, frontend: Frontend) -> None:
        self._plan = plan
        self._commands = commands
        self._frontend = frontend
        self._screen = screen
        self._watch = watch
        self._lock = FolderLock(plan.run / "supervisor.lock")
        self._record = Record(plan.run / "application.json")
        self._tasks = Tasks(self._record)
        self._engines: Engines | None = None
        self._listening: socket.socket | None = None
        self._application: Application | None = None
        self._password = ""

    def start(self) -> None:
        """Everything runs, and a person has been told where.

        Raises:
            StartError: something cannot start; `stop` has to be called for the rest.
        """
        plan, begun = self._plan, time.monotonic()
        folder.check_usable(plan.folder)
        self._be_the_only_one()
        self._check_given()
        in_parallel([partial(stop_leftovers, plan.run / f"{what}.json") for what in ("application", "engines")])
        self._listening = self._listen()
        port = self._listening.getsockname()[1]
        in_parallel([self._start_engines, self._build_page])
        if not self._engines:
            raise RuntimeError("the engines have not been started")
        environment = self._engines.environment
        folder.note_environment(plan.folder, environment)
        self._application = Application(
            plan,
            self._listening,
            environment,
            commands=self._commands,
            tasks=self._tasks,
            record=self._record,
            watch=self._watch,
        )
        self._prepare_and_start(self._application)
        self._load_demo(self._application)
        self._tasks.check()
        folder.note_running(plan.folder, plan.url(port))
        self._say_ready(plan.url(port), time.monotonic() - begun)

    def request_stop(self) -> None:
        """What has not started yet will not start."""
        self._tasks.request_stop()

    def stop(self) -> None:
        """Nothing of ours runs any more: first what takes requests, last what keeps the data."""
        if not self._lock.held:
            return
        if self._password:
            # Made, but never shown: without it nobody could sign in after the next start.
            self._screen.say(f"  Made for {self._plan.admin_email}, shown only now: password {self._password}")
        if self._listening:
            # Whoever comes now is refused at once, and does not wait for an API that ends.
            self._listening.close()
        try:
            if self._application:
                self._application.stop()
        finally:
            if self._engines:
                self._engines.stop()
        folder.forget_running(self._plan.folder)
        self._lock.release()

    def kill(self) -> None:
        """Everything of ours has been sent the signal that cannot be refused."""
        for supervised in self._supervised():
            # Or what is killed here would be started again before this process has ended.
            supervised.abandon()
        for what in ("application", "engines"):
            kill_recorded(self._plan.run / f"{what}.json")

    def housekeep(self) -> None:
        """No log of a running process grows without end."""
        for supervised in self._supervised():
            rotate(supervised.program.log, in_use=True)

    def _supervised(self) -> list[Supervised]:
        owners = (self._application, self._engines)
        return [supervised for owner in owners if owner for supervised in owner.supervised.values()]

    def _be_the_only_one(self) -> None:
        if not self._lock.acquire():
            running = folder.find_running(self._plan.folder)
            where = f": {running.url} (process {running.pid})" if running and running.url else "; it is just starting or stopping"
            raise StartError(
                f"Datakura runs already on {self._plan.folder}{where}. "
                "Stop it with `datakura stop`, or start another one on a folder of its own: DATAKURA_DATA_DIR=PATH"
            )
        folder.note_running(self._plan.folder, "")

    def _check_given(self) -> None:
        given = self._plan.given
        for setting, name, url in (
            ("DATAKURA_DATABASE_URL", "the database", given.database_url),
            ("DATAKURA_REDIS_URL", "Redis", given.redis_url),
            ("DATAKURA_S3_ENDPOINT_URL", "the object storage", given.s3_endpoint_url),
            ("DATAKURA_ELASTICSEARCH_URL", "Elasticsearch", self._plan.elasticsearch_url),
        ):
            if url:
                check_reachable(setting, name, url)

    def _listen(self) -> socket.socket:
        plan, ports = self._plan, Ports(self._plan.folder / "ports.json")
        listening = ports.listen_for_people(plan.port, host=plan.host, explicit=plan.port_is_explicit)
        if plan.port not in (0, port := listening.getsockname()[1]):
            self._screen.say(f"  Port {plan.port} is taken by another program; this one uses {port}.")
        return listening

    def _start_engines(self) -> None:
        given = self._plan.given
        urls = (given.database_url, given.redis_url, given.s3_endpoint_url)
        for name, url in zip(_ENGINES.values(), urls, strict=True):
            if not url:
                self._screen.begin(name)

        def started(name: str) -> None:
            self._screen.end(_ENGINES[name])

        self._engines = start_engines(self._plan.folder, given, watch=self._watch, started=started)

    def _build_page(self) -> None:
        frontend = self._frontend
        if frontend.exists and not frontend.is_current:
            with self._screen.step("Page built"):
                rotate(frontend.log)
                frontend.build(partial(self._tasks.run, log=frontend.log, otherwise="The page could not be built."))

    def _prepare_and_start(self, application: Application) -> None:
        """One after the other; side by side where an earlier start left nothing to migrate."""
        note = self._plan.run / "prepared"

        def prepare() -> None:
            with self._screen.step("Databases prepared"):
                self._password = application.prepare()
            write_private(note, prepared.state(self._plan))

        start = partial(application.start, self._screen.step)
        # Others may replace a database that was given; its state is always "".
        if note.is_file() and note.read_text() == prepared.state(self._plan) != "":
            in_parallel([prepare, start])
        else:
            prepare()
            start()

    def _load_demo(self, application: Application) -> None:
        if not self._plan.demo or folder.read_history(self._plan.folder).demo_loaded:
            return
        try:
            with self._screen.step("Demo data loaded"):
                application.load_demo(self._plan.admin_password or self._password)
        except Interrupted:
            raise
        except StartError as error:
            self._screen.say(f"  {error}")

    def _say_ready(self, url: str, seconds: float) -> None:
        plan = self._plan
        if self._password:
            how = f"{self._password}   (made for you, shown only now: note it)"
        elif plan.admin_password:
            how = "the one in DATAKURA_ADMIN_PASSWORD"
        elif plan.given.database_url:
            how = "the one in your database; to set another, start once with DATAKURA_ADMIN_PASSWORD=..."
        else:
            how = "shown at the first start; to set another, start once with DATAKURA_ADMIN_PASSWORD=..."
        lines = (
            "",
            f"Ready: {url}   ({seconds:.1f} s)",
            "",
            f"  Sign in    {plan.admin_email}",
            f"  Password   {how}",
            *([f"  GraphiQL   {url}/graphiql"] if plan.graphiql else []),
            f"  Logs       {plan.logs}",
            "  Stop       Ctrl-C, or `make stop`",
            "",
        )
        self._screen.say("\n".join(lines))
        self._password = ""
