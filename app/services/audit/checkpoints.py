"""Signed checkpoints of the audit trail: where its chains ended at one moment, in the database and in the object store.

The key is derived from a secret of the installation, which the database does not hold. Each checkpoint names the hash of the
one before it. Whoever can change the database alone can neither forge one nor leave one out without being found.
"""

import hashlib
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

import orjson
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from sqlalchemy import func, insert, select, text

from app.adapters.storage import Storage
from app.core.db import Database
from app.core.sealing import parse_keys
from app.core.settings import Settings
from app.core.viewer import System
from app.models.events import AuditChain, AuditCheckpoint
from app.services.audit.chain import Position

PREFIX = "audit/checkpoints/"
_SYSTEM = System("audit")
Keys = Mapping[str, Ed25519PrivateKey]
"""By id; the first one signs, all are accepted."""


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """One checkpoint as it was signed."""

    number: int
    body: str
    key_id: str
    signature: bytes

    @property
    def hash(self) -> str:
        """What the next checkpoint names."""
        return hashlib.sha256(self.body.encode()).hexdigest()


@dataclass(slots=True)
class Known:
    """What checkpoints say, and what is wrong with them."""

    positions: list[Position] = field(default_factory=list)
    checkpoints: int = 0
    problems: list[str] = field(default_factory=list)


def keys_of(settings: Settings) -> Keys:
    """The keys of this installation; none when it has no secret to derive them from."""
    secrets = parse_keys(settings.secret_keys.get_secret_value()).values()
    return {_id(secret): _derived(secret) for secret in secrets}


def _derived(secret: bytes) -> Ed25519PrivateKey:
    seed = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"datakura audit checkpoints").derive(secret)
    return Ed25519PrivateKey.from_private_bytes(seed)


def _id(secret: bytes) -> str:
    return hashlib.sha256(b"id of " + secret).hexdigest()[:16]


async def make(db: Database, storage: Storage, keys: Keys) -> int | None:
    """A checkpoint of what is committed now; its number, or None when nothing happened since the last one."""
    if not keys:
        return None
    async with db.transaction(_SYSTEM) as session:
        await session.execute(select(func.pg_advisory_xact_lock(func.hashtext("audit_checkpoint"))))
        last = (
            await session.execute(select(AuditCheckpoint).order_by(AuditCheckpoint.number.desc()).limit(1))
        ).scalar_one_or_none()
        rows = (
            await session.execute(select(AuditChain.shard, AuditChain.position, AuditChain.digest).order_by(AuditChain.shard))
        ).all()
        chains = [{"shard": row.shard, "position": row.position, "digest": row.digest.hex()} for row in rows]
        before = _restored(last) if last is not None else None
        key_id, key = next(iter(keys.items()))
        # Under a new key there is always one: it vouches for those of the keys before it.
        if before is not None and before.key_id == key_id and orjson.loads(before.body).get("chains") == chains:
            return None
        number = 1 if before is None else before.number + 1
        body = orjson.dumps(
            {
                "number": number,
                "madeAt": datetime.now(UTC).isoformat(),
                "previous": None if before is None else before.hash,
                "chains": chains,
            }
        ).decode()
        made = Checkpoint(number, body, key_id, key.sign(body.encode()))
        await session.execute(insert(AuditCheckpoint).values(number=number, body=body, key_id=key_id, signature=made.signature))
    await _store(storage, made)
    return number


async def known(db: Database, storage: Storage, keys: Keys) -> Known:
    """What the checkpoints in the database and those in the object store say, each checked."""
    found = Known()
    async with db.transaction(_SYSTEM) as session:
        await session.execute(text("SET TRANSACTION READ ONLY"))
        rows = (await session.execute(select(AuditCheckpoint).order_by(AuditCheckpoint.number))).scalars().all()
        held = {row.number: _restored(row) for row in rows}
    stored = {checkpoint.number: checkpoint async for checkpoint in _stored(storage, found)}
    # The store's copy counts: who changes the trail can reach the database.
    vouched = _vouched({**held, **stored}, keys)
    previous: Checkpoint | None = None
    for number in range(1, max((0, *held, *stored)) + 1):
        in_database, in_store = held.get(number), stored.get(number)
        if in_database is None:
            found.problems.append(f"Checkpoint {number} is missing in the database.")
        elif in_store is not None and in_store.body != in_database.body:
            found.problems.append(f"Checkpoint {number} in the database is not the one in the object store.")
        checkpoint = in_store or in_database
        if checkpoint is None:
            previous = None
            continue
        found.checkpoints += 1
        problem = _problem(checkpoint, previous, keys, vouched)
        if problem is not None:
            found.problems.append(problem)
        else:
            found.positions += [
                Position(chain["shard"], chain["position"], bytes.fromhex(chain["digest"]))
                for chain in orjson.loads(checkpoint.body)["chains"]
            ]
        previous = checkpoint
    return found


def _vouched(checkpoints: dict[int, Checkpoint], keys: Keys) -> frozenset[str]:
    """Hashes of what good checkpoints follow: these need no key of their own, which may have been retired since."""
    hashes: set[str] = set()
    for _, checkpoint in sorted(checkpoints.items(), reverse=True):
        if checkpoint.hash in hashes or (checkpoint.key_id in keys and _is_signed(checkpoint, keys[checkpoint.key_id])):
            before = orjson.loads(checkpoint.body)["previous"]
            hashes |= {before} if before else set()
    return frozenset(hashes)


def _is_signed(checkpoint: Checkpoint, key: Ed25519PrivateKey) -> bool:
    try:
        key.public_key().verify(checkpoint.signature, checkpoint.body.encode())
    except InvalidSignature:
        return False
    return True


def _problem(checkpoint: Checkpoint, previous: Checkpoint | None, keys: Keys, vouched: frozenset[str]) -> str | None:
    key = keys.get(checkpoint.key_id)
    if key is None and checkpoint.hash not in vouched:
        return f"Checkpoint {checkpoint.number} is signed with the key {checkpoint.key_id}, which is not known here."
    if key is not None and not _is_signed(checkpoint, key):
        return f"Checkpoint {checkpoint.number} has a wrong signature."
    said = orjson.loads(checkpoint.body)
    if said["number"] != checkpoint.number:
        return f"Checkpoint {checkpoint.number} stands in the place of another."
    if previous is not None and said["previous"] != previous.hash:
        return f"Checkpoint {checkpoint.number} does not follow the one before it."
    return None


def _restored(row: AuditCheckpoint) -> Checkpoint:
    return Checkpoint(row.number, row.body, row.key_id, row.signature)


async def _store(storage: Storage, made: Checkpoint) -> None:
    encoded = orjson.dumps({"body": made.body, "keyId": made.key_id, "signature": made.signature.hex()})
    with tempfile.NamedTemporaryFile(suffix=".json") as file:
        file.write(encoded)
        file.flush()
        await storage.put_file(f"{PREFIX}{made.number:010}.json", file.name, content_type="application/json")


async def _stored(storage: Storage, found: Known):  # type: ignore[no-untyped-def]  # an async generator of checkpoints
    async for stored in storage.list_objects(PREFIX):
        content = b"".join([chunk async for chunk in storage.read(stored.key, etag=stored.etag)])
        try:
            said = orjson.loads(content)
            number = int(stored.key.removeprefix(PREFIX).removesuffix(".json"))
            yield Checkpoint(number, str(said["body"]), str(said["keyId"]), bytes.fromhex(said["signature"]))
        except (orjson.JSONDecodeError, KeyError, TypeError, ValueError):
            found.problems.append(f"{stored.key} in the object store is no checkpoint.")
