"""WebSockets that are open to this process: so many for each account, and for each address."""

from collections import Counter


class TooManySockets(Exception):
    """One sentence for the person whose socket is closed, at most 123 bytes: it goes into the close frame."""


class OpenSockets:
    """Counts them. Every `enter` that does not raise is followed by one `leave`."""

    def __init__(self, most: int, whose: str):
        self._most, self._whose = most, whose
        self._open: Counter[str] = Counter()

    def enter(self, who: str) -> None:
        """One more of `who`. Raises TooManySockets: there are as many as there may be, and this one does not count."""
        if self._open.get(who, 0) >= self._most:
            raise TooManySockets(f"{self._most:,} WebSockets of this {self._whose} are open already: close one of them first.")
        self._open[who] += 1

    def leave(self, who: str) -> None:
        """One less; who has none left is forgotten."""
        self._open[who] -= 1
        if not self._open[who]:
            del self._open[who]

    def __len__(self) -> int:
        return sum(self._open.values())
