"""Datasets and what people say about them."""

import enum
from datetime import datetime
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

import strawberry
from strawberry.scalars import JSON

from app.core.rows import AnyRow
from app.loaders.quality import MetricsKey, PageKey
from app.loaders.versions import VersionsKey
from app.models import datasets as models
from app.models import health
from app.schema.accounts import User
from app.schema.base import After, First, Info, Node, check_first, in_utc, optional, required
from app.schema.connections import Connection
from app.schema.ids import from_id, to_id
from app.schema.quality import DatasetHealth, QualityMetric
from app.schema.scalars import BigInt
from app.services import cursors
from app.services.access import Level
from app.services.access import reasons as access_reasons
from app.services.datasets import lists
from app.services.datasets.lists import Direction, OrderField

if TYPE_CHECKING:
    from app.schema.access import AccessExplanation, AccessGrant
    from app.schema.check_schedules import CheckSchedule
    from app.schema.quality_rules import QualityRule
    from app.schema.quality_runs import QualityRun
    from app.schema.versions import DatasetVersion

MAX_NUMBER = 2**31 - 1
"""Of a version: PostgreSQL's integer."""

LazyGrant = Annotated["AccessGrant", strawberry.lazy("app.schema.access")]
LazyExplanation = Annotated["AccessExplanation", strawberry.lazy("app.schema.access")]
LazySchedule = Annotated["CheckSchedule", strawberry.lazy("app.schema.check_schedules")]
LazyRule = Annotated["QualityRule", strawberry.lazy("app.schema.quality_rules")]
LazyRun = Annotated["QualityRun", strawberry.lazy("app.schema.quality_runs")]
LazyVersion = Annotated["DatasetVersion", strawberry.lazy("app.schema.versions")]


@strawberry.enum(description="Life of a dataset.")
class DatasetStatus(enum.Enum):
    DRAFT = strawberry.enum_value("DRAFT", description="Nothing was published yet.")
    ACTIVE = strawberry.enum_value("ACTIVE", description="Has a current version.")
    DEPRECATED = strawberry.enum_value("DEPRECATED", description="Still readable; use another one.")
    ARCHIVED = strawberry.enum_value("ARCHIVED", description="Readable, takes no new versions.")


@strawberry.enum(description="Who sees a dataset without a grant.")
class Visibility(enum.Enum):
    ORGANIZATION = strawberry.enum_value("ORGANIZATION", description="Everybody with an account.")
    RESTRICTED = strawberry.enum_value("RESTRICTED", description="The owner, administrators, and those with a grant.")


@strawberry.enum(description="What a grant allows; each level includes those before it.")
class AccessLevel(enum.Enum):
    READ = strawberry.enum_value("READ", description="See the dataset and its data.")
    WRITE = strawberry.enum_value("WRITE", description="Describe it, upload and publish versions.")
    MANAGE = strawberry.enum_value("MANAGE", description="Grant access, change visibility, archive and delete.")


@strawberry.type(description="A word that datasets are found by (DCAT: keyword).")
class Tag:
    name: str = strawberry.field(description="Lower case, one word.")


@strawberry.type(description="One key of a dataset's metadata.")
class MetadataEntry:
    key: str = strawberry.field(description="Unique in its dataset.")
    value: JSON | None = strawberry.field(description="Any JSON value; null is one too.")
    created_at: datetime = strawberry.field(description="When the key was first set.")
    updated_at: datetime | None = strawberry.field(description="When its value was last changed; null when it never was.")
    updater_id: strawberry.Private[UUID | None]

    @strawberry.field(description="Who set the value; null when the account is gone.")
    async def updated_by(self, info: Info) -> User | None:
        if self.updater_id is None:
            return None
        row = await info.context.loaders.user_by_id.load(self.updater_id)
        return optional(User.of, row)

    @classmethod
    def of(cls, row: AnyRow) -> "MetadataEntry":
        """From a row of `metadata`."""
        return cls(
            key=row.key, value=row.value, created_at=row.created_at, updated_at=row.updated_at, updater_id=row.updated_by_id
        )


@strawberry.type(
    description="A dataset: a named series of immutable versions (DataHub, DCAT: Dataset; OpenMetadata: Table, Container)."
)
class Dataset(Node):
    name: str = strawberry.field(description="Name to show, 1-255 characters.")
    slug: str = strawberry.field(description="Address: unique, made from the first name, never changed.")
    description: str | None = strawberry.field(description="What it holds, in Markdown; null when nobody has written it.")
    status: DatasetStatus = strawberry.field(description="Life of the dataset.")
    visibility: Visibility = strawberry.field(description="Who sees it without a grant.")
    metadata: JSON = strawberry.field(description="Free JSON object given by its editors.")
    auto_publish: bool = strawberry.field(
        description="True: a version that is READY becomes the current one by itself, once its rules of severity ERROR pass and nothing blocks it."
    )
    deprecation: str | None = strawberry.field(description="Why it is deprecated and what to use; null when it is not.")
    revision: int = strawberry.field(description="+1 with each change; `updateDataset` takes the one that you read.")
    created_at: datetime = strawberry.field(description="When it was created.")
    updated_at: datetime = strawberry.field(description="When it was last described or published.")
    published_at: datetime | None = strawberry.field(
        description="When its current version became the current one; null while nothing is published."
    )
    size_bytes: BigInt | None = strawberry.field(
        description="Bytes of the current version's file as it was uploaded; null while nothing is published."
    )
    row_id: strawberry.Private[UUID]
    owner_id: strawberry.Private[UUID]
    current_version_id: strawberry.Private[UUID | None]

    @classmethod
    def of(cls, row: AnyRow) -> "Dataset":
        """From a row of `datasets` (services.datasets.COLUMNS)."""
        return cls(
            id=to_id("Dataset", row.id),
            name=row.name,
            slug=row.slug,
            description=row.description,
            status=DatasetStatus(row.status.value),
            visibility=Visibility(row.visibility.value),
            metadata=row.metadata,
            auto_publish=row.auto_publish,
            deprecation=row.deprecation,
            revision=row.revision,
            created_at=row.created_at,
            updated_at=row.updated_at,
            published_at=row.current_published_at,
            size_bytes=None if row.current_version_id is None else BigInt(row.current_size_bytes),
            row_id=row.id,
            owner_id=row.owner_id,
            current_version_id=row.current_version_id,
        )

    @strawberry.field(description="Who answers for it.")
    async def owner(self, info: Info) -> User:
        return User.of(required(await info.context.loaders.user_by_id.load(self.owner_id)))

    @strawberry.field(description="What you may do with it: the highest of your role, ownership and grants.")
    async def viewer_level(self, info: Info) -> AccessLevel:
        level = await info.context.loaders.level_by_dataset.load(self.row_id)
        return AccessLevel(max(level, Level.READ).name)

    @strawberry.field(description="Whether you watch it: then you are told of it as its owner is.")
    async def watched(self, info: Info) -> bool:
        return await info.context.loaders.watched_by_dataset.load(self.row_id)

    @strawberry.field(description="Who was granted access, people first; at most 250; null unless you may MANAGE the dataset.")
    async def access_grants(self, info: Info) -> list[LazyGrant] | None:
        from app.schema.access import AccessGrant

        loaders = info.context.loaders
        if await loaders.level_by_dataset.load(self.row_id) < Level.MANAGE:
            return None
        return [AccessGrant.of(row) for row in await loaders.grants_by_dataset.load(self.row_id)]

    @strawberry.field(
        description="What an account may do with it, and why; null unless you may MANAGE the dataset, and for an id of nobody."
    )
    async def access_of(
        self, info: Info, user_id: Annotated[strawberry.ID, strawberry.argument(description="Global id of the account.")]
    ) -> LazyExplanation | None:
        from app.schema.access import AccessExplanation

        if await info.context.loaders.level_by_dataset.load(self.row_id) < Level.MANAGE:
            return None
        row_id = from_id(user_id, "User", "userId")
        async with info.context.read() as connection:
            reasons = await access_reasons.explain(connection, info.context.viewer, self.row_id, row_id)
        return None if reasons is None else AccessExplanation.of(reasons, row_id)

    @strawberry.field(description="Words that it is found by, in alphabetical order.")
    async def tags(self, info: Info) -> list[Tag]:
        return [Tag(name=row.name) for row in await info.context.loaders.tags_by_dataset.load(self.row_id)]

    @strawberry.field(description="Metadata by key, in the order of the keys; at most 250.")
    async def metadata_entries(self, info: Info) -> list[MetadataEntry]:
        return [MetadataEntry.of(row) for row in await info.context.loaders.metadata_entries_by_dataset.load(self.row_id)]

    @strawberry.field(
        description="The measurement of each quality metric on the newest version that has any, the last one there."
    )
    async def latest_quality_metrics(self, info: Info) -> list[QualityMetric]:
        return [QualityMetric.of(row) for row in await info.context.loaders.latest_metrics_by_dataset.load(self.row_id)]

    @strawberry.field(description="Health by its quality rules; null while no enabled rule has run on the current version.")
    async def health(self, info: Info) -> DatasetHealth | None:
        return optional(DatasetHealth.of, await info.context.loaders.health_by_dataset.load(self.row_id))

    @strawberry.field(description="Its quality rules, newest first.")
    async def quality_rules(self, info: Info, first: First, after: After = None) -> Connection[LazyRule]:
        from app.schema.quality_rules import QualityRule

        key = _page_key(self.row_id, first, after, "qualityRules")
        page = _newest_first(await info.context.loaders.rules_by_dataset.load(key), first, after, "qualityRules")
        return Connection.of(page, QualityRule.of)

    @strawberry.field(description="When its current version is checked again, oldest schedule first; at most 20.")
    async def check_schedules(self, info: Info) -> list[LazySchedule]:
        from app.schema.check_schedules import CheckSchedule

        return [CheckSchedule.of(row) for row in await info.context.loaders.schedules_by_dataset.load(self.row_id)]

    @strawberry.field(description="Its quality runs, newest first.")
    async def quality_runs(
        self,
        info: Info,
        first: First,
        after: After = None,
        include_trials: Annotated[
            bool, strawberry.argument(description="False: without dry runs and back-tests, which count for nothing.")
        ] = True,
    ) -> Connection[LazyRun]:
        from app.schema.quality_runs import QualityRun

        key = _page_key(self.row_id, first, after, "qualityRuns")
        loaders = info.context.loaders
        loader = loaders.runs_by_dataset if include_trials else loaders.real_runs_by_dataset
        page = _newest_first(await loader.load(key), first, after, "qualityRuns")
        return Connection.of(page, QualityRun.of)

    @strawberry.field(description="Its measurements, newest first: the history of its metrics.")
    async def quality_metrics(
        self,
        info: Info,
        first: First,
        after: After = None,
        metric_name: Annotated[str | None, strawberry.argument(description="Of this metric only.")] = None,
        field_path: Annotated[str | None, strawberry.argument(description="Of this column only.")] = None,
    ) -> Connection[QualityMetric]:
        check_first(first)
        before = cursors.moment_and_id(after, "qualityMetrics") if after else None
        metric, field = [None if name is None else _without_nul(name) for name in (metric_name, field_path)]
        rows = await info.context.loaders.metrics_by_dataset.load(MetricsKey(self.row_id, metric, field, first, before))
        page = cursors.page(rows, first, after, lambda row: cursors.encode("qualityMetrics", row.checked_at, row.id))
        return Connection.of(page, QualityMetric.of)

    @strawberry.field(description="The published version; null while there is none.")
    async def current_version(self, info: Info) -> LazyVersion | None:
        from app.schema.versions import DatasetVersion

        if self.current_version_id is None:
            return None
        row = await info.context.loaders.version_by_id.load(self.current_version_id)
        return optional(DatasetVersion.of, row)

    @strawberry.field(description="All versions, newest first.")
    async def versions(self, info: Info, first: First, after: After = None) -> Connection[LazyVersion]:
        from app.schema.versions import DatasetVersion

        check_first(first)
        before = cursors.decode_int(after, "versions") if after else None
        if isinstance(before, int):
            before = max(0, min(before, MAX_NUMBER))  # whoever makes up a cursor gets an empty page
        rows = await info.context.loaders.versions_by_dataset.load(VersionsKey(self.row_id, first, before))
        page = cursors.page(rows, first, after, lambda row: cursors.encode("versions", row.number))
        return Connection.of(page, DatasetVersion.of)


def _page_key(dataset_id: UUID, first: int, after: str | None, order: str) -> PageKey:
    """Raises InvalidInput."""
    check_first(first)
    before = cursors.decode(after, order, UUID)[0] if after else None
    assert before is None or isinstance(before, UUID)
    return PageKey(dataset_id, first, before)


def _newest_first(rows: list[AnyRow], first: int, after: str | None, order: str) -> cursors.Page[AnyRow]:
    return cursors.page(rows, first, after, lambda row: cursors.encode(order, row.id))


@strawberry.enum(description="What a list of datasets is ordered by; ties by id.")
class DatasetOrderField(enum.Enum):
    CREATED_AT = strawberry.enum_value("CREATED_AT", description="When it was created.")
    UPDATED_AT = strawberry.enum_value("UPDATED_AT", description="When it was last changed.")
    NAME = strawberry.enum_value("NAME", description="Name, by code point.")
    ROW_COUNT = strawberry.enum_value("ROW_COUNT", description="Rows of the current version; without one, 0.")
    SIZE_BYTES = strawberry.enum_value("SIZE_BYTES", description="Bytes of the current version's file; without one, 0.")
    PUBLISHED_AT = strawberry.enum_value("PUBLISHED_AT", description="When the data was published; never is oldest.")


@strawberry.enum(description="Worst status of the rules of a dataset on its current version.")
class HealthState(enum.Enum):
    PASS = strawberry.enum_value("PASS", description="All that were judged pass.")
    WARN = strawberry.enum_value("WARN", description="At least one WARN, none worse.")
    FAIL = strawberry.enum_value("FAIL", description="At least one FAIL.")
    ERROR = strawberry.enum_value("ERROR", description="At least one could not be run, none FAIL.")
    SKIPPED = strawberry.enum_value("SKIPPED", description="None had anything to judge.")
    UNCHECKED = strawberry.enum_value("UNCHECKED", description="No enabled rule has run; `health` is null.")


@strawberry.enum(description="How long ago a dataset was given the data that it has now; each excludes those before it.")
class Freshness(enum.Enum):
    DAY = strawberry.enum_value("DAY", description="Published in the last 24 hours.")
    WEEK = strawberry.enum_value("WEEK", description="In the last 7 days.")
    MONTH = strawberry.enum_value("MONTH", description="In the last 30 days.")
    YEAR = strawberry.enum_value("YEAR", description="In the last 365 days.")
    OLDER = strawberry.enum_value("OLDER", description="Before that.")
    NEVER = strawberry.enum_value("NEVER", description="Nothing is published.")


@strawberry.enum(description="Up or down.")
class OrderDirection(enum.Enum):
    ASC = strawberry.enum_value("ASC", description="Smallest, oldest or first first.")
    DESC = strawberry.enum_value("DESC", description="Largest, newest or last first.")


@strawberry.input(description="Order of a list of datasets.")
class DatasetOrder:
    field: DatasetOrderField = strawberry.field(default=DatasetOrderField.CREATED_AT, description="What to order by.")
    direction: OrderDirection = strawberry.field(default=OrderDirection.DESC, description="Up or down.")

    def parsed(self) -> tuple[OrderField, Direction]:
        """For the service."""
        return OrderField(self.field.name), Direction(self.direction.name)


@strawberry.input(description="Conditions on datasets, all of which hold. Absent: any value.")
class DatasetFilter:
    status: list[DatasetStatus] | None = strawberry.field(default=None, description="Any of these states.")
    visibility: Visibility | None = strawberry.field(default=None, description="This visibility.")
    owner_ids: list[strawberry.ID] | None = strawberry.field(
        default=None, description="Owned by any of these users; at most 250."
    )
    tags: list[str] | None = strawberry.field(default=None, description="All of these tags; at most 250.")
    name_contains: str | None = strawberry.field(default=None, description="The name contains this text, in any case.")
    created_after: datetime | None = strawberry.field(default=None, description="Created after this moment.")
    updated_after: datetime | None = strawberry.field(default=None, description="Changed after this moment.")
    health: list[HealthState] | None = strawberry.field(default=None, description="Any of these states of its rules.")
    freshness: list[Freshness] | None = strawberry.field(default=None, description="Data of any of these ages.")

    def parsed(self) -> lists.DatasetFilter:
        """For the service. Raises InvalidInput for an id that is no user's."""
        owners = None if self.owner_ids is None else [from_id(user, "User", "filter", "ownerIds") for user in self.owner_ids]
        return lists.DatasetFilter(
            status=None if self.status is None else [models.DatasetStatus(status.name) for status in self.status],
            visibility=None if self.visibility is None else models.Visibility(self.visibility.name),
            owner_ids=owners,
            tags=[_without_nul(tag) for tag in self.tags] if self.tags is not None else None,
            name_contains=self.name_contains,
            created_after=in_utc(self.created_after, "filter", "createdAfter"),
            updated_after=in_utc(self.updated_after, "filter", "updatedAfter"),
            health=None if self.health is None else [health.HealthState(one.name) for one in self.health],
            freshness=None if self.freshness is None else [health.Freshness(one.name) for one in self.freshness],
        )


def _without_nul(text: str) -> str:
    return text.replace("\x00", "\ufffd")
