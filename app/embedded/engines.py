"""PostgreSQL, Valkey and the S3 server of one data folder, started together; those given by address are left alone."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from app.embedded import postgres, seaweedfs, secrets
from app.embedded.errors import StartError
from app.embedded.leftovers import FolderLock, Record, stop_leftovers
from app.embedded.ports import Ports
from app.embedded.postgres import Postgres
from app.embedded.processes import Program, Supervised, Watch
from app.embedded.seaweedfs import SeaweedFS
from app.embedded.valkey import Valkey


@dataclass(frozen=True, kw_only=True)
class Given:
    """What the settings say about the engines; an empty address: start one."""

    database_url: str = field(default="", repr=False)
    redis_url: str = field(default="", repr=False)
    s3_endpoint_url: str = ""
    s3_access_key: str = ""
    s3_secret_key: str = field(default="", repr=False)
    s3_bucket: str = "datakura"
    s3_region: str = "us-east-1"
    secret_keys: str = field(default="", repr=False)


@dataclass(frozen=True, kw_only=True)
class Engines:
    """Addresses of running engines, and their supervision."""

    database_url: str = field(repr=False)
    redis_url: str = field(repr=False)
    s3_endpoint_url: str
    s3_access_key: str
    s3_secret_key: str = field(repr=False)
    secret_keys: str = field(repr=False)
    supervised: dict[str, Supervised] = field(repr=False)
    """The engines that were started, by name: "postgres", "valkey", "seaweedfs"."""
    _lock: FolderLock = field(repr=False)

    @property
    def environment(self) -> dict[str, str]:
        """The settings by which the application reaches the engines, as environment variables."""
        return {
            "DATAKURA_DATABASE_URL": self.database_url,
            "DATAKURA_REDIS_URL": self.redis_url,
            "DATAKURA_S3_ENDPOINT_URL": self.s3_endpoint_url,
            "DATAKURA_S3_ACCESS_KEY": self.s3_access_key,
            "DATAKURA_S3_SECRET_KEY": self.s3_secret_key,
            "DATAKURA_SECRET_KEYS": self.secret_keys,
        }

    def stop(self) -> None:
        """No engine runs any more; all data is on disk."""
        in_parallel([engine.stop for engine in self.supervised.values()])
        self._lock.release()

    def kill(self) -> None:
        """No engine runs any more, at once; they recover at the next start."""
        for engine in self.supervised.values():
            engine.kill()
        self._lock.release()


def in_parallel(calls: Sequence[Callable[[], object]]) -> None:
    """All calls have returned; the first StartError among them is raised."""
    failures: list[BaseException] = []

    def run(call: Callable[[], object]) -> None:
        try:
            call()
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=run, args=(call,)) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]


def start_engines(
    data_dir: Path,
    given: Given = Given(),
    *,
    watch: Watch = Watch(),
    started: Callable[[str], None] = lambda name: None,
) -> Engines:
    """The engines run and are ready; each is restarted when it dies, until `stop`.

    Args:
        data_dir: made when missing; belongs to one supervisor at a time.
        watch: is told when an engine dies and is started again, or keeps dying.
        started: called from other threads with the name of each engine that became ready.
    Raises:
        StartError: an engine cannot run, or another supervisor has the folder; none is left running.
    """
    data_dir = data_dir.resolve()
    run, logs = data_dir / "run", data_dir / "logs"
    try:
        for folder in (data_dir, run, logs):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = FolderLock(run / "engines.lock")
        if not lock.acquire():
            raise StartError(f"The engines of {data_dir} run already. Stop them first: datakura stop")
        try:
            stop_leftovers(run / "engines.json")
            record = Record(run / "engines.json")
            return _start(data_dir, given, record=record, lock=lock, watch=watch, started=started)
        except BaseException:
            lock.release()
            raise
    except OSError as error:
        raise StartError(
            f"Cannot use the data folder {data_dir}: {error.strerror} ({error.filename}). "
            "Make it writable for this user, or choose another: DATAKURA_DATA_DIR=PATH"
        ) from error


def _start(
    data_dir: Path,
    given: Given,
    *,
    record: Record,
    lock: FolderLock,
    watch: Watch,
    started: Callable[[str], None],
) -> Engines:
    logs = data_dir / "logs"
    given_urls = {"postgres": given.database_url, "valkey": given.redis_url, "seaweedfs": given.s3_endpoint_url}
    ours = [data_dir / name for name, url in given_urls.items() if not url]
    known = secrets.load(data_dir / "secrets.json", opens=ours)
    free = Ports(data_dir / "ports.json")
    ports = free.take(("postgres", "valkey")) | free.take(seaweedfs.PORTS, offset=seaweedfs.PORTS_OFFSET)
    programs: dict[str, Callable[[], Program]] = {}
    database_url, redis_url, s3_url = given.database_url, given.redis_url, given.s3_endpoint_url
    s3_keys = given.s3_access_key, given.s3_secret_key
    if not database_url:
        database = Postgres(
            folder=data_dir / "postgres",
            port=ports["postgres"],
            password=known.postgres_password,
            log=logs / "postgres.log",
            identity=postgres.choose_identity(),
        )
        database_url, programs["postgres"] = database.url, database.program
    if not redis_url:
        valkey = Valkey(folder=data_dir / "valkey", port=ports["valkey"], password=known.redis_password, log=logs / "valkey.log")
        redis_url, programs["valkey"] = valkey.url, valkey.program
    if not s3_url:
        s3_keys = known.s3_access_key, known.s3_secret_key
        store = SeaweedFS(
            folder=data_dir / "seaweedfs",
            ports=ports,
            access_key=known.s3_access_key,
            secret_key=known.s3_secret_key,
            encryption_key=known.s3_encryption_key,
            internal_key=known.s3_internal_key,
            bucket=given.s3_bucket,
            region=given.s3_region,
            log=logs / "seaweedfs.log",
        )
        s3_url, programs["seaweedfs"] = store.url, store.program
    supervised: dict[str, Supervised] = {}

    def start(name: str, program: Callable[[], Program]) -> None:
        supervised[name] = Supervised(program(), record, watch)
        supervised[name].start()
        started(name)

    engines = Engines(
        database_url=database_url,
        redis_url=redis_url,
        s3_endpoint_url=s3_url,
        s3_access_key=s3_keys[0],
        s3_secret_key=s3_keys[1],
        secret_keys=given.secret_keys or known.secret_keys,
        supervised=supervised,
        _lock=lock,
    )
    try:
        in_parallel([partial(start, name, program) for name, program in programs.items()])
    except BaseException:
        engines.stop()
        raise
    return engines
