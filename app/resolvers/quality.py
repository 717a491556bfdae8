"""Quality rules and their runs."""

from typing import Annotated
from uuid import UUID

import strawberry

from app.quality import catalogue
from app.resolvers.answers import answer
from app.schema.base import Info, optional
from app.schema.ids import from_id, to_id
from app.schema.quality_rules import (
    CreateQualityRuleInput,
    DeleteQualityRuleInput,
    DeleteQualityRulePayload,
    MuteQualityRuleInput,
    QualityRule,
    QualityRulePayload,
    QualityRuleType,
    UpdateQualityRuleInput,
    rule_ids_of,
)
from app.schema.quality_runs import (
    BackTestQualityRulesInput,
    DryRunQualityRulesInput,
    QualityBackTest,
    QualityBackTestPayload,
    QualityRun,
    QualityRunPayload,
    RunQualityChecksInput,
)
from app.services.quality import requests, rules, runs
from app.services.rate_limits import Kind


@strawberry.type
class QualityQuery:
    @strawberry.field(description="All types of quality rules, by name.")
    async def quality_rule_types(self, info: Info) -> list[QualityRuleType]:
        assert info.context.viewer
        return [QualityRuleType.of(one) for one in catalogue.rule_types()]

    @strawberry.field(description="The run with this id; null when there is none that you may see.")
    async def quality_run(
        self, info: Info, id: Annotated[strawberry.ID, strawberry.argument(description="Global id.")]
    ) -> QualityRun | None:
        return optional(QualityRun.of, await info.context.loaders.run_by_id.load(from_id(id, "QualityRun")))

    @strawberry.field(description="The back-test with this id; null when there is none that you may see.")
    async def quality_back_test(
        self, info: Info, id: Annotated[strawberry.ID, strawberry.argument(description="Of the back-test.")]
    ) -> QualityBackTest | None:
        batch_id = from_id(id, "QualityBackTest")
        async with info.context.read() as connection:
            rows = await runs.list_batch(connection, info.context.viewer, batch_id)
        return QualityBackTest.of(batch_id, rows) if rows else None


@strawberry.type
class QualityMutation:
    @strawberry.mutation(description="A rule for every version of a dataset, from the next run on. Needs WRITE.")
    async def create_quality_rule(
        self, info: Info, input: Annotated[CreateQualityRuleInput, strawberry.argument(description="The rule.")]
    ) -> QualityRulePayload:
        async def done() -> QualityRulePayload:
            dataset_id, draft = from_id(input.dataset_id, "Dataset", "datasetId"), input.draft()
            rule_id = await info.context.write(
                lambda session, viewer: rules.create(
                    session,
                    viewer,
                    dataset_id,
                    draft,
                    blocks_publication=input.blocks_publication,
                    enabled=input.enabled,
                    description=input.description,
                )
            )
            return await _rule(info, rule_id)

        return await answer(QualityRulePayload, done())

    @strawberry.mutation(description="Changes a rule. Needs WRITE; MANAGE for a rule that blocks publication.")
    async def update_quality_rule(
        self, info: Info, input: Annotated[UpdateQualityRuleInput, strawberry.argument(description="The changes.")]
    ) -> QualityRulePayload:
        async def done() -> QualityRulePayload:
            rule_id, changes = from_id(input.id, "QualityRule"), input.changes()
            await info.context.write(lambda session, viewer: rules.update_rule(session, viewer, rule_id, changes))
            return await _rule(info, rule_id)

        return await answer(QualityRulePayload, done())

    @strawberry.mutation(
        description="Nobody is notified of the rule until a time, which passes by itself; it runs and counts all the same. Needs WRITE."
    )
    async def mute_quality_rule(
        self, info: Info, input: Annotated[MuteQualityRuleInput, strawberry.argument(description="Which, and until when.")]
    ) -> QualityRulePayload:
        async def done() -> QualityRulePayload:
            rule_id, until = from_id(input.id, "QualityRule"), input.moment()
            await info.context.write(lambda session, viewer: rules.mute(session, viewer, rule_id, until))
            return await _rule(info, rule_id)

        return await answer(QualityRulePayload, done())

    @strawberry.mutation(description="The rule is checked no more; its results stay. Needs what `updateQualityRule` needs.")
    async def delete_quality_rule(
        self, info: Info, input: Annotated[DeleteQualityRuleInput, strawberry.argument(description="The rule.")]
    ) -> DeleteQualityRulePayload:
        async def done() -> DeleteQualityRulePayload:
            rule_id = from_id(input.id, "QualityRule")
            await info.context.write(lambda session, viewer: rules.delete(session, viewer, rule_id))
            return DeleteQualityRulePayload(deleted_id=to_id("QualityRule", rule_id))

        return await answer(DeleteQualityRulePayload, done())

    @strawberry.mutation(description="Checks a READY version now. Needs WRITE.")
    async def run_quality_checks(
        self, info: Info, input: Annotated[RunQualityChecksInput, strawberry.argument(description="What to check.")]
    ) -> QualityRunPayload:
        async def done() -> QualityRunPayload:
            version_id, rule_ids = from_id(input.version_id, "DatasetVersion", "versionId"), input.rules()
            await info.context.limit(Kind.QUALITY_RUN)
            run_id = await info.context.write(
                lambda session, viewer: requests.request(
                    session, viewer, version_id, rule_ids=rule_ids, keeps_failed_rows=input.keep_failed_rows
                )
            )
            return await _run(info, run_id)

        return await answer(QualityRunPayload, done())

    @strawberry.mutation(
        description="Tries rules on a READY version without saving them: results to look at, no metric, no incident, no effect on "
        "publication. Needs WRITE."
    )
    async def dry_run_quality_rules(
        self, info: Info, input: Annotated[DryRunQualityRulesInput, strawberry.argument(description="What to try.")]
    ) -> QualityRunPayload:
        async def done() -> QualityRunPayload:
            version_id, drafts = input.version(), [rule.draft() for rule in input.rules]
            await info.context.limit(Kind.QUALITY_RUN)
            run_id = await info.context.write(
                lambda session, viewer: requests.dry_run(
                    session, viewer, version_id, drafts, keeps_failed_rows=input.keep_failed_rows
                )
            )
            return await _run(info, run_id)

        return await answer(QualityRunPayload, done())

    @strawberry.mutation(description="Tries rules on the last versions, as `dryRunQualityRules` does on one. Needs WRITE.")
    async def back_test_quality_rules(
        self, info: Info, input: Annotated[BackTestQualityRulesInput, strawberry.argument(description="What to try.")]
    ) -> QualityBackTestPayload:
        async def done() -> QualityBackTestPayload:
            dataset_id, rule_ids = from_id(input.dataset_id, "Dataset", "datasetId"), rule_ids_of(input.rule_ids)
            drafts = None if input.rules is None else [rule.draft() for rule in input.rules]
            await info.context.limit(Kind.QUALITY_RUN)
            batch_id = await info.context.write(
                lambda session, viewer: requests.back_test(
                    session, viewer, dataset_id, drafts, rule_ids=rule_ids, version_count=input.versions
                )
            )
            async with info.context.read() as connection:
                rows = await runs.list_batch(connection, info.context.viewer, batch_id)
            return QualityBackTestPayload(back_test=QualityBackTest.of(batch_id, rows))

        return await answer(QualityBackTestPayload, done())


async def _rule(info: Info, rule_id: UUID) -> QualityRulePayload:
    async with info.context.read() as connection:
        return QualityRulePayload(rule=QualityRule.of(await rules.get(connection, info.context.viewer, rule_id)))


async def _run(info: Info, run_id: UUID) -> QualityRunPayload:
    async with info.context.read() as connection:
        return QualityRunPayload(run=QualityRun.of(await runs.get(connection, info.context.viewer, run_id)))
