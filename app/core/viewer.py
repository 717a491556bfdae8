"""Who asks. Nothing is read or written for nobody."""

from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum, StrEnum
from uuid import UUID


class Role(StrEnum):
    """Baseline of an account, lowest first."""

    VIEWER = "VIEWER"
    EDITOR = "EDITOR"
    ADMIN = "ADMIN"


class Scope(IntEnum):
    """Most that an API key allows, comparable; each includes those before it."""

    READ = 1
    WRITE = 2
    MANAGE = 3
    ADMIN = 4


@dataclass(frozen=True, slots=True)
class Viewer:
    """An authenticated account as it is now (not as it was when its token was signed)."""

    id: UUID
    email: str
    display_name: str
    role: Role
    mfa_enabled: bool = False
    scope: Scope | None = None
    """Bound of an API key on what the account may do; None: a signed-in person, without a bound."""
    session_id: UUID | None = None
    """The sign-in session; None with an API key."""
    api_key_id: UUID | None = None
    """The API key; None in a sign-in session."""
    authenticated_at: datetime | None = None
    """When the person last proved in this session who they are, by a password or a code; None with an API key."""

    @property
    def is_admin(self) -> bool:
        """True for accounts that see and manage every dataset. An API key's `scope` bounds that, like every right."""
        return self.role is Role.ADMIN

    @property
    def administers(self) -> bool:
        """True for who may change accounts and teams, and read the audit trail."""
        return self.role is Role.ADMIN and self.scope in (None, Scope.ADMIN)


@dataclass(frozen=True, slots=True)
class System:
    """The workers and the dispatcher: they act on rows that somebody was allowed to create."""

    name: str


Principal = Viewer | System
