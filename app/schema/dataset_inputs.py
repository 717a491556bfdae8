"""Inputs and payloads of mutations on datasets."""

import strawberry
from strawberry.scalars import JSON

from app.schema.base import UserError, errors_field
from app.schema.datasets import Dataset, Visibility


@strawberry.input(description="A new dataset.")
class CreateDatasetInput:
    name: str = strawberry.field(description="1-255 characters; no other dataset may have a name that makes the same slug.")
    description: str | None = strawberry.field(default=None, description="Markdown, at most 65,536 characters.")
    visibility: Visibility = strawberry.field(default=Visibility.ORGANIZATION, description="Who sees it without a grant.")
    metadata: JSON | None = strawberry.field(default=None, description="A JSON object of at most 64 KiB.")
    tags: list[str] = strawberry.field(default_factory=list, description="At most 50 words of at most 64 characters.")
    auto_publish: bool = strawberry.field(
        default=False,
        description="True: publish each version that is READY and passes its rules of severity ERROR and those that block.",
    )


@strawberry.input(description="Changes of a dataset. Absent fields stay as they are.")
class UpdateDatasetInput:
    id: strawberry.ID = strawberry.field(description="The dataset.")
    revision: int = strawberry.field(description="The `revision` that you read; CONFLICT when somebody was faster.")
    name: str | None = strawberry.field(default=None, description="1-255 characters. The slug stays.")
    description: str | None = strawberry.field(default=None, description="Markdown; an empty text removes it.")
    visibility: Visibility | None = strawberry.field(default=None, description="Needs MANAGE.")
    tags: list[str] | None = strawberry.field(default=None, description="Replaces all tags.")
    metadata: JSON | None = strawberry.field(default=None, description="Replaces the JSON object.")
    auto_publish: bool | None = strawberry.field(
        default=None,
        description="True: publish each version that is READY and passes its rules of severity ERROR and those that block.",
    )


@strawberry.input(description="A dataset to archive.")
class ArchiveDatasetInput:
    id: strawberry.ID = strawberry.field(description="The dataset.")


@strawberry.input(description="A dataset to delete.")
class DeleteDatasetInput:
    id: strawberry.ID = strawberry.field(description="The dataset.")


@strawberry.input(description="A deleted or archived dataset to bring back.")
class RestoreDatasetInput:
    id: strawberry.ID = strawberry.field(description="The dataset.")


@strawberry.input(description="A key and its value.")
class MetadataEntryInput:
    key: str = strawberry.field(description="1-255 characters.")
    value: JSON | None = strawberry.field(description="Any JSON value of at most 64 KiB; null is a value too.")


@strawberry.input(description="Metadata to set; other keys stay as they are.")
class SetMetadataInput:
    dataset_id: strawberry.ID = strawberry.field(description="The dataset.")
    entries: list[MetadataEntryInput] = strawberry.field(description="At most 250, each key once.")


@strawberry.input(description="Metadata to remove.")
class RemoveMetadataInput:
    dataset_id: strawberry.ID = strawberry.field(description="The dataset.")
    keys: list[str] = strawberry.field(description="At most 250; a key that is not there is no error.")


@strawberry.type(description="Outcome of a change of a dataset.")
class DatasetPayload:
    dataset: Dataset | None = strawberry.field(
        default=None, description="The dataset as it is now; null with errors, or when you gave it away."
    )
    errors: list[UserError] = errors_field()


@strawberry.type(description="Outcome of `deleteDataset`.")
class DeleteDatasetPayload:
    deleted_id: strawberry.ID | None = strawberry.field(default=None, description="Id of the dataset; null with errors.")
    errors: list[UserError] = errors_field()
