"""Incidents: raised when a rule fails, resolved when it passes, reopened when it fails again; one a rule."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, false, func, insert, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from app.core.errors import InvalidInput, NotFound
from app.core.ids import uuid7
from app.core.phrases import say
from app.core.rows import AnyRow
from app.core.viewer import Principal, Viewer
from app.models.accounts import User
from app.models.datasets import Dataset
from app.models.incidents import Incident, IncidentComment, IncidentPriority, IncidentStage, IncidentState
from app.models.quality import QualityRule
from app.models.versions import DatasetVersion, VersionStatus
from app.quality.spec import RuleResult, RuleStatus, Severity
from app.services import access, audit, events, texts
from app.services.access import Level
from app.services.quality.progress import Started

MISSING = say("NO_SUCH_INCIDENT", "There is no such incident, or you may not see its dataset.")
MAX_COMMENT = 10_000
INSERT_ROWS = 500
"""Of one INSERT."""
_PRIORITY = {
    Severity.INFO: IncidentPriority.LOW,
    Severity.WARNING: IncidentPriority.MEDIUM,
    Severity.ERROR: IncidentPriority.HIGH,
}
COLUMNS = (
    Incident.id, Incident.dataset_id, Incident.rule_id, Incident.version_id, Incident.run_id, Incident.title, Incident.priority,
    Incident.state, Incident.stage, Incident.assignee_id, Incident.failure_count, Incident.reopened_count, Incident.muted_until,
    Incident.started_at, Incident.updated_at, Incident.resolved_at,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Transition:
    """A rule's change from good to bad, or back."""

    incident_id: UUID
    rule_id: UUID
    title: str
    failed: bool
    muted: bool


@dataclass(frozen=True, kw_only=True)
class IncidentFilter:
    """Conditions, all of which hold; None: any value."""

    states: Sequence[IncidentState] | None = None
    dataset_id: UUID | None = None
    assignee_id: UUID | None = None


@dataclass(frozen=True, kw_only=True)
class Changes:
    """What `update_incident` changes; None leaves a property as it is."""

    stage: IncidentStage | None = None
    assignee_id: UUID | None = None
    muted_until: datetime | None = None
    unmute: bool = False


async def follow(session: AsyncSession, run: Started, results: Sequence[tuple[UUID, RuleResult]]) -> list[Transition]:
    """Incidents are as the results have them; what changed. The caller holds the dataset's row lock.

    A rule that could not run fails too: nobody knows whether the data is good. SKIPPED changes nothing, and so does what a rule
    found that was changed, deleted or (for a failure) disabled meanwhile. What an older version fails matters only while it is
    the current one, and it resolves nothing that a newer one has failed. A few statements, however many rules there are.
    """
    found = {rule_id: result for rule_id, result in results if result.status is not RuleStatus.SKIPPED}
    if not found:
        return []
    revisions = {rule.rule_id: rule.revision for rule in run.rules}
    known = {
        row.rule_id: row
        for row in await session.execute(
            select(Incident.id, Incident.rule_id, Incident.state, DatasetVersion.number, DatasetVersion.status)
            .join(DatasetVersion, DatasetVersion.id == Incident.version_id)
            .where(Incident.rule_id.in_(found))
            .with_for_update(of=Incident, key_share=True)
        )
    }
    standing = await _standing(session, run)
    changes = _Changes([], [], [], [])
    told = []
    for rule in await session.execute(_judged(found)):
        failed, incident = found[rule.id].is_violation, known.get(rule.id)
        if rule.revision != revisions[rule.id] or (failed and not rule.enabled):
            continue
        if (failed and not standing.counts) or (incident is not None and standing.is_behind(incident)):
            continue
        incident_id = changes.note(rule, incident, failed=failed)
        if incident_id is not None:
            told.append(Transition(incident_id, rule.id, rule.name, failed=failed, muted=rule.muted))
    await _write(session, run, changes)
    return told


@dataclass(frozen=True, slots=True)
class _Standing:
    """What the checked version is among those of its dataset."""

    number: int
    counts: bool
    """It is the current version, or the newest."""

    def is_behind(self, incident: AnyRow) -> bool:
        """Whether a newer version, which is still there, keeps the incident open."""
        return incident.state is IncidentState.ACTIVE and incident.status is VersionStatus.READY and incident.number > self.number


async def _standing(session: AsyncSession, run: Started) -> _Standing:
    newest = (
        select(func.max(DatasetVersion.number))
        .where(DatasetVersion.dataset_id == run.dataset_id, DatasetVersion.status == VersionStatus.READY)
        .scalar_subquery()
    )
    statement = (
        select(DatasetVersion.number, Dataset.current_version_id, newest.label("newest"))
        .join(Dataset, Dataset.id == DatasetVersion.dataset_id)
        .where(DatasetVersion.id == run.version_id, Dataset.id == run.dataset_id)
    )
    row = (await session.execute(statement)).one()
    return _Standing(row.number, run.version_id == row.current_version_id or row.number >= row.newest)


async def is_muted(session: AsyncSession | AsyncConnection, rule_id: UUID) -> bool:
    """Whether nobody is to be notified of the rule now, because it or its incident is muted. Time passes by the database's clock."""
    statement = select(_IS_MUTED).select_from(QualityRule).outerjoin(Incident, Incident.rule_id == QualityRule.id)
    return bool((await session.execute(statement.where(QualityRule.id == rule_id))).scalar_one_or_none())


MUTED_UNTIL = func.greatest(QualityRule.muted_until, Incident.muted_until)
"""Of rules joined with their incidents: until when nobody is notified; NULL where neither is muted."""
_IS_MUTED = func.coalesce(func.now() < MUTED_UNTIL, false())


@dataclass(slots=True)
class _Changes:
    """What becomes of the incidents of a run."""

    raised: list[dict[str, object]]
    repeated: list[UUID]
    reopened: list[UUID]
    resolved: list[UUID]

    def note(self, rule: AnyRow, incident: AnyRow | None, *, failed: bool) -> UUID | None:
        """One more rule; the id of its incident when that changes its state."""
        if incident is None:
            return self._raise(rule) if failed else None
        if failed and incident.state is IncidentState.ACTIVE:
            self.repeated.append(incident.id)
            return None
        if failed or incident.state is IncidentState.ACTIVE:
            (self.reopened if failed else self.resolved).append(incident.id)
            return UUID(str(incident.id))
        return None

    def _raise(self, rule: AnyRow) -> UUID:
        incident_id = uuid7()
        priority = IncidentPriority.CRITICAL if rule.blocks_publication else _PRIORITY[rule.severity]
        self.raised.append(
            {"id": incident_id, "rule_id": rule.id, "title": rule.name, "priority": priority, "assignee_id": rule.owner_id}
        )
        return incident_id


def _judged(rule_ids: Iterable[UUID]) -> Select[*tuple[object, ...]]:
    return (
        select(
            QualityRule.id, QualityRule.name, QualityRule.severity, QualityRule.blocks_publication, QualityRule.revision,
            QualityRule.enabled, Dataset.owner_id, _IS_MUTED.label("muted"),
        )
        .select_from(QualityRule)
        .join(Dataset, Dataset.id == QualityRule.dataset_id)
        .outerjoin(Incident, Incident.rule_id == QualityRule.id)
        .where(QualityRule.id.in_(rule_ids), QualityRule.deleted_at.is_(None))
        .order_by(QualityRule.id)
    )  # fmt: skip


async def _write(session: AsyncSession, run: Started, changes: _Changes) -> None:
    last: dict[str, object] = {"version_id": run.version_id, "run_id": run.run_id}
    rows = [{**one, **last, "dataset_id": run.dataset_id} for one in changes.raised]
    for start in range(0, len(rows), INSERT_ROWS):
        await session.execute(insert(Incident), rows[start : start + INSERT_ROWS])
    failed = {**last, "failure_count": Incident.failure_count + 1, "updated_at": func.now()}
    reopened = {
        **failed, "state": IncidentState.ACTIVE, "stage": IncidentStage.TRIAGE, "resolved_at": None, "started_at": func.now(),
        "reopened_count": Incident.reopened_count + 1,
    }  # fmt: skip
    resolved = {"state": IncidentState.RESOLVED, "resolved_at": func.now(), "updated_at": func.now()}
    for ids, values in ((changes.repeated, failed), (changes.reopened, reopened), (changes.resolved, resolved)):
        if ids:
            await session.execute(update(Incident).where(Incident.id.in_(ids)).values(values))


async def update_incident(session: AsyncSession, viewer: Viewer, incident_id: UUID, changes: Changes) -> UUID:
    """The incident has the changed properties. Its state follows the rule alone.

    Raises:
        NotFound, Forbidden: WRITE is needed.
        InvalidInput: the assignee is no active account.
    """
    row = await get(session, viewer, incident_id)
    await access.require(session, viewer, row.dataset_id, Level.WRITE)
    values: dict[str, object] = {"updated_at": func.now()}
    if changes.stage is not None:
        values["stage"] = changes.stage
    if changes.assignee_id is not None:
        known = await session.scalar(select(User.id).where(User.id == changes.assignee_id, User.active))
        if known is None:
            raise InvalidInput(say("NO_ACTIVE_ACCOUNT", "There is no such active account."), path=("assigneeId",))
        values["assignee_id"] = changes.assignee_id
    if changes.muted_until is not None or changes.unmute:
        values["muted_until"] = None if changes.unmute else changes.muted_until
    await events.hold(session, row.dataset_id)
    await session.execute(
        update(Incident).where(Incident.id == incident_id, Incident.dataset_id == row.dataset_id).values(values)
    )
    await events.append(session, row.dataset_id)
    await audit.record(
        session,
        viewer,
        "incident.update",
        incident_id,
        dataset=str(row.dataset_id),
        fields=sorted(values.keys() - {"updated_at"}),
    )
    return incident_id


async def comment(session: AsyncSession, viewer: Viewer, incident_id: UUID, text: str) -> UUID:
    """The comment stands at the incident. Returns the incident's id.

    Raises:
        NotFound, Forbidden: WRITE is needed. InvalidInput: it says nothing, or too much.
    """
    row = await get(session, viewer, incident_id)
    await access.require(session, viewer, row.dataset_id, Level.WRITE)
    cleaned = texts.reject_nul(text, "text").strip()
    if not 1 <= len(cleaned) <= MAX_COMMENT:
        raise InvalidInput(say("COMMENT_LENGTH", "A comment has 1 to {most:,} characters.", most=MAX_COMMENT), path=("text",))
    await session.execute(insert(IncidentComment).values(id=uuid7(), incident_id=incident_id, author_id=viewer.id, text=cleaned))
    await audit.record(session, viewer, "incident.comment", incident_id, dataset=str(row.dataset_id))
    return incident_id


def visible_incidents(principal: Principal) -> Select[*tuple[object, ...]]:
    """SELECT of the incidents of visible datasets."""
    return select(*COLUMNS).join(Dataset, Dataset.id == Incident.dataset_id).where(access.visible(principal))


async def find(session: AsyncConnection | AsyncSession, principal: Principal, incident_id: UUID) -> AnyRow | None:
    """The row of an incident of a visible dataset, or None."""
    return (await session.execute(visible_incidents(principal).where(Incident.id == incident_id))).one_or_none()


async def get(session: AsyncConnection | AsyncSession, principal: Principal, incident_id: UUID) -> AnyRow:
    """See `find`; raises NotFound."""
    row = await find(session, principal, incident_id)
    if row is None:
        raise NotFound(MISSING)
    return row


async def list_page(
    connection: AsyncConnection,
    principal: Principal,
    wanted: IncidentFilter,
    *,
    first: int,
    before: tuple[datetime, UUID] | None,
) -> Sequence[AnyRow]:
    """Up to `first` + 1 incidents, those that began last first."""
    statement = visible_incidents(principal).order_by(Incident.started_at.desc(), Incident.id.desc()).limit(first + 1)
    if wanted.states is not None:
        statement = statement.where(Incident.state.in_(wanted.states))
    if wanted.dataset_id is not None:
        statement = statement.where(Incident.dataset_id == wanted.dataset_id)
    if wanted.assignee_id is not None:
        statement = statement.where(Incident.assignee_id == wanted.assignee_id)
    if before is not None:
        statement = statement.where(tuple_(Incident.started_at, Incident.id) < tuple_(*before))
    return (await connection.execute(statement)).all()
