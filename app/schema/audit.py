"""The audit trail."""

from datetime import datetime
from uuid import UUID

import strawberry
from strawberry.scalars import JSON

from app.core.errors import InvalidInput
from app.core.phrases import say
from app.core.rows import AnyRow
from app.schema.accounts import User
from app.schema.api_keys import ApiKey
from app.schema.base import Info, Node, in_utc, optional
from app.schema.datasets import Dataset
from app.schema.ids import from_id, is_kind, parse_id, to_id
from app.schema.scalars import BigInt
from app.schema.teams import Team
from app.schema.versions import DatasetVersion
from app.services.audit.lists import AuditFilter, Trail

_TARGETS = {
    "dataset": "Dataset", "access": "Dataset", "metadata": "Dataset", "upload": "Upload", "version": "DatasetVersion",
    "user": "User", "totp": "User", "session": "SignInSession", "api_key": "ApiKey", "team": "Team", "quality_rule": "QualityRule", "quality_run": "QualityRun",
    "task": "Task", "search": "Task", "incident": "Incident", "check_schedule": "CheckSchedule", "quality_back_test": "QualityBackTest",
    "rule_template": "RuleTemplate", "data_contract": "Dataset", "download": "DatasetVersion",
}  # fmt: skip
"""Noun of an action -> kind of object that its target is."""


@strawberry.type(description="A record of the audit trail: who did what to which object. It is never changed.")
class AuditEvent:
    id: strawberry.ID = strawberry.field(description="Global id: opaque.")
    sequence: BigInt = strawberry.field(description="Rises with every record; numbers may be left out.")
    actor_system: str | None = strawberry.field(description="Which part of the system acted; null when a person did.")
    action: str = strawberry.field(description="Noun and verb, as `dataset.create`.")
    target_id: strawberry.ID | None = strawberry.field(
        description="Global id of the object, which may be gone; null without one."
    )
    occurred_at: datetime = strawberry.field(description="When, UTC.")
    ip_address: str | None = strawberry.field(description="Where the request came from; null when it was none.")
    request_id: str | None = strawberry.field(description="`X-Request-Id` of the request; also in the logs.")
    session_id: strawberry.ID | None = strawberry.field(
        description="Global id of the sign-in session in which it was done; null without one."
    )
    details: JSON = strawberry.field(description="What else is known; depends on the action. No secrets.")
    actor_id: strawberry.Private[UUID | None]
    api_key_row_id: strawberry.Private[UUID | None]

    @strawberry.field(description="Who acted; null when the system did, or the account is gone.")
    async def actor(self, info: Info) -> User | None:
        if self.actor_id is None:
            return None
        return optional(User.of, await info.context.loaders.user_by_id.load(self.actor_id))

    @strawberry.field(
        description="The API key with which a program did it for the actor; null when it was a person, or the system."
    )
    async def api_key(self, info: Info) -> ApiKey | None:
        if self.api_key_row_id is None:
            return None
        return optional(ApiKey.of, await info.context.loaders.api_key_by_id.load(self.api_key_row_id))

    @strawberry.field(
        description="The object itself: a dataset, a version, an account or a team that is still there; null for others."
    )
    async def target(self, info: Info) -> Node | None:
        loaders = info.context.loaders
        match parse_id(self.target_id or ""):
            case ("Dataset", row_id):
                return optional(Dataset.of, await loaders.dataset_by_id.load(row_id))
            case ("DatasetVersion", row_id):
                return optional(DatasetVersion.of, await loaders.version_by_id.load(row_id))
            case ("User", row_id):
                return optional(User.of, await loaders.user_by_id.load(row_id))
            case ("Team", row_id):
                return optional(Team.of, await loaders.team_by_id.load(row_id))
        return None

    @classmethod
    def of(cls, row: AnyRow) -> "AuditEvent":
        """From a row of `audit_events`."""
        return cls(
            id=to_id("AuditEvent", row.id),
            sequence=row.sequence,
            actor_system=row.actor_system,
            action=row.action,
            target_id=None if row.target_id is None else _target(row.action, row.target_id),
            occurred_at=row.occurred_at,
            ip_address=None if row.ip_address is None else str(row.ip_address),
            request_id=row.request_id,
            session_id=None if row.session_id is None else to_id("SignInSession", row.session_id),
            details=row.details,
            actor_id=row.actor_id,
            api_key_row_id=row.api_key_id,
        )


def _target(action: str, id: UUID) -> strawberry.ID:
    kind = _TARGETS.get(action.partition(".")[0], "")
    return to_id(kind, id) if is_kind(kind) else strawberry.ID(str(id))


@strawberry.type(description="How long the audit trail is, and how much of it is signed.")
class AuditTrail:
    record_count: BigInt = strawberry.field(description="Records in all chains.")
    signed_count: BigInt = strawberry.field(description="Those that the last checkpoint has signed.")
    checkpoint_number: int = strawberry.field(description="Number of the last checkpoint; 0 before the first.")
    checkpoint_at: datetime | None = strawberry.field(description="When it was made; null before the first.")

    @classmethod
    def of(cls, trail: Trail) -> "AuditTrail":
        """From what `audit_lists` found."""
        return cls(
            record_count=BigInt(trail.records),
            signed_count=BigInt(trail.signed),
            checkpoint_number=trail.checkpoints,
            checkpoint_at=trail.made_at,
        )


@strawberry.input(description="Conditions on records; all of them hold.")
class AuditEventFilter:
    actor_id: strawberry.ID | None = strawberry.field(default=None, description="Id of a user.")
    action: str | None = strawberry.field(default=None, description="`dataset.create`, or `dataset.` for all of a noun.")
    target_id: strawberry.ID | None = strawberry.field(default=None, description="Id of any object.")
    request_id: str | None = strawberry.field(default=None, description="`X-Request-Id` of a request.")
    session_id: strawberry.ID | None = strawberry.field(default=None, description="Id of a sign-in session.")
    api_key_id: strawberry.ID | None = strawberry.field(default=None, description="Id of an API key.")
    occurred_after: datetime | None = strawberry.field(default=None, description="Later than this moment, with its time zone.")
    occurred_before: datetime | None = strawberry.field(default=None, description="Earlier than this moment, with its time zone.")

    def parsed(self) -> AuditFilter:
        """Raises InvalidInput for an id or a moment that is none."""
        return AuditFilter(
            actor_id=None if self.actor_id is None else from_id(self.actor_id, "User", "filter", "actorId"),
            action=self.action,
            target_id=None if self.target_id is None else _any_id(self.target_id),
            request_id=self.request_id,
            session_id=None if self.session_id is None else from_id(self.session_id, "SignInSession", "filter", "sessionId"),
            api_key_id=None if self.api_key_id is None else from_id(self.api_key_id, "ApiKey", "filter", "apiKeyId"),
            occurred_after=in_utc(self.occurred_after, "filter", "occurredAfter"),
            occurred_before=in_utc(self.occurred_before, "filter", "occurredBefore"),
        )


def _any_id(global_id: str) -> UUID:
    parsed = parse_id(global_id)
    if parsed is not None:
        return parsed[1]
    try:
        return UUID(global_id)
    except ValueError as error:
        raise InvalidInput(say("NO_ID", "{id!r} is no id.", id=global_id[:60]), path=("filter", "targetId")) from error
