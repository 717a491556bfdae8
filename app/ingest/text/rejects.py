"""Records that could not be read: all of them in a file, the first of them as samples."""

import csv
from pathlib import Path
from types import TracebackType
from typing import Self, TextIO

from app.core.phrases import say
from app.ingest.job import FileFormat, IngestError, IngestErrorCode, IngestLimits, ReadOptions, RejectedRow

MAX_TEXT = 1_000
_CELLS_HINT = say(
    "HINT_REJECTED_CELLS",
    "Look at the rejected rows: the delimiter, quote, encoding or type given or found may be wrong for this file.",
)
_RECORDS_HINT = say(
    "HINT_REJECTED_RECORDS", "Look at the rejected rows, correct the program that wrote them, and upload the file again."
)


class RejectLog:
    """Collects rejected records. The file exists only if there is at least one."""

    def __init__(self, output_dir: str, limits: IngestLimits):
        self._path = Path(output_dir) / "rejects.csv"
        self._limits = limits
        self._samples: list[RejectedRow] = []
        self._first_line: int | None = None
        self.count = 0
        self._file: TextIO | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None

    def add(self, line: int, reason: str, text: bytes | str, *, field_path: str | None = None) -> None:
        shown = text if isinstance(text, str) else text[: MAX_TEXT * 4 + 8].decode("utf-8", "backslashreplace")
        row = RejectedRow(line=line, reason=reason, field_path=field_path, text=shown.rstrip("\r\n")[:MAX_TEXT])
        if self._file is None:
            self._file = self._path.open("w", encoding="utf-8", newline="")
            csv.writer(self._file).writerow(("line", "reason", "field", "text"))
        csv.writer(self._file).writerow((row.line, row.reason, row.field_path or "", row.text))
        self.count += 1
        if len(self._samples) < self._limits.max_rejected_samples:
            self._samples.append(row)
        self._first_line = line if self._first_line is None else min(line, self._first_line)

    @property
    def path(self) -> str | None:
        return str(self._path) if self.count else None

    @property
    def samples(self) -> tuple[RejectedRow, ...]:
        return tuple(sorted(self._samples, key=lambda row: row.line))

    @property
    def sample_size(self) -> int:
        return self._limits.max_rejected_samples

    def would_refuse(self, more: int, record_count: int) -> bool:
        """True where `more` rejects would be too many."""
        return self.count + more > self._limits.max_rejected_fraction * record_count

    def check(self, record_count: int, options: ReadOptions) -> None:
        """Refuse the file where too many of its records were rejected.

        Raises:
            IngestError: TOO_MANY_BAD_ROWS with the first line, the count and the samples.
        """
        if not self.would_refuse(0, record_count):
            return
        raise IngestError(
            IngestErrorCode.TOO_MANY_BAD_ROWS,
            say(
                "TOO_MANY_REJECTED",
                "{count:,} of {records:,} records cannot be read; at most {most:.0%} may be left out. The first is on line {line:,}: {reason}.",
                count=self.count,
                records=record_count,
                most=self._limits.max_rejected_fraction,
                line=self._first_line,
                reason=self.samples[0].reason if self._samples else say("SEE_REJECTS", "see the rejects"),
            ),
            hint=_RECORDS_HINT if options.format in (FileFormat.JSON, FileFormat.JSON_LINES) else _CELLS_HINT,
            line=self._first_line,
            rejected_row_count=self.count,
            rejected_samples=self.samples,
            options=options,
        )
