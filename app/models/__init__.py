"""Tables. Importing this package loads every model, as Alembic and the tests need it."""

from app.models import accounts, datasets, events, mails, quality, search, tasks, uploads, versions
from app.models.base import Base

__all__ = ["Base", "accounts", "datasets", "events", "mails", "quality", "search", "tasks", "uploads", "versions"]
