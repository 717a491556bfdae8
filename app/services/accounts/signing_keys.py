"""The keys that sign access tokens: made, kept current in every process, rotated; and secrets at rest sealed anew."""

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from sqlalchemy import delete, func, insert, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from app.core import security
from app.core.db import Database
from app.core.ids import uuid7
from app.core.sealing import Place, Sealer
from app.core.viewer import System
from app.models.accounts import SigningKey
from app.services import audit

FRESH_SECONDS = 5.0
"""For so long a process believes what it has read: then it learns of a new key, and of one that was withdrawn."""
UNKNOWN_SECONDS = 1.0
"""A token that names a key that nobody knows makes a process look again, but not more often than this."""
SLACK = timedelta(minutes=1)
"""A process that has not learnt yet of the new key signs with the old one."""
_SYSTEM = System("keys")


async def renew(db: Database, signer: security.TokenSigner, sealer: Sealer, key_id: str | None = None) -> None:
    """The signer of this process knows the keys as they were seconds ago, and `key_id` when there is a key of that name.

    Raises:
        Unavailable: the database is away.
    """
    if not _is_due(signer, key_id):
        return
    async with signer.renewing:
        if not _is_due(signer, key_id):
            return
        async with db.read(_SYSTEM) as connection:
            keys = await load(connection, sealer)
        signer.use(keys)


def _is_due(signer: security.TokenSigner, key_id: str | None) -> bool:
    age = signer.age_seconds
    return age > FRESH_SECONDS or (key_id is not None and age > UNKNOWN_SECONDS and not signer.knows(key_id))


async def load(connection: AsyncConnection | AsyncSession, sealer: Sealer) -> list[security.SigningKey]:
    """Every key that signs or still verifies, newest first."""
    rows = await connection.execute(
        select(
            SigningKey.id, SigningKey.key_id, SigningKey.public_key, SigningKey.private_key, SigningKey.retired_at,
            SigningKey.verifies_until,
        )
        .where(SigningKey.verifies_until.is_(None) | (SigningKey.verifies_until > func.now()))
        .order_by(SigningKey.created_at.desc(), SigningKey.id.desc())
    )  # fmt: skip
    keys = []
    for row in rows:
        private = None
        if row.retired_at is None and row.private_key is not None:
            opened = sealer.open(row.private_key, Place("signing_keys", "private_key", row.id))
            private = Ed25519PrivateKey.from_private_bytes(opened)
        public = Ed25519PublicKey.from_public_bytes(row.public_key)
        keys.append(security.SigningKey(row.key_id, public, private, row.verifies_until))
    return keys


async def ensure(session: AsyncSession, sealer: Sealer) -> None:
    """There is a key that signs."""
    await _alone(session)
    if (await session.execute(select(SigningKey.id).where(SigningKey.retired_at.is_(None)))).first() is None:
        await _make(session, sealer)


async def rotate(session: AsyncSession, sealer: Sealer, *, token_lifetime: timedelta, at_once: bool = False) -> str:
    """A new key signs; returns its id. The old ones verify until the last token that they signed has ended.

    Args:
        at_once: the old keys verify no more, because somebody else may know them: everybody refreshes their session.
    """
    await _alone(session)
    await session.execute(delete(SigningKey).where(SigningKey.verifies_until <= func.now()))
    ends = datetime.now(UTC) + (timedelta() if at_once else token_lifetime + SLACK)
    await session.execute(
        update(SigningKey)
        .where(SigningKey.retired_at.is_(None))
        .values(retired_at=func.now(), verifies_until=ends, private_key=None)
    )
    if at_once:
        await session.execute(update(SigningKey).values(verifies_until=func.least(SigningKey.verifies_until, ends)))
    key_id = await _make(session, sealer)
    await audit.record(session, _SYSTEM, "signing_key.rotate", None, keyId=key_id, atOnce=at_once)
    return key_id


async def _alone(session: AsyncSession) -> None:
    await session.execute(text("SELECT pg_advisory_xact_lock(hashtext('signing_keys'))"))


async def _make(session: AsyncSession, sealer: Sealer) -> str:
    private = Ed25519PrivateKey.generate()
    public = security.raw_public(private.public_key())
    id_, key_id = uuid7(), hashlib.sha256(public).hexdigest()[:16]
    raw = private.private_bytes(Encoding.Raw, PrivateFormat.Raw, NoEncryption())
    sealed = sealer.seal(raw, Place("signing_keys", "private_key", id_))
    await session.execute(insert(SigningKey).values(id=id_, key_id=key_id, public_key=public, private_key=sealed))
    return key_id


@dataclass(frozen=True, slots=True)
class _Sealed:
    """A column of sealed secrets; `key` is what of its row a seal is bound to."""

    table: str
    column: str
    key: str


SEALED = (
    _Sealed("signing_keys", "private_key", "id"),
    _Sealed("users", "totp_secret", "id"),
    _Sealed("mails", "body", "id"),
    _Sealed("notification_channels", "target", "id"),
    _Sealed("notification_channels", "secret", "id"),
    _Sealed("notification_channels", "previous_secret", "id"),
    _Sealed("refresh_tokens", "successor", "token_hash"),
)
"""Every column with sealed secrets: what `reseal` goes over."""


async def reseal(db: Database, sealer: Sealer) -> int:
    """Every secret at rest is sealed with the first key; returns how many were not. Nothing stops meanwhile."""
    count = 0
    for sealed in SEALED:
        async with db.read(_SYSTEM) as connection:
            rows = await connection.execute(
                text(
                    f"SELECT {sealed.key} AS key, {sealed.column} AS secret FROM {sealed.table} WHERE {sealed.column} IS NOT NULL"
                )
            )
            stale = [row for row in rows if not sealer.is_current(bytes(row.secret))]
        for row in stale:
            name = row.key.hex() if isinstance(row.key, bytes) else row.key
            place = Place(sealed.table, sealed.column, name)
            renewed = sealer.seal(sealer.open(bytes(row.secret), place), place)
            async with db.transaction(_SYSTEM) as session:
                # Not over a secret that was changed meanwhile: that one is sealed with the first key already.
                done = await session.execute(
                    text(
                        f"UPDATE {sealed.table} SET {sealed.column} = :renewed "
                        f"WHERE {sealed.key} = :key AND {sealed.column} = :secret RETURNING 1"
                    ),
                    {"renewed": renewed, "key": row.key, "secret": row.secret},
                )
                count += len(done.all())
    return count
