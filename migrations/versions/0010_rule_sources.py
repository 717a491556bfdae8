"""Templates of rules, contracts, suggestions that were turned down; muted rules; bands in the history of metrics.

Revision: 0010
Follows: 0009
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

TABLES = ("rule_templates", "rule_template_rules", "dismissed_suggestions", "data_contracts")
OPERATORS = (
    "EQUAL", "NOT_EQUAL", "LESS_THAN", "LESS_OR_EQUAL", "GREATER_THAN", "GREATER_OR_EQUAL", "BETWEEN", "NOT_BETWEEN",
)  # fmt: skip
_NAMED = ", ".join(f"'{name}'" for name in OPERATORS)


def _operator() -> sa.Enum:
    return sa.Enum(*OPERATORS, name="operator", native_enum=False, length=24)


def upgrade() -> None:
    op.create_table(
        "rule_templates",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("tag", sa.String(length=64), nullable=True),
        sa.Column("semantic_type", sa.String(length=64), nullable=True),
        sa.Column("enabled", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("created_by_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("num_nonnulls(tag, semantic_type) = 1", name=op.f("ck_rule_templates_binding")),
        sa.ForeignKeyConstraint(
            ["created_by_id"], ["users.id"], name=op.f("fk_rule_templates_created_by_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rule_templates")),
    )
    living = sa.text("deleted_at IS NULL")
    op.create_index("ix_rule_templates_tag", "rule_templates", ["tag"], postgresql_where=living)
    op.create_index("ix_rule_templates_semantic_type", "rule_templates", ["semantic_type"], postgresql_where=living)
    op.create_index("uq_rule_templates_name", "rule_templates", ["name"], unique=True, postgresql_where=living)
    op.create_table(
        "rule_template_rules",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("template_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("type", sa.String(length=64), nullable=False),
        sa.Column("field_paths", postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("parameters", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("operator", _operator(), nullable=True),
        sa.Column("threshold", sa.Double(), nullable=True),
        sa.Column("upper_threshold", sa.Double(), nullable=True),
        sa.Column("warn_threshold", sa.Double(), nullable=True),
        sa.Column("warn_upper_threshold", sa.Double(), nullable=True),
        sa.Column(
            "severity",
            sa.Enum("INFO", "WARNING", "ERROR", name="severity", native_enum=False, length=24),
            server_default=sa.text("'ERROR'"),
            nullable=False,
        ),
        sa.Column("filter", sa.Text(), nullable=True),
        sa.Column("blocks_publication", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.CheckConstraint(f"operator IN ({_NAMED})", name=op.f("ck_rule_template_rules_operator")),
        sa.CheckConstraint("severity IN ('INFO', 'WARNING', 'ERROR')", name=op.f("ck_rule_template_rules_severity")),
        sa.ForeignKeyConstraint(
            ["template_id"], ["rule_templates.id"], name=op.f("fk_rule_template_rules_template_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rule_template_rules")),
    )
    op.create_index("ix_rule_template_rules_template", "rule_template_rules", ["template_id", "position"])
    op.create_table(
        "dismissed_suggestions",
        sa.Column("dataset_id", sa.Uuid(), nullable=False),
        sa.Column("suggestion_id", sa.Uuid(), nullable=False),
        sa.Column("dismissed_by_id", sa.Uuid(), nullable=True),
        sa.Column("dismissed_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["dataset_id"], ["datasets.id"], name=op.f("fk_dismissed_suggestions_dataset_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["dismissed_by_id"], ["users.id"], name=op.f("fk_dismissed_suggestions_dismissed_by_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("dataset_id", "suggestion_id", name=op.f("pk_dismissed_suggestions")),
    )
    op.create_table(
        "data_contracts",
        sa.Column("dataset_id", sa.Uuid(), nullable=False),
        sa.Column("yaml", sa.Text(), nullable=False),
        sa.Column("object_name", sa.Text(), nullable=False),
        sa.Column("imported_by_id", sa.Uuid(), nullable=True),
        sa.Column("imported_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["dataset_id"], ["datasets.id"], name=op.f("fk_data_contracts_dataset_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["imported_by_id"], ["users.id"], name=op.f("fk_data_contracts_imported_by_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("dataset_id", name=op.f("pk_data_contracts")),
    )
    op.add_column("quality_rules", sa.Column("description", sa.Text(), nullable=True))
    op.add_column("quality_rules", sa.Column("muted_until", sa.DateTime(timezone=True), nullable=True))
    op.add_column("quality_rules", sa.Column("template_rule_id", sa.Uuid(), nullable=True))
    op.add_column("quality_rules", sa.Column("contract_key", sa.String(length=500), nullable=True))
    op.create_foreign_key(
        op.f("fk_quality_rules_template_rule_id"), "quality_rules", "rule_template_rules", ["template_rule_id"], ["id"]
    )
    op.create_index(
        "ix_quality_rules_template", "quality_rules", ["template_rule_id"],
        postgresql_where=sa.text("template_rule_id IS NOT NULL"),
    )  # fmt: skip
    op.create_index(
        "uq_quality_rules_contract", "quality_rules", ["dataset_id", "contract_key"], unique=True,
        postgresql_where=sa.text("deleted_at IS NULL AND contract_key IS NOT NULL"),
    )  # fmt: skip
    op.create_index("ix_quality_results_history", "quality_results", ["rule_id", sa.literal_column("checked_at DESC")])
    op.create_index("ix_check_schedules_next", "check_schedules", ["next_run_at", "id"])
    op.add_column("quality_metrics", sa.Column("upper_threshold", sa.Numeric(), nullable=True))
    op.add_column("quality_metrics", sa.Column("operator", _operator(), nullable=True))


def downgrade() -> None:
    op.drop_column("quality_metrics", "operator")
    op.drop_column("quality_metrics", "upper_threshold")
    op.drop_index("ix_check_schedules_next", "check_schedules")
    op.drop_index("ix_quality_results_history", "quality_results")
    for column in ("contract_key", "template_rule_id", "muted_until", "description"):
        op.drop_column("quality_rules", column)
    for table in reversed(TABLES):
        op.drop_table(table)
