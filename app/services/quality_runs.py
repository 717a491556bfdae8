"""Quality runs: asked for, begun, progressing, ended. What a worker writes is always under its task's fence."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import orjson
from sqlalchemy import Select, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from app.core import ledger
from app.core.errors import Conflict, InvalidInput, NotFound
from app.core.ids import uuid7
from app.core.ledger import Claim, DeadTask
from app.core.rows import AnyRow
from app.core.viewer import Principal, Viewer
from app.ingest import codec
from app.ingest.job import Field
from app.models.datasets import Dataset
from app.models.quality import QualityRule, QualityRun, QualityStatus, RunStatus, RunTrigger
from app.models.versions import DatasetVersion, VersionStatus
from app.quality.spec import RuleSpec
from app.services import access, audit, events, quality_rules, versions
from app.services.access import Level
from app.services.quality_rules import Draft

MISSING = "There is no such quality run, or you may not see its dataset."
MAX_RULES_OF_RUN = 250
"""That one request names; a run of all rules of a dataset has no such bound."""
MAX_DRAFTS = 20
MAX_BACK_TEST = 50
"""Versions of one back-test."""
OPEN = (RunStatus.QUEUED, RunStatus.RUNNING)

COLUMNS = (
    QualityRun.id, QualityRun.dataset_id, QualityRun.version_id, QualityRun.status, QualityRun.trigger, QualityRun.batch_id,
    QualityRun.sequence, QualityRun.passed, QualityRun.warned, QualityRun.failed, QualityRun.errored, QualityRun.skipped,
    QualityRun.rows_scanned, QualityRun.error, QualityRun.requested_by_id, QualityRun.created_at, QualityRun.started_at,
    QualityRun.finished_at,
)  # fmt: skip
"""What a row of a run holds wherever one is read."""


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


async def request(
    session: AsyncSession,
    viewer: Viewer,
    version_id: UUID,
    *,
    rule_ids: Sequence[UUID] | None = None,
    keeps_failed_rows: bool = False,
) -> UUID:
    """A run by hand of all enabled rules, or of those that are named, on a READY version.

    Raises:
        NotFound, Forbidden: WRITE is needed.
        Conflict: the version is not READY. InvalidInput: a rule is none of the dataset, or there is none to run.
    """
    dataset_id = await _ready_version(session, viewer, version_id)
    if rule_ids is not None:
        await require_rules(session, dataset_id, rule_ids)
    elif not await has_rules(session, dataset_id):
        raise Conflict("The dataset has no enabled quality rule. Create one first.")
    run_id = await queue(
        session, dataset_id, version_id, RunTrigger.MANUAL, rule_ids=rule_ids, keeps_failed_rows=keeps_failed_rows,
        requested_by_id=viewer.id,
    )  # fmt: skip
    await audit.record(session, viewer, "quality_run.request", run_id, dataset=str(dataset_id), version=str(version_id))
    return run_id


async def dry_run(
    session: AsyncSession, viewer: Viewer, version_id: UUID, drafts: Sequence[Draft], *, keeps_failed_rows: bool = False
) -> UUID:
    """A run of rules that nobody has saved: results to look at, and nothing else.

    Raises:
        NotFound, Forbidden, Conflict: see `request`. InvalidInput: a rule could not run on this version, or there are too many.
    """
    dataset_id = await _ready_version(session, viewer, version_id)
    stored = await _stored(drafts, await quality_rules.fields_of(session, version_id))
    run_id = await queue(
        session, dataset_id, version_id, RunTrigger.DRY_RUN, drafts=stored, keeps_failed_rows=keeps_failed_rows,
        requested_by_id=viewer.id,
    )  # fmt: skip
    await audit.record(session, viewer, "quality_run.dry_run", run_id, dataset=str(dataset_id), version=str(version_id))
    return run_id


async def back_test(
    session: AsyncSession,
    viewer: Viewer,
    dataset_id: UUID,
    drafts: Sequence[Draft] | None,
    *,
    rule_ids: Sequence[UUID] | None = None,
    version_count: int,
) -> UUID:
    """Rules are tried on the last READY versions, one run each; returns the id of the batch.

    Args:
        drafts: rules that nobody has saved; None: those of `rule_ids`.
    Raises:
        NotFound, Forbidden: WRITE is needed. InvalidInput: no rule, or one that could never run; too many versions.
        Conflict: no version is READY.
    """
    await access.require(session, viewer, dataset_id, Level.WRITE)
    if not 1 <= version_count <= MAX_BACK_TEST:
        raise InvalidInput(f"Give 1 to {MAX_BACK_TEST} versions.", path=("versions",))
    if (drafts is None) == (rule_ids is None):
        raise InvalidInput("Give `rules` or `ruleIds`.", path=("rules",))
    if rule_ids is not None:
        await require_rules(session, dataset_id, rule_ids)
    # Not against columns: an earlier version may have others, and then the rule's result there says so.
    stored = None if drafts is None else await _stored(drafts, None)
    newest = (
        select(DatasetVersion.id)
        .where(DatasetVersion.dataset_id == dataset_id, DatasetVersion.status == VersionStatus.READY)
        .order_by(DatasetVersion.number.desc())
        .limit(version_count)
    )
    version_ids = list((await session.execute(newest)).scalars())
    if not version_ids:
        raise Conflict("The dataset has no READY version to try the rules on.")
    batch_id = uuid7()
    for version_id in version_ids:
        await queue(
            session, dataset_id, version_id, RunTrigger.BACK_TEST, rule_ids=rule_ids, drafts=stored, requested_by_id=viewer.id,
            batch_id=batch_id,
        )  # fmt: skip
    await audit.record(session, viewer, "quality_back_test.request", batch_id, dataset=str(dataset_id), versions=len(version_ids))
    return batch_id


async def list_batch(connection: AsyncConnection, principal: Principal, batch_id: UUID) -> Sequence[AnyRow]:
    """The runs of a back-test of a visible dataset, those of newer versions first."""
    return (
        await connection.execute(visible_runs(principal).where(QualityRun.batch_id == batch_id).order_by(QualityRun.id))
    ).all()


async def queue_for_version(session: AsyncSession, dataset_id: UUID, version_id: UUID) -> UUID | None:
    """The run that every new version gets; None for a dataset without enabled rules."""
    if not await has_rules(session, dataset_id):
        return None
    return await queue(session, dataset_id, version_id, RunTrigger.VERSION)


async def queue(
    session: AsyncSession,
    dataset_id: UUID,
    version_id: UUID,
    trigger: RunTrigger,
    *,
    rule_ids: Sequence[UUID] | None = None,
    drafts: Sequence[object] | None = None,
    keeps_failed_rows: bool = False,
    requested_by_id: UUID | None = None,
    batch_id: UUID | None = None,
    schedule_id: UUID | None = None,
    scheduled_for: datetime | None = None,
) -> UUID:
    """A QUEUED run, its task, and the event that says so."""
    run_id = uuid7()
    await session.execute(
        insert(QualityRun).values(
            id=run_id, dataset_id=dataset_id, version_id=version_id, status=RunStatus.QUEUED, trigger=trigger,
            rule_ids=None if rule_ids is None else list(rule_ids), drafts=drafts, keeps_failed_rows=keeps_failed_rows,
            requested_by_id=requested_by_id, batch_id=batch_id, schedule_id=schedule_id, scheduled_for=scheduled_for,
        )
    )  # fmt: skip
    await queue_task(session, run_id)
    await tell(session, run_id, dataset_id)
    return run_id


async def queue_task(session: AsyncSession, run_id: UUID) -> None:
    """The run will be done, once."""
    await ledger.enqueue(session, actor="quality.run", args={"runId": str(run_id)}, queue="heavy", dedupe_key=str(run_id))


async def has_rules(session: AsyncSession, dataset_id: UUID) -> bool:
    """Whether the dataset has an enabled rule."""
    statement = select(func.count()).where(
        QualityRule.dataset_id == dataset_id, QualityRule.enabled, QualityRule.deleted_at.is_(None)
    )
    return bool((await session.execute(statement)).scalar_one())


async def tell(session: AsyncSession, run_id: UUID, dataset_id: UUID) -> None:
    """Subscribers learn how the run stands now."""
    row = (
        await session.execute(
            update(QualityRun)
            .where(QualityRun.id == run_id, QualityRun.dataset_id == dataset_id)
            .values(sequence=QualityRun.sequence + 1, updated_at=func.now())
            .returning(
                QualityRun.sequence, QualityRun.status, QualityRun.version_id, QualityRun.passed, QualityRun.warned,
                QualityRun.failed, QualityRun.errored, QualityRun.skipped,
            )
        )
    ).one()  # fmt: skip
    summary = {name: getattr(row, name) for name in ("passed", "warned", "failed", "errored", "skipped")}
    run = {"id": str(run_id), "sequence": row.sequence, "status": row.status, "summary": summary}
    await events.append(session, dataset_id, row.version_id, run=run)


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
    await session.execute(
        update(QualityRun).where(QualityRun.id == run.run_id, QualityRun.status == RunStatus.RUNNING).values(**counted(statuses))
    )
    await tell(session, run.run_id, run.dataset_id)


async def cancel(session: AsyncSession, run_id: UUID, dataset_id: UUID) -> None:
    """The run is CANCELLED: there is nothing left to check."""
    await session.execute(
        update(QualityRun).where(QualityRun.id == run_id).values(status=RunStatus.CANCELLED, finished_at=func.now())
    )
    await tell(session, run_id, dataset_id)


async def bury(session: AsyncSession, dead: DeadTask) -> None:
    """The run of a task that will not run again is ERROR: nobody waits for it for ever, and the gate stays closed."""
    run_id = UUID(dead.args["runId"])
    message = f"The check failed again and again on our side. Operators find the cause under task {dead.task_id}."
    ended = await session.execute(
        update(QualityRun)
        .where(QualityRun.id == run_id, QualityRun.status.in_(OPEN))
        .values(status=RunStatus.ERROR, finished_at=func.now(), error={"code": "INTERNAL", "message": message})
        .returning(QualityRun.dataset_id)
    )
    dataset_id = ended.scalar_one_or_none()
    if dataset_id is not None:
        await tell(session, run_id, dataset_id)


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


def visible_runs(principal: Principal) -> Select[*tuple[object, ...]]:
    """SELECT of the runs of visible datasets."""
    return select(*COLUMNS).join(Dataset, Dataset.id == QualityRun.dataset_id).where(access.visible(principal))


async def find(session: AsyncConnection | AsyncSession, principal: Principal, run_id: UUID) -> AnyRow | None:
    """The row of a run of a visible dataset, or None."""
    return (await session.execute(visible_runs(principal).where(QualityRun.id == run_id))).one_or_none()


async def get(session: AsyncConnection | AsyncSession, principal: Principal, run_id: UUID) -> AnyRow:
    """See `find`; raises NotFound."""
    row = await find(session, principal, run_id)
    if row is None:
        raise NotFound(MISSING)
    return row


async def newest(connection: AsyncConnection, principal: Principal, dataset_id: UUID) -> AnyRow | None:
    """The newest run of a visible dataset, or None."""
    statement = visible_runs(principal).where(QualityRun.dataset_id == dataset_id).order_by(QualityRun.id.desc()).limit(1)
    return (await connection.execute(statement)).one_or_none()


async def _ready_version(session: AsyncSession, viewer: Viewer, version_id: UUID) -> UUID:
    version = await versions.get(session, viewer, version_id)
    await access.require(session, viewer, version.dataset_id, Level.WRITE)
    if version.status is not VersionStatus.READY:
        raise Conflict(f"Version {version.number} is {version.status}; only a READY version can be checked.")
    return version.dataset_id


async def _stored(drafts: Sequence[Draft], known: Sequence[Field] | None) -> list[object]:
    if not 1 <= len(drafts) <= MAX_DRAFTS:
        raise InvalidInput(f"Give 1 to {MAX_DRAFTS} rules.", path=("rules",))
    for draft in drafts:
        await quality_rules.check_definition(draft.definition, known)
    return [
        {"name": quality_rules.clean_name(one.name), "spec": orjson.loads(orjson.dumps(one.definition.spec("")))}
        for one in drafts
    ]


async def require_rules(session: AsyncSession, dataset_id: UUID, rule_ids: Sequence[UUID]) -> None:
    """The rules are all of this dataset, of which the caller has decided. Raises InvalidInput."""
    if not 1 <= len(rule_ids) <= MAX_RULES_OF_RUN:
        raise InvalidInput(f"Name 1 to {MAX_RULES_OF_RUN} rules, or none for all that are enabled.", path=("ruleIds",))
    statement = select(QualityRule.id).where(
        QualityRule.dataset_id == dataset_id, QualityRule.id.in_(rule_ids), QualityRule.deleted_at.is_(None)
    )
    if set(rule_ids) - set((await session.execute(statement)).scalars()):
        raise InvalidInput("A rule is none of this dataset, or was deleted.", path=("ruleIds",))


async def _saved(session: AsyncSession, dataset_id: UUID, rule_ids: Sequence[UUID] | None) -> list[CheckedRule]:
    statement = (
        select(*quality_rules.COLUMNS)
        .where(QualityRule.dataset_id == dataset_id, QualityRule.deleted_at.is_(None))
        .order_by(QualityRule.id)
    )
    # A rule that is named runs even while it is disabled: so one tries it before it counts.
    chosen = QualityRule.enabled if rule_ids is None else QualityRule.id.in_(rule_ids)
    rows = await session.execute(statement.where(chosen))
    return [CheckedRule(row.id, row.revision, row.name, quality_rules.definition_of(row).spec(str(row.id))) for row in rows]


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
