"""Excel workbooks: one sheet as a table."""

import os
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from app.core.phrases import listed, say
from app.ingest import engine
from app.ingest.columnar.parquet import check_unpacked, refuse_types, too_many_columns
from app.ingest.columns import literal, quoted
from app.ingest.csv import header
from app.ingest.job import Compression, FileFormat, IngestError, IngestErrorCode, IngestJob, ReadOptions
from app.ingest.sheet import grid as sheet
from app.ingest.store import damage_is_a_verdict, store
from app.ingest.table import Report, StoredTable

if TYPE_CHECKING:
    from python_calamine import CalamineSheet, CalamineWorkbook

CELL_BYTES = 48
"""Memory of one cell of the rectangle that a sheet spans, empty or not."""
PART_ROWS = 50_000


def read(job: IngestJob, report: Report, options: ReadOptions) -> StoredTable:
    """The table of the sheet that was asked for, or of the first that holds data.

    Rows and columns without any content are left out. A column of mixed kinds is text, numbers in their shortest form,
    truth values as TRUE and FALSE, dates in ISO 8601; durations are text. Of merged cells the first holds the value.
    Formulas count as their last result, errors (#N/A) as absent.

    Raises:
        IngestError: TRUNCATED, MALFORMED, UNSUPPORTED_FORMAT (password), NO_ROWS, TOO_LARGE_UNCOMPRESSED, OUT_OF_MEMORY,
            TOO_MANY_COLUMNS, CELL_TOO_LARGE, WRONG_OPTIONS.
    """
    refuse_types(options, "Excel")
    os.environ.setdefault("POLARS_MAX_THREADS", str(job.limits.threads))
    _check_archive(job)
    with _damage_is_a_verdict():
        import python_calamine

        workbook = python_calamine.load_workbook(job.source_path)
        page = _page(workbook, options)
        report(0.2)
        layout = header.find(sheet.first_texts(page), header_rows=options.header_rows, skipped=options.skipped_rows)
        start = layout.skipped_records + (layout.header is not None)
        columns = sheet.survey(page, layout.header, start)
        report(0.4)
        if not columns:
            raise _no_rows()
        if len(columns) > job.limits.max_columns:
            raise too_many_columns(len(columns), job)
        titles = [column.title for column in columns] if layout.header is not None else None
        names = header.name_columns(titles, len(columns))
        paths, rows, blank = sheet.write(page, columns, start, Path(job.output_dir), PART_ROWS)
    report(0.6)
    files = ", ".join(literal(str(path)) for path in paths)
    with engine.connect(job) as connection, damage_is_a_verdict("workbook"):
        table = store(
            connection,
            job,
            f"read_parquet([{files}], hive_partitioning = false) AS source({', '.join(map(quoted, names.names))})",
            lambda fraction: report(0.6 + 0.4 * fraction),
            row_count=rows,
            originals=names.originals,
            warnings=(*names.warnings, *_warnings(workbook, page, blank)),
            options=ReadOptions(
                format=FileFormat.XLSX,
                compression=Compression.NONE,
                sheet=page.name,
                header_rows=int(layout.header is not None),
                skipped_rows=layout.skipped_records,
            ),
        )
    for path in paths:
        path.unlink()
    return table


def _check_archive(job: IngestJob) -> None:
    """A workbook is a zip archive: what it unpacks to, and what its sheets span, is known before it is opened."""
    try:
        with zipfile.ZipFile(job.source_path) as archive:
            infos = archive.infolist()
            check_unpacked(sum(info.file_size for info in infos), os.path.getsize(job.source_path), job, "workbook")
            if any(info.flag_bits & 1 for info in infos):
                raise _encrypted()
            sheets = [info for info in infos if info.filename.startswith("xl/worksheets/") and info.filename.endswith(".xml")]
            for info in sheets:
                with archive.open(info) as xml:
                    rows, columns = sheet.span(xml)
                _check_span(rows, columns, job)
    except (zipfile.BadZipFile, EOFError, NotImplementedError) as error:
        raise IngestError(
            IngestErrorCode.TRUNCATED,
            say("WORKBOOK_INCOMPLETE", "The workbook is incomplete: its archive cannot be read to the end."),
            hint=say("HINT_WORKBOOK_CUT", "Upload the file again; it was cut on the way or not saved to its end."),
        ) from error


def _check_span(rows: int, columns: int, job: IngestJob) -> None:
    if rows * columns * CELL_BYTES > job.limits.memory_bytes - engine.BASELINE_BYTES:
        raise IngestError(
            IngestErrorCode.OUT_OF_MEMORY,
            say(
                "SHEET_TOO_LARGE",
                "A sheet of the workbook spans {rows:,} rows and {columns:,} columns, more than fits into memory.",
                rows=rows,
                columns=columns,
            ),
            hint=say(
                "HINT_STRAY_CELLS",
                "Delete stray cells far below or right of the table. Save the sheet as CSV and upload that.",
            ),
        )


def _page(workbook: "CalamineWorkbook", options: ReadOptions) -> "CalamineSheet":
    """The sheet that was asked for, or the first visible one that holds data, or the first hidden one."""
    from python_calamine import SheetTypeEnum, SheetVisibleEnum

    pages = [known for known in workbook.sheets_metadata if known.typ == SheetTypeEnum.WorkSheet]
    if options.sheet is not None:
        if options.sheet not in [known.name for known in pages]:
            names = ", ".join(f"'{known.name}'" for known in pages[:10])
            raise IngestError(
                IngestErrorCode.WRONG_OPTIONS,
                say("NO_SUCH_SHEET", "The workbook has no sheet '{sheet}'.", sheet=options.sheet),
                hint=say("HINT_SHEETS", "Its sheets are {names}.", names=names),
            )
        pages = [known for known in pages if known.name == options.sheet]
    for known in sorted(pages, key=lambda known: known.visible != SheetVisibleEnum.Visible):
        page = workbook.get_sheet_by_name(known.name)
        if page.start is not None:
            return page
    raise _no_rows()


def _warnings(workbook: "CalamineWorkbook", page: "CalamineSheet", blank_rows: int) -> Iterator[str]:
    others = [f"'{name}'" for name in workbook.sheet_names if name != page.name]
    if others:
        yield say("ONE_SHEET_READ", "Only the sheet '{sheet}' was read, not {others}.", sheet=page.name, others=listed(others))
    merged = page.merged_cell_ranges or []
    if merged:
        yield say("MERGED_RANGES", "Merged ranges: {count:,}. Their value stands in the first cell only.", count=len(merged))
    if blank_rows:
        yield say("EMPTY_ROWS", "Empty rows within the table, left out: {blank_rows:,}.", blank_rows=blank_rows)


@contextmanager
def _damage_is_a_verdict() -> Iterator[None]:
    from python_calamine import CalamineError, PasswordError

    try:
        yield
    except PasswordError as error:
        raise _encrypted() from error
    except CalamineError as error:
        raise _malformed(str(error)) from error
    except BaseException as error:
        # The parser's panics are no Exception and cannot be imported.
        if type(error).__name__ != "PanicException":
            raise
        raise _malformed(say("PARSER_GAVE_UP", "its parser gave up")) from error


def _malformed(reason: str) -> IngestError:
    return IngestError(
        IngestErrorCode.MALFORMED,
        say("WORKBOOK_DAMAGED", "The workbook is damaged: {reason}.", reason=reason.rstrip(".")),
        hint=say("HINT_SAVE_AGAIN", "Open it and save it again. Save the sheet as CSV and upload that."),
    )


def _encrypted() -> IngestError:
    return IngestError(
        IngestErrorCode.UNSUPPORTED_FORMAT,
        say("WORKBOOK_PASSWORD", "The workbook is protected by a password."),
        hint=say("HINT_WITHOUT_PASSWORD", "Save it without the password. Save the sheet as CSV and upload that."),
    )


def _no_rows() -> IngestError:
    return IngestError(
        IngestErrorCode.NO_ROWS,
        say("WORKBOOK_EMPTY", "The workbook holds no data."),
        hint=say("HINT_RIGHT_FILE", "Check that the right file was saved."),
    )
