"""What one operation knows: who asks, what it may use, its loaders."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from redis.asyncio import Redis
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from app.adapters.search.protocol import SearchIndex
from app.adapters.storage import Storage
from app.core.db import Database
from app.core.errors import SecondFactorRequired, Unauthenticated
from app.core.phrases import say
from app.core.security import TokenSigner
from app.core.settings import Settings
from app.core.viewer import Viewer
from app.loaders import Loaders
from app.services import idempotency
from app.services.accounts import devices
from app.services.accounts.sessions import Issuer
from app.services.accounts.throttle import Asker, Throttle
from app.services.audit import Origin
from app.services.rate_limits import Budget, Kind, RateLimits

if TYPE_CHECKING:
    from app.adapters.tables import TableReader
    from app.services.live import StatusHub
    from app.services.notifications.live import InboxHub


@dataclass(frozen=True, slots=True)
class Resources:
    """What the process holds open, shared by all operations."""

    settings: Settings
    db: Database
    storage: Storage
    tables: "TableReader"
    search: SearchIndex
    signer: TokenSigner
    hub: "StatusHub"
    limits: RateLimits
    redis: Redis
    inboxes: "InboxHub"

    @property
    def issuer(self) -> Issuer:
        """What it takes to open sessions."""
        return Issuer(self.db, self.signer, self.settings, Throttle(self.limits, self.settings))


@dataclass
class Cookies:
    """The refresh token that the request brought, and what the answer shall set."""

    refresh_token: str | None = None
    set_refresh_token: tuple[str, float] | None = None
    """(token, Unix time of its end)"""
    clear: bool = False
    device: str | None = None
    """What `devices.mark` left in this browser."""
    set_device: str | None = None


@dataclass
class Context:
    """Context of one operation."""

    resources: Resources
    viewer_or_none: Viewer | None
    session_id: UUID | None = None
    token_expires_at: datetime | None = None
    """Of a WebSocket: when its access token ends."""
    refused: Unauthenticated | SecondFactorRequired | None = None
    """Why the token that was sent is not accepted, or opens nothing yet."""
    enrolling: Viewer | None = None
    """Who has to set up a second factor before anything else: then there is no viewer."""
    origin: Origin = field(default_factory=Origin)
    request: idempotency.Request | None = None
    cookies: Cookies = field(default_factory=Cookies)
    operation_name: str | None = None
    """As the document has it."""
    operation: str = "query"
    """What is asked: query, mutation or subscription."""
    cost: int = 1
    """What the operation costs; see `app.api.admission`."""
    budget: Budget | None = None
    """What is left after it was charged; None when nothing was counted."""
    connection_params: dict[str, object] | None = None
    """Of a WebSocket: what its `connection_init` carried."""

    def __post_init__(self) -> None:
        self._loaders: Loaders | None = None

    @property
    def viewer(self) -> Viewer:
        """Who asks. Raises Unauthenticated when nobody is signed in."""
        if self.viewer_or_none is None:
            if self.refused is not None:
                raise self.refused
            raise Unauthenticated(
                say("SIGN_IN_AND_SEND_TOKEN", "Sign in first: send `Authorization: Bearer <accessToken>` of the mutation signIn.")
            )
        return self.viewer_or_none

    @property
    def account_or_none(self) -> Viewer | None:
        """Whose token was sent, also while it opens nothing but the way to a second factor. For what all may do with theirs."""
        return self.viewer_or_none or self.enrolling

    @property
    def account(self) -> Viewer:
        """`account_or_none`; raises Unauthenticated when nobody is signed in."""
        return self.enrolling or self.viewer

    @property
    def asker(self) -> Asker:
        """Who proves something by this operation."""
        return Asker(self.origin.ip_address, devices.account_of(self.resources.issuer.sealer, self.cookies.device))

    async def limit(self, kind: Kind) -> None:
        """One more of this kind by the viewer. Raises RateLimited: too many lately."""
        await self.resources.limits.hit(kind, str(self.viewer.id), self.origin.ip_address)

    @property
    def loaders(self) -> Loaders:
        """The operation's loaders, made at first use."""
        if self._loaders is None:
            self._loaders = Loaders(self.resources.db, self.viewer)
        return self._loaders

    def renew_loaders(self) -> None:
        """Forgets what was read: after a mutation, and for each event of a subscription."""
        self._loaders = None

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        """A read connection of its own for one resolver."""
        async with self.resources.db.read(self.viewer) as connection:
            yield connection

    @asynccontextmanager
    async def transaction(self, by: Viewer | None = None) -> AsyncIterator[AsyncSession]:
        """A transaction whose records say where the request came from; what was read before is forgotten after it.

        Args:
            by: `account`, for what it may do without a second factor; the viewer, when not given.
        """
        async with self.resources.db.transaction(by or self.viewer) as session:
            session.info["origin"] = self.origin
            yield session
        self.renew_loaders()

    async def write(self, effect: Callable[[AsyncSession, Viewer], Awaitable[UUID]]) -> UUID:
        """Runs `effect` in one transaction, once per Idempotency-Key, and returns the id of its object when it is committed."""
        viewer = self.viewer
        async with self.transaction() as session:
            return await idempotency.once(session, viewer, self.request, lambda: effect(session, viewer))
