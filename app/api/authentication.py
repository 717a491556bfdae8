"""From a bearer token to the account as it is now."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app.context import Resources
from app.core.errors import Unauthenticated
from app.core.viewer import System, Viewer
from app.services import accounts

_API = System("api")


@dataclass(frozen=True, slots=True)
class Identity:
    """Who asks, or why nobody does."""

    viewer: Viewer | None = None
    session_id: UUID | None = None
    expires_at: datetime | None = None
    """End of the access token."""
    error: Unauthenticated | None = None


async def identify(resources: Resources, authorization: str | None) -> Identity:
    """The identity of an `Authorization` header. A bad token is remembered and said when something needs a viewer."""
    if not authorization:
        return Identity()
    scheme, _, token = authorization.partition(" ")
    if scheme.lower() != "bearer":
        return Identity(error=Unauthenticated("Send the access token as `Authorization: Bearer ...`."))
    try:
        claims = resources.signer.verify(token.strip())
    except Unauthenticated as error:
        return Identity(error=error)
    async with resources.db.read(_API) as connection:
        viewer = await accounts.find_viewer(connection, claims.user_id, claims.session_id)
    if viewer is None:
        return Identity(error=Unauthenticated("The session has ended or the account is deactivated. Sign in again."))
    return Identity(viewer, claims.session_id, claims.expires_at)
