"""The queue of all who need a password hashed: bounded, in turns, and the only way to the hasher."""

import asyncio
import re
import unicodedata
from pathlib import Path

import pytest

from app.core.errors import Unavailable
from app.core.hashing import HashingQueue, Turn, hash_password

APP = Path(__file__).parents[2] / "app"


class Day:
    """People who come to a queue with one turn, which is taken."""

    def __init__(self, most_waiting: int = 100):
        self.queue, self.order, self.refused = HashingQueue(turns=1, most_waiting=most_waiting), list[str](), list[str]()
        self._over = asyncio.Event()
        self._tasks: dict[str, asyncio.Task[None]] = {}

    async def begin(self) -> None:
        await self._join("first", hold=True)

    async def comes(self, *names: str) -> None:
        """They queue up one after the other: `anna 1` is Anna's first."""
        for name in names:
            await self._join(name)

    async def leaves(self, name: str) -> None:
        self._tasks[name].cancel()
        await asyncio.gather(self._tasks[name], return_exceptions=True)

    async def end(self) -> list[str]:
        """The first is done; in which order the others had their turn."""
        self._over.set()
        await asyncio.gather(*self._tasks.values(), return_exceptions=True)
        assert self.queue.waiting == 0
        async with asyncio.timeout(10), self.queue.turn("the next day"):
            return self.order

    async def _join(self, name: str, *, hold: bool = False) -> None:
        async def proof() -> None:
            try:
                async with self.queue.turn(name.partition(" ")[0]):
                    if hold:
                        await self._over.wait()
                    else:
                        self.order.append(name)
            except Unavailable:
                self.refused.append(name)

        self._tasks[name] = asyncio.create_task(proof())
        for _ in range(3):
            await asyncio.sleep(0)  # until it stands in the queue


async def test_who_asks_often_waits_behind_who_asks_once() -> None:
    day = Day()
    await day.begin()
    await day.comes("anna 1", "anna 2", "anna 3", "ben 1", "chris 1", "ben 2")
    assert await day.end() == ["anna 1", "ben 1", "chris 1", "anna 2", "ben 2", "anna 3"]


async def test_in_a_full_queue_who_asks_most_is_refused() -> None:
    day = Day(most_waiting=4)
    await day.begin()
    await day.comes("anna 1", "anna 2", "anna 3", "anna 4", "anna 5", "ben 1", "ben 2", "chris 1", "ben 3")
    # Anna's fifth finds no place; Ben and Chris take those of her last; for Ben's third nobody waits who asked more than he.
    assert day.refused == ["anna 5", "anna 4", "anna 3", "anna 2", "ben 3"]
    assert await day.end() == ["anna 1", "ben 1", "chris 1", "ben 2"]


async def test_who_leaves_the_queue_holds_nobody_up() -> None:
    day = Day()
    await day.begin()
    await day.comes("anna 1", "ben 1", "anna 2", "chris 1")
    await day.leaves("anna 1")
    await day.leaves("ben 1")
    assert await day.end() == ["anna 2", "chris 1"]


async def test_a_turn_that_comes_to_who_has_just_left_is_passed_on() -> None:
    queue = HashingQueue(turns=1)

    async def proof() -> None:
        async with queue.turn("anna"):
            pass

    async with queue.turn("first"):
        waiting = asyncio.create_task(proof())
        await asyncio.sleep(0)
        assert queue.waiting == 1
    waiting.cancel()  # the turn is theirs, and they do not know it yet
    with pytest.raises(asyncio.CancelledError):
        await waiting
    async with asyncio.timeout(10), queue.turn("next"):
        assert queue.waiting == 0


async def test_a_password_is_the_same_in_every_composition_of_its_letters() -> None:
    composed, decomposed = (unicodedata.normalize(form, "Käsebrötchen が") for form in ("NFC", "NFD"))
    assert composed != decomposed
    for chosen, typed in ((composed, decomposed), (decomposed, composed)):
        assert await Turn().verify(typed, await hash_password(chosen))
    assert not await Turn().verify(composed.replace("ä", "a"), await hash_password(composed))


def test_nothing_is_hashed_but_in_a_turn() -> None:
    sources = {path.relative_to(APP).as_posix(): path.read_text(encoding="utf-8") for path in APP.rglob("*.py")}
    found = {name for name, source in sources.items() if re.search(r"\bargon2\b.*import|import argon2|\bTurn\(\)", source)}
    assert found == {"core/hashing.py"}
