"""State machines, wake-ups and monthly partitions.

Revision: 0002
Follows: 0001
"""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

TRANSITIONS = {
    "tasks": {
        "READY": ("QUEUED", "RUNNING", "CANCELLED"),
        "QUEUED": ("RUNNING", "READY", "CANCELLED", "DEAD"),
        "RUNNING": ("SUCCEEDED", "READY", "DEAD", "CANCELLED"),
        "DEAD": ("READY",),
    },
    "dataset_versions": {
        "AWAITING_UPLOAD": ("QUEUED", "EXPIRED", "DELETED"),
        "QUEUED": ("PROCESSING", "FAILED", "DELETED"),
        "PROCESSING": ("READY", "FAILED", "QUARANTINED", "QUEUED", "DELETED"),
        "FAILED": ("QUEUED", "DELETED"),
        "QUARANTINED": ("QUEUED", "DELETED"),
        "READY": ("DELETED",),
        "EXPIRED": ("DELETED",),
    },
    "uploads": {"WAITING": ("COMPLETED", "ABORTED", "EXPIRED")},
    "datasets": {
        "DRAFT": ("ACTIVE", "ARCHIVED"),
        "ACTIVE": ("DEPRECATED", "ARCHIVED"),
        "DEPRECATED": ("ACTIVE", "ARCHIVED"),
        "ARCHIVED": ("DRAFT", "ACTIVE", "DEPRECATED"),
    },
}
COLUMN = {"tasks": "state", "dataset_versions": "status", "uploads": "state", "datasets": "status"}
PARTITIONED = {"events": "occurred_at", "audit_events": "occurred_at", "quality_metrics": "checked_at"}


def upgrade() -> None:
    for table, machine in TRANSITIONS.items():
        pairs = ", ".join(f"'{old}>{new}'" for old, targets in machine.items() for new in targets)
        column = COLUMN[table]
        op.execute(f"""
            CREATE FUNCTION {table}_transition() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                IF OLD.{column} <> NEW.{column} AND OLD.{column} || '>' || NEW.{column} <> ALL (ARRAY[{pairs}]) THEN
                    RAISE EXCEPTION 'illegal transition of {table}: % -> %', OLD.{column}, NEW.{column} USING ERRCODE = '23514';
                END IF;
                RETURN NEW;
            END $$""")
        op.execute(
            f"CREATE TRIGGER {table}_transition BEFORE UPDATE OF {column} ON {table} "
            f"FOR EACH ROW EXECUTE FUNCTION {table}_transition()"
        )

    # What a READY version holds is immutable; only its publication time and its deletion may follow.
    op.execute("""
        CREATE FUNCTION dataset_versions_immutable() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF (NEW.row_count, NEW.read_options, NEW.manifest_sha256, NEW.number, NEW.dataset_id)
                IS DISTINCT FROM (OLD.row_count, OLD.read_options, OLD.manifest_sha256, OLD.number, OLD.dataset_id) THEN
                RAISE EXCEPTION 'version % is immutable', OLD.id USING ERRCODE = '23514';
            END IF;
            RETURN NEW;
        END $$""")
    op.execute(
        "CREATE TRIGGER dataset_versions_immutable BEFORE UPDATE ON dataset_versions FOR EACH ROW "
        "WHEN (OLD.status = 'READY') EXECUTE FUNCTION dataset_versions_immutable()"
    )

    # Wake-ups: hints only, sent when the transaction commits; PostgreSQL folds equal ones of a transaction into one.
    op.execute("""
        CREATE FUNCTION tasks_notify() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN PERFORM pg_notify('datakura_tasks', ''); RETURN NULL; END $$""")
    op.execute("CREATE TRIGGER tasks_notify AFTER INSERT ON tasks FOR EACH STATEMENT EXECUTE FUNCTION tasks_notify()")
    op.execute("""
        CREATE FUNCTION events_notify() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN PERFORM pg_notify('datakura_events', NEW.dataset_id || ':' || NEW.sequence); RETURN NULL; END $$""")
    op.execute("CREATE TRIGGER events_notify AFTER INSERT ON events FOR EACH ROW EXECUTE FUNCTION events_notify()")

    cases = " ".join(f"('{table}')," for table in PARTITIONED).rstrip(",")
    op.execute(f"""
        CREATE FUNCTION ensure_partitions(months_ahead int) RETURNS int LANGUAGE plpgsql AS $$
        DECLARE
            parent text;
            month timestamp;
            child text;
            made int := 0;
        BEGIN
            PERFORM pg_advisory_xact_lock(hashtext('ensure_partitions'));
            FOR parent IN SELECT * FROM (VALUES {cases}) AS parents LOOP
                FOR month IN SELECT generate_series(
                    date_trunc('month', now() AT TIME ZONE 'UTC'),
                    date_trunc('month', now() AT TIME ZONE 'UTC') + make_interval(months => months_ahead),
                    interval '1 month') LOOP
                    child := parent || '_p' || to_char(month, 'YYYYMM');
                    IF to_regclass(child) IS NULL THEN
                        EXECUTE format('CREATE TABLE %I PARTITION OF %I FOR VALUES FROM (%L) TO (%L)',
                            child, parent, month AT TIME ZONE 'UTC', (month + interval '1 month') AT TIME ZONE 'UTC');
                        made := made + 1;
                    END IF;
                END LOOP;
            END LOOP;
            RETURN made;
        END $$""")
    op.execute("SELECT ensure_partitions(3)")


def downgrade() -> None:
    op.execute("DROP FUNCTION ensure_partitions(int)")
    op.execute("DROP TRIGGER events_notify ON events")
    op.execute("DROP FUNCTION events_notify()")
    op.execute("DROP TRIGGER tasks_notify ON tasks")
    op.execute("DROP FUNCTION tasks_notify()")
    op.execute("DROP TRIGGER dataset_versions_immutable ON dataset_versions")
    op.execute("DROP FUNCTION dataset_versions_immutable()")
    for table in TRANSITIONS:
        op.execute(f"DROP TRIGGER {table}_transition ON {table}")
        op.execute(f"DROP FUNCTION {table}_transition()")
