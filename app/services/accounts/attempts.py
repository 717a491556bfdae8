"""How often somebody may try in vain: counted in PostgreSQL, so that it holds across processes and restarts.

A count ends by itself when its window does: nobody is locked out for good, and nobody can lock another out for long.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import delete, func, select, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from app.models.accounts import AttemptCount

WINDOW = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Limit:
    """So many failures of one `subject` within a window, and further attempts fail whatever they bring."""

    kind: str
    subject: str
    most: int

    @property
    def key(self) -> bytes:
        """What is counted, without saying who it is."""
        return hashlib.sha256(f"{self.kind}|{self.subject}".encode()).digest()


async def exhausted(session: AsyncSession | AsyncConnection, limits: Sequence[Limit]) -> bool:
    """True when one of the limits is reached."""
    rows = await session.execute(
        select(AttemptCount.subject, AttemptCount.count.label("failures")).where(
            AttemptCount.subject.in_([limit.key for limit in limits]), AttemptCount.started_at > func.now() - WINDOW
        )
    )
    counts = {bytes(row.subject): row.failures for row in rows}
    return any(counts.get(limit.key, 0) >= limit.most for limit in limits)


async def count_failure(session: AsyncSession, limits: Sequence[Limit]) -> None:
    """One more failure of each."""
    for limit in sorted(limits, key=lambda limit: limit.key):  # in one order: two at once would wait for each other
        await session.execute(
            text("""
                INSERT INTO attempt_counts AS c (subject, count) VALUES (:subject, 1)
                ON CONFLICT (subject) DO UPDATE SET
                    count = CASE WHEN c.started_at > now() - CAST(:window AS interval) THEN c.count + 1 ELSE 1 END,
                    started_at = CASE WHEN c.started_at > now() - CAST(:window AS interval) THEN c.started_at ELSE now() END"""),
            {"subject": limit.key, "window": WINDOW},
        )


async def forget(session: AsyncSession, limits: Sequence[Limit]) -> None:
    """What failed before does not count any more."""
    await session.execute(delete(AttemptCount).where(AttemptCount.subject.in_([limit.key for limit in limits])))


async def forget_old(session: AsyncSession) -> None:
    """Counts whose window has ended are gone."""
    await session.execute(delete(AttemptCount).where(AttemptCount.started_at < func.now() - WINDOW))
