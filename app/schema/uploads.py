"""Uploads: multipart uploads straight to object storage."""

from datetime import UTC, datetime

import strawberry

from app.core.errors import InvalidInput, NotFound
from app.core.phrases import say
from app.core.rows import AnyRow
from app.schema.base import Info, Node, UserError, errors_field
from app.schema.ids import to_id
from app.schema.quality_rules import RuleViolation
from app.schema.read_options import ReadOptionsInput
from app.schema.scalars import BigInt
from app.schema.versions import DatasetVersion


@strawberry.type(description="A header to send.")
class HttpHeader:
    name: str = strawberry.field(description="Name.")
    value: str = strawberry.field(description="Value.")


@strawberry.type(description="A part to PUT.")
class UploadPart:
    number: int = strawberry.field(description="From 1.")
    url: str = strawberry.field(description="Presigned address for one PUT of the part's bytes; ends with the upload.")
    headers: list[HttpHeader] = strawberry.field(description="Headers to send with it, beside Content-Length.")


@strawberry.type(description="A file on its way to object storage.")
class Upload(Node):
    file_name: str = strawberry.field(description="Name of the file.")
    size_bytes: BigInt = strawberry.field(description="Declared size.")
    part_size_bytes: BigInt = strawberry.field(description="Size of every part but the last.")
    expires_at: datetime = strawberry.field(description="When parts and upload are thrown away.")
    row: strawberry.Private[AnyRow]

    @classmethod
    def of(cls, row: AnyRow) -> "Upload":
        """From a row of `uploads`."""
        return cls(
            id=to_id("Upload", row.id),
            file_name=row.file_name,
            size_bytes=BigInt(row.size_bytes),
            part_size_bytes=BigInt(row.part_size_bytes),
            expires_at=row.expires_at,
            row=row,
        )

    @strawberry.field(description="Parts that arrived, for resuming after an interruption.")
    async def stored_parts(self, info: Info) -> list["StoredPart"]:
        try:
            parts = await info.context.resources.storage.list_parts(self.row.object_key, self.row.storage_upload_id)
        except NotFound:  # completed or aborted: there is nothing to resume
            return []
        newest = {part.number: part for part in parts}
        return [StoredPart(number=part.number, etag=part.etag, size_bytes=BigInt(part.size_bytes)) for part in newest.values()]

    @strawberry.field(description="Every part, at most 1,000. PUT each, keep the ETag of the answer.")
    async def parts(self, info: Info) -> list[UploadPart]:
        seconds = max(60, min(int((self.expires_at - datetime.now(UTC)).total_seconds()), 7 * 86_400))
        urls = await info.context.resources.storage.sign_parts(
            self.row.object_key, self.row.storage_upload_id, self.row.part_count, expires_seconds=seconds
        )
        return [UploadPart(number=number, url=url, headers=[]) for number, url in enumerate(urls, 1)]


@strawberry.input(description="A file that will be uploaded.")
class StartUploadInput:
    dataset_id: strawberry.ID = strawberry.field(description="The dataset that gets a new version.")
    file_name: str = strawberry.field(description="Name of the file, at most 255 characters.")
    size_bytes: BigInt = strawberry.field(description="Its exact size.")
    sha256: str | None = strawberry.field(default=None, description="64 hexadecimal digits; compared with what arrives.")
    label: str | None = strawberry.field(default=None, description="Name of the version, at most 100 characters.")
    comment: str | None = strawberry.field(default=None, description="What changed, at most 10,000 characters.")
    options: ReadOptionsInput | None = strawberry.field(default=None, description="How to read the file; absent: find out.")

    def digest(self) -> bytes | None:
        """The SHA-256 as 32 bytes. Raises InvalidInput."""
        if self.sha256 is None:
            return None
        try:
            digest = bytes.fromhex(self.sha256)
        except ValueError:
            digest = b""
        if len(digest) != 32:
            raise InvalidInput(say("SHA256_DIGITS", "A SHA-256 has 64 hexadecimal digits."), path=("sha256",))
        return digest


@strawberry.input(description="A part that was stored.")
class CompletedPartInput:
    number: int = strawberry.field(description="From 1.")
    etag: str = strawberry.field(description="ETag header of the answer to its PUT, with or without quotes.")


@strawberry.input(description="All parts of an upload.")
class CompleteUploadInput:
    upload_id: strawberry.ID = strawberry.field(description="The upload.")
    parts: list[CompletedPartInput] = strawberry.field(description="Every part once, in any order; at most 1,000.")


@strawberry.input(description="An upload to give up.")
class AbortUploadInput:
    upload_id: strawberry.ID = strawberry.field(description="The upload.")


@strawberry.input(description="A version to read again.")
class RetryVersionInput:
    version_id: strawberry.ID = strawberry.field(description="A FAILED or QUARANTINED version.")
    options: ReadOptionsInput | None = strawberry.field(default=None, description="Other options than before; absent: the same.")


@strawberry.input(description="A version whose file is to be read as another version.")
class RereadVersionInput:
    version_id: strawberry.ID = strawberry.field(description="A READY version. It stays as it is.")
    options: ReadOptionsInput = strawberry.field(description="How the file is to be read this time; what is absent is found out.")
    label: str | None = strawberry.field(default=None, description="Name of the new version, at most 100 characters.")
    comment: str | None = strawberry.field(default=None, description="Why, at most 10,000 characters.")


@strawberry.input(description="A version to publish.")
class PublishVersionInput:
    version_id: strawberry.ID = strawberry.field(description="A READY version; an older one is a rollback.")
    override_reason: str | None = strawberry.field(
        default=None, description="Publish in spite of violations: needs MANAGE, is audited; at most 1,000 characters."
    )


@strawberry.type(description="Outcome of `startUpload`.")
class StartUploadPayload:
    upload: Upload | None = strawberry.field(default=None, description="Where to send the parts; null with errors.")
    version: DatasetVersion | None = strawberry.field(default=None, description="The version that waits; null with errors.")
    errors: list[UserError] = errors_field()


@strawberry.type(description="A part that the store holds already.")
class StoredPart:
    number: int = strawberry.field(description="From 1.")
    etag: str = strawberry.field(description="For `completeUpload`.")
    size_bytes: BigInt = strawberry.field(description="Bytes.")


@strawberry.type(description="Outcome of `publishVersion`.")
class PublishVersionPayload:
    version: DatasetVersion | None = strawberry.field(default=None, description="The published version; null when it was not.")
    violations: list[RuleViolation] = strawberry.field(
        default_factory=list, description="Blocking rules that the version does not satisfy; then nothing moved."
    )
    errors: list[UserError] = errors_field()


@strawberry.type(description="Outcome of a mutation on a version.")
class VersionPayload:
    version: DatasetVersion | None = strawberry.field(default=None, description="The version as it is now; null with errors.")
    errors: list[UserError] = errors_field()
