"""What people did with a dataset."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

import strawberry

from app.core.rows import AnyRow
from app.schema.accounts import User
from app.schema.base import Info, optional
from app.schema.ids import to_id

if TYPE_CHECKING:
    from app.schema.versions import DatasetVersion

LazyVersion = Annotated["DatasetVersion", strawberry.lazy("app.schema.versions")]


@strawberry.type(description="Something that was done with a dataset, or with what belongs to it.")
class ActivityEvent:
    id: strawberry.ID = strawberry.field(description="Global id: opaque.")
    occurred_at: datetime = strawberry.field(description="When, UTC.")
    action: str = strawberry.field(description="Noun and verb, as `version.publish`.")
    actor_system: str | None = strawberry.field(description="Which part of the system acted; null when a person did.")
    field_path: str | None = strawberry.field(description="The column that it was about; null when it was about none.")
    names: list[str] = strawberry.field(description="What was changed of it: names of properties, or keys of metadata.")
    actor_id: strawberry.Private[UUID | None]
    version_id: strawberry.Private[UUID | None]

    @strawberry.field(description="Who acted; null when the system did, or the account is gone.")
    async def actor(self, info: Info) -> User | None:
        if self.actor_id is None:
            return None
        return optional(User.of, await info.context.loaders.user_by_id.load(self.actor_id))

    @strawberry.field(description="The version that it was about; null when it was about none, or it is gone.")
    async def version(self, info: Info) -> LazyVersion | None:
        from app.schema.versions import DatasetVersion

        if self.version_id is None:
            return None
        return optional(DatasetVersion.of, await info.context.loaders.version_by_id.load(self.version_id))

    @classmethod
    def of(cls, row: AnyRow) -> "ActivityEvent":
        """From a row of `audit_events`."""
        details: dict[str, object] = row.details
        names = details.get("fields") or details.get("keys") or []
        field_path = details.get("field")
        return cls(
            id=to_id("AuditEvent", row.id),
            occurred_at=row.occurred_at,
            action=row.action,
            actor_system=row.actor_system,
            field_path=field_path if isinstance(field_path, str) else None,
            names=[str(name) for name in names] if isinstance(names, list) else [],
            actor_id=row.actor_id,
            version_id=_version_id(row),
        )


def _version_id(row: AnyRow) -> UUID | None:
    if row.action.startswith("version."):
        target: UUID | None = row.target_id
        return target
    named = row.details.get("version")
    return UUID(named) if isinstance(named, str) else None
