"""Uploading, and what follows: retrying, publishing."""

from typing import Annotated
from uuid import UUID

import strawberry

from app.core.errors import InvalidInput
from app.core.phrases import say
from app.resolvers.answers import answer
from app.schema.base import Info, optional, required
from app.schema.ids import from_id
from app.schema.previews import FilePreview, PreviewFileInput
from app.schema.quality_rules import RuleViolation
from app.schema.uploads import (
    AbortUploadInput,
    CompleteUploadInput,
    PublishVersionInput,
    PublishVersionPayload,
    RereadVersionInput,
    RetryVersionInput,
    StartUploadInput,
    StartUploadPayload,
    Upload,
    VersionPayload,
)
from app.schema.versions import DatasetVersion
from app.services.datasets import versions
from app.services.ingest import previews, rereads
from app.services.quality.gate import GateClosed
from app.services.rate_limits import Kind
from app.services.uploads import parts, uploads


@strawberry.type
class UploadsQuery:
    @strawberry.field(
        description="An upload that you started, with fresh addresses, to go on after an interruption; null for others'."
    )
    async def upload(
        self, info: Info, id: Annotated[strawberry.ID, strawberry.argument(description="Global id.")]
    ) -> Upload | None:
        async with info.context.read() as connection:
            row = await uploads.find(connection, info.context.viewer, from_id(id, "Upload"))
        return optional(Upload.of, row)

    @strawberry.field(
        description="How the beginning of a file would be read, with options or without: a dry run of an upload. Nothing is kept."
    )
    async def preview_file(
        self, info: Info, input: Annotated[PreviewFileInput, strawberry.argument(description="The file.")]
    ) -> FilePreview:
        context = info.context
        head = input.parsed()
        options = input.options.parsed() if input.options else {}
        await context.limit(Kind.UPLOAD)
        found = await previews.preview(
            head, is_whole=input.is_whole, file_name=input.file_name, options=options, settings=context.resources.settings
        )
        return FilePreview.of(found)


@strawberry.type
class UploadsMutation:
    @strawberry.mutation(description="A new version that waits for its bytes, and one presigned address a part. Needs WRITE.")
    async def start_upload(
        self, info: Info, input: Annotated[StartUploadInput, strawberry.argument(description="The file.")]
    ) -> StartUploadPayload:
        async def done() -> StartUploadPayload:
            context = info.context
            await context.limit(Kind.UPLOAD)
            upload_id = await uploads.start(
                context.resources.db,
                context.viewer,
                from_id(input.dataset_id, "Dataset", "datasetId"),
                uploads.Declaration(
                    file_name=input.file_name,
                    size_bytes=input.size_bytes,
                    sha256=input.digest(),
                    label=input.label,
                    comment=input.comment,
                    options=input.options.parsed() if input.options else None,
                ),
                storage=context.resources.storage,
                settings=context.resources.settings,
                request=context.request,
                origin=context.origin,
            )
            async with context.read() as connection:
                row = required(await uploads.find(connection, context.viewer, upload_id))
                version = await versions.get(connection, context.viewer, row.version_id)
            return StartUploadPayload(upload=Upload.of(row), version=DatasetVersion.of(version))

        return await answer(StartUploadPayload, done())

    @strawberry.mutation(description="Says that all parts were sent. Repeating it returns the same version.")
    async def complete_upload(
        self, info: Info, input: Annotated[CompleteUploadInput, strawberry.argument(description="The parts.")]
    ) -> VersionPayload:
        async def done() -> VersionPayload:
            if len(input.parts) > parts.MAX_PARTS:
                raise InvalidInput(say("MOST_PARTS", "At most {most:,} parts.", most=parts.MAX_PARTS), path=("parts",))
            version_id = await uploads.complete(
                info.context.resources.db,
                info.context.viewer,
                from_id(input.upload_id, "Upload", "uploadId"),
                [parts.ClaimedPart(part.number, part.etag) for part in input.parts],
                storage=info.context.resources.storage,
                origin=info.context.origin,
            )
            return await _version(info, version_id)

        return await answer(VersionPayload, done())

    @strawberry.mutation(description="Gives an upload up; its parts are removed.")
    async def abort_upload(
        self, info: Info, input: Annotated[AbortUploadInput, strawberry.argument(description="The upload.")]
    ) -> VersionPayload:
        async def done() -> VersionPayload:
            upload_id = from_id(input.upload_id, "Upload", "uploadId")
            version_id = await info.context.write(lambda session, viewer: uploads.abort(session, viewer, upload_id))
            return await _version(info, version_id)

        return await answer(VersionPayload, done())

    @strawberry.mutation(
        description="Reads a FAILED or QUARANTINED version again, with other options if you give some. Needs WRITE."
    )
    async def retry_version(
        self, info: Info, input: Annotated[RetryVersionInput, strawberry.argument(description="The version.")]
    ) -> VersionPayload:
        async def done() -> VersionPayload:
            version_id = from_id(input.version_id, "DatasetVersion", "versionId")
            options = input.options.parsed() if input.options else None
            await info.context.write(lambda session, viewer: versions.retry(session, viewer, version_id, options=options))
            return await _version(info, version_id)

        return await answer(VersionPayload, done())

    @strawberry.mutation(
        description="Reads the stored file of a READY version as a new version, with other options: nothing is sent again. Needs WRITE."
    )
    async def reread_version(
        self, info: Info, input: Annotated[RereadVersionInput, strawberry.argument(description="The version and the options.")]
    ) -> VersionPayload:
        async def done() -> VersionPayload:
            version_id = from_id(input.version_id, "DatasetVersion", "versionId")
            reread_id = await info.context.write(
                lambda session, viewer: rereads.reread(
                    session,
                    viewer,
                    version_id,
                    options=input.options.parsed(),
                    label=input.label,
                    comment=input.comment,
                    settings=info.context.resources.settings,
                )
            )
            return await _version(info, reread_id)

        return await answer(VersionPayload, done())

    @strawberry.mutation(
        description="Makes a READY version the current one; the dataset becomes ACTIVE. Needs WRITE. While rules that block "
        "publication are not satisfied nothing moves and `violations` says why; with `overrideReason`, MANAGE and a fresh proof of "
        "who you are (`stepUp`) it moves all the same."
    )
    async def publish_version(
        self, info: Info, input: Annotated[PublishVersionInput, strawberry.argument(description="The version.")]
    ) -> PublishVersionPayload:
        async def done() -> PublishVersionPayload:
            version_id = from_id(input.version_id, "DatasetVersion", "versionId")
            try:
                await info.context.write(
                    lambda session, viewer: versions.publish(session, viewer, version_id, override_reason=input.override_reason)
                )
            except GateClosed as closed:
                # Data, not an error: who asked did nothing wrong, and decides what to do.
                return PublishVersionPayload(violations=[RuleViolation.of(one) for one in closed.violations])
            return PublishVersionPayload(version=(await _version(info, version_id)).version)

        return await answer(PublishVersionPayload, done())


async def _version(info: Info, version_id: UUID) -> VersionPayload:
    async with info.context.read() as connection:
        return VersionPayload(version=DatasetVersion.of(await versions.get(connection, info.context.viewer, version_id)))
