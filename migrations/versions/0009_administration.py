"""Quotas of single owners; dead tasks are found without looking at all others.

Revision: 0009
Follows: 0008
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("users", sa.Column("storage_quota_bytes", sa.BigInteger(), nullable=True))
    op.create_check_constraint(op.f("ck_users_storage_quota"), "users", "storage_quota_bytes >= 0")
    op.create_index("ix_tasks_dead", "tasks", ["id"], postgresql_where=sa.text("state = 'DEAD'"))


def downgrade() -> None:
    op.drop_index("ix_tasks_dead", table_name="tasks", postgresql_where=sa.text("state = 'DEAD'"))
    op.drop_constraint(op.f("ck_users_storage_quota"), "users", type_="check")
    op.drop_column("users", "storage_quota_bytes")
