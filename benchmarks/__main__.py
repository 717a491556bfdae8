"""`python -m benchmarks [NAME ...] [--rounds N]`: all of them, or those that are named."""

import argparse
import asyncio
import importlib
import platform
import signal

from benchmarks.measure import load, say

NAMES = ("flights", "large", "profile", "quality", "reads", "access", "live", "admission", "sign_in", "schedules", "start")


def main() -> None:
    """Runs one after the other, so that none disturbs another."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Measures the running system.")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(NAMES)}; all when none is given")
    parser.add_argument("--rounds", type=int, help="how often each comparison is made")
    asked = parser.parse_args()
    unknown = [name for name in asked.names if name not in NAMES]
    if unknown:
        parser.error(f"there is no benchmark named {unknown[0]}; there are {', '.join(NAMES)}")
    # Ended politely, a benchmark takes its engines and its gigabytes along.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    say(f"Python {platform.python_version()}, {platform.machine()}, load {load()}")
    for name in asked.names or NAMES:
        benchmark = importlib.import_module(f"benchmarks.{name}")
        asyncio.run(benchmark.run(**({"rounds": asked.rounds} if asked.rounds else {})))


if __name__ == "__main__":
    main()
