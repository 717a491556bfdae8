"""Status events: written with the change itself, contiguous per dataset."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from app.core.rows import AnyRow
from app.models.datasets import Dataset
from app.models.events import Event
from app.models.versions import DatasetVersion

CHANNEL = "datakura:events"
"""Redis channel of hints 'dataset id:sequence'; the events themselves are rows."""


@dataclass(frozen=True, slots=True)
class StatusEvent:
    """A dataset's state at one moment; `sequence` 0 means that nothing has happened yet."""

    dataset_id: UUID
    sequence: int
    occurred_at: datetime
    dataset_status: str
    version_id: UUID | None
    version_status: str | None
    stage: str | None
    progress: float
    error: dict[str, object] | None
    run: dict[str, object] | None = None
    """{id, sequence, status, summary} of the quality run that changed; see `services.quality_runs`."""


async def hold(session: AsyncSession, dataset_id: UUID) -> None:
    """The dataset's row is locked until the transaction ends, which is going to append an event.

    Before rules, incidents or runs are changed that exist already: whoever ends a run does it in this order, and two that lock
    the same rows in two orders wait for each other.
    """
    await session.execute(select(Dataset.id).where(Dataset.id == dataset_id).with_for_update(key_share=True))


async def append(
    session: AsyncSession, dataset_id: UUID, version_id: UUID | None = None, *, run: dict[str, object] | None = None
) -> int:
    """Records the state that the transaction leaves behind; returns its sequence number.

    Takes the dataset's row lock, so that numbers are handed out in the order in which transactions commit.
    """
    await session.flush()
    sequence, status = (
        await session.execute(
            update(Dataset)
            .where(Dataset.id == dataset_id)
            .values(event_sequence=Dataset.event_sequence + 1)
            .returning(Dataset.event_sequence, Dataset.status)
            .execution_options(synchronize_session=False)
        )
    ).one()
    payload: dict[str, object] = {"datasetStatus": status}
    if version_id is not None:
        version = (
            await session.execute(
                select(DatasetVersion.status, DatasetVersion.stage, DatasetVersion.progress, DatasetVersion.error).where(
                    DatasetVersion.id == version_id
                )
            )
        ).one()
        payload |= {"status": version.status, "stage": version.stage, "progress": version.progress, "error": version.error}
    if run is not None:
        payload["run"] = run
    await session.execute(
        insert(Event).values(
            dataset_id=dataset_id, sequence=sequence, occurred_at=func.clock_timestamp(), version_id=version_id, payload=payload
        )
    )
    return sequence


async def after(session: AsyncConnection, dataset_id: UUID, sequence: int, *, limit: int = 500) -> list[StatusEvent]:
    """Events of a dataset with a higher sequence than `sequence`, in order."""
    rows = await session.execute(
        select(Event.dataset_id, Event.sequence, Event.occurred_at, Event.version_id, Event.payload)
        .where(Event.dataset_id == dataset_id, Event.sequence > sequence)
        .order_by(Event.sequence)
        .limit(limit)
    )
    return [_restore(row) for row in rows]


async def latest(session: AsyncConnection, dataset_ids: list[UUID]) -> list[StatusEvent]:
    """The last event of each dataset that has one, oldest first."""
    rows = await session.execute(
        select(Event.dataset_id, Event.sequence, Event.occurred_at, Event.version_id, Event.payload)
        .join(Dataset, (Dataset.id == Event.dataset_id) & (Dataset.event_sequence == Event.sequence))
        .where(Event.dataset_id.in_(dataset_ids))
        .order_by(Event.occurred_at)
    )
    return [_restore(row) for row in rows]


async def changed_since(session: AsyncConnection, moment: datetime) -> dict[UUID, int]:
    """Dataset -> lowest sequence of its events at or after `moment`: what a lost hint would have announced."""
    rows = await session.execute(
        select(Event.dataset_id, func.min(Event.sequence).label("sequence"))
        .where(Event.occurred_at >= moment)
        .group_by(Event.dataset_id)
    )
    return {row.dataset_id: row.sequence for row in rows}


def _restore(row: AnyRow) -> StatusEvent:
    payload = row.payload
    error, run = payload.get("error"), payload.get("run")
    return StatusEvent(
        dataset_id=row.dataset_id,
        sequence=row.sequence,
        occurred_at=row.occurred_at,
        dataset_status=str(payload["datasetStatus"]),
        version_id=row.version_id,
        version_status=_text(payload.get("status")),
        stage=_text(payload.get("stage")),
        progress=float(payload.get("progress") or 0),
        error=error if isinstance(error, dict) else None,
        run=run if isinstance(run, dict) else None,
    )


def _text(value: object) -> str | None:
    return None if value is None else str(value)
