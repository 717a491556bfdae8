"""Reading the audit trail: pages, newest first, and all of it, oldest first, as CSV or JSON lines. For administrators only."""

import csv
import io
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from app.core.db import Database
from app.core.errors import Forbidden, InvalidInput
from app.core.phrases import say
from app.core.rows import AnyRow
from app.core.viewer import Principal, Viewer
from app.models.accounts import User
from app.models.events import AuditChain, AuditCheckpoint, AuditEvent
from app.services import cursors
from app.services.cursors import Page

ORDER = "audit"
BATCH = 1_000
COLUMNS = (
    AuditEvent.id, AuditEvent.sequence, AuditEvent.occurred_at, AuditEvent.actor_id, AuditEvent.actor_system, AuditEvent.action,
    AuditEvent.target_id, AuditEvent.ip_address, AuditEvent.request_id, AuditEvent.details, AuditEvent.session_id, AuditEvent.api_key_id,
)  # fmt: skip
EXPORTED = (
    "sequence", "occurredAt", "actorId", "actorEmail", "actorSystem", "action", "targetId", "ipAddress", "requestId", "sessionId",
    "apiKeyId", "details", "id",
)  # fmt: skip
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\x00")


class Format(StrEnum):
    """What an export is written as."""

    CSV = "csv"
    JSON_LINES = "jsonl"


@dataclass(frozen=True, kw_only=True)
class AuditFilter:
    """Conditions, all of which hold. Raises InvalidInput for a text that no record can hold."""

    actor_id: UUID | None = None
    action: str | None = None
    """Whole, as `dataset.create`, or its noun with the dot, as `dataset.`."""
    target_id: UUID | None = None
    request_id: str | None = None
    session_id: UUID | None = None
    api_key_id: UUID | None = None
    occurred_after: datetime | None = None
    occurred_before: datetime | None = None

    def __post_init__(self) -> None:
        for name, value in (("action", self.action), ("requestId", self.request_id)):
            if value is not None and ("\x00" in value or len(value) > 200):
                raise InvalidInput(say("NO_RECORD_OF_TEXT", "No record holds such a text."), path=("filter", name))


def require_reader(principal: Principal) -> None:
    """Raises Forbidden for who may not read the trail."""
    if isinstance(principal, Viewer) and not principal.administers:
        raise Forbidden(say("ONLY_ADMINISTRATORS_AUDIT", "Only administrators read the audit trail."))


async def list_events(
    connection: AsyncConnection, viewer: Viewer, *, first: int, after: str | None = None, filter: AuditFilter = AuditFilter()
) -> Page[AnyRow]:
    """A page of records, newest first.

    Raises:
        Forbidden: only administrators read them.
        InvalidInput: `after` is no cursor of this list.
    """
    require_reader(viewer)
    statement = _matching(select(*COLUMNS), filter).order_by(AuditEvent.sequence.desc()).limit(first + 1)
    if after is not None:
        statement = statement.where(AuditEvent.sequence < cursors.decode_int(after, ORDER))
    rows = (await connection.execute(statement)).all()
    return cursors.page(rows, first, after, lambda row: cursors.encode(ORDER, row.sequence))


@dataclass(frozen=True, slots=True)
class Trail:
    """How long the trail is, and how much of it the last checkpoint has signed. `made_at` is None before the first one."""

    records: int
    signed: int
    checkpoints: int
    made_at: datetime | None


async def trail(connection: AsyncConnection, viewer: Viewer) -> Trail:
    """As it is now. Whether it is as it was written takes `datakura audit verify`, which reads all of it.

    Raises:
        Forbidden: only administrators read it.
    """
    require_reader(viewer)
    records = (await connection.execute(select(func.coalesce(func.sum(AuditChain.position), 0)))).scalar_one()
    last = (
        await connection.execute(select(AuditCheckpoint.body).order_by(AuditCheckpoint.number.desc()).limit(1))
    ).scalar_one_or_none()
    if last is None:
        return Trail(int(records), 0, 0, None)
    said = orjson.loads(last)
    signed = sum(chain["position"] for chain in said["chains"])
    return Trail(int(records), signed, said["number"], datetime.fromisoformat(said["madeAt"]))


async def export(
    db: Database, principal: Principal, *, format: Format, filter: AuditFilter = AuditFilter()
) -> AsyncIterator[bytes]:
    """All matching records, oldest first, piece by piece.

    Raises:
        Forbidden: only administrators read them.
    """
    require_reader(principal)
    if format is Format.CSV:
        yield _csv([EXPORTED])
    last = 0
    while True:
        statement = (
            _matching(select(*COLUMNS, User.email), filter)
            .outerjoin(User, User.id == AuditEvent.actor_id)
            .where(AuditEvent.sequence > last)
            .order_by(AuditEvent.sequence)
            .limit(BATCH)
        )
        async with db.read(principal) as connection:
            rows = (await connection.execute(statement)).all()
        if rows:
            last = rows[-1].sequence
            records = [_record(row) for row in rows]
            if format is Format.CSV:
                yield _csv([tuple(_cell(record[name]) for name in EXPORTED) for record in records])
            else:
                yield b"".join(orjson.dumps(record) + b"\n" for record in records)
        if len(rows) < BATCH:
            return


def _matching(statement: Select[*tuple[Any, ...]], filter: AuditFilter) -> Select[*tuple[Any, ...]]:
    conditions: list[ColumnElement[bool]] = []
    if filter.actor_id is not None:
        conditions.append(AuditEvent.actor_id == filter.actor_id)
    if filter.action is not None:
        whole = not filter.action.endswith(".")
        column = AuditEvent.action
        conditions.append(column == filter.action if whole else column.startswith(filter.action, autoescape=True))
    if filter.target_id is not None:
        conditions.append(AuditEvent.target_id == filter.target_id)
    if filter.request_id is not None:
        conditions.append(AuditEvent.request_id == filter.request_id)
    if filter.session_id is not None:
        conditions.append(AuditEvent.session_id == filter.session_id)
    if filter.api_key_id is not None:
        conditions.append(AuditEvent.api_key_id == filter.api_key_id)
    if filter.occurred_after is not None:
        conditions.append(AuditEvent.occurred_at > filter.occurred_after)
    if filter.occurred_before is not None:
        conditions.append(AuditEvent.occurred_at < filter.occurred_before)
    return statement.where(*conditions)


def _record(row: AnyRow) -> dict[str, object]:
    return {
        "sequence": row.sequence,
        "occurredAt": row.occurred_at.isoformat(),
        "actorId": str(row.actor_id) if row.actor_id else None,
        "actorEmail": row.email,
        "actorSystem": row.actor_system,
        "action": row.action,
        "targetId": str(row.target_id) if row.target_id else None,
        "ipAddress": str(row.ip_address) if row.ip_address else None,
        "requestId": row.request_id,
        "sessionId": str(row.session_id) if row.session_id else None,
        "apiKeyId": str(row.api_key_id) if row.api_key_id else None,
        "details": row.details,
        "id": str(row.id),
    }


def _cell(value: object) -> str:
    """A value as a cell. One that a spreadsheet would take for a formula gets an apostrophe before it."""
    if value is None:
        return ""
    text = orjson.dumps(value).decode() if isinstance(value, dict | list) else str(value)
    return f"'{text}" if text.startswith(_FORMULA) else text


def _csv(rows: list[tuple[str, ...]]) -> bytes:
    written = io.StringIO()
    csv.writer(written, lineterminator="\r\n").writerows(rows)
    return written.getvalue().encode()
