"""What a file would become, before it is uploaded."""

import base64
import binascii

import strawberry
from strawberry.scalars import JSON

from app.core.errors import InvalidInput
from app.core.phrases import say, to_json
from app.ingest.job import IngestFailure
from app.schema.phrases import Phrase
from app.schema.profiles import LogicalType, RejectedRow
from app.schema.read_options import ReadOptions, ReadOptionsInput
from app.schema.scalars import BigInt
from app.schema.versions import VersionError
from app.services.ingest.ingests import told_error
from app.services.ingest.previews import MOST_BYTES, Preview


@strawberry.input(description="The beginning of a file, and how to read it.")
class PreviewFileInput:
    head: str = strawberry.field(description="Its first bytes as base64: at most 49,152 bytes, or all of them.")
    is_whole: bool = strawberry.field(description="True: that is all of the file. False: the last line may be cut.")
    file_name: str = strawberry.field(description="Name of the file, at most 255 characters.")
    options: ReadOptionsInput | None = strawberry.field(default=None, description="What is not to be found out.")

    def parsed(self) -> bytes:
        """The bytes. Raises InvalidInput."""
        if not self.file_name or len(self.file_name) > 255 or "\x00" in self.file_name:
            raise InvalidInput(say("FILE_NAME_LENGTH", "Give a name of 1 to 255 characters."), path=("input", "fileName"))
        try:
            head = base64.b64decode(self.head, validate=True)
        except (binascii.Error, ValueError) as error:
            raise InvalidInput(say("NO_BASE64", "This is no base64."), path=("input", "head")) from error
        if not 1 <= len(head) <= MOST_BYTES:
            raise InvalidInput(
                say("PREVIEW_BYTES", "Send 1 to {most:,} bytes of the file.", most=MOST_BYTES), path=("input", "head")
            )
        return head


@strawberry.type(description="A column that a file would have.")
class PreviewColumn:
    name: str = strawberry.field(description="The column.")
    type: LogicalType = strawberry.field(description="Logical type, as far as these rows tell it.")


@strawberry.type(description="How the beginning of a file is read. Nothing of it was kept.")
class FilePreview:
    read_options: ReadOptions | None = strawberry.field(description="How it was read: found out, or as told.")
    columns: list[PreviewColumn] = strawberry.field(description="Columns; empty with an error.")
    rows: list[JSON] = strawberry.field(description="The first rows, at most 50, as `DatasetVersion.rows` gives them.")
    rejected_row_count: BigInt = strawberry.field(description="Records that could not be read.")
    rejected_rows: list[RejectedRow] = strawberry.field(description="The first of them.")
    warnings: list[str] = strawberry.field(description="What was changed or left out when it was read, for people.")
    warning_phrases: list[Phrase] = strawberry.field(description="The same for a page in another language.")
    error: VersionError | None = strawberry.field(description="Why it cannot be read; null when it can.")

    @classmethod
    def of(cls, preview: Preview) -> "FilePreview":
        """From what the reader found."""
        verdict = preview.verdict
        options = None if verdict.options is None else ReadOptions.of(vars(verdict.options))
        rejected = RejectedRow.list_of(
            [{**vars(row), "reason_phrase": to_json(row.reason)} for row in verdict.rejected_samples], masked=False
        )
        count = BigInt(verdict.rejected_row_count or 0)
        if isinstance(verdict, IngestFailure):
            return cls(
                read_options=options, columns=[], rows=[], rejected_row_count=count, rejected_rows=rejected, warnings=[], warning_phrases=[],
                error=VersionError.of(told_error(verdict.code.value, verdict.message, hint=verdict.hint, line=verdict.line)),
            )  # fmt: skip
        return cls(
            read_options=options,
            columns=[PreviewColumn(name=one.field_path, type=LogicalType(one.logical_type.value)) for one in verdict.fields],
            rows=[JSON(row) for row in preview.rows.rows] if preview.rows else [],
            rejected_row_count=count,
            rejected_rows=rejected,
            warnings=list(verdict.warnings),
            warning_phrases=list(map(Phrase.of, verdict.warnings)),
            error=None,
        )
