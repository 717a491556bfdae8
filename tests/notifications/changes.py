"""Changes of state as a worker writes them at the end of a run, without the files that it would have read."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import text

from app.core.db import Database
from app.core.ids import uuid7
from app.core.viewer import System as Process
from app.models.quality import RunTrigger
from app.quality.spec import RuleResult, RuleSpec, RuleStatus
from app.schema.ids import from_id
from app.services.notifications import messages
from app.services.quality import incidents
from app.services.quality.progress import CheckedRule, Started
from tests.support.people import Person

WORKER = Process("worker")
_VERSION = """INSERT INTO dataset_versions (id, dataset_id, number, status, created_by_id, ready_at)
    SELECT :version, id, version_count + 1, 'READY', owner_id, now() FROM datasets WHERE id = :dataset"""
_RUN = "INSERT INTO quality_runs (id, dataset_id, version_id, status, trigger) VALUES (:run, :dataset, :version, 'RUNNING', 'VERSION')"
_RULE = """INSERT INTO quality_rules (id, dataset_id, name, type, operator, threshold)
    VALUES (:rule, :dataset, :name, 'row_count', 'EQUAL', 1)"""


@dataclass
class Checked:
    """A dataset with rules, whose runs find what one likes."""

    db: Database
    id: str
    """Global."""
    rules: dict[str, UUID]

    @classmethod
    async def made(cls, db: Database, owner: Person, *names: str, **given: object) -> "Checked":
        """A new dataset of the owner, visible to nobody else unless that is given, with rules of these names."""
        name = str(given.pop("name", f"Checked {uuid7()}"))
        dataset_id = await owner.create(name, **{"visibility": "RESTRICTED", **given})
        rules = {rule: uuid7() for rule in names or ("Prices",)}
        async with db.transaction(WORKER) as session:
            for rule, rule_id in rules.items():
                given = {"rule": rule_id, "dataset": from_id(dataset_id, "Dataset"), "name": rule}
                await session.execute(text(_RULE), given)
        return cls(db, dataset_id, rules)

    @property
    def row_id(self) -> UUID:
        """Of `datasets`."""
        return from_id(self.id, "Dataset")

    async def found(self, **failed: bool) -> None:
        """A run of a new version has ended: these rules failed, or passed."""
        run, version = uuid7(), uuid7()
        rules = tuple(CheckedRule(self.rules[name], 1, name, RuleSpec(id=name, type="row_count")) for name in failed)
        started = Started(run, self.row_id, version, RunTrigger.VERSION, False, None, rules)
        results = [
            (
                self.rules[name],
                RuleResult(rule_id=name, status=RuleStatus.FAIL if bad else RuleStatus.PASS, metric_name="row_count"),
            )
            for name, bad in failed.items()
        ]
        async with self.db.transaction(WORKER) as session:
            given = {"dataset": self.row_id, "version": version, "run": run}
            await session.execute(text("SELECT id FROM datasets WHERE id = :dataset FOR UPDATE"), given)
            for statement in (_VERSION, "UPDATE datasets SET version_count = version_count + 1 WHERE id = :dataset", _RUN):
                await session.execute(text(statement), given)
            await messages.announce(session, started, await incidents.follow(session, started, results))
            await session.execute(
                text("UPDATE quality_runs SET status = 'FAILED', started_at = now(), finished_at = now() WHERE id = :run"), given
            )


async def failing(db: Database, owner: Person) -> str:
    """The id of a new dataset whose only rule, Prices, fails on its first version."""
    checked = await Checked.made(db, owner)
    await checked.found(Prices=True)
    return checked.id
