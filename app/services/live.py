"""Live status: committed events reach every subscriber in order and without gaps, whatever gets lost on the way.

Hints come over one Redis connection a process; events are read from PostgreSQL, once for all subscribers. A subscriber
remembers the last sequence that it was given, so a lost or doubled hint changes nothing; a sweep every two seconds
finds what no hint announced.
"""

import asyncio
import contextlib
from collections import OrderedDict
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError
from sqlalchemy import select, text

from app.core import metrics
from app.core.db import Database
from app.core.errors import FellBehind, NotFound, Unavailable
from app.core.phrases import say
from app.core.viewer import System, Viewer
from app.models.datasets import Dataset
from app.models.versions import DatasetVersion
from app.services import access, events
from app.services.access import Audience
from app.services.events import StatusEvent

log = structlog.get_logger(__name__)

SWEEP_SECONDS = 2.0
SWEEP_OVERLAP = timedelta(seconds=10)
"""A transaction that began so long ago may commit an event with an older time than the last sweep saw."""
MOST_PENDING = 64
"""Datasets whose changes wait for one subscriber that is busy."""
SNAPSHOT_DATASETS = 100
KEPT_EVENTS = 256
KEPT_DATASETS = 1_000
AUDIENCE_SECONDS = 0.4
"""How old the answer to 'who may see this dataset' may be. Who sees it by a grant asks as often, also when nothing happens:
leaving a team is no event of a dataset. So a revocation is felt within twice this time, which is less than a second."""
_API = System("api")


class Subscriber:
    """What one subscription has yet to look at: dataset -> lowest sequence that it has not been given.

    Events themselves do not wait: they are read when their turn comes. A dataset that changes again takes no second place.
    """

    def __init__(self) -> None:
        self._pending: dict[UUID, int] = {}
        self._woken = asyncio.Event()
        self._waits = False
        self._behind = False

    def tell(self, dataset_id: UUID, sequence: int) -> None:
        """There is an event with this number."""
        self._woken.set()
        # One that waits takes all at once, however many changed in one moment; one that is slow must not pile them up.
        if self._behind or (not self._waits and dataset_id not in self._pending and len(self._pending) >= MOST_PENDING):
            self._behind = True
            self._pending.clear()
            return
        self._pending[dataset_id] = min(self._pending.get(dataset_id, sequence), sequence)

    async def take(self, *, seconds: float | None = None) -> dict[UUID, int]:
        """Waits until there is something, and takes it all; takes nothing when `seconds` have passed.

        Raises:
            FellBehind: more datasets than `MOST_PENDING` changed while the last were looked at.
        """
        self._waits = True
        try:
            async with asyncio.timeout(seconds):
                await self._woken.wait()
        except TimeoutError:
            pass
        finally:
            self._waits = False
        if self._behind:
            raise FellBehind(say("FELL_BEHIND", "More changes wait than can be kept for you. Subscribe again."))
        self._woken.clear()
        taken, self._pending = self._pending, {}
        return taken


@dataclass(frozen=True, slots=True)
class _ReadAudience:
    """Who saw a dataset when it was read: after the event `sequence`, good until `until` (the loop's time)."""

    audience: Audience
    sequence: int
    until: float


class StatusHub:
    """Distributes events of one process."""

    def __init__(self, db: Database, redis: Redis):
        self._db, self._redis = db, redis
        self._of_dataset: dict[UUID, set[Subscriber]] = {}
        self._of_all: set[Subscriber] = set()
        self._recent: OrderedDict[UUID, list[StatusEvent]] = OrderedDict()
        self._reading: dict[UUID, asyncio.Lock] = {}
        self._highest: dict[UUID, int] = {}
        self._audiences: dict[UUID, _ReadAudience] = {}

    async def run(self) -> None:
        """Listens and sweeps for ever."""
        await asyncio.gather(self._listen(), self._sweep())

    async def stream(self, viewer: Viewer, dataset_id: UUID | None, *, after: int | None = None) -> AsyncIterator[StatusEvent]:
        """The current state, then every change in order; without `dataset_id` of all datasets that the viewer may see.

        Ends when the dataset is deleted or no longer visible.

        Args:
            after: instead of the current state, send the events of this dataset after this sequence.

        Raises:
            NotFound: no such dataset, or not visible.
        """
        subscriber = Subscriber()
        with self._registered(subscriber, dataset_id):
            last: dict[UUID, int] = {}
            asks = False
            if dataset_id is not None:
                asks = (await self._require(viewer, dataset_id)).hangs_on_a_grant(viewer)
            if dataset_id is not None and after is not None:
                last[dataset_id] = after
                async for event in self._missed(dataset_id, after):
                    last[dataset_id] = event.sequence
                    yield event
            else:
                for state in await self._snapshot(viewer, dataset_id):
                    last[state.dataset_id] = state.sequence
                    yield state
            while True:
                taken = await subscriber.take(seconds=AUDIENCE_SECONDS if asks else None)
                if dataset_id is not None and not taken:
                    if not (await self._audience(dataset_id)).includes(viewer):
                        return
                    continue
                for changed, sequence in taken.items():
                    audience = await self._audience(changed)
                    if not audience.includes(viewer):
                        if dataset_id is not None:
                            return
                        continue
                    asks = dataset_id is not None and audience.hangs_on_a_grant(viewer)
                    async for event in self._after(changed, last.get(changed, sequence - 1)):
                        last[changed] = event.sequence
                        metrics.SUBSCRIPTION_EVENTS.inc()
                        yield event

    @contextlib.contextmanager
    def _registered(self, subscriber: Subscriber, dataset_id: UUID | None):  # type: ignore[no-untyped-def]
        group = self._of_all if dataset_id is None else self._of_dataset.setdefault(dataset_id, set())
        group.add(subscriber)
        metrics.SUBSCRIPTIONS.inc()
        try:
            yield
        finally:
            metrics.SUBSCRIPTIONS.dec()
            group.discard(subscriber)
            if dataset_id is not None and not group:
                self._of_dataset.pop(dataset_id, None)

    def hint(self, dataset_id: UUID, sequence: int) -> None:
        """Somebody says that this event was committed."""
        listening = (*self._of_all, *self._of_dataset.get(dataset_id, ()))
        if listening:
            self._highest[dataset_id] = max(sequence, self._highest.get(dataset_id, 0))
        for subscriber in listening:
            subscriber.tell(dataset_id, sequence)

    async def _require(self, viewer: Viewer, dataset_id: UUID) -> Audience:
        audience = await self._audience(dataset_id)
        if not audience.includes(viewer):
            raise NotFound(say("NO_SUCH_DATASET", "There is no such dataset, or you may not see it."))
        return audience

    async def _audience(self, dataset_id: UUID) -> Audience:
        """Who may see the dataset: read once for all subscribers, after its newest event and at most half a second ago.

        Whatever changes who sees a dataset is an event of it, so what was read before the event does not count.
        """
        now = asyncio.get_running_loop().time()
        newest = self._highest.get(dataset_id, 0)
        async with self._reading.setdefault(dataset_id, asyncio.Lock()):
            read = self._audiences.get(dataset_id)
            if read is not None and read.until >= now and read.sequence >= newest:
                return read.audience
            async with self._db.read(_API) as connection:
                audience = await access.audience(connection, dataset_id)
            if len(self._audiences) > KEPT_DATASETS:
                self._audiences.clear()
            self._audiences[dataset_id] = _ReadAudience(audience, newest, now + AUDIENCE_SECONDS)
            return audience

    async def _missed(self, dataset_id: UUID, sequence: int) -> AsyncIterator[StatusEvent]:
        """Events after `sequence`, whether or not a hint has ever told of them."""
        while found := await self._read(dataset_id, sequence):
            for event in found:
                sequence = event.sequence
                yield event

    async def _after(self, dataset_id: UUID, sequence: int) -> AsyncIterator[StatusEvent]:
        while sequence < self._highest.get(dataset_id, sequence + 1):
            found = await self._read(dataset_id, sequence)
            if not found:
                return
            for event in found:
                sequence = event.sequence
                yield event

    async def _read(self, dataset_id: UUID, sequence: int) -> list[StatusEvent]:
        """Events after `sequence`: from what was read last when it reaches back far enough, else from the database."""
        lock = self._reading.setdefault(dataset_id, asyncio.Lock())
        async with lock:
            recent = self._recent.get(dataset_id, [])
            newer = [event for event in recent if event.sequence > sequence]
            if newer and newer[0].sequence == sequence + 1:
                return newer
            async with self._db.read(_API) as connection:
                found = await events.after(connection, dataset_id, sequence)
            joined = [*recent, *found] if recent and found and found[0].sequence == recent[-1].sequence + 1 else found
            if joined:
                self._recent[dataset_id] = joined[-KEPT_EVENTS:]
                self._recent.move_to_end(dataset_id)
            while len(self._recent) > KEPT_DATASETS:
                forgotten, _ = self._recent.popitem(last=False)
                self._reading.pop(forgotten, None)
                self._highest.pop(forgotten, None)
            return found

    async def _snapshot(self, viewer: Viewer, dataset_id: UUID | None) -> list[StatusEvent]:
        """Current states, oldest change first: of one dataset, or of the hundred that changed last."""
        newest = (
            select(DatasetVersion)
            .where(DatasetVersion.dataset_id == Dataset.id)
            .order_by(DatasetVersion.updated_at.desc())
            .limit(1)
            .lateral("newest")
        )
        statement = (
            select(
                Dataset.id, Dataset.event_sequence, Dataset.status.label("dataset_status"), Dataset.updated_at,
                newest.c.id.label("version_id"), newest.c.status, newest.c.stage, newest.c.progress, newest.c.error,
                newest.c.updated_at.label("version_updated_at"),
            )
            .outerjoin(newest, text("true"))
            .where(access.visible(viewer))
            .order_by(Dataset.updated_at.desc(), Dataset.id.desc())
            .limit(SNAPSHOT_DATASETS)
        )  # fmt: skip
        if dataset_id is not None:
            statement = statement.where(Dataset.id == dataset_id)
        async with self._db.read(viewer) as connection:
            rows = (await connection.execute(statement)).all()
        if dataset_id is not None and not rows:
            raise NotFound(say("NO_SUCH_DATASET", "There is no such dataset, or you may not see it."))
        return [
            StatusEvent(
                dataset_id=row.id,
                sequence=row.event_sequence,
                occurred_at=max(filter(None, (row.updated_at, row.version_updated_at))),
                dataset_status=row.dataset_status,
                version_id=row.version_id,
                version_status=row.status,
                stage=row.stage,
                progress=row.progress or 0.0,
                error=row.error,
            )
            for row in reversed(rows)
        ]

    async def _listen(self) -> None:
        while True:
            try:
                async with self._redis.pubsub() as channel:
                    await channel.subscribe(events.CHANNEL)
                    async for message in channel.listen():
                        if message["type"] == "message":
                            self._follow(message["data"])
            except (RedisError, OSError) as error:
                log.warning("hub.redis_away", reason=type(error).__name__)
            await asyncio.sleep(0.5)

    def _follow(self, data: object) -> None:
        """Anybody may write anything into Redis: what is no hint is ignored."""
        with contextlib.suppress(ValueError):
            dataset_id, _, sequence = (data.decode() if isinstance(data, bytes) else str(data)).partition(":")
            self.hint(UUID(dataset_id), int(sequence))

    async def _sweep(self) -> None:
        since: datetime | None = None
        while True:
            await asyncio.sleep(SWEEP_SECONDS)
            if not self._of_all and not self._of_dataset:
                since = None
                continue
            try:
                async with self._db.read(_API) as connection:
                    now = (await connection.execute(text("SELECT now()"))).scalar_one()
                    changed = await events.changed_since(connection, (since or now) - SWEEP_OVERLAP)
                since = now
            except Unavailable:
                continue
            except Exception:  # whatever it is, the next sweep is due in two seconds
                log.exception("hub.sweep_failed")
                continue
            for dataset_id, sequence in changed.items():
                self.hint(dataset_id, sequence)
