"""The system as its administrators see it: health, storage, the search index."""

from datetime import datetime
from uuid import UUID

import strawberry

from app.core.rows import AnyRow
from app.schema.accounts import User
from app.schema.base import Info, UserError, errors_field, required
from app.schema.connections import Connection
from app.schema.scalars import BigInt
from app.services.health import Dependency, Health, Process


@strawberry.type(description="Something that the system stands on.")
class SystemDependency:
    name: str = strawberry.field(description="`postgresql`, `redis` or `storage`.")
    available: bool = strawberry.field(description="True when it answered within three seconds.")
    latency_ms: float | None = strawberry.field(description="How long its answer took; null without one.")
    version: str | None = strawberry.field(description="What it says it is; null when it does not say.")
    reason: str | None = strawberry.field(description="The kind of the failure; null when it answered.")

    @classmethod
    def of(cls, found: Dependency) -> "SystemDependency":
        """From what `health` found."""
        return cls(
            name=found.name,
            available=found.reason is None,
            latency_ms=found.latency_ms,
            version=found.version,
            reason=found.reason,
        )


@strawberry.type(description="A kind of process, by its connections to the database.")
class SystemProcess:
    name: str = strawberry.field(description="`api`, `dispatcher` or `worker`.")
    connection_count: int = strawberry.field(description="Open connections of all its instances; 0: probably none runs.")
    since: datetime | None = strawberry.field(description="When the oldest of them was opened; null without any.")

    @classmethod
    def of(cls, found: Process) -> "SystemProcess":
        """From what `health` found."""
        return cls(name=found.name, connection_count=found.connections, since=found.since)


@strawberry.type(description="The state of the system at one moment.")
class SystemHealth:
    ready: bool = strawberry.field(description="True when every dependency answered: what `/readyz` says too.")
    checked_at: datetime = strawberry.field(description="The moment.")
    version: str = strawberry.field(description="Of this program.")
    schema_revision: str | None = strawberry.field(description="The newest migration that was run; null when that is not known.")
    profile: str = strawberry.field(description="`development`, `production` or `test`.")
    mails_page: str | None = strawberry.field(
        description="Where the mails of a system without a mail server can be read, on the machine itself; null when they are sent."
    )
    dependencies: list[SystemDependency] = strawberry.field(description="Each of them.")
    processes: list[SystemProcess] = strawberry.field(description="Each kind; empty while the database is away.")

    @classmethod
    def of(cls, found: Health, *, checked_at: datetime, version: str, profile: str, mails_page: str | None) -> "SystemHealth":
        """From what `health` found."""
        return cls(
            ready=all(one.reason is None for one in found.dependencies),
            checked_at=checked_at,
            version=version,
            schema_revision=found.revision,
            profile=profile,
            mails_page=mails_page,
            dependencies=[SystemDependency.of(one) for one in found.dependencies],
            processes=[SystemProcess.of(one) for one in found.processes],
        )


@strawberry.type(description="How far the search index follows the datasets.")
class SearchIndexState:
    engine: str = strawberry.field(description="What searches: `postgresql`.")
    dataset_count: int = strawberry.field(description="Datasets that are not deleted.")
    document_count: int = strawberry.field(description="Those of them that can be found by words.")
    waiting_count: int = strawberry.field(description="Tasks that have yet to write documents.")
    waiting_since: datetime | None = strawberry.field(description="When the oldest of them was asked for; null when none waits.")

    @classmethod
    def of(cls, row: AnyRow) -> "SearchIndexState":
        """From what `search.state` found."""
        return cls(
            engine="postgresql",
            dataset_count=row.datasets,
            document_count=row.documents,
            waiting_count=row.waiting,
            waiting_since=row.waiting_since,
        )


@strawberry.type(description="What the datasets of one account store.")
class StorageUse:
    dataset_count: int = strawberry.field(description="Datasets that the account owns.")
    used_bytes: BigInt = strawberry.field(description="What counts against the quota: the files of uploads, begun or kept.")
    file_bytes: BigInt = strawberry.field(description="All stored files of versions, with the copies that the system made.")
    quota_bytes: BigInt = strawberry.field(description="At most; 0: no bound.")
    own_quota_bytes: BigInt | None = strawberry.field(description="Set for this account; null: it has the quota of everybody.")
    owner_id: strawberry.Private[UUID]

    @classmethod
    def of(cls, row: AnyRow, default_bytes: int) -> "StorageUse":
        """From a row of `storage_use`."""
        own = row.own_quota_bytes
        return cls(
            dataset_count=row.datasets,
            used_bytes=row.used_bytes,
            file_bytes=row.file_bytes,
            quota_bytes=BigInt(default_bytes if own is None else own),
            own_quota_bytes=own,
            owner_id=row.owner_id,
        )

    @strawberry.field(description="The account.")
    async def owner(self, info: Info) -> User:
        return User.of(required(await info.context.loaders.user_by_id.load(self.owner_id)))


@strawberry.type(description="What is stored, altogether and by account.")
class StorageReport:
    used_bytes: BigInt = strawberry.field(description="Sum of `usedBytes` of all accounts.")
    file_bytes: BigInt = strawberry.field(description="Sum of `fileBytes` of all accounts.")
    dataset_count: int = strawberry.field(description="Datasets that are not deleted.")
    default_quota_bytes: BigInt = strawberry.field(description="Quota of every account that has none of its own; 0: no bound.")
    owners: Connection[StorageUse] = strawberry.field(description="All accounts, those that use most first.")


@strawberry.input(description="A quota for an account.")
class SetStorageQuotaInput:
    user_id: strawberry.ID = strawberry.field(description="Global id of the account.")
    quota_bytes: BigInt | None = strawberry.field(
        default=None, description="At most so much from now on; 0: no bound; null: the quota that everybody has."
    )


@strawberry.type(description="Outcome of `setStorageQuota`.")
class StorageUsePayload:
    storage_use: StorageUse | None = strawberry.field(
        default=None, description="What it stores, with the new quota; null with errors."
    )
    errors: list[UserError] = errors_field()
