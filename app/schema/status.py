"""Live status."""

from dataclasses import replace
from datetime import datetime

import strawberry

from app.context import Context
from app.schema.base import Info
from app.schema.datasets import Dataset, DatasetStatus
from app.schema.scalars import BigInt
from app.schema.versions import DatasetVersion, Stage, VersionStatus
from app.services.events import StatusEvent


@strawberry.type(description="A dataset's state at one moment. The first event after subscribing is the current state.")
class DatasetStatusEvent:
    sequence: BigInt = strawberry.field(description="Contiguous per dataset: a gap means that a message was lost.")
    occurred_at: datetime = strawberry.field(description="When it was committed.")
    event: strawberry.Private[StatusEvent]

    @classmethod
    def of(cls, event: StatusEvent) -> "DatasetStatusEvent":
        """From a status event."""
        return cls(sequence=BigInt(event.sequence), occurred_at=event.occurred_at, event=event)

    @strawberry.field(description="The dataset, with the status that it had then; null when you may no longer see it.")
    async def dataset(self, info: Info) -> Dataset | None:
        row = await info.context.loaders.dataset_by_id.load(self.event.dataset_id)
        return None if row is None else replace(Dataset.of(row), status=DatasetStatus(self.event.dataset_status))

    @strawberry.field(description="The version that changed, with the state that it had then; null when none did.")
    async def version(self, info: Info) -> DatasetVersion | None:
        return await version_at(info.context, self.event)


async def version_at(context: Context, event: StatusEvent) -> DatasetVersion | None:
    """The version of an event: what never changes from its row, what does from the event."""
    if event.version_id is None or event.version_status is None:
        return None
    row = await context.loaders.version_by_id.load(event.version_id)
    if row is None:
        return None
    return replace(
        DatasetVersion.of(row),
        status=VersionStatus(event.version_status),
        stage=Stage(event.stage) if event.stage else None,
        progress=event.progress,
        stored_error=event.error,
    )
