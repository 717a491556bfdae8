"""Where the time of an ingest went: its stages, as subscribers saw them change."""

import statistics
from dataclasses import dataclass, field
from itertools import pairwise

from benchmarks.measure import say
from benchmarks.running import Running


@dataclass
class Seen:
    """Seconds in each stage, over several versions."""

    seconds: dict[str, list[float]] = field(default_factory=dict)

    def add(self, stages: dict[str, float]) -> None:
        """One more version."""
        for stage, seconds in stages.items():
            self.seconds.setdefault(stage, []).append(seconds)

    def show(self) -> None:
        """Medians, one line a stage."""
        for stage, seconds in self.seconds.items():
            say(f"    {stage:24} {statistics.median(seconds):8.3f} s")


async def of_newest(running: Running) -> dict[str, float]:
    """Seconds that the newest version spent in each stage."""
    connection = await running.system.database()
    try:
        rows = await connection.fetch(
            """
            SELECT coalesce(payload->>'stage', payload->>'status') AS stage, min(occurred_at) AS since FROM events
            WHERE version_id = (SELECT id FROM dataset_versions ORDER BY created_at DESC LIMIT 1) GROUP BY 1 ORDER BY 2
            """
        )
    finally:
        await connection.close()
    return {row["stage"]: (following["since"] - row["since"]).total_seconds() for row, following in pairwise(rows)}
