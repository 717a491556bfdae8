-- What the role `datakura_app` may do, as which api, worker and dispatcher sign in to PostgreSQL in production.
-- The owner of the tables, as whom `python -m app.prepare` migrates, runs this after each migration. The role is made once:
--   CREATE ROLE datakura_app LOGIN PASSWORD '...';
-- It owns nothing: it can neither change what the audit trail holds, nor switch off the triggers that refuse to.
GRANT USAGE ON SCHEMA public TO datakura_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO datakura_app;
GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO datakura_app;
REVOKE INSERT, UPDATE, DELETE ON alembic_version, audit_events, audit_links, audit_chains, audit_checkpoints FROM datakura_app;
DO $$
DECLARE
    child regclass;
BEGIN
    FOR child IN SELECT inhrelid::regclass FROM pg_inherits WHERE inhparent = 'audit_events'::regclass LOOP
        EXECUTE format('REVOKE INSERT, UPDATE, DELETE ON %s FROM datakura_app', child);
    END LOOP;
END $$;
GRANT INSERT ON audit_events, audit_checkpoints TO datakura_app;
-- The dispatcher makes the partitions of the months to come, and only the owner of a table can give it one.
ALTER FUNCTION ensure_partitions(integer) SECURITY DEFINER;
ALTER FUNCTION ensure_partitions(integer) SET search_path = public, pg_temp;
