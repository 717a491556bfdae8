"""Schedules of checks: when a dataset's current version is checked again."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from cronsim import CronSim, CronSimError
from sqlalchemy import Select, func, insert, select, tuple_, update
from sqlalchemy import delete as sql_delete
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from app.core.errors import InvalidInput, LimitExceeded, NotFound
from app.core.ids import uuid7
from app.core.phrases import say
from app.core.rows import AnyRow
from app.core.viewer import Principal, Viewer
from app.models.datasets import Dataset
from app.models.incidents import CheckSchedule, CheckScheduleRule
from app.services import access, audit, events
from app.services.access import Level
from app.services.quality import requests

MISSING = say("NO_SUCH_SCHEDULE", "There is no such schedule, or you may not see its dataset.")
MAX_SCHEDULES = 20
"""Of a dataset."""
COLUMNS = (
    CheckSchedule.id, CheckSchedule.dataset_id, CheckSchedule.cron, CheckSchedule.timezone, CheckSchedule.enabled,
    CheckSchedule.all_rules, CheckSchedule.next_run_at, CheckSchedule.created_by_id, CheckSchedule.created_at, CheckSchedule.updated_at,
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class ScheduleFilter:
    """Conditions, all of which hold; None: any value."""

    dataset_id: UUID | None = None
    enabled: bool | None = None


@dataclass(frozen=True, kw_only=True)
class Changes:
    """What `update_schedule` changes; None leaves a property as it is."""

    cron: str | None = None
    timezone: str | None = None
    enabled: bool | None = None
    rule_ids: Sequence[UUID] | None = None
    all_rules: bool = False
    """True: whatever is enabled when it is due, instead of `rule_ids`."""


async def create(
    session: AsyncSession, viewer: Viewer, dataset_id: UUID, *, cron: str, timezone: str, rule_ids: Sequence[UUID] | None
) -> UUID:
    """The current version is checked at these times, from the next one on.

    Args:
        rule_ids: None: all rules that are enabled then.
    Raises:
        NotFound, Forbidden: WRITE is needed.
        InvalidInput: no cron expression, no time zone, or a rule of another dataset. LimitExceeded: too many.
    """
    await access.require(session, viewer, dataset_id, Level.WRITE)
    count = select(func.count()).where(CheckSchedule.dataset_id == dataset_id)
    if (await session.execute(count)).scalar_one() >= MAX_SCHEDULES:
        raise LimitExceeded(say("MOST_SCHEDULES", "A dataset has at most {most} schedules.", most=MAX_SCHEDULES))
    now = await session.scalar(select(func.now()))
    assert now is not None
    schedule_id = uuid7()
    await session.execute(
        insert(CheckSchedule).values(
            id=schedule_id, dataset_id=dataset_id, cron=cron.strip(), timezone=timezone, all_rules=rule_ids is None,
            next_run_at=next_time(cron, timezone, now), created_by_id=viewer.id,
        )
    )  # fmt: skip
    await _name_rules(session, dataset_id, schedule_id, rule_ids)
    await _changed(session, viewer, "check_schedule.create", dataset_id, schedule_id, cron=cron.strip(), timezone=timezone)
    return schedule_id


async def update_schedule(session: AsyncSession, viewer: Viewer, schedule_id: UUID, changes: Changes) -> UUID:
    """The schedule is as told; its next time is counted from now.

    Raises:
        NotFound, Forbidden: WRITE is needed. InvalidInput: see `create`.
    """
    row = await _held(session, viewer, schedule_id)
    expression, zone = row.cron if changes.cron is None else changes.cron.strip(), changes.timezone or row.timezone
    now = await session.scalar(select(func.now()))
    assert now is not None
    values = {
        "cron": expression, "timezone": zone, "enabled": row.enabled if changes.enabled is None else changes.enabled,
        "next_run_at": next_time(expression, zone, now), "updated_at": func.now(),
    }  # fmt: skip
    if changes.rule_ids is not None or changes.all_rules:
        await _name_rules(session, row.dataset_id, schedule_id, None if changes.all_rules else changes.rule_ids)
        values["all_rules"] = changes.all_rules
    await session.execute(
        update(CheckSchedule).where(CheckSchedule.id == schedule_id, CheckSchedule.dataset_id == row.dataset_id).values(values)
    )
    await _changed(session, viewer, "check_schedule.update", row.dataset_id, schedule_id, cron=expression, timezone=zone)
    return schedule_id


async def _name_rules(session: AsyncSession, dataset_id: UUID, schedule_id: UUID, rule_ids: Sequence[UUID] | None) -> None:
    await session.execute(sql_delete(CheckScheduleRule).where(CheckScheduleRule.schedule_id == schedule_id))
    if rule_ids is not None:
        await requests.require_rules(session, dataset_id, rule_ids)
        rows = [{"schedule_id": schedule_id, "rule_id": one} for one in dict.fromkeys(rule_ids)]
        await session.execute(insert(CheckScheduleRule), rows)


def next_times(cron: str, timezone: str, after: datetime, count: int) -> list[datetime]:
    """The first times of the expression after `after`, each once, in UTC; fewer where they end. Raises as `next_time`."""
    found = [next_time(cron, timezone, after)]
    while len(found) < count:
        try:
            found.append(next_time(cron, timezone, found[-1]))
        except InvalidInput:
            break  # a date that will not come again, as far as clocks are known
    return found


def next_time(cron: str, timezone: str, after: datetime) -> datetime:
    """The first time of the expression after `after`, in UTC. What the clock skips in spring comes as soon as it goes on.

    Raises:
        InvalidInput: no cron expression of five fields, no time zone, or a time that never comes.
    """
    try:
        zone = ZoneInfo(timezone)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        message = say(
            "NO_TIME_ZONE", "There is no time zone {timezone!r}. Give a name as Europe/Berlin or UTC.", timezone=timezone[:64]
        )
        raise InvalidInput(message, path=("timezone",)) from error
    if len(cron.split()) != 5 or len(cron) > 100:
        raise InvalidInput(say("CRON_FIELDS", "Give five fields: minute hour day month weekday, as 0 6 * * 1-5."), path=("cron",))
    try:
        return next(CronSim(cron.strip(), after.astimezone(zone))).astimezone(UTC)
    except (CronSimError, StopIteration) as error:
        raise InvalidInput(
            say("CRON_INVALID", "{cron!r} is no cron expression, or a time that never comes.", cron=cron[:60]), path=("cron",)
        ) from error


def visible_schedules(principal: Principal) -> Select[*tuple[object, ...]]:
    """SELECT of the schedules of visible datasets."""
    return select(*COLUMNS).join(Dataset, Dataset.id == CheckSchedule.dataset_id).where(access.visible(principal))


async def find(session: AsyncConnection | AsyncSession, principal: Principal, schedule_id: UUID) -> AnyRow | None:
    """The row of a schedule of a visible dataset, or None."""
    return (await session.execute(visible_schedules(principal).where(CheckSchedule.id == schedule_id))).one_or_none()


async def get(session: AsyncConnection | AsyncSession, principal: Principal, schedule_id: UUID) -> AnyRow:
    """See `find`; raises NotFound."""
    row = await find(session, principal, schedule_id)
    if row is None:
        raise NotFound(MISSING)
    return row


async def list_page(
    connection: AsyncConnection,
    principal: Principal,
    wanted: ScheduleFilter,
    *,
    first: int,
    after: tuple[datetime, UUID] | None,
) -> Sequence[AnyRow]:
    """Up to `first` + 1 schedules of visible datasets, those that are due next first."""
    statement = visible_schedules(principal).order_by(CheckSchedule.next_run_at, CheckSchedule.id).limit(first + 1)
    if wanted.dataset_id is not None:
        statement = statement.where(CheckSchedule.dataset_id == wanted.dataset_id)
    if wanted.enabled is not None:
        statement = statement.where(CheckSchedule.enabled == wanted.enabled)
    if after is not None:
        statement = statement.where(tuple_(CheckSchedule.next_run_at, CheckSchedule.id) > tuple_(*after))
    return (await connection.execute(statement)).all()


async def delete(session: AsyncSession, viewer: Viewer, schedule_id: UUID) -> UUID:
    """The schedule is gone; its runs stay.

    Raises:
        NotFound, Forbidden: WRITE is needed.
    """
    row = await _held(session, viewer, schedule_id)
    await session.execute(
        sql_delete(CheckSchedule).where(CheckSchedule.id == schedule_id, CheckSchedule.dataset_id == row.dataset_id)
    )
    await _changed(session, viewer, "check_schedule.delete", row.dataset_id, schedule_id)
    return schedule_id


async def _held(session: AsyncSession, viewer: Viewer, schedule_id: UUID) -> AnyRow:
    """The schedule, and then its dataset, are locked, as by a tick; runs, which a deletion leaves without it, come after.

    Raises:
        NotFound, Forbidden: WRITE is needed.
    """
    dataset_id = (await get(session, viewer, schedule_id)).dataset_id
    await access.require(session, viewer, dataset_id, Level.WRITE)
    row = await session.execute(
        select(*COLUMNS)
        .where(CheckSchedule.id == schedule_id, CheckSchedule.dataset_id == dataset_id)
        .with_for_update(key_share=True)
    )
    held = row.one_or_none()
    if held is None:  # somebody else deleted it a moment ago
        raise NotFound(MISSING)
    await events.hold(session, dataset_id)
    return held


async def _changed(
    session: AsyncSession, viewer: Viewer, action: str, dataset_id: UUID, schedule_id: UUID, **details: object
) -> None:
    await events.append(session, dataset_id)
    await audit.record(session, viewer, action, schedule_id, dataset=str(dataset_id), **details)
