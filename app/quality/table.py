"""The table that rules are compiled for: its columns, what its footer tells, and how SQL reads it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

import duckdb

from app.ingest.columns import literal, logical_type, quoted
from app.ingest.job import Field, LogicalType
from app.quality import known
from app.quality.known import Known
from app.quality.spec import TableInfo

ROW_NUMBER = "file_row_number"
"""The name under which DuckDB counts the rows of a Parquet file, from 0."""
_BITS = {"TINYINT": 8, "SMALLINT": 16, "INTEGER": 32, "BIGINT": 64, "UTINYINT": 8, "USMALLINT": 16, "UINTEGER": 32, "UBIGINT": 64}


class Unreadable(Exception):
    """The file of the table cannot be opened: it is not there, or no Parquet file."""


@dataclass(frozen=True)
class Column:
    """A column as rules see it."""

    field: Field

    @property
    def name(self) -> str:
        return self.field.field_path

    @property
    def sql(self) -> str:
        return quoted(self.field.field_path)

    @property
    def logical(self) -> LogicalType:
        return self.field.logical_type

    @property
    def native(self) -> str:
        return self.field.native_type

    @property
    def is_float(self) -> bool:
        return self.native in ("FLOAT", "DOUBLE")

    @property
    def is_integer(self) -> bool:
        """Of a type of machine integers; a DECIMAL without decimals is none."""
        return self.native in _BITS

    @property
    def is_zoned(self) -> bool:
        """A moment, not a local time."""
        return self.native.startswith(("TIMESTAMPTZ", "TIMESTAMP WITH"))

    @property
    def is_text(self) -> bool:
        """Stored as text, JSON documents included."""
        return self.native == "VARCHAR"


@dataclass(frozen=True)
class Ends:
    """Least and greatest value of a column of integers that has any."""

    low: int
    high: int


@dataclass(frozen=True)
class Footer:
    """What a Parquet file says of itself. Trusted: every stored table was written by ourselves."""

    row_count: int
    nulls: dict[str, int] = field(default_factory=dict)
    """Per column, where every row group tells."""
    ends: dict[str, Ends] = field(default_factory=dict)
    """Per column of integers, where every row group tells."""
    dictionaries: frozenset[str] = frozenset()
    """Columns of texts that every row group keeps by a dictionary, because their values repeat."""


@dataclass(frozen=True)
class Table:
    """A table to compile for. Without a path it can be compiled for, to find mistakes, but not read."""

    columns: tuple[Column, ...]
    path: str | None = None
    footer: Footer | None = None
    created_at: datetime | None = None
    known: Mapping[str, Known] = field(default_factory=dict)
    """By column: what the profile of this very table tells exactly."""

    def column(self, name: str) -> Column | None:
        """The column of that name, exactly."""
        return self._by_name.get(name)

    @cached_property
    def _by_name(self) -> dict[str, Column]:
        return {column.name: column for column in self.columns}

    @property
    def repeating(self) -> frozenset[str]:
        """Columns of texts with far fewer values than rows, as far as the footer tells."""
        return self.footer.dictionaries if self.footer is not None else frozenset()

    @cached_property
    def row_number(self) -> str:
        """A name for the number of a row (from 0) that no column has."""
        names = {column.name.lower() for column in self.columns}
        name = ROW_NUMBER
        while name in names:
            name += "_"
        return name

    @cached_property
    def source(self) -> str:
        """A table expression of SQL: all columns and `row_number`."""
        if self.row_number == ROW_NUMBER:
            return f"read_parquet({literal(self.path or '')}, file_row_number = true, hive_partitioning = false)"
        # A column bears the name itself; counting is slower than the reader's own numbers, and rare.
        rows = f"read_parquet({literal(self.path or '')}, hive_partitioning = false)"
        return f"(SELECT *, row_number() OVER () - 1 AS {self.row_number} FROM {rows})"


def of_fields(fields: Sequence[Field]) -> Table:
    """A table of which only the columns are known."""
    return Table(tuple(Column(field) for field in fields))


def open_table(connection: duckdb.DuckDBPyConnection, info: TableInfo) -> Table:
    """The table at `info.path`, its footer read.

    Raises:
        Unreadable.
    """
    path = info.path or ""
    try:
        fields = info.fields or _described(connection, path)
        columns = tuple(Column(field) for field in fields)
        footer = _footer(connection, path, columns)
        told = known.columns(fields, info.profile, footer.row_count, footer.nulls)
        return Table(columns, path, footer, info.created_at, told)
    except duckdb.Error as error:
        raise Unreadable(str(error).splitlines()[0]) from error


def _described(connection: duckdb.DuckDBPyConnection, path: str) -> tuple[Field, ...]:
    described = connection.execute(f"DESCRIBE SELECT * FROM read_parquet({literal(path)}, hive_partitioning = false)").fetchall()
    return tuple(
        Field(field_path=name, ordinal_position=at, logical_type=logical_type(native), native_type=native, nullable=True)
        for at, (name, native, *_) in enumerate(described, 1)
    )


def _footer(connection: duckdb.DuckDBPyConnection, path: str, columns: tuple[Column, ...]) -> Footer:
    (rows,) = connection.execute(f"SELECT sum(num_rows)::BIGINT FROM parquet_file_metadata({literal(path)})").fetchall()[0]
    found = connection.execute(
        f"""
        SELECT column_id, sum(stats_null_count)::BIGINT, bool_and(stats_null_count IS NOT NULL),
               min(TRY_CAST(stats_min_value AS HUGEINT)), max(TRY_CAST(stats_max_value AS HUGEINT)),
               bool_and((TRY_CAST(stats_min_value AS HUGEINT) IS NOT NULL AND TRY_CAST(stats_max_value AS HUGEINT) IS NOT NULL)
                        OR stats_null_count = num_values),
               bool_and(encodings LIKE '%DICTIONARY%')
        FROM parquet_metadata({literal(path)}) GROUP BY column_id
        """
    ).fetchall()
    nulls: dict[str, int] = {}
    ends: dict[str, Ends] = {}
    dictionaries: set[str] = set()
    for index, null_count, all_counted, low, high, all_bounded, in_dictionaries in found:
        column = columns[index]
        if all_counted:
            nulls[column.name] = int(null_count)
        if column.is_integer and all_bounded and low is not None:
            ends[column.name] = Ends(int(low), int(high))
        if column.is_text and in_dictionaries:
            dictionaries.add(column.name)
    return Footer(int(rows or 0), nulls, ends, frozenset(dictionaries))
