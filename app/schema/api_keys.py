"""API keys and their scopes."""

import enum
from datetime import datetime

import strawberry

from app.core.rows import AnyRow
from app.schema.base import Node, UserError, errors_field
from app.schema.ids import to_id


@strawberry.enum(
    description="Most that a key may be used for; each includes those before it. The account's own rights bound it too."
)
class ApiKeyScope(enum.Enum):
    READ = strawberry.enum_value("READ", description="Reads what the account may see.")
    WRITE = strawberry.enum_value(
        "WRITE", description="Also creates datasets, uploads versions, and changes what the account may."
    )
    MANAGE = strawberry.enum_value("MANAGE", description="Also publishes, grants access and deletes.")
    ADMIN = strawberry.enum_value("ADMIN", description="Also changes accounts and teams. For keys of administrators only.")


@strawberry.type(description="A key with which a program acts for an account. Only its digest is kept.")
class ApiKey(Node):
    name: str = strawberry.field(description="What it is for.")
    prefix: str = strawberry.field(description="How the key begins, to recognise it by.")
    scopes: list[ApiKeyScope] = strawberry.field(description="What it may be used for; the highest counts.")
    created_at: datetime = strawberry.field(description="When it was made.")
    expires_at: datetime | None = strawberry.field(description="When it ends by itself; null: never.")
    last_used_at: datetime | None = strawberry.field(description="When it was last used, to the minute; null: never.")
    revoked_at: datetime | None = strawberry.field(description="When it was revoked; null while it works.")

    @classmethod
    def of(cls, row: AnyRow) -> "ApiKey":
        """From a row of `api_keys`."""
        return cls(
            id=to_id("ApiKey", row.id),
            name=row.name,
            prefix=row.prefix,
            scopes=[ApiKeyScope(scope) for scope in row.scopes],
            created_at=row.created_at,
            expires_at=row.expires_at,
            last_used_at=row.last_used_at,
            revoked_at=row.revoked_at,
        )


@strawberry.input(description="A key to make.")
class CreateApiKeyInput:
    name: str = strawberry.field(description="What it is for, 1-100 characters.")
    scopes: list[ApiKeyScope] = strawberry.field(description="What it may be used for; at least one.")
    expires_at: datetime | None = strawberry.field(
        default=None, description="Its end, within a year; null: it does not end by itself."
    )


@strawberry.input(description="A key to revoke.")
class RevokeApiKeyInput:
    id: strawberry.ID = strawberry.field(description="Global id of the key.")


@strawberry.type(description="Outcome of `createApiKey`.")
class CreateApiKeyPayload:
    api_key: ApiKey | None = strawberry.field(default=None, description="The key; null with errors.")
    secret: str | None = strawberry.field(
        default=None,
        description="What the program sends as `Authorization: Bearer ...`. Shown this once; null when the request was repeated.",
    )
    errors: list[UserError] = errors_field()


@strawberry.type(description="Outcome of `revokeApiKey`.")
class RevokeApiKeyPayload:
    api_key: ApiKey | None = strawberry.field(default=None, description="The revoked key; null with errors.")
    errors: list[UserError] = errors_field()
