"""JSON and JSON Lines to a stored table: every record checked, columns typed over all of them."""

from dataclasses import replace
from pathlib import Path

import duckdb

from app.core.phrases import say
from app.ingest import columns, engine
from app.ingest.columns import literal, quoted
from app.ingest.csv import header, overrides
from app.ingest.job import Field, IngestError, IngestErrorCode, IngestJob, LogicalType, ReadOptions
from app.ingest.json import columns as json_columns
from app.ingest.json import overrides as json_overrides
from app.ingest.json import records as json_records
from app.ingest.json import source as json_source
from app.ingest.json.columns import JsonColumn
from app.ingest.json.records import Records
from app.ingest.table import Report, StoredTable, copy_options, row_group_rows
from app.ingest.text import shapes
from app.ingest.text.rejects import RejectLog
from app.ingest.text.types import ColumnType
from app.ingest.text.utf8 import Text, clear_scratch, open_text, scratch_path

_CHUNK_COLUMNS = 64


def read(job: IngestJob, report: Report, options: ReadOptions) -> StoredTable:
    """The stored copy of a JSON text.

    An array is a table of its elements, JSON Lines of its lines; objects one after the other are rows too. A single object
    is one row, unless exactly one of its keys holds an array of objects: then that array is the table. Values that are no
    objects stand in a column 'value'.

    Args:
        options: the caller's, with format and compression filled in.
    Raises:
        IngestError: any verdict on the file.
    """
    try:
        text = open_text(job, options, report)
        with RejectLog(job.output_dir, job.limits) as rejects, engine.connect(job) as connection:
            return _Reading(job, report, text, rejects, connection).table()
    finally:
        clear_scratch(job)


class _Reading:
    """One JSON text on its way to a table."""

    def __init__(self, job: IngestJob, report: Report, text: Text, rejects: RejectLog, connection: duckdb.DuckDBPyConnection):
        self._job, self._report, self._rejects, self._connection = job, report, rejects, connection
        self._options, self._text_warnings = text.options, text.warnings
        self._source = json_source.find(text, job.limits.max_cell_bytes)

    def table(self) -> StoredTable:
        records = self._records()
        names = header.name_columns([key.replace("\x00", "") for key in records.keys], len(records.keys))
        overrides.check_types(self._options.types, names.names, nested=True)
        cells = self._cells(records)
        kinds = self._kinds(cells, len(names.names))
        wanted = self._wanted(cells, names.names)
        where = ""
        if wanted:
            where = json_overrides.reject_misfits(
                self._connection, cells, wanted, names.names,
                lambda: json_records.good(self._source.elements()), self._rejects, self._options,
            )  # fmt: skip
        target, row_count = self._stored(cells, kinds, wanted, names.names, where)
        return StoredTable(
            path=str(target),
            row_count=row_count,
            fields=self._fields(target, kinds, wanted, names),
            options=replace(self._options, null_tokens=self._options.null_tokens or ()),
            rejected_row_count=self._rejects.count,
            rejects_path=self._rejects.path,
            rejected_samples=self._rejects.samples,
            warnings=(*self._text_warnings, *self._source.warnings, *names.warnings, *_warnings(records, kinds, names.names)),
        )

    def _records(self) -> Records:
        target = scratch_path(self._job, "records.jsonl")
        limits = self._job.limits
        records = json_records.write(self._source.elements(), target, self._rejects, max_columns=limits.max_columns)
        self._rejects.check(records.count + self._rejects.count, self._options)
        if not records.keys:
            raise IngestError(
                IngestErrorCode.NO_ROWS,
                say("JSON_NO_KEYS", "The file is valid JSON, but holds no record with a key.")
                if records.count
                else say("JSON_NO_RECORDS", "The file holds no record."),
                hint=say("HINT_JSON_SHAPE", "Write the records as an array of objects, or as JSON Lines."),
                options=self._options,
            )
        self._report(0.4)
        return records

    def _cells(self, records: Records) -> str:
        """The relation of the records' values as JSON text: c0, c1 ... in the order of the keys."""
        longest = max(2 << 20, records.longest_bytes + 1024)
        # U+001F cannot stand in JSON, so that a line is one cell whatever it holds.
        lines = (
            f"read_csv({literal(str(records.path))}, columns = {{'line': 'VARCHAR'}}, auto_detect = false, header = false,"
            f" delim = '\x1f', quote = '', escape = '', max_line_size = {longest}, buffer_size = {max(longest * 2, 32 << 20)},"
            f" new_line = '\\n')"
        )
        paths = ", ".join(literal("/" + key.replace("~", "~0").replace("/", "~1")) for key in records.keys)
        each = ", ".join(f"v[{index + 1}]::VARCHAR AS c{index}" for index in range(len(records.keys)))
        target = scratch_path(self._job, "cells.parquet")
        with engine.progress_of(self._connection, lambda done: self._report(0.4 + done * 0.2)):
            written = self._connection.execute(
                f"COPY (SELECT {each} FROM (SELECT json_extract(line, [{paths}]) AS v FROM {lines})) TO {literal(str(target))}"
                f" (FORMAT parquet, COMPRESSION lz4_raw, ROW_GROUP_SIZE {row_group_rows(len(records.keys))})"
            ).fetchall()[0][0]
        if written != records.count:
            raise AssertionError(f"{records.count} records were written, {written} were read back")
        return f"read_parquet({literal(str(target))}, file_row_number = true)"

    def _kinds(self, cells: str, width: int) -> list[JsonColumn]:
        kinds: list[JsonColumn] = []
        for start in range(0, width, _CHUNK_COLUMNS):
            each = range(start, min(start + _CHUNK_COLUMNS, width))
            sums = ", ".join(f"coalesce(bit_or({json_columns.kind_sql(self._value(i))}), 0)" for i in each)
            row = self._connection.execute(f"SELECT {sums} FROM {cells}").fetchall()[0]
            kinds += [json_columns.decide(int(mask)) for mask in row]
        return kinds

    def _value(self, index: int) -> str:
        """SQL for a JSON value, NULL where the caller's tokens say so."""
        if not self._options.null_tokens:
            return f"c{index}"
        absent = shapes.one_of(f"(c{index}::JSON ->> '$')", self._options.null_tokens)
        return f"CASE WHEN starts_with(c{index}, '\"') AND {absent} THEN NULL ELSE c{index} END"

    def _wanted(self, cells: str, names: tuple[str, ...]) -> dict[int, JsonColumn | ColumnType]:
        wanted: dict[int, JsonColumn | ColumnType] = {}
        for index, name in enumerate(names):
            logical = self._options.types.get(name)
            if logical in (LogicalType.OBJECT, LogicalType.ARRAY):
                wanted[index] = JsonColumn(logical)
            elif logical is not None:
                wanted[index] = json_overrides.insisted(self._connection, cells, self._value(index), logical)
        return wanted

    def _stored(
        self, cells: str, kinds: list[JsonColumn], wanted: dict[int, JsonColumn | ColumnType], names: tuple[str, ...], where: str
    ) -> tuple[Path, int]:
        target = Path(self._job.output_dir) / "table.parquet"
        projection = ", ".join(
            (
                json_overrides.fitted_sql(self._value(i), wanted[i])
                if i in wanted
                else json_columns.value_sql(self._value(i), kind)
            )
            + f" AS {quoted(name)}"
            for i, (kind, name) in enumerate(zip(kinds, names, strict=True))
        )
        with engine.progress_of(self._connection, lambda done: self._report(0.6 + done * 0.4)):
            rows = self._connection.execute(
                f"COPY (SELECT {projection} FROM {cells}{where}) TO {literal(str(target))} {copy_options(len(names))}"
            ).fetchall()[0][0]
        return target, int(rows)

    def _fields(
        self, target: Path, kinds: list[JsonColumn], wanted: dict[int, JsonColumn | ColumnType], names: header.Names
    ) -> tuple[Field, ...]:
        logical = {
            name: wanted.get(index, kind).logical for index, (kind, name) in enumerate(zip(kinds, names.names, strict=True))
        }
        return columns.fields(self._connection, str(target), names.originals, logical)


def _warnings(records: Records, kinds: list[JsonColumn], names: tuple[str, ...]) -> list[str]:
    found: list[str] = [
        say("MIXED_KINDS", "'{name}' holds values of different kinds, kept as text.", name=name)
        for name, kind in zip(names, kinds, strict=True)
        if kind.mixed
    ]
    if records.not_numbers:
        found.append(
            say(
                "NOT_NUMBERS",
                "{count:,} {count:record holds|records hold} NaN or Infinity, which JSON does not have; they were read as absent.",
                count=records.not_numbers,
            )
        )
    return found[:20]
