"""Which changes of quality runs one subscription has been told."""

from uuid import UUID

from app.services.events import StatusEvent

KEPT_RUNS = 10_000
"""The oldest are forgotten: they ended long ago."""


class RunFollower:
    """Picks the runs' changes out of a stream of status events: each once, in order, after the state that was told first."""

    def __init__(self) -> None:
        self._datasets: set[UUID] = set()
        self._told: dict[UUID, int] = {}

    def is_new(self, event: StatusEvent) -> bool:
        """True at the first event of a dataset: then its newest run is to be told as it is."""
        if event.dataset_id in self._datasets:
            return False
        self._datasets.add(event.dataset_id)
        return True

    def follows(self, run_id: UUID, sequence: int) -> bool:
        """Whether this change was not told yet; from now on it was."""
        if sequence <= self._told.get(run_id, 0):
            return False
        self._told[run_id] = sequence
        while len(self._told) > KEPT_RUNS:
            del self._told[next(iter(self._told))]
        return True

    def run_of(self, event: StatusEvent) -> UUID | None:
        """The run that the event tells something new of, or None."""
        if event.run is None:
            return None
        run_id = UUID(str(event.run["id"]))
        return run_id if self.follows(run_id, int(str(event.run["sequence"]))) else None
