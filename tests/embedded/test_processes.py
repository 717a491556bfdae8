"""A supervised program is restarted, given up, stopped, and never outlives its supervisor."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from queue import SimpleQueue

import pytest

from app.embedded import processes
from app.embedded.errors import StartError
from app.embedded.leftovers import ProcessId, Record, running, started, stop_leftovers
from app.embedded.processes import Program, Supervised, Watch, rotate

Ended = Callable[[list[int]], bool]
WAITS = "import signal; signal.sigwait({signal.SIGTERM})"


class Supervision:
    """Programs of one test, what is told about them, and their end."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.restarted: SimpleQueue[str] = SimpleQueue()
        self.gave_up: SimpleQueue[StartError] = SimpleQueue()
        self.record = folder / "record.json"
        self.all: list[Supervised] = []

    def program(self, code: str, *, stop_seconds: float = 10.0, is_ready: Callable[[], bool] | None = None) -> Supervised:
        program = Program(
            name="program",
            command=(sys.executable, "-c", code),
            environment={"FOLDER": str(self.folder)},
            log=self.folder / "program.log",
            directory=self.folder,
            stop_seconds=stop_seconds,
            is_ready=is_ready,
        )
        watch = Watch(restarted=self.restarted.put, gave_up=self.gave_up.put)
        self.all.append(Supervised(program, Record(self.record), watch))
        return self.all[-1]


@pytest.fixture
def supervision(tmp_path: Path) -> Iterator[Supervision]:
    made = Supervision(tmp_path)
    yield made
    for supervised in made.all:
        supervised.kill()


def test_a_program_that_is_killed_is_started_again(supervision: Supervision) -> None:
    supervised = supervision.program(WAITS)
    supervised.start()
    first = supervised.pid
    assert first
    os.kill(first, signal.SIGKILL)

    told = supervision.restarted.get(timeout=120)

    assert told == "program was ended by signal 9 (SIGKILL); it was started again and is ready."
    assert supervised.pid not in (None, first)
    assert running(supervision.record) == {"program": ProcessId(supervised.pid or 0, started(supervised.pid or 0))}


def test_a_program_that_ends_at_once_is_not_tried_again_and_its_log_is_quoted(supervision: Supervision) -> None:
    supervised = supervision.program("print('x' * 3, flush=True); raise SystemExit('no such table')", is_ready=lambda: False)

    with pytest.raises(StartError) as failed:
        supervised.start()

    log = supervision.folder / "program.log"
    assert (
        str(failed.value)
        == f"program did not start: it ended with exit code 1. The log {log} ends with:\n    xxx\n    no such table"
    )
    assert running(supervision.record) == {}


def test_a_full_disk_in_the_log_is_named_first(supervision: Supervision) -> None:
    supervised = supervision.program("raise SystemExit('write: No space left on device')", is_ready=lambda: False)

    with pytest.raises(StartError, match=r"^The disk is full\. program did not start: .* Free some space, then start again\."):
        supervised.start()


def test_a_program_that_keeps_dying_is_given_up_after_five_deaths(
    supervision: Supervision, monkeypatch: pytest.MonkeyPatch
) -> None:
    # On a busy machine five short lives take longer than half a minute.
    monkeypatch.setattr(processes, "_WITHIN_SECONDS", 600.0)
    runs, seen = supervision.folder / "runs", supervision.folder / "seen"
    # It lives until it was seen to run: one that is dead at the first look has not started at all.
    supervised = supervision.program(
        "import os, time\nfolder = os.environ['FOLDER']\nopen(folder + '/runs', 'a').write('.')\n"
        "while not os.path.exists(folder + '/seen'): time.sleep(0.01)\nraise SystemExit('bad luck')"
    )
    supervised.start()
    seen.touch()

    told = str(supervision.gave_up.get(timeout=120))

    assert told.startswith("program ended with exit code 1, 5 times within 600 seconds. The log ")
    assert told.endswith("    bad luck")
    assert runs.read_text() == "....."


def test_a_program_that_is_not_ready_in_time_is_stopped(supervision: Supervision) -> None:
    supervised = supervision.program(WAITS, is_ready=lambda: False)

    with pytest.raises(StartError, match="program was not ready within 0 seconds"):
        supervised.start(timeout_seconds=0.2)

    assert supervised.pid is None
    assert running(supervision.record) == {}


def test_a_program_that_does_not_listen_is_killed_with_what_it_started(supervision: Supervision, ended: Ended) -> None:
    # It says that it is ready by the file, which holds the process that it started.
    code = """
import os, signal, subprocess, sys
signal.signal(signal.SIGTERM, signal.SIG_IGN)
child = subprocess.Popen([sys.executable, "-c", "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); signal.pause()"])
path = os.environ["FOLDER"] + "/child"
open(path + ".new", "w").write(str(child.pid))
os.rename(path + ".new", path)
signal.pause()
"""
    child = supervision.folder / "child"
    supervised = supervision.program(code, stop_seconds=0.1, is_ready=child.exists)
    supervised.start()
    pids = [supervised.pid or 0, int(child.read_text())]

    supervised.stop()

    assert ended(pids)
    assert supervision.gave_up.empty()
    assert supervision.restarted.empty()


def test_a_program_ends_when_its_supervisor_is_killed(tmp_path: Path, ended: Ended) -> None:
    code = f"""
import pathlib, signal
from app.embedded.leftovers import Record
from app.embedded.processes import Program, Supervised, Watch
folder = pathlib.Path({str(tmp_path)!r})
program = Program(name="program", command=({sys.executable!r}, "-c", {WAITS!r}), environment={{}}, log=folder / "log", directory=folder)
supervised = Supervised(program, Record(folder / "record.json"), Watch())
supervised.start()
print(supervised.pid, flush=True)
signal.pause()
"""
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as supervisor:
        assert supervisor.stdout
        pid = int(supervisor.stdout.readline())
        supervisor.kill()

    assert ended([pid])


def test_leftovers_are_stopped_with_the_session_they_led_and_nobody_else(tmp_path: Path, ended: Ended) -> None:
    record = tmp_path / "record.json"
    leads = "import subprocess, sys; print(subprocess.Popen([sys.executable, '-c', 'input()']).pid, flush=True); sys.stdin.read()"
    with (
        subprocess.Popen(
            [sys.executable, "-c", leads], stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True
        ) as leader,
        subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as stranger,
    ):
        assert leader.stdout
        member = int(leader.stdout.readline())
        Record(record).add("leader", leader.pid, signal.SIGTERM)

        stopped = stop_leftovers(record)

        assert stopped == ["leader"]
        assert leader.wait() == -signal.SIGTERM
        assert ended([member])
        assert stranger.poll() is None
        stranger.kill()


def test_a_process_that_took_the_number_of_a_recorded_one_is_left_alone(tmp_path: Path) -> None:
    record = tmp_path / "record.json"
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE, start_new_session=True) as stranger:
        Record(record).add("leader", stranger.pid, signal.SIGKILL)
        text = record.read_text()
        record.write_text(text.replace(started(stranger.pid), started(os.getpid())))

        assert stop_leftovers(record) == []
        assert stranger.poll() is None
        stranger.kill()


def test_a_long_log_is_put_aside_and_three_older_ones_are_kept(tmp_path: Path) -> None:
    log = tmp_path / "program.log"
    for number in range(5):
        log.write_bytes(b"%d" % number * (10 << 20))
        rotate(log)

    assert {path.name: path.read_bytes()[:1] for path in tmp_path.iterdir()} == {
        "program.log.1": b"4",
        "program.log.2": b"3",
        "program.log.3": b"2",
    }


def test_the_log_of_a_running_program_is_emptied_and_stays_in_use(tmp_path: Path) -> None:
    log = tmp_path / "program.log"
    with log.open("ab") as program:
        program.write(b"x" * (10 << 20))
        program.flush()
        rotate(log, in_use=True)
        program.write(b"next")

    assert log.read_bytes() == b"next"
    assert (tmp_path / "program.log.1").stat().st_size == 10 << 20
