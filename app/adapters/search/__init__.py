"""The search index behind one Protocol: documents in; hits, facets and suggestions out."""

from app.adapters.search.postgres import PostgresIndex
from app.adapters.search.protocol import SearchIndex
from app.core.db import Database


def make_index(db: Database) -> SearchIndex:
    """The index of this installation."""
    return PostgresIndex(db)
