"""Templates of rules."""

from datetime import datetime
from typing import cast
from uuid import UUID

import strawberry
from strawberry.scalars import JSON

from app.core.rows import AnyRow
from app.schema.accounts import User
from app.schema.base import Info, Node, UserError, errors_field, optional
from app.schema.datasets import Dataset
from app.schema.ids import from_id, to_id
from app.schema.quality import ComparisonOperator
from app.schema.quality_rules import QualityRuleDraftInput, Severity
from app.services.quality import rule_templates


@strawberry.type(description="A rule of a template.")
class RuleTemplateRule:
    id: strawberry.ID = strawberry.field(
        description="For `RuleTemplateRuleInput.id`: so its rules on datasets stay the same ones."
    )
    name: str = strawberry.field(description="Name to show.")
    description: str | None = strawberry.field(description="What it is for.")
    type: str = strawberry.field(description="Name of its `QualityRuleType`.")
    field_paths: list[str] = strawberry.field(
        description="The columns that it is about; empty: the whole table, or the column of the template's semantic type."
    )
    parameters: JSON = strawberry.field(description="As its type's `parametersSchema` has them.")
    operator: ComparisonOperator | None = strawberry.field(description="What the value has to be.")
    threshold: float | None = strawberry.field(description="What the value is compared with.")
    upper_threshold: float | None = strawberry.field(description="Upper end, of BETWEEN and NOT_BETWEEN.")
    warn_threshold: float | None = strawberry.field(description="A value that misses only this one is a WARN.")
    warn_upper_threshold: float | None = strawberry.field(description="Its upper end.")
    severity: Severity = strawberry.field(description="How much a failure matters.")
    filter: str | None = strawberry.field(description="SQL condition on the columns of a row.")
    blocks_publication: bool = strawberry.field(description="True: no version is published that it does not pass.")

    @classmethod
    def of(cls, row: AnyRow) -> "RuleTemplateRule":
        """From a row of `rule_template_rules`."""
        return cls(
            id=to_id("RuleTemplateRule", row.id), name=row.name, description=row.description, type=row.type,
            field_paths=list(row.field_paths), parameters=cast(JSON, row.parameters),
            operator=None if row.operator is None else ComparisonOperator(row.operator.value), threshold=row.threshold,
            upper_threshold=row.upper_threshold, warn_threshold=row.warn_threshold, warn_upper_threshold=row.warn_upper_threshold,
            severity=Severity(row.severity.value), filter=row.filter, blocks_publication=row.blocks_publication,
        )  # fmt: skip


@strawberry.type(description="Rules for all datasets with a tag, or all columns of a semantic type. Administrators keep them.")
class RuleTemplate(Node):
    name: str = strawberry.field(description="Unique.")
    description: str | None = strawberry.field(description="What it is for; null when nobody has written it.")
    tag: str | None = strawberry.field(description="Datasets with this tag have its rules; null for one of a semantic type.")
    semantic_type: str | None = strawberry.field(
        description="Columns of this semantic type, in any case, of the newest version have its rules; null for one of a tag."
    )
    enabled: bool = strawberry.field(description="False: no dataset has its rules.")
    deleted: bool = strawberry.field(description="True for a template that only the results of its rules still name.")
    created_at: datetime = strawberry.field(description="When it was created.")
    updated_at: datetime = strawberry.field(description="When it was last changed.")
    row: strawberry.Private[AnyRow]

    @classmethod
    def of(cls, row: AnyRow) -> "RuleTemplate":
        """From a row of `rule_templates` (services.rule_templates.COLUMNS)."""
        return cls(
            id=to_id("RuleTemplate", row.id), name=row.name, description=row.description, tag=row.tag,
            semantic_type=row.semantic_type, enabled=row.enabled, deleted=row.deleted_at is not None, created_at=row.created_at,
            updated_at=row.updated_at, row=row,
        )  # fmt: skip

    @strawberry.field(description="Its rules, in order; at most 50.")
    async def rules(self, info: Info) -> list[RuleTemplateRule]:
        return [RuleTemplateRule.of(row) for row in await info.context.loaders.rules_by_template.load(self.row.id)]

    @strawberry.field(description="How many datasets that you may see have rules of it now.")
    async def dataset_count(self, info: Info) -> int:
        row = await info.context.loaders.reach_by_template.load(self.row.id)
        return 0 if row is None else row.datasets

    @strawberry.field(description="The datasets that you may see and that have rules of it now, by name; the first 100.")
    async def datasets(self, info: Info) -> list[Dataset]:
        return [Dataset.of(row) for row in await info.context.loaders.datasets_by_template.load(self.row.id)]

    @strawberry.field(description="How many rules of datasets that you may see come from it now.")
    async def rule_count(self, info: Info) -> int:
        row = await info.context.loaders.reach_by_template.load(self.row.id)
        return 0 if row is None else row.rules

    @strawberry.field(description="Who made it; null when the account is gone.")
    async def created_by(self, info: Info) -> User | None:
        if self.row.created_by_id is None:
            return None
        return optional(User.of, await info.context.loaders.user_by_id.load(self.row.created_by_id))


@strawberry.input(description="A rule of a template as it shall be.")
class RuleTemplateRuleInput(QualityRuleDraftInput):
    id: strawberry.ID | None = strawberry.field(default=None, description="Of the rule that is changed; absent: a new rule.")
    description: str | None = strawberry.field(default=None, description="What it is for, at most 10,000 characters.")
    blocks_publication: bool = strawberry.field(default=False, description="No version is published that does not pass.")

    def rule(self) -> rule_templates.TemplateRule:
        """For the service. Raises InvalidInput."""
        rule_id: UUID | None = None if self.id is None else from_id(self.id, "RuleTemplateRule", "rules", "id")
        return rule_templates.TemplateRule(
            id=rule_id, draft=self.draft(), description=self.description, blocks_publication=self.blocks_publication
        )


@strawberry.input(description="A template of rules, bound to a tag or a semantic type.")
class CreateRuleTemplateInput:
    name: str = strawberry.field(description="Unique, 1-255 characters.")
    description: str | None = strawberry.field(default=None, description="What it is for.")
    tag: str | None = strawberry.field(default=None, description="All datasets with this tag,")
    semantic_type: str | None = strawberry.field(default=None, description="or all columns of this semantic type.")
    rules: list[RuleTemplateRuleInput] = strawberry.field(
        description="1 to 50. Those of a semantic type name no field: they are about each column of the type."
    )


@strawberry.input(description="Changes of a template. Absent: stays as it is.")
class UpdateRuleTemplateInput:
    id: strawberry.ID = strawberry.field(description="The template.")
    name: str | None = strawberry.field(default=None, description="Unique.")
    description: str | None = strawberry.field(default=None, description="What it is for; an empty text removes it.")
    enabled: bool | None = strawberry.field(default=None, description="False: no dataset has its rules.")
    rules: list[RuleTemplateRuleInput] | None = strawberry.field(
        default=None, description="All rules, in order: those with `id` are changed, those without are new, all others go."
    )

    def changes(self) -> rule_templates.Changes:
        """For the service. Raises InvalidInput."""
        return rule_templates.Changes(
            name=self.name,
            description=self.description,
            enabled=self.enabled,
            rules=None if self.rules is None else [one.rule() for one in self.rules],
        )


@strawberry.input(description="A template to delete.")
class DeleteRuleTemplateInput:
    id: strawberry.ID = strawberry.field(description="The template.")


@strawberry.type(description="Outcome of a mutation on a template.")
class RuleTemplatePayload:
    template: RuleTemplate | None = strawberry.field(
        default=None, description="The template as it is now; datasets follow within moments. Null with errors."
    )
    errors: list[UserError] = errors_field()


@strawberry.type(description="Outcome of `deleteRuleTemplate`.")
class DeleteRuleTemplatePayload:
    deleted_id: strawberry.ID | None = strawberry.field(default=None, description="Id of the template; null with errors.")
    errors: list[UserError] = errors_field()
