"""API keys: `dk_<id>_<256 bits>_<checksum>`, for programs that act for an account within a scope."""

import binascii
import re
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from sqlalchemy import func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from app.core import security
from app.core.errors import Forbidden, InvalidInput, LimitExceeded, NotFound
from app.core.ids import uuid7
from app.core.phrases import say
from app.core.rows import AnyRow
from app.core.viewer import Role, Scope, Viewer
from app.models.accounts import ApiKey, ApiKeyScope, User
from app.services import audit
from app.services.accounts.accounts import HOLDER_COLUMNS, USER_COLUMNS, Holder, clean_line
from app.services.accounts.step_up import require_step_up

PREFIX = "dk_"
MOST_KEYS = 50
MAX_NAME = 100
MAX_LIFETIME = timedelta(days=366)
USED_EVERY = timedelta(minutes=1)
"""`last_used_at` is written no more often: a program may use its key a thousand times a second."""
COLUMNS = (
    ApiKey.id, ApiKey.user_id, ApiKey.name, ApiKey.prefix, ApiKey.scopes, ApiKey.created_at, ApiKey.expires_at,
    ApiKey.last_used_at, ApiKey.revoked_at,
)  # fmt: skip
_FORM = re.compile(r"(dk_[0-9a-f]{16})_([0-9a-f]{64})_([0-9a-f]{8})")
_NO_KEY = bytes(32)


@dataclass(frozen=True, slots=True)
class Created:
    """A new key and its secret, which exists nowhere else."""

    id: UUID
    secret: str


async def create(
    session: AsyncSession, viewer: Viewer, *, name: str, scopes: Collection[ApiKeyScope], expires_at: datetime | None
) -> Created:
    """A key that may do what the account may, within its scopes.

    Raises:
        StepUpRequired: who this is was not proved lately; a key cannot make keys.
        InvalidInput: no name, no scope, or an end that is past or more than a year away.
        Forbidden: the scope ADMIN, for an account that is no administrator.
        LimitExceeded: the account has 50 keys.
    """
    require_step_up(viewer)
    clean = clean_line(name, MAX_NAME, "name")
    if not scopes:
        raise InvalidInput(say("ONE_SCOPE", "Give at least one scope."), path=("scopes",))
    if ApiKeyScope.ADMIN in scopes and viewer.role is not Role.ADMIN:
        raise Forbidden(say("ADMIN_SCOPE", "Only an administrator's key can have the scope ADMIN."))
    now = datetime.now(UTC)
    if expires_at is not None and not now < expires_at <= now + MAX_LIFETIME:
        raise InvalidInput(say("KEY_END", "A key ends in the future, and within a year."), path=("expiresAt",))
    await session.execute(select(User.id).where(User.id == viewer.id).with_for_update(key_share=True))
    live = await session.execute(select(func.count()).where(ApiKey.user_id == viewer.id, *ALIVE))
    if live.scalar_one() >= MOST_KEYS:
        raise LimitExceeded(say("MOST_KEYS", "You have {most} keys. Revoke one that is not used any more.", most=MOST_KEYS))
    id_, prefix, secret = uuid7(), PREFIX + secrets.token_hex(8), secrets.token_hex(32)
    await session.execute(
        insert(ApiKey).values(
            id=id_, user_id=viewer.id, name=clean, prefix=prefix, secret_hash=security.digest(secret),
            scopes=[scope.value for scope in ApiKeyScope if scope in scopes], expires_at=expires_at,
        )
    )  # fmt: skip
    await audit.record(session, viewer, "api_key.create", id_, name=clean, scopes=sorted(scope.value for scope in scopes))
    return Created(id_, f"{prefix}_{secret}_{_checksum(prefix, secret)}")


async def revoke(session: AsyncSession, viewer: Viewer, key_id: UUID) -> UUID:
    """The key opens nothing any more. Administrators may revoke anybody's.

    Raises:
        NotFound: none of theirs, or revoked already.
        Forbidden: an API key without the scope ADMIN; it may end itself.
    """
    if viewer.scope is not None and viewer.scope is not Scope.ADMIN and viewer.api_key_id != key_id:
        raise Forbidden(say("KEY_REVOKES_ITSELF", "This key may revoke itself only."))
    condition = (ApiKey.id == key_id) & ApiKey.revoked_at.is_(None)
    if not viewer.administers:
        condition &= ApiKey.user_id == viewer.id
    done = await session.execute(update(ApiKey).where(condition).values(revoked_at=func.now()).returning(ApiKey.id))
    if done.first() is None:
        raise NotFound(say("NO_SUCH_KEY", "There is no such key, or it was revoked."))
    await audit.record(session, viewer, "api_key.revoke", key_id)
    return key_id


async def list_own(connection: AsyncConnection, viewer: Viewer) -> list[AnyRow]:
    """The account's keys that still open something, newest first; at most 50."""
    rows = await connection.execute(
        select(*COLUMNS).where(ApiKey.user_id == viewer.id, *ALIVE).order_by(ApiKey.created_at.desc(), ApiKey.id).limit(MOST_KEYS)
    )
    return list(rows)


async def find_own(connection: AsyncConnection, viewer: Viewer, key_id: UUID) -> AnyRow | None:
    """The row of one of the account's keys, or None."""
    return (await connection.execute(select(*COLUMNS).where(ApiKey.id == key_id, ApiKey.user_id == viewer.id))).one_or_none()


async def get(connection: AsyncConnection, key_id: UUID) -> AnyRow:
    """The row of a key that was just made or changed."""
    return (await connection.execute(select(*COLUMNS).where(ApiKey.id == key_id))).one()


async def find_viewer(connection: AsyncConnection, secret: str) -> tuple[Viewer, datetime | None] | None:
    """Whose key it is, bounded by its scope, and when it ends. None for what opens nothing, for whatever reason."""
    parts = _FORM.fullmatch(secret)
    if parts is None or parts[3] != _checksum(parts[1], parts[2]):
        return None
    row = (
        await connection.execute(
            select(
                *USER_COLUMNS, ApiKey.id.label("key_id"), ApiKey.secret_hash, ApiKey.scopes, ApiKey.expires_at.label("ends"),
                ApiKey.last_used_at,
            )
            .join(User, User.id == ApiKey.user_id)
            .where(ApiKey.prefix == parts[1], User.active, *ALIVE)
        )
    ).one_or_none()  # fmt: skip
    same = secrets.compare_digest(security.digest(parts[2]), bytes(row.secret_hash) if row else _NO_KEY)
    if row is None or not same:
        return None
    if row.last_used_at is None or datetime.now(UTC) - row.last_used_at > USED_EVERY:
        await connection.execute(update(ApiKey).where(ApiKey.id == row.key_id).values(last_used_at=func.now()))
    scope = max(Scope[name] for name in row.scopes)
    viewer = Viewer(row.id, row.email, row.display_name, row.role, row.mfa_enabled, scope=scope, api_key_id=row.key_id)
    return viewer, row.ends


async def live_keys(connection: AsyncConnection, key_ids: Collection[UUID]) -> dict[UUID, Holder]:
    """The account of each of these keys that still opens something."""
    rows = await connection.execute(
        select(ApiKey.id, *HOLDER_COLUMNS)
        .join(User, User.id == ApiKey.user_id)
        .where(ApiKey.id.in_(key_ids), User.active, *ALIVE)
    )
    return {row.id: Holder(row.role, row.mfa_enabled) for row in rows}


async def revoke_all(session: AsyncSession, user_id: UUID) -> None:
    """No key of the account opens anything any more."""
    await session.execute(
        update(ApiKey).where(ApiKey.user_id == user_id, ApiKey.revoked_at.is_(None)).values(revoked_at=func.now())
    )


ALIVE = (ApiKey.revoked_at.is_(None), or_(ApiKey.expires_at.is_(None), ApiKey.expires_at > func.now()))


def _checksum(prefix: str, secret: str) -> str:
    """CRC-32: a scanner for leaked secrets knows a key from a random text, and a typing error costs no query."""
    return f"{binascii.crc32(f'{prefix}_{secret}'.encode()):08x}"
