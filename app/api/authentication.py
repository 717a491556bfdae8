"""From a bearer token or an API key to the account as it is now; and the keys by which others may check our tokens."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from starlette.requests import Request
from starlette.responses import JSONResponse

from app.context import Resources
from app.core import security
from app.core.errors import SecondFactorRequired, Unauthenticated
from app.core.phrases import say
from app.core.viewer import System, Viewer
from app.services.accounts import api_keys, second_factor, sessions, signing_keys

_API = System("api")
SET_ONE_UP = say(
    "SET_UP_SECOND_FACTOR",
    "Your account has to have a second factor here. Set one up first (mutations enrollTotp and confirmTotp).",
)
OWNER_SETS_ONE_UP = say(
    "KEY_OWNER_SECOND_FACTOR",
    "The account of this API key has to have a second factor here, and has none. Sign in and set one up.",
)


@dataclass(frozen=True, slots=True)
class Identity:
    """Who asks, or why nobody does."""

    viewer: Viewer | None = None
    session_id: UUID | None = None
    """None with an API key."""
    expires_at: datetime | None = None
    """End of the access token or API key; None: a key that does not end by itself."""
    error: Unauthenticated | SecondFactorRequired | None = None
    enrolling: Viewer | None = None
    """Instead of `viewer`: the person whose account has to have a second factor, and has none yet."""


async def identify(resources: Resources, authorization: str | None) -> Identity:
    """The identity of an `Authorization` header. A bad token is remembered and said when something needs a viewer."""
    if not authorization:
        return Identity()
    scheme, _, token = authorization.partition(" ")
    if scheme.lower() != "bearer":
        return Identity(error=Unauthenticated(say("SEND_TOKEN", "Send the access token as `Authorization: Bearer ...`.")))
    token = token.strip()
    if token.startswith(api_keys.PREFIX):
        return await _identify_key(resources, token)
    await renew_keys(resources, security.key_id_of(token))
    try:
        claims = resources.signer.verify(token)
    except Unauthenticated as error:
        return Identity(error=error)
    async with resources.db.read(_API) as connection:
        viewer = await sessions.find_viewer(connection, claims.user_id, claims.session_id)
    if viewer is None:
        return Identity(
            error=Unauthenticated(
                say("SESSION_OR_ACCOUNT_ENDED", "The session has ended or the account is deactivated. Sign in again.")
            )
        )
    if _factor_is_due(resources, viewer):
        return Identity(None, claims.session_id, claims.expires_at, SecondFactorRequired(SET_ONE_UP), enrolling=viewer)
    return Identity(viewer, claims.session_id, claims.expires_at)


async def _identify_key(resources: Resources, secret: str) -> Identity:
    async with resources.db.read(_API) as connection:
        found = await api_keys.find_viewer(connection, secret)
    if found is None:
        return Identity(
            error=Unauthenticated(say("KEY_WRONG", "This API key is wrong, has ended or was revoked. Make another one."))
        )
    viewer, ends = found
    if _factor_is_due(resources, viewer):
        return Identity(error=SecondFactorRequired(OWNER_SETS_ONE_UP))
    return Identity(viewer, None, ends)


def _factor_is_due(resources: Resources, viewer: Viewer) -> bool:
    return second_factor.due(resources.settings, viewer.role, viewer.mfa_enabled)


async def renew_keys(resources: Resources, key_id: str | None = None) -> None:
    """The process knows the signing keys as they are, and the one that a token names."""
    await signing_keys.renew(resources.db, resources.signer, resources.issuer.sealer, key_id)


class Jwks:
    """GET /.well-known/jwks.json: the public keys of access tokens (RFC 7517)."""

    def __init__(self, resources: Resources):
        self._resources = resources

    async def __call__(self, request: Request) -> JSONResponse:
        """The key set; caches may keep it for a minute, which a retired key outlives."""
        await renew_keys(self._resources)
        return JSONResponse(self._resources.signer.jwks(), headers={"Cache-Control": "public, max-age=60"})
