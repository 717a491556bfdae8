"""Quality runs that somebody asks for: of a version, of rules that nobody has saved, of the last versions."""

from collections.abc import Sequence
from uuid import UUID

import orjson
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.errors import Conflict, InvalidInput
from app.core.ids import uuid7
from app.core.phrases import say
from app.core.viewer import Viewer
from app.ingest.job import Field
from app.models.quality import QualityRule, RunTrigger
from app.models.versions import DatasetVersion, VersionStatus
from app.services import access, audit
from app.services.access import Level
from app.services.datasets import versions
from app.services.quality import definitions
from app.services.quality.definitions import Draft
from app.services.quality.runs import has_rules, queue

MAX_RULES_OF_RUN = 250
"""That one request names; a run of all rules of a dataset has no such bound."""
MAX_DRAFTS = 20
MAX_BACK_TEST = 50
"""Versions of one back-test."""


async def request(
    session: AsyncSession,
    viewer: Viewer,
    version_id: UUID,
    *,
    rule_ids: Sequence[UUID] | None = None,
    keeps_failed_rows: bool = False,
) -> UUID:
    """A run by hand of all enabled rules, or of those that are named, on a READY version.

    Raises:
        NotFound, Forbidden: WRITE is needed.
        Conflict: the version is not READY. InvalidInput: a rule is none of the dataset, or there is none to run.
    """
    dataset_id = await _ready_version(session, viewer, version_id)
    if rule_ids is not None:
        await require_rules(session, dataset_id, rule_ids)
    elif not await has_rules(session, dataset_id):
        raise Conflict(say("NO_ENABLED_RULE", "The dataset has no enabled quality rule. Create one first."))
    run_id = await queue(
        session, dataset_id, version_id, RunTrigger.MANUAL, rule_ids=rule_ids, keeps_failed_rows=keeps_failed_rows,
        requested_by_id=viewer.id,
    )  # fmt: skip
    await audit.record(session, viewer, "quality_run.request", run_id, dataset=str(dataset_id), version=str(version_id))
    return run_id


async def dry_run(
    session: AsyncSession, viewer: Viewer, version_id: UUID, drafts: Sequence[Draft], *, keeps_failed_rows: bool = False
) -> UUID:
    """A run of rules that nobody has saved: results to look at, and nothing else.

    Raises:
        NotFound, Forbidden, Conflict: see `request`. InvalidInput: a rule could not run on this version, or there are too many.
    """
    dataset_id = await _ready_version(session, viewer, version_id)
    stored = await _stored(drafts, await definitions.fields_of(session, version_id))
    run_id = await queue(
        session, dataset_id, version_id, RunTrigger.DRY_RUN, drafts=stored, keeps_failed_rows=keeps_failed_rows,
        requested_by_id=viewer.id,
    )  # fmt: skip
    await audit.record(session, viewer, "quality_run.dry_run", run_id, dataset=str(dataset_id), version=str(version_id))
    return run_id


async def back_test(
    session: AsyncSession,
    viewer: Viewer,
    dataset_id: UUID,
    drafts: Sequence[Draft] | None,
    *,
    rule_ids: Sequence[UUID] | None = None,
    version_count: int,
) -> UUID:
    """Rules are tried on the last READY versions, one run each; returns the id of the batch.

    Args:
        drafts: rules that nobody has saved; None: those of `rule_ids`.
    Raises:
        NotFound, Forbidden: WRITE is needed. InvalidInput: no rule, or one that could never run; too many versions.
        Conflict: no version is READY.
    """
    await access.require(session, viewer, dataset_id, Level.WRITE)
    if not 1 <= version_count <= MAX_BACK_TEST:
        raise InvalidInput(say("BACK_TEST_VERSIONS", "Give 1 to {most} versions.", most=MAX_BACK_TEST), path=("versions",))
    if (drafts is None) == (rule_ids is None):
        raise InvalidInput(say("RULES_OR_IDS", "Give `rules` or `ruleIds`."), path=("rules",))
    if rule_ids is not None:
        await require_rules(session, dataset_id, rule_ids)
    # Not against columns: an earlier version may have others, and then the rule's result there says so.
    stored = None if drafts is None else await _stored(drafts, None)
    newest = (
        select(DatasetVersion.id)
        .where(DatasetVersion.dataset_id == dataset_id, DatasetVersion.status == VersionStatus.READY)
        .order_by(DatasetVersion.number.desc())
        .limit(version_count)
    )
    version_ids = list((await session.execute(newest)).scalars())
    if not version_ids:
        raise Conflict(say("NO_READY_VERSION", "The dataset has no READY version to try the rules on."))
    batch_id = uuid7()
    for version_id in version_ids:
        await queue(
            session, dataset_id, version_id, RunTrigger.BACK_TEST, rule_ids=rule_ids, drafts=stored, requested_by_id=viewer.id,
            batch_id=batch_id,
        )  # fmt: skip
    await audit.record(session, viewer, "quality_back_test.request", batch_id, dataset=str(dataset_id), versions=len(version_ids))
    return batch_id


async def require_rules(session: AsyncSession, dataset_id: UUID, rule_ids: Sequence[UUID]) -> None:
    """The rules are all of this dataset, of which the caller has decided. Raises InvalidInput."""
    if not 1 <= len(rule_ids) <= MAX_RULES_OF_RUN:
        raise InvalidInput(
            say("RULES_OF_RUN", "Name 1 to {most} rules, or none for all that are enabled.", most=MAX_RULES_OF_RUN),
            path=("ruleIds",),
        )
    statement = select(QualityRule.id).where(
        QualityRule.dataset_id == dataset_id, QualityRule.id.in_(rule_ids), QualityRule.deleted_at.is_(None)
    )
    if set(rule_ids) - set((await session.execute(statement)).scalars()):
        raise InvalidInput(say("RULE_NOT_OF_DATASET", "A rule is none of this dataset, or was deleted."), path=("ruleIds",))


async def _ready_version(session: AsyncSession, viewer: Viewer, version_id: UUID) -> UUID:
    version = await versions.get(session, viewer, version_id)
    await access.require(session, viewer, version.dataset_id, Level.WRITE)
    if version.status is not VersionStatus.READY:
        raise Conflict(
            say(
                "CHECK_NOT_READY",
                "Version {number} is {status}; only a READY version can be checked.",
                number=version.number,
                status=version.status,
            )
        )
    return version.dataset_id


async def _stored(drafts: Sequence[Draft], known: Sequence[Field] | None) -> list[object]:
    if not 1 <= len(drafts) <= MAX_DRAFTS:
        raise InvalidInput(say("DRAFT_RULES", "Give 1 to {most} rules.", most=MAX_DRAFTS), path=("rules",))
    for draft in drafts:
        await definitions.check_definition(draft.definition, known)
    return [
        {"name": definitions.clean_name(one.name), "spec": orjson.loads(orjson.dumps(one.definition.spec("")))} for one in drafts
    ]
