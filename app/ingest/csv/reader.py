"""CSV and its relatives to a stored table: what is regular in one pass of DuckDB, what is not after mending it."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb

from app.ingest import columns, engine, wide
from app.ingest.csv import absence, by_hand, cells, oddities, overrides, warnings
from app.ingest.csv.cells import Cells, RegularFile
from app.ingest.csv.layout import Plan, plan
from app.ingest.csv.marks import check_marks
from app.ingest.csv.mend import mend, rows
from app.ingest.csv.survey import Surveying, first_line_ends_in_crlf
from app.ingest.job import IngestError, IngestErrorCode, IngestJob, LogicalType, ReadOptions
from app.ingest.table import Report, StoredTable, Written
from app.ingest.text import types
from app.ingest.text.rejects import RejectLog
from app.ingest.text.shapes import Shape
from app.ingest.text.types import ColumnType
from app.ingest.text.utf8 import clear_scratch, open_text, scratch_path


class _ReaderDisagrees(Exception):
    """DuckDB's reader refused the file or counted other records than we did."""


@dataclass(frozen=True)
class _Typed:
    """The table as written."""

    kinds: list[ColumnType]
    names: list[str | None]
    """None for a column that was left out."""
    row_count: int
    source: Cells
    """The cells it was made of."""


def read(job: IngestJob, report: Report, options: ReadOptions, written: Written = lambda path: None) -> StoredTable:
    """The stored copy of a delimited text file.

    Args:
        options: the caller's, with format and compression filled in.
        written: called before the table is looked at again for what is to be warned of.
    Raises:
        IngestError: any verdict on the file.
    """
    check_marks(options)
    try:
        found = plan(open_text(job, options, report), job.limits)
        overrides.check_types(options.types, found.names.names)
        with RejectLog(job.output_dir, job.limits) as rejects, engine.connect(job) as connection:
            return _Reading(job, report, found, rejects, connection).table(written)
    except IngestError as error:
        if error.code is IngestErrorCode.TOO_MANY_BAD_ROWS and found.aligned_columns and options.delimiter is None:
            error.hint = warnings.WAY_OUT
        raise
    finally:
        clear_scratch(job)


class _Reading:
    """One file on its way from a plan to a table."""

    def __init__(self, job: IngestJob, report: Report, plan: Plan, rejects: RejectLog, connection: duckdb.DuckDBPyConnection):
        self._job, self._report, self._plan, self._rejects, self._connection = job, report, plan, rejects, connection
        self._warnings: list[str] = []
        self._seen: list[int] = []
        """Shapes in a sample, where one was taken."""
        self._masks: list[int] = []
        self._style = types.FileStyle()
        """What the types were decided from."""
        self._has_all_rows = True
        self._target = Path(job.output_dir) / "table.parquet"

    def table(self, written: Written) -> StoredTable:
        typed = self._as_is() or self._mended()
        kept = [index for index, name in enumerate(typed.names) if name is not None]
        left_out = self._plan.hollow if len(kept) < len(typed.names) else None
        originals = [self._plan.names.originals[index] for index in kept]
        written(str(self._target))
        fields = columns.fields(self._connection, str(self._target), originals, {})
        if self._plan.options.null_tokens is None:
            self._warnings += absence.warnings(self._connection, typed.source, typed.kinds, typed.names, fields)
            self._warnings += absence.kept_warnings(self._connection, str(self._target), typed.kinds, fields)
        return StoredTable(
            path=str(self._target),
            row_count=typed.row_count,
            fields=fields,
            options=_options_as_read(self._plan.options, typed.kinds),
            rejected_row_count=self._rejects.count,
            rejects_path=self._rejects.path,
            rejected_samples=self._rejects.samples,
            warnings=(
                *self._plan.warnings,
                *self._plan.names.warnings_without(left_out),
                *self._warnings,
                *self._stays_text(typed),
                *self._surprises(typed),
            ),
        )

    def _surprises(self, typed: _Typed) -> list[str]:
        """What the file was made of, where its owner may have thought of something else."""
        found, plan = [], self._plan
        if self._job.options.format is None:
            found += warnings.of_name(self._job.file_name)
        if self._job.options.header_rows is None and not self._rejects.count:
            found += warnings.of_little(typed.row_count, plan.names.names, has_header=plan.options.header_rows == 1)
        if self._job.options.delimiter is None:
            found += warnings.of_alignment(plan.aligned_columns, len(typed.names))
        return found

    def _stays_text(self, typed: _Typed) -> list[str]:
        """Warnings of columns that look like something else, with the cells that keep them from it where they are few."""
        odd, lines = self._oddities(typed)
        told = {oddity.name for oddity in odd}
        kinds = [kind for name, kind in zip(self._plan.names.names, typed.kinds, strict=True) if name not in told]
        names = [name for name in self._plan.names.names if name not in told]
        return [*warnings.of_types(names, kinds), *(oddity.warning(lines.get(oddity.row)) for oddity in odd)]

    def _oddities(self, typed: _Typed) -> tuple[list[oddities.Oddity], dict[int, int]]:
        """Columns that a few cells keep from being numbers or dates, and the line of each first one's row."""
        options = self._plan.options
        suspects = [
            name
            for name, kind, mask in zip(typed.names, typed.kinds, self._masks, strict=True)
            if name is not None and name not in options.types and oddities.is_suspect(kind, mask)
        ]
        if not suspects or len(typed.names) > wide.WIDE_COLUMNS:
            return [], {}
        tokens_are_text = options.null_tokens is not None
        found = oddities.find(
            self._connection,
            str(self._target),
            suspects,
            self._style,
            row_count=typed.row_count,
            tokens_are_text=tokens_are_text,
        )
        lines: dict[int, int] = {}
        if found and self._has_all_rows:
            wanted = sorted({oddity.row for oddity in found})
            lines = {row: line for row, line, _ in rows(self._plan.table, iter(wanted))}
        return found, lines

    def _as_is(self) -> _Typed | None:
        """The table read from the text itself, where it is regular and DuckDB reads as many records as we count."""
        table = self._plan.table
        with Surveying(table.path, table.offset, table.dialect, table.width, self._connection.interrupt) as surveying:

            def record_count() -> int:
                found = surveying.result()
                if found is None:
                    raise _ReaderDisagrees
                return found.record_count

            guess = None
            if self._is_worth_a_guess():
                # Nearly all large files are regular, and to be sure takes one core a third of a second a gigabyte.
                guess = first_line_ends_in_crlf(table.path, table.offset)
                typed = self._read_as(crlf=guess, record_count=record_count)
            found = surveying.result()
            if found is None:
                return None
            return typed if found.crlf == guess else self._read_as(crlf=found.crlf, record_count=record_count)

    def _is_worth_a_guess(self) -> bool:
        table = self._plan.table
        is_large = table.path.stat().st_size - table.offset > cells.SMALL_BYTES
        return is_large and table.width <= wide.WIDE_COLUMNS and not self._plan.options.types

    def _read_as(self, *, crlf: bool, record_count: Callable[[], int]) -> _Typed | None:
        table = self._plan.table
        try:
            return self._typed(
                RegularFile(table.path, table.dialect, table.width, table.line - 1, table.offset, crlf=crlf), record_count
            )
        except (_ReaderDisagrees, duckdb.InterruptException):
            return None

    def _mended(self) -> _Typed:
        """The table read from a regular copy of the text."""
        table = self._plan.table
        # Of a text that was taken for regular: cells of two columns may have been seen as one.
        self._seen = []
        copy = mend(table, scratch_path(self._job, "regular.csv"), self._rejects, self._part(0.3, 0.5))
        self._rejects.check(copy.record_count + self._rejects.count, self._plan.options)
        self._warnings += warnings.of_mending(copy)
        longest = copy.longest_record_bytes
        file = RegularFile(copy.path, copy.dialect, table.width, 0, 0, longest_record_bytes=longest)
        try:
            return self._typed(file, lambda: copy.record_count)
        except _ReaderDisagrees:
            return self._by_hand(file, lambda: copy.record_count)

    def _typed(self, file: RegularFile, record_count: Callable[[], int]) -> _Typed:
        """The table of a file that is, or is thought to be, regular.

        Args:
            record_count: raises _ReaderDisagrees where it is not; it may take a while to tell.
        """
        if file.width > wide.WIDE_COLUMNS:
            return self._by_hand(file, record_count)
        options = self._plan.options
        large = file.path.stat().st_size - file.offset > cells.SMALL_BYTES
        direct = Cells(file.relation(), file.width, options.null_tokens, is_small=not large)
        try:
            if not options.types and not large:
                return self._exactly(direct, record_count())
            if not options.types:
                sampled = cells.sample(file, scratch_path(self._job, "sample.csv"), options.null_tokens)
                self._seen = cells.masks(self._connection, sampled)
                kinds = [_until_seen(*of) for of in zip(self._decided(self._seen, sampled), self._seen, strict=True)]
                typed = self._copied(direct, kinds, record_count)
                if typed is not None:
                    return typed
            expected = record_count()
            text = scratch_path(self._job, "cells.parquet")
            written = cells.copy_text(self._connection, direct, text, self._part(0.5, 0.7))
        except duckdb.InvalidInputException as error:
            raise _ReaderDisagrees from error
        return self._from_text(text, file, written, expected)

    def _by_hand(self, file: RegularFile, record_count: Callable[[], int]) -> _Typed:
        text = scratch_path(self._job, "cells.parquet")
        return self._from_text(text, file, by_hand.write(file, text), record_count())

    def _from_text(self, text: Path, file: RegularFile, written: int, expected: int) -> _Typed:
        if written != expected:
            raise _ReaderDisagrees
        relation = f"read_parquet({columns.literal(str(text))})"
        return self._exactly(Cells(relation, file.width, self._plan.options.null_tokens), written, text)

    def _exactly(self, source: Cells, record_count: int, text: Path | None = None) -> _Typed:
        """The table with types decided over all of its cells."""
        masks = cells.masks(self._connection, source, self._seen)
        kinds = self._decided(masks, source)
        where = ""
        if text is not None and self._plan.options.types:
            options, names = self._plan.options, self._plan.names.names
            style = self._file_style(masks)
            for index, name in enumerate(names):
                if name in options.types:
                    kinds[index] = overrides.insisted(options.types[name], masks[index], kinds[index], style)
            before = self._rejects.count
            where = overrides.reject_misfits(
                self._connection, text, source, kinds, names, options, self._plan.table, self._rejects
            )
            record_count -= self._rejects.count - before
            self._has_all_rows = self._rejects.count == before
        typed = self._copied(source, cells.with_digits(self._connection, source, kinds), lambda: record_count, where)
        if typed is None:
            raise AssertionError("a column has a cell of a shape that the pass over all of its cells did not see")
        return typed

    def _decided(self, masks: list[int], source: Cells) -> list[ColumnType]:
        options = self._plan.options
        self._masks = masks
        self._style = self._file_style(masks)
        kinds = [types.decide(mask, self._style) for mask in masks]
        # With the caller's own tokens, others are text.
        kinds = [types.TEXT if kind.tokens and options.null_tokens is not None else kind for kind in kinds]
        return absence.in_texts(self._connection, source, kinds)

    def _file_style(self, masks: list[int]) -> types.FileStyle:
        options = self._plan.options
        return types.file_style(masks, options.decimal_separator, options.thousands_separator, options.delimiter)

    def _copied(self, source: Cells, kinds: list[ColumnType], record_count: Callable[[], int], where: str = "") -> _Typed | None:
        """The table in these types, or None where a cell does not fit them."""
        if any(kind.native == "DECIMAL" for kind in kinds):
            return None
        hollow = self._plan.hollow
        names: list[str | None] = list(self._plan.names.names)
        if hollow is not None and kinds[hollow].empty:
            names[hollow] = None
        rows = cells.copy_typed(self._connection, self._target, source, kinds, names, self._part(0.5, 1.0), where)
        if rows is None:
            return None
        if rows != record_count():
            raise _ReaderDisagrees
        return _Typed(kinds, names, rows, source)

    def _part(self, start: float, end: float) -> Report:
        return lambda done: self._report(start + done * (end - start))


def _until_seen(kind: ColumnType, mask: int) -> ColumnType:
    """A type by a sample: text without a cell that can only be text holds until a cell of another shape comes."""
    settled = not kind.is_text or kind.empty or bool(mask & Shape.TEXT)
    return kind if settled else replace(kind, seen=mask)


def _options_as_read(options: ReadOptions, kinds: list[ColumnType]) -> ReadOptions:
    """What was asked, completed with what was found in the cells."""
    styles = [kind.style for kind in kinds if kind.logical in (LogicalType.NUMBER, LogicalType.INTEGER)]
    decimal = "," if any(style.decimal == "," for style in styles) else "."
    thousands = next((style.thousands for style in styles if style.thousands), "")
    tokens = absence.tokens_of(kinds)
    return replace(
        options,
        decimal_separator=options.decimal_separator or decimal,
        thousands_separator=thousands if options.thousands_separator is None else options.thousands_separator,
        null_tokens=("", *tokens) if options.null_tokens is None else options.null_tokens,
    )
