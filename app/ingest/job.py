"""What the ingest child is told and what it answers: plain frozen dataclasses, JSON on both sides.

The worker starts `python -m app.ingest`, writes one `IngestJob` as JSON to its standard input and reads JSON lines
from its standard output: any number of `Progress`, among them at most one `TableWritten`, then exactly one
`IngestResult` or `IngestFailure`.
Exit status 0 means that such an answer was given; anything else (a signal, a limit) is a crash, never a verdict on the file.
"""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal

from app.core.phrases import Sentence


class FileFormat(StrEnum):
    """Formats told apart by content, never by name."""

    CSV = "CSV"
    JSON = "JSON"
    JSON_LINES = "JSON_LINES"
    PARQUET = "PARQUET"
    ARROW = "ARROW"
    XLSX = "XLSX"


class Compression(StrEnum):
    """Outer compression of a text format."""

    NONE = "NONE"
    GZIP = "GZIP"
    ZSTD = "ZSTD"


class LogicalType(StrEnum):
    """ODCS 3.1 logical types."""

    STRING = "STRING"
    DATE = "DATE"
    TIMESTAMP = "TIMESTAMP"
    TIME = "TIME"
    NUMBER = "NUMBER"
    INTEGER = "INTEGER"
    BOOLEAN = "BOOLEAN"
    OBJECT = "OBJECT"
    ARRAY = "ARRAY"


class Stage(StrEnum):
    """What the worker is doing with a version: a field beside its status, not a state."""

    DOWNLOADING = "DOWNLOADING"
    VALIDATING = "VALIDATING"
    PROFILING = "PROFILING"
    STORING = "STORING"


class IngestErrorCode(StrEnum):
    """Why a file cannot become a version. A closed set: clients switch on it."""

    EMPTY_FILE = "EMPTY_FILE"
    UNKNOWN_FORMAT = "UNKNOWN_FORMAT"
    UNSUPPORTED_FORMAT = "UNSUPPORTED_FORMAT"
    WRONG_OPTIONS = "WRONG_OPTIONS"
    BAD_ENCODING = "BAD_ENCODING"
    MALFORMED = "MALFORMED"
    TRUNCATED = "TRUNCATED"
    NO_ROWS = "NO_ROWS"
    TOO_MANY_BAD_ROWS = "TOO_MANY_BAD_ROWS"
    TOO_MANY_COLUMNS = "TOO_MANY_COLUMNS"
    CELL_TOO_LARGE = "CELL_TOO_LARGE"
    TOO_LARGE_UNCOMPRESSED = "TOO_LARGE_UNCOMPRESSED"
    OUT_OF_MEMORY = "OUT_OF_MEMORY"
    TIMED_OUT = "TIMED_OUT"
    SIZE_MISMATCH = "SIZE_MISMATCH"
    CHECKSUM_MISMATCH = "CHECKSUM_MISMATCH"
    OBJECT_CHANGED = "OBJECT_CHANGED"
    WAITING = "WAITING"
    """No verdict on the file: the worker lacks something for reading it. FAILED only after a day."""


class IngestError(Exception):
    """A verdict on the file, for a person: what is wrong, where, what to do.

    Args:
        line: 1-based physical line (text formats) or row number (others); None where no line can be named.
        options: how the file was being read, where that is known better than by what was asked.
        rejected_row_count: records found unreadable before giving up; None where none were counted.
    """

    def __init__(
        self,
        code: IngestErrorCode,
        message: str,
        *,
        hint: str | None = None,
        line: int | None = None,
        options: "ReadOptions | None" = None,
        rejected_row_count: int | None = None,
        rejected_samples: "tuple[RejectedRow, ...]" = (),
    ):
        super().__init__(message)
        self.code, self.message, self.hint, self.line = code, message, hint, line
        self.options = options
        self.rejected_row_count, self.rejected_samples = rejected_row_count, rejected_samples


@dataclass(frozen=True, kw_only=True)
class ReadOptions:
    """How a file is read: as asked (None = find out) or as it was read (all that apply are set)."""

    format: FileFormat | None = None
    compression: Compression | None = None
    encoding: str | None = None
    """A Python codec name in its canonical spelling: 'utf-8', 'utf-16-le', 'cp932', 'latin-1'."""
    delimiter: str | None = None
    """One character."""
    quote: str | None = None
    """One character; '' means that nothing is quoted."""
    escape: str | None = None
    """One character; '' means that quotes are escaped by doubling or not at all."""
    header_rows: int | None = None
    """0 (no header: columns are named column_1 ...) or 1."""
    skipped_rows: int | None = None
    """Physical lines above the header (a preamble)."""
    decimal_separator: str | None = None
    """'.' or ','."""
    thousands_separator: str | None = None
    """One of '', ',', '.', ' ', "'"; '' means none."""
    null_tokens: tuple[str, ...] | None = None
    """Cells that mean 'absent', compared exactly."""
    sheet: str | None = None
    """XLSX only; None = the first sheet that holds data."""
    types: dict[str, LogicalType] = field(default_factory=dict)
    """Field path -> logical type that the caller insists on; a cell that does not fit is a rejected row."""


@dataclass(frozen=True, kw_only=True)
class IngestLimits:
    """Bounds of one child. Byte counts are bytes, fractions 0-1."""

    memory_bytes: int = 1 << 30
    """Resident memory of the whole child; DuckDB gets a part of it."""
    threads: int = 2
    max_columns: int = 10_000
    max_cell_bytes: int = 16 << 20
    max_uncompressed_bytes: int = 200 << 30
    max_compression_ratio: int = 200
    """Above it (and above 64 MiB unpacked) a compressed file or a Parquet footer is taken for a bomb."""
    max_rejected_fraction: float = 0.1
    max_rejected_samples: int = 100


@dataclass(frozen=True, kw_only=True)
class IngestJob:
    """One file to read. Paths are absolute; `output_dir` exists, is empty and is the only folder that is written to."""

    source_path: str
    file_name: str
    output_dir: str
    options: ReadOptions = ReadOptions()
    limits: IngestLimits = IngestLimits()
    is_arriving: bool = False
    """The file may still be on its way: it gets its name when it is whole, and until then the child waits."""


@dataclass(frozen=True, kw_only=True)
class Field:
    """A column of the table as stored."""

    field_path: str
    ordinal_position: int
    """From 1."""
    logical_type: LogicalType
    native_type: str
    """The type of the Parquet copy in DuckDB's spelling: BIGINT, DECIMAL(20,2), TIMESTAMP WITH TIME ZONE ..."""
    nullable: bool
    """True when at least one value is absent."""
    original_name: str | None = None
    """The header as written, where it had to be changed (empty or repeated)."""


@dataclass(frozen=True, kw_only=True)
class RejectedRow:
    """A record that could not be read."""

    line: int
    """1-based physical line where the record starts (row number where a format has no lines)."""
    reason: Sentence
    field_path: str | None
    text: str
    """The record as written, cut at 1,000 characters."""


@dataclass(frozen=True, kw_only=True)
class HistogramBin:
    """Values v with lower <= v < upper (the last bin includes its upper bound)."""

    lower: float
    upper: float
    count: int


@dataclass(frozen=True, kw_only=True)
class TopValue:
    """A frequent value, as text as `rows` shows it, cut at 200 characters."""

    value: str
    count: int


@dataclass(frozen=True, kw_only=True)
class FieldProfile:
    """Statistics of one column. Lengths are characters of STRING values; None where a statistic has no meaning."""

    field_path: str
    null_count: int
    null_fraction: float
    distinct_count: int | None
    distinct_is_approximate: bool
    min: str | None
    """As text, ISO 8601 for dates and times."""
    max: str | None
    mean: float | None
    median: float | None
    stddev: float | None
    """Sample standard deviation."""
    min_length: int | None
    max_length: int | None
    histogram: tuple[HistogramBin, ...] = ()
    """At most 20 bins, of NUMBER, INTEGER (value) and DATE, TIMESTAMP (epoch seconds) columns."""
    top_values: tuple[TopValue, ...] = ()
    """At most 10, most frequent first, ties by value."""


@dataclass(frozen=True, kw_only=True)
class TableProfile:
    """Statistics of a whole version."""

    row_count: int
    column_count: int
    size_bytes: int
    """Of the Parquet copy."""
    duration_ms: int
    partial: bool
    """True when at least one column's statistics had to be left out or taken from a sample."""
    field_profiles: tuple[FieldProfile, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Progress:
    """Sent at most every 200 ms."""

    stage: Stage
    fraction: float
    """0-1 of the whole child's work, never decreasing."""
    type: Literal["progress"] = "progress"


@dataclass(frozen=True, kw_only=True)
class TableWritten:
    """The stored table is whole and stays as it is, while the child goes on to profile it."""

    path: str
    """That of the IngestResult to come, if one comes: the profile may still fail."""
    type: Literal["table"] = "table"


@dataclass(frozen=True, kw_only=True)
class IngestResult:
    """A readable file. Paths lie in `output_dir`."""

    options: ReadOptions
    table_path: str
    row_count: int
    fields: tuple[Field, ...]
    profile: TableProfile
    rejected_row_count: int = 0
    rejects_path: str | None = None
    """CSV: line, reason, field, text; one row a rejected record, all of them."""
    rejected_samples: tuple[RejectedRow, ...] = ()
    warnings: tuple[Sentence, ...] = ()
    """Sentences for a person: renamed headers, a second sheet that was left out ..."""
    type: Literal["result"] = "result"


@dataclass(frozen=True, kw_only=True)
class IngestFailure:
    """A verdict: this file cannot be a version."""

    code: IngestErrorCode
    message: Sentence
    hint: Sentence | None = None
    line: int | None = None
    options: ReadOptions | None = None
    """What was found out before it failed."""
    rejected_row_count: int | None = None
    rejected_samples: tuple[RejectedRow, ...] = ()
    type: Literal["failed"] = "failed"
