"""Reading versions."""

from typing import Annotated
from uuid import UUID

import strawberry

from app.context import Context
from app.core.errors import Conflict, NotFound
from app.core.phrases import say
from app.ingest import compare
from app.models.versions import VersionStatus
from app.schema.base import Info, optional
from app.schema.comparison import VersionComparison
from app.schema.ids import from_id
from app.schema.versions import DatasetVersion
from app.services.datasets import versions


@strawberry.type
class VersionsQuery:
    @strawberry.field(description="The version with this id; null when there is none that you may see.")
    async def dataset_version(
        self, info: Info, id: Annotated[strawberry.ID, strawberry.argument(description="Global id.")]
    ) -> DatasetVersion | None:
        row = await info.context.loaders.version_by_id.load(from_id(id, "DatasetVersion"))
        return optional(DatasetVersion.of, row)

    @strawberry.field(description="The difference between two READY versions that you may see, of any datasets.")
    async def compare_versions(
        self,
        info: Info,
        base: Annotated[strawberry.ID, strawberry.argument(description="The version to start from.")],
        head: Annotated[strawberry.ID, strawberry.argument(description="The version to compare with it.")],
    ) -> VersionComparison:
        context = info.context
        ids = from_id(base, "DatasetVersion", "base"), from_id(head, "DatasetVersion", "head")
        before, after = [await _summary(context, version_id) for version_id in ids]
        hidden = [(await context.loaders.hidden_by_version.load(version_id)).fields for version_id in ids]
        return VersionComparison.of(compare.compare(before, after), hidden=hidden[0] | hidden[1])


async def _summary(context: Context, version_id: UUID) -> compare.TableSummary:
    loaders = context.loaders
    version = await loaders.version_by_id.load(version_id)
    if version is None:
        raise NotFound(versions.MISSING)
    if version.status is not VersionStatus.READY:
        raise Conflict(
            say(
                "COMPARE_NOT_READY",
                "Version {number} is {status}; only READY versions can be compared.",
                number=version.number,
                status=version.status,
            )
        )
    return versions.summary(
        version,
        await loaders.schema_fields_by_version.load(version_id),
        await loaders.field_profiles_by_version.load(version_id),
    )
