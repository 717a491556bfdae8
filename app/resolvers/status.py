"""Live status."""

from collections.abc import AsyncGenerator
from typing import Annotated

import strawberry

from app.schema.base import Info
from app.schema.ids import from_id
from app.schema.quality_runs import QualityRunEvent
from app.schema.scalars import BigInt
from app.schema.status import DatasetStatusEvent
from app.services.quality import runs
from app.services.quality.run_followers import RunFollower


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
        description="Of each dataset its newest run as it is now, then every change of its runs in order. Ends when the dataset is "
        "no longer visible."
    )
    async def quality_run_changed(
        self,
        info: Info,
        dataset_id: Annotated[strawberry.ID | None, strawberry.argument(description="One dataset; absent: all.")] = None,
    ) -> AsyncGenerator[QualityRunEvent, None]:
        context = info.context
        wanted = None if dataset_id is None else from_id(dataset_id, "Dataset", "datasetId")
        follower = RunFollower()
        async for event in context.resources.hub.stream(context.viewer, wanted):
            context.renew_loaders()
            if follower.is_new(event):
                async with context.read() as connection:
                    newest = await runs.newest(connection, context.viewer, event.dataset_id)
                if newest is not None and follower.follows(newest.id, newest.sequence):
                    yield QualityRunEvent.now(newest)
            run = follower.run_of(event)
            row = None if run is None else await context.loaders.run_by_id.load(run)
            if row is not None:
                yield QualityRunEvent.of(event, row)
