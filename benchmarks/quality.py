"""Fifteen checks of a table of 11 columns, against one raw scan of the file and against other tools; answers compared.

Every contestant runs in a process of its own, in turns; processor seconds count, without those of importing, and the most memory
that the process ever held. Other tools live in environments that are made for them, or in folders of DATAKURA_BENCH_PEERS.
"""

import asyncio
import json
import math
import os
import subprocess
import sys
import tempfile
import venv
from pathlib import Path
from typing import TypedDict

from benchmarks.measure import Series, heading, mib, ratio, say
from benchmarks.orders import WIDE_COLUMNS, WIDE_ROWS, write_csv, write_parquet, write_wide

GOAL_CHECKS_AND_PROFILE = 3.5
GOAL_OF_CSV = 2.2
GOAL_MEMORY_BYTES = 600 << 20
PEERS = {
    "great-expectations": ("great-expectations==1.24.1", "pandas", "pyarrow"),
    "pandera": ("pandera[polars]==0.35.0", "polars==2.1.0"),
    "pointblank": ("pointblank==1.1.1", "polars==2.1.0"),
    "soda": ("soda-core-duckdb==3.5.6",),
}
PEER_ROWS = 2_000_000
"""Great Expectations keeps 5 GB for 10 M rows. DATAKURA_BENCH_PEER_ROWS sets another number."""
INSTALL_SECONDS = 600
ROOT = Path(__file__).parents[1]


async def run(rounds: int = 3, rows: int = 10_000_000) -> None:
    """Prints ratios of processor time and the most memory."""
    await asyncio.to_thread(_run, rounds, rows)


def _run(rounds: int, rows: int) -> None:
    heading(f"quality: {rows:,} rows x 11 columns, 15 checks")
    with tempfile.TemporaryDirectory(prefix="datakura-bench-") as name:
        folder = Path(name)
        large = folder / "large.parquet"
        write_parquet(large, rows)
        _compare({mode: _ours(mode, large, rows) for mode in ("scan", "checks", "profile")}, rounds)
        say(f"  goal: profile and checks at most {GOAL_CHECKS_AND_PROFILE} times the scan, within {mib(GOAL_MEMORY_BYTES)}")
        text = folder / "large.csv"
        write_csv(text, rows)
        heading(f"quality: {rows:,} rows x 11 columns of CSV, made a table, profiled and checked")
        _compare({"scan": _ours("scan_csv", text, rows), "csv": _ours("csv", text, rows)}, rounds)
        say(f"  goal: at most {GOAL_OF_CSV} times the scan of the CSV, within {mib(GOAL_MEMORY_BYTES)}")
        text.unlink()
        peer_rows = min(rows, int(os.environ.get("DATAKURA_BENCH_PEER_ROWS", PEER_ROWS)))
        small = folder / "small.parquet"
        write_parquet(small, peer_rows)
        heading(f"quality: {peer_rows:,} rows, against other tools")
        contestants = {"checks": _ours("checks", small, peer_rows)}
        for peer in PEERS:
            python = _environment(peer, folder)
            if python is not None:
                contestants[peer] = [str(python), str(ROOT / "benchmarks/quality_peers.py"), peer, str(small)]
        _compare(contestants, rounds)
        wide = folder / "wide.parquet"
        write_wide(wide)
        heading(f"quality: 100 rules on {WIDE_COLUMNS} columns x {WIDE_ROWS:,} rows, without a profile")
        modes = {"scan": "scan_wide", "100 rules": "wide", "one by one": "wide_each"}
        _compare({name: _ours(mode, wide, WIDE_ROWS) for name, mode in modes.items()}, rounds)


def _ours(mode: str, path: Path, rows: int) -> list[str]:
    return [sys.executable, "-m", "benchmarks.quality_ours", mode, str(path), str(rows)]


def _compare(contestants: dict[str, list[str]], rounds: int) -> None:
    """In turns; the first is what the others are measured by."""
    spent = {name: Series(name) for name in contestants}
    memory = dict.fromkeys(contestants, 0)
    answers: dict[str, list[float]] = {}
    for _ in range(rounds):
        for name, command in contestants.items():
            answer, peak = _measured(command)
            spent[name].values.append(answer["cpu"])
            memory[name] = max(memory[name], peak)
            answers[name] = answer["answers"]
    base, *_ = spent.values()
    for name, series in spent.items():
        seconds = f"{series.median:7.2f} s of processor time [{min(series.values):.2f} .. {max(series.values):.2f}]"
        say(f"  {name:20} {seconds:52} {ratio(series, base):6.2f}x   {mib(memory[name])}")
    whole = {name: found for name, found in answers.items() if len(found) > 1}
    if len(whole) > 1:
        _equal(whole)


class Said(TypedDict):
    """What a contestant prints."""

    cpu: float
    answers: list[float]


def _measured(command: list[str]) -> tuple[Said, int]:
    """What it says, and the most memory that it held, in bytes."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT) if "-m" in command else ""}
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment, cwd=ROOT)
    assert process.stdout is not None
    text = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.stdout.close()
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0, f"{command} ended with {process.returncode}"
    return json.loads(text.splitlines()[-1]), usage.ru_maxrss << 10


def _equal(answers: dict[str, list[float]]) -> None:
    """All found the same, means but for rounding."""
    (first, expected), *others = answers.items()
    for name, found in others:
        pairs = zip(found, expected, strict=True)
        differing = [at for at, (one, other) in enumerate(pairs, 1) if not math.isclose(one, other, rel_tol=1e-9)]
        assert not differing, f"{name} and {first} differ in checks {differing}: {found}, {expected}"
    say(f"  equal answers: {', '.join(answers)}")


def _environment(peer: str, folder: Path) -> Path | None:
    """The Python of the tool's environment, made now unless there is one; None where it cannot be made."""
    given = os.environ.get("DATAKURA_BENCH_PEERS")
    home = Path(given) / peer if given else folder / peer
    python = home / "bin/python"
    if python.exists():
        return python
    venv.create(home, with_pip=True)
    command = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *PEERS[peer]]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=INSTALL_SECONDS, check=False)
    except subprocess.TimeoutExpired:
        say(f"  {peer} could not be installed in {INSTALL_SECONDS} s: left out")
        return None
    if done.returncode != 0:
        say(f"  {peer} could not be installed: left out. {done.stderr.strip().splitlines()[-1] if done.stderr.strip() else ''}")
        return None
    return python
