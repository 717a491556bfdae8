"""Where rules come from beside people: suggestions, templates, contracts."""

from typing import Annotated
from uuid import UUID

import strawberry
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.viewer import Viewer
from app.resolvers.answers import answer
from app.schema.base import After, First, Info, check_first
from app.schema.connections import Connection
from app.schema.data_contracts import DataContract, DataContractChanges, ImportDataContractInput, ImportDataContractPayload
from app.schema.ids import from_id, to_id
from app.schema.quality_rules import QualityRule, QualityRulePayload
from app.schema.rule_suggestions import (
    AcceptQualityRuleSuggestionInput,
    DismissQualityRuleSuggestionInput,
    DismissQualityRuleSuggestionPayload,
)
from app.schema.rule_templates import (
    CreateRuleTemplateInput,
    DeleteRuleTemplateInput,
    DeleteRuleTemplatePayload,
    RuleTemplate,
    RuleTemplatePayload,
    UpdateRuleTemplateInput,
)
from app.services.quality import contracts, rule_templates, suggestions
from app.services.quality import rules as quality_rules
from app.services.quality.contracts import Changes
from app.services.rate_limits import Kind


@strawberry.type
class RuleSourcesQuery:
    @strawberry.field(description="Templates of rules, by name.")
    async def rule_templates(self, info: Info, first: First, after: After = None) -> Connection[RuleTemplate]:
        check_first(first)
        assert info.context.viewer
        async with info.context.read() as connection:
            return Connection.of(await rule_templates.list_templates(connection, first=first, after=after), RuleTemplate.of)

    @strawberry.field(description="The contract of this dataset; null when there is no dataset that you may see.")
    async def data_contract(
        self, info: Info, dataset_id: Annotated[strawberry.ID, strawberry.argument(description="The dataset.")]
    ) -> DataContract | None:
        row_id = from_id(dataset_id, "Dataset", "datasetId")
        async with info.context.read() as connection:
            found = await contracts.find(connection, info.context.viewer, row_id)
        if found is None:
            return None
        hidden = await info.context.loaders.hidden_fields_by_dataset.load(row_id)
        return DataContract.of(await contracts.written(found), concealed=bool(hidden))


@strawberry.type
class RuleSourcesMutation:
    @strawberry.mutation(description="A suggested rule is one of the dataset; accepted again it is the same rule. Needs WRITE.")
    async def accept_quality_rule_suggestion(
        self, info: Info, input: Annotated[AcceptQualityRuleSuggestionInput, strawberry.argument(description="Which, and how.")]
    ) -> QualityRulePayload:
        async def done() -> QualityRulePayload:
            version_id = from_id(input.version_id, "DatasetVersion", "versionId")
            rule_id = await info.context.write(
                lambda session, viewer: suggestions.accept(session, viewer, version_id, input.key, input.acceptance())
            )
            async with info.context.read() as connection:
                return QualityRulePayload(rule=QualityRule.of(await quality_rules.get(connection, info.context.viewer, rule_id)))

        return await answer(QualityRulePayload, done())

    @strawberry.mutation(description="The suggestion is not made any more, for no version of the dataset. Needs WRITE.")
    async def dismiss_quality_rule_suggestion(
        self, info: Info, input: Annotated[DismissQualityRuleSuggestionInput, strawberry.argument(description="Which.")]
    ) -> DismissQualityRuleSuggestionPayload:
        async def done() -> DismissQualityRuleSuggestionPayload:
            dataset_id = from_id(input.dataset_id, "Dataset", "datasetId")
            await info.context.write(
                lambda session, viewer: suggestions.dismiss(session, viewer, dataset_id, input.key, dismissed=input.dismissed)
            )
            return DismissQualityRuleSuggestionPayload(key=input.key)

        return await answer(DismissQualityRuleSuggestionPayload, done())

    @strawberry.mutation(
        description="A template, whose rules all datasets with its tag, or columns of its semantic type, get within moments. For administrators."
    )
    async def create_rule_template(
        self, info: Info, input: Annotated[CreateRuleTemplateInput, strawberry.argument(description="The template.")]
    ) -> RuleTemplatePayload:
        async def done() -> RuleTemplatePayload:
            rules = [one.rule() for one in input.rules]

            async def create(session: AsyncSession, viewer: Viewer) -> UUID:
                return await rule_templates.create(
                    session, viewer, name=input.name, description=input.description, tag=input.tag,
                    semantic_type=input.semantic_type, rules=rules,
                )  # fmt: skip

            return await _template(info, await info.context.write(create))

        return await answer(RuleTemplatePayload, done())

    @strawberry.mutation(description="Changes a template; the rules that come from it follow within moments. For administrators.")
    async def update_rule_template(
        self, info: Info, input: Annotated[UpdateRuleTemplateInput, strawberry.argument(description="The changes.")]
    ) -> RuleTemplatePayload:
        async def done() -> RuleTemplatePayload:
            template_id, changes = from_id(input.id, "RuleTemplate"), input.changes()
            await info.context.write(
                lambda session, viewer: rule_templates.update_template(session, viewer, template_id, changes)
            )
            return await _template(info, template_id)

        return await answer(RuleTemplatePayload, done())

    @strawberry.mutation(
        description="The template is gone, and within moments the rules that come from it; their results stay. For administrators."
    )
    async def delete_rule_template(
        self, info: Info, input: Annotated[DeleteRuleTemplateInput, strawberry.argument(description="The template.")]
    ) -> DeleteRuleTemplatePayload:
        async def done() -> DeleteRuleTemplatePayload:
            template_id = from_id(input.id, "RuleTemplate")
            await info.context.write(lambda session, viewer: rule_templates.delete_template(session, viewer, template_id))
            return DeleteRuleTemplatePayload(deleted_id=to_id("RuleTemplate", template_id))

        return await answer(DeleteRuleTemplatePayload, done())

    @strawberry.mutation(
        description="The dataset has the rules of a contract and no other ones of its own; what else the contract says is kept. "
        "Needs WRITE; MANAGE where it changes or removes rules that block publication."
    )
    async def import_data_contract(
        self, info: Info, input: Annotated[ImportDataContractInput, strawberry.argument(description="The contract.")]
    ) -> ImportDataContractPayload:
        async def done() -> ImportDataContractPayload:
            dataset_id, text = input.dataset(), input.text()
            await info.context.limit(Kind.QUALITY_RUN)
            parsed = await contracts.parse(text, input.object_name)
            if input.dry_run:
                async with info.context.transaction() as session:
                    changes = await contracts.compare(session, info.context.viewer, dataset_id, parsed)
                return ImportDataContractPayload(changes=DataContractChanges.of(changes, applied=False))
            made: list[Changes] = []

            async def take_over(session: AsyncSession, viewer: Viewer) -> UUID:
                made.append(await contracts.take_over(session, viewer, dataset_id, parsed))
                return dataset_id

            await info.context.write(take_over)
            return ImportDataContractPayload(changes=DataContractChanges.of(made[0], applied=True) if made else None)

        return await answer(ImportDataContractPayload, done())


async def _template(info: Info, template_id: UUID) -> RuleTemplatePayload:
    async with info.context.read() as connection:
        row = await rule_templates.find(connection, template_id)
    return RuleTemplatePayload(template=None if row is None else RuleTemplate.of(row))
