"""Quality metrics by key."""

from uuid import UUID

from sqlalchemy import exists, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.ext.asyncio import AsyncConnection

from app.core.rows import AnyRow
from app.core.viewer import Viewer
from app.loaders.base import many_each
from app.models.datasets import Dataset, FieldAnnotation
from app.models.quality import QualityMetric
from app.services import access, fields

Rows = list[AnyRow]


async def latest_metrics_by_dataset(connection: AsyncConnection, viewer: Viewer, ids: list[UUID]) -> list[Rows]:
    """The newest measurement of each metric and field; none of columns whose values are kept from the viewer."""
    hidden = (
        exists()
        .where(
            FieldAnnotation.dataset_id == QualityMetric.dataset_id, FieldAnnotation.field_path == QualityMetric.field_path,
            FieldAnnotation.sensitive, fields.masked(viewer),
        )
        .correlate(QualityMetric, Dataset)
    )  # fmt: skip
    key = (QualityMetric.dataset_id, QualityMetric.metric_name, QualityMetric.field_path)
    statement = (
        select(
            QualityMetric.dataset_id, QualityMetric.metric_name, QualityMetric.field_path, QualityMetric.value,
            QualityMetric.threshold, QualityMetric.status, QualityMetric.checked_at,
        )
        .ext(distinct_on(*key))
        .join(Dataset, Dataset.id == QualityMetric.dataset_id)
        .where(QualityMetric.dataset_id.in_(ids), access.visible(viewer), ~hidden)
        .order_by(*key, QualityMetric.checked_at.desc())
    )  # fmt: skip
    return many_each(ids, await connection.execute(statement), "dataset_id")
