"""`datakura up` on a folder that was used before: seconds until it says that it is ready, and the memory of the idle system."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks import memory
from benchmarks.measure import Series, heading, mib, say

_STACK = """
import sys
from pathlib import Path
from app.embedded.application import Commands
from app.embedded.frontend import Frontend
from app.embedded.plan import Plan
from app.embedded.supervisor import Supervisor
sys.exit(Supervisor(Plan.from_descriptor(int(sys.argv[1])), Commands(), Frontend(Path(sys.argv[2]))).run())
"""
_UP = f"""
import os, sys
from app.cli.configuration import read_plan
os.execv(sys.executable, [sys.executable, "-c", {_STACK!r}, str(read_plan().to_descriptor()), sys.argv[1]])
"""
"""`datakura up`, but in a folder that has no page to build: that is done once, and would be part of the first start only."""
GOAL_SECONDS, GOAL_MIB = 10.0, 700
SETTLE_SECONDS = 5.0


async def run(rounds: int = 5) -> None:
    """Prints the first start, the median of the later ones with their steps, and the memory by process."""
    heading("start: datakura up")
    warm, steps = Series("later starts"), dict[str, list[float]]()
    with tempfile.TemporaryDirectory(prefix="datakura-bench-") as name:
        first, _ = _start(Path(name), {})
        for round_ in range(rounds):
            settle = SETTLE_SECONDS if round_ == rounds - 1 else 0.0
            seconds, shares = _start(Path(name), steps, settle_seconds=settle)
            warm.values.append(seconds)
    say(f"  first start, without page and demo: {first:.1f} s")
    say(f"  {warm.name}: {warm.median:.1f} s   [{min(warm.values):.1f} .. {max(warm.values):.1f}]   (goal {GOAL_SECONDS:.0f} s)")
    for step, taken in steps.items():
        say(f"    {step:24} {sorted(taken)[len(taken) // 2]:8.1f} s")
    say(f"  idle memory (PSS): {mib(sum(shares.values()))}   (goal {GOAL_MIB} MiB)")
    for what, share in sorted(shares.items(), key=lambda one: -one[1]):
        say(f"    {what:24} {mib(share):>10}")


def _start(folder: Path, steps: dict[str, list[float]], *, settle_seconds: float = 0.0) -> tuple[float, dict[str, int]]:
    """Seconds to 'Ready', and the memory of each program; nothing runs any more afterwards."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("DATAKURA_")}
    environment |= {"DATAKURA_DATA_DIR": str(folder / "data"), "DATAKURA_PORT": "0", "DATAKURA_DEMO": "0"}
    begun = time.perf_counter()
    program = [sys.executable, "-c", _UP, str(folder)]
    with subprocess.Popen(program, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        assert process.stdout is not None
        said: list[str] = []
        for line in process.stdout:
            said.append(line)
            if line.startswith("Ready:"):
                break
            name, _, seconds = line.strip().rpartition("  ")
            if seconds.endswith(" s"):
                steps.setdefault(name.strip(), []).append(float(seconds.removesuffix(" s")))
        seconds_to_ready = time.perf_counter() - begun
        assert any(line.startswith("Ready:") for line in said), "".join(said)
        time.sleep(settle_seconds)
        shares = _shares(process.pid) if settle_seconds else {}
        process.send_signal(signal.SIGINT)
        process.stdout.read()
    return seconds_to_ready, shares


def _shares(pid: int) -> dict[str, int]:
    found: dict[str, int] = {}
    for each in memory.tree(pid):
        arguments = Path(f"/proc/{each}/cmdline").read_bytes().split(b"\0")
        module = next((one.decode() for one in arguments if one.startswith(b"app.")), "")
        what = module or Path(arguments[0].decode().split(":")[0]).name
        found[what] = found.get(what, 0) + memory.pss_bytes(each)
    return found
