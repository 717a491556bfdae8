"""Numbers as a benchmark prints them: medians of interleaved rounds, ratios, and how busy the machine was."""

import contextlib
import os
import statistics
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks import memory


@dataclass
class Series:
    """What was measured under one name, one value a round."""

    name: str
    unit: str = "s"
    values: list[float] = field(default_factory=list)

    @property
    def median(self) -> float:
        """The middle of all rounds."""
        return statistics.median(self.values)

    @contextmanager
    def timed(self) -> Iterator[None]:
        """One more value: the seconds that the block takes."""
        begun = time.perf_counter()
        yield
        self.values.append(time.perf_counter() - begun)

    def quantile(self, fraction: float) -> float:
        """The smallest value that `fraction` (0-1) of all values do not exceed."""
        ordered = sorted(self.values)
        return ordered[min(len(ordered) - 1, int(fraction * len(ordered)))]


@dataclass
class Timed:
    """The same stretches of work by the clock and by the processors' time, which a busy machine changes less."""

    name: str
    clock: Series = field(init=False)
    processors: Series = field(init=False)

    def __post_init__(self) -> None:
        self.clock, self.processors = Series(self.name), Series(f"{self.name}, processor time")

    @contextmanager
    def timed(self) -> Iterator[None]:
        """One more value of both; of the processors' time, what this process and all that it started have used."""
        begun = processor_seconds()
        with self.clock.timed():
            yield
        self.processors.values.append(processor_seconds() - begun)

    @classmethod
    def sum_of(cls, name: str, *parts: "Timed") -> "Timed":
        """What the parts took together, round by round."""
        whole = cls(name)
        whole.clock.values = [sum(values) for values in zip(*(part.clock.values for part in parts), strict=True)]
        whole.processors.values = [sum(values) for values in zip(*(part.processors.values for part in parts), strict=True)]
        return whole


def processor_seconds() -> float:
    """Processor time of this process and its descendants so far, those that ended included."""
    ticks = 0
    for pid in memory.tree(os.getpid()):
        with contextlib.suppress(FileNotFoundError):
            # Behind the program's name: own and waited-for children's time, in user and kernel mode.
            ticks += sum(map(int, Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:15]))
    return ticks / os.sysconf("SC_CLK_TCK")


def say(line: str = "") -> None:
    """One line, now."""
    print(line, flush=True)


def heading(title: str) -> None:
    """A benchmark begins."""
    say(f"\n== {title}   (load {load()})")


def load() -> str:
    """Processes that wanted a core in the last minute, and how many cores there are."""
    return f"{os.getloadavg()[0]:.1f} on {os.cpu_count()} cores"


def table(series: Sequence[Series], base: Series) -> None:
    """Medians with their range, and how many times the base each of them is (median of the rounds' ratios)."""
    for one in series:
        values = f"{one.median:10.3f} {one.unit}   [{min(one.values):.3f} .. {max(one.values):.3f}]"
        say(f"  {one.name:44} {values:44} {ratio(one, base):6.2f}x")


def ratio(one: Series, base: Series) -> float:
    """The median over the rounds of one / base, so that a busy minute counts for both."""
    return statistics.median(mine / other for mine, other in zip(one.values, base.values, strict=True))


def mib(size_bytes: float) -> str:
    """'123 MiB'."""
    return f"{size_bytes / (1 << 20):,.0f} MiB"
