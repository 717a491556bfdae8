"""Quality rules: their types, what they are made of, how they are written and changed."""

import enum
from dataclasses import fields
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, cast
from uuid import UUID

import strawberry
from strawberry.scalars import JSON

from app.core.errors import InvalidInput
from app.core.phrases import say
from app.core.rows import AnyRow
from app.loaders.quality_history import HistoryKey
from app.quality import catalogue, spec
from app.quality.supervised import USER_SQL
from app.schema.base import Info, Node, UserError, check_first, errors_field, in_utc, optional, required
from app.schema.datasets import Dataset
from app.schema.ids import from_id, to_id
from app.schema.phrases import Phrase
from app.schema.quality import ComparisonOperator, QualityStatus
from app.services.quality import definitions, rules
from app.services.quality.gate import Violation

if TYPE_CHECKING:
    from app.schema.quality_runs import QualityResult
    from app.schema.rule_templates import RuleTemplate

LazyResult = Annotated["QualityResult", strawberry.lazy("app.schema.quality_runs")]
LazyTemplate = Annotated["RuleTemplate", strawberry.lazy("app.schema.rule_templates")]

CONCEALED = "Null while a sensitive column is concerned and you hold less than WRITE."


@strawberry.enum(description="How much a failure of a rule matters.")
class Severity(enum.Enum):
    INFO = strawberry.enum_value("INFO", description="Good to know.")
    WARNING = strawberry.enum_value("WARNING", description="Somebody should look.")
    ERROR = strawberry.enum_value("ERROR", description="The data should not be used.")


@strawberry.enum(description="Dimension of quality, as in ODCS 3.1.")
class QualityDimension(enum.Enum):
    ACCURACY = strawberry.enum_value("ACCURACY", description="Values agree with what they describe.")
    COMPLETENESS = strawberry.enum_value("COMPLETENESS", description="Nothing is missing.")
    CONFORMITY = strawberry.enum_value("CONFORMITY", description="Values have their form.")
    CONSISTENCY = strawberry.enum_value("CONSISTENCY", description="Values agree with each other.")
    COVERAGE = strawberry.enum_value("COVERAGE", description="All that should be there is there.")
    TIMELINESS = strawberry.enum_value("TIMELINESS", description="The data is recent.")
    UNIQUENESS = strawberry.enum_value("UNIQUENESS", description="Nothing is there twice.")


@strawberry.type(description="A kind of quality rule. Forms are drawn from it.")
class QualityRuleType:
    name: str = strawberry.field(description="For `CreateQualityRuleInput.type`.")
    title: str = strawberry.field(description="Name to show.")
    description: str = strawberry.field(description="What it measures.")
    dimension: QualityDimension = strawberry.field(description="Dimension of quality.")
    parameters_schema: JSON = strawberry.field(description="JSON Schema, draft 2020-12, of `parameters`.")
    min_fields: int = strawberry.field(description="Fields that a rule names at least.")
    max_fields: int | None = strawberry.field(description="Fields that a rule names at most; null: any number.")
    needs_operator: bool = strawberry.field(description="True when a rule needs `operator` and `threshold`.")
    has_operator: bool = strawberry.field(description="False when the type finds its thresholds itself.")
    takes_filter: bool = strawberry.field(description="True when a rule may have a `filter`.")

    @classmethod
    def of(cls, info: catalogue.RuleTypeInfo) -> "QualityRuleType":
        """From the engine's catalogue."""
        least, most = info.fields.value
        return cls(
            name=info.name, title=info.title, description=info.description, dimension=QualityDimension(info.dimension.value),
            parameters_schema=cast(JSON, info.parameters_schema), min_fields=least, max_fields=most, needs_operator=info.needs_operator,
            has_operator=info.has_operator, takes_filter=info.takes_filter,
        )  # fmt: skip


@strawberry.type(
    description="A quality rule (assertion in DataHub, test case in OpenMetadata, expectation in Great Expectations)."
)
class QualityRule(Node):
    name: str = strawberry.field(description="Name to show.")
    type: str = strawberry.field(description="Name of its `QualityRuleType`.")
    field_paths: list[str] = strawberry.field(description="The columns that it is about, in order; empty: the whole table.")
    operator: ComparisonOperator | None = strawberry.field(
        description="What the value has to be; null: what its type calls normal."
    )
    severity: Severity = strawberry.field(description="How much a failure matters.")
    enabled: bool = strawberry.field(description="False: it is not run by itself.")
    blocks_publication: bool = strawberry.field(description="True: no version is published that it does not pass.")
    description: str | None = strawberry.field(description="What it is for, as people wrote it; null when nobody has.")
    muted_until: datetime | None = strawberry.field(
        description="Until then nobody is notified of it; it runs and counts all the same. Null: it is not muted."
    )
    contract_key: str | None = strawberry.field(
        description="What the data contract that it was imported from calls it; null when it comes from none."
    )
    revision: int = strawberry.field(description="+1 with each change of what is measured; earlier results then count no more.")
    deleted: bool = strawberry.field(description="True for a rule that only its results still name.")
    created_at: datetime = strawberry.field(description="When it was created.")
    updated_at: datetime = strawberry.field(description="When it was last changed.")
    row: strawberry.Private[AnyRow]

    @classmethod
    def of(cls, row: AnyRow) -> "QualityRule":
        """From a row of `quality_rules` (services.quality_rules.COLUMNS)."""
        return cls(
            id=to_id("QualityRule", row.id), name=row.name, type=row.type, field_paths=list(row.field_paths),
            operator=ComparisonOperator(row.operator.value) if row.operator else None, severity=Severity(row.severity.value),
            enabled=row.enabled, blocks_publication=row.blocks_publication, revision=row.revision,
            description=row.description, muted_until=row.muted_until, contract_key=row.contract_key,
            deleted=row.deleted_at is not None, created_at=row.created_at, updated_at=row.updated_at, row=row,
        )  # fmt: skip

    @strawberry.field(description="The column that it is about; null when there is none, or more than one.")
    def field_path(self) -> str | None:
        return self.field_paths[0] if len(self.field_paths) == 1 else None

    @strawberry.field(description="Dimension of quality of its type; null when this installation no longer knows the type.")
    def dimension(self) -> QualityDimension | None:
        known = catalogue.types().get(self.type)
        return None if known is None else QualityDimension(known.dimension.value)

    @strawberry.field(description=f"As its type's `parametersSchema` has them. {CONCEALED}")
    async def parameters(self, info: Info) -> JSON | None:
        return None if await self._conceals(info) else self.row.parameters

    @strawberry.field(description=f"What the value is compared with; null where the type says. {CONCEALED}")
    async def threshold(self, info: Info) -> float | None:
        return None if await self._conceals(info) else self.row.threshold

    @strawberry.field(description=f"Upper end, of BETWEEN and NOT_BETWEEN. {CONCEALED}")
    async def upper_threshold(self, info: Info) -> float | None:
        return None if await self._conceals(info) else self.row.upper_threshold

    @strawberry.field(description=f"A value that meets `threshold` but not this one is a WARN. {CONCEALED}")
    async def warn_threshold(self, info: Info) -> float | None:
        return None if await self._conceals(info) else self.row.warn_threshold

    @strawberry.field(description=f"Upper end of the warning, of BETWEEN and NOT_BETWEEN. {CONCEALED}")
    async def warn_upper_threshold(self, info: Info) -> float | None:
        return None if await self._conceals(info) else self.row.warn_upper_threshold

    @strawberry.field(description=f"SQL condition: the rule sees the rows for which it is true. {CONCEALED}")
    async def filter(self, info: Info) -> str | None:
        return None if await self._conceals(info) else self.row.filter

    @strawberry.field(
        description="What it found when it ran last, the rule being as it is now; null when it has not run since it was changed."
    )
    async def last_result(self, info: Info) -> LazyResult | None:
        found = await self.recent_results(info, 1)
        return found[0] if found else None

    @strawberry.field(
        description="What it has found since it was last changed, newest first: the history of its value. None of trials."
    )
    async def recent_results(
        self, info: Info, first: Annotated[int, strawberry.argument(description="How many, 1-100.")]
    ) -> list[LazyResult]:
        from app.schema.quality_runs import QualityResult

        check_first(first)
        rows = await info.context.loaders.recent_results_by_rule.load(HistoryKey(self.row.id, first))
        return [QualityResult.of(row) for row in rows]

    @strawberry.field(
        description="The template that it comes from, deleted ones too: it is changed there. Null: it is the dataset's own."
    )
    async def template(self, info: Info) -> LazyTemplate | None:
        from app.schema.rule_templates import RuleTemplate

        if self.row.template_rule_id is None:
            return None
        return optional(RuleTemplate.of, await info.context.loaders.template_by_rule.load(self.row.template_rule_id))

    @strawberry.field(description="Whose rule it is.")
    async def dataset(self, info: Info) -> Dataset:
        return Dataset.of(required(await info.context.loaders.dataset_by_id.load(self.row.dataset_id)))

    async def _conceals(self, info: Info) -> bool:
        hidden = await info.context.loaders.hidden_fields_by_dataset.load(self.row.dataset_id)
        return conceals(hidden, self.type, self.field_paths, has_filter=self.row.filter is not None)


def conceals(hidden: frozenset[str], type_name: str, field_paths: list[str], *, has_filter: bool = False) -> bool:
    """Whether a rule speaks of values that its viewer may not see.

    Args:
        hidden: the columns that are kept from the viewer.
    """
    if not hidden:
        return False
    # SQL may look at any column, and a comparison of whole rows looks at all.
    return has_filter or type_name in USER_SQL or type_name == "duplicate_rows" or not hidden.isdisjoint(field_paths)


@strawberry.type(description="A blocking rule that a version does not satisfy.")
class RuleViolation:
    status: QualityStatus = strawberry.field(description="FAIL, ERROR or SKIPPED (has not run).")
    message: str = strawberry.field(description="What was expected and what was found.")
    message_phrase: Phrase = strawberry.field(description="`message` for a page in another language.")
    rule_id: strawberry.Private[UUID]

    @classmethod
    def of(cls, violation: Violation) -> "RuleViolation":
        """From the gate."""
        return cls(
            status=QualityStatus(violation.status.value),
            message=violation.message,
            message_phrase=Phrase.of(violation.message),
            rule_id=violation.rule_id,
        )

    @strawberry.field(description="The rule.")
    async def rule(self, info: Info) -> QualityRule:
        return QualityRule.of(required(await info.context.loaders.rule_by_id.load(self.rule_id)))


@strawberry.input(description="A quality rule.")
class QualityRuleDraftInput:
    name: str = strawberry.field(description="Name to show, 1-255 characters.")
    type: str = strawberry.field(description="Name of a `QualityRuleType`.")
    field_path: str | None = strawberry.field(default=None, description="The column, of a rule about one.")
    field_paths: list[str] | None = strawberry.field(
        default=None, description="The columns, of a rule about several; at most 100."
    )
    parameters: JSON | None = strawberry.field(default=None, description="As the type's `parametersSchema` has them; absent: {}.")
    operator: ComparisonOperator | None = strawberry.field(default=None, description="What the value has to be.")
    threshold: float | None = strawberry.field(default=None, description="What it is compared with.")
    upper_threshold: float | None = strawberry.field(default=None, description="Upper end, of BETWEEN and NOT_BETWEEN.")
    warn_threshold: float | None = strawberry.field(default=None, description="A value that misses only this one is a WARN.")
    warn_upper_threshold: float | None = strawberry.field(default=None, description="Its upper end.")
    severity: Severity = strawberry.field(default=Severity.ERROR, description="How much a failure matters.")
    filter: str | None = strawberry.field(default=None, description="SQL condition on the columns of a row.")

    def draft(self) -> definitions.Draft:
        """For the service. Raises InvalidInput."""
        definition = definitions.Definition(
            type=self.type,
            field_paths=paths_of(self.field_path, self.field_paths),
            parameters=parameters_of(self.parameters),
            operator=None if self.operator is None else spec.Operator(self.operator.name),
            threshold=self.threshold,
            upper_threshold=self.upper_threshold,
            warn_threshold=self.warn_threshold,
            warn_upper_threshold=self.warn_upper_threshold,
            severity=spec.Severity(self.severity.name),
            filter=self.filter or None,
        )
        return definitions.Draft(name=self.name, definition=definition)


@strawberry.input(description="A rule for every version of a dataset.")
class CreateQualityRuleInput(QualityRuleDraftInput):
    dataset_id: strawberry.ID = strawberry.field(description="The dataset.")
    blocks_publication: bool = strawberry.field(default=False, description="No version is published that does not pass.")
    enabled: bool = strawberry.field(default=True, description="Whether it runs by itself.")
    description: str | None = strawberry.field(default=None, description="What it is for, at most 10,000 characters.")


@strawberry.input(description="Changes of a rule. Absent: stays as it is; null removes what may be absent.")
class UpdateQualityRuleInput:
    id: strawberry.ID = strawberry.field(description="The rule.")
    name: str | None = strawberry.field(default=None, description="Name to show.")
    description: str | None = strawberry.field(default=None, description="What it is for; an empty text removes it.")
    enabled: bool | None = strawberry.field(default=None, description="Whether it runs by itself.")
    blocks_publication: bool | None = strawberry.field(
        default=None, description="Whether no version is published that does not pass."
    )
    field_path: str | None = strawberry.field(default=strawberry.UNSET, description="The column.")
    field_paths: list[str] | None = strawberry.field(default=strawberry.UNSET, description="The columns.")
    parameters: JSON | None = strawberry.field(default=strawberry.UNSET, description="All parameters anew.")
    operator: ComparisonOperator | None = strawberry.field(default=strawberry.UNSET, description="What the value has to be.")
    threshold: float | None = strawberry.field(default=strawberry.UNSET, description="What it is compared with.")
    upper_threshold: float | None = strawberry.field(default=strawberry.UNSET, description="Upper end.")
    warn_threshold: float | None = strawberry.field(default=strawberry.UNSET, description="Where a warning begins.")
    warn_upper_threshold: float | None = strawberry.field(default=strawberry.UNSET, description="Its upper end.")
    severity: Severity | None = strawberry.field(default=None, description="How much a failure matters.")
    filter: str | None = strawberry.field(default=strawberry.UNSET, description="SQL condition on the columns of a row.")

    def changes(self) -> rules.Changes:
        """For the service. Raises InvalidInput."""
        found: dict[str, object] = {}
        for name in ("threshold", "upper_threshold", "warn_threshold", "warn_upper_threshold"):
            if (number := getattr(self, name)) is not strawberry.UNSET:
                found[name] = number
        if self.filter is not strawberry.UNSET:
            found["filter"] = self.filter or None
        if self.operator is not strawberry.UNSET:
            found["operator"] = None if self.operator is None else spec.Operator(self.operator.name)
        if self.parameters is not strawberry.UNSET:
            found["parameters"] = parameters_of(self.parameters)
        if self.severity is not None:
            found["severity"] = spec.Severity(self.severity.name)
        if any(paths is not strawberry.UNSET for paths in (self.field_path, self.field_paths)):
            # UNSET is falsy, as an absent path is; an empty path is no column's name.
            found["field_paths"] = paths_of(self.field_path or None, self.field_paths or None)
        assert found.keys() <= {field.name for field in fields(definitions.Definition)}
        return rules.Changes(
            name=self.name,
            description=self.description,
            definition=found,
            blocks_publication=self.blocks_publication,
            enabled=self.enabled,
        )


def paths_of(one: str | None, several: list[str] | None) -> tuple[str, ...]:
    """The columns of an input. Raises InvalidInput: both ways were used."""
    if one is not None and several:
        raise InvalidInput(say("FIELD_PATH_OR_PATHS", "Give `fieldPath` or `fieldPaths`, not both."), path=("fieldPath",))
    return (one,) if one is not None else tuple(several or ())


def parameters_of(given: object) -> dict[str, spec.Json]:
    """The parameters of an input. Raises InvalidInput: they are no object."""
    if given is None:
        return {}
    if not isinstance(given, dict):
        raise InvalidInput(say("PARAMETERS_OBJECT", "Parameters are a JSON object."), path=("parameters",))
    return given


def rule_ids_of(given: list[strawberry.ID] | None) -> list[UUID] | None:
    """Row ids of rules. Raises InvalidInput."""
    return None if given is None else [from_id(one, "QualityRule", "ruleIds") for one in given]


@strawberry.input(description="A rule to delete.")
class DeleteQualityRuleInput:
    id: strawberry.ID = strawberry.field(description="The rule.")


@strawberry.input(description="Silence about a rule.")
class MuteQualityRuleInput:
    id: strawberry.ID = strawberry.field(description="The rule.")
    until: datetime | None = strawberry.field(description="A time to come; null ends the silence at once.")

    def moment(self) -> datetime | None:
        """In UTC. Raises InvalidInput."""
        return in_utc(self.until, "until")


@strawberry.type(description="Outcome of a mutation on a quality rule.")
class QualityRulePayload:
    rule: QualityRule | None = strawberry.field(default=None, description="The rule as it is now; null with errors.")
    errors: list[UserError] = errors_field()


@strawberry.type(description="Outcome of `deleteQualityRule`.")
class DeleteQualityRulePayload:
    deleted_id: strawberry.ID | None = strawberry.field(default=None, description="Id of the rule; null with errors.")
    errors: list[UserError] = errors_field()
