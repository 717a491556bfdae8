"""A dataset knows rows, bytes and publication of its current version: lists are ordered and filtered by them.

Revision: 0016
Follows: 0015
"""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

_NUMBERS = ("current_row_count", "current_size_bytes")


def upgrade() -> None:
    for name in _NUMBERS:
        op.add_column("datasets", sa.Column(name, sa.BigInteger(), server_default=sa.text("0"), nullable=False))
    op.add_column("datasets", sa.Column("current_published_at", sa.DateTime(timezone=True), nullable=True))
    op.execute("""
        UPDATE datasets SET current_row_count = coalesce(v.row_count, 0), current_published_at = v.published_at,
            current_size_bytes = coalesce(
                (SELECT f.size_bytes FROM files f WHERE f.version_id = v.id AND f.role = 'ORIGINAL'), 0)
        FROM dataset_versions v WHERE v.id = datasets.current_version_id""")
    for index, columns in {
        "ix_datasets_rows": ["current_row_count", "id"],
        "ix_datasets_size": ["current_size_bytes", "id"],
    }.items():
        op.create_index(index, "datasets", columns, postgresql_where=sa.text("deleted_at IS NULL"))


def downgrade() -> None:
    op.drop_index("ix_datasets_size", table_name="datasets")
    op.drop_index("ix_datasets_rows", table_name="datasets")
    for name in (*_NUMBERS, "current_published_at"):
        op.drop_column("datasets", name)
