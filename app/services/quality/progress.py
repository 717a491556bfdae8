"""Quality runs as workers have them: begun, progressing, ended. What a worker writes is always under its task's fence."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

import orjson
from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import ledger
from app.core.ledger import Claim, DeadTask
from app.core.phrases import say, to_json
from app.ingest import codec
from app.models.datasets import Dataset
from app.models.quality import QualityRule, QualityRun, QualityStatus, RunStatus, RunTrigger
from app.models.versions import DatasetVersion, VersionStatus
from app.quality.spec import RuleSpec
from app.services import events
from app.services.quality import definitions
from app.services.quality import rules as quality_rules
from app.services.quality.runs import OPEN, tell


@dataclass(frozen=True, slots=True)
class CheckedRule:
    """A rule as it stood when the run began."""

    rule_id: UUID | None
    """None: nobody has saved it."""
    revision: int
    name: str
    spec: RuleSpec


@dataclass(frozen=True, slots=True)
class Started:
    """A run that a worker has begun."""

    run_id: UUID
    dataset_id: UUID
    version_id: UUID
    trigger: RunTrigger
    keeps_failed_rows: bool
    requested_by_id: UUID | None
    rules: tuple[CheckedRule, ...]


async def begin(session: AsyncSession, claim: Claim) -> Started | None:
    """The run is RUNNING; None when there is nothing to do any more: it was done, or its dataset is gone (CANCELLED)."""
    await ledger.hold(session, claim)
    run_id = UUID(claim.args["runId"])
    statement = (
        select(
            QualityRun.dataset_id, QualityRun.version_id, QualityRun.status, QualityRun.trigger, QualityRun.rule_ids,
            QualityRun.drafts, QualityRun.keeps_failed_rows, QualityRun.requested_by_id, Dataset.deleted_at,
            DatasetVersion.status.label("version_status"),
        )
        .join(Dataset, Dataset.id == QualityRun.dataset_id)
        .join(DatasetVersion, DatasetVersion.id == QualityRun.version_id)
        .where(QualityRun.id == run_id)
    )  # fmt: skip
    row = (await session.execute(statement)).one_or_none()
    if row is None or row.status not in OPEN:
        return None
    if row.deleted_at is not None or row.version_status is not VersionStatus.READY:
        await cancel(session, run_id, row.dataset_id)
        return None
    rules = _drafts(row.drafts) if row.drafts is not None else await _saved(session, row.dataset_id, row.rule_ids)
    await events.hold(session, row.dataset_id)
    values: dict[str, object] = dict.fromkeys(("passed", "warned", "failed", "errored", "skipped"), 0)
    await session.execute(
        update(QualityRun).where(QualityRun.id == run_id).values(status=RunStatus.RUNNING, started_at=func.now(), **values)
    )
    await tell(session, run_id, row.dataset_id)
    return Started(run_id, row.dataset_id, row.version_id, row.trigger, row.keeps_failed_rows, row.requested_by_id, tuple(rules))


async def progress(session: AsyncSession, claim: Claim, run: Started, statuses: Mapping[QualityStatus, int]) -> None:
    """Subscribers see how many rules have a result.

    Raises:
        LostLease: another worker has taken over.
    """
    await ledger.hold(session, claim)
    await events.hold(session, run.dataset_id)
    await session.execute(
        update(QualityRun).where(QualityRun.id == run.run_id, QualityRun.status == RunStatus.RUNNING).values(**counted(statuses))
    )
    await tell(session, run.run_id, run.dataset_id)


async def cancel(session: AsyncSession, run_id: UUID, dataset_id: UUID) -> None:
    """The run is CANCELLED: there is nothing left to check."""
    await events.hold(session, dataset_id)
    await session.execute(
        update(QualityRun).where(QualityRun.id == run_id).values(status=RunStatus.CANCELLED, finished_at=func.now())
    )
    await tell(session, run_id, dataset_id)


async def bury(session: AsyncSession, dead: DeadTask) -> None:
    """The run of a task that will not run again is ERROR: nobody waits for it for ever, and the gate stays closed."""
    run_id = UUID(dead.args["runId"])
    message = say(
        "CHECK_FAILED",
        "The check failed again and again on our side. Operators find the cause under task {task}.",
        task=str(dead.task_id),
    )
    dataset_id = await session.scalar(select(QualityRun.dataset_id).where(QualityRun.id == run_id))
    if dataset_id is None:
        return
    await events.hold(session, dataset_id)
    ended = await session.execute(
        update(QualityRun)
        .where(QualityRun.id == run_id, QualityRun.status.in_(OPEN))
        .values(status=RunStatus.ERROR, finished_at=func.now(), error=told_error("INTERNAL", message))
        .returning(QualityRun.id)
    )
    if ended.first() is not None:
        await tell(session, run_id, dataset_id)


def told_error(code: str, message: str) -> dict[str, object]:
    """An error as runs and results store it."""
    return {"code": code, "message": message.replace("\0", "\ufffd"), "message_phrase": to_json(message)}


def counted(statuses: Mapping[QualityStatus, int]) -> dict[str, int]:
    """The columns that count results."""
    found = Counter(statuses)
    return {
        "passed": found[QualityStatus.PASS],
        "warned": found[QualityStatus.WARN],
        "failed": found[QualityStatus.FAIL],
        "errored": found[QualityStatus.ERROR],
        "skipped": found[QualityStatus.SKIPPED],
    }


def verdict(statuses: Mapping[QualityStatus, int]) -> RunStatus:
    """The worst that was found; a violation outweighs a rule that could not run, because it is certain."""
    for status, ended in (
        (QualityStatus.FAIL, RunStatus.FAILED), (QualityStatus.ERROR, RunStatus.ERROR), (QualityStatus.WARN, RunStatus.WARNED),
    ):  # fmt: skip
        if statuses.get(status):
            return ended
    return RunStatus.PASSED


async def _saved(session: AsyncSession, dataset_id: UUID, rule_ids: Sequence[UUID] | None) -> list[CheckedRule]:
    statement = (
        select(*quality_rules.COLUMNS)
        .where(QualityRule.dataset_id == dataset_id, QualityRule.deleted_at.is_(None))
        .order_by(QualityRule.id)
    )
    # A rule that is named runs even while it is disabled: so one tries it before it counts.
    chosen = QualityRule.enabled if rule_ids is None else QualityRule.id.in_(rule_ids)
    rows = await session.execute(statement.where(chosen))
    return [CheckedRule(row.id, row.revision, row.name, definitions.definition_of(row).spec(str(row.id))) for row in rows]


def _drafts(stored: Sequence[Mapping[str, object]]) -> list[CheckedRule]:
    found = []
    for at, one in enumerate(stored):
        spec = codec.load(RuleSpec, orjson.dumps({**_object(one["spec"]), "id": str(at)}))
        found.append(CheckedRule(None, 0, str(one["name"]), spec))
    return found


def _object(value: object) -> dict[str, object]:
    if not isinstance(value, dict):
        raise TypeError("a stored rule is no object")
    return value
