"""Children of every bad kind, for real."""

import asyncio
import os
import select
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from app.core import child_watch
from app.core.child import ChildExit, ChildLimits, ExitReason, run_child

pytestmark = pytest.mark.asyncio
LIMITS = ChildLimits(memory_bytes=200 << 20, timeout_seconds=30, cpu_seconds=30, file_size_bytes=1 << 20)


async def run(code: str, stdin: bytes = b"", *, given: ChildLimits = LIMITS) -> tuple[ChildExit, list[bytes]]:
    lines: list[bytes] = []

    async def keep(line: bytes) -> None:
        lines.append(line)

    return await run_child([sys.executable, "-c", code], stdin, limits=given, on_line=keep), lines


def ends(pid: int) -> bool:
    """True once the process has ended; False when it lives on for 10 seconds."""
    try:
        descriptor = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    poll = select.poll()
    poll.register(descriptor, select.POLLIN)
    try:
        return bool(poll.poll(10_000))
    finally:
        os.close(descriptor)


def exists(pid: int) -> bool:
    return Path(f"/proc/{pid}").exists()


def members_of_group(group: int) -> list[int]:
    def group_of(pid: int) -> int:
        try:
            return os.getpgid(pid)
        except ProcessLookupError:
            return 0

    return [pid for pid in map(int, filter(str.isdigit, os.listdir("/proc"))) if group_of(pid) == group]


async def test_a_child_reads_its_input_and_its_lines_arrive_whole() -> None:
    text = b"x" * 300_000 + b"\n" + b"last without line end"
    ended, lines = await run("import sys; sys.stdout.write(sys.stdin.read())", text)
    assert lines == text.split(b"\n")
    assert (ended.exit_code, ended.signal, ended.reason, ended.stderr_tail) == (0, None, ExitReason.EXITED, "")
    assert ended.peak_rss_bytes < 200 << 20


async def test_a_crash_keeps_its_exit_code_and_the_end_of_its_stderr() -> None:
    ended, _ = await run("import sys; sys.stderr.write('a' * 20_000 + 'the end'); sys.exit(3)")
    assert (ended.exit_code, ended.reason) == (3, ExitReason.EXITED)
    assert ended.stderr_tail == "a" * (8192 - 7) + "the end"


async def test_a_signal_of_its_own_is_reported_as_such() -> None:
    ended, _ = await run("import os; os.abort()")
    assert (ended.exit_code, ended.signal, ended.reason) == (None, signal.SIGABRT, ExitReason.EXITED)


async def test_a_missing_program_is_exit_126() -> None:
    async def ignore(line: bytes) -> None: ...

    ended = await run_child(["/no/such/program"], b"", limits=LIMITS, on_line=ignore)
    assert (ended.exit_code, ended.stderr_tail) == (126, "cannot run /no/such/program: No such file or directory\n")


async def test_the_environment_holds_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATAKURA_S3_SECRET_KEY", "canary")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "canary")
    monkeypatch.setenv("LANG", "C.UTF-8")
    _, lines = await run("import os; print(*sorted(os.environ), sep='\\n')")
    seen = {line.decode() for line in lines}
    assert {"PATH", "LANG"} <= seen
    assert {name for name in seen if not name.startswith(("PATH", "LANG", "PYTHON"))} <= {"LC_CTYPE"}


async def test_a_memory_hog_is_killed_for_its_memory() -> None:
    hog = "data = []\nwhile True: data.append(bytearray(b'x') * (4 << 20))"
    ended, _ = await run(hog)
    assert (ended.exit_code, ended.signal, ended.reason) == (None, signal.SIGKILL, ExitReason.MEMORY)
    assert ended.peak_rss_bytes > 200 << 20


async def test_memory_of_grandchildren_counts() -> None:
    hog = "import subprocess, sys; subprocess.run([sys.executable, '-c', 'a = bytearray(b\"x\") * (400 << 20); input()'])"
    ended, _ = await run(f"import os, sys\nr, w = os.pipe(); os.dup2(r, 0); os.set_inheritable(0, True)\n{hog}")
    assert ended.reason == ExitReason.MEMORY


async def test_one_huge_allocation_is_refused_at_once() -> None:
    ended, _ = await run("bytearray(64 << 30)")
    assert (ended.exit_code, ended.reason) == (1, ExitReason.EXITED)
    assert ended.stderr_tail.endswith("MemoryError\n")


async def test_a_busy_loop_ends_at_its_cpu_limit() -> None:
    ended, _ = await run("while True: pass", given=replace(LIMITS, cpu_seconds=1))
    assert (ended.signal, ended.reason) == (signal.SIGXCPU, ExitReason.CPU)


async def test_a_child_that_takes_too_long_is_killed() -> None:
    ended, _ = await run("import time; time.sleep(60)", given=replace(LIMITS, timeout_seconds=0.3))
    assert (ended.signal, ended.reason) == (signal.SIGKILL, ExitReason.TIMEOUT)


async def test_ignoring_every_signal_does_not_help() -> None:
    deaf = (
        "import os, signal, time\nfor s in (1, 2, 15): signal.signal(s, signal.SIG_IGN)\n"
        "print(os.getpid(), flush=True); time.sleep(60)"
    )
    pid, running = await interrupted(lambda task, stop: stop.set(), deaf)
    assert (running.result().signal, running.result().reason) == (signal.SIGKILL, ExitReason.CANCELLED)
    assert not exists(pid)


async def test_a_file_that_grows_too_large_ends_the_child(tmp_path: Path) -> None:
    path = tmp_path / "large"
    code = f"import signal; signal.signal(signal.SIGXFSZ, signal.SIG_DFL); open({str(path)!r}, 'wb').write(bytes(2 << 20))"
    ended, _ = await run(code)
    assert (ended.signal, ended.reason) == (signal.SIGXFSZ, ExitReason.FILE_SIZE)
    assert path.stat().st_size == 1 << 20


async def test_a_fork_bomb_is_bounded_and_leaves_nothing() -> None:
    bomb = "import os, time\nprint(os.getpid(), flush=True)\nwhile True:\n try: os.fork()\n except OSError: time.sleep(1)"
    ended, lines = await run(bomb, given=replace(LIMITS, max_processes=20))
    assert (ended.signal, ended.reason) == (signal.SIGKILL, ExitReason.PROCESSES)
    assert all(ends(pid) for pid in members_of_group(int(lines[0])))


async def test_a_descendant_that_left_the_group_dies_too() -> None:
    code = "import os, time\nif os.fork() == 0: os.setsid(); print(os.getpid(), flush=True)\ntime.sleep(60)"
    pid, running = await interrupted(lambda task, stop: stop.set(), code)
    assert running.result().reason == ExitReason.CANCELLED
    assert ends(pid)


async def test_a_descendant_dies_when_the_child_exits() -> None:
    code = "import os, time\npid = os.fork()\nif pid == 0: time.sleep(60)\nprint(pid)"
    ended, lines = await run(code)
    assert ended.exit_code == 0
    assert ends(int(lines[0]))


async def test_the_network_is_out_of_reach_and_files_are_not(tmp_path: Path) -> None:
    secret = tmp_path / "file"
    secret.write_text("readable")
    secret.chmod(0o600)
    server = await asyncio.start_server(lambda reader, writer: writer.close(), "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    code = (
        f"import socket\nprint(open({str(secret)!r}).read())\n"
        f"try: socket.create_connection(('127.0.0.1', {port}), 5); print('connected')\nexcept OSError: print('unreachable')"
    )
    async with server:
        _, inside = await run(code)
        _, outside = await run(code, given=replace(LIMITS, isolate_network=False))
    assert outside == [b"readable", b"connected"]
    assert inside[0] == b"readable"
    if not namespaces_allowed():
        pytest.skip("this system forbids network namespaces")
    assert inside[1] == b"unreachable"


def namespaces_allowed() -> bool:
    attempts = (subprocess.run(["unshare", flags, "true"], capture_output=True, check=False) for flags in ("-n", "-Urn"))
    return any(attempt.returncode == 0 for attempt in attempts)


Running = asyncio.Task[ChildExit]


async def interrupted(
    interrupt: Callable[[Running, asyncio.Event], object],
    code: str = "import os, time; print(os.getpid(), flush=True); time.sleep(60)",
) -> tuple[int, Running]:
    """The pid that the child printed, and the call, ended after `interrupt` came upon that line."""
    started: asyncio.Future[int] = asyncio.get_running_loop().create_future()
    stop = asyncio.Event()

    async def keep(line: bytes) -> None:
        started.set_result(int(line))

    running = asyncio.create_task(run_child([sys.executable, "-c", code], b"", limits=LIMITS, on_line=keep, stop=stop))
    pid = await started
    interrupt(running, stop)
    await asyncio.wait({running})
    return pid, running


async def test_cancelling_kills_the_child_before_it_raises() -> None:
    pid, running = await interrupted(lambda task, stop: task.cancel())
    assert running.cancelled()
    assert not exists(pid)


async def test_stopping_kills_the_child_and_says_so() -> None:
    pid, running = await interrupted(lambda task, stop: stop.set())
    assert running.result().reason == ExitReason.CANCELLED
    assert not exists(pid)


async def test_an_error_of_the_listener_kills_the_child_and_is_raised() -> None:
    pids: list[int] = []

    async def refuse(line: bytes) -> None:
        pids.append(int(line))
        raise LookupError("no such version")

    code = "import os, time; print(os.getpid(), flush=True); time.sleep(60)"
    with pytest.raises(LookupError, match="no such version"):
        await run_child([sys.executable, "-c", code], b"", limits=LIMITS, on_line=refuse)
    assert not exists(pids[0])


async def test_a_line_without_end_is_bounded() -> None:
    endless = "import sys\nwhile True: sys.stdout.write('x' * 65536)"
    ended, lines = await run(endless, given=replace(LIMITS, max_line_bytes=1 << 20))
    assert (ended.reason, lines) == (ExitReason.OUTPUT, [])


async def test_a_child_dies_with_a_parent_that_is_killed(tmp_path: Path) -> None:
    parent = (
        "import asyncio, sys\nfrom app.core.child import ChildLimits, run_child\n"
        "async def show(line): print(line.decode(), flush=True)\n"
        "code = 'import os, time; print(os.getpid(), flush=True); time.sleep(60)'\n"
        "limits = ChildLimits(memory_bytes=200 << 20, timeout_seconds=60, cpu_seconds=9, file_size_bytes=1)\n"
        "asyncio.run(run_child([sys.executable, '-c', code], b'', limits=limits, on_line=show))"
    )
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", parent, stdout=asyncio.subprocess.PIPE)
    assert process.stdout is not None
    pid = int(await process.stdout.readline())
    assert exists(pid)
    process.kill()
    await process.wait()
    assert ends(pid)


async def test_no_descriptor_and_no_zombie_is_left() -> None:
    await run("pass")
    descriptors, processes = sorted(os.listdir("/proc/self/fd")), child_watch.tree(os.getpid())
    for _ in range(5):
        await run("print('x')")
    assert sorted(os.listdir("/proc/self/fd")) == descriptors
    assert child_watch.tree(os.getpid()) == processes
