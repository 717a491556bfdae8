"""What there is to tell: changes of state found by one run of a dataset, written in the run's own transaction."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import ledger
from app.core.ids import global_id, uuid7
from app.core.phrases import Phrase, say
from app.core.rows import AnyRow
from app.models.datasets import Dataset
from app.models.incidents import Incident, IncidentPriority, IncidentState
from app.models.notifications import NotificationEvent, NotificationMessage, ToldIncident
from app.models.versions import DatasetVersion
from app.services.quality.incidents import Transition
from app.services.quality.progress import Started

FAN_OUT = "notifications.fan_out"
INSERT_ROWS = 5_000
"""Of one statement: PostgreSQL takes at most 32,767 parameters over this driver."""
MOST_TOLD = 500
"""Rules that one message names; more are counted."""
_RANK = list(IncidentPriority)


@dataclass(frozen=True, slots=True)
class Told:
    """A rule's change in a message."""

    incident_id: UUID
    rule_id: UUID
    title: str
    priority: str
    reopened: bool
    assignee_id: UUID | None

    @property
    def global_incident_id(self) -> str:
        """As the API has it."""
        return global_id("i", self.incident_id)

    @property
    def global_rule_id(self) -> str:
        """As the API has it."""
        return global_id("r", self.rule_id)


@dataclass(frozen=True, slots=True)
class Message:
    """What is told of one dataset."""

    id: UUID
    dataset_id: UUID
    dataset_name: str
    dataset_slug: str
    run_id: UUID | None
    version_id: UUID | None
    version_number: int | None
    version_label: str
    opened: tuple[Told, ...]
    resolved: tuple[Told, ...]
    open_count: int
    created_at: datetime

    @property
    def events(self) -> list[NotificationEvent]:
        """What happened."""
        return [
            event
            for event, found in (
                (NotificationEvent.INCIDENT_OPENED, self.opened),
                (NotificationEvent.INCIDENT_RESOLVED, self.resolved),
            )
            if found
        ]

    @property
    def assignees(self) -> set[UUID]:
        """Who sees to what changed."""
        return {one.assignee_id for one in (*self.opened, *self.resolved) if one.assignee_id is not None}


async def announce(session: AsyncSession, run: Started, changes: Sequence[Transition]) -> None:
    """Whoever is concerned will be told of these changes, once, if and only if the transaction commits.

    What is muted is not told, and nothing is said to have recovered that was never said to have failed. The caller holds
    the dataset's row lock.
    """
    await _remember(session, [{"incident_id": change.incident_id, "waiting": True} for change in changes if change.muted])
    heard = {change.incident_id: change for change in changes if not change.muted}
    if not heard:
        return
    rows = await _incidents(session, list(heard))
    opened = [row for row in rows if heard[row.id].failed]
    resolved = [row for row in rows if not heard[row.id].failed and row.told is IncidentState.ACTIVE]
    await write(session, run.dataset_id, opened, resolved, run_id=run.run_id, version_id=run.version_id)


async def write(
    session: AsyncSession,
    dataset_id: UUID,
    opened: Sequence[AnyRow],
    resolved: Sequence[AnyRow],
    *,
    run_id: UUID | None = None,
    version_id: UUID | None = None,
) -> None:
    """A message of these incidents and the task that carries it on; nothing when there are none."""
    if not opened and not resolved:
        return
    message_id = uuid7()
    dataset = (await session.execute(select(Dataset.name, Dataset.slug).where(Dataset.id == dataset_id))).one()
    version = None
    if version_id is not None:
        statement = select(DatasetVersion.number, DatasetVersion.label).where(DatasetVersion.id == version_id)
        version = (await session.execute(statement)).one()
    active = select(func.count()).where(Incident.dataset_id == dataset_id, Incident.state == IncidentState.ACTIVE)
    content = {
        "dataset": {"name": dataset.name, "slug": dataset.slug},
        "version": None if version is None else {"number": version.number, "label": version.label or ""},
        "opened": [_told(row) for row in _urgent_first(opened)],
        "resolved": [_told(row) for row in _urgent_first(resolved)],
        "open_count": (await session.execute(active)).scalar_one(),
    }
    values = {"id": message_id, "dataset_id": dataset_id, "run_id": run_id, "version_id": version_id, "content": content}
    await session.execute(insert(NotificationMessage).values(values))
    states = [(row.id, IncidentState.ACTIVE) for row in opened] + [(row.id, IncidentState.RESOLVED) for row in resolved]
    await _remember(session, [{"incident_id": one, "state": state, "waiting": False} for one, state in states])
    await ledger.enqueue(
        session, actor=FAN_OUT, args={"messageId": str(message_id)}, queue="outbound", dedupe_key=str(message_id)
    )


async def remember_ended(session: AsyncSession, ends: Mapping[UUID, datetime | None]) -> None:
    """These incidents' mutes were seen to have ended; what there is to tell of them is told in the same transaction."""
    await _remember(session, [{"incident_id": one, "mute_ended": end, "waiting": False} for one, end in ends.items()])


async def _remember(session: AsyncSession, rows: Sequence[Mapping[str, object]]) -> None:
    """Rows of `told_incidents`, all with the same columns, are as given; other columns stay."""
    for start in range(0, len(rows), INSERT_ROWS):
        statement = insert(ToldIncident).values(list(rows[start : start + INSERT_ROWS]))
        changed = {name: statement.excluded[name] for name in rows[0] if name != "incident_id"}
        await session.execute(
            statement.on_conflict_do_update(index_elements=["incident_id"], set_={**changed, "updated_at": func.now()})
        )


async def _incidents(session: AsyncSession, ids: Sequence[UUID]) -> Sequence[AnyRow]:
    statement = (
        select(
            Incident.id, Incident.rule_id, Incident.title, Incident.priority, Incident.reopened_count, Incident.assignee_id,
            ToldIncident.state.label("told"),
        )
        .outerjoin(ToldIncident, ToldIncident.incident_id == Incident.id)
        .where(Incident.id.in_(ids))
    )  # fmt: skip
    return (await session.execute(statement)).all()


def _urgent_first(rows: Sequence[AnyRow]) -> list[AnyRow]:
    ordered = sorted(rows, key=lambda row: (-_RANK.index(row.priority), row.title, row.id))
    return ordered[:MOST_TOLD]


def _told(row: AnyRow) -> dict[str, object]:
    told = Told(row.id, row.rule_id, row.title, row.priority.value, row.reopened_count > 0, row.assignee_id)
    return {key: str(value) if isinstance(value, UUID) else value for key, value in asdict(told).items()}


def message_of(row: AnyRow) -> Message:
    """From a row of `notification_messages`."""
    content = row.content
    version = content["version"] or {"number": None, "label": ""}
    return Message(
        row.id, row.dataset_id, content["dataset"]["name"], content["dataset"]["slug"], row.run_id, row.version_id,
        version["number"], version["label"], tuple(map(_told_of, content["opened"])), tuple(map(_told_of, content["resolved"])),
        content["open_count"], row.created_at,
    )  # fmt: skip


def _told_of(stored: Mapping[str, object]) -> Told:
    assignee = stored["assignee_id"]
    return Told(
        UUID(str(stored["incident_id"])), UUID(str(stored["rule_id"])), str(stored["title"]), str(stored["priority"]),
        bool(stored["reopened"]), None if assignee is None else UUID(str(assignee)),
    )  # fmt: skip


def headline(message: Message) -> Phrase:
    """One line for people: what changed."""
    told = _changes(message)
    if message.version_number is None:
        return say("HEADLINE", "{dataset}: {changes}", dataset=message.dataset_name, changes=told)
    return say(
        "HEADLINE_ON_VERSION",
        "{dataset}: {changes} on version {version}",
        dataset=message.dataset_name,
        changes=told,
        version=message.version_number,
    )


def _changes(message: Message) -> Phrase:
    failing, passing = len(message.opened), len(message.resolved)
    if not failing:
        return say("PASSES_AGAIN", "{count} {count:rule passes|rules pass} again", count=passing)
    if message.run_id is None:
        told = say("STILL_FAILS", "{count} {count:rule still fails|rules still fail}", count=failing)
    else:
        told = say("FAILS", "{count} {count:rule fails|rules fail}", count=failing)
    if not passing:
        return told
    return say("FAILS_AND_PASSES", "{failing}, {count} {count:passes|pass} again", failing=told, count=passing)


def global_ids(message: Message) -> dict[str, str]:
    """The ids of a message's objects as the API has them."""
    named = {"dataset": ("d", message.dataset_id), "version": ("v", message.version_id), "run": ("q", message.run_id)}
    return {name: global_id(code, row_id) for name, (code, row_id) in named.items() if row_id is not None}
