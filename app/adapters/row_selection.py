"""Finds the rows of a view: one pass over the columns that it takes, batch by batch, with bounded time and memory."""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.adapters.row_views import Order, RowView, expression, keys
from app.core.errors import OperationTimeout
from app.core.phrases import say

if TYPE_CHECKING:
    import polars as pl

MOST_ROWS = 100_000
"""Rows of a view that pages reach; all of them are counted."""
SECONDS = 8.0
"""A search for rows ends after so long: less than what an operation may take, so that the answer says why."""
CONCURRENT = 2
KEPT = 64
"""Selections that a process keeps: at most 26 MB."""
_BATCH_ROWS = 250_000
_NUMBER = "#"


@dataclass(frozen=True, slots=True)
class Selection:
    """The rows of a view by their place in the file."""

    places: "pl.Series"
    """From 0, in the order of the view; the first 100,000."""
    total_count: int


class Selections:
    """Selections that were found lately. Stored tables never change, so a selection stays right for ever."""

    def __init__(self) -> None:
        self._found: OrderedDict[tuple[str, RowView], Selection] = OrderedDict()
        self._searches: dict[tuple[str, RowView], asyncio.Task[Selection]] = {}
        self._slots = asyncio.Semaphore(CONCURRENT)

    async def get(self, key: str, view: RowView, search: Callable[[], Selection]) -> Selection:
        """The selection of this view of the table `key`; those who ask at the same time wait for one search.

        Args:
            search: finds it; run in a thread.
        """
        wanted = (key, view)
        known = self._found.get(wanted)
        if known is not None:
            self._found.move_to_end(wanted)
            return known
        running = self._searches.get(wanted)
        if running is None:
            running = self._searches[wanted] = asyncio.create_task(self._search(wanted, search))
            running.add_done_callback(lambda task: self._ended(wanted, task))
        # One who goes away does not end the search of the others.
        return await asyncio.shield(running)

    async def _search(self, wanted: tuple[str, RowView], search: Callable[[], Selection]) -> Selection:
        async with self._slots:
            found = await asyncio.to_thread(search)
        self._found[wanted] = found
        while len(self._found) > KEPT:
            self._found.popitem(last=False)
        return found

    def _ended(self, wanted: tuple[str, RowView], task: asyncio.Task[Selection]) -> None:
        del self._searches[wanted]
        if not task.cancelled():
            # Nobody may be left who would take the error.
            task.exception()


def select(table: "pl.LazyFrame", view: RowView, *, seconds: float = SECONDS) -> Selection:
    """The rows of the view.

    Raises:
        InvalidInput: a value that its column cannot hold. OperationTimeout: it takes longer than `seconds`.
    """
    import polars as pl

    schema = table.collect_schema()
    rows = table.select(view.columns()).with_row_index(_NUMBER)
    if view.condition is not None:
        rows = rows.filter(expression(view.condition, schema))
    rows = rows.select(_NUMBER, *keys(view.orders, schema))
    best = _Best(view.orders, pl.DataFrame(schema=rows.collect_schema()))
    for batch in _in_time(rows, seconds):
        best.add(batch)
    return Selection(best.rows()[_NUMBER], best.total_count)


def _in_time(rows: "pl.LazyFrame", seconds: float) -> "Iterator[pl.DataFrame]":
    deadline = time.monotonic() + seconds
    for batch in rows.collect_batches(chunk_size=_BATCH_ROWS, maintain_order=True, engine="streaming"):
        if time.monotonic() > deadline:
            raise OperationTimeout(
                say(
                    "ROWS_TOO_SLOW",
                    "Finding the rows took longer than {seconds:g} s and was ended. Sort or filter by fewer "
                    "columns, or by numbers and dates.",
                    seconds=seconds,
                )
            )
        yield batch


class _Best:
    """The first rows of an order among all that were added."""

    def __init__(self, orders: tuple[Order, ...], nothing: "pl.DataFrame") -> None:
        self._orders = orders
        self._kept = [nothing]
        self._kept_count = 0
        self._bound: pl.Expr | None = None
        self.total_count = 0

    def add(self, batch: "pl.DataFrame") -> None:
        self.total_count += batch.height
        if not self._orders:
            batch = batch.head(MOST_ROWS - self._kept_count)
        elif self._bound is not None:
            batch = batch.filter(self._bound)
        self._kept.append(batch)
        self._kept_count += batch.height
        if self._orders and self._kept_count > 4 * MOST_ROWS:
            self._cut()

    def rows(self) -> "pl.DataFrame":
        self._cut()
        return self._kept[0]

    def _cut(self) -> None:
        import polars as pl

        rows = pl.concat(self._kept)
        if self._orders:
            by = [f"key{index}" for index in range(len(self._orders))]
            descending = [order.descending for order in self._orders]
            rows = rows.sort(by, descending=descending, nulls_last=True, maintain_order=True).head(MOST_ROWS)
        self._kept, self._kept_count = [rows], rows.height
        if self._orders and rows.height == MOST_ROWS:
            self._bound = self._not_worse_than(rows["key0"].tail(1))

    def _not_worse_than(self, last: "pl.Series") -> "pl.Expr | None":
        """What a row has to fulfil that could still come before the last one: so most are never put in order."""
        import polars as pl

        if last.is_null().item():
            return None
        value = pl.lit(last.first(), dtype=last.dtype)
        return pl.col("key0") >= value if self._orders[0].descending else pl.col("key0") <= value
