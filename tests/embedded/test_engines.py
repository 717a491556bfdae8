"""The real engines: durable under kill -9, private, and movable."""

import os
import signal
import socket
from collections.abc import Iterator
from pathlib import Path
from queue import SimpleQueue
from urllib.parse import urlsplit

import asyncpg
import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError
from redis import Redis

from app.embedded import secrets
from app.embedded.engines import Engines, Given, start_engines
from app.embedded.errors import StartError
from app.embedded.processes import Watch

restarted: SimpleQueue[str] = SimpleQueue()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("folder") / "data folder with spaces"


@pytest.fixture(scope="module")
def mine(folder: Path) -> Iterator[Engines]:
    """Engines that the tests of this module may kill."""
    engines = start_engines(folder, watch=Watch(restarted=restarted.put))
    yield engines
    engines.stop()


def kill(engines: Engines, name: str) -> str:
    """What is told once the killed engine is ready again."""
    pid = engines.supervised[name].pid
    assert pid
    os.kill(pid, signal.SIGKILL)
    return restarted.get(timeout=120)


async def connect(engines: Engines) -> asyncpg.Connection:
    return await asyncpg.connect(engines.database_url.replace("postgresql+asyncpg", "postgresql"))


def s3(engines: Engines):  # type: ignore[no-untyped-def]
    """A client of the store, as the application makes one."""
    return boto3.client(
        "s3",
        endpoint_url=engines.s3_endpoint_url,
        aws_access_key_id=engines.s3_access_key,
        aws_secret_access_key=engines.s3_secret_key,
        region_name="us-east-1",
        config=Config(s3={"addressing_style": "path"}, retries={"total_max_attempts": 1}),
    )


async def test_postgresql_keeps_what_was_committed_when_it_is_killed(mine: Engines) -> None:
    connection = await connect(mine)
    await connection.execute("CREATE TABLE kept (number int)")
    await connection.execute("INSERT INTO kept SELECT generate_series(1, 1000)")

    told = kill(mine, "postgres")

    assert told == "PostgreSQL was ended by signal 9 (SIGKILL); it was started again and is ready."
    connection.terminate()
    connection = await connect(mine)
    assert await connection.fetchval("SELECT sum(number) FROM kept") == 500_500
    await connection.close()


async def test_postgresql_is_durable_and_finds_trigrams_in_japanese(mine: Engines) -> None:
    connection = await connect(mine)
    await connection.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")

    row = await connection.fetchrow(
        "SELECT current_setting('fsync') AS fsync, current_setting('synchronous_commit') AS commits, "
        "current_setting('data_checksums') AS checksums, cardinality(show_trgm('売上データ')) AS trigrams, "
        "(SELECT rolsuper FROM pg_roles WHERE rolname = current_user) AS is_superuser"
    )

    await connection.close()
    assert row
    assert dict(row) == {"fsync": "on", "commits": "on", "checksums": "on", "trigrams": 6, "is_superuser": False}


async def test_postgresql_refuses_a_wrong_password(mine: Engines) -> None:
    url = mine.database_url.replace("postgresql+asyncpg", "postgresql")
    password = url.split(":")[2].split("@")[0]

    with pytest.raises(asyncpg.InvalidPasswordError):
        await asyncpg.connect(url.replace(password, "wrong"))


def test_valkey_keeps_what_was_written_when_it_is_killed(mine: Engines) -> None:
    with Redis.from_url(mine.redis_url) as client:
        client.set("kept", "value")

    assert kill(mine, "valkey") == "Valkey was ended by signal 9 (SIGKILL); it was started again and is ready."
    with Redis.from_url(mine.redis_url) as client:
        assert client.get("kept") == b"value"


def test_the_store_keeps_objects_when_it_is_killed(mine: Engines) -> None:
    content = os.urandom(5 << 20)
    s3(mine).put_object(Bucket="datakura", Key="kept", Body=content, ServerSideEncryption="AES256")

    assert kill(mine, "seaweedfs") == "SeaweedFS was ended by signal 9 (SIGKILL); it was started again and is ready."
    assert s3(mine).get_object(Bucket="datakura", Key="kept")["Body"].read() == content


def test_the_readiness_probe_leaves_no_object(mine: Engines) -> None:
    keys = [entry["Key"] for entry in s3(mine).list_objects_v2(Bucket="datakura").get("Contents", [])]

    assert [key for key in keys if key.startswith(".")] == []


def test_the_store_refuses_a_wrong_secret(mine: Engines) -> None:
    client = boto3.client(
        "s3",
        endpoint_url=mine.s3_endpoint_url,
        aws_access_key_id=mine.s3_access_key,
        aws_secret_access_key="wrong",
        region_name="us-east-1",
    )

    with pytest.raises(ClientError, match="SignatureDoesNotMatch"):
        client.list_objects_v2(Bucket="datakura")


def test_engines_listen_on_loopback_only(mine: Engines) -> None:
    pids = {engine.pid for engine in mine.supervised.values()}
    sockets = {os.readlink(entry) for pid in pids for entry in Path(f"/proc/{pid}/fd").iterdir() if entry.is_symlink()}
    listening = [
        fields[1].split(":")
        for table in ("tcp", "tcp6")
        for fields in (line.split() for line in Path(f"/proc/net/{table}").read_text().splitlines()[1:])
        if fields[3] == "0A" and f"socket:[{fields[9]}]" in sockets
    ]

    # 127.0.0.1 as the kernel writes it. All that the store opens later is bound by the same setting.
    assert {address for address, _ in listening} == {"0100007F"}
    ports = {int(port, 16) for _, port in listening}
    assert {urlsplit(url).port for url in (mine.database_url, mine.redis_url, mine.s3_endpoint_url)} <= ports


def test_no_secret_stands_in_the_arguments_of_a_program(mine: Engines, folder: Path) -> None:
    arguments = b"".join(Path(f"/proc/{engine.pid}/cmdline").read_bytes() for engine in mine.supervised.values())

    for secret in (mine.s3_secret_key, mine.s3_access_key, mine.redis_url.split(":")[2].split("@")[0]):
        assert secret.encode() not in arguments


def test_a_second_start_on_the_folder_is_refused_and_changes_nothing(mine: Engines, folder: Path) -> None:
    pids = [engine.pid for engine in mine.supervised.values()]

    with pytest.raises(StartError, match=r"^The engines of .* run already\. Stop them first: datakura stop$"):
        start_engines(folder)

    assert [engine.pid for engine in mine.supervised.values()] == pids


async def test_data_survives_a_stop_and_a_start_on_other_ports(tmp_path: Path) -> None:
    engines = start_engines(tmp_path)
    s3(engines).put_object(Bucket="datakura", Key="kept", Body=b"content")
    with Redis.from_url(engines.redis_url) as client:
        client.set("kept", "value")
    engines.stop()
    first = engines.s3_endpoint_url, engines.redis_url, engines.database_url
    (tmp_path / "ports.json").unlink()

    engines = start_engines(tmp_path)

    assert {engines.s3_endpoint_url, engines.redis_url, engines.database_url}.isdisjoint(first)
    assert s3(engines).get_object(Bucket="datakura", Key="kept")["Body"].read() == b"content"
    with Redis.from_url(engines.redis_url) as client:
        assert client.get("kept") == b"value"
    connection = await connect(engines)
    await connection.close()
    engines.stop()


def test_an_engine_whose_address_is_given_is_not_started(tmp_path: Path, mine: Engines) -> None:
    given = Given(database_url=mine.database_url, s3_endpoint_url=mine.s3_endpoint_url, s3_access_key="a", s3_secret_key="b")

    engines = start_engines(tmp_path, given)

    assert list(engines.supervised) == ["valkey"]
    assert engines.environment["DATAKURA_DATABASE_URL"] == mine.database_url
    assert engines.environment["DATAKURA_S3_ENDPOINT_URL"] == mine.s3_endpoint_url
    assert engines.environment["DATAKURA_S3_ACCESS_KEY"] == "a"
    assert not (tmp_path / "postgres").exists()
    engines.stop()


@pytest.mark.parametrize(("version", "hint"), [("19", "Run the newer release"), ("17", "Dump it with the release that wrote it")])
def test_data_of_another_postgresql_is_refused_and_nothing_keeps_running(tmp_path: Path, version: str, hint: str) -> None:
    secrets.load(tmp_path / "secrets.json")
    (tmp_path / "postgres").mkdir()
    (tmp_path / "postgres/PG_VERSION").write_text(f"{version}\n")

    with pytest.raises(StartError) as refused:
        start_engines(tmp_path)

    assert str(refused.value).startswith(
        f"The database in {tmp_path}/postgres was written by PostgreSQL {version}, this is PostgreSQL 18. {hint}"
    )
    assert (tmp_path / "run/engines.json").read_text() == "{}"


@pytest.mark.parametrize("lost", ["PG_VERSION", "global/pg_control"])
def test_a_damaged_database_is_named_and_left_as_it_is(tmp_path: Path, lost: str) -> None:
    secrets.load(tmp_path / "secrets.json")
    for name in ("PG_VERSION", "global/pg_control", "base/1/112", "pg_wal/0"):
        (tmp_path / "postgres" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "postgres" / name).write_text("18\n")
    (tmp_path / "postgres" / lost).unlink()
    before = sorted(tmp_path.glob("postgres*/**/*"))

    with pytest.raises(StartError) as refused:
        start_engines(tmp_path, Given(redis_url="redis://given", s3_endpoint_url="http://given"))

    assert str(refused.value) == (
        f"The database in {tmp_path}/postgres is damaged: {lost} is missing. "
        "Restore the folder from a backup, or start with another data folder: DATAKURA_DATA_DIR=PATH"
    )
    assert sorted(tmp_path.glob("postgres*/**/*")) == before


@pytest.mark.parametrize("engine", ["postgres", "valkey", "seaweedfs"])
def test_lost_secrets_are_not_made_anew_beside_data_that_needs_the_old_ones(tmp_path: Path, engine: str) -> None:
    (tmp_path / engine).mkdir()
    (tmp_path / engine / "data").write_text("x")

    with pytest.raises(StartError) as refused:
        start_engines(tmp_path)

    assert str(refused.value) == (
        f"{tmp_path}/secrets.json is missing, and without it the data in {tmp_path}/{engine} cannot be opened. "
        "Restore it from a backup, or start with another data folder: DATAKURA_DATA_DIR=PATH"
    )
    assert not (tmp_path / "secrets.json").exists()


def test_an_interrupted_creation_of_the_database_is_begun_anew(tmp_path: Path) -> None:
    (tmp_path / "postgres.partial/base").mkdir(parents=True)
    (tmp_path / "postgres.partial/PG_VERSION").write_text("18\n")

    engines = start_engines(tmp_path, Given(redis_url="redis://given", s3_endpoint_url="http://given"))

    assert (tmp_path / "postgres/base").is_dir()
    assert not (tmp_path / "postgres.partial").exists()
    engines.stop()


def test_the_number_of_another_program_in_the_lock_file_does_not_keep_postgresql_from_starting(tmp_path: Path) -> None:
    only_postgres = Given(redis_url="redis://given", s3_endpoint_url="http://given")
    start_engines(tmp_path, only_postgres).stop()
    (tmp_path / "postgres/postmaster.pid").write_text(f"{os.getpid()}\n{tmp_path}/postgres\n1\n1\n\n\n1 1\n")

    engines = start_engines(tmp_path, only_postgres)

    assert engines.supervised["postgres"].pid
    engines.stop()


def test_a_folder_that_is_a_file_is_refused_in_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("")

    with pytest.raises(StartError) as refused:
        start_engines(tmp_path / "data")

    assert str(refused.value) == (
        f"Cannot use the data folder {tmp_path}/data: File exists ({tmp_path}/data). "
        "Make it writable for this user, or choose another: DATAKURA_DATA_DIR=PATH"
    )


def test_a_port_of_an_engine_that_was_taken_meanwhile_is_replaced(tmp_path: Path) -> None:
    given = Given(database_url="postgresql+asyncpg://given/x", s3_endpoint_url="http://given")
    engines = start_engines(tmp_path, given)
    port = int(engines.redis_url.rpartition(":")[2].split("/")[0])
    engines.stop()

    with socket.create_server(("127.0.0.1", port)):
        engines = start_engines(tmp_path, given)

        assert f":{port}/" not in engines.redis_url
        engines.stop()
