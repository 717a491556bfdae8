"""Reading and changing datasets."""

from typing import Annotated
from uuid import UUID

import strawberry

from app.models.datasets import Visibility as VisibilityModel
from app.resolvers.answers import answer
from app.schema.activity import ActivityEvent
from app.schema.base import After, First, Info, check_first, optional
from app.schema.connections import Connection
from app.schema.dataset_inputs import (
    ArchiveDatasetInput,
    CreateDatasetInput,
    DatasetPayload,
    DeleteDatasetInput,
    DeleteDatasetPayload,
    RemoveMetadataInput,
    RestoreDatasetInput,
    SetMetadataInput,
    UpdateDatasetInput,
)
from app.schema.datasets import Dataset, DatasetFilter, DatasetOrder
from app.schema.ids import from_id, to_id
from app.services.datasets import activity, datasets, lists, metadata


@strawberry.type
class DatasetsQuery:
    @strawberry.field(description="Datasets that you may see, newest first unless ordered otherwise.")
    async def datasets(
        self,
        info: Info,
        first: First,
        after: After = None,
        filter: Annotated[DatasetFilter | None, strawberry.argument(description="Conditions.")] = None,
        order_by: Annotated[DatasetOrder | None, strawberry.argument(description="Order.")] = None,
    ) -> Connection[Dataset]:
        check_first(first)
        order, direction = (order_by or DatasetOrder()).parsed()
        async with info.context.read() as connection:
            page = await lists.list_datasets(
                connection,
                info.context.viewer,
                first=first,
                after=after,
                filter=filter.parsed() if filter else None,
                order=order,
                direction=direction,
            )
        return Connection.of(page, Dataset.of)

    @strawberry.field(description="The dataset with this id; null when there is none that you may see.")
    async def dataset(
        self, info: Info, id: Annotated[strawberry.ID, strawberry.argument(description="Global id.")]
    ) -> Dataset | None:
        row = await info.context.loaders.dataset_by_id.load(from_id(id, "Dataset"))
        return optional(Dataset.of, row)

    @strawberry.field(description="The dataset with this address; null when there is none that you may see.")
    async def dataset_by_slug(
        self, info: Info, slug: Annotated[str, strawberry.argument(description="`slug` of the dataset.")]
    ) -> Dataset | None:
        async with info.context.read() as connection:
            row = await datasets.find_by_slug(connection, info.context.viewer, slug)
        return optional(Dataset.of, row)

    @strawberry.field(
        description="What was done with a dataset, its versions, rules and incidents, newest first; grants only for those who "
        "MANAGE it; null when there is no such dataset that you may see."
    )
    async def dataset_activity(
        self,
        info: Info,
        dataset_id: Annotated[strawberry.ID, strawberry.argument(description="Global id of the dataset.")],
        first: First,
        after: After = None,
    ) -> Connection[ActivityEvent] | None:
        check_first(first)
        id_ = from_id(dataset_id, "Dataset", "datasetId")
        async with info.context.read() as connection:
            page = await activity.list_events(connection, info.context.viewer, id_, first=first, after=after)
        return None if page is None else Connection.of(page, ActivityEvent.of)


@strawberry.type
class DatasetsMutation:
    @strawberry.mutation(description="A new DRAFT dataset that you own. Needs the role EDITOR.")
    async def create_dataset(
        self, info: Info, input: Annotated[CreateDatasetInput, strawberry.argument(description="The dataset.")]
    ) -> DatasetPayload:
        async def done() -> DatasetPayload:
            return await _written(
                info,
                await info.context.write(
                    lambda session, viewer: datasets.create(
                        session,
                        viewer,
                        name=input.name,
                        description=input.description,
                        visibility=VisibilityModel(input.visibility.name),
                        metadata=input.metadata,
                        tags=input.tags,
                        auto_publish=input.auto_publish,
                    )
                ),
            )

        return await answer(DatasetPayload, done())

    @strawberry.mutation(description="Changes a dataset. Needs WRITE. A stale `revision` is a CONFLICT.")
    async def update_dataset(
        self, info: Info, input: Annotated[UpdateDatasetInput, strawberry.argument(description="The changes.")]
    ) -> DatasetPayload:
        async def done() -> DatasetPayload:
            dataset_id = from_id(input.id, "Dataset")
            changes = datasets.Changes(
                name=input.name,
                description=input.description,
                visibility=None if input.visibility is None else VisibilityModel(input.visibility.name),
                tags=input.tags,
                metadata=input.metadata,
                auto_publish=input.auto_publish,
            )
            return await _written(
                info,
                await info.context.write(
                    lambda session, viewer: datasets.update_dataset(
                        session, viewer, dataset_id, revision=input.revision, changes=changes
                    )
                ),
            )

        return await answer(DatasetPayload, done())

    @strawberry.mutation(description="The dataset takes no new versions. Needs MANAGE.")
    async def archive_dataset(
        self, info: Info, input: Annotated[ArchiveDatasetInput, strawberry.argument(description="The dataset.")]
    ) -> DatasetPayload:
        async def done() -> DatasetPayload:
            dataset_id = from_id(input.id, "Dataset")
            return await _written(info, await info.context.write(lambda s, viewer: datasets.archive(s, viewer, dataset_id)))

        return await answer(DatasetPayload, done())

    @strawberry.mutation(description="Hides the dataset and frees its name; `restoreDataset` brings it back. Needs MANAGE.")
    async def delete_dataset(
        self, info: Info, input: Annotated[DeleteDatasetInput, strawberry.argument(description="The dataset.")]
    ) -> DeleteDatasetPayload:
        async def done() -> DeleteDatasetPayload:
            dataset_id = from_id(input.id, "Dataset")
            await info.context.write(lambda session, viewer: datasets.delete_dataset(session, viewer, dataset_id))
            return DeleteDatasetPayload(deleted_id=to_id("Dataset", dataset_id))

        return await answer(DeleteDatasetPayload, done())

    @strawberry.mutation(description="Brings a deleted or archived dataset back. Needs MANAGE.")
    async def restore_dataset(
        self, info: Info, input: Annotated[RestoreDatasetInput, strawberry.argument(description="The dataset.")]
    ) -> DatasetPayload:
        async def done() -> DatasetPayload:
            dataset_id = from_id(input.id, "Dataset")
            return await _written(info, await info.context.write(lambda s, viewer: datasets.restore(s, viewer, dataset_id)))

        return await answer(DatasetPayload, done())

    @strawberry.mutation(description="Sets metadata by key; other keys stay. Needs WRITE.")
    async def set_metadata(
        self, info: Info, input: Annotated[SetMetadataInput, strawberry.argument(description="The entries.")]
    ) -> DatasetPayload:
        async def done() -> DatasetPayload:
            dataset_id = from_id(input.dataset_id, "Dataset", "datasetId")
            entries = [(entry.key, entry.value) for entry in input.entries]
            return await _written(
                info, await info.context.write(lambda s, viewer: metadata.set_entries(s, viewer, dataset_id, entries))
            )

        return await answer(DatasetPayload, done())

    @strawberry.mutation(description="Removes metadata by key. Needs WRITE.")
    async def remove_metadata(
        self, info: Info, input: Annotated[RemoveMetadataInput, strawberry.argument(description="The keys.")]
    ) -> DatasetPayload:
        async def done() -> DatasetPayload:
            dataset_id = from_id(input.dataset_id, "Dataset", "datasetId")
            return await _written(
                info, await info.context.write(lambda s, viewer: metadata.remove_entries(s, viewer, dataset_id, input.keys))
            )

        return await answer(DatasetPayload, done())


async def _written(info: Info, dataset_id: UUID) -> DatasetPayload:
    """The dataset as the committed transaction left it."""
    async with info.context.read() as connection:
        return DatasetPayload(dataset=Dataset.of(await datasets.get(connection, info.context.viewer, dataset_id)))
