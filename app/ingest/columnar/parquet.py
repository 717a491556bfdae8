"""Parquet files: what the footer promises is checked before anything is read, then the table is written anew as ours."""

import os
from pathlib import Path

import duckdb

from app.core.phrases import say
from app.ingest import engine
from app.ingest.columns import literal, quoted
from app.ingest.csv.header import name_columns
from app.ingest.job import Compression, FileFormat, IngestError, IngestErrorCode, IngestJob, ReadOptions
from app.ingest.store import damage_is_a_verdict, store
from app.ingest.table import Report, StoredTable

BOMB_FLOOR_BYTES = 64 << 20
"""Below this no file is taken for a bomb, however well it is packed."""
_MAGIC, _ENCRYPTED_MAGIC = b"PAR1", b"PARE"
_WIDTHS = {"BOOLEAN": 1, "INT32": 4, "FLOAT": 4, "INT64": 8, "DOUBLE": 8, "INT96": 12}
_TEXT_WIDTH = 16
"""A text, once unpacked, takes at least the handle that points to it."""
_REWRITE = say("HINT_WRITE_AGAIN", "Write the file again with the program that made it, and check that it was uploaded whole.")


def read(job: IngestJob, report: Report, options: ReadOptions) -> StoredTable:
    """The table of a Parquet file.

    Raises:
        IngestError: TRUNCATED, MALFORMED, UNSUPPORTED_FORMAT (encrypted), TOO_LARGE_UNCOMPRESSED, TOO_MANY_COLUMNS,
            CELL_TOO_LARGE, WRONG_OPTIONS.
    """
    refuse_types(options, "Parquet")
    _check_frame(Path(job.source_path))
    with engine.connect(job) as connection, damage_is_a_verdict(say("PARQUET_FILE", "Parquet file")):
        return _read(connection, job, report)


def refuse_types(options: ReadOptions, format_name: str) -> None:
    """WRONG_OPTIONS when the caller gives types for a format that carries its own."""
    if options.types:
        raise IngestError(
            IngestErrorCode.WRONG_OPTIONS,
            say(
                "TYPES_ARE_FIXED",
                "A file of the {format_name} format carries its own types, so none can be given for it.",
                format_name=format_name,
            ),
            hint=say("HINT_NO_TYPES", "Leave the types out, or upload the table as CSV."),
        )


def _read(connection: duckdb.DuckDBPyConnection, job: IngestJob, report: Report) -> StoredTable:
    file = literal(no_glob(job.source_path))
    try:
        row_count, encryption = connection.execute(
            f"SELECT num_rows, encryption_algorithm FROM parquet_file_metadata({file})"
        ).fetchall()[0]
    except duckdb.OutOfMemoryException:
        raise
    except duckdb.Error as error:
        # DuckDB's words ("don't know what type") are about Thrift, not about the file.
        raise IngestError(
            IngestErrorCode.MALFORMED,
            say("PARQUET_FOOTER_UNREADABLE", "The Parquet file's footer, which describes its columns, cannot be read."),
            hint=_REWRITE,
        ) from error
    if encryption:
        raise _encrypted()
    headers = _headers(connection, file)
    if not headers:
        raise IngestError(IngestErrorCode.MALFORMED, say("PARQUET_NO_COLUMNS", "The Parquet file has no columns."), hint=_REWRITE)
    if len(headers) > job.limits.max_columns:
        raise too_many_columns(len(headers), job)
    _check_size(connection, file, job)
    names = name_columns(headers, len(headers))
    return store(
        connection,
        job,
        f"read_parquet({file}, hive_partitioning = false) AS source({', '.join(map(quoted, names.names))})",
        report,
        row_count=row_count,
        originals=names.originals,
        warnings=names.warnings,
        options=ReadOptions(format=FileFormat.PARQUET, compression=Compression.NONE),
    )


def too_many_columns(count: int, job: IngestJob) -> IngestError:
    """More columns than can be kept."""
    return IngestError(
        IngestErrorCode.TOO_MANY_COLUMNS,
        say(
            "TOO_MANY_COLUMNS",
            "The file has {count:,} columns; at most {max_columns:,} can be kept.",
            count=count,
            max_columns=job.limits.max_columns,
        ),
        hint=say("HINT_SPLIT_COLUMNS", "Split the table by columns, or bring repeated columns into rows."),
    )


def _check_frame(path: Path) -> None:
    """The file ends as a Parquet file does, and its footer lies within it."""
    size = path.stat().st_size
    with path.open("rb") as file:
        file.seek(max(0, size - 8))
        tail = file.read(8)
    if tail[4:] == _ENCRYPTED_MAGIC:
        raise _encrypted()
    if size < 12 or tail[4:] != _MAGIC:
        raise IngestError(
            IngestErrorCode.TRUNCATED,
            say(
                "PARQUET_NO_FOOTER",
                "The Parquet file ends without its footer, after {size:,} bytes: its end is missing.",
                size=size,
            ),
            hint=say("HINT_NOT_WHOLE", "Upload the file again; it was cut on the way or not written to its end."),
        )
    footer = int.from_bytes(tail[:4], "little")
    if footer + 12 > size:
        raise IngestError(
            IngestErrorCode.MALFORMED,
            say(
                "PARQUET_FOOTER_LENGTH",
                "The Parquet file's footer should be {footer:,} bytes long, but the whole file has {size:,}.",
                footer=footer,
                size=size,
            ),
            hint=_REWRITE,
        )


def _encrypted() -> IngestError:
    return IngestError(
        IngestErrorCode.UNSUPPORTED_FORMAT,
        say("PARQUET_ENCRYPTED", "The Parquet file is encrypted."),
        hint=say("HINT_NO_ENCRYPTION", "Write it without encryption; stored files are encrypted by the object store."),
    )


def _headers(connection: duckdb.DuckDBPyConnection, file: str) -> list[str]:
    """Names of the columns as written. The schema is a tree in depth-first order; its first element is the root."""
    elements = connection.execute(f"SELECT name, coalesce(num_children, 0) FROM parquet_schema({file})").fetchall()
    headers, inside = [], 0
    for name, children in elements[1:]:
        if inside == 0:
            headers.append(name)
            inside = 1
        inside += children - 1
    return headers


def _check_size(connection: duckdb.DuckDBPyConnection, file: str, job: IngestJob) -> None:
    """Values x width, as the footer promises them, against the limits: a 1 KB file can hold 720 MB."""
    widths = " ".join(f"WHEN '{name}' THEN {width}" for name, width in _WIDTHS.items())
    promised = connection.execute(
        f"""
        SELECT coalesce(sum(greatest(
            total_uncompressed_size::HUGEINT,
            num_values::HUGEINT // 8
                + (num_values - least(num_values, coalesce(stats_null_count, 0)))::HUGEINT
                * CASE type {widths} ELSE {_TEXT_WIDTH} END
        )), 0) FROM parquet_metadata({file})
        """
    ).fetchall()[0][0]
    packed = os.path.getsize(job.source_path)
    check_unpacked(int(promised), packed, job, say("PARQUET_FILE", "Parquet file"))


def check_unpacked(unpacked: int, packed: int, job: IngestJob, what: str) -> None:
    """TOO_LARGE_UNCOMPRESSED when so many bytes may not come out of so few."""
    limits = job.limits
    if unpacked > limits.max_uncompressed_bytes:
        raise IngestError(
            IngestErrorCode.TOO_LARGE_UNCOMPRESSED,
            say(
                "UNPACKED_TOO_LARGE",
                "The {what} holds {unpacked:,} bytes once unpacked; at most {max_uncompressed_bytes:,} are read.",
                what=what,
                unpacked=unpacked,
                max_uncompressed_bytes=limits.max_uncompressed_bytes,
            ),
            hint=say("HINT_SPLIT_FILE", "Split it into several files."),
        )
    if unpacked > BOMB_FLOOR_BYTES and unpacked > packed * limits.max_compression_ratio:
        raise IngestError(
            IngestErrorCode.TOO_LARGE_UNCOMPRESSED,
            say(
                "UNPACKS_TOO_FAR",
                "The {what} of {packed:,} bytes unpacks to {unpacked:,}, {times:,} times as many; more than "
                "{max_compression_ratio} times is taken for an attack.",
                what=what,
                packed=packed,
                unpacked=unpacked,
                times=unpacked // max(1, packed),
                max_compression_ratio=limits.max_compression_ratio,
            ),
            hint=say("HINT_UNCOMPRESSED_CSV", "If the data are real, upload them as uncompressed CSV."),
        )


def no_glob(path: str) -> str:
    """`path` as DuckDB's readers take it: `*`, `?` and `[` stand for themselves."""
    return "".join(f"[{character}]" if character in "*?[" else character for character in path)
