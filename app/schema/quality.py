"""Quality: measurements, health, violations of the gate."""

import enum
from datetime import datetime

import strawberry

from app.core.rows import AnyRow
from app.schema.base import Node
from app.schema.scalars import BigInt


@strawberry.enum(description="Outcome of a check (Great Expectations: success; Soda: outcome).")
class QualityStatus(enum.Enum):
    PASS = strawberry.enum_value("PASS", description="Within the threshold.")
    WARN = strawberry.enum_value("WARN", description="Beyond the warning threshold only.")
    FAIL = strawberry.enum_value("FAIL", description="Ran, and the data is bad.")
    ERROR = strawberry.enum_value("ERROR", description="Could not run: says nothing about the data.")
    SKIPPED = strawberry.enum_value("SKIPPED", description="Was not run.")


@strawberry.type(description="One measurement of a quality metric.")
class QualityMetric:
    metric_name: str = strawberry.field(description="What was measured: row_count, null_fraction ...")
    field_path: str | None = strawberry.field(description="The column; null for a metric of the whole dataset.")
    value: float = strawberry.field(description="The measured value, in the metric's unit.")
    threshold: float | None = strawberry.field(description="What it was compared with; null when it was only measured.")
    status: QualityStatus = strawberry.field(description="Outcome.")
    checked_at: datetime = strawberry.field(description="When it was measured.")

    @classmethod
    def of(cls, row: AnyRow) -> "QualityMetric":
        """From a row of `quality_metrics`."""
        return cls(
            metric_name=row.metric_name,
            field_path=row.field_path,
            value=float(row.value),
            threshold=None if row.threshold is None else float(row.threshold),
            status=QualityStatus(row.status.value),
            checked_at=row.checked_at,
        )


@strawberry.type(description="How good a dataset's current version is.")
class DatasetHealth:
    status: QualityStatus = strawberry.field(description="The worst open status of its rules.")
    score: float = strawberry.field(description="Share (0-1) of enabled rules that pass, weighted by severity.")
    failing_rules: int = strawberry.field(description="Rules that FAIL.")
    open_incidents: int = strawberry.field(description="Incidents that are not resolved.")
    last_checked_at: datetime | None = strawberry.field(description="When a rule ran last; null when none has.")


@strawberry.type(
    description="A quality rule (assertion in DataHub, test case in OpenMetadata, expectation in Great Expectations)."
)
class QualityRule(Node):
    name: str = strawberry.field(description="Name to show.")


@strawberry.type(description="A blocking rule that a version does not satisfy.")
class RuleViolation:
    rule: QualityRule = strawberry.field(description="The rule.")
    status: QualityStatus = strawberry.field(description="FAIL, ERROR or SKIPPED (has not run).")
    message: str = strawberry.field(description="What was expected and what was found.")


@strawberry.enum(description="State of a quality run.")
class QualityRunStatus(enum.Enum):
    QUEUED = strawberry.enum_value("QUEUED", description="Waits for a worker.")
    RUNNING = strawberry.enum_value("RUNNING", description="A worker checks the version.")
    PASSED = strawberry.enum_value("PASSED", description="Every rule passed.")
    WARNED = strawberry.enum_value("WARNED", description="Warnings only.")
    FAILED = strawberry.enum_value("FAILED", description="Rules were violated: a result.")
    ERROR = strawberry.enum_value("ERROR", description="Could not run: says nothing about the data.")
    CANCELLED = strawberry.enum_value("CANCELLED", description="Was stopped.")


@strawberry.type(description="Results of a quality run, counted.")
class QualityRunSummary:
    passed: int = strawberry.field(description="Rules that PASS.")
    warned: int = strawberry.field(description="Rules that WARN.")
    failed: int = strawberry.field(description="Rules that FAIL.")
    errored: int = strawberry.field(description="Rules that could not run.")
    skipped: int = strawberry.field(description="Rules that were not run.")


@strawberry.type(description="One execution of quality rules on one version.")
class QualityRun(Node):
    status: QualityRunStatus = strawberry.field(description="State.")
    summary: QualityRunSummary | None = strawberry.field(description="Results, counted; null before the end.")


@strawberry.type(description="A change of a quality run.")
class QualityRunEvent:
    sequence: BigInt = strawberry.field(description="Contiguous per run.")
    run: QualityRun = strawberry.field(description="The run as it was then.")
