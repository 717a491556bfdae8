"""How an upload ended: for a person, and as one line of JSON for a program."""

import json
from collections.abc import Iterator
from pathlib import Path

from app.cli.client.answers import ReadOptions, Version
from app.cli.client.errors import ClientError
from app.cli.client.uploads import Outcome

SHOWN_REJECTS = 10
_NAMES = {"\t": "tab", " ": "space", ",": "comma", ";": "semicolon", "|": "bar", "": "none"}


def is_success(outcome: Outcome, *, publish: bool) -> bool:
    """Whether all was done that was asked for."""
    return outcome.is_ready and (outcome.version.is_current or not publish)


def of_success(outcome: Outcome) -> str:
    """What became of the file."""
    version = outcome.version
    published = ", published" if version.is_current else ""
    lines = [f"{outcome.dataset.name}, version {version.number}: {version.status}{published}"]
    columns = _count(version.column_count or 0, "column")
    lines.append(f"  {_count(version.row_count or 0, 'row')}, {columns}, {outcome.seconds:.1f} s")
    lines += [f"  {line}" for line in _details(version)]
    return "\n".join(lines)


def of_failure(outcome: Outcome, path: Path) -> str:
    """Why the version is not what was asked for."""
    version = outcome.version
    lines = [f"{path}: {outcome.dataset.name}, version {version.number}, is {version.status}."]
    if outcome.is_ready:
        lines[0] = f"{path}: {outcome.dataset.name}, version {version.number}, was read, but not published."
        lines += [f"  {violation}" for violation in outcome.violations]
    if version.error:
        where = f"Line {version.error.line:,}: " if version.error.line is not None else ""
        lines.append(f"  {where}{version.error.message}")
        lines += [f"  {version.error.hint}"] if version.error.hint else []
    lines += [f"  {line}" for line in _details(version)]
    return "\n".join(lines)


def as_json(path: Path, outcome: Outcome) -> str:
    """One line."""
    version = outcome.version
    known = version.model_dump(
        mode="json", by_alias=True, include={"row_count", "column_count", "rejected_row_count", "warnings"}
    )
    rejected = [row.model_dump(mode="json", by_alias=True) for row in version.rejected_rows[:SHOWN_REJECTS]]
    options = version.read_options.model_dump(mode="json", by_alias=True) if version.read_options else None
    return _line(
        {
            "file": str(path),
            "status": version.status,
            "published": version.is_current,
            "dataset": outcome.dataset.model_dump(mode="json", by_alias=True),
            "version": {"id": version.id, "number": version.number, "label": version.label},
            **known,
            "rejectedRows": rejected,
            "readOptions": options,
            "violations": list(outcome.violations),
            "error": version.error.model_dump(mode="json", by_alias=True) if version.error else None,
            "resumed": outcome.resumed,
            "seconds": round(outcome.seconds, 3),
        }
    )


def error_as_json(path: Path, error: ClientError) -> str:
    """One line about a file that became no version, or whose version is not known to have ended."""
    return _line(
        {"file": str(path), "status": "ERROR", "error": {"code": error.code, "message": error.message, "hint": error.hint}}
    )


def _line(values: dict[str, object]) -> str:
    return json.dumps(values, ensure_ascii=False)


def _details(version: Version) -> Iterator[str]:
    if version.read_options and version.read_options.format:
        yield f"read as {_how(version.read_options)}"
    yield from (f"note: {warning}" for warning in version.warnings)
    if version.rejected_row_count:
        yield f"{_count(version.rejected_row_count, 'record')} could not be read:"
        for row in version.rejected_rows[:SHOWN_REJECTS]:
            column = f" ({row.field_path})" if row.field_path else ""
            yield f"  line {row.line:,}{column}: {row.reason}"
        more = version.rejected_row_count - len(version.rejected_rows[:SHOWN_REJECTS])
        if more > 0:
            yield f"  and {more:,} more; all are in the version's file of rejected records"


def _how(options: ReadOptions) -> str:
    said = [options.format or ""]
    if options.compression not in (None, "NONE"):
        said.append(f"compressed by {options.compression}")
    if options.sheet is not None:
        said.append(f"sheet {options.sheet!r}")
    if options.encoding:
        said.append(options.encoding)
    if options.delimiter is not None:
        said.append(f"delimiter {_named(options.delimiter)}")
    if options.header_rows == 0:
        said.append("no header")
    if options.skipped_rows:
        said.append(f"{_count(options.skipped_rows, 'line')} above the header left out")
    if options.decimal_separator == ",":
        said.append("decimal comma")
    return ", ".join(said)


def _named(mark: str) -> str:
    """A mark as a terminal can show it."""
    return _NAMES.get(mark) or (mark if mark.isprintable() else f"U+{ord(mark):04X}")


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
