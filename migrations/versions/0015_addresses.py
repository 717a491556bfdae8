"""Accounts are found by the key of their address; failed attempts are counted in Redis alone.

Revision: 0015
Follows: 0014
"""

import unicodedata

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("users", sa.Column("email_key", sa.Text(), nullable=True))
    connection = op.get_bind()
    for user_id, email in connection.execute(sa.text("SELECT id, email FROM users")).all():
        connection.execute(sa.text("UPDATE users SET email_key = :key WHERE id = :id"), {"id": user_id, "key": _key_of(email)})
    op.alter_column("users", "email_key", nullable=False)
    op.create_unique_constraint(op.f("uq_users_email_key"), "users", ["email_key"])
    op.drop_index("uq_users_email_lower", table_name="users")
    op.drop_table("attempt_counts")


def downgrade() -> None:
    op.create_table(
        "attempt_counts",
        sa.Column("subject", sa.LargeBinary(32), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("subject", name=op.f("pk_attempt_counts")),
    )
    op.create_index("ix_attempt_counts_started", "attempt_counts", ["started_at"])
    op.create_index("uq_users_email_lower", "users", [sa.literal_column("lower(email)")], unique=True)
    op.drop_constraint(op.f("uq_users_email_key"), "users", type_="unique")
    op.drop_column("users", "email_key")


def _key_of(email: str) -> str:
    # As `services.accounts.addresses` was when this was written: a migration does the same for ever.
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", email.strip()).casefold())
