"""What a person is told of a text table that was not as it should be."""

from app.core.phrases import say
from app.ingest.csv.mend import Copy
from app.ingest.text.types import ColumnType


def of_mending(copy: Copy) -> list[str]:
    """What had to be done to the text before it could be read."""
    warnings: list[str] = []
    if copy.mended_count:
        warnings.append(
            say(
                "QUOTES_MENDED",
                "{count:,} {count:record|records} had quotes that break the rules, and were read as far as they are clear.",
                count=copy.mended_count,
            )
        )
    if copy.surplus_count:
        warnings.append(
            say(
                "SURPLUS_DELIMITERS",
                "{count:,} {count:record|records} ended in more delimiters than the table has; the empty cells were left out.",
                count=copy.surplus_count,
            )
        )
    if copy.blank_count:
        warnings.append(
            say("BLANK_LINES_LEFT_OUT", "{count:,} blank {count:line was|lines were} left out.", count=copy.blank_count)
        )
    return warnings


def of_types(names: tuple[str, ...], kinds: list[ColumnType]) -> list[str]:
    """Columns that stay text because they can be read in two ways."""
    found: list[str] = [
        say("STAYS_TEXT", "'{name}' stays text: {reason}.", name=name, reason=kind.ambiguous)
        for name, kind in zip(names, kinds, strict=True)
        if kind.ambiguous
    ]
    return found[:20]
