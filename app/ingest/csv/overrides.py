"""What the caller insists on: whether it is possible, and which rows do not fit it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import duckdb

from app.core.phrases import say
from app.ingest.columns import literal
from app.ingest.csv.cells import Cells
from app.ingest.csv.marks import wrong
from app.ingest.csv.mend import TableText, rows
from app.ingest.job import LogicalType, ReadOptions
from app.ingest.text import casts, shapes, types
from app.ingest.text.rejects import RejectLog
from app.ingest.text.shapes import Shape
from app.ingest.text.types import ColumnType, FileStyle, NumberStyle

_BATCH_ROWS = 10_000


def check_types(wanted: Mapping[str, LogicalType], names: Sequence[str], *, nested: bool = False) -> None:
    """Refuse types for columns that are not there, and (unless `nested`) types that a cell of text cannot have.

    Raises:
        IngestError: WRONG_OPTIONS.
    """
    for name, logical in wanted.items():
        if name not in names:
            shown = ", ".join(f"'{each}'" for each in names[:10]) + (" ..." if len(names) > 10 else "")
            raise wrong(
                say(
                    "TYPE_OF_NO_COLUMN", "A type was given for '{name}', but the columns are {columns}.", name=name, columns=shown
                )
            )
        if logical in (LogicalType.OBJECT, LogicalType.ARRAY) and not nested:
            raise wrong(
                say("TYPE_NOT_FOR_TEXT", "The column '{name}' of a text table cannot be {type}.", name=name, type=logical.value)
            )


def insisted(logical: LogicalType, mask: int, found: ColumnType, style: FileStyle) -> ColumnType:
    """The type of a column that has to be `logical`, whatever else its cells look like."""
    if logical is LogicalType.STRING:
        return types.TEXT
    tokens = tuple(token for token, bit in shapes.TOKEN_BITS.items() if mask & bit)
    if found.logical is logical and not found.is_text:
        return replace(found, tokens=tokens)
    shape = Shape(mask & shapes.SHAPES)
    decimal = style.decimal or ("," if shape & Shape.COMMA and not shape & Shape.DECIMAL else ".")
    marks = NumberStyle(decimal, style.thousands or "")
    date = next((form for form in _DATES_BY_CERTAINTY if shape & form), None)
    native = {
        LogicalType.BOOLEAN: "BOOLEAN",
        LogicalType.INTEGER: "DECIMAL(38,0)" if shape & Shape.BIG else "BIGINT",
        LogicalType.NUMBER: "DOUBLE",
        LogicalType.DATE: "DATE",
        LogicalType.TIMESTAMP: "TIMESTAMP WITH TIME ZONE" if shape & Shape.TIMESTAMP_ZONE else "TIMESTAMP",
        LogicalType.TIME: "TIME",
    }[logical]
    return ColumnType(logical, native, tokens, marks, date, padded=True, insisted=True)


_DATES_BY_CERTAINTY = (
    Shape.SLASH_DAY_FIRST,
    Shape.SLASH_MONTH_FIRST,
    Shape.DASH_DAY_FIRST,
    Shape.DASH_MONTH_FIRST,
    Shape.DOT_DATE,
    Shape.SLASH_YEAR_FIRST,
    Shape.JAPANESE_DATE,
    Shape.DAY_MONTH_NAME,
    Shape.MONTH_NAME_DAY,
)


def reject_misfits(
    connection: duckdb.DuckDBPyConnection,
    text: Path,
    cells: Cells,
    kinds: Sequence[ColumnType],
    names: Sequence[str],
    options: ReadOptions,
    table: TableText,
    rejects: RejectLog,
) -> str:
    """Put the rows that do not fit the wanted types among the rejects; the SQL condition of those that do.

    Args:
        text: path of the Parquet file with the cells as text, in the order of the rows.
    Raises:
        IngestError: TOO_MANY_BAD_ROWS.
    """
    misfits = {
        index: f"({casts.misfit_sql(cells.column(index), kinds[index])})"
        for index, name in enumerate(names)
        if name in options.types and not kinds[index].is_text
    }
    if not misfits:
        return ""
    source = f"read_parquet({literal(str(text))}, file_row_number = true)"
    condition = " OR ".join(misfits.values())
    total, bad = connection.execute(f"SELECT count(*), count(*) FILTER (WHERE {condition}) FROM {source}").fetchall()[0]
    records = total + rejects.count
    # Where the file will be refused, the samples are all that anybody sees.
    few = rejects.would_refuse(bad, records)
    firsts = " ".join(f"WHEN {misfit} THEN {index}" for index, misfit in misfits.items())
    values = " ".join(f"WHEN {misfit} THEN c{index}" for index, misfit in misfits.items())
    found = connection.execute(
        f"SELECT file_row_number, CASE {firsts} END, CASE {values} END FROM {source} WHERE {condition} ORDER BY 1"
        + (f" LIMIT {rejects.sample_size}" if few else "")
    )
    misfit_of: dict[int, tuple[int, str]] = {}

    def bad_rows() -> Iterator[int]:
        while batch := found.fetchmany(_BATCH_ROWS):
            for row, index, value in batch:
                misfit_of[row] = (index, value)
                yield row

    added = 0
    for row, line, raw in rows(table, bad_rows()):
        index, value = misfit_of.pop(row)
        rejects.add(
            line,
            say("VALUE_IS_NOT", "'{cell}' is not {kind}", cell=value[:100], kind=NOUNS[options.types[names[index]]]),
            raw,
            field_path=names[index],
        )
        added += 1
    rejects.count += bad - added
    rejects.check(records, options)
    return f" WHERE NOT ({condition})"


NOUNS = {
    LogicalType.BOOLEAN: say("NOUN_BOOLEAN", "a boolean"),
    LogicalType.INTEGER: say("NOUN_INTEGER", "an integer"),
    LogicalType.NUMBER: say("NOUN_NUMBER", "a number"),
    LogicalType.DATE: say("NOUN_DATE", "a date"),
    LogicalType.TIMESTAMP: say("NOUN_TIMESTAMP", "a timestamp"),
    LogicalType.TIME: say("NOUN_TIME", "a time"),
    LogicalType.OBJECT: say("NOUN_OBJECT", "an object"),
    LogicalType.ARRAY: say("NOUN_ARRAY", "an array"),
}
