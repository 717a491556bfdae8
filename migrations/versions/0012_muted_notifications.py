"""What changed while it was muted is known, and mutes that pass are found without looking at all.

Revision: 0012
Follows: 0011
"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("told_incidents", sa.Column("waiting", sa.Boolean(), server_default=sa.text("false"), nullable=False))
    op.create_index("ix_told_incidents_waiting", "told_incidents", ["incident_id"], postgresql_where=sa.text("waiting"))
    op.create_index(
        "ix_quality_rules_muted", "quality_rules", ["muted_until"], postgresql_where=sa.text("muted_until IS NOT NULL")
    )


def downgrade() -> None:
    op.drop_index("ix_quality_rules_muted", table_name="quality_rules")
    op.drop_index("ix_told_incidents_waiting", table_name="told_incidents")
    op.drop_column("told_incidents", "waiting")
