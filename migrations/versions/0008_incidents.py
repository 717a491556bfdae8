"""Incidents, and schedules of checks.

Revision: 0008
Follows: 0007
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

TABLES = ("incidents", "incident_comments", "check_schedules", "check_schedule_rules")


def upgrade() -> None:
    op.create_table(
        "incidents",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("dataset_id", sa.Uuid(), nullable=False),
        sa.Column("rule_id", sa.Uuid(), nullable=False),
        sa.Column("version_id", sa.Uuid(), nullable=False),
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column(
            "priority",
            sa.Enum("LOW", "MEDIUM", "HIGH", "CRITICAL", name="incidentpriority", native_enum=False, length=24),
            nullable=False,
        ),
        sa.Column("state", sa.Enum("ACTIVE", "RESOLVED", name="incidentstate", native_enum=False, length=24), nullable=False),
        sa.Column(
            "stage",
            sa.Enum(
                "TRIAGE",
                "INVESTIGATION",
                "WORK_IN_PROGRESS",
                "FIXED",
                "NO_ACTION_REQUIRED",
                name="incidentstage",
                native_enum=False,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("assignee_id", sa.Uuid(), nullable=True),
        sa.Column("failure_count", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("reopened_count", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("muted_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("resolved_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("priority IN ('LOW', 'MEDIUM', 'HIGH', 'CRITICAL')", name=op.f("ck_incidents_priority")),
        sa.CheckConstraint(
            "stage IN ('TRIAGE', 'INVESTIGATION', 'WORK_IN_PROGRESS', 'FIXED', 'NO_ACTION_REQUIRED')",
            name=op.f("ck_incidents_stage"),
        ),
        sa.CheckConstraint("state IN ('ACTIVE', 'RESOLVED')", name=op.f("ck_incidents_state")),
        sa.ForeignKeyConstraint(["assignee_id"], ["users.id"], name=op.f("fk_incidents_assignee_id"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["dataset_id"], ["datasets.id"], name=op.f("fk_incidents_dataset_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["rule_id"], ["quality_rules.id"], name=op.f("fk_incidents_rule_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["run_id"], ["quality_runs.id"], name=op.f("fk_incidents_run_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["version_id"], ["dataset_versions.id"], name=op.f("fk_incidents_version_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incidents")),
    )
    op.create_index("ix_incidents_dataset", "incidents", ["dataset_id", "state"], unique=False)
    op.create_index(
        "ix_incidents_newest", "incidents", [sa.literal_column("started_at DESC"), sa.literal_column("id DESC")], unique=False
    )
    op.create_index("uq_incidents_rule", "incidents", ["rule_id"], unique=True)
    op.create_table(
        "incident_comments",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("incident_id", sa.Uuid(), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["author_id"], ["users.id"], name=op.f("fk_incident_comments_author_id"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(
            ["incident_id"], ["incidents.id"], name=op.f("fk_incident_comments_incident_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incident_comments")),
    )
    op.create_index("ix_incident_comments_incident", "incident_comments", ["incident_id", "id"], unique=False)
    op.create_table(
        "check_schedules",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("dataset_id", sa.Uuid(), nullable=False),
        sa.Column("cron", sa.String(length=100), nullable=False),
        sa.Column("timezone", sa.String(length=64), nullable=False),
        sa.Column("enabled", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("all_rules", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("next_run_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["created_by_id"], ["users.id"], name=op.f("fk_check_schedules_created_by_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["dataset_id"], ["datasets.id"], name=op.f("fk_check_schedules_dataset_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_check_schedules")),
    )
    op.create_index("ix_check_schedules_dataset", "check_schedules", ["dataset_id", "id"], unique=False)
    op.create_index(
        "ix_check_schedules_due", "check_schedules", ["next_run_at"], unique=False, postgresql_where=sa.text("enabled")
    )
    op.create_table(
        "check_schedule_rules",
        sa.Column("schedule_id", sa.Uuid(), nullable=False),
        sa.Column("rule_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["rule_id"], ["quality_rules.id"], name=op.f("fk_check_schedule_rules_rule_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["schedule_id"], ["check_schedules.id"], name=op.f("fk_check_schedule_rules_schedule_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("schedule_id", "rule_id", name=op.f("pk_check_schedule_rules")),
    )
    op.add_column("quality_runs", sa.Column("schedule_id", sa.Uuid(), nullable=True))
    op.add_column("quality_runs", sa.Column("scheduled_for", sa.DateTime(timezone=True), nullable=True))
    op.create_foreign_key(
        op.f("fk_quality_runs_schedule_id"), "quality_runs", "check_schedules", ["schedule_id"], ["id"], ondelete="SET NULL"
    )
    op.create_index("uq_quality_runs_schedule", "quality_runs", ["schedule_id", "scheduled_for"], unique=True)


def downgrade() -> None:
    op.drop_column("quality_runs", "scheduled_for")
    op.drop_column("quality_runs", "schedule_id")
    for table in reversed(TABLES):
        op.drop_table(table)
