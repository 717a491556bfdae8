"""The audit trail: append-only, and chained so that a change behind its back is found.

Revision: 0005
Follows: 0004
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

SHARDS = 16
# What a record is, byte for byte, when it is hashed: each value as text with its length in bytes before it, or "-" for none.
# app/services/audit/chain.py writes the same, and its test compares the two.
CANONICAL = """
    CREATE FUNCTION audit_canonical(record audit_events) RETURNS bytea LANGUAGE sql STABLE AS $$
        SELECT convert_to(string_agg(coalesce(octet_length(convert_to(value, 'UTF8')) || ':' || value, '-'), '' ORDER BY place), 'UTF8')
        FROM unnest(ARRAY[
            record.id::text,
            to_char(record.occurred_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
            record.sequence::text, record.actor_id::text, record.actor_system, record.action, record.target_id::text,
            host(record.ip_address), record.request_id, record.details::text
        ]) WITH ORDINALITY AS parts(value, place)
    $$"""
# Deferred to the end of the transaction: the lock of a chain is the last one that is taken and is held for the commit alone,
# so that nobody waits for it long and no deadlock can go through it. SECURITY DEFINER: the role of the application itself
# needs no right but INSERT on audit_events.
LINK = f"""
    CREATE FUNCTION audit_link() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
    DECLARE
        own smallint := (pg_current_xact_id()::text::numeric % {SHARDS})::smallint;
        held audit_chains%ROWTYPE;
        made bytea;
    BEGIN
        SELECT * INTO STRICT held FROM audit_chains WHERE shard = own FOR UPDATE;
        made := sha256(held.digest || audit_canonical(NEW));
        INSERT INTO audit_links (shard, position, event_id, sequence, digest)
            VALUES (own, held.position + 1, NEW.id, NEW.sequence, made);
        UPDATE audit_chains SET position = held.position + 1, digest = made WHERE shard = own;
        RETURN NULL;
    END $$"""
REFUSE = """
    CREATE FUNCTION audit_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        -- The chain's end moves on, and only from within audit_link.
        IF TG_TABLE_NAME = 'audit_chains' AND TG_OP = 'UPDATE' AND pg_trigger_depth() > 1 THEN
            RETURN NEW;
        END IF;
        RAISE EXCEPTION 'The audit trail is append-only: % of % is refused.', TG_OP, TG_TABLE_NAME
            USING ERRCODE = 'insufficient_privilege';
    END $$"""
# TRUNCATE of a partition does not ask the parent's triggers.
GUARD = """
    CREATE FUNCTION audit_guard_partitions() RETURNS void LANGUAGE plpgsql AS $$
    DECLARE
        child regclass;
    BEGIN
        FOR child IN SELECT inhrelid::regclass FROM pg_inherits WHERE inhparent = 'audit_events'::regclass
                     AND NOT EXISTS (SELECT 1 FROM pg_trigger WHERE tgrelid = inhrelid AND tgname = 'audit_no_truncate') LOOP
            EXECUTE format('CREATE TRIGGER audit_no_truncate BEFORE TRUNCATE ON %s '
                           'FOR EACH STATEMENT EXECUTE FUNCTION audit_append_only()', child);
        END LOOP;
    END $$"""
PARTITIONS = "DO $$ BEGIN EXECUTE replace(pg_get_functiondef('ensure_partitions(int)'::regprocedure), '{old}', '{new}'); END $$"
RETURNS, GUARDS = "RETURN made;", "PERFORM audit_guard_partitions(); RETURN made;"


def upgrade() -> None:
    op.add_column("audit_events", sa.Column("actor_system", sa.String(40), nullable=True))
    op.create_index("ix_audit_events_sequence", "audit_events", ["sequence"])
    op.create_index("ix_audit_events_actor", "audit_events", ["actor_id", "sequence"])
    op.create_table(
        "audit_chains",
        sa.Column("shard", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("digest", sa.LargeBinary(32), nullable=False),
        sa.PrimaryKeyConstraint("shard", name=op.f("pk_audit_chains")),
    )
    op.create_table(
        "audit_links",
        sa.Column("shard", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("position", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("digest", sa.LargeBinary(32), nullable=False),
        sa.PrimaryKeyConstraint("shard", "position", name=op.f("pk_audit_links")),
        sa.UniqueConstraint("event_id", name=op.f("uq_audit_links_event_id")),
    )
    op.create_table(
        "audit_checkpoints",
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("key_id", sa.String(32), nullable=False),
        sa.Column("signature", sa.LargeBinary(64), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_audit_checkpoints")),
    )
    op.execute(
        "INSERT INTO audit_chains (shard, position, digest) SELECT shard, 0, "
        f"sha256(convert_to('datakura audit chain ' || shard, 'UTF8')) FROM generate_series(0, {SHARDS - 1}) AS shard"
    )
    for statement in (CANONICAL, LINK, REFUSE, GUARD):
        op.execute(statement)
    # What was written before there was a chain.
    op.execute("""
        DO $$
        DECLARE
            record audit_events%ROWTYPE;
            held audit_chains%ROWTYPE;
        BEGIN
            FOR record IN SELECT * FROM audit_events ORDER BY sequence LOOP
                UPDATE audit_chains SET position = position + 1, digest = sha256(digest || audit_canonical(record))
                    WHERE shard = 0 RETURNING * INTO held;
                INSERT INTO audit_links (shard, position, event_id, sequence, digest)
                    VALUES (0, held.position, record.id, record.sequence, held.digest);
            END LOOP;
        END $$""")
    op.execute(
        "CREATE CONSTRAINT TRIGGER audit_link AFTER INSERT ON audit_events "
        "DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION audit_link()"
    )
    for table in ("audit_events", "audit_links", "audit_chains", "audit_checkpoints"):
        op.execute(
            f"CREATE TRIGGER audit_append_only BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION audit_append_only()"
        )
        op.execute(
            f"CREATE TRIGGER audit_no_truncate BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION audit_append_only()"
        )
    # The owner may take the right back, but not by mistake; a role of its own for the application has no more than INSERT at all.
    op.execute("REVOKE UPDATE, DELETE, TRUNCATE ON audit_events, audit_checkpoints FROM CURRENT_USER")
    op.execute("SELECT audit_guard_partitions()")
    op.execute(PARTITIONS.format(old=RETURNS, new=GUARDS))


def downgrade() -> None:
    op.execute("GRANT UPDATE, DELETE, TRUNCATE ON audit_events, audit_checkpoints TO CURRENT_USER")
    op.execute(PARTITIONS.format(old=GUARDS, new=RETURNS))
    for table in ("audit_checkpoints", "audit_links", "audit_chains"):
        op.drop_table(table)
    op.execute("DROP FUNCTION audit_append_only() CASCADE")
    op.execute("DROP FUNCTION audit_link() CASCADE")
    op.execute("DROP FUNCTION audit_guard_partitions()")
    op.execute("DROP FUNCTION audit_canonical(audit_events)")
    op.drop_index("ix_audit_events_actor", "audit_events")
    op.drop_index("ix_audit_events_sequence", "audit_events")
    op.drop_column("audit_events", "actor_system")
