"""`datakura up` from a person's side: what it says, what it survives, what it leaves behind. The engines are real."""

import ctypes
import os
import shutil
import signal
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path

import asyncpg
import pytest
from redis import Redis

from app.embedded import folder, secrets
from app.embedded.engines import Engines
from app.embedded.ports import Ports
from tests.support.system import until


def redis(data_dir: Path) -> Redis:
    """A client of the folder's Valkey."""
    port = Ports(data_dir / "ports.json")._remembered["valkey"]
    return Redis(port=port, password=secrets.load(data_dir / "secrets.json").redis_password)


def answer(url: str) -> str:
    with urllib.request.urlopen(f"{url}/readyz") as response:
        return response.read().decode()


def datakura(command: str, data_dir: Path) -> subprocess.CompletedProcess[str]:
    """What the console script says and returns."""
    environment = os.environ | {"DATAKURA_DATA_DIR": str(data_dir)}
    program = [sys.executable, "-c", "from app.cli import main; main()", command]
    return subprocess.run(program, env=environment, capture_output=True, text=True, check=False)


def test_the_first_start_says_where_to_go_and_how_to_sign_in(up, tmp_path: Path) -> None:
    run = up(everything=True)
    url = run.ready()

    assert int(answer(url)) in run.started()["api"]
    assert set(run.started()) == {"PostgreSQL", "Valkey", "SeaweedFS", "api", "dispatcher", "worker"}
    password = (tmp_path / "data/admin").read_text()
    assert run.text.split("Ready:")[1].split("\n", 1)[1] == (
        "\n"
        "  Sign in    admin@example.com\n"
        f"  Password   {password}   (made for you, shown only now: note it)\n"
        f"  GraphiQL   {url}/graphiql\n"
        f"  Logs       {tmp_path}/data/logs\n"
        "  Stop       Ctrl-C, or `make stop`\n"
    )
    steps = sorted(line.split("  ")[1] for line in run.lines if line.endswith(" s"))
    assert steps == [
        "API",
        "Databases prepared",
        "Demo data loaded",
        "Dispatcher",
        "Object storage",
        "PostgreSQL",
        "Valkey",
        "Worker",
    ]


def test_a_stop_leaves_nothing_and_the_next_start_finds_all_data(up, tmp_path: Path, ended) -> None:
    first = up()
    url = first.ready()
    with redis(tmp_path / "data") as client:
        client.set("kept", "value")
    pids = [pid for tree in first.started().values() for pid in tree]
    assert len(pids) > 5
    known = folder.find_environment(tmp_path / "data")
    assert Redis.from_url(known["DATAKURA_REDIS_URL"]).get("kept") == b"value"

    assert first.stop() == 0
    assert folder.find_environment(tmp_path / "data") == {}
    assert not (tmp_path / "data/run/environment.json").exists()

    assert first.lines[-2:] == ["Stopping ... (once more stops at once)", f"Stopped. All data is kept in {tmp_path}/data."]
    assert ended(pids)
    second = up()
    assert second.ready() == url
    assert "  Password   shown at the first start; to set another, start once with DATAKURA_ADMIN_PASSWORD=..." in second.lines
    assert (tmp_path / "data/admin").read_text() not in second.text
    assert "Demo data loaded" not in second.text
    with redis(tmp_path / "data") as client:
        assert client.get("kept") == b"value"


def test_a_password_that_was_given_is_used_and_never_printed(up, tmp_path: Path) -> None:
    run = up(DATAKURA_ADMIN_PASSWORD="correct horse battery staple")
    run.ready()

    assert (tmp_path / "data/admin").read_text() == "correct horse battery staple"
    assert "  Password   the one in DATAKURA_ADMIN_PASSWORD" in run.lines
    assert "correct horse" not in run.text
    api = run.started()["api"][0]
    assert b"correct horse" not in Path(f"/proc/{api}/environ").read_bytes()


def test_the_administrator_of_a_given_database_keeps_their_password(up, tmp_path: Path, engines: Engines) -> None:
    run = up(DATAKURA_DATABASE_URL=engines.database_url, DATAKURA_DEMO="0")
    run.ready()

    assert not (tmp_path / "data/admin").exists()
    assert "  Password   the one in your database; to set another, start once with DATAKURA_ADMIN_PASSWORD=..." in run.lines


def test_another_administrator_gets_a_password_of_their_own(up, tmp_path: Path) -> None:
    up().ready()
    datakura("stop", tmp_path / "data")
    first = (tmp_path / "data/admin").read_text()
    run = up(DATAKURA_ADMIN_EMAIL="other@example.com")
    run.ready()

    second = (tmp_path / "data/admin").read_text()
    assert second != first
    assert f"  Password   {second}   (made for you, shown only now: note it)" in run.lines


def test_a_second_start_says_where_the_first_one_runs(up, tmp_path: Path) -> None:
    first = up()
    url = first.ready()

    second = up()

    assert second.end() == 1
    assert second.lines == [
        (
            f"Datakura runs already on {tmp_path}/data: {url} (process {first.pid}). "
            "Stop it with `datakura stop`, or start another one on a folder of its own: DATAKURA_DATA_DIR=PATH"
        )
    ]
    assert int(answer(url)) in first.started()["api"]


def test_two_folders_run_beside_each_other(up, tmp_path: Path) -> None:
    first, second = up(), up(data_dir=tmp_path / "other")

    assert first.ready() != second.ready()


def test_what_a_killed_supervisor_leaves_does_not_keep_the_next_one_from_starting(up, tmp_path: Path, ended) -> None:
    first = up(everything=True)
    url = first.ready()
    with redis(tmp_path / "data") as client:
        client.set("kept", "value")
    pids = [pid for tree in first.started().values() for pid in tree]

    first.send(signal.SIGKILL)
    second = up(everything=True)

    assert second.ready() == url
    assert ended(pids)
    with redis(tmp_path / "data") as client:
        assert client.get("kept") == b"value"


def test_a_start_recovers_when_everything_was_killed_at_once(up, tmp_path: Path) -> None:
    first = up(everything=True)
    url = first.ready()
    with redis(tmp_path / "data") as client:
        client.set("kept", "value")

    first.send(signal.SIGSTOP)
    for tree in first.started().values():
        for pid in tree:
            os.kill(pid, signal.SIGKILL)
    first.send(signal.SIGKILL)
    second = up(everything=True)

    assert second.ready() == url
    with redis(tmp_path / "data") as client:
        assert client.get("kept") == b"value"


async def test_an_engine_that_is_killed_is_reported_and_works_again(up, tmp_path: Path) -> None:
    run = up()
    run.ready()
    os.kill(run.started()["PostgreSQL"][0], signal.SIGKILL)

    told = run.read_until("")
    assert told.split(maxsplit=1)[1] == "PostgreSQL was ended by signal 9 (SIGKILL); it was started again and is ready."
    ports = Ports(tmp_path / "data/ports.json")._remembered
    password = secrets.load(tmp_path / "data/secrets.json").postgres_password
    connection = await asyncpg.connect(
        host="127.0.0.1", port=ports["postgres"], user="datakura", password=password, database="datakura"
    )
    assert await connection.fetchval("SELECT 1") == 1
    await connection.close()


def test_a_second_signal_stops_at_once_and_the_next_start_recovers(up, ended) -> None:
    first = up("api ignores SIGTERM")
    first.read_until("PostgreSQL")
    first.read_until("Worker")
    pids = [pid for tree in first.started().values() for pid in tree]

    first.send(signal.SIGINT)
    first.read_until("Stopping")
    first.send(signal.SIGINT)

    assert first.end() == 130
    assert first.lines[-1] == "Stopped at once; the next start recovers."
    assert ended(pids)
    up().ready()


async def test_a_signal_is_answered_when_it_does_not_interrupt_the_wait(up) -> None:
    run = up()
    run.ready()

    def others() -> set[int]:
        return {int(thread.name) for thread in Path(f"/proc/{run.pid}/task").iterdir()} - {run.pid}

    await until(lambda: len(others()) == len(run.started()), "only those who watch a program to be left")
    # As one that comes in between two waits: delivered to another thread, it wakes nobody.
    assert ctypes.CDLL(None).tgkill(run.pid, max(others()), signal.SIGTERM) == 0

    # Half of the time after which it looks up from its wait by itself.
    assert run.end(seconds=30) == 0


def test_a_stop_during_the_start_leaves_nothing(up, tmp_path: Path, ended) -> None:
    run = up(everything=True)
    run.read_until("PostgreSQL")
    run.send(signal.SIGTERM)

    assert run.end() == 0
    assert run.started() == {}
    assert run.lines[-1] == f"Stopped. All data is kept in {tmp_path}/data."


def test_a_taken_port_is_one_sentence_and_no_engine_is_started(up, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        run = up(DATAKURA_PORT=str(port))

        assert run.end() == 1

    assert run.lines == [
        (
            f"Port {port} of 127.0.0.1 is taken by another program. "
            "Stop that program, or choose another port: DATAKURA_PORT=NUMBER (0 picks a free one)."
        )
    ]
    assert not (tmp_path / "data/postgres").exists()


def test_databases_that_cannot_be_prepared_are_one_sentence_and_the_reason(up, tmp_path: Path) -> None:
    run = up("prepare fails")

    assert run.end() == 1
    log = tmp_path / "data/logs/prepare.log"
    assert run.lines[-2:] == [f"The databases could not be prepared. The log {log} ends with:", "    prepare has no luck today"]
    assert run.started() == {}


def test_the_password_is_shown_even_when_the_api_does_not_start(up, tmp_path: Path) -> None:
    run = up("api fails")

    assert run.end() == 1
    password = (tmp_path / "data/admin").read_text()
    assert f"  Made for admin@example.com, shown only now: password {password}" in run.lines
    assert run.lines[-2:] == [
        f"api did not start: it ended with exit code 1. The log {tmp_path}/data/logs/api.log ends with:",
        "    api has no luck today",
    ]


def test_a_worker_that_keeps_dying_ends_the_system_with_the_reason(up, tmp_path: Path) -> None:
    run = up("worker fails")

    assert run.end() == 1
    assert run.started() == {}
    assert any(line.startswith("worker ended with exit code 1, 5 times within 30 seconds. The log ") for line in run.lines)
    assert run.lines[-1] == "    worker has no luck today"


def test_demo_data_that_cannot_be_loaded_is_tried_again_and_hinders_nothing(up, tmp_path: Path) -> None:
    first = up("demo fails")
    first.ready()
    assert any(line.strip().startswith("The demo data could not be loaded; the next start tries again.") for line in first.lines)
    assert first.stop() == 0

    second = up(DATAKURA_ADMIN_PASSWORD="given by me")
    second.ready()

    assert any(line.strip().startswith("Demo data loaded") for line in second.lines)


def test_no_demo_is_loaded_when_none_is_wanted(up) -> None:
    run = up("demo fails", DATAKURA_DEMO="0")
    run.ready()

    assert "emo data" not in run.text


@pytest.mark.parametrize(
    ("setting", "url", "name"),
    [
        ("DATAKURA_DATABASE_URL", "postgresql+asyncpg://me:canary@127.0.0.1:{port}/x", "the database"),
        ("DATAKURA_REDIS_URL", "redis://:canary@127.0.0.1:{port}/0", "Redis"),
        ("DATAKURA_S3_ENDPOINT_URL", "http://127.0.0.1:{port}", "the object storage"),
        ("DATAKURA_ELASTICSEARCH_URL", "http://me:canary@127.0.0.1:{port}", "Elasticsearch"),
    ],
)
def test_an_engine_that_does_not_answer_is_named_without_its_password(up, setting: str, url: str, name: str) -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        port = nobody.getsockname()[1]
        run = up(**{setting: url.format(port=port)})

        assert run.end() == 1

    assert run.lines == [
        (
            f"Cannot reach {name} at 127.0.0.1:{port}: Connection refused. "
            f"Start it, or correct {setting}; without {setting} an embedded one is started."
        )
    ]


def test_a_wrong_setting_is_named(up) -> None:
    run = up(DATAKURA_PORT="http")

    assert run.end() == 1
    assert run.lines[0].startswith("DATAKURA_PORT is wrong: Input should be a valid integer")
    assert run.lines[1:] == ["The settings are described in docs/configuration.md."]


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("DATAKURA_ADMIN_PASSWORD", "x", "a password has 8 to 128 characters."),
        ("DATAKURA_ADMIN_EMAIL", "foo", "'foo' is no e-mail address; write one as admin@example.com."),
    ],
)
def test_an_administrator_that_could_not_sign_in_is_refused_before_anything_starts(
    up, tmp_path: Path, name: str, value: str, sentence: str
) -> None:
    run = up(**{name: value})

    assert run.end() == 1
    assert run.lines == [
        f"{name} is wrong: {sentence}",
        "The settings are described in docs/configuration.md.",
    ]
    assert not (tmp_path / "data").exists()


def test_a_misspelt_setting_is_not_ignored(tmp_path: Path) -> None:
    environment = os.environ | {"DATAKURA_DATA_DIR": str(tmp_path / "data"), "DATAKURA_PRT": "8500"}
    program = [sys.executable, "-c", "from app.cli import main; main()", "up"]

    done = subprocess.run(program, env=environment, capture_output=True, text=True, check=False)

    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "DATAKURA_PRT is no setting. Did you mean DATAKURA_PORT?\n"
    assert not (tmp_path / "data").exists()


def test_a_data_folder_that_cannot_be_made_is_one_sentence(up, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    run = up(data_dir=tmp_path / "file/data")

    assert run.end() == 1
    assert run.lines == [
        (
            f"Cannot use the data folder {tmp_path}/file/data: Not a directory ({tmp_path}/file/data). "
            "Make it a folder that this user may write, or choose another: DATAKURA_DATA_DIR=PATH"
        )
    ]


def test_a_full_disk_is_one_sentence(tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    supervisor = Path(__file__).parent / "standins/supervisor.py"
    # A small disk of our own: a file system in memory, in a namespace that ends with the command.
    command = f"mount -t tmpfs -o size=20m tmpfs {disk} && {sys.executable} {supervisor}"
    environment = os.environ | {"DATAKURA_DATA_DIR": str(disk / "data"), "STANDINS": "[]"}
    unshare = shutil.which("unshare")
    assert unshare

    done = subprocess.run([unshare, "-rm", "sh", "-c", command], env=environment, capture_output=True, text=True, check=False)

    assert done.stderr == (
        f"The disk of the data folder {disk}/data is full: 20 MB are free, at least 500 MB are needed. "
        "Free some space, or choose a folder on another disk: DATAKURA_DATA_DIR=PATH\n"
    )
    assert done.returncode == 1


def test_stop_and_status_from_elsewhere(up, tmp_path: Path) -> None:
    run = up(everything=True)
    url = run.ready()

    shown = datakura("status", tmp_path / "data")
    assert shown.returncode == 0
    lines = shown.stdout.splitlines()
    assert lines[0].startswith(f"{url}   on {tmp_path}/data, since ")
    names = [line.split()[0] for line in lines[1:]]
    assert sorted(names) == ["PostgreSQL", "SeaweedFS", "Valkey", "api", "dispatcher", "supervisor", "together", "worker"]
    stopped = datakura("stop", tmp_path / "data")
    assert (stopped.returncode, stopped.stdout) == (0, f"Stopped. All data is kept in {tmp_path}/data.\n")
    assert run.end() == 0
    shown = datakura("status", tmp_path / "data")
    assert (shown.returncode, shown.stdout) == (3, f"Nothing runs on {tmp_path}/data. Start it with `datakura up`.\n")
    stopped = datakura("stop", tmp_path / "data")
    assert (stopped.returncode, stopped.stdout) == (0, f"Nothing runs on {tmp_path}/data.\n")
