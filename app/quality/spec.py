"""What the engine is asked and what it answers: plain frozen dataclasses."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum

from pydantic import JsonValue

from app.core.phrases import Sentence
from app.ingest.job import Field, TableProfile

Json = JsonValue
Cell = None | bool | int | float | str
"""A value as JSON has it. Integers beyond 2^53, decimals and times are text, so that no reader rounds them."""

PREVIOUS = "PREVIOUS"
"""The version before the one that is checked, as a name in `History.versions`."""


class RuleStatus(StrEnum):
    """Outcome of a rule."""

    PASS = "PASS"  # noqa: S105
    WARN = "WARN"
    FAIL = "FAIL"
    """It ran, and the data is bad."""
    ERROR = "ERROR"
    """It could not run: says nothing about the data."""
    SKIPPED = "SKIPPED"
    """It ran and had nothing to compare with: a first version, too short a history. Neither good nor bad, and no reason to
    keep a version from being published."""


class Severity(StrEnum):
    """How much a failure matters."""

    INFO = "INFO"
    WARNING = "WARNING"
    ERROR = "ERROR"


class Operator(StrEnum):
    """What the value must be, compared with the threshold. The names are ODCS's without its `mustBe`."""

    EQUAL = "EQUAL"
    NOT_EQUAL = "NOT_EQUAL"
    LESS_THAN = "LESS_THAN"
    LESS_OR_EQUAL = "LESS_OR_EQUAL"
    GREATER_THAN = "GREATER_THAN"
    GREATER_OR_EQUAL = "GREATER_OR_EQUAL"
    BETWEEN = "BETWEEN"
    """threshold <= value <= upper_threshold."""
    NOT_BETWEEN = "NOT_BETWEEN"


class Dimension(StrEnum):
    """ODCS 3.1 dimensions of quality."""

    ACCURACY = "ACCURACY"
    COMPLETENESS = "COMPLETENESS"
    CONFORMITY = "CONFORMITY"
    CONSISTENCY = "CONSISTENCY"
    COVERAGE = "COVERAGE"
    TIMELINESS = "TIMELINESS"
    UNIQUENESS = "UNIQUENESS"


@dataclass(frozen=True, kw_only=True)
class RuleSpec:
    """A rule as it was written.

    `operator`, `threshold` and `warn_threshold` all None: the condition that the type calls normal (no invalid rows).
    A value that meets `threshold` but not `warn_threshold` is a WARN. With `warn_threshold` alone nothing FAILs.
    """

    id: str
    type: str
    """Name of a rule type, as in `catalogue.rule_types`."""
    field_paths: tuple[str, ...] = ()
    parameters: Mapping[str, Json] = field(default_factory=dict)
    """As the type's `parameters_schema` has it: names in camelCase."""
    operator: Operator | None = None
    threshold: float | None = None
    upper_threshold: float | None = None
    """With BETWEEN and NOT_BETWEEN only, and needed there."""
    warn_threshold: float | None = None
    warn_upper_threshold: float | None = None
    severity: Severity = Severity.ERROR
    filter: str | None = None
    """A condition of SQL on the table's columns; the rule sees the rows for which it is true."""


@dataclass(frozen=True, kw_only=True)
class FailedRow:
    """A row that breaks a rule."""

    row: int
    """From 1, in the order of the table. 0 where rows have no number: those that a rule's SQL made."""
    values: Mapping[str, Cell]
    """Of the rule's fields, then of others; texts are cut."""

    def own_values(self, field_paths: Sequence[str]) -> Mapping[str, Cell]:
        """Of these fields; of all where there are none."""
        return {name: self.values[name] for name in field_paths if name in self.values} or self.values


@dataclass(frozen=True, kw_only=True)
class RuleError:
    """Why a rule could not run."""

    code: str
    """INVALID_RULE (never could), MISSING_FIELD, WRONG_TYPE (not on this table), MISSING_INPUT (a table to compare with is not
    there), INVALID_DATA (a value made the calculation fail), OUT_OF_MEMORY, TIMED_OUT, CRASHED."""
    message: Sentence


@dataclass(frozen=True, kw_only=True)
class RuleResult:
    """All that a run tells of a rule."""

    rule_id: str
    status: RuleStatus
    metric_name: str
    """row_count, null_fraction, psi ...: what `value` is, the same for every run of a rule that has a value."""
    value: float | None = None
    threshold: float | None = None
    """What the value was compared with: the threshold that it missed first, otherwise the one that FAILs."""
    upper_threshold: float | None = None
    operator: Operator | None = None
    failed_row_count: int | None = None
    """None where rows cannot fail: a rule about the table."""
    failed_rows_sample: tuple[FailedRow, ...] = ()
    """The first ones, in the order of the table."""
    failed_rows_path: str | None = None
    """Parquet file of all of them, where `Limits.failed_rows_dir` was set."""
    expression: str | None = None
    """The SQL that the value came from; None where no row was read for it."""
    rows_scanned: int = 0
    duration_ms: int = 0
    """The rule's share of the run."""
    message: Sentence = ""
    """One sentence for a person: what was expected and what was found."""
    error: RuleError | None = None
    partial: bool = False
    """True when failed rows could not be listed; value and status are exact all the same."""

    @property
    def is_violation(self) -> bool:
        """Whether it keeps a version from being published, where the rule is one that does."""
        return self.status in (RuleStatus.FAIL, RuleStatus.ERROR)


@dataclass(frozen=True, kw_only=True)
class TableInfo:
    """A stored table: the Parquet copy of a version, and what is known of it."""

    path: str | None = None
    """None where only numbers are known of it (see `catalogue.Needs`)."""
    fields: tuple[Field, ...] = ()
    """Empty: as the file itself says."""
    row_count: int | None = None
    profile: TableProfile | None = None
    created_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class MetricPoint:
    """An earlier value of a rule's metric, whatever its status was: SKIPPED results that have a value belong here, too."""

    value: float
    checked_at: datetime


@dataclass(frozen=True, kw_only=True)
class History:
    """What rules need beside the table itself; `catalogue.needs` tells which parts."""

    now: datetime = field(default_factory=lambda: datetime.now(UTC))
    """The moment of the run; ages count from it."""
    versions: Mapping[str, TableInfo] = field(default_factory=dict)
    """Other versions of the dataset, by PREVIOUS or the name that a rule gives."""
    datasets: Mapping[str, TableInfo] = field(default_factory=dict)
    """Current versions of other datasets, by the name or id that a rule gives."""
    metrics: Mapping[str, tuple[MetricPoint, ...]] = field(default_factory=dict)
    """By rule id: earlier values, oldest first."""


@dataclass(frozen=True, kw_only=True)
class Limits:
    """Bounds of a run. Byte counts are bytes."""

    memory_bytes: int = 1 << 30
    """Of the whole process; the database in it gets a part."""
    threads: int = 2
    sample_rows: int = 20
    sample_columns: int = 100
    """Shown of a failed row: the rule's own, and others up to this number."""
    sample_characters: int = 200
    """Longer texts are cut in samples."""
    scratch_dir: str | None = None
    """An existing folder for what does not fit into memory; None: nothing may be written."""
    failed_rows_dir: str | None = None
    """An existing folder: all failed rows of every failed rule go there, one Parquet file each."""
