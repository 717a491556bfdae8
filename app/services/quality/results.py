"""The end of a quality run: results, metrics, verdict, publication and event in one transaction, under the fence."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from decimal import Decimal

import orjson
from sqlalchemy import func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import ledger
from app.core.ids import uuid7
from app.core.ledger import Claim
from app.core.phrases import to_json
from app.core.rows import AnyRow
from app.core.viewer import System
from app.models.datasets import Dataset, DatasetStatus
from app.models.quality import TRIALS, QualityMetric, QualityResult, QualityRule, QualityRun, QualityStatus, RunStatus, RunTrigger
from app.models.versions import DatasetVersion, VersionStatus
from app.quality.spec import RuleResult, Severity
from app.services.datasets import versions
from app.services.notifications import messages
from app.services.quality import gate, incidents, progress, runs
from app.services.quality.checking import Checked
from app.services.quality.progress import CheckedRule, Started

MAX_EXPRESSION = 20_000
INSERT_ROWS = 500
"""Rows of one INSERT: PostgreSQL takes at most 32,767 parameters over this driver."""
_WORKER = System("worker")


async def finish(session: AsyncSession, claim: Claim, run: Started, checked: Sequence[Checked]) -> None:
    """The run has its verdict; what follows from it is written too.

    Raises:
        LostLease: nothing may be committed.
    """
    await ledger.succeed(session, claim)
    dataset = await lock(session, run)
    if dataset is None:
        await progress.cancel(session, run.run_id, run.dataset_id)
        return
    counts = run.trigger not in TRIALS
    rows = [_result_row(at, run, rule, one, counts=counts) for at, (rule, one) in enumerate(zip(run.rules, checked, strict=True))]
    for start in range(0, len(rows), INSERT_ROWS):
        await session.execute(insert(QualityResult), rows[start : start + INSERT_ROWS])
    found = Counter(QualityStatus(one.result.status.value) for one in checked)
    if counts:
        await _write_metrics(session, run, checked)
        saved = [(rule.rule_id, one.result) for rule, one in zip(run.rules, checked, strict=True) if rule.rule_id is not None]
        await messages.announce(session, run, await incidents.follow(session, run, saved))
    await session.execute(
        update(QualityRun)
        .where(QualityRun.id == run.run_id)
        .values(
            status=progress.verdict(found),
            finished_at=func.clock_timestamp(),
            rows_scanned=max((one.result.rows_scanned for one in checked), default=0),
            **progress.counted(found),
        )
    )
    if run.trigger is RunTrigger.VERSION and await _publishes(session, run, dataset, checked):
        await versions.move_pointer(session, _WORKER, run.dataset_id, run.version_id)
    await runs.tell(session, run.run_id, run.dataset_id)


async def fail(session: AsyncSession, claim: Claim, run: Started, message: str) -> None:
    """The run is ERROR: there was nothing to check; or CANCELLED, where its dataset was deleted meanwhile."""
    await ledger.succeed(session, claim)
    if await lock(session, run) is None:
        await progress.cancel(session, run.run_id, run.dataset_id)
        return
    await session.execute(
        update(QualityRun)
        .where(QualityRun.id == run.run_id)
        .values(status=RunStatus.ERROR, finished_at=func.clock_timestamp(), error=progress.told_error("UNREADABLE", message))
    )
    await runs.tell(session, run.run_id, run.dataset_id)


async def lock(session: AsyncSession, run: Started) -> AnyRow | None:
    """The dataset, when it is still there to be judged. Version first, then dataset: the order of `versions.move_pointer`."""
    version = select(DatasetVersion.status).where(DatasetVersion.id == run.version_id).with_for_update(key_share=True)
    if await session.scalar(version) is not VersionStatus.READY:
        return None
    statement = (
        select(Dataset.auto_publish, Dataset.status, Dataset.current_version_id)
        .where(Dataset.id == run.dataset_id, Dataset.deleted_at.is_(None))
        .with_for_update(key_share=True)
    )
    return (await session.execute(statement)).one_or_none()


async def _publishes(session: AsyncSession, run: Started, dataset: AnyRow, checked: Sequence[Checked]) -> bool:
    """Whether a version becomes the current one without a person: no newer one is, nothing blocks it, and no rule of severity
    ERROR that still counts was violated or could not run."""
    if not dataset.auto_publish or dataset.status is DatasetStatus.ARCHIVED:
        return False
    own = select(DatasetVersion.number).where(DatasetVersion.id == run.version_id).scalar_subquery()
    newer = select(func.count()).where(DatasetVersion.id == dataset.current_version_id, DatasetVersion.number >= own)
    if await session.scalar(newer):
        return False
    violated = [rule.rule_id for rule, one in zip(run.rules, checked, strict=True) if one.result.is_violation]
    grave = select(func.count()).where(
        QualityRule.id.in_(violated),
        QualityRule.severity == Severity.ERROR,
        QualityRule.enabled,
        QualityRule.deleted_at.is_(None),
    )
    return not await session.scalar(grave) and not await gate.violations(session, run.dataset_id, run.version_id)


async def _write_metrics(session: AsyncSession, run: Started, checked: Sequence[Checked]) -> None:
    rows = [
        {
            "id": uuid7(), "dataset_id": run.dataset_id, "version_id": run.version_id, "rule_id": rule.rule_id,
            "metric_name": one.result.metric_name, "field_path": ", ".join(rule.spec.field_paths) or None,
            "value": Decimal(repr(one.result.value)),
            "threshold": None if one.result.threshold is None else Decimal(repr(one.result.threshold)),
            "upper_threshold": None if one.result.upper_threshold is None else Decimal(repr(one.result.upper_threshold)),
            "operator": one.result.operator, "status": QualityStatus(one.result.status.value),
        }
        for rule, one in zip(run.rules, checked, strict=True)
        if one.result.value is not None
    ]  # fmt: skip
    for start in range(0, len(rows), INSERT_ROWS):
        await session.execute(insert(QualityMetric), rows[start : start + INSERT_ROWS])


def _result_row(at: int, run: Started, rule: CheckedRule, checked: Checked, *, counts: bool) -> dict[str, object]:
    result = checked.result
    return {
        "id": uuid7(), "run_id": run.run_id, "position": at, "dataset_id": run.dataset_id, "version_id": run.version_id,
        "rule_id": rule.rule_id, "rule_revision": rule.revision, "counts": counts, "rule_name": rule.name,
        "rule_type": rule.spec.type, "field_paths": list(rule.spec.field_paths), "severity": rule.spec.severity,
        "status": QualityStatus(result.status.value), "metric_name": result.metric_name, "value": result.value,
        "threshold": result.threshold, "upper_threshold": result.upper_threshold, "operator": result.operator,
        "failed_row_count": result.failed_row_count, "failed_rows_sample": _sample(result),
        "failed_rows_key": checked.failed_rows_key,
        "expression": None if result.expression is None else _text(result.expression)[:MAX_EXPRESSION],
        "rows_scanned": result.rows_scanned, "duration_ms": result.duration_ms, "message": _text(result.message),
        "message_phrase": to_json(result.message),
        "error": None if result.error is None else progress.told_error(result.error.code, result.error.message),
        "partial": result.partial,
    }  # fmt: skip


def _sample(result: RuleResult) -> object:
    # PostgreSQL's JSONB cannot hold NUL characters, and a failed row may well hold some.
    rows = [asdict(row) for row in result.failed_rows_sample]
    return orjson.loads(orjson.dumps(rows).replace(b"\\u0000", b"\\ufffd"))


def _text(text: str) -> str:
    return text.replace("\x00", "\ufffd")
