"""Versions: reading them, publishing, retrying."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from app.core import ledger
from app.core.errors import Conflict, NotFound
from app.core.phrases import say
from app.core.rows import AnyRow
from app.core.viewer import Principal, Viewer
from app.ingest.compare import TableSummary
from app.ingest.job import Field, FieldProfile
from app.models.datasets import Dataset, DatasetStatus
from app.models.uploads import Upload, UploadState
from app.models.versions import DatasetVersion, FileObject, FileRole, VersionStatus
from app.services import access, audit, events
from app.services.access import Level
from app.services.accounts.step_up import require_step_up
from app.services.datasets import search
from app.services.quality import gate
from app.services.quality.gate import GateClosed

VersionRow = AnyRow

COLUMNS = (
    DatasetVersion.id, DatasetVersion.dataset_id, DatasetVersion.number, DatasetVersion.label, DatasetVersion.comment,
    DatasetVersion.status, DatasetVersion.stage, DatasetVersion.progress, DatasetVersion.error, DatasetVersion.read_options,
    DatasetVersion.row_count, DatasetVersion.column_count, DatasetVersion.rejected_row_count, DatasetVersion.rejected_samples,
    DatasetVersion.warnings, DatasetVersion.warning_phrases, DatasetVersion.manifest_sha256, DatasetVersion.created_by_id, DatasetVersion.created_at,
    DatasetVersion.ready_at, DatasetVersion.published_at, Dataset.current_version_id,
)  # fmt: skip
"""What a row of a version holds wherever one is read; always joined with its dataset."""

SMALL_FILE_BYTES = 1 << 20
"""Up to this size a file is read in seconds, however many columns it has."""
MISSING = say("NO_SUCH_VERSION", "There is no such version, or you may not see its dataset.")


async def find(session: AsyncConnection | AsyncSession, principal: Principal, version_id: UUID) -> VersionRow | None:
    """The row of a version of a visible dataset, or None."""
    statement = (
        select(*COLUMNS)
        .join(Dataset, Dataset.id == DatasetVersion.dataset_id)
        .where(DatasetVersion.id == version_id, access.visible(principal))
    )
    return (await session.execute(statement)).one_or_none()


async def get(session: AsyncConnection | AsyncSession, principal: Principal, version_id: UUID) -> VersionRow:
    """The row of a version of a visible dataset.

    Raises:
        NotFound: missing or not visible.
    """
    row = await find(session, principal, version_id)
    if row is None:
        raise NotFound(MISSING)
    return row


async def publish(session: AsyncSession, viewer: Viewer, version_id: UUID, *, override_reason: str | None = None) -> UUID:
    """The dataset is ACTIVE and this version its current one. An older version can be published again: a rollback.

    Args:
        override_reason: why it is published in spite of violations.
    Raises:
        NotFound, Forbidden: WRITE is needed, MANAGE with a reason to override.
        StepUpRequired: to override, the person has to prove again who they are.
        Conflict: the version is not READY, or its dataset is archived.
        GateClosed: rules that block publication are not satisfied.
    """
    row = await get(session, viewer, version_id)
    dataset_id = row.dataset_id
    await access.require(session, viewer, dataset_id, Level.WRITE if override_reason is None else Level.MANAGE)
    violations = [] if row.status is not VersionStatus.READY else await gate.violations(session, dataset_id, version_id)
    if violations:
        if override_reason is None:
            raise GateClosed(violations)
        reason = gate.clean_reason(override_reason)
        require_step_up(viewer)
        rules = [str(one.rule_id) for one in violations]
        await audit.record(
            session, viewer, "version.override", version_id, dataset=str(dataset_id), reason=reason, rules=rules[:100]
        )
    await move_pointer(session, viewer, dataset_id, version_id)
    return version_id


async def move_pointer(session: AsyncSession, principal: Principal, dataset_id: UUID, version_id: UUID) -> None:
    """`current_version_id` is this version; event, search document and audit record are written.

    Raises:
        Conflict: the version is not READY, or its dataset is archived.
    """
    original = (
        select(FileObject.size_bytes)
        .where(FileObject.version_id == DatasetVersion.id, FileObject.role == FileRole.ORIGINAL)
        .correlate(DatasetVersion)
        .scalar_subquery()
        .label("size_bytes")
    )
    # The version first, then its dataset, as everywhere: a worker that writes this version's progress does so too.
    version = (
        await session.execute(
            select(DatasetVersion.status, DatasetVersion.number, DatasetVersion.row_count, original)
            .where(DatasetVersion.id == version_id)
            .with_for_update(key_share=True)
        )
    ).one()
    # The dataset's row lock puts publications in one order; the version cannot leave READY but by deletion.
    status = (
        await session.execute(select(Dataset.status).where(Dataset.id == dataset_id).with_for_update(key_share=True))
    ).scalar_one()
    if version.status is not VersionStatus.READY:
        raise Conflict(
            say(
                "PUBLISH_NOT_READY",
                "Version {number} is {status}; only a READY version can be published.",
                number=version.number,
                status=version.status,
            )
        )
    if status is DatasetStatus.ARCHIVED:
        raise Conflict(say("PUBLISH_ARCHIVED", "The dataset is archived. Restore it before you publish."))
    await session.execute(update(DatasetVersion).where(DatasetVersion.id == version_id).values(published_at=func.now()))
    values: dict[str, object] = {
        "current_version_id": version_id,
        "current_row_count": version.row_count or 0,
        "current_size_bytes": version.size_bytes or 0,
        "current_published_at": func.now(),
        "updated_at": func.now(),
        "revision": Dataset.revision + 1,
    }
    if status is DatasetStatus.DRAFT:
        values["status"] = DatasetStatus.ACTIVE
    await session.execute(update(Dataset).where(Dataset.id == dataset_id).values(values))
    await events.append(session, dataset_id, version_id)
    await search.queue_index(session, dataset_id)
    await audit.record(session, principal, "version.publish", version_id, dataset=str(dataset_id), number=version.number)


async def retry(session: AsyncSession, viewer: Viewer, version_id: UUID, *, options: dict[str, object] | None) -> UUID:
    """A FAILED or QUARANTINED version is QUEUED again, read with `options` when they are given.

    Raises:
        NotFound, Forbidden: WRITE is needed.
        Conflict: it is in another state, or its bytes never arrived.
    """
    row = await get(session, viewer, version_id)
    await access.require(session, viewer, row.dataset_id, Level.WRITE)
    arrived = select(Upload.id).where(Upload.version_id == version_id, Upload.state == UploadState.COMPLETED)
    if (await session.execute(arrived)).scalar_one_or_none() is None:
        raise Conflict(say("FILE_NEVER_ARRIVED", "The file of this version never arrived. Start a new upload."))
    values: dict[str, object] = {"status": VersionStatus.QUEUED, "stage": None, "progress": 0.0, "error": None}
    if options is not None:
        values["requested_options"] = options
    moved = await session.execute(
        update(DatasetVersion)
        .where(DatasetVersion.id == version_id, DatasetVersion.status.in_([VersionStatus.FAILED, VersionStatus.QUARANTINED]))
        .values(**values, updated_at=func.now())
        .returning(DatasetVersion.id)
    )
    if moved.scalar_one_or_none() is None:
        raise Conflict(
            say(
                "RETRY_NOT_FAILED",
                "Version {number} is {status}; only a FAILED or QUARANTINED version can be tried again.",
                number=row.number,
                status=row.status,
            )
        )
    await queue_ingest(session, version_id)
    await events.append(session, row.dataset_id, version_id)
    await audit.record(session, viewer, "version.retry", version_id)
    return version_id


async def next_number(session: AsyncSession, dataset_id: UUID) -> int:
    """The number of the dataset's next version, which nobody else gets.

    Raises:
        Conflict: the dataset is archived.
    """
    row = (
        await session.execute(
            update(Dataset)
            .where(Dataset.id == dataset_id)
            .values(version_count=Dataset.version_count + 1)
            .returning(Dataset.version_count, Dataset.status)
        )
    ).one()
    if row.status is DatasetStatus.ARCHIVED:
        raise Conflict(say("UPLOAD_ARCHIVED", "The dataset is archived. Restore it before you upload."))
    return row.version_count


async def queue_ingest(session: AsyncSession, version_id: UUID) -> None:
    """The version's file will be read, once: a small one beside the large ones, which may take minutes each."""
    of_version = select(Upload.size_bytes, DatasetVersion.created_by_id).join_from(
        Upload, DatasetVersion, DatasetVersion.id == Upload.version_id
    )
    size_bytes, creator_id = (await session.execute(of_version.where(Upload.version_id == version_id))).one()
    await ledger.enqueue(
        session,
        actor="versions.ingest",
        args={"versionId": str(version_id)},
        queue="small" if size_bytes <= SMALL_FILE_BYTES else "heavy",
        dedupe_key=str(version_id),
        max_attempts=8,
        on_behalf_of=creator_id,
    )


async def find_file(session: AsyncConnection, principal: Principal, file_id: UUID) -> AnyRow | None:
    """The row of a stored file of a visible dataset, or None."""
    statement = (
        select(
            FileObject.id, FileObject.version_id, FileObject.role, FileObject.name, FileObject.object_key,
            FileObject.size_bytes, FileObject.sha256, FileObject.encoding_format,
        )
        .join(DatasetVersion, DatasetVersion.id == FileObject.version_id)
        .join(Dataset, Dataset.id == DatasetVersion.dataset_id)
        .where(FileObject.id == file_id, access.visible(principal))
    )  # fmt: skip
    return (await session.execute(statement)).one_or_none()


async def table_file(session: AsyncConnection, principal: Principal, version_id: UUID) -> AnyRow | None:
    """(object_key, size_bytes) of the columnar copy of a version of a visible dataset, or None while there is none."""
    statement = (
        select(FileObject.object_key, FileObject.size_bytes)
        .join(DatasetVersion, DatasetVersion.id == FileObject.version_id)
        .join(Dataset, Dataset.id == DatasetVersion.dataset_id)
        .where(FileObject.version_id == version_id, FileObject.role == FileRole.TABLE, access.visible(principal))
    )
    return (await session.execute(statement)).one_or_none()


def summary(version: VersionRow, fields: Sequence[VersionRow], profiles: Sequence[VersionRow]) -> TableSummary:
    """A READY version as it is compared, from its rows."""
    return TableSummary(
        row_count=version.row_count or 0,
        fields=tuple(
            Field(
                field_path=row.field_path,
                ordinal_position=row.ordinal_position,
                logical_type=row.logical_type,
                native_type=row.native_type,
                nullable=row.nullable,
            )
            for row in fields
        ),
        profiles=tuple(
            FieldProfile(**{name: getattr(row, name) for name in FieldProfile.__dataclass_fields__ if name not in _LISTS})
            for row in profiles
        ),
    )


_LISTS = ("histogram", "top_values")
