"""Cells of text to typed columns: one optimistic pass over a regular file, and an exact one where the optimism was wrong."""

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from app.core.phrases import say
from app.ingest import engine, wide
from app.ingest.columns import literal, quoted
from app.ingest.csv.dialect import Dialect
from app.ingest.table import Report, copy_options, row_group_rows
from app.ingest.text import casts, shapes, types
from app.ingest.text.types import ColumnType

SMALL_BYTES = 4 << 20
"""Files up to this size are judged whole at once: a sample would cost more than it saves."""
SAMPLE_PLACES = 12
SAMPLE_PLACE_BYTES = 192 << 10
_BROKEN = say("CELL_SHAPE", "a cell does not have the shape its column was thought to have")
_NARROW = 64


@dataclass(frozen=True)
class RegularFile:
    """A file that DuckDB can read with nothing left to guess."""

    path: Path
    dialect: Dialect
    width: int
    skipped_lines: int
    offset: int
    """Where its records begin."""
    crlf: bool = False
    longest_record_bytes: int = 0

    def relation(self, *, parallel: bool = True) -> str:
        """The SQL table function with columns c0, c1 ... of text; empty cells are NULL."""
        columns = ", ".join(f"'c{index}': 'VARCHAR'" for index in range(self.width))
        longest = max(2 << 20, self.longest_record_bytes + 1024)
        # With line ends of LF named, quoted cells may hold any line end; with CR LF the reader finds them itself.
        line_end = "" if self.crlf else r", new_line = '\n'"
        buffer = f", buffer_size = {longest * 2}" if longest > 16 << 20 else ""
        return (
            f"read_csv({literal(str(self.path))}, columns = {{{columns}}}, auto_detect = false, header = false,"
            f" skip = {self.skipped_lines}, delim = {literal(self.dialect.delimiter)}, quote = {literal(self.dialect.quote)},"
            f" escape = {literal(self.dialect.quote)}, nullstr = '', null_padding = false, strict_mode = true,"
            f" max_line_size = {longest}{buffer}, parallel = {'true' if parallel else 'false'}{line_end})"
        )


@dataclass(frozen=True)
class Cells:
    """A relation of text columns c0, c1 ... and what means 'absent' in it.

    Args:
        null_tokens: the caller's; None = found out by column.
        is_small: so few rows that planning a statement costs more than running it.
    """

    relation: str
    width: int
    null_tokens: tuple[str, ...] | None = None
    is_small: bool = False

    def column(self, index: int) -> str:
        """SQL for the text of a column, NULL where it is absent."""
        name = f"c{index}"
        if self.null_tokens is None:
            return name
        if "" not in self.null_tokens:
            name = f"coalesce({name}, '')"
        tokens = [token for token in self.null_tokens if token != ""]
        return f"CASE WHEN {shapes.one_of(name, tokens)} THEN NULL ELSE {name} END" if tokens else name


def masks(connection: duckdb.DuckDBPyConnection, cells: Cells, known: Sequence[int] = ()) -> list[int]:
    """The shapes of each column: the OR over all of its cells.

    Args:
        known: shapes seen in a sample; what is text there stays text, and is the dearest to look at again.
    """
    open_columns = [index for index in range(cells.width) if not (known and known[index] & shapes.Shape.TEXT)]
    if known and open_columns and cells.width <= _NARROW:
        seen = dict(zip(open_columns, _narrow_masks(connection, cells, open_columns), strict=True))
        return [seen.get(index, known[index]) for index in range(cells.width)]
    found: list[int] = []
    step = _NARROW if _is_narrow(cells) else 256
    for start in range(0, cells.width, step):
        found += _narrow_masks(connection, cells, range(start, min(start + step, cells.width)))
    return found


def _is_narrow(cells: Cells) -> bool:
    """True where an expression for each column is worth it; 12,000 rows of 19 columns take a third of the time without."""
    return cells.width <= _NARROW and not cells.is_small


def _narrow_masks(connection: duckdb.DuckDBPyConnection, cells: Cells, columns: Sequence[int]) -> list[int]:
    if _is_narrow(cells):
        texts = ", ".join(f"{cells.column(i)} AS x{i}, trim({cells.column(i)}, ' ') AS b{i}" for i in columns)
        sums = ", ".join(f"coalesce(bit_or({shapes.shape_sql(f'x{i}', f'b{i}')}), 0)" for i in columns)
        row = connection.execute(f"SELECT {sums} FROM (SELECT {texts} FROM {cells.relation})").fetchall()[0]
        return [int(value) for value in row]
    # One expression for all columns: thousands of them would take longer to plan than to run.
    texts = ", ".join(cells.column(i) for i in columns)
    rows = connection.execute(
        f"SELECT i, bit_or({shapes.shape_sql('x', 'b')}) FROM (SELECT i, x, trim(x, ' ') AS b FROM (SELECT unnest([{texts}]) AS x,"
        f" unnest(range({len(columns)})) AS i FROM {cells.relation})) GROUP BY i"
    ).fetchall()
    by_index = dict(rows)
    return [int(by_index.get(index) or 0) for index in range(len(columns))]


def sample(file: RegularFile, target: Path, null_tokens: tuple[str, ...] | None) -> Cells:
    """Write records from places all over the file to `target`; the places do not depend on chance."""
    size = file.path.stat().st_size
    with target.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\n")
        for record in _sampled(file, size):
            writer.writerow(record)
    copy = RegularFile(target, Dialect(","), file.width, 0, 0, longest_record_bytes=file.longest_record_bytes)
    return Cells(copy.relation(), file.width, null_tokens, is_small=True)


def _sampled(file: RegularFile, size: int) -> Iterator[list[str]]:
    with file.path.open("rb") as source:
        for place in range(SAMPLE_PLACES):
            start = file.offset + (size - file.offset) * place // SAMPLE_PLACES
            source.seek(start)
            text = source.read(SAMPLE_PLACE_BYTES).decode("utf-8", "ignore")
            if place:
                # Perhaps the middle of a quoted cell: records of another width are left out below.
                text = text[text.find("\n") + 1 :]
            text = text[: text.rfind("\n") + 1]
            for record in file.dialect.records(text, most=1_000):
                if len(record) == file.width:
                    yield record


def with_digits(connection: duckdb.DuckDBPyConnection, cells: Cells, kinds: Sequence[ColumnType]) -> list[ColumnType]:
    """The types with the precision and scale of each DECIMAL; text where 38 digits do not hold a column."""
    found = list(kinds)
    for index, kind in enumerate(kinds):
        if kind.native != "DECIMAL":
            continue
        whole, fraction = casts.digit_lengths_sql(cells.column(index), kind)
        row = connection.execute(f"SELECT max({whole}), max({fraction}) FROM {cells.relation}").fetchall()[0]
        found[index] = types.sized_decimal(kind, int(row[0] or 1), int(row[1] or 0))
    return found


def copy_text(connection: duckdb.DuckDBPyConnection, cells: Cells, target: Path, report: Report) -> int:
    """Write all cells as text to a Parquet file, which is faster to read again; the number of rows."""
    rows = row_group_rows(cells.width)
    with engine.progress_of(connection, report):
        return int(
            connection.execute(
                f"COPY (SELECT * FROM {cells.relation}) TO {literal(str(target))}"
                f" (FORMAT parquet, COMPRESSION lz4_raw, ROW_GROUP_SIZE {rows})"
            ).fetchall()[0][0]
        )


def copy_typed(
    connection: duckdb.DuckDBPyConnection,
    target: Path,
    cells: Cells,
    kinds: Sequence[ColumnType],
    names: Sequence[str | None],
    report: Report,
    where: str = "",
) -> int | None:
    """Write the table with its columns in their types; the number of rows, or None where a cell does not fit.

    Args:
        names: None for a column that is left out; it has to be empty.
        where: ' WHERE ...', the rows to take.
    """
    columns = [(cells.column(i), kind, name) for i, (kind, name) in enumerate(zip(kinds, names, strict=True))]
    left_out = " OR ".join(f"{x} IS NOT NULL" for x, _, name in columns if name is None)
    if left_out:
        where += f" {'AND' if where else 'WHERE'} CASE WHEN {left_out} THEN error('{_BROKEN}') ELSE true END"
    kept = [(x, kind, name) for x, kind, name in columns if name is not None]
    try:
        if len(kept) > wide.WIDE_COLUMNS:
            values = {name: _checked(x, kind) for x, kind, name in kept}
            return wide.copy(connection, f"{cells.relation}{where}", values, str(target), report)
        with engine.progress_of(connection, report):
            return int(
                connection.execute(
                    f"COPY ({_typed_sql(kept, cells.relation + where)}) TO {literal(str(target))} {copy_options(len(kept))}"
                ).fetchall()[0][0]
            )
    except duckdb.InvalidInputException as error:
        if _BROKEN in str(error):
            return None
        raise


def _typed_sql(columns: Sequence[tuple[str, ColumnType, str]], relation: str) -> str:
    """The query of the typed table: each text is looked at and converted once, in a layer of its own."""
    texts = ", ".join(f"{x} AS x{i}" for i, (x, _, _) in enumerate(columns))
    conversions = {i: casts.conversion_sql(f"x{i}", kind) for i, (_, kind, _) in enumerate(columns)}
    converted = "".join(f", {sql} AS v{i}" for i, sql in conversions.items() if sql is not None)
    values = ", ".join(
        f"{_checked(f'x{i}', kind, f'v{i}' if conversions[i] else None)} AS {quoted(name)}"
        for i, (_, kind, name) in enumerate(columns)
    )
    return f"SELECT {values} FROM (SELECT *{converted} FROM (SELECT {texts} FROM {relation}))"


def _checked(x: str, kind: ColumnType, converted: str | None = None) -> str:
    """The value of a cell; an error ends the pass where it has another shape than expected."""
    broken = f"error('{_BROKEN}')"
    if kind.empty:
        return f"CASE WHEN {x} IS NULL THEN NULL::VARCHAR ELSE {broken} END"
    if kind.seen is not None:
        shape, others = shapes.shape_sql(x, f"trim({x}, ' ')"), shapes.ALL & ~kind.seen
        return f"CASE WHEN {shape} & {others}::UBIGINT = 0 THEN {casts.value_sql(x, kind, misfit=broken)} ELSE {broken} END"
    return casts.value_sql(x, kind, misfit=broken, converted=converted)
