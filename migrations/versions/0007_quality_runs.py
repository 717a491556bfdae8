"""Quality rules, their runs and results.

Revision: 0007
Follows: 0006
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

TABLES = ("quality_rules", "quality_runs", "quality_results")
RUNS = {
    "QUEUED": ("RUNNING", "CANCELLED", "ERROR"),
    "RUNNING": ("PASSED", "WARNED", "FAILED", "ERROR", "CANCELLED", "QUEUED"),
}


def upgrade() -> None:
    op.create_table(
        "quality_rules",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("dataset_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("type", sa.String(length=64), nullable=False),
        sa.Column("field_paths", postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("parameters", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column(
            "operator",
            sa.Enum(
                "EQUAL",
                "NOT_EQUAL",
                "LESS_THAN",
                "LESS_OR_EQUAL",
                "GREATER_THAN",
                "GREATER_OR_EQUAL",
                "BETWEEN",
                "NOT_BETWEEN",
                name="operator",
                native_enum=False,
                length=24,
            ),
            nullable=True,
        ),
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
        sa.Column("enabled", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("revision", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("created_by_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "operator IN ('EQUAL', 'NOT_EQUAL', 'LESS_THAN', 'LESS_OR_EQUAL', 'GREATER_THAN', 'GREATER_OR_EQUAL', 'BETWEEN', 'NOT_BETWEEN')",
            name=op.f("ck_quality_rules_operator"),
        ),
        sa.CheckConstraint("severity IN ('INFO', 'WARNING', 'ERROR')", name=op.f("ck_quality_rules_severity")),
        sa.ForeignKeyConstraint(
            ["created_by_id"], ["users.id"], name=op.f("fk_quality_rules_created_by_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["dataset_id"], ["datasets.id"], name=op.f("fk_quality_rules_dataset_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quality_rules")),
    )
    op.create_index(
        "ix_quality_rules_dataset",
        "quality_rules",
        ["dataset_id", "id"],
        unique=False,
        postgresql_where=sa.text("deleted_at IS NULL"),
    )
    op.create_table(
        "quality_runs",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("dataset_id", sa.Uuid(), nullable=False),
        sa.Column("version_id", sa.Uuid(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "QUEUED",
                "RUNNING",
                "PASSED",
                "WARNED",
                "FAILED",
                "ERROR",
                "CANCELLED",
                name="runstatus",
                native_enum=False,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column(
            "trigger",
            sa.Enum("VERSION", "SCHEDULE", "MANUAL", "DRY_RUN", "BACK_TEST", name="runtrigger", native_enum=False, length=24),
            nullable=False,
        ),
        sa.Column("rule_ids", postgresql.ARRAY(sa.Uuid()), nullable=True),
        sa.Column("drafts", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
        sa.Column("batch_id", sa.Uuid(), nullable=True),
        sa.Column("keeps_failed_rows", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("sequence", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("passed", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("warned", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("failed", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("errored", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("skipped", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("rows_scanned", sa.BigInteger(), nullable=True),
        sa.Column("error", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
        sa.Column("requested_by_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "status IN ('QUEUED', 'RUNNING', 'PASSED', 'WARNED', 'FAILED', 'ERROR', 'CANCELLED')",
            name=op.f("ck_quality_runs_status"),
        ),
        sa.CheckConstraint(
            "trigger IN ('VERSION', 'SCHEDULE', 'MANUAL', 'DRY_RUN', 'BACK_TEST')", name=op.f("ck_quality_runs_trigger")
        ),
        sa.ForeignKeyConstraint(["dataset_id"], ["datasets.id"], name=op.f("fk_quality_runs_dataset_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["requested_by_id"], ["users.id"], name=op.f("fk_quality_runs_requested_by_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["version_id"], ["dataset_versions.id"], name=op.f("fk_quality_runs_version_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quality_runs")),
    )
    op.create_index(
        "ix_quality_runs_batch", "quality_runs", ["batch_id"], unique=False, postgresql_where=sa.text("batch_id IS NOT NULL")
    )
    op.create_index("ix_quality_runs_dataset", "quality_runs", ["dataset_id", "id"], unique=False)
    op.create_index(
        "ix_quality_runs_open",
        "quality_runs",
        ["status", "updated_at"],
        unique=False,
        postgresql_where=sa.text("status IN ('QUEUED', 'RUNNING')"),
    )
    op.create_table(
        "quality_results",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("dataset_id", sa.Uuid(), nullable=False),
        sa.Column("version_id", sa.Uuid(), nullable=False),
        sa.Column("rule_id", sa.Uuid(), nullable=True),
        sa.Column("rule_revision", sa.Integer(), nullable=False),
        sa.Column("counts", sa.Boolean(), nullable=False),
        sa.Column("rule_name", sa.String(length=255), nullable=False),
        sa.Column("rule_type", sa.String(length=64), nullable=False),
        sa.Column("field_paths", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("severity", sa.Enum("INFO", "WARNING", "ERROR", name="severity", native_enum=False, length=24), nullable=False),
        sa.Column(
            "status",
            sa.Enum("PASS", "WARN", "FAIL", "ERROR", "SKIPPED", name="qualitystatus", native_enum=False, length=24),
            nullable=False,
        ),
        sa.Column("metric_name", sa.String(length=255), nullable=False),
        sa.Column("value", sa.Double(), nullable=True),
        sa.Column("threshold", sa.Double(), nullable=True),
        sa.Column("upper_threshold", sa.Double(), nullable=True),
        sa.Column(
            "operator",
            sa.Enum(
                "EQUAL",
                "NOT_EQUAL",
                "LESS_THAN",
                "LESS_OR_EQUAL",
                "GREATER_THAN",
                "GREATER_OR_EQUAL",
                "BETWEEN",
                "NOT_BETWEEN",
                name="operator",
                native_enum=False,
                length=24,
            ),
            nullable=True,
        ),
        sa.Column("failed_row_count", sa.BigInteger(), nullable=True),
        sa.Column("failed_rows_sample", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'[]'"), nullable=False),
        sa.Column("failed_rows_key", sa.String(length=500), nullable=True),
        sa.Column("expression", sa.Text(), nullable=True),
        sa.Column("rows_scanned", sa.BigInteger(), nullable=False),
        sa.Column("duration_ms", sa.Integer(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("error", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
        sa.Column("partial", sa.Boolean(), nullable=False),
        sa.Column("checked_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("status IN ('PASS', 'WARN', 'FAIL', 'ERROR', 'SKIPPED')", name=op.f("ck_quality_results_status")),
        sa.ForeignKeyConstraint(["dataset_id"], ["datasets.id"], name=op.f("fk_quality_results_dataset_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["rule_id"], ["quality_rules.id"], name=op.f("fk_quality_results_rule_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["run_id"], ["quality_runs.id"], name=op.f("fk_quality_results_run_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["version_id"], ["dataset_versions.id"], name=op.f("fk_quality_results_version_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quality_results")),
    )
    op.create_index(
        "ix_quality_results_failed_rows",
        "quality_results",
        ["failed_rows_key"],
        unique=False,
        postgresql_where=sa.text("failed_rows_key IS NOT NULL"),
    )
    op.create_index(
        "ix_quality_results_rule",
        "quality_results",
        ["rule_id", "version_id", sa.literal_column("checked_at DESC")],
        unique=False,
    )
    op.create_index("ix_quality_results_run", "quality_results", ["run_id", "position"], unique=True)
    op.add_column("quality_metrics", sa.Column("rule_id", sa.Uuid(), nullable=True))
    op.create_index(
        "ix_quality_metrics_history",
        "quality_metrics",
        ["dataset_id", sa.literal_column("checked_at DESC"), sa.literal_column("id DESC")],
    )
    pairs = ", ".join(f"'{old}>{new}'" for old, targets in RUNS.items() for new in targets)
    op.execute(f"""
        CREATE FUNCTION quality_runs_transition() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF OLD.status <> NEW.status AND OLD.status || '>' || NEW.status <> ALL (ARRAY[{pairs}]) THEN
                RAISE EXCEPTION 'illegal transition of quality_runs: % -> %', OLD.status, NEW.status USING ERRCODE = '23514';
            END IF;
            RETURN NEW;
        END $$""")
    op.execute(
        "CREATE TRIGGER quality_runs_transition BEFORE UPDATE OF status ON quality_runs "
        "FOR EACH ROW EXECUTE FUNCTION quality_runs_transition()"
    )


def downgrade() -> None:
    op.drop_index("ix_quality_metrics_history", table_name="quality_metrics")
    op.drop_column("quality_metrics", "rule_id")
    for table in reversed(TABLES):
        op.drop_table(table)
    op.execute("DROP FUNCTION quality_runs_transition()")
