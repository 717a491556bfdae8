"""Quality runs: queued, told of, and found."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from app.core import ledger
from app.core.errors import NotFound
from app.core.ids import uuid7
from app.core.phrases import say
from app.core.rows import AnyRow
from app.core.viewer import Principal
from app.models.datasets import Dataset
from app.models.quality import QualityResult, QualityRule, QualityRun, RunStatus, RunTrigger
from app.services import access, events
from app.services.quality import rule_templating

MISSING = say("NO_SUCH_RUN", "There is no such quality run, or you may not see its dataset.")
OPEN = (RunStatus.QUEUED, RunStatus.RUNNING)

COLUMNS = (
    QualityRun.id, QualityRun.dataset_id, QualityRun.version_id, QualityRun.status, QualityRun.trigger, QualityRun.batch_id,
    QualityRun.sequence, QualityRun.passed, QualityRun.warned, QualityRun.failed, QualityRun.errored, QualityRun.skipped,
    QualityRun.rows_scanned, QualityRun.error, QualityRun.requested_by_id, QualityRun.created_at, QualityRun.started_at,
    QualityRun.finished_at,
)  # fmt: skip
"""What a row of a run holds wherever one is read."""


async def queue_for_version(session: AsyncSession, dataset_id: UUID, version_id: UUID) -> UUID | None:
    """The run that every new version gets; None for a dataset without enabled rules."""
    await rule_templating.follow(session, [dataset_id])  # the version may have columns that are new, or lack some
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
    await queue_task(session, run_id, on_behalf_of=requested_by_id)
    await tell(session, run_id, dataset_id)
    return run_id


async def queue_task(session: AsyncSession, run_id: UUID, *, on_behalf_of: UUID | None = None) -> None:
    """The run will be done, once."""
    args = {"runId": str(run_id)}
    await ledger.enqueue(
        session, actor="quality.run", args=args, queue="heavy", dedupe_key=str(run_id), on_behalf_of=on_behalf_of
    )


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


async def list_batch(connection: AsyncConnection, principal: Principal, batch_id: UUID) -> Sequence[AnyRow]:
    """The runs of a back-test of a visible dataset, those of newer versions first."""
    return (
        await connection.execute(visible_runs(principal).where(QualityRun.batch_id == batch_id).order_by(QualityRun.id))
    ).all()


async def find_result(connection: AsyncConnection, principal: Principal, result_id: UUID) -> AnyRow | None:
    """The row of what a run of a visible dataset found of one rule, or None."""
    statement = (
        select(*QualityResult.__table__.columns)
        .join(Dataset, Dataset.id == QualityResult.dataset_id)
        .where(QualityResult.id == result_id, access.visible(principal))
    )
    return (await connection.execute(statement)).one_or_none()
