"""How a person says on a command line how a file is to be read."""

from collections.abc import Sequence
from enum import StrEnum
from typing import TYPE_CHECKING

from app.cli.client.errors import ClientError

if TYPE_CHECKING:
    from pydantic import JsonValue

_SPELLED = {"tab": "\t", "\\t": "\t", "space": " ", "none": "", "comma": ",", "semicolon": ";"}


class FileFormat(StrEnum):
    """Formats, as the API names them."""

    CSV = "CSV"
    JSON = "JSON"
    JSON_LINES = "JSON_LINES"
    PARQUET = "PARQUET"
    ARROW = "ARROW"
    XLSX = "XLSX"


def read_options(
    *,
    format: FileFormat | None,
    encoding: str | None,
    delimiter: str | None,
    quote: str | None,
    header: bool | None,
    skip_rows: int | None,
    decimal: str | None,
    thousands: str | None,
    null: Sequence[str],
    sheet: str | None,
    types: Sequence[str],
) -> "dict[str, JsonValue]":
    """Fields of `ReadOptionsInput`, without those that are to be found out.

    Raises:
        ClientError: a type is not given as COLUMN=TYPE.
    """
    given: dict[str, JsonValue] = {
        "format": format.value if format else None,
        "encoding": encoding,
        "delimiter": _character(delimiter),
        "quote": _character(quote),
        "headerRows": None if header is None else int(header),
        "skippedRows": skip_rows,
        "decimalSeparator": decimal,
        "thousandsSeparator": _character(thousands),
        "nullTokens": list(null) or None,
        "sheet": sheet,
        "types": _types(types) or None,
    }
    return {name: value for name, value in given.items() if value is not None}


def _character(text: str | None) -> str | None:
    """A character that a shell makes hard to type may be spelled."""
    return text if text is None else _SPELLED.get(text, text)


def _types(given: Sequence[str]) -> "dict[str, JsonValue]":
    types: dict[str, JsonValue] = {}
    for text in given:
        # A column's name may hold the sign, a type cannot.
        column, sign, wanted = text.rpartition("=")
        if not sign or not column or not wanted:
            raise ClientError(f"--type {text!r} is not COLUMN=TYPE.", hint="Give it like zip=STRING.", code="USAGE")
        types[column] = wanted.upper()
    return types
