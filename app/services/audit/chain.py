"""Whether the audit trail is as it was written: every record hashed again, every chain followed from its beginning.

Whoever owns the database can switch triggers off and change anything. They cannot do it unseen: a record that was changed,
removed, added or moved breaks its chain, and a chain that was written anew to match disagrees with a checkpoint, which is
signed with a key that the database does not hold.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.db import Database
from app.core.rows import AnyRow
from app.core.viewer import System

BATCH = 2_000
_SYSTEM = System("audit")

# As `audit_canonical` in the database has them (migration 0013): core functions alone, so that nobody can put others in their place.
_VALUES = """
    e.id::text AS id, to_char(e.occurred_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS occurred_at,
    e.sequence::text AS number, e.actor_id::text AS actor_id, e.actor_system, e.action, e.target_id::text AS target_id,
    host(e.ip_address) AS ip_address, e.request_id, e.details::text AS details,
    e.session_id::text AS session_id, e.api_key_id::text AS api_key_id"""
_ORDER = (
    "id", "occurred_at", "number", "actor_id", "actor_system", "action", "target_id", "ip_address", "request_id", "details",
)  # fmt: skip
_PROOFS = ("session_id", "api_key_id")
"""Hashed when one of them is known. Records from before they were kept have neither, and keep their digests."""


@dataclass(frozen=True, slots=True)
class Fault:
    """Where the trail is not as it was written. `event_id` is None when the record's place is empty."""

    shard: int
    position: int
    event_id: UUID | None
    sequence: int | None
    what: str

    def __str__(self) -> str:
        record = f"record {self.event_id}" if self.event_id else "a record"
        number = f" (sequence {self.sequence})" if self.sequence is not None else ""
        place = f"chain {self.shard}, position {self.position}" if self.position else "in no chain"
        return f"{record}{number}, {place}: {self.what}"


@dataclass(frozen=True, slots=True)
class Position:
    """Where a chain was at some moment."""

    shard: int
    position: int
    digest: bytes


@dataclass(frozen=True, slots=True)
class Report:
    """What was looked at, and the first fault of each chain, oldest record first."""

    records: int
    chains: int
    faults: Sequence[Fault]


def first_digest(shard: int) -> bytes:
    """What a chain begins with."""
    return hashlib.sha256(f"datakura audit chain {shard}".encode()).digest()


def canonical(values: Mapping[str, object]) -> bytes:
    """A record as it is hashed: each value with its length before it, so that no two records read the same."""
    parts = []
    proved = any(values[name] is not None for name in _PROOFS)
    for name in (*_ORDER, *_PROOFS) if proved else _ORDER:
        value = values[name]
        encoded = None if value is None else str(value).encode()
        parts.append(b"-" if encoded is None else b"%d:%b" % (len(encoded), encoded))
    return b"".join(parts)


async def verify(db: Database, known: Sequence[Position] = ()) -> Report:
    """Follows every chain to its end.

    Args:
        known: what signed checkpoints say; a chain has to have passed through each of them.
    """
    async with db.transaction(_SYSTEM) as session:
        # One picture of all tables, however long it takes to look at it.
        await session.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY"))
        await session.execute(text("SET LOCAL statement_timeout = 0"))
        ends = {row.shard: row for row in await session.execute(text("SELECT shard, position, digest FROM audit_chains"))}
        shards = sorted({*ends, *(position.shard for position in known), *await _shards(session)})
        faults, records = [], 0
        for shard in shards:
            passed = {(place.position, place.digest) for place in known if place.shard == shard}
            count, fault = await _follow(session, shard, ends.get(shard), passed)
            records += count
            if fault is not None:
                faults.append(fault)
        faults += await _unchained(session)
    faults.sort(key=lambda fault: (fault.sequence is None, fault.sequence or 0, fault.shard, fault.position))
    return Report(records, len(shards), faults)


async def _shards(session: AsyncSession) -> list[int]:
    return list((await session.execute(text("SELECT DISTINCT shard FROM audit_links"))).scalars())


async def _follow(
    session: AsyncSession, shard: int, end: AnyRow | None, passed: set[tuple[int, bytes]]
) -> tuple[int, Fault | None]:
    """How many records of a chain are sound, and what is wrong with the one after them."""
    digest, position = first_digest(shard), 0
    digests = dict(passed)
    while True:
        rows = await session.execute(
            text(f"""
                SELECT l.position, l.event_id, l.sequence, l.digest, {_VALUES}
                FROM audit_links l LEFT JOIN audit_events e ON e.id = l.event_id
                WHERE l.shard = :shard AND l.position > :position ORDER BY l.position LIMIT {BATCH}"""),
            {"shard": shard, "position": position},
        )
        found = rows.all()
        for row in found:
            if row.position != position + 1:
                return position, Fault(shard, position + 1, None, None, "it was removed from the chain.")
            position += 1
            if row.id is None:
                return position - 1, Fault(shard, position, row.event_id, row.sequence, "it was deleted.")
            digest = hashlib.sha256(digest + canonical(row._asdict())).digest()
            if digest != row.digest or row.number != str(row.sequence):
                return position - 1, Fault(
                    shard, position, row.event_id, row.sequence, "it was changed, or moved to another place."
                )
            if digests.pop(position, digest) != digest:
                what = "the chain was written anew up to here: a signed checkpoint knows another one."
                return position - 1, Fault(shard, position, row.event_id, row.sequence, what)
        if len(found) < BATCH:
            break
    if end is None or end.position > position:
        return position, Fault(shard, position + 1, None, None, "it, and all after it, were removed.")
    if end.position < position or end.digest != digest:
        return position, Fault(shard, position, None, None, "the end of the chain was changed.")
    # Position 0 of a checkpoint says that there was nothing yet.
    beyond = [place for place in digests if place > position]
    if beyond:
        return position, Fault(
            shard, position + 1, None, None, f"it was removed: a signed checkpoint knows {max(beyond)} records of this chain."
        )
    return position, None


async def _unchained(session: AsyncSession) -> list[Fault]:
    rows = await session.execute(
        text("""
            SELECT e.id, e.sequence FROM audit_events e
            WHERE NOT EXISTS (SELECT 1 FROM audit_links l WHERE l.event_id = e.id) ORDER BY e.sequence LIMIT 1""")
    )
    return [Fault(0, 0, row.id, row.sequence, "it was added past the chain.") for row in rows]
