"""The search document of a dataset: what is found and ranked in PostgreSQL.

It holds words only. Who may see a dataset, and what filters and counts look at, is read from `datasets` itself in the
same statement: a document that lags behind can delay a word, but never show a row or count one.
"""

from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Index, SmallInteger, String, Text
from sqlalchemy.dialects.postgresql import ARRAY, TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base


class SearchDocument(Base):
    """Derived from a dataset by a task; can be rebuilt at any time."""

    __tablename__ = "search_documents"
    __table_args__ = (
        Index("ix_search_documents_vector", "vector", postgresql_using="gin"),
        Index("ix_search_documents_words", "words", postgresql_using="gin", postgresql_ops={"words": "gin_trgm_ops"}),
        Index("ix_search_documents_prefix", "folded_name", "dataset_id"),
    )

    dataset_id: Mapped[UUID] = mapped_column(ForeignKey("datasets.id", ondelete="CASCADE"), primary_key=True)
    document_version: Mapped[int] = mapped_column(BigInteger)
    """The dataset's `event_sequence` when it was read: an older task never overwrites a newer document."""
    folded_name: Mapped[str] = mapped_column(Text(collation="C"))
    """NFKC, lower case, without accents. Collated by code point, so that a prefix is a range of the index."""
    words: Mapped[str] = mapped_column(Text)
    """Folded words of name and tags: what typos are compared with."""
    body: Mapped[str] = mapped_column(Text)
    """Folded text of everything that is searched, one value a line, for exact re-checks of Japanese phrases."""
    vector: Mapped[str] = mapped_column(TSVECTOR)
    tags: Mapped[list[str]] = mapped_column(ARRAY(String(64)))
    field_names: Mapped[list[str]] = mapped_column(ARRAY(Text))
    metadata_lines: Mapped[list[str]] = mapped_column(ARRAY(Text))
    """`key: value` for each key of the dataset's metadata."""


class SearchNameStart(Base):
    """The folded name from one of its words on, cut: what a typed prefix is compared with."""

    __tablename__ = "search_name_starts"
    __table_args__ = (Index("ix_search_name_starts_start", "start", "dataset_id"),)

    dataset_id: Mapped[UUID] = mapped_column(ForeignKey("search_documents.dataset_id", ondelete="CASCADE"), primary_key=True)
    position: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    start: Mapped[str] = mapped_column(Text(collation="C"))
