"""Tables. Importing this package loads every model, as Alembic and the tests need it."""

from app.core import guard
from app.models import (
    accounts,
    datasets,
    events,
    incidents,
    mails,
    notifications,
    quality,
    rule_sources,
    search,
    tasks,
    uploads,
    versions,
)
from app.models.base import Base

guard.protect(Base.metadata)

__all__ = [
    "Base",
    "accounts",
    "datasets",
    "events",
    "incidents",
    "mails",
    "notifications",
    "quality",
    "rule_sources",
    "search",
    "tasks",
    "uploads",
    "versions",
]
