"""The Parquet copy of any table expression of DuckDB: one projection, one COPY, fields read back from it."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from app.core.phrases import say
from app.ingest import columns, engine, wide
from app.ingest.columns import literal, quoted
from app.ingest.job import IngestError, IngestErrorCode, IngestJob, ReadOptions
from app.ingest.table import Report, StoredTable, copy_options

TABLE_NAME = "table.parquet"
_SHORT = {"BOOLEAN", "DATE", "FLOAT", "DOUBLE", "DECIMAL", "UUID", "INTERVAL", "NULL"}
_TOO_LONG = "a cell is too long"


@contextmanager
def damage_is_a_verdict(what: str) -> Iterator[None]:
    """What DuckDB cannot read inside the block is MALFORMED; memory and our own disk are not the file's fault.

    Args:
        what: 'Parquet file', for the message.
    """
    try:
        yield
    except duckdb.OutOfMemoryException:
        raise
    except duckdb.Error as error:
        if "No space left" in str(error) or "Could not write" in str(error):
            raise
        raise IngestError(
            IngestErrorCode.MALFORMED,
            say("FILE_DAMAGED", "The {what} is damaged: {reason}", what=what, reason=_first_sentence(error)),
            hint=say(
                "HINT_WRITE_AGAIN", "Write the file again with the program that made it, and check that it was uploaded whole."
            ),
        ) from error


def _first_sentence(error: duckdb.Error) -> str:
    """DuckDB's words without the kind of error and without paths of this machine."""
    first = str(error).splitlines()[0]
    words = [word for word in (first.partition("Error: ")[2] or first).split() if "/" not in word]
    return " ".join(words)[:300].rstrip(".") + "."


def store(
    connection: duckdb.DuckDBPyConnection,
    job: IngestJob,
    source: str,
    report: Report,
    *,
    row_count: int,
    originals: tuple[str | None, ...],
    warnings: tuple[str, ...],
    options: ReadOptions,
) -> StoredTable:
    """The stored copy of `source`, a table expression of SQL with unique column names.

    Nested columns become JSON text. Binary columns become text when all of it is text, as in files of older writers
    that do not mark it, and base64 otherwise.

    Args:
        row_count: rows that the file itself promises.
    Raises:
        IngestError: CELL_TOO_LARGE; MALFORMED when fewer or more rows come out than promised.
    """
    shape = connection.sql(f"SELECT * FROM {source}")
    kinds = dict(zip(shape.columns, shape.types, strict=True))
    texts = _texts(connection, source, [name for name, kind in kinds.items() if kind.id == "blob"])
    stored = {name: columns.stored(quoted(name), kind) for name, kind in kinds.items()}
    expressions = {name: f"decode({quoted(name)})" if name in texts else column.expression for name, column in stored.items()}
    long = {name: expressions[name] for name, kind in kinds.items() if _may_be_long(str(kind))}
    path = str(Path(job.output_dir) / TABLE_NAME)
    bounded = {name: _bounded(expression, job) if name in long else expression for name, expression in expressions.items()}
    try:
        written = _copy(connection, source, bounded, path, report)
    except duckdb.InvalidInputException as error:
        if _TOO_LONG in str(error):
            raise _cell_too_large(connection, source, long, job) from error
        raise
    if written != row_count:
        raise IngestError(
            IngestErrorCode.MALFORMED,
            say(
                "FEWER_ROWS",
                "The file says that it holds {row_count:,} rows, but {written:,} could be read.",
                row_count=row_count,
                written=written,
            ),
            hint=say("HINT_FEWER_ROWS", "Write the file again; it was changed or cut after it was written."),
        )
    logical_types = {name: column.logical_type for name, column in stored.items() if column.logical_type is not None}
    binary = tuple(
        say("BINARY_KEPT", "Column '{name}' holds binary data, kept as base64.", name=name)
        for name, kind in kinds.items()
        if kind.id == "blob" and name not in texts
    )
    return StoredTable(
        path=path,
        row_count=written,
        fields=columns.fields(connection, path, originals, logical_types),
        options=options,
        warnings=(*warnings, *binary),
    )


def _copy(connection: duckdb.DuckDBPyConnection, source: str, expressions: dict[str, str], path: str, report: Report) -> int:
    """The number of rows written."""
    if len(expressions) > wide.WIDE_COLUMNS:
        return wide.copy(connection, source, expressions, path, report)
    projection = ", ".join(f"{expression} AS {quoted(name)}" for name, expression in expressions.items())
    with engine.progress_of(connection, report):
        answer = connection.execute(
            f"COPY (SELECT {projection} FROM {source}) TO {literal(path)} {copy_options(len(expressions))}"
        ).fetchall()
    return int(answer[0][0])


def _texts(connection: duckdb.DuckDBPyConnection, source: str, binary: list[str]) -> set[str]:
    """The binary columns all of whose values are text without control characters."""
    if not binary:
        return set()
    is_text = r"coalesce(NOT regexp_matches(TRY(decode({0})), '[\x00-\x08\x0B\x0C\x0E-\x1F]'), {0} IS NULL)"
    tests = ", ".join(f"coalesce(bool_and({is_text.format(quoted(name))}), true)" for name in binary)
    verdicts = connection.execute(f"SELECT {tests} FROM {source}").fetchall()[0]
    return {name for name, verdict in zip(binary, verdicts, strict=True) if verdict}


def _may_be_long(native_type: str) -> bool:
    base = native_type.strip('"').partition("(")[0]
    return base not in _SHORT and "INT" not in base and not base.startswith("TIME")


def _bounded(expression: str, job: IngestJob) -> str:
    return f"CASE WHEN strlen({expression}) > {job.limits.max_cell_bytes} THEN error('{_TOO_LONG}') ELSE {expression} END"


def _cell_too_large(connection: duckdb.DuckDBPyConnection, source: str, long: dict[str, str], job: IngestJob) -> IngestError:
    """Names the first such cell: a second look at a file that is refused anyway."""
    limit = job.limits.max_cell_bytes
    sizes = ", ".join(f"strlen({expression})" for expression in long.values())
    row, lengths = connection.execute(
        f"SELECT row, lengths FROM (SELECT row_number() OVER () AS row, [{sizes}] AS lengths FROM {source})"
        f" WHERE list_max(lengths) > {limit} LIMIT 1"
    ).fetchall()[0]
    name, length = max(zip(long, lengths, strict=True), key=lambda pair: pair[1] or 0)
    return cell_too_large(name, length, row, limit)


def cell_too_large(name: str, length: int, row: int, limit: int) -> IngestError:
    """A cell of `length` bytes where `limit` are allowed."""
    return IngestError(
        IngestErrorCode.CELL_TOO_LARGE,
        say(
            "LONG_CELL",
            "The cell of column '{name}' in row {row:,} is {length:,} bytes long; at most {limit:,} are kept.",
            name=name,
            row=row,
            length=length,
            limit=limit,
        ),
        hint=say("HINT_LONG_DOCUMENTS", "Store long documents as files of their own and keep their addresses in the table."),
        line=row,
    )
