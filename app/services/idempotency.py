"""Idempotency keys: a mutation that was done is not done again, whatever the network did to its answer."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import insert, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.errors import Conflict, InvalidInput
from app.core.phrases import say
from app.core.viewer import Viewer
from app.models.events import IdempotencyKey

MIN_LENGTH, MAX_LENGTH = 16, 255


@dataclass(frozen=True, slots=True)
class Request:
    """The `Idempotency-Key` of a request and the SHA-256 of its document and variables."""

    key: str
    request_hash: bytes

    def __post_init__(self) -> None:
        if not MIN_LENGTH <= len(self.key) <= MAX_LENGTH or not self.key.isascii() or not self.key.isprintable():
            raise InvalidInput(
                say(
                    "IDEMPOTENCY_KEY",
                    "Idempotency-Key has to be {least} to {most} printable ASCII characters: a UUID will do.",
                    least=MIN_LENGTH,
                    most=MAX_LENGTH,
                )
            )


async def once(session: AsyncSession, viewer: Viewer, request: Request | None, effect: Callable[[], Awaitable[UUID]]) -> UUID:
    """Runs `effect` unless a request with this key did; returns the id of its object either way.

    The key is written in the effect's own transaction: both or neither. Two requests at the same time: the second waits
    for the first, then sees its outcome. The answer is read anew from the object, so no secret is kept in it.

    Raises:
        Conflict: the key was used for another request.
    """
    if request is None:
        return await effect()
    lock = f"{viewer.id}:{request.key}"
    await session.execute(text("SELECT pg_advisory_xact_lock(hashtextextended(:lock, 0))"), {"lock": lock})
    found = (
        await session.execute(
            select(IdempotencyKey.request_hash, IdempotencyKey.response).where(
                IdempotencyKey.principal_id == viewer.id, IdempotencyKey.key == request.key
            )
        )
    ).one_or_none()
    if found is not None:
        if found.request_hash != request.request_hash:
            raise Conflict(
                say("IDEMPOTENCY_KEY_USED", "This Idempotency-Key was used for another request. Use a new key for a new request.")
            )
        return UUID(found.response["id"])
    subject = await effect()
    await session.execute(
        insert(IdempotencyKey).values(
            principal_id=viewer.id, key=request.key, request_hash=request.request_hash, response={"id": str(subject)}
        )
    )
    return subject


async def forget_old(session: AsyncSession) -> None:
    """Keys older than 24 hours are gone."""
    await session.execute(text("DELETE FROM idempotency_keys WHERE created_at < now() - interval '24 hours'"))
