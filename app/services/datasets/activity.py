"""What people did with one dataset, newest first: the part of the audit trail that those who see it may read."""

from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from app.core.rows import AnyRow
from app.core.viewer import Viewer
from app.models.datasets import Dataset
from app.models.events import AuditEvent
from app.models.incidents import CheckSchedule, Incident
from app.models.quality import QualityRule
from app.models.uploads import Upload
from app.models.versions import DatasetVersion
from app.services import access, cursors
from app.services.access import Level
from app.services.cursors import Page

ORDER = "activity"
SHOWN = ("dataset.", "metadata.", "field.", "version.", "upload.complete", "quality_rule.", "incident.", "check_schedule.")
"""Actions, or the nouns of actions, that everybody may read who sees the dataset."""
SHOWN_TO_MANAGERS = ("access.",)
COLUMNS = (
    AuditEvent.id, AuditEvent.sequence, AuditEvent.occurred_at, AuditEvent.actor_id, AuditEvent.actor_system, AuditEvent.action,
    AuditEvent.target_id, AuditEvent.details,
)  # fmt: skip


async def list_events(
    connection: AsyncConnection, viewer: Viewer, dataset_id: UUID, *, first: int, after: str | None = None
) -> Page[AnyRow] | None:
    """A page of records on the dataset and on what belongs to it, newest first; None when it is missing or not visible.

    Raises:
        InvalidInput: `after` is no cursor of this list.
    """
    own = (Dataset.id == dataset_id, access.visible(viewer))
    level = (await connection.execute(select(access.level_of(viewer)).select_from(Dataset).where(*own))).scalar_one_or_none()
    if level is None:
        return None
    shown = SHOWN if level < Level.MANAGE else (*SHOWN, *SHOWN_TO_MANAGERS)
    parts = [
        select(part.id).join(Dataset, Dataset.id == part.dataset_id).where(*own)
        for part in (DatasetVersion, QualityRule, Incident, CheckSchedule)
    ]
    uploads = (
        select(Upload.id)
        .join(DatasetVersion, DatasetVersion.id == Upload.version_id)
        .join(Dataset, Dataset.id == DatasetVersion.dataset_id)
        .where(*own)
    )
    statement = (
        select(*COLUMNS)
        .where(
            or_(*(AuditEvent.target_id.in_(ids) for ids in (select(Dataset.id).where(*own), *parts, uploads))),
            or_(*(AuditEvent.action.startswith(noun, autoescape=True) for noun in shown)),
        )
        .order_by(AuditEvent.sequence.desc())
        .limit(first + 1)
    )
    if after is not None:
        statement = statement.where(AuditEvent.sequence < cursors.decode_int(after, ORDER))
    rows = (await connection.execute(statement)).all()
    return cursors.page(rows, first, after, lambda row: cursors.encode(ORDER, row.sequence))
