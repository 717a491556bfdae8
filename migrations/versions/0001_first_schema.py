"""First schema: every table of the system.

Revision: 0001
Follows:
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
    op.execute("CREATE EXTENSION IF NOT EXISTS unaccent")
    op.create_table(
        "audit_events",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("occurred_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("sequence", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("action", sa.String(length=64), nullable=False),
        sa.Column("target_id", sa.Uuid(), nullable=True),
        sa.Column("ip_address", postgresql.INET(), nullable=True),
        sa.Column("request_id", sa.String(length=64), nullable=True),
        sa.Column("details", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.PrimaryKeyConstraint("id", "occurred_at", name=op.f("pk_audit_events")),
        postgresql_partition_by="RANGE (occurred_at)",
    )
    op.create_index("ix_audit_events_target", "audit_events", ["target_id", "occurred_at"], unique=False)
    op.create_table(
        "events",
        sa.Column("dataset_id", sa.Uuid(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("occurred_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("version_id", sa.Uuid(), nullable=True),
        sa.Column("payload", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.PrimaryKeyConstraint("dataset_id", "sequence", "occurred_at", name=op.f("pk_events")),
        postgresql_partition_by="RANGE (occurred_at)",
    )
    op.create_index("ix_events_occurred", "events", ["occurred_at"], unique=False)
    op.create_table(
        "quality_metrics",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("checked_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("dataset_id", sa.Uuid(), nullable=False),
        sa.Column("version_id", sa.Uuid(), nullable=True),
        sa.Column("metric_name", sa.String(length=255), nullable=False),
        sa.Column("field_path", sa.Text(), nullable=True),
        sa.Column("value", sa.Numeric(), nullable=False),
        sa.Column("threshold", sa.Numeric(), nullable=True),
        sa.Column(
            "status",
            sa.Enum("PASS", "WARN", "FAIL", "ERROR", "SKIPPED", name="qualitystatus", native_enum=False, length=24),
            nullable=False,
        ),
        sa.CheckConstraint("status IN ('PASS', 'WARN', 'FAIL', 'ERROR', 'SKIPPED')", name=op.f("ck_quality_metrics_status")),
        sa.PrimaryKeyConstraint("id", "checked_at", name=op.f("pk_quality_metrics")),
        postgresql_partition_by="RANGE (checked_at)",
    )
    op.create_index(
        "ix_quality_metrics_latest",
        "quality_metrics",
        ["dataset_id", "metric_name", sa.literal_column("checked_at DESC")],
        unique=False,
    )
    op.create_table(
        "tasks",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("actor", sa.String(length=64), nullable=False),
        sa.Column("queue", sa.String(length=32), nullable=False),
        sa.Column("args", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("dedupe_key", sa.String(length=200), nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "READY", "QUEUED", "RUNNING", "SUCCEEDED", "DEAD", "CANCELLED", name="taskstate", native_enum=False, length=24
            ),
            nullable=False,
        ),
        sa.Column("priority", sa.SmallInteger(), server_default=sa.text("100"), nullable=False),
        sa.Column("available_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("attempt", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("max_attempts", sa.Integer(), server_default=sa.text("5"), nullable=False),
        sa.Column("lost_leases", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("fence", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("lease_owner", sa.String(length=200), nullable=True),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("dispatched_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("dispatch_count", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("last_error", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("(state = 'RUNNING') = (lease_until IS NOT NULL)", name=op.f("ck_tasks_lease")),
        sa.CheckConstraint(
            "(state IN ('SUCCEEDED', 'DEAD', 'CANCELLED')) = (finished_at IS NOT NULL)", name=op.f("ck_tasks_finished")
        ),
        sa.CheckConstraint(
            "state IN ('READY', 'QUEUED', 'RUNNING', 'SUCCEEDED', 'DEAD', 'CANCELLED')", name=op.f("ck_tasks_state")
        ),
        sa.CheckConstraint("octet_length(args::text) <= 16384", name=op.f("ck_tasks_args_size")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tasks")),
    )
    op.create_index(
        "ix_tasks_finished", "tasks", ["finished_at"], unique=False, postgresql_where=sa.text("finished_at IS NOT NULL")
    )
    op.create_index("ix_tasks_queued", "tasks", ["dispatched_at"], unique=False, postgresql_where=sa.text("state = 'QUEUED'"))
    op.create_index(
        "ix_tasks_ready", "tasks", ["priority", "available_at"], unique=False, postgresql_where=sa.text("state = 'READY'")
    )
    op.create_index("ix_tasks_running", "tasks", ["lease_until"], unique=False, postgresql_where=sa.text("state = 'RUNNING'"))
    op.create_index(
        "uq_tasks_dedupe",
        "tasks",
        ["actor", "dedupe_key"],
        unique=True,
        postgresql_where=sa.text("dedupe_key IS NOT NULL AND state IN ('READY', 'QUEUED', 'RUNNING')"),
    )
    op.create_table(
        "users",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("email", sa.String(length=320), nullable=False),
        sa.Column("display_name", sa.String(length=200), nullable=False),
        sa.Column("role", sa.Enum("VIEWER", "EDITOR", "ADMIN", name="role", native_enum=False, length=24), nullable=False),
        sa.Column("password_hash", sa.String(), nullable=True),
        sa.Column("active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("role IN ('VIEWER', 'EDITOR', 'ADMIN')", name=op.f("ck_users_role")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_users")),
    )
    op.create_index("uq_users_email_lower", "users", [sa.literal_column("lower(email)")], unique=True)
    op.create_table(
        "datasets",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=255, collation="C"), nullable=False),
        sa.Column("slug", sa.String(length=120), nullable=False),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column(
            "status",
            sa.Enum("DRAFT", "ACTIVE", "DEPRECATED", "ARCHIVED", name="datasetstatus", native_enum=False, length=24),
            nullable=False,
        ),
        sa.Column(
            "visibility", sa.Enum("ORGANIZATION", "RESTRICTED", name="visibility", native_enum=False, length=24), nullable=False
        ),
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("metadata", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("auto_publish", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("deprecation", sa.Text(), nullable=True),
        sa.Column("revision", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("version_count", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("current_version_id", sa.Uuid(), nullable=True),
        sa.Column("event_sequence", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column(
            "status_before_archive",
            sa.Enum("DRAFT", "ACTIVE", "DEPRECATED", "ARCHIVED", name="datasetstatus", native_enum=False, length=24),
            nullable=True,
        ),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("status IN ('DRAFT', 'ACTIVE', 'DEPRECATED', 'ARCHIVED')", name=op.f("ck_datasets_status")),
        sa.CheckConstraint("visibility IN ('ORGANIZATION', 'RESTRICTED')", name=op.f("ck_datasets_visibility")),
        sa.ForeignKeyConstraint(["owner_id"], ["users.id"], name=op.f("fk_datasets_owner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_datasets")),
    )
    op.create_index(
        "ix_datasets_created",
        "datasets",
        [sa.literal_column("created_at DESC"), sa.literal_column("id DESC")],
        unique=False,
        postgresql_where=sa.text("deleted_at IS NULL"),
    )
    op.create_index("ix_datasets_name", "datasets", ["name", "id"], unique=False, postgresql_where=sa.text("deleted_at IS NULL"))
    op.create_index(
        "ix_datasets_owner",
        "datasets",
        ["owner_id", sa.literal_column("created_at DESC"), sa.literal_column("id DESC")],
        unique=False,
    )
    op.create_index(
        "ix_datasets_updated",
        "datasets",
        [sa.literal_column("updated_at DESC"), sa.literal_column("id DESC")],
        unique=False,
        postgresql_where=sa.text("deleted_at IS NULL"),
    )
    op.create_index("uq_datasets_slug", "datasets", ["slug"], unique=True, postgresql_where=sa.text("deleted_at IS NULL"))
    op.create_table(
        "idempotency_keys",
        sa.Column("principal_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.String(length=255), nullable=False),
        sa.Column("request_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("response", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["principal_id"], ["users.id"], name=op.f("fk_idempotency_keys_principal_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("principal_id", "key", name=op.f("pk_idempotency_keys")),
    )
    op.create_index("ix_idempotency_keys_created", "idempotency_keys", ["created_at"], unique=False)
    op.create_table(
        "sign_in_sessions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_sign_in_sessions_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_sessions")),
    )
    op.create_index(op.f("ix_sign_in_sessions_user_id"), "sign_in_sessions", ["user_id"], unique=False)
    op.create_table(
        "access_grants",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("dataset_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("level", sa.Enum("READ", "WRITE", "MANAGE", name="accesslevel", native_enum=False, length=24), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("granted_by_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("level IN ('READ', 'WRITE', 'MANAGE')", name=op.f("ck_access_grants_level")),
        sa.ForeignKeyConstraint(["dataset_id"], ["datasets.id"], name=op.f("fk_access_grants_dataset_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["granted_by_id"], ["users.id"], name=op.f("fk_access_grants_granted_by_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_access_grants_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_access_grants")),
        sa.UniqueConstraint("dataset_id", "user_id", name=op.f("uq_access_grants_dataset_id_user_id")),
    )
    op.create_index("ix_access_grants_user", "access_grants", ["user_id"], unique=False)
    op.create_table(
        "dataset_tags",
        sa.Column("dataset_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["dataset_id"], ["datasets.id"], name=op.f("fk_dataset_tags_dataset_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("dataset_id", "name", name=op.f("pk_dataset_tags")),
    )
    op.create_index("ix_dataset_tags_name", "dataset_tags", ["name", "dataset_id"], unique=False)
    op.create_table(
        "dataset_versions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("dataset_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("label", sa.String(length=100), nullable=True),
        sa.Column("comment", sa.Text(), nullable=True),
        sa.Column(
            "status",
            sa.Enum(
                "AWAITING_UPLOAD",
                "QUEUED",
                "PROCESSING",
                "READY",
                "FAILED",
                "QUARANTINED",
                "EXPIRED",
                "DELETED",
                name="versionstatus",
                native_enum=False,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column(
            "stage",
            sa.Enum("DOWNLOADING", "VALIDATING", "PROFILING", "STORING", name="stage", native_enum=False, length=24),
            nullable=True,
        ),
        sa.Column("progress", sa.Double(), server_default=sa.text("0"), nullable=False),
        sa.Column("error", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
        sa.Column("requested_options", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("read_options", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
        sa.Column("row_count", sa.BigInteger(), nullable=True),
        sa.Column("column_count", sa.Integer(), nullable=True),
        sa.Column("rejected_row_count", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("rejected_samples", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
        sa.Column("warnings", postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("manifest_sha256", sa.LargeBinary(length=32), nullable=True),
        sa.Column("created_by_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("ready_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "status IN ('AWAITING_UPLOAD', 'QUEUED', 'PROCESSING', 'READY', 'FAILED', 'QUARANTINED', 'EXPIRED', 'DELETED')",
            name=op.f("ck_dataset_versions_status"),
        ),
        sa.ForeignKeyConstraint(["created_by_id"], ["users.id"], name=op.f("fk_dataset_versions_created_by_id")),
        sa.ForeignKeyConstraint(["dataset_id"], ["datasets.id"], name=op.f("fk_dataset_versions_dataset_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dataset_versions")),
        sa.UniqueConstraint("dataset_id", "number", name=op.f("uq_dataset_versions_dataset_id_number")),
    )
    op.create_index(
        "ix_dataset_versions_open",
        "dataset_versions",
        ["status", "updated_at"],
        unique=False,
        postgresql_where=sa.text("status IN ('AWAITING_UPLOAD', 'QUEUED', 'PROCESSING')"),
    )
    op.create_table(
        "metadata",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("dataset_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.String(length=255), nullable=False),
        sa.Column("value", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("updated_by_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["dataset_id"], ["datasets.id"], name=op.f("fk_metadata_dataset_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["updated_by_id"], ["users.id"], name=op.f("fk_metadata_updated_by_id"), ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_metadata")),
        sa.UniqueConstraint("dataset_id", "key", name=op.f("uq_metadata_dataset_id_key")),
    )
    op.create_table(
        "refresh_tokens",
        sa.Column("token_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["session_id"], ["sign_in_sessions.id"], name=op.f("fk_refresh_tokens_session_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_refresh_tokens")),
    )
    op.create_index(op.f("ix_refresh_tokens_session_id"), "refresh_tokens", ["session_id"], unique=False)
    op.create_table(
        "search_documents",
        sa.Column("dataset_id", sa.Uuid(), nullable=False),
        sa.Column("document_version", sa.BigInteger(), nullable=False),
        sa.Column("folded_name", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("vector", postgresql.TSVECTOR(), nullable=False),
        sa.Column("tags", postgresql.ARRAY(sa.String(length=64)), nullable=False),
        sa.Column("field_names", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("status", sa.String(length=24), nullable=False),
        sa.Column("visibility", sa.String(length=24), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["dataset_id"], ["datasets.id"], name=op.f("fk_search_documents_dataset_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("dataset_id", name=op.f("pk_search_documents")),
    )
    op.create_index(
        "ix_search_documents_name",
        "search_documents",
        ["folded_name"],
        unique=False,
        postgresql_using="gin",
        postgresql_ops={"folded_name": "gin_trgm_ops"},
    )
    op.create_index(
        "ix_search_documents_prefix",
        "search_documents",
        ["folded_name"],
        unique=False,
        postgresql_ops={"folded_name": "text_pattern_ops"},
    )
    op.create_index("ix_search_documents_tags", "search_documents", ["tags"], unique=False, postgresql_using="gin")
    op.create_index("ix_search_documents_vector", "search_documents", ["vector"], unique=False, postgresql_using="gin")
    op.create_index(
        "ix_search_documents_words",
        "search_documents",
        ["words"],
        unique=False,
        postgresql_using="gin",
        postgresql_ops={"words": "gin_trgm_ops"},
    )
    op.create_table(
        "dataset_profiles",
        sa.Column("version_id", sa.Uuid(), nullable=False),
        sa.Column("row_count", sa.BigInteger(), nullable=False),
        sa.Column("column_count", sa.Integer(), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("duration_ms", sa.Integer(), nullable=False),
        sa.Column("partial", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["version_id"], ["dataset_versions.id"], name=op.f("fk_dataset_profiles_version_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("version_id", name=op.f("pk_dataset_profiles")),
    )
    op.create_table(
        "field_profiles",
        sa.Column("version_id", sa.Uuid(), nullable=False),
        sa.Column("ordinal_position", sa.Integer(), nullable=False),
        sa.Column("field_path", sa.Text(), nullable=False),
        sa.Column("null_count", sa.BigInteger(), nullable=False),
        sa.Column("null_fraction", sa.Double(), nullable=False),
        sa.Column("distinct_count", sa.BigInteger(), nullable=True),
        sa.Column("distinct_is_approximate", sa.Boolean(), nullable=False),
        sa.Column("min", sa.Text(), nullable=True),
        sa.Column("max", sa.Text(), nullable=True),
        sa.Column("mean", sa.Double(), nullable=True),
        sa.Column("median", sa.Double(), nullable=True),
        sa.Column("stddev", sa.Double(), nullable=True),
        sa.Column("min_length", sa.BigInteger(), nullable=True),
        sa.Column("max_length", sa.BigInteger(), nullable=True),
        sa.Column("histogram", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("top_values", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(
            ["version_id"], ["dataset_versions.id"], name=op.f("fk_field_profiles_version_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("version_id", "ordinal_position", name=op.f("pk_field_profiles")),
    )
    op.create_table(
        "files",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.Enum("ORIGINAL", "TABLE", "REJECTS", name="filerole", native_enum=False, length=24), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("object_key", sa.String(length=500), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.LargeBinary(length=32), nullable=False),
        sa.Column("etag", sa.String(length=100), nullable=False),
        sa.Column("encoding_format", sa.String(length=100), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("role IN ('ORIGINAL', 'TABLE', 'REJECTS')", name=op.f("ck_files_role")),
        sa.ForeignKeyConstraint(["version_id"], ["dataset_versions.id"], name=op.f("fk_files_version_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_files")),
        sa.UniqueConstraint("version_id", "role", name=op.f("uq_files_version_id_role")),
    )
    op.create_index("ix_files_object_key", "files", ["object_key"], unique=False)
    op.create_table(
        "schema_fields",
        sa.Column("version_id", sa.Uuid(), nullable=False),
        sa.Column("ordinal_position", sa.Integer(), nullable=False),
        sa.Column("field_path", sa.Text(), nullable=False),
        sa.Column(
            "logical_type",
            sa.Enum(
                "STRING",
                "DATE",
                "TIMESTAMP",
                "TIME",
                "NUMBER",
                "INTEGER",
                "BOOLEAN",
                "OBJECT",
                "ARRAY",
                name="logicaltype",
                native_enum=False,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("native_type", sa.Text(), nullable=False),
        sa.Column("nullable", sa.Boolean(), nullable=False),
        sa.Column("primary_key", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("tags", postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("sensitive", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("semantic_type", sa.String(length=64), nullable=True),
        sa.Column("original_name", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["version_id"], ["dataset_versions.id"], name=op.f("fk_schema_fields_version_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("version_id", "ordinal_position", name=op.f("pk_schema_fields")),
    )
    op.create_table(
        "uploads",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column(
            "state",
            sa.Enum("WAITING", "COMPLETED", "ABORTED", "EXPIRED", name="uploadstate", native_enum=False, length=24),
            nullable=False,
        ),
        sa.Column("file_name", sa.String(length=255), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.LargeBinary(length=32), nullable=True),
        sa.Column("part_size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("part_count", sa.Integer(), nullable=False),
        sa.Column("object_key", sa.String(length=500), nullable=False),
        sa.Column("storage_upload_id", sa.String(length=500), nullable=False),
        sa.Column("etag", sa.String(length=100), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("state IN ('WAITING', 'COMPLETED', 'ABORTED', 'EXPIRED')", name=op.f("ck_uploads_state")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_uploads_user_id")),
        sa.ForeignKeyConstraint(["version_id"], ["dataset_versions.id"], name=op.f("fk_uploads_version_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_uploads")),
        sa.UniqueConstraint("version_id", name=op.f("uq_uploads_version_id")),
    )
    op.create_index("ix_uploads_expiry", "uploads", ["expires_at"], unique=False, postgresql_where=sa.text("state = 'WAITING'"))
    op.create_foreign_key(
        op.f("fk_datasets_current_version_id"),
        "datasets",
        "dataset_versions",
        ["current_version_id"],
        ["id"],
        initially="DEFERRED",
        deferrable=True,
    )


def downgrade() -> None:
    op.drop_constraint(op.f("fk_datasets_current_version_id"), "datasets", type_="foreignkey")
    op.drop_index("ix_uploads_expiry", table_name="uploads", postgresql_where=sa.text("state = 'WAITING'"))
    op.drop_table("uploads")
    op.drop_table("schema_fields")
    op.drop_index("ix_files_object_key", table_name="files")
    op.drop_table("files")
    op.drop_table("field_profiles")
    op.drop_table("dataset_profiles")
    op.drop_index(
        "ix_search_documents_words",
        table_name="search_documents",
        postgresql_using="gin",
        postgresql_ops={"words": "gin_trgm_ops"},
    )
    op.drop_index("ix_search_documents_vector", table_name="search_documents", postgresql_using="gin")
    op.drop_index("ix_search_documents_tags", table_name="search_documents", postgresql_using="gin")
    op.drop_index("ix_search_documents_prefix", table_name="search_documents", postgresql_ops={"folded_name": "text_pattern_ops"})
    op.drop_index(
        "ix_search_documents_name",
        table_name="search_documents",
        postgresql_using="gin",
        postgresql_ops={"folded_name": "gin_trgm_ops"},
    )
    op.drop_table("search_documents")
    op.drop_index(op.f("ix_refresh_tokens_session_id"), table_name="refresh_tokens")
    op.drop_table("refresh_tokens")
    op.drop_table("metadata")
    op.drop_index(
        "ix_dataset_versions_open",
        table_name="dataset_versions",
        postgresql_where=sa.text("status IN ('AWAITING_UPLOAD', 'QUEUED', 'PROCESSING')"),
    )
    op.drop_table("dataset_versions")
    op.drop_index("ix_dataset_tags_name", table_name="dataset_tags")
    op.drop_table("dataset_tags")
    op.drop_index("ix_access_grants_user", table_name="access_grants")
    op.drop_table("access_grants")
    op.drop_index(op.f("ix_sign_in_sessions_user_id"), table_name="sign_in_sessions")
    op.drop_table("sign_in_sessions")
    op.drop_index("ix_idempotency_keys_created", table_name="idempotency_keys")
    op.drop_table("idempotency_keys")
    op.drop_index("uq_datasets_slug", table_name="datasets")
    op.drop_index("ix_datasets_updated", table_name="datasets", postgresql_where=sa.text("deleted_at IS NULL"))
    op.drop_index("ix_datasets_owner", table_name="datasets")
    op.drop_index("ix_datasets_name", table_name="datasets", postgresql_where=sa.text("deleted_at IS NULL"))
    op.drop_index("ix_datasets_created", table_name="datasets", postgresql_where=sa.text("deleted_at IS NULL"))
    op.drop_table("datasets")
    op.drop_index("uq_users_email_lower", table_name="users")
    op.drop_table("users")
    op.drop_index(
        "uq_tasks_dedupe",
        table_name="tasks",
        postgresql_where=sa.text("dedupe_key IS NOT NULL AND state IN ('READY', 'QUEUED', 'RUNNING')"),
    )
    op.drop_index("ix_tasks_running", table_name="tasks", postgresql_where=sa.text("state = 'RUNNING'"))
    op.drop_index("ix_tasks_ready", table_name="tasks", postgresql_where=sa.text("state = 'READY'"))
    op.drop_index("ix_tasks_queued", table_name="tasks", postgresql_where=sa.text("state = 'QUEUED'"))
    op.drop_index("ix_tasks_finished", table_name="tasks", postgresql_where=sa.text("finished_at IS NOT NULL"))
    op.drop_table("tasks")
    op.drop_index("ix_quality_metrics_latest", table_name="quality_metrics")
    op.drop_table("quality_metrics")
    op.drop_index("ix_events_occurred", table_name="events")
    op.drop_table("events")
    op.drop_index("ix_audit_events_target", table_name="audit_events")
    op.drop_table("audit_events")
