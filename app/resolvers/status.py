"""Live status."""

from collections.abc import AsyncGenerator
from typing import Annotated

import strawberry

from app.schema.base import Info
from app.schema.ids import from_id
from app.schema.quality import QualityRunEvent
from app.schema.scalars import BigInt
from app.schema.status import DatasetStatusEvent

_NO_RUNS: tuple[QualityRunEvent, ...] = ()


@strawberry.type
class StatusSubscription:
    @strawberry.subscription(
        description="The current state first, then every change in order. Without `datasetId`: every dataset that you may see, "
        "beginning with the hundred that changed last."
    )
    async def dataset_status_changed(
        self,
        info: Info,
        dataset_id: Annotated[strawberry.ID | None, strawberry.argument(description="One dataset; absent: all.")] = None,
        after_sequence: Annotated[
            BigInt | None,
            strawberry.argument(description="With `datasetId`: every event after this one instead of the current state."),
        ] = None,
    ) -> AsyncGenerator[DatasetStatusEvent, None]:
        context = info.context
        wanted = None if dataset_id is None else from_id(dataset_id, "Dataset", "datasetId")
        async for event in context.resources.hub.stream(context.viewer, wanted, after=after_sequence):
            context.renew_loaders()
            yield DatasetStatusEvent.of(event)

    @strawberry.subscription(
        description="Changes of quality runs. Versions have no quality rules yet, so that there is no run to report: the "
        "subscription stays open, and ends when the dataset is no longer visible."
    )
    async def quality_run_changed(
        self,
        info: Info,
        dataset_id: Annotated[strawberry.ID | None, strawberry.argument(description="One dataset; absent: all.")] = None,
    ) -> AsyncGenerator[QualityRunEvent, None]:
        wanted = None if dataset_id is None else from_id(dataset_id, "Dataset", "datasetId")
        async for _ in info.context.resources.hub.stream(info.context.viewer, wanted):
            for event in _NO_RUNS:
                yield event
