"""Types that the caller insists on for columns of JSON values, and the rows that do not fit them."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import islice

import duckdb

from app.core.phrases import say
from app.ingest.csv import overrides
from app.ingest.job import LogicalType, ReadOptions
from app.ingest.json.columns import JsonColumn, text_sql
from app.ingest.json.elements import Element
from app.ingest.text import casts, shapes, types
from app.ingest.text.rejects import RejectLog
from app.ingest.text.types import ColumnType, FileStyle

_BATCH_ROWS = 10_000
_NESTED = {LogicalType.OBJECT: "{", LogicalType.ARRAY: "["}


def insisted(connection: duckdb.DuckDBPyConnection, source: str, value: str, logical: LogicalType) -> ColumnType:
    """The type of a column of JSON values that has to be `logical`."""
    text = text_sql(value)
    expression = shapes.shape_sql("x", "b")
    inner = f"SELECT {text} AS x, trim({text}, ' ') AS b FROM {source}"
    mask = int(connection.execute(f"SELECT coalesce(bit_or({expression}), 0) FROM ({inner})").fetchall()[0][0])
    return overrides.insisted(logical, mask, types.decide(mask, FileStyle()), FileStyle())


def fitted_sql(value: str, column: JsonColumn | ColumnType) -> str:
    """SQL for a JSON value in the insisted type; NULL where it does not fit."""
    if isinstance(column, ColumnType):
        return casts.value_sql(text_sql(value), column, misfit="NULL")
    return f"CASE WHEN starts_with({value}, '{_NESTED[column.logical]}') THEN {value} END"


def misfit_sql(value: str, column: JsonColumn | ColumnType) -> str:
    if isinstance(column, ColumnType):
        return casts.misfit_sql(text_sql(value), column)
    return f"coalesce({value} <> 'null' AND NOT starts_with({value}, '{_NESTED[column.logical]}'), false)"


def reject_misfits(
    connection: duckdb.DuckDBPyConnection,
    cells: str,
    wanted: Mapping[int, JsonColumn | ColumnType],
    names: Sequence[str],
    good_elements: Callable[[], Iterator[Element]],
    rejects: RejectLog,
    options: ReadOptions,
) -> str:
    """Put the rows that do not fit among the rejects; the SQL condition of those that do.

    Args:
        cells: relation with the JSON values c0, c1 ... and file_row_number.
        wanted: by index of the column.
    Raises:
        IngestError: TOO_MANY_BAD_ROWS.
    """
    misfits = {index: f"({misfit_sql(f'c{index}', column)})" for index, column in wanted.items()}
    condition = " OR ".join(misfits.values())
    total, bad = connection.execute(f"SELECT count(*), count(*) FILTER (WHERE {condition}) FROM {cells}").fetchall()[0]
    records = total + rejects.count
    few = rejects.would_refuse(bad, records)
    firsts = " ".join(f"WHEN {misfit} THEN {index}" for index, misfit in misfits.items())
    values = " ".join(f"WHEN {misfit} THEN c{index}" for index, misfit in misfits.items())
    found = connection.execute(
        f"SELECT file_row_number, CASE {firsts} END, CASE {values} END FROM {cells} WHERE {condition} ORDER BY 1"
        + (f" LIMIT {rejects.sample_size}" if few else "")
    )
    row, added, elements = 0, 0, good_elements()
    while batch := found.fetchmany(_BATCH_ROWS):
        for number, index, value in batch:
            element = next(islice(elements, number - row, None))
            row = number + 1
            reason = say("VALUE_IS_NOT", "'{cell}' is not {kind}", cell=value[:100], kind=overrides.NOUNS[wanted[index].logical])
            rejects.add(element.line, reason, element.text, field_path=names[index])
            added += 1
    rejects.count += bad - added
    rejects.check(records, options)
    return f" WHERE NOT ({condition})"
