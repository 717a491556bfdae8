"""Rules that a version's profile suggests: shown, accepted one by one, or turned down for good."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID, uuid5

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.errors import Conflict, InvalidInput, NotFound
from app.core.phrases import say
from app.core.rows import AnyRow
from app.core.viewer import Viewer
from app.ingest.job import Field, TableProfile
from app.models.datasets import Dataset
from app.models.quality import QualityRule
from app.models.rule_sources import DismissedSuggestion
from app.quality.spec import Severity
from app.quality.suggestions import Suggestion, suggest
from app.services import access, audit, texts
from app.services.access import Level
from app.services.datasets import versions
from app.services.quality import rules, tables
from app.services.quality.definitions import Definition, Draft, fields_of

MAX_KEY = 2_000
Slot = tuple[str, tuple[str, ...]]
"""Type and columns of a rule: what there is already is not suggested again, whatever its parameters."""


@dataclass(frozen=True, kw_only=True)
class Offer:
    """A suggestion as its dataset stands to it."""

    suggestion: Suggestion
    dismissed: bool

    @property
    def key(self) -> str:
        """Names it in its dataset, the same for every version."""
        return self.suggestion.spec.id


@dataclass(frozen=True, kw_only=True)
class Acceptance:
    """How a suggested rule is taken over."""

    name: str | None = None
    """None: made of its type and column."""
    severity: Severity = Severity.ERROR
    blocks_publication: bool = False


def offers(
    dataset_id: UUID, profile: TableProfile, fields: Sequence[Field], existing: Iterable[AnyRow], dismissed: Iterable[UUID]
) -> list[Offer]:
    """What is still to be decided, and what was turned down.

    Args:
        existing: rules of the dataset, with `type` and `field_paths`.
    """
    slots = _taken(existing)
    ids = set(dismissed)
    return [
        Offer(suggestion=one, dismissed=suggestion_id(dataset_id, one.spec.id) in ids)
        for one in suggest(profile, fields)
        if (one.spec.type, one.spec.field_paths) not in slots
    ]


def suggestion_id(dataset_id: UUID, key: str) -> UUID:
    """What a dismissal is stored under."""
    return uuid5(dataset_id, key)


def name_of(suggestion: Suggestion) -> str:
    """How the rule is called unless somebody names it."""
    field = suggestion.spec.field_paths[0] if suggestion.spec.field_paths else ""
    return f"{field[:200]} {suggestion.spec.type.replace('_', ' ')}".strip()


async def accept(session: AsyncSession, viewer: Viewer, version_id: UUID, key: str, acceptance: Acceptance) -> UUID:
    """The rule is one of the dataset. Accepting it again gives the same rule.

    Raises:
        NotFound, Forbidden: WRITE is needed, or the profile does not suggest this. Conflict: the version has no profile.
    """
    version = await versions.get(session, viewer, version_id)
    dataset_id = version.dataset_id
    await access.require(session, viewer, dataset_id, Level.WRITE)
    # Of two at the same time the second finds what the first has made.
    await session.execute(select(Dataset.id).where(Dataset.id == dataset_id).with_for_update(key_share=True))
    profile = await tables.profile_of(session, version_id)
    if profile is None:
        raise Conflict(
            say(
                "SUGGEST_NOT_READY",
                "Version {number} is {status}; only a READY version suggests rules.",
                number=version.number,
                status=version.status,
            )
        )
    found = {one.spec.id: one for one in suggest(profile, await fields_of(session, version_id))}
    if key not in found:
        raise NotFound(
            say("NO_SUCH_SUGGESTION", "Nothing is suggested as {key!r} for this version.", key=key[:60]), path=("key",)
        )
    spec = found[key].spec
    same = select(QualityRule.id).where(
        QualityRule.dataset_id == dataset_id, QualityRule.deleted_at.is_(None), QualityRule.type == spec.type,
        QualityRule.field_paths == list(spec.field_paths),
    )  # fmt: skip
    existing: UUID | None = await session.scalar(same.order_by(QualityRule.id).limit(1))
    if existing is not None:
        return existing
    definition = Definition(
        type=spec.type, field_paths=spec.field_paths, parameters=spec.parameters, operator=spec.operator,
        threshold=spec.threshold, upper_threshold=spec.upper_threshold, severity=acceptance.severity,
    )  # fmt: skip
    draft = Draft(name=acceptance.name or name_of(found[key]), definition=definition)
    return await rules.create(
        session, viewer, dataset_id, draft, blocks_publication=acceptance.blocks_publication, description=found[key].reason
    )


async def dismiss(session: AsyncSession, viewer: Viewer, dataset_id: UUID, key: str, *, dismissed: bool) -> UUID:
    """The suggestion is not made any more, for no version; or it is made again. Returns the dataset's id.

    Raises:
        NotFound, Forbidden: WRITE is needed. InvalidInput: it is no key.
    """
    await access.require(session, viewer, dataset_id, Level.WRITE)
    if not 1 <= len(texts.reject_nul(key, "key")) <= MAX_KEY:
        raise InvalidInput(say("SUGGESTION_KEY", "Give the `key` of a suggestion."), path=("key",))
    row_id = suggestion_id(dataset_id, key)
    if dismissed:
        row = {"dataset_id": dataset_id, "suggestion_id": row_id, "dismissed_by_id": viewer.id}
        await session.execute(insert(DismissedSuggestion).values(row).on_conflict_do_nothing())
    else:
        await session.execute(
            delete(DismissedSuggestion).where(
                DismissedSuggestion.dataset_id == dataset_id, DismissedSuggestion.suggestion_id == row_id
            )
        )
    await audit.record(session, viewer, "dataset.dismiss_suggestion", dataset_id, key=key[:200], dismissed=dismissed)
    return dataset_id


def _taken(existing: Iterable[AnyRow]) -> set[Slot]:
    found: set[Slot] = set()
    for row in existing:
        found.add((row.type, tuple(row.field_paths)))
        if row.type == "primary_key" and len(row.field_paths) == 1:
            # A key is neither absent nor repeated.
            found |= {("nulls", tuple(row.field_paths)), ("unique", tuple(row.field_paths))}
    return found
