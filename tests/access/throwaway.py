"""Restricted datasets like the world's, one for each mutation and principal: what is done to them is seen on them alone."""

from uuid import UUID

from app.core.ids import uuid7
from app.schema.ids import to_id
from tests.access.operations import Ids
from tests.access.world import GRANTS, World


async def make(world: World, count: int) -> list[Ids]:
    """So many datasets with a READY and a FAILED version, an upload that waits, and the world's grants."""
    people = {name: person.row_id for name, person in world.people.items()}
    rows: dict[str, list[tuple]] = {
        name: [] for name in ("datasets", "versions", "fields", "uploads", "grants", "rules", "runs", "incidents", "schedules")
    }
    made: list[Ids] = []
    for number in range(count):
        dataset, ready, failed, waiting, upload, rule, run, incident, schedule = (uuid7() for _ in range(9))
        rows["datasets"].append((dataset, f"Throwaway {dataset}", f"throwaway-{dataset}", people["owner"]))
        states = {ready: "READY", failed: "FAILED", waiting: "AWAITING_UPLOAD"}
        rows["versions"] += [(one, dataset, n, state, people["writer"]) for n, (one, state) in enumerate(states.items(), 1)]
        rows["fields"].append((ready,))
        rows["uploads"].append((upload, waiting, people["writer"], f"throwaway/{number}/{upload}"))
        rows["rules"].append((rule, dataset))
        rows["runs"].append((run, dataset, ready))
        rows["incidents"].append((incident, dataset, rule, ready, run))
        rows["schedules"].append((schedule, dataset))
        granted = {name: uuid7() for name in GRANTS}
        rows["grants"] += [(granted[name], dataset, people[name], level) for name, level in GRANTS.items()]
        made.append(
            Ids(
                *(to_id("Dataset", dataset), to_id("DatasetVersion", ready), to_id("DatasetVersion", failed)),
                *(to_id("Upload", upload), to_id("AccessGrant", granted["reader"]), to_id("QualityRule", rule)),
                *(to_id("Incident", incident), to_id("CheckSchedule", schedule)),
                world.people["other"].id,
            )
        )
    async with world.database() as connection:
        for name, statement in _STATEMENTS.items():
            await connection.executemany(statement, rows[name])
    return made


_STATEMENTS = {
    "datasets": "INSERT INTO datasets (id, name, slug, status, visibility, owner_id, version_count) "
    "VALUES ($1, $2, $3, 'ACTIVE', 'RESTRICTED', $4, 3)",
    "versions": "INSERT INTO dataset_versions (id, dataset_id, number, status, created_by_id, ready_at) "
    "VALUES ($1, $2, $3, $4::text, $5, CASE $4::text WHEN 'READY' THEN now() END)",
    "fields": "INSERT INTO schema_fields (version_id, ordinal_position, field_path, logical_type, native_type, nullable) "
    "VALUES ($1, 1, 'email', 'STRING', 'VARCHAR', false)",
    "uploads": "INSERT INTO uploads (id, version_id, user_id, state, file_name, size_bytes, part_size_bytes, part_count, object_key, "
    "storage_upload_id, expires_at) VALUES ($1, $2, $3, 'WAITING', 'a.csv', 10, 5242880, 1, $4, 'none', now() + interval '1 day')",
    "grants": "INSERT INTO access_grants (id, dataset_id, user_id, level) VALUES ($1, $2, $3, $4)",
    "rules": "INSERT INTO quality_rules (id, dataset_id, name, type, operator, threshold) VALUES ($1, $2, 'Rows', 'row_count', 'EQUAL', 1)",
    "runs": "INSERT INTO quality_runs (id, dataset_id, version_id, status, trigger) VALUES ($1, $2, $3, 'FAILED', 'MANUAL')",
    "incidents": "INSERT INTO incidents (id, dataset_id, rule_id, version_id, run_id, title, priority, state, stage) "
    "VALUES ($1, $2, $3, $4, $5, 'Rows', 'HIGH', 'ACTIVE', 'TRIAGE')",
    "schedules": "INSERT INTO check_schedules (id, dataset_id, cron, timezone, next_run_at) "
    "VALUES ($1, $2, '0 0 1 1 *', 'UTC', now() + interval '1 year')",
}
UNTOUCHED = """SELECT d.id FROM datasets d WHERE d.id = ANY($1) AND d.revision = 1 AND d.event_sequence = 0 AND d.status = 'ACTIVE'
    AND d.deleted_at IS NULL AND (SELECT count(*) FROM access_grants g WHERE g.dataset_id = d.id) = 2
    AND (SELECT count(*) FROM dataset_versions v WHERE v.dataset_id = d.id) = 3
    AND (SELECT count(*) FROM quality_rules q WHERE q.dataset_id = d.id AND q.revision = 1 AND q.deleted_at IS NULL
        AND q.muted_until IS NULL) = 1
    AND (SELECT count(*) FROM dismissed_suggestions x WHERE x.dataset_id = d.id) = 0
    AND (SELECT count(*) FROM data_contracts c WHERE c.dataset_id = d.id) = 0
    AND (SELECT count(*) FROM quality_runs r WHERE r.dataset_id = d.id) = 1
    AND (SELECT count(*) FROM incidents i WHERE i.dataset_id = d.id AND i.stage = 'TRIAGE') = 1
    AND (SELECT count(*) FROM incident_comments c JOIN incidents i ON i.id = c.incident_id WHERE i.dataset_id = d.id) = 0
    AND (SELECT count(*) FROM check_schedules s WHERE s.dataset_id = d.id AND s.enabled) = 1
    AND (SELECT count(*) FROM field_annotations f WHERE f.dataset_id = d.id) = 0"""


async def touched(world: World, datasets: list[UUID]) -> list[UUID]:
    """Those of which anything is not as it was made."""
    async with world.database() as connection:
        untouched = {row[0] for row in await connection.fetch(UNTOUCHED, datasets)}
    return [one for one in datasets if one not in untouched]
