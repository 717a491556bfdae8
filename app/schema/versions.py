"""Versions, their files, fields, profile and rows."""

import enum
from datetime import datetime
from itertools import repeat
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

import strawberry

from app.core.phrases import from_json
from app.core.rows import AnyRow
from app.schema import downloads
from app.schema.accounts import User
from app.schema.base import Info, Node, optional, required
from app.schema.datasets import Dataset
from app.schema.ids import from_id, to_id
from app.schema.phrases import Phrase, phrase_of
from app.schema.profiles import MASKED, DatasetProfile, RejectedRow, SchemaField
from app.schema.read_options import ReadOptions
from app.schema.row_views import RowFilter, RowOrder
from app.schema.rows import RowPage, RowsAsked, read_rows
from app.schema.rule_suggestions import QualityRuleSuggestion, suggestions_of
from app.schema.scalars import BigInt
from app.services.datasets.fields import Hidden

if TYPE_CHECKING:
    from app.schema.quality_runs import QualityRun

LazyRun = Annotated["QualityRun", strawberry.lazy("app.schema.quality_runs")]


@strawberry.enum(description="State of a version.")
class VersionStatus(enum.Enum):
    AWAITING_UPLOAD = strawberry.enum_value("AWAITING_UPLOAD", description="Its bytes are on their way.")
    QUEUED = strawberry.enum_value("QUEUED", description="Waits for a worker.")
    PROCESSING = strawberry.enum_value("PROCESSING", description="A worker reads it; see `stage` and `progress`.")
    READY = strawberry.enum_value("READY", description="Read, profiled, immutable; can be published.")
    FAILED = strawberry.enum_value("FAILED", description="The file cannot be read; see `error`.")
    QUARANTINED = strawberry.enum_value("QUARANTINED", description="Reading it failed again and again on our side; see `error`.")
    EXPIRED = strawberry.enum_value("EXPIRED", description="Its bytes never arrived.")
    DELETED = strawberry.enum_value("DELETED", description="Aborted or removed.")


@strawberry.enum(description="What the worker is doing with a PROCESSING version.")
class Stage(enum.Enum):
    DOWNLOADING = strawberry.enum_value("DOWNLOADING", description="Copies it to scratch while hashing.")
    VALIDATING = strawberry.enum_value("VALIDATING", description="Finds format and types, reads every row.")
    PROFILING = strawberry.enum_value("PROFILING", description="Computes the statistics.")
    STORING = strawberry.enum_value("STORING", description="Stores the columnar copy.")


@strawberry.enum(description="What a stored file is.")
class FileRole(enum.Enum):
    ORIGINAL = strawberry.enum_value("ORIGINAL", description="The bytes as they were uploaded.")
    TABLE = strawberry.enum_value("TABLE", description="The columnar copy, Parquet.")
    REJECTS = strawberry.enum_value("REJECTS", description="The records that could not be read: line, reason, field, text.")


@strawberry.type(description="Why a version is FAILED or QUARANTINED.")
class VersionError:
    code: str = strawberry.field(description="A closed set, for programs: EMPTY_FILE, UNKNOWN_FORMAT, TOO_MANY_BAD_ROWS, ...")
    message: str = strawberry.field(description="What is wrong, for people.")
    hint: str | None = strawberry.field(description="What to do; null when nothing can be advised.")
    message_phrase: Phrase = strawberry.field(description="`message` for a page in another language.")
    hint_phrase: Phrase | None = strawberry.field(description="`hint` for a page in another language.")
    line: BigInt | None = strawberry.field(
        description="1-based line of the file (row of a format without lines); null where none can be named."
    )

    @classmethod
    def of(cls, error: dict[str, object], *, masked: bool = False) -> "VersionError":
        """From the stored JSON; masked: without what may quote a cell."""
        line = error.get("line")
        message = MASKED if masked else from_json(str(error["message"]), error.get("message_phrase"))
        hint = None if error.get("hint") is None or masked else from_json(str(error["hint"]), error.get("hint_phrase"))
        return cls(
            code=str(error["code"]),
            message=message,
            message_phrase=Phrase.of(message),
            hint=hint,
            hint_phrase=phrase_of(hint),
            line=BigInt(line) if isinstance(line, int) else None,
        )


@strawberry.type(description="A stored file (Croissant: FileObject, DCAT: Distribution).")
class FileObject(Node):
    name: str = strawberry.field(description="Name to save it under.")
    role: FileRole = strawberry.field(description="What it is.")
    encoding_format: str = strawberry.field(description="Media type.")
    size_bytes: BigInt = strawberry.field(description="Bytes.")
    sha256: str = strawberry.field(description="64 hexadecimal digits.")
    object_key: strawberry.Private[str]
    version_id: strawberry.Private[UUID]

    @classmethod
    def of(cls, row: AnyRow) -> "FileObject":
        """From a row of `files`."""
        return cls(
            id=to_id("FileObject", row.id),
            name=row.name,
            role=FileRole(row.role.value),
            encoding_format=row.encoding_format,
            size_bytes=BigInt(row.size_bytes),
            sha256=row.sha256.hex(),
            object_key=row.object_key,
            version_id=row.version_id,
        )

    @strawberry.field(description="False: a column is sensitive and you hold less than WRITE, so that `downloadUrl` is null.")
    async def downloadable(self, info: Info) -> bool:
        return not (await info.context.loaders.hidden_by_version.load(self.version_id)).texts

    @strawberry.field(
        description="Presigned address, 5 minutes; saves as an attachment. Null unless `downloadable`. Ask for it when somebody "
        "wants the file: each address that is given counts as an export and stands in the audit trail."
    )
    async def download_url(self, info: Info) -> str | None:
        if (await info.context.loaders.hidden_by_version.load(self.version_id)).texts:
            return None
        return await downloads.signed(
            info,
            self.object_key,
            file_name=self.name,
            action="download.file",
            version_id=self.version_id,
            fileId=str(from_id(self.id, "FileObject")),
            role=self.role.value,
        )


@strawberry.type(description="An immutable snapshot of a dataset's data.")
class DatasetVersion(Node):
    number: int = strawberry.field(description="1, 2, 3 ... in its dataset.")
    label: str | None = strawberry.field(description="Name given by the uploader; null when none was given.")
    comment: str | None = strawberry.field(description="What changed, by the uploader; null when nothing was said.")
    status: VersionStatus = strawberry.field(description="State.")
    stage: Stage | None = strawberry.field(description="What the worker is doing; null when none works on it.")
    progress: float = strawberry.field(description="Part of the work that is done, 0-1.")
    is_current: bool = strawberry.field(description="True for the published version of its dataset.")
    created_at: datetime = strawberry.field(description="When its upload was started.")
    ready_at: datetime | None = strawberry.field(description="When it was read; null before.")
    published_at: datetime | None = strawberry.field(description="When it was last published; null when it never was.")
    read_options: ReadOptions | None = strawberry.field(description="How the file was read: found out, or as told; null before.")
    row_count: BigInt | None = strawberry.field(description="Rows; null before READY.")
    column_count: int | None = strawberry.field(description="Columns; null before READY.")
    rejected_row_count: BigInt = strawberry.field(description="Records that could not be read and are kept in the REJECTS file.")
    manifest_sha256: str | None = strawberry.field(
        description="SHA-256 over role, SHA-256 and size of all files; null before READY."
    )
    row_id: strawberry.Private[UUID]
    dataset_id: strawberry.Private[UUID]
    creator_id: strawberry.Private[UUID]
    stored_error: strawberry.Private[dict[str, object] | None]
    stored_rejected: strawberry.Private[list[dict[str, object]] | None]
    stored_warnings: strawberry.Private[list[str]]

    @classmethod
    def of(cls, row: AnyRow) -> "DatasetVersion":
        """From a row of `dataset_versions` (services.versions.COLUMNS)."""
        return cls(
            id=to_id("DatasetVersion", row.id),
            number=row.number,
            label=row.label,
            comment=row.comment,
            status=VersionStatus(row.status.value),
            stage=Stage(row.stage.value) if row.stage else None,
            progress=row.progress,
            is_current=row.current_version_id == row.id,
            created_at=row.created_at,
            ready_at=row.ready_at,
            published_at=row.published_at,
            read_options=ReadOptions.of(row.read_options),
            row_count=row.row_count,
            column_count=row.column_count,
            rejected_row_count=BigInt(row.rejected_row_count),
            manifest_sha256=row.manifest_sha256.hex() if row.manifest_sha256 else None,
            row_id=row.id,
            dataset_id=row.dataset_id,
            creator_id=row.created_by_id,
            stored_error=row.error,
            stored_rejected=row.rejected_samples,
            stored_warnings=list(map(from_json, row.warnings, row.warning_phrases or repeat(None))),
        )

    @strawberry.field(
        description="Why it is FAILED or QUARANTINED, or what it waits for while it is PROCESSING (code WAITING); null otherwise."
    )
    async def error(self, info: Info) -> VersionError | None:
        if self.stored_error is None:
            return None
        return VersionError.of(self.stored_error, masked=(await self._hidden(info)).texts)

    @strawberry.field(description="The first rejected records, at most 100.")
    async def rejected_rows(self, info: Info) -> list[RejectedRow]:
        if not self.stored_rejected:
            return []
        return RejectedRow.list_of(self.stored_rejected, masked=(await self._hidden(info)).texts)

    @strawberry.field(description="What was changed or left out when it was read, for people.")
    async def warnings(self, info: Info) -> list[str]:
        if not self.stored_warnings:
            return []
        return [MASKED] if (await self._hidden(info)).texts else self.stored_warnings

    @strawberry.field(description="The same for a page in another language.")
    async def warning_phrases(self, info: Info) -> list[Phrase]:
        return [Phrase.of(warning) for warning in await self.warnings(info)]

    async def _hidden(self, info: Info) -> Hidden:
        return await info.context.loaders.hidden_by_version.load(self.row_id)

    @strawberry.field(
        description="How many files and checks have their turn before its file is read: those who wait take turns. Null when it "
        "does not wait."
    )
    async def tasks_ahead(self, info: Info) -> int | None:
        if self.status is not VersionStatus.QUEUED:
            return None
        return await info.context.loaders.tasks_ahead_by_version.load(self.row_id)

    @strawberry.field(description="Whose version it is.")
    async def dataset(self, info: Info) -> Dataset:
        return Dataset.of(required(await info.context.loaders.dataset_by_id.load(self.dataset_id)))

    @strawberry.field(description="Who uploaded it.")
    async def created_by(self, info: Info) -> User:
        return User.of(required(await info.context.loaders.user_by_id.load(self.creator_id)))

    @strawberry.field(
        description="The original, the columnar copy, and the rejected records if there are any; empty before READY."
    )
    async def files(self, info: Info) -> list[FileObject]:
        return [FileObject.of(row) for row in await info.context.loaders.files_by_version.load(self.row_id)]

    @strawberry.field(description="Columns in the order of the file; empty before READY.")
    async def schema_fields(self, info: Info) -> list[SchemaField]:
        return [SchemaField.of(row) for row in await info.context.loaders.schema_fields_by_version.load(self.row_id)]

    @strawberry.field(
        description="Rules that its profile suggests and that the dataset does not have; none about sensitive columns unless you "
        "hold WRITE."
    )
    async def suggested_rules(
        self,
        info: Info,
        include_dismissed: Annotated[bool, strawberry.argument(description="Those that were turned down, too.")] = False,
    ) -> list[QualityRuleSuggestion]:
        return await suggestions_of(info, self.row_id, self.dataset_id, include_dismissed=include_dismissed)

    @strawberry.field(description="Statistics of the data; null before READY.")
    async def profile(self, info: Info) -> DatasetProfile | None:
        row = await info.context.loaders.profile_by_version.load(self.row_id)
        return optional(DatasetProfile.of, row)

    @strawberry.field(description="The newest quality run on it that was no trial: its verdict; null while there is none.")
    async def latest_quality_run(self, info: Info) -> LazyRun | None:
        from app.schema.quality_runs import QualityRun

        return optional(QualityRun.of, await info.context.loaders.latest_run_by_version.load(self.row_id))

    @strawberry.field(
        description="The data itself, in the order of the file unless ordered otherwise; null before READY. Without order and "
        "filter a deep page costs what the first one costs."
    )
    async def rows(
        self,
        info: Info,
        first: Annotated[int, strawberry.argument(description="How many rows, 1-100.")],
        after: Annotated[str | None, strawberry.argument(description="`endCursor` of the page before.")] = None,
        start_row: Annotated[
            BigInt | None,
            strawberry.argument(description="Place of the first row, from 1, to jump to; not together with `after`."),
        ] = None,
        field_paths: Annotated[
            list[str] | None, strawberry.argument(description="Only these columns, in this order; at most 250.")
        ] = None,
        order_by: Annotated[
            list[RowOrder] | None,
            strawberry.argument(
                description="At most 3 columns, the first counts most. Rows that are equal stay in the order of the file; texts are "
                "put in order by their first 200 characters."
            ),
        ] = None,
        filter: Annotated[RowFilter | None, strawberry.argument(description="Conditions that every row fulfils.")] = None,
    ) -> RowPage | None:
        asked = RowsAsked(
            first=first, after=after, start_row=start_row, field_paths=field_paths, order_by=order_by, filter=filter
        )
        return await read_rows(info.context, self.row_id, self.row_count, asked)
