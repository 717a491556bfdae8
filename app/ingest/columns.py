"""Columns of a stored table: DuckDB's types in the vocabulary's words, and what the Parquet copy says of itself."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import duckdb
from duckdb.sqltypes import DuckDBPyType

from app.ingest.job import Field, LogicalType

_LOGICAL = {
    "BOOLEAN": LogicalType.BOOLEAN,
    "DATE": LogicalType.DATE,
    "TIME": LogicalType.TIME,
    "TIME_NS": LogicalType.TIME,
    "FLOAT": LogicalType.NUMBER,
    "DOUBLE": LogicalType.NUMBER,
}
_INTEGERS = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT", "UHUGEINT")
_KEPT = {*_LOGICAL, *_INTEGERS, "VARCHAR", "DECIMAL"} - {"HUGEINT", "UHUGEINT"}
"""Types that Parquet keeps as they are. DuckDB would write a HUGEINT as DOUBLE and lose digits."""
_LISTS = ("list", "array")
_OBJECTS = ("struct", "map", "union", "variant", "tuple")


@dataclass(frozen=True)
class Stored:
    """How a column goes into the Parquet copy."""

    expression: str
    logical_type: LogicalType | None = None
    """Where the stored type does not tell it: JSON text is VARCHAR."""


def quoted(name: str) -> str:
    """`name` as an identifier of SQL."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """`text` as a string of SQL."""
    return "'" + text.replace("'", "''") + "'"


def logical_type(native_type: str) -> LogicalType:
    """The logical type of a stored column. A DECIMAL without decimals is an INTEGER."""
    base, _, parameters = native_type.partition("(")
    if base == "DECIMAL":
        return LogicalType.INTEGER if parameters.endswith(",0)") else LogicalType.NUMBER
    if base in _INTEGERS:
        return LogicalType.INTEGER
    if base.startswith("TIMESTAMP"):
        return LogicalType.TIMESTAMP
    return _LOGICAL.get(base, LogicalType.STRING)


def stored(column: str, kind: DuckDBPyType) -> Stored:
    """The expression that stores `column`, a quoted identifier: nested values as JSON text, all else in its own type.

    Binary becomes base64; what Parquet or its readers do not know (intervals, enums, UUIDs ...) becomes its text.
    """
    name = str(kind).partition("(")[0]
    if kind.id in _LISTS:
        return Stored(f"CAST(to_json({_plain(column, kind)}) AS VARCHAR)", LogicalType.ARRAY)
    if kind.id in _OBJECTS:
        return Stored(f"CAST(to_json({_plain(column, kind)}) AS VARCHAR)", LogicalType.OBJECT)
    if kind.id == "blob":
        return Stored(f"base64({column})")
    if name == "JSON":
        return Stored(f"CAST({column} AS VARCHAR)", LogicalType.OBJECT)
    if name in _KEPT or name.startswith("TIMESTAMP"):
        return Stored(column)
    return Stored(f"CAST({column} AS VARCHAR)")


def _plain(value: str, kind: DuckDBPyType, depth: int = 0) -> str:
    """`value` with what JSON has no word for put in words: not-a-number and infinity as text, binary as base64."""
    if not _needs_words(kind):
        return value
    variable = f"x{depth}"
    if kind.id in ("float", "double"):
        return f"CASE WHEN isfinite({value}) THEN to_json({value}) ELSE to_json(CAST({value} AS VARCHAR)) END"
    if kind.id == "blob":
        return f"base64({value})"
    if kind.id in _LISTS:
        return f"list_transform({value}, lambda {variable}: {_plain(variable, _children(kind)[0][1], depth + 1)})"
    if kind.id == "map":
        child = _children(kind)[1][1]
        entry = f"{{'key': {variable}.key, 'value': {_plain(f'{variable}.value', child, depth + 1)}}}"
        return f"map_from_entries(list_transform(map_entries({value}), lambda {variable}: {entry}))"
    members = ", ".join(f"{quoted(name)} := {_plain(f'{value}.{quoted(name)}', child, depth)}" for name, child in _children(kind))
    return f"CASE WHEN {value} IS NOT NULL THEN struct_pack({members}) END"


def _needs_words(kind: DuckDBPyType) -> bool:
    if kind.id in ("list", "array", "struct"):
        return any(_needs_words(child) for _, child in _children(kind))
    if kind.id == "map":
        return _needs_words(_children(kind)[1][1])
    return kind.id in ("float", "double", "blob")


def _children(kind: DuckDBPyType) -> list[tuple[str, DuckDBPyType]]:
    return [(name, child) for name, child in kind.children if isinstance(child, DuckDBPyType)]


def fields(
    connection: duckdb.DuckDBPyConnection,
    table_path: str,
    originals: Sequence[str | None],
    logical_types: Mapping[str, LogicalType],
) -> tuple[Field, ...]:
    """The fields of a Parquet copy, read back from it.

    Args:
        originals: per column, the header as written where it was changed.
        logical_types: by field path, where the stored type does not tell.
    """
    source = f"read_parquet({literal(table_path)}, hive_partitioning = false)"
    described = connection.execute(f"DESCRIBE SELECT * FROM {source}").fetchall()
    nulls = dict(
        connection.execute(
            f"SELECT column_id, sum(stats_null_count)::BIGINT FROM parquet_metadata({literal(table_path)}) GROUP BY column_id"
        ).fetchall()
    )
    return tuple(
        Field(
            field_path=name,
            ordinal_position=index + 1,
            logical_type=logical_types.get(name) or logical_type(native_type),
            native_type=native_type,
            nullable=nulls.get(index, 0) > 0,
            original_name=originals[index],
        )
        for index, (name, native_type, *_) in enumerate(described)
    )
