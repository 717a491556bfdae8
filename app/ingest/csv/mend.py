"""A regular copy of an irregular text table: RFC 4180 with LF, every record of one width; what cannot be one is rejected."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np

from app.ingest.csv.dialect import Dialect
from app.ingest.csv.records import Bad, Blank, Good, Mended, RecordWalk
from app.ingest.table import Report
from app.ingest.text.rejects import RejectLog


@dataclass(frozen=True)
class TableText:
    """Where the records of a table stand in a UTF-8 file."""

    path: Path
    offset: int
    line: int
    """Physical line of the first record."""
    dialect: Dialect
    width: int
    max_cell_bytes: int


@dataclass(frozen=True)
class Copy:
    """A regular copy and what became of the records."""

    path: Path
    dialect: Dialect
    record_count: int
    longest_record_bytes: int
    mended_count: int
    surplus_count: int
    blank_count: int


def mend(table: TableText, target: Path, rejects: RejectLog, report: Report) -> Copy:
    """Write the regular copy to `target`; what cannot be a row goes to `rejects`.

    Raises:
        IngestError: CELL_TOO_LARGE.
    """
    good = longest = mended = surplus = blank = done = 0
    size = max(1, table.path.stat().st_size - table.offset)
    with table.path.open("rb") as file, target.open("wb") as out:
        file.seek(table.offset)
        walk = _walk(file, table)
        for segment in walk.segments():
            match segment:
                case Good():
                    out.write(segment.text)
                    good += segment.count
                    longest = max(longest, _longest(segment))
                    done += len(segment.raw)
                case Mended():
                    out.write(segment.text)
                    good += 1
                    longest = max(longest, len(segment.text))
                    mended += segment.lenient
                    surplus += segment.surplus
                    done += len(segment.raw)
                case Bad():
                    rejects.add(segment.line, segment.reason, segment.raw)
                    done += len(segment.raw)
                case Blank():
                    blank += segment.count
            report(min(1.0, done / size))
    return Copy(target, walk.out_dialect, good, longest, mended, surplus, blank)


def rows(table: TableText, wanted: Iterator[int]) -> Iterator[tuple[int, int, bytes]]:
    """Line and raw text of the rows of a table by their number (from 0, ascending), as (row, line, raw)."""
    target = next(wanted, None)
    row = 0
    with table.path.open("rb") as file:
        file.seek(table.offset)
        for segment in _walk(file, table).segments():
            if target is None:
                return
            if isinstance(segment, Good):
                while target is not None and target < row + segment.count:
                    line, raw = segment.record(target - row)
                    yield target, line, raw
                    target = next(wanted, None)
                row += segment.count
            elif isinstance(segment, Mended):
                if target == row:
                    yield row, segment.line, segment.raw
                    target = next(wanted, None)
                row += 1


def _walk(file: BinaryIO, table: TableText) -> RecordWalk:
    return RecordWalk(file, table.dialect, table.width, line=table.line, max_cell_bytes=table.max_cell_bytes)


def _longest(segment: Good) -> int:
    return int(np.diff(segment.offsets, append=len(segment.raw)).max(initial=0))
