"""The search document of a dataset: what is found, ranked and counted in PostgreSQL."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Index, String, Text
from sqlalchemy.dialects.postgresql import ARRAY, TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base


class SearchDocument(Base):
    """Derived from a dataset by a task; can be rebuilt at any time."""

    __tablename__ = "search_documents"
    __table_args__ = (
        Index("ix_search_documents_vector", "vector", postgresql_using="gin"),
        Index("ix_search_documents_words", "words", postgresql_using="gin", postgresql_ops={"words": "gin_trgm_ops"}),
        Index("ix_search_documents_name", "folded_name", postgresql_using="gin", postgresql_ops={"folded_name": "gin_trgm_ops"}),
        Index("ix_search_documents_prefix", "folded_name", postgresql_ops={"folded_name": "text_pattern_ops"}),
        Index("ix_search_documents_tags", "tags", postgresql_using="gin"),
    )

    dataset_id: Mapped[UUID] = mapped_column(ForeignKey("datasets.id", ondelete="CASCADE"), primary_key=True)
    document_version: Mapped[int] = mapped_column(BigInteger)
    """The dataset's `event_sequence` when it was read: an older task never overwrites a newer document."""
    folded_name: Mapped[str] = mapped_column(Text)
    """NFKC, lower case, without accents."""
    words: Mapped[str] = mapped_column(Text)
    """Folded words of name and tags: what typos are compared with."""
    body: Mapped[str] = mapped_column(Text)
    """Folded text of everything that is searched, for exact re-checks of Japanese phrases."""
    vector: Mapped[str] = mapped_column(TSVECTOR)
    tags: Mapped[list[str]] = mapped_column(ARRAY(String(64)))
    field_names: Mapped[list[str]] = mapped_column(ARRAY(Text))
    owner_id: Mapped[UUID]
    status: Mapped[str] = mapped_column(String(24))
    visibility: Mapped[str] = mapped_column(String(24))
    updated_at: Mapped[datetime]
