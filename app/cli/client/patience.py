"""How long and how often something is tried that failed for a reason that may pass."""

import random
from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Patience:
    """Waits double from `first_seconds` up to `longest_seconds`, each shortened by up to a half by chance."""

    attempts: int = 7
    first_seconds: float = 0.5
    longest_seconds: float = 10.0

    def waits(self) -> Iterator[float]:
        """Seconds before the second, third ... attempt."""
        seconds = self.first_seconds
        for _ in range(self.attempts - 1):
            # By chance, so that clients that failed together do not come back together.
            yield seconds * random.uniform(0.5, 1.0)
            seconds = min(seconds * 2, self.longest_seconds)


ONCE = Patience(attempts=1)
"""For the first contact: a wrong address is said at once."""
