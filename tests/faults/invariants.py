"""What has to be true after every fault, whatever it was."""

import asyncpg

QUERIES = {
    "a task that has not ended": """
        SELECT id, actor, state, last_error FROM tasks
        WHERE state <> 'SUCCEEDED' AND actor NOT IN ('storage.sweep', 'audit.checkpoint')""",  # begun anew every hour, by nobody's deed
    "a completed upload without exactly one succeeded ingest": """
        SELECT u.version_id, count(t.id) FROM uploads u
        LEFT JOIN tasks t ON t.actor = 'versions.ingest' AND t.dedupe_key = u.version_id::text AND t.state = 'SUCCEEDED'
        WHERE u.state = 'COMPLETED' GROUP BY 1 HAVING count(t.id) <> 1""",
    "a READY version without exactly its original and its table": """
        SELECT v.id, array_agg(f.role) FROM dataset_versions v LEFT JOIN files f ON f.version_id = v.id
        WHERE v.status = 'READY' GROUP BY 1 HAVING array_agg(f.role ORDER BY f.role) <> ARRAY['ORIGINAL', 'TABLE']::varchar[]""",
    "a READY version without its profile or its fields": """
        SELECT v.id FROM dataset_versions v WHERE v.status = 'READY' AND (
            NOT EXISTS (SELECT 1 FROM dataset_profiles p WHERE p.version_id = v.id)
            OR (SELECT count(*) FROM schema_fields f WHERE f.version_id = v.id) <> v.column_count)""",
    "a gap or a repeat in the sequence of a dataset's events": """
        SELECT dataset_id, count(*), min(sequence), max(sequence) FROM events GROUP BY 1
        HAVING min(sequence) <> 1 OR max(sequence) <> count(*)""",
    "a dataset whose last event is not its sequence": """
        SELECT d.id FROM datasets d WHERE d.event_sequence <> (SELECT max(sequence) FROM events e WHERE e.dataset_id = d.id)""",
    "a last event that is not the state of its version": """
        SELECT v.id, v.status, e.payload ->> 'status' FROM dataset_versions v
        JOIN LATERAL (SELECT payload FROM events e WHERE e.version_id = v.id ORDER BY sequence DESC LIMIT 1) e ON true
        WHERE e.payload ->> 'status' <> v.status""",
    "a status that went backwards after READY": """
        SELECT e.version_id FROM events e JOIN events r ON r.version_id = e.version_id AND r.payload ->> 'status' = 'READY'
        WHERE e.sequence > r.sequence AND e.payload ->> 'status' <> 'READY'""",
    "a current version that is not READY": """
        SELECT d.id FROM datasets d JOIN dataset_versions v ON v.id = d.current_version_id WHERE v.status <> 'READY'""",
}


async def broken(connection: asyncpg.Connection) -> dict[str, list[asyncpg.Record]]:
    """Invariant -> rows that break it; empty when all hold."""
    found = {name: await connection.fetch(query) for name, query in QUERIES.items()}
    return {name: rows for name, rows in found.items() if rows}
