"""Arrow files (Feather) and IPC streams: read some record batches at a time, so that memory does not grow with the file."""

import io
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from app.core.phrases import say
from app.ingest import engine
from app.ingest.columnar import ipc
from app.ingest.columnar.ipc import Kind, Message
from app.ingest.columnar.parquet import check_unpacked, refuse_types, too_many_columns
from app.ingest.columns import literal, quoted
from app.ingest.csv.header import name_columns
from app.ingest.job import Compression, FileFormat, IngestError, IngestErrorCode, IngestJob, ReadOptions
from app.ingest.store import damage_is_a_verdict, store
from app.ingest.table import Report, StoredTable

if TYPE_CHECKING:
    import polars as pl

GROUP_BYTES = 32 << 20
"""Record batches are read together until they reach this size, unpacked."""
BODY_SHARE = 4
"""One record batch may take this part (1/n) of the child's memory: it exists packed, unpacked and as columns."""
READING_SHARE = 0.5
_LEAST_FILE_BYTES = 18
_WRITE_AGAIN = say(
    "HINT_WRITE_AGAIN", "Write the file again with the program that made it, and check that it was uploaded whole."
)


def read(job: IngestJob, report: Report, options: ReadOptions) -> StoredTable:
    """The table of an Arrow file or stream.

    Categories become text, nested columns JSON text; durations are numbers in the file's own unit.

    Raises:
        IngestError: TRUNCATED, MALFORMED, UNSUPPORTED_FORMAT, TOO_LARGE_UNCOMPRESSED, TOO_MANY_COLUMNS, OUT_OF_MEMORY,
            CELL_TOO_LARGE, WRONG_OPTIONS.
    """
    refuse_types(options, "Arrow")
    os.environ.setdefault("POLARS_MAX_THREADS", str(job.limits.threads))
    parts = _Parts(job)
    with Path(job.source_path).open("rb") as file:
        messages = ipc.file_messages if _is_file(file) else ipc.stream_messages
        try:
            for message in messages(file, max_body_bytes=job.limits.memory_bytes // BODY_SHARE):
                parts.add(message)
                report(READING_SHARE * file.tell() / max(1, parts.source_bytes))
            parts.finish()
        except ipc.Cut as error:
            raise IngestError(
                IngestErrorCode.TRUNCATED,
                say(
                    "ARROW_CUT_IN_BATCH",
                    "The Arrow file ends in the middle of a record batch, after {rows:,} whole rows.",
                    rows=parts.rows,
                ),
                hint=say("HINT_NOT_WHOLE", "Upload the file again; it was cut on the way or not written to its end."),
            ) from error
        except ipc.Damaged as error:
            raise _damaged(say("ARROW_NO_MESSAGE", "what follows row {rows:,} is no Arrow message.", rows=parts.rows)) from error
        except MemoryError as error:
            raise IngestError(
                IngestErrorCode.OUT_OF_MEMORY,
                say(
                    "ARROW_BATCH_TOO_LARGE",
                    "A record batch of the Arrow file, after row {rows:,}, does not fit into memory.",
                    rows=parts.rows,
                ),
                hint=say(
                    "HINT_SMALLER_BATCHES",
                    "Write the file with smaller record batches, for instance 65,536 rows each, or as Parquet.",
                ),
            ) from error
    files = ", ".join(literal(str(path)) for path in parts.paths)
    aliases = ", ".join(map(quoted, parts.names.names))
    with engine.connect(job) as connection, damage_is_a_verdict(say("ARROW_FILE", "Arrow file")):
        table = store(
            connection,
            job,
            f"read_parquet([{files}], hive_partitioning = false) AS source({aliases})",
            lambda fraction: report(READING_SHARE + (1 - READING_SHARE) * fraction),
            row_count=parts.rows,
            originals=parts.names.originals,
            warnings=(*parts.names.warnings, *parts.warnings),
            options=ReadOptions(format=FileFormat.ARROW, compression=Compression.NONE),
        )
    for path in parts.paths:
        path.unlink()
    return table


def _is_file(file: BinaryIO) -> bool:
    """Whether it is a file and not a stream, which is left at its beginning. A file ends with the magic word, too."""
    if file.read(len(ipc.FILE_MAGIC)) != ipc.FILE_MAGIC:
        file.seek(0)
        return False
    size = file.seek(0, os.SEEK_END)
    file.seek(-len(ipc.FILE_MAGIC), os.SEEK_END)
    if size < _LEAST_FILE_BYTES or file.read() != ipc.FILE_MAGIC:
        raise IngestError(
            IngestErrorCode.TRUNCATED,
            say(
                "ARROW_NO_FOOTER", "The Arrow file ends without its footer, after {size:,} bytes: its end is missing.", size=size
            ),
            hint=say("HINT_NOT_WHOLE", "Upload the file again; it was cut on the way or not written to its end."),
        )
    return True


def _damaged(what: str) -> IngestError:
    return IngestError(
        IngestErrorCode.MALFORMED, say("ARROW_DAMAGED", "The Arrow file is damaged: {what}", what=what), hint=_WRITE_AGAIN
    )


@dataclass
class _Parts:
    """The batches read so far, as Parquet files of some megabytes each."""

    job: IngestJob
    paths: list[Path] = field(default_factory=list)
    rows: int = 0
    warnings: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        self.source_bytes = os.path.getsize(self.job.source_path)
        self._schema: Message | None = None
        self._dictionaries: list[Message] = []
        self._pending: list[Message] = []
        self._unpacked = 0
        self._ended = False

    def add(self, message: Message) -> None:
        """Takes one message; reads what is pending when it is much."""
        self._unpacked += message.unpacked_bytes
        check_unpacked(self._unpacked, self.source_bytes, self.job, say("ARROW_FILE", "Arrow file"))
        if message.kind == Kind.SCHEMA:
            self._begin(message)
        elif message.kind == Kind.DICTIONARY:
            self._flush()
            if not message.is_delta:
                self._dictionaries = [known for known in self._dictionaries if known.dictionary_id != message.dictionary_id]
            self._dictionaries.append(message)
        elif message.kind == Kind.END:
            self._ended = True
        elif message.kind == Kind.BATCH:
            self._pending.append(message)
            if sum(batch.unpacked_bytes for batch in self._pending) >= GROUP_BYTES:
                self._flush()
        else:
            raise ipc.Damaged

    def finish(self) -> None:
        """Everything is read; a table without rows has one part too."""
        if self._schema is None:
            raise _damaged(say("ARROW_NO_SCHEMA", "it holds no schema."))
        self._flush()
        if not self.paths:
            self._write(self._frame([]))
        if not self._ended:
            self.warnings += (
                say(
                    "ARROW_NO_END",
                    "The Arrow stream has no end mark: if it was cut between two record batches, rows are missing.",
                ),
            )

    def _begin(self, message: Message) -> None:
        import polars as pl

        if self._schema is not None:
            raise ipc.Damaged
        self._schema = message
        try:
            empty = self._frame([])
        except pl.exceptions.DuplicateError as error:
            raise IngestError(
                IngestErrorCode.UNSUPPORTED_FORMAT,
                say("ARROW_SAME_NAMES", "Two columns of the Arrow file have the same name."),
                hint=say("HINT_RENAME_COLUMN", "Rename one of them, or upload the table as Parquet."),
            ) from error
        if not empty.columns:
            raise _damaged(say("ARROW_NO_COLUMNS", "it has no columns."))
        if len(empty.columns) > self.job.limits.max_columns:
            raise too_many_columns(len(empty.columns), self.job)
        self.names = name_columns(empty.columns, len(empty.columns))
        self.warnings = tuple(_durations(empty))

    def _flush(self) -> None:
        if self._pending:
            frame = self._frame(self._pending)
            promised = sum(batch.rows for batch in self._pending)
            if frame.height != promised:
                raise _damaged(
                    say(
                        "ARROW_ROWS_DIFFER",
                        "after row {rows:,} it promises {promised:,} rows, but holds {height:,}.",
                        rows=self.rows,
                        promised=promised,
                        height=frame.height,
                    )
                )
            self._pending = []
            self._write(frame)

    def _frame(self, batches: list[Message]) -> "pl.DataFrame":
        import polars as pl

        if self._schema is None:
            raise ipc.Damaged
        stream = (self._schema, *self._dictionaries, *batches)
        content = b"".join([*(message.content for message in stream), ipc.END_OF_STREAM])
        try:
            return pl.read_ipc_stream(io.BytesIO(content))
        except pl.exceptions.DuplicateError:
            raise
        except (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError, ValueError) as error:
            if batches:
                raise _damaged(
                    say(
                        "ARROW_BATCH_UNREADABLE",
                        "the record batch after row {rows:,} cannot be read, or has a type that is not known.",
                        rows=self.rows,
                    )
                ) from error
            raise IngestError(
                IngestErrorCode.UNSUPPORTED_FORMAT,
                say(
                    "ARROW_COLUMN_TYPE",
                    "The Arrow file has a column of a type that cannot be read (such as intervals or run-end encoding).",
                ),
                hint=say("HINT_CONVERT_COLUMN", "Convert that column to text or numbers, or upload the table as Parquet."),
            ) from error

    def _write(self, frame: "pl.DataFrame") -> None:
        path = Path(self.job.output_dir) / f"batches{len(self.paths)}.parquet"
        frame.with_columns(_texts(frame)).write_parquet(path, compression="lz4", statistics=False)
        self.paths.append(path)
        self.rows += frame.height


def _texts(frame: "pl.DataFrame") -> "list[pl.Series]":
    """The columns whose type Parquet does not know, as text."""
    import polars as pl

    unknown = (pl.Int128, pl.UInt128, pl.Categorical, pl.Enum)
    return [column.cast(pl.String) for column in frame if column.dtype.base_type() in unknown]


def _durations(frame: "pl.DataFrame") -> Iterator[str]:
    import polars as pl

    units = {
        "ns": say("NANOSECONDS", "nanoseconds"),
        "us": say("MICROSECONDS", "microseconds"),
        "ms": say("MILLISECONDS", "milliseconds"),
    }
    for name, kind in frame.schema.items():
        if isinstance(kind, pl.Duration):
            yield say(
                "DURATIONS_KEPT", "Column '{name}' holds durations, kept as {units}.", name=name, units=units[kind.time_unit]
            )
