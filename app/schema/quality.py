"""Quality: measurements, and the health that follows from them."""

import enum
from datetime import datetime
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

import strawberry

from app.core.rows import AnyRow
from app.models.health import WORST
from app.schema.base import Info, optional

if TYPE_CHECKING:
    from app.schema.quality_rules import QualityRule
    from app.schema.versions import DatasetVersion


LazyVersion = Annotated["DatasetVersion", strawberry.lazy("app.schema.versions")]
LazyRule = Annotated["QualityRule", strawberry.lazy("app.schema.quality_rules")]


@strawberry.enum(description="Outcome of a check (Great Expectations: success; Soda: outcome).")
class QualityStatus(enum.Enum):
    PASS = strawberry.enum_value("PASS", description="Within the threshold.")
    WARN = strawberry.enum_value("WARN", description="Beyond the warning threshold only.")
    FAIL = strawberry.enum_value("FAIL", description="Ran, and the data is bad.")
    ERROR = strawberry.enum_value("ERROR", description="Could not run: says nothing about the data.")
    SKIPPED = strawberry.enum_value("SKIPPED", description="Had nothing to compare with, or has not run: neither good nor bad.")


@strawberry.enum(description="What a rule's value has to be, compared with its threshold (ODCS: mustBe...).")
class ComparisonOperator(enum.Enum):
    EQUAL = strawberry.enum_value("EQUAL", description="= threshold.")
    NOT_EQUAL = strawberry.enum_value("NOT_EQUAL", description="Not = threshold.")
    LESS_THAN = strawberry.enum_value("LESS_THAN", description="< threshold.")
    LESS_OR_EQUAL = strawberry.enum_value("LESS_OR_EQUAL", description="<= threshold.")
    GREATER_THAN = strawberry.enum_value("GREATER_THAN", description="> threshold.")
    GREATER_OR_EQUAL = strawberry.enum_value("GREATER_OR_EQUAL", description=">= threshold.")
    BETWEEN = strawberry.enum_value("BETWEEN", description="threshold <= value <= upperThreshold.")
    NOT_BETWEEN = strawberry.enum_value("NOT_BETWEEN", description="Outside of threshold and upperThreshold.")


@strawberry.type(description="One measurement of a quality metric.")
class QualityMetric:
    metric_name: str = strawberry.field(description="What was measured: row_count, null_fraction ...")
    field_path: str | None = strawberry.field(description="The column; null for a metric of the whole dataset.")
    value: float = strawberry.field(description="The measured value, in the metric's unit.")
    threshold: float | None = strawberry.field(description="What it was compared with; null when it was only measured.")
    upper_threshold: float | None = strawberry.field(description="Upper end of the band, of BETWEEN and NOT_BETWEEN.")
    operator: ComparisonOperator | None = strawberry.field(description="What the value had to be; null for earlier measurements.")
    status: QualityStatus = strawberry.field(description="Outcome.")
    checked_at: datetime = strawberry.field(description="When it was measured.")
    version_id: strawberry.Private[UUID | None]
    rule_id: strawberry.Private[UUID | None]

    @classmethod
    def of(cls, row: AnyRow) -> "QualityMetric":
        """From a row of `quality_metrics`."""
        return cls(
            metric_name=row.metric_name,
            field_path=row.field_path,
            value=float(row.value),
            threshold=None if row.threshold is None else float(row.threshold),
            upper_threshold=None if row.upper_threshold is None else float(row.upper_threshold),
            operator=None if row.operator is None else ComparisonOperator(row.operator.value),
            status=QualityStatus(row.status.value),
            checked_at=row.checked_at,
            version_id=row.version_id,
            rule_id=row.rule_id,
        )

    @strawberry.field(description="The version that was measured; null when it is gone.")
    async def version(self, info: Info) -> LazyVersion | None:
        from app.schema.versions import DatasetVersion

        if self.version_id is None:
            return None
        return optional(DatasetVersion.of, await info.context.loaders.version_by_id.load(self.version_id))

    @strawberry.field(description="The rule that measured it, deleted ones too; null when none did.")
    async def rule(self, info: Info) -> LazyRule | None:
        from app.schema.quality_rules import QualityRule

        if self.rule_id is None:
            return None
        return optional(QualityRule.of, await info.context.loaders.rule_by_id.load(self.rule_id))


@strawberry.type(description="How good a dataset's current version is.")
class DatasetHealth:
    status: QualityStatus = strawberry.field(description="The worst open status of its rules.")
    score: float = strawberry.field(description="Share (0-1) of enabled rules that pass, weighted by severity.")
    failing_rules: int = strawberry.field(description="Rules that FAIL.")
    open_incidents: int = strawberry.field(description="Incidents that are not resolved.")
    last_checked_at: datetime | None = strawberry.field(description="When a rule ran last; null when none has.")

    @classmethod
    def of(cls, row: AnyRow) -> "DatasetHealth":
        """From a row of `loaders.quality.health_by_dataset`."""
        return cls(
            status=QualityStatus(WORST[row.worst].value),
            score=round(row.good / row.whole, 4) if row.whole else 1.0,
            failing_rules=row.failing_rules,
            open_incidents=row.open_incidents,
            last_checked_at=row.last_checked_at,
        )
