"""A task knows for whom it is done: those who wait take turns.

Revision: 0017
Follows: 0016
"""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("tasks", sa.Column("on_behalf_of", sa.Uuid(), nullable=True))


def downgrade() -> None:
    op.drop_column("tasks", "on_behalf_of")
