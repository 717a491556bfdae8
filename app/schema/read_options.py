"""How a file is read."""

import enum
from typing import Any

import strawberry
from strawberry.scalars import JSON

from app.core.errors import InvalidInput
from app.core.phrases import say
from app.ingest import job
from app.ingest.csv.marks import check_marks
from app.ingest.text.encoding import canonical


@strawberry.enum(description="Format of a file, found by its content.")
class FileFormat(enum.Enum):
    CSV = strawberry.enum_value("CSV", description="Delimited text of any delimiter.")
    JSON = strawberry.enum_value("JSON", description="A JSON array of objects.")
    JSON_LINES = strawberry.enum_value("JSON_LINES", description="One JSON object a line.")
    PARQUET = strawberry.enum_value("PARQUET", description="Apache Parquet.")
    ARROW = strawberry.enum_value("ARROW", description="Apache Arrow IPC, Feather.")
    XLSX = strawberry.enum_value("XLSX", description="Excel workbook.")


@strawberry.type(description="How a file was read. Null where an option has no meaning for the format.")
class ReadOptions:
    format: FileFormat | None = strawberry.field(description="Format.")
    compression: str | None = strawberry.field(description="NONE, GZIP or ZSTD.")
    encoding: str | None = strawberry.field(description="Character encoding, as utf-8, cp932, utf-16-le.")
    delimiter: str | None = strawberry.field(description="Character between cells.")
    quote: str | None = strawberry.field(description="Character around cells; empty: nothing is quoted.")
    escape: str | None = strawberry.field(description="Character before a quote inside a quoted cell; empty: quotes are doubled.")
    header_rows: int | None = strawberry.field(description="0 or 1.")
    skipped_rows: int | None = strawberry.field(description="Lines above the header that are no data.")
    decimal_separator: str | None = strawberry.field(description=say("DECIMAL_ONE_OF", "'.' or ','."))
    thousands_separator: str | None = strawberry.field(description="Empty: none.")
    null_tokens: list[str] | None = strawberry.field(description="Cells that mean 'absent'.")
    sheet: str | None = strawberry.field(description="Sheet of a workbook.")

    @classmethod
    def of(cls, stored: dict[str, Any] | None) -> "ReadOptions | None":
        """From the stored JSON."""
        if stored is None:
            return None
        values: dict[str, Any] = {name: stored.get(name) for name in cls.__annotations__}
        values["format"] = FileFormat(stored["format"]) if stored.get("format") else None
        return cls(**values)


@strawberry.input(description="How to read a file. Absent: find out.")
class ReadOptionsInput:
    format: FileFormat | None = strawberry.field(default=None, description="Format.")
    encoding: str | None = strawberry.field(default=None, description="Character encoding: utf-8, shift_jis, latin-1 ...")
    delimiter: str | None = strawberry.field(default=None, description="One character.")
    quote: str | None = strawberry.field(default=None, description="One character; empty: nothing is quoted.")
    escape: str | None = strawberry.field(default=None, description="One character; empty: quotes are doubled.")
    header_rows: int | None = strawberry.field(default=None, description="0 (no header) or 1.")
    skipped_rows: int | None = strawberry.field(default=None, description="Lines above the header that are no data.")
    decimal_separator: str | None = strawberry.field(default=None, description=say("DECIMAL_ONE_OF", "'.' or ','."))
    thousands_separator: str | None = strawberry.field(default=None, description="One of , . space ' or empty.")
    null_tokens: list[str] | None = strawberry.field(default=None, description="Cells that mean 'absent'; at most 250.")
    sheet: str | None = strawberry.field(default=None, description="Sheet of a workbook; absent: the first with data.")
    types: JSON | None = strawberry.field(
        default=None,
        description='Column -> logical type that you insist on: {"zip": "STRING"}. Cells that do not fit are rejected.',
    )

    def parsed(self) -> dict[str, object]:
        """As stored. Raises InvalidInput for values that can never be right."""
        for name in ("delimiter", "quote", "escape"):
            value = getattr(self, name)
            if value is not None and (len(value) != 1 and not (name != "delimiter" and value == "")):
                raise InvalidInput(say("ONE_CHARACTER", "Give exactly one character."), path=("options", name))
        if self.header_rows is not None and self.header_rows not in (0, 1):
            raise InvalidInput(say("ZERO_OR_ONE", "0 or 1."), path=("options", "headerRows"))
        if self.skipped_rows is not None and not 0 <= self.skipped_rows <= 1_000_000:
            raise InvalidInput(say("SKIPPED_ROWS_RANGE", "0 to 1,000,000."), path=("options", "skippedRows"))
        if self.decimal_separator is not None and self.decimal_separator not in (".", ","):
            raise InvalidInput(say("DECIMAL_ONE_OF", "'.' or ','."), path=("options", "decimalSeparator"))
        if self.thousands_separator is not None and self.thousands_separator not in ("", ",", ".", " ", "'"):
            raise InvalidInput(say("SEPARATOR_ONE_OF", "One of , . space ' or empty."), path=("options", "thousandsSeparator"))
        values: dict[str, object] = {
            name: getattr(self, name)
            for name in self.__annotations__
            if name not in ("format", "types", "null_tokens") and getattr(self, name) is not None
        }
        if any("\x00" in value for value in values.values() if isinstance(value, str)):
            raise InvalidInput(say("NUL_NOT_STORED", "NUL characters cannot be stored."), path=("options",))
        self._check_together(values)
        if self.format is not None:
            values["format"] = self.format.value
        if self.null_tokens is not None:
            if any("\x00" in token for token in self.null_tokens):
                raise InvalidInput(say("NUL_NOT_STORED", "NUL characters cannot be stored."), path=("options", "nullTokens"))
            values["null_tokens"] = self.null_tokens
        if self.types is not None:
            values["types"] = _types(self.types)
        return values

    def _check_together(self, values: dict[str, Any]) -> None:
        """What the reader would refuse, whatever the file holds, is refused before it is sent."""
        try:
            if self.encoding is not None:
                canonical(self.encoding)
        except job.IngestError as error:
            raise InvalidInput(error.message, path=("options", "encoding")) from error
        try:
            check_marks(job.ReadOptions(**values))
        except job.IngestError as error:
            raise InvalidInput(error.message, path=("options",)) from error


def _types(types: object) -> dict[str, str]:
    path = ("options", "types")
    if not isinstance(types, dict) or len(types) > 10_000:
        raise InvalidInput(say("TYPES_OBJECT", 'A JSON object of at most 10,000 columns, as {{"zip": "STRING"}}.'), path=path)
    known = {member.value for member in job.LogicalType}
    for column, wanted in types.items():
        if not isinstance(wanted, str) or wanted not in known or "\x00" in column:
            raise InvalidInput(
                say(
                    "NO_LOGICAL_TYPE",
                    "{type!r} of {column!r} is no logical type; there are: {known}.",
                    type=wanted,
                    column=column[:60],
                    known=", ".join(sorted(known)),
                ),
                path=path,
            )
    return types
