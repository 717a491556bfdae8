"""The gate: a version is published when it satisfies every rule that blocks publication."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select, true
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.errors import DomainError, InvalidInput
from app.core.phrases import from_json, say
from app.models.quality import QualityResult, QualityRule, QualityStatus

MAX_REASON = 1_000


@dataclass(frozen=True, slots=True)
class Violation:
    """A rule that keeps a version from being published."""

    rule_id: UUID
    name: str
    status: QualityStatus
    """FAIL, ERROR, or SKIPPED for a rule that has not run on the version as it is now."""
    message: str


class GateClosed(DomainError):
    """The version does not satisfy its blocking rules; nothing moved."""

    code = "CONFLICT"

    def __init__(self, violations: Sequence[Violation]):
        super().__init__(say("GATE_REFUSES", "The version does not satisfy the rules that block its publication."))
        self.violations = tuple(violations)


async def violations(session: AsyncSession, dataset_id: UUID, version_id: UUID) -> list[Violation]:
    """What keeps the version from being published, by the name of the rule; empty when nothing does.

    The caller has decided that the dataset may be read. A rule that had nothing to compare with (SKIPPED) blocks nothing.
    """
    latest = (
        select(QualityResult.status, QualityResult.message, QualityResult.message_phrase)
        .where(
            QualityResult.rule_id == QualityRule.id,
            QualityResult.version_id == version_id,
            QualityResult.rule_revision == QualityRule.revision,
            QualityResult.counts,
        )
        .order_by(QualityResult.checked_at.desc(), QualityResult.id.desc())
        .limit(1)
        .lateral("latest")
    )
    statement = (
        select(QualityRule.id, QualityRule.name, latest.c.status, latest.c.message, latest.c.message_phrase)
        .outerjoin(latest, true())
        .where(
            QualityRule.dataset_id == dataset_id,
            QualityRule.blocks_publication,
            QualityRule.enabled,
            QualityRule.deleted_at.is_(None),
        )
        .order_by(QualityRule.name, QualityRule.id)
    )
    found = []
    for row in await session.execute(statement):
        if row.status is None:
            message = say(
                "GATE_NOT_RUN", "The rule has not run on this version as it is now. Run the quality checks, then publish."
            )
            found.append(Violation(row.id, row.name, QualityStatus.SKIPPED, message))
        elif row.status in (QualityStatus.FAIL, QualityStatus.ERROR):
            found.append(Violation(row.id, row.name, row.status, from_json(row.message, row.message_phrase)))
    return found


def clean_reason(reason: str) -> str:
    """Why somebody publishes in spite of violations. Raises InvalidInput: nothing is said, or too much."""
    cleaned = reason.replace("\x00", "").strip()
    if not 1 <= len(cleaned) <= MAX_REASON:
        raise InvalidInput(
            say("OVERRIDE_REASON", "Give a reason of 1 to {most:,} characters.", most=MAX_REASON), path=("overrideReason",)
        )
    return cleaned
