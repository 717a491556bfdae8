"""Who asks. Nothing is read or written for nobody."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID


class Role(StrEnum):
    """Baseline of an account, lowest first."""

    VIEWER = "VIEWER"
    EDITOR = "EDITOR"
    ADMIN = "ADMIN"


@dataclass(frozen=True, slots=True)
class Viewer:
    """An authenticated account as it is now (not as it was when its token was signed)."""

    id: UUID
    email: str
    display_name: str
    role: Role

    @property
    def is_admin(self) -> bool:
        """True for accounts that see and manage every dataset."""
        return self.role is Role.ADMIN


@dataclass(frozen=True, slots=True)
class System:
    """The workers and the dispatcher: they act on rows that somebody was allowed to create."""

    name: str


Principal = Viewer | System
