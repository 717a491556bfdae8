"""Addresses of stored objects: counted as exports, and recorded with who got them."""

from uuid import UUID

from app.schema.base import Info
from app.services import audit
from app.services.rate_limits import Kind


async def signed(info: Info, key: str, *, file_name: str, action: str, version_id: UUID, **details: object) -> str:
    """An address of five minutes that saves as `file_name`; the audit trail says who has it.

    Whoever asks may have it: that was decided before. `details` as for `audit.record`.

    Raises:
        RateLimited: too many exports lately.
    """
    context = info.context
    await context.limit(Kind.EXPORT)
    # A transaction of its own: loaders of fields that are read at the same time stay as they are.
    async with context.resources.db.transaction(context.viewer) as session:
        session.info["origin"] = context.origin
        await audit.record(session, context.viewer, action, version_id, **details)
    return await context.resources.storage.sign_download(key, file_name=file_name)
