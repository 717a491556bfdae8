"""Quality runs: one execution of rules on one version, its results, and how it goes on."""

import enum
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Annotated
from uuid import UUID

import strawberry
from strawberry.scalars import JSON

from app.core.phrases import from_json
from app.core.rows import AnyRow
from app.schema import downloads
from app.schema.accounts import User
from app.schema.base import Info, Node, UserError, errors_field, optional, required
from app.schema.datasets import Dataset
from app.schema.ids import from_id, to_id
from app.schema.phrases import Phrase
from app.schema.profiles import MASKED
from app.schema.quality import ComparisonOperator, QualityStatus
from app.schema.quality_rules import (
    QualityRule,
    QualityRuleDraftInput,
    Severity,
    conceals,
    rule_ids_of,
)
from app.schema.scalars import BigInt
from app.schema.versions import DatasetVersion
from app.services.events import StatusEvent

LazyRun = Annotated["QualityRun", strawberry.lazy("app.schema.quality_runs")]


@strawberry.enum(description="State of a quality run.")
class QualityRunStatus(enum.Enum):
    QUEUED = strawberry.enum_value("QUEUED", description="Waits for a worker.")
    RUNNING = strawberry.enum_value("RUNNING", description="A worker checks the version.")
    PASSED = strawberry.enum_value("PASSED", description="Every rule passed, or had nothing to compare with.")
    WARNED = strawberry.enum_value("WARNED", description="Warnings only.")
    FAILED = strawberry.enum_value("FAILED", description="Rules were violated: a result.")
    ERROR = strawberry.enum_value("ERROR", description="Rules, or all of it, could not run: says nothing about the data.")
    CANCELLED = strawberry.enum_value("CANCELLED", description="Its dataset or version was gone before it ended.")


@strawberry.enum(description="Why a quality run was begun.")
class QualityRunTrigger(enum.Enum):
    VERSION = strawberry.enum_value("VERSION", description="A new version.")
    SCHEDULE = strawberry.enum_value("SCHEDULE", description="A schedule.")
    MANUAL = strawberry.enum_value("MANUAL", description="Somebody asked for it.")
    DRY_RUN = strawberry.enum_value("DRY_RUN", description="Rules that nobody has saved were tried.")
    BACK_TEST = strawberry.enum_value("BACK_TEST", description="Rules were tried on an earlier version.")


@strawberry.type(description="Results of a quality run, counted.")
class QualityRunSummary:
    passed: int = strawberry.field(description="Rules that PASS.")
    warned: int = strawberry.field(description="Rules that WARN.")
    failed: int = strawberry.field(description="Rules that FAIL.")
    errored: int = strawberry.field(description="Rules that could not run.")
    skipped: int = strawberry.field(description="Rules that had nothing to compare with.")


@strawberry.type(description="Why something could not run.")
class QualityError:
    code: str = strawberry.field(
        description="INVALID_RULE, MISSING_FIELD, WRONG_TYPE, MISSING_INPUT, INVALID_DATA, OUT_OF_MEMORY, TIMED_OUT, CRASHED; "
        "of a whole run UNREADABLE or INTERNAL."
    )
    message: str = strawberry.field(description="The reason, for people.")
    message_phrase: Phrase = strawberry.field(description="`message` for a page in another language.")

    @classmethod
    def of(cls, stored: dict[str, object] | None) -> "QualityError | None":
        """From a stored error."""
        if stored is None:
            return None
        message = from_json(str(stored["message"]), stored.get("message_phrase"))
        return cls(code=str(stored["code"]), message=message, message_phrase=Phrase.of(message))


@strawberry.type(description="What a run found of one rule, with the rule as it was then.")
class QualityResult(Node):
    name: str = strawberry.field(description="The rule's name.")
    type: str = strawberry.field(description="The rule's type.")
    field_paths: list[str] = strawberry.field(description="The columns that it is about.")
    severity: Severity = strawberry.field(description="How much a failure matters.")
    status: QualityStatus = strawberry.field(description="Outcome.")
    metric_name: str = strawberry.field(description="What `value` is: null_count, row_count ...")
    operator: ComparisonOperator | None = strawberry.field(description="What the value had to be; null when it was not compared.")
    failed_row_count: BigInt | None = strawberry.field(description="Rows that break the rule; null where rows cannot.")
    rows_scanned: BigInt = strawberry.field(description="Rows that were read.")
    duration_ms: int = strawberry.field(description="The rule's share of the run, in milliseconds.")
    partial: bool = strawberry.field(description="True when failed rows could not be listed; the value is exact all the same.")
    checked_at: datetime = strawberry.field(description="When the run ended.")
    row: strawberry.Private[AnyRow]

    @classmethod
    def of(cls, row: AnyRow) -> "QualityResult":
        """From a row of `quality_results`."""
        return cls(
            id=to_id("QualityResult", row.id), name=row.rule_name, type=row.rule_type, field_paths=list(row.field_paths), severity=Severity(row.severity.value),
            status=QualityStatus(row.status.value), metric_name=row.metric_name,
            operator=ComparisonOperator(row.operator.value) if row.operator else None, failed_row_count=row.failed_row_count,
            rows_scanned=row.rows_scanned, duration_ms=row.duration_ms, partial=row.partial, checked_at=row.checked_at, row=row,
        )  # fmt: skip

    async def _hidden(self, info: Info) -> frozenset[str]:
        return await info.context.loaders.hidden_fields_by_dataset.load(self.row.dataset_id)

    async def _conceals(self, info: Info) -> bool:
        return conceals(await self._hidden(info), self.type, self.field_paths)

    @strawberry.field(description="The rule as it is now, deleted ones too; null for a rule that nobody has saved.")
    async def rule(self, info: Info) -> QualityRule | None:
        if self.row.rule_id is None:
            return None
        return optional(QualityRule.of, await info.context.loaders.rule_by_id.load(self.row.rule_id))

    @strawberry.field(description="The version that was checked.")
    async def version(self, info: Info) -> DatasetVersion:
        return DatasetVersion.of(required(await info.context.loaders.version_by_id.load(self.row.version_id)))

    @strawberry.field(description="The run that it belongs to.")
    async def run(self, info: Info) -> LazyRun:
        return QualityRun.of(required(await info.context.loaders.run_by_id.load(self.row.run_id)))

    @strawberry.field(description="What was measured; null when nothing was, or a sensitive column is kept from you.")
    async def value(self, info: Info) -> float | None:
        return None if await self._conceals(info) else self.row.value

    @strawberry.field(description="What it was compared with; null when it was not, or a sensitive column is kept from you.")
    async def threshold(self, info: Info) -> float | None:
        return None if await self._conceals(info) else self.row.threshold

    @strawberry.field(description="Upper end, of BETWEEN and NOT_BETWEEN; null likewise.")
    async def upper_threshold(self, info: Info) -> float | None:
        return None if await self._conceals(info) else self.row.upper_threshold

    @strawberry.field(
        description="The first rows that break the rule: `{row, values}`, row numbers from 1, values by column, those of the rule's "
        "fields first; up to 100 columns, and of those that are sensitive only with WRITE. "
        "Empty while the rule is about a sensitive column and you hold less than WRITE."
    )
    async def failed_rows_sample(self, info: Info) -> list[JSON]:
        if not self.row.failed_rows_sample or await self._conceals(info):
            return []
        known = await info.context.loaders.schema_fields_by_version.load(self.row.version_id)
        # As it is stored, the order of columns is the database's.
        order = list(dict.fromkeys([*self.field_paths, *(field.field_path for field in known)]))
        hidden = await self._hidden(info)
        stored: list[dict[str, dict[str, object]]] = self.row.failed_rows_sample
        return [JSON({**one, "values": shown_values(one["values"], order, hidden)}) for one in stored]

    @strawberry.field(
        description="True when `failedRowsUrl` gives an address: the run was asked for it (`keepFailedRows`), some rows fail, and no "
        "column is sensitive, or you hold WRITE."
    )
    async def failed_rows_kept(self, info: Info) -> bool:
        return self.row.failed_rows_key is not None and not await self._hidden(info)

    @strawberry.field(
        description="Presigned address, 5 minutes, of a Parquet file of all rows that break the rule; null unless `failedRowsKept`. "
        "Ask for it (by `node`) when somebody wants the file: each address that is given counts as an export and stands in the audit trail."
    )
    async def failed_rows_url(self, info: Info) -> str | None:
        if self.row.failed_rows_key is None or await self._hidden(info):
            return None
        name = f"failed-rows-{self.row.position + 1}.parquet"
        return await downloads.signed(
            info,
            self.row.failed_rows_key,
            file_name=name,
            action="download.failed_rows",
            version_id=self.row.version_id,
            resultId=str(self.row.id),
        )

    @strawberry.field(
        description="The SQL that the value came from; null where no row was read for it, or while a column of the dataset is "
        "sensitive and you hold less than WRITE."
    )
    async def expression(self, info: Info) -> str | None:
        return None if await self._hidden(info) else self.row.expression

    @strawberry.field(description="What was expected and what was found, in a sentence.")
    async def message(self, info: Info) -> str:
        return MASKED if await self._conceals(info) else from_json(self.row.message, self.row.message_phrase)

    @strawberry.field(description="`message` for a page in another language.")
    async def message_phrase(self, info: Info) -> Phrase:
        return Phrase.of(await self.message(info))

    @strawberry.field(description="Why the rule could not run; null when it could.")
    async def error(self, info: Info) -> QualityError | None:
        error = QualityError.of(self.row.error)
        if error is None or not await self._conceals(info):
            return error
        return QualityError(code=error.code, message=MASKED, message_phrase=Phrase.of(MASKED))


def shown_values(values: dict[str, object], order: list[str], hidden: frozenset[str]) -> dict[str, object]:
    """What a viewer may see of a failed row, in the order of columns; those that SQL made come last."""
    ordered = {name: values[name] for name in order if name in values} | values
    return {name: value for name, value in ordered.items() if name not in hidden}


@strawberry.type(description="One execution of quality rules on one version.")
class QualityRun(Node):
    status: QualityRunStatus = strawberry.field(description="State.")
    trigger: QualityRunTrigger = strawberry.field(description="Why it was begun.")
    created_at: datetime = strawberry.field(description="When it was asked for.")
    started_at: datetime | None = strawberry.field(description="When a worker began; null before.")
    finished_at: datetime | None = strawberry.field(description="When it ended; null before.")
    rows_scanned: BigInt | None = strawberry.field(description="Rows that were read; null before the end.")
    summary: QualityRunSummary | None = strawberry.field(description="Results so far, counted; null before a worker begins.")
    error: QualityError | None = strawberry.field(description="Why it could not run at all; null when it could.")
    row: strawberry.Private[AnyRow]

    @classmethod
    def of(cls, row: AnyRow) -> "QualityRun":
        """From a row of `quality_runs` (services.quality_runs.COLUMNS)."""
        summary = QualityRunSummary(
            passed=row.passed, warned=row.warned, failed=row.failed, errored=row.errored, skipped=row.skipped
        )
        return cls(
            id=to_id("QualityRun", row.id), status=QualityRunStatus(row.status.value),
            trigger=QualityRunTrigger(row.trigger.value), created_at=row.created_at, started_at=row.started_at,
            finished_at=row.finished_at, rows_scanned=row.rows_scanned, summary=None if row.started_at is None else summary,
            error=QualityError.of(row.error), row=row,
        )  # fmt: skip

    @strawberry.field(description="From its begin to its end, in milliseconds; null before.")
    def duration_ms(self) -> int | None:
        if self.started_at is None or self.finished_at is None:
            return None
        return max(0, round((self.finished_at - self.started_at).total_seconds() * 1000))

    @strawberry.field(description="One for each rule, in the order of the rules; empty before the end; at most 2,000.")
    async def results(self, info: Info) -> list[QualityResult]:
        return [QualityResult.of(row) for row in await info.context.loaders.results_by_run.load(self.row.id)]

    @strawberry.field(description="The version that it checks.")
    async def version(self, info: Info) -> DatasetVersion:
        return DatasetVersion.of(required(await info.context.loaders.version_by_id.load(self.row.version_id)))

    @strawberry.field(description="Whose version it is.")
    async def dataset(self, info: Info) -> Dataset:
        return Dataset.of(required(await info.context.loaders.dataset_by_id.load(self.row.dataset_id)))

    @strawberry.field(description="Who asked for it; null when nobody did.")
    async def requested_by(self, info: Info) -> User | None:
        if self.row.requested_by_id is None:
            return None
        return optional(User.of, await info.context.loaders.user_by_id.load(self.row.requested_by_id))


@strawberry.type(description="A change of a quality run.")
class QualityRunEvent:
    sequence: BigInt = strawberry.field(description="Contiguous per run: a gap means that a message was lost.")
    run: QualityRun = strawberry.field(description="The run as it was then.")

    @classmethod
    def now(cls, row: AnyRow) -> "QualityRunEvent":
        """The run as it is."""
        return cls(sequence=BigInt(row.sequence), run=QualityRun.of(row))

    @classmethod
    def of(cls, event: StatusEvent, row: AnyRow) -> "QualityRunEvent":
        """What never changes from the run's row, what does from the event."""
        told = event.run or {}
        status, counts = QualityRunStatus(str(told["status"])), told["summary"]
        assert isinstance(counts, dict)
        summary = None if status is QualityRunStatus.QUEUED else QualityRunSummary(**counts)
        ended = status not in (QualityRunStatus.QUEUED, QualityRunStatus.RUNNING)
        run = replace(
            QualityRun.of(row), status=status, summary=summary, finished_at=row.finished_at if ended else None,
            rows_scanned=row.rows_scanned if ended else None, error=QualityError.of(row.error) if ended else None,
        )  # fmt: skip
        return cls(sequence=BigInt(int(str(told["sequence"]))), run=run)


@strawberry.input(description="A version to check now.")
class RunQualityChecksInput:
    version_id: strawberry.ID = strawberry.field(description="A READY version.")
    rule_ids: list[strawberry.ID] | None = strawberry.field(
        default=None, description="These rules, disabled ones too; at most 250. Absent: all that are enabled."
    )
    keep_failed_rows: bool = strawberry.field(
        default=False, description="Keep all rows that break a rule as files, see `QualityResult.failedRowsUrl`."
    )

    def rules(self) -> list[UUID] | None:
        """Row ids. Raises InvalidInput."""
        return rule_ids_of(self.rule_ids)


@strawberry.input(description="Rules to try on a version without saving them.")
class DryRunQualityRulesInput:
    version_id: strawberry.ID = strawberry.field(description="A READY version.")
    rules: list[QualityRuleDraftInput] = strawberry.field(description="1 to 20 rules.")
    keep_failed_rows: bool = strawberry.field(default=False, description="As in `runQualityChecks`.")

    def version(self) -> UUID:
        """Row id. Raises InvalidInput."""
        return from_id(self.version_id, "DatasetVersion", "versionId")


@strawberry.type(description="Outcome of a mutation that begins a quality run.")
class QualityRunPayload:
    run: QualityRun | None = strawberry.field(default=None, description="The run, which waits for a worker; null with errors.")
    errors: list[UserError] = errors_field()


@strawberry.type(description="Rules that were tried on the last versions: 'would have failed 3 of 12'.")
class QualityBackTest:
    id: strawberry.ID = strawberry.field(description="Of the back-test.")
    finished: int = strawberry.field(description="Runs that have ended.")
    would_fail: int = strawberry.field(description="Of these, those on whose version a rule FAILs.")
    runs: list[QualityRun] = strawberry.field(description="One a version, newest first; at most 50.")

    @classmethod
    def of(cls, batch_id: UUID, rows: Sequence[AnyRow]) -> "QualityBackTest":
        """From the rows of its runs."""
        runs = [QualityRun.of(row) for row in rows]
        open_states = (QualityRunStatus.QUEUED, QualityRunStatus.RUNNING)
        return cls(
            id=to_id("QualityBackTest", batch_id),
            finished=sum(run.status not in open_states for run in runs),
            would_fail=sum(run.status is QualityRunStatus.FAILED for run in runs),
            runs=runs,
        )


@strawberry.input(description="Rules to try on the last versions.")
class BackTestQualityRulesInput:
    dataset_id: strawberry.ID = strawberry.field(description="The dataset.")
    rules: list[QualityRuleDraftInput] | None = strawberry.field(default=None, description="1 to 20 rules that are not saved,")
    rule_ids: list[strawberry.ID] | None = strawberry.field(default=None, description="or saved ones of the dataset.")
    versions: int = strawberry.field(default=12, description="How many READY versions, newest first; 1-50.")


@strawberry.type(description="Outcome of `backTestQualityRules`.")
class QualityBackTestPayload:
    back_test: QualityBackTest | None = strawberry.field(
        default=None, description="Its runs wait for a worker; null with errors."
    )
    errors: list[UserError] = errors_field()
