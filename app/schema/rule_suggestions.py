"""Rules that a version's profile suggests."""

from typing import cast
from uuid import UUID

import strawberry
from strawberry.scalars import JSON

from app.core.rows import AnyRow
from app.ingest.job import Field
from app.quality import spec
from app.schema.base import Info, UserError, errors_field
from app.schema.phrases import Phrase
from app.schema.quality import ComparisonOperator
from app.schema.quality_rules import Severity
from app.schema.scalars import BigInt
from app.services.quality import suggestions, tables
from app.services.quality.suggestions import Acceptance, Offer


@strawberry.type(description="A rule that a version's profile suggests, and why. Nothing is checked before somebody accepts it.")
class QualityRuleSuggestion:
    key: str = strawberry.field(description="Names it in its dataset, the same for every version.")
    name: str = strawberry.field(description="How the rule is called unless it is named when it is accepted.")
    type: str = strawberry.field(description="Name of its `QualityRuleType`.")
    field_paths: list[str] = strawberry.field(description="The columns that it is about; empty: the whole table.")
    parameters: JSON = strawberry.field(description="As its type's `parametersSchema` has them.")
    operator: ComparisonOperator | None = strawberry.field(
        description="What the value has to be; null: what its type calls normal."
    )
    threshold: float | None = strawberry.field(description="What the value is compared with; null where the type says.")
    upper_threshold: float | None = strawberry.field(description="Upper end, of BETWEEN.")
    reason: str = strawberry.field(description="Why, in a sentence, with what the profile found.")
    reason_phrase: Phrase = strawberry.field(description="`reason` for a page in another language.")
    failing_row_count: BigInt | None = strawberry.field(
        description="Rows of this version that would fail, as its profile knows it; null when it does not (`dryRunQualityRules` "
        "counts them), or when the rule is about no rows."
    )
    dismissed: bool = strawberry.field(description="True when somebody turned it down.")

    @classmethod
    def of(cls, offer: Offer) -> "QualityRuleSuggestion":
        """From the service."""
        one = offer.suggestion.spec
        return cls(
            key=offer.key, name=suggestions.name_of(offer.suggestion), type=one.type, field_paths=list(one.field_paths),
            parameters=cast(JSON, dict(one.parameters)), operator=None if one.operator is None else ComparisonOperator(one.operator.value),
            threshold=one.threshold, upper_threshold=one.upper_threshold, reason=offer.suggestion.reason,
            reason_phrase=Phrase.of(offer.suggestion.reason),
            failing_row_count=None if offer.suggestion.failing_row_count is None else BigInt(offer.suggestion.failing_row_count),
            dismissed=offer.dismissed,
        )  # fmt: skip


async def suggestions_of(
    info: Info, version_id: UUID, dataset_id: UUID, *, include_dismissed: bool
) -> list[QualityRuleSuggestion]:
    """What a version suggests; nothing about columns whose values are kept from the viewer."""
    loaders = info.context.loaders
    whole = await loaders.profile_by_version.load(version_id)
    if whole is None:
        return []
    rows = await loaders.field_profiles_by_version.load(version_id)
    fields = [_field(row) for row in await loaders.schema_fields_by_version.load(version_id)]
    existing = await loaders.slots_by_dataset.load(dataset_id)
    dismissed = [row.suggestion_id for row in await loaders.dismissed_by_dataset.load(dataset_id)]
    hidden = await loaders.hidden_fields_by_dataset.load(dataset_id)
    profile = tables.made_profile(whole, rows)
    found = suggestions.offers(dataset_id, profile, fields, existing, dismissed)
    return [
        QualityRuleSuggestion.of(one)
        for one in found
        if (include_dismissed or not one.dismissed) and hidden.isdisjoint(one.suggestion.spec.field_paths)
    ]


def _field(row: AnyRow) -> Field:
    return Field(**{name: getattr(row, name) for name in Field.__dataclass_fields__})


@strawberry.input(description="A suggested rule to take over.")
class AcceptQualityRuleSuggestionInput:
    version_id: strawberry.ID = strawberry.field(description="The version that suggests it.")
    key: str = strawberry.field(description="Of the suggestion.")
    name: str | None = strawberry.field(default=None, description="Name to show; absent: the suggestion's.")
    severity: Severity = strawberry.field(default=Severity.ERROR, description="How much a failure matters.")
    blocks_publication: bool = strawberry.field(default=False, description="No version is published that does not pass.")

    def acceptance(self) -> Acceptance:
        """For the service."""
        return Acceptance(name=self.name, severity=spec.Severity(self.severity.name), blocks_publication=self.blocks_publication)


@strawberry.input(description="A suggestion that is not wanted.")
class DismissQualityRuleSuggestionInput:
    dataset_id: strawberry.ID = strawberry.field(description="The dataset.")
    key: str = strawberry.field(description="Of the suggestion.")
    dismissed: bool = strawberry.field(default=True, description="False: it is suggested again.")


@strawberry.type(description="Outcome of `dismissQualityRuleSuggestion`.")
class DismissQualityRuleSuggestionPayload:
    key: str | None = strawberry.field(default=None, description="Of the suggestion; null with errors.")
    errors: list[UserError] = errors_field()
