"""Search documents hold words only; prefixes of the words of a name have an index.

Documents are derived: they are dropped here and written again by `datakura search rebuild`.

Revision: 0003
Follows: 0002
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("DELETE FROM search_documents")
    for index in ("ix_search_documents_name", "ix_search_documents_prefix", "ix_search_documents_tags"):
        op.drop_index(index, table_name="search_documents")
    for column in ("owner_id", "status", "visibility", "updated_at"):
        op.drop_column("search_documents", column)
    op.add_column("search_documents", sa.Column("metadata_lines", postgresql.ARRAY(sa.Text()), nullable=False))
    op.alter_column("search_documents", "folded_name", type_=sa.Text(collation="C"), existing_nullable=False)
    op.create_index("ix_search_documents_prefix", "search_documents", ["folded_name", "dataset_id"])
    op.create_table(
        "search_name_starts",
        sa.Column("dataset_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.SmallInteger(), nullable=False),
        sa.Column("start", sa.Text(collation="C"), nullable=False),
        sa.ForeignKeyConstraint(
            ["dataset_id"],
            ["search_documents.dataset_id"],
            name=op.f("fk_search_name_starts_dataset_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("dataset_id", "position", name=op.f("pk_search_name_starts")),
    )
    op.create_index("ix_search_name_starts_start", "search_name_starts", ["start", "dataset_id"])


def downgrade() -> None:
    op.drop_table("search_name_starts")
    op.execute("DELETE FROM search_documents")
    op.drop_index("ix_search_documents_prefix", table_name="search_documents")
    op.alter_column("search_documents", "folded_name", type_=sa.Text(collation="default"), existing_nullable=False)
    op.drop_column("search_documents", "metadata_lines")
    op.add_column("search_documents", sa.Column("owner_id", sa.Uuid(), nullable=False))
    op.add_column("search_documents", sa.Column("status", sa.String(24), nullable=False))
    op.add_column("search_documents", sa.Column("visibility", sa.String(24), nullable=False))
    op.add_column("search_documents", sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False))
    op.create_index(
        "ix_search_documents_name",
        "search_documents",
        ["folded_name"],
        postgresql_using="gin",
        postgresql_ops={"folded_name": "gin_trgm_ops"},
    )
    op.create_index(
        "ix_search_documents_prefix", "search_documents", ["folded_name"], postgresql_ops={"folded_name": "text_pattern_ops"}
    )
    op.create_index("ix_search_documents_tags", "search_documents", ["tags"], postgresql_using="gin")
