"""Notifications: channels, messages, deliveries, inboxes.

Revision: 0011
Follows: 0010
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

TABLES = (
    "told_incidents",
    "notification_deliveries",
    "notices",
    "notification_messages",
    "dataset_watchers",
    "notification_channels",
    "inboxes",
)


def upgrade() -> None:
    op.create_table(
        "inboxes",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("revision", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_inboxes_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_inboxes")),
    )
    op.create_table(
        "notification_channels",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("team_id", sa.Uuid(), nullable=True),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("type", sa.Enum("EMAIL", "WEBHOOK", "SLACK", name="channeltype", native_enum=False, length=24), nullable=False),
        sa.Column("target", sa.LargeBinary(), nullable=False),
        sa.Column("shown_target", sa.String(length=320), nullable=False),
        sa.Column("events", postgresql.ARRAY(sa.String(length=24)), nullable=False),
        sa.Column("scope", sa.Enum("MINE", "SELECTED", "ALL", name="channelscope", native_enum=False, length=24), nullable=False),
        sa.Column("dataset_ids", postgresql.ARRAY(sa.Uuid()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("subject_template", sa.String(length=200), nullable=True),
        sa.Column("body_template", sa.Text(), nullable=True),
        sa.Column("enabled", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("disabled_reason", sa.String(length=300), nullable=True),
        sa.Column("secret", sa.LargeBinary(), nullable=True),
        sa.Column("previous_secret", sa.LargeBinary(), nullable=True),
        sa.Column("previous_secret_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("(type = 'WEBHOOK') = (secret IS NOT NULL)", name=op.f("ck_notification_channels_secret")),
        sa.CheckConstraint("scope IN ('MINE', 'SELECTED', 'ALL')", name=op.f("ck_notification_channels_scope")),
        sa.CheckConstraint("type IN ('EMAIL', 'WEBHOOK', 'SLACK')", name=op.f("ck_notification_channels_type")),
        sa.CheckConstraint(
            "(previous_secret IS NULL) = (previous_secret_until IS NULL)", name=op.f("ck_notification_channels_previous_secret")
        ),
        sa.CheckConstraint("cardinality(events) > 0", name=op.f("ck_notification_channels_events")),
        sa.ForeignKeyConstraint(["owner_id"], ["users.id"], name=op.f("fk_notification_channels_owner_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name=op.f("fk_notification_channels_team_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notification_channels")),
    )
    op.create_index(
        "ix_notification_channels_all",
        "notification_channels",
        ["id"],
        unique=False,
        postgresql_where=sa.text("enabled AND scope = 'ALL'"),
    )
    op.create_index("ix_notification_channels_owner", "notification_channels", ["owner_id", "id"], unique=False)
    op.create_index(
        "ix_notification_channels_selected", "notification_channels", ["dataset_ids"], unique=False, postgresql_using="gin"
    )
    op.create_index("ix_notification_channels_team", "notification_channels", ["team_id", "id"], unique=False)
    op.create_table(
        "dataset_watchers",
        sa.Column("dataset_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["dataset_id"], ["datasets.id"], name=op.f("fk_dataset_watchers_dataset_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_dataset_watchers_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("dataset_id", "user_id", name=op.f("pk_dataset_watchers")),
    )
    op.create_index("ix_dataset_watchers_user", "dataset_watchers", ["user_id"], unique=False)
    op.create_table(
        "notices",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "INCIDENTS_OPENED", "INCIDENTS_RESOLVED", "CHANNEL_DISABLED", name="noticekind", native_enum=False, length=24
            ),
            nullable=False,
        ),
        sa.Column("message_id", sa.Uuid(), nullable=True),
        sa.Column("channel_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "kind IN ('INCIDENTS_OPENED', 'INCIDENTS_RESOLVED', 'CHANNEL_DISABLED')", name=op.f("ck_notices_kind")
        ),
        sa.ForeignKeyConstraint(
            ["channel_id"], ["notification_channels.id"], name=op.f("fk_notices_channel_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_notices_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notices")),
        sa.UniqueConstraint("user_id", "message_id", name=op.f("uq_notices_user_id_message_id")),
        sa.UniqueConstraint("user_id", "sequence", name=op.f("uq_notices_user_id_sequence")),
    )
    op.create_index("ix_notices_created", "notices", ["created_at"], unique=False)
    op.create_index("ix_notices_unread", "notices", ["user_id"], unique=False, postgresql_where=sa.text("read_at IS NULL"))
    op.create_table(
        "notification_deliveries",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("channel_id", sa.Uuid(), nullable=False),
        sa.Column("message_id", sa.Uuid(), nullable=True),
        sa.Column(
            "status",
            sa.Enum("PENDING", "DELIVERED", "FAILED", "CANCELLED", name="deliverystatus", native_enum=False, length=24),
            nullable=False,
        ),
        sa.Column("attempts", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("tries_left", sa.Integer(), nullable=False),
        sa.Column("response_code", sa.Integer(), nullable=True),
        sa.Column("response_excerpt", sa.String(length=300), nullable=True),
        sa.Column("error", sa.String(length=300), nullable=True),
        sa.Column("next_attempt_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "status IN ('PENDING', 'DELIVERED', 'FAILED', 'CANCELLED')", name=op.f("ck_notification_deliveries_status")
        ),
        sa.ForeignKeyConstraint(
            ["channel_id"], ["notification_channels.id"], name=op.f("fk_notification_deliveries_channel_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notification_deliveries")),
        sa.UniqueConstraint("channel_id", "message_id", name=op.f("uq_notification_deliveries_channel_id_message_id")),
    )
    op.create_index(
        "ix_notification_deliveries_channel",
        "notification_deliveries",
        ["channel_id", sa.literal_column("id DESC")],
        unique=False,
    )
    op.create_index("ix_notification_deliveries_created", "notification_deliveries", ["created_at"], unique=False)
    op.create_table(
        "notification_messages",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("dataset_id", sa.Uuid(), nullable=False),
        sa.Column("run_id", sa.Uuid(), nullable=True),
        sa.Column("version_id", sa.Uuid(), nullable=True),
        sa.Column("content", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["dataset_id"], ["datasets.id"], name=op.f("fk_notification_messages_dataset_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["run_id"], ["quality_runs.id"], name=op.f("fk_notification_messages_run_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["version_id"], ["dataset_versions.id"], name=op.f("fk_notification_messages_version_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notification_messages")),
    )
    op.create_index("ix_notification_messages_created", "notification_messages", ["created_at"], unique=False)
    op.create_index("uq_notification_messages_run", "notification_messages", ["run_id"], unique=True)
    op.create_table(
        "told_incidents",
        sa.Column("incident_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.Enum("ACTIVE", "RESOLVED", name="incidentstate", native_enum=False, length=24), nullable=True),
        sa.Column("mute_ended", sa.DateTime(timezone=True), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("state IN ('ACTIVE', 'RESOLVED')", name=op.f("ck_told_incidents_state")),
        sa.ForeignKeyConstraint(
            ["incident_id"], ["incidents.id"], name=op.f("fk_told_incidents_incident_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("incident_id", name=op.f("pk_told_incidents")),
    )
    op.create_index(
        "ix_incidents_muted", "incidents", ["muted_until"], unique=False, postgresql_where=sa.text("muted_until IS NOT NULL")
    )
    # What is open by now was seen long ago: only what changes from here on is told.
    op.execute("INSERT INTO told_incidents (incident_id, state) SELECT id, state FROM incidents")


def downgrade() -> None:
    op.drop_index("ix_incidents_muted", table_name="incidents")
    for table in TABLES:
        op.drop_table(table)
