"""Grants to teams; what people say about a column belongs to the dataset, not to one version.

Revision: 0006
Follows: 0005
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def moved() -> list[sa.Column]:
    """Columns that leave `schema_fields`. Nothing has ever written them: they were declared with the table."""
    return [
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("tags", postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("sensitive", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("semantic_type", sa.String(length=64), nullable=True),
    ]


def upgrade() -> None:
    op.create_table(
        "field_annotations",
        sa.Column("dataset_id", sa.Uuid(), nullable=False),
        sa.Column("field_path", sa.Text(), nullable=False),
        *moved(),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_by_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["dataset_id"], ["datasets.id"], name=op.f("fk_field_annotations_dataset_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["updated_by_id"], ["users.id"], name=op.f("fk_field_annotations_updated_by_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("dataset_id", "field_path", name=op.f("pk_field_annotations")),
    )
    for column in moved():
        op.drop_column("schema_fields", column.name)

    op.add_column("access_grants", sa.Column("team_id", sa.Uuid(), nullable=True))
    op.create_foreign_key(op.f("fk_access_grants_team_id"), "access_grants", "teams", ["team_id"], ["id"], ondelete="CASCADE")
    op.alter_column("access_grants", "user_id", nullable=True)
    op.create_check_constraint(op.f("ck_access_grants_holder"), "access_grants", "num_nonnulls(user_id, team_id) = 1")
    op.create_unique_constraint(op.f("uq_access_grants_dataset_id_team_id"), "access_grants", ["dataset_id", "team_id"])
    op.create_index("ix_access_grants_team", "access_grants", ["team_id"])


def downgrade() -> None:
    op.execute("DELETE FROM access_grants WHERE user_id IS NULL")
    op.drop_column("access_grants", "team_id")
    op.alter_column("access_grants", "user_id", nullable=False)
    for column in moved():
        op.add_column("schema_fields", column)
    op.drop_table("field_annotations")
