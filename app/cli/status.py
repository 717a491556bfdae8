"""`datakura status`: what runs on a data folder, where, and how much memory it takes."""

import sys
import time
from pathlib import Path

from app.cli.configuration import read_plan
from app.embedded import folder
from app.embedded.leftovers import running, tree


def status() -> None:
    """Show what runs: address, processes, memory. Exit code 3 when nothing does."""
    plan = read_plan()
    supervisor = folder.find_running(plan.folder)
    if supervisor is None:
        print(f"Nothing runs on {plan.folder}. Start it with `datakura up`.")
        sys.exit(3)
    print(f"{supervisor.url or 'starting or stopping'}   on {plan.folder}, since {_duration(time.time() - supervisor.since)}")
    recorded = running(plan.run / "engines.json") | running(plan.run / "application.json")
    total = _show("supervisor", [supervisor.pid])
    for name, process in recorded.items():
        total += _show(name, tree(process.pid))
    print(f"  {'together':<14}{'':>8}{total >> 20:>7} MB")


def _show(name: str, pids: list[int]) -> int:
    bytes_ = sum(_memory_bytes(pid) for pid in pids)
    print(f"  {name:<14}{pids[0]:>8}{bytes_ >> 20:>7} MB")
    return bytes_


def _memory_bytes(pid: int) -> int:
    """The memory that the process would free if it ended: its own, and its share of what it has in common with others."""
    try:
        text = Path(f"/proc/{pid}/smaps_rollup").read_text()
    except OSError:
        return 0
    return next((int(line.split()[1]) << 10 for line in text.splitlines() if line.startswith("Pss:")), 0)


def _duration(seconds: float) -> str:
    hours, minutes = divmod(int(seconds) // 60, 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min" if minutes else f"{int(seconds)} s"
