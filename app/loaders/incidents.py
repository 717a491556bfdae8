"""Incidents, by key."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from app.core.rows import AnyRow
from app.core.viewer import Viewer
from app.loaders.base import many_each
from app.models.datasets import Dataset
from app.models.incidents import Incident, IncidentComment
from app.services import access

MOST_COMMENTS = 250


async def comments_by_incident(connection: AsyncConnection, viewer: Viewer, ids: list[UUID]) -> list[list[AnyRow]]:
    """Oldest first, the last 250 of each."""
    statement = (
        select(IncidentComment.incident_id, IncidentComment.text, IncidentComment.created_at, IncidentComment.author_id)
        .join(Incident, Incident.id == IncidentComment.incident_id)
        .join(Dataset, Dataset.id == Incident.dataset_id)
        .where(IncidentComment.incident_id.in_(ids), access.visible(viewer))
        .order_by(IncidentComment.id)
    )
    found = many_each(ids, await connection.execute(statement), "incident_id")
    return [rows[-MOST_COMMENTS:] for rows in found]
