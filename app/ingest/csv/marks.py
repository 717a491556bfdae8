"""Which options no text table can be read with, whatever it holds. Needs no engine, so it can be said before a file is sent."""

from app.core.phrases import say
from app.ingest.job import IngestError, IngestErrorCode, ReadOptions


def check_marks(options: ReadOptions) -> None:
    """Refuse marks that no text table can have.

    Raises:
        IngestError: WRONG_OPTIONS.
    """
    marks = {"delimiter": options.delimiter, "quote": options.quote, "escape": options.escape}
    for name, mark in marks.items():
        if mark is not None and (len(mark) > 1 or mark in ("\r", "\n", "\x00") or (name == "delimiter" and not mark)):
            raise wrong(
                say(
                    "MARK_ONE_CHARACTER",
                    "The {name} has to be one character, and no line end; it was given as {mark!r}.",
                    name=name,
                    mark=mark,
                )
            )
    if options.delimiter and options.delimiter in (options.quote, options.escape):
        raise wrong(
            say("MARK_TWICE", "{delimiter!r} cannot be both the delimiter and the quote or escape.", delimiter=options.delimiter)
        )
    if options.header_rows not in (None, 0, 1):
        raise wrong(say("HEADER_ROWS", "A table has 0 or 1 header rows, not {header_rows}.", header_rows=options.header_rows))
    if options.skipped_rows is not None and options.skipped_rows < 0:
        raise wrong(say("SKIPPED_ROWS", "{skipped_rows} rows cannot be skipped.", skipped_rows=options.skipped_rows))
    if options.decimal_separator not in (None, ".", ","):
        raise wrong(
            say(
                "DECIMAL_SEPARATOR",
                "The decimal separator is '.' or ',', not {decimal_separator!r}.",
                decimal_separator=options.decimal_separator,
            )
        )
    if options.thousands_separator not in (None, "", ",", ".", " ", "'"):
        raise wrong(
            say(
                "THOUSANDS_SEPARATOR",
                "The thousands separator is '', ',', '.', ' ' or an apostrophe, not {thousands_separator!r}.",
                thousands_separator=options.thousands_separator,
            )
        )
    if options.decimal_separator is not None and options.decimal_separator == options.thousands_separator:
        raise wrong(
            say(
                "SEPARATORS_EQUAL",
                "{decimal_separator!r} cannot separate both decimals and thousands.",
                decimal_separator=options.decimal_separator,
            )
        )


def wrong(message: str) -> IngestError:
    """The verdict on an option."""
    return IngestError(
        IngestErrorCode.WRONG_OPTIONS,
        message,
        hint=say("HINT_CHANGE_OPTION", "Change the option, or leave it out to have it found."),
    )
