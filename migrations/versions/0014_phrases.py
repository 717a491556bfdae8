"""Sentences keep their codes and values beside the English text.

Revision: 0014
Follows: 0013
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

_COLUMNS = (
    ("dataset_versions", "warning_phrases"),
    ("quality_results", "message_phrase"),
    ("notification_channels", "disabled_reason_phrase"),
    ("notification_deliveries", "error_phrase"),
)


def upgrade() -> None:
    for table, column in _COLUMNS:
        op.add_column(table, sa.Column(column, postgresql.JSONB(), nullable=True))


def downgrade() -> None:
    for table, column in reversed(_COLUMNS):
        op.drop_column(table, column)
