"""What a person is told of a text table that was not as it should be."""

from collections.abc import Sequence
from pathlib import Path

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


def of_types(names: Sequence[str], kinds: Sequence[ColumnType]) -> list[str]:
    """Columns that stay text because they can be read in two ways."""
    found: list[str] = [
        say("STAYS_TEXT", "'{name}' stays text: {reason}.", name=name, reason=kind.ambiguous)
        for name, kind in zip(names, kinds, strict=True)
        if kind.ambiguous
    ]
    return found[:20]


def of_little(row_count: int, names: Sequence[str], *, has_header: bool) -> list[str]:
    """What the only line of a file was taken for."""
    if has_header and not row_count:
        return [
            say(
                "ONLY_A_HEADER",
                "The only line, '{line}', was taken for the header, so that the table has no rows. If it is a row, give 0 header rows.",
                line=_shown(", ".join(names)),
            )
        ]
    if not has_header and row_count == 1:
        return [say("ONLY_A_ROW", "The only line was taken for a row, and columns have numbers for names.")]
    return []


def of_name(file_name: str) -> list[str]:
    """That a text was not what its name says."""
    suffixes = [suffix for suffix in Path(file_name.lower()).suffixes if suffix in (".json", ".jsonl", ".ndjson", ".geojson")]
    if not suffixes:
        return []
    return [
        say(
            "NAMED_JSON",
            "The file is called {suffix}, but holds neither objects nor an array of JSON: it was read as lines of delimited text.",
            suffix=suffixes[-1],
        )
    ]


def of_alignment(columns: int, width: int) -> list[str]:
    """That a table of one column looks like one of several."""
    if width > 1 or not columns:
        return []
    return [
        say(
            "ALIGNED_BY_SPACES",
            "Spaces align what looks like {count} columns, read as one. {way_out}",
            count=columns,
            way_out=WAY_OUT,
        )
    ]


WAY_OUT = say(
    "HINT_ALIGNED", "Only a character between cells delimits them: write the file with commas or tabs, then upload it again."
)


def _shown(text: str) -> str:
    return text if len(text) <= 60 else text[:60] + "..."
