"""Whether an earlier start has left nothing to migrate."""

import hashlib
from pathlib import Path

from app.embedded.plan import Plan

_MIGRATIONS = Path(__file__).resolve().parents[2] / "migrations"


def state(plan: Plan, migrations: Path = _MIGRATIONS) -> str:
    """What a preparation depends on: the migrations, and which cluster it was; a folder that was emptied gets another."""
    version = plan.folder / "postgres" / "PG_VERSION"
    if plan.given.database_url or not version.is_file():
        return ""
    files = sorted(migrations.rglob("*.py"))
    digest = hashlib.sha256(b"\0".join(part for path in files for part in (path.name.encode(), path.read_bytes())))
    return f"{digest.hexdigest()} {version.stat().st_ino} {version.stat().st_mtime_ns}"
