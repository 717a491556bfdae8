"""The audit trail names the session or the API key by which somebody acted.

Revision: 0013
Follows: 0012
"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

# A record with neither is hashed as it always was, so that what is written keeps its place in its chain. One more value
# changes the number of parts: no record with them reads as one without.
CANONICAL = """
    CREATE OR REPLACE FUNCTION audit_canonical(record audit_events) RETURNS bytea LANGUAGE sql STABLE AS $$
        SELECT convert_to(string_agg(coalesce(octet_length(convert_to(value, 'UTF8')) || ':' || value, '-'), '' ORDER BY place), 'UTF8')
        FROM unnest(ARRAY[
            record.id::text,
            to_char(record.occurred_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
            record.sequence::text, record.actor_id::text, record.actor_system, record.action, record.target_id::text,
            host(record.ip_address), record.request_id, record.details::text
        ]{further}) WITH ORDINALITY AS parts(value, place)
    $$"""
FURTHER = """ || CASE WHEN num_nonnulls(record.session_id, record.api_key_id) > 0
            THEN ARRAY[record.session_id::text, record.api_key_id::text] ELSE ARRAY[]::text[] END"""


def upgrade() -> None:
    op.add_column("audit_events", sa.Column("session_id", sa.Uuid(), nullable=True))
    op.add_column("audit_events", sa.Column("api_key_id", sa.Uuid(), nullable=True))
    for name, column in (("session", "session_id"), ("api_key", "api_key_id")):
        op.create_index(
            f"ix_audit_events_{name}",
            "audit_events",
            [column, "sequence"],
            postgresql_where=sa.text(f"{column} IS NOT NULL"),
        )
    op.execute(CANONICAL.format(further=FURTHER))


def downgrade() -> None:
    # Records that name a session or a key are not as they were hashed any more: their chains end here.
    op.execute(CANONICAL.format(further=""))
    for name in ("api_key", "session"):
        op.drop_index(f"ix_audit_events_{name}", "audit_events")
    op.drop_column("audit_events", "api_key_id")
    op.drop_column("audit_events", "session_id")
