"""The rows that broke a rule: a sample for people, all of them as a file."""

import hashlib
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path

import duckdb

from app.ingest.columns import literal, quoted
from app.ingest.values import number_text, shown
from app.quality.measures import Failing
from app.quality.running import Outcome, wants_rows
from app.quality.spec import Cell, FailedRow, Limits, RuleResult
from app.quality.table import ROW_NUMBER, Column, Table

STATEMENT_RULES = 50
HEAD_ROWS = 200_000
"""What fails often fails early: the first rows of a table show enough for most rules, and the reader skips all others."""
MOST_CELLS = 400_000
"""Of the samples of a run: where very many rules fail, each shows fewer columns beside its own."""
_SAFE_INTEGER = 2**53 - 1


def with_rows(
    connection: duckdb.DuckDBPyConnection, table: Table, outcomes: Sequence[Outcome], limits: Limits
) -> Iterator[RuleResult]:
    """The results, those of failed rules with their failed rows."""
    wanting = [outcome for outcome in outcomes if wants_rows(outcome)]
    limits = replace(limits, sample_columns=min(limits.sample_columns, MOST_CELLS // max(1, len(wanting) * limits.sample_rows)))
    waiting = {outcome.rule.spec.id for outcome in wanting}
    for outcome in outcomes:
        if outcome.rule.spec.id not in waiting:
            yield outcome.result
    simple = [outcome for outcome in wanting if _failing(outcome).qualify is None]
    for start in range(0, len(simple), STATEMENT_RULES):
        some = simple[start : start + STATEMENT_RULES]
        yield from _with_samples(connection, table, some, _found_early(connection, table, some, limits), limits)
    for outcome in wanting:
        if _failing(outcome).qualify is not None:
            numbers = {outcome.rule.spec.id: _first_by_window(connection, table, outcome, limits)}
            yield from _with_samples(connection, table, [outcome], numbers, limits)


def _failing(outcome: Outcome) -> Failing:
    failing = outcome.rule.measure.failing
    assert failing is not None  # wants_rows
    return failing


def _found_early(
    connection: duckdb.DuckDBPyConnection, table: Table, outcomes: Sequence[Outcome], limits: Limits
) -> dict[str, list[int] | None]:
    """The first failed rows of each rule, sought in the whole table only for rules whose rows are not among its first ones."""
    if table.row_number != ROW_NUMBER or table.footer is None or table.footer.row_count < 4 * HEAD_ROWS:
        return _first_rows(connection, table, outcomes, limits)
    head = f"(SELECT * FROM {table.source} WHERE {ROW_NUMBER} < {_head_rows(outcomes, table.footer.row_count, limits)})"
    early = _first_rows(connection, table, outcomes, limits, head)
    late = [outcome for outcome in outcomes if len(early[outcome.rule.spec.id] or ()) < _rows_to_show(outcome, limits)]
    return {**early, **_first_rows(connection, table, late, limits)}


def _head_rows(outcomes: Sequence[Outcome], row_count: int, limits: Limits) -> int:
    """How many first rows are looked at: more where rows that are known to fail are rare, were they spread evenly."""
    rarest = min((outcome.result.failed_row_count or row_count for outcome in outcomes), default=row_count)
    return max(HEAD_ROWS, min(row_count // 4, 2 * limits.sample_rows * row_count // rarest))


def _rows_to_show(outcome: Outcome, limits: Limits) -> int:
    failed = outcome.result.failed_row_count
    return limits.sample_rows if failed is None else min(limits.sample_rows, failed)


def _first_rows(
    connection: duckdb.DuckDBPyConnection,
    table: Table,
    outcomes: Sequence[Outcome],
    limits: Limits,
    source: str | None = None,
) -> dict[str, list[int] | None]:
    """Numbers (from 0) of the first failed rows of each rule, of many rules by one statement; None where that fails.

    Args:
        source: part of the table's rows.
    """
    if not outcomes:
        return {}
    number = table.row_number
    wanted = [
        f"min(CASE WHEN {outcome.rule.subject.seen(f'({_failing(outcome).condition})')} THEN {number} END, {limits.sample_rows})"
        for outcome in outcomes
    ]
    try:
        row = connection.execute(f"SELECT {', '.join(wanted)} FROM {source or table.source}").fetchall()[0]
    except duckdb.Error:
        if len(outcomes) == 1:
            return {outcomes[0].rule.spec.id: None}
        middle = len(outcomes) // 2
        return {
            **_first_rows(connection, table, outcomes[:middle], limits, source),
            **_first_rows(connection, table, outcomes[middle:], limits, source),
        }
    return {outcome.rule.spec.id: list(found or []) for outcome, found in zip(outcomes, row, strict=True)}


def _first_by_window(connection: duckdb.DuckDBPyConnection, table: Table, outcome: Outcome, limits: Limits) -> list[int] | None:
    number = table.row_number
    try:
        rows = connection.execute(
            f"SELECT {number} FROM ({_selection(table, outcome, number)}) ORDER BY {number} LIMIT {limits.sample_rows}"
        ).fetchall()
    except duckdb.Error:
        return None
    return [number for (number,) in rows]


def _selection(table: Table, outcome: Outcome, projection: str) -> str:
    failing = _failing(outcome)
    where = outcome.rule.subject.seen(f"({failing.condition})" if failing.condition else None)
    qualify = f" QUALIFY {failing.qualify}" if failing.qualify else ""
    return f"SELECT {projection} FROM {table.source} WHERE {where}{qualify}"


def _with_samples(
    connection: duckdb.DuckDBPyConnection,
    table: Table,
    outcomes: Sequence[Outcome],
    numbers: Mapping[str, list[int] | None],
    limits: Limits,
) -> Iterator[RuleResult]:
    every = sorted({number for listed in numbers.values() for number in listed or ()})
    cells = _cells(connection, table, outcomes, every, limits)
    if cells is None:
        # Other columns may hold what does not fit into memory; the rules' own were read before.
        limits = replace(limits, sample_columns=0)
        cells = _cells(connection, table, outcomes, every, limits)
    for outcome in outcomes:
        own = numbers[outcome.rule.spec.id]
        try:
            if own is None or cells is None:
                raise duckdb.Error
            path = _file(connection, table, outcome, limits)
        except duckdb.Error:
            yield replace(outcome.result, partial=True)
            continue
        names = [column.name for column in _shown_columns(table, outcome, limits)]
        sample = [FailedRow(row=at + 1, values={name: cells[at][name] for name in names}) for at in own]
        yield replace(outcome.result, failed_rows_sample=tuple(sample), failed_rows_path=path)


def _shown_columns(table: Table, outcome: Outcome, limits: Limits) -> list[Column]:
    """The rule's own columns, then the others in the order of the table."""
    own = {column.name: column for column in outcome.rule.subject.columns}
    others = (column for column in table.columns if column.name not in own)
    return [*own.values(), *islice(others, max(0, limits.sample_columns - len(own)))]


def _cells(
    connection: duckdb.DuckDBPyConnection, table: Table, outcomes: Sequence[Outcome], numbers: Sequence[int], limits: Limits
) -> dict[int, dict[str, Cell]] | None:
    """What the rules show of the rows of these numbers (from 0), by number; None where they cannot be read."""
    if not numbers:
        return {}
    columns = list({column.name: column for outcome in outcomes for column in _shown_columns(table, outcome, limits)}.values())
    projection = ", ".join([table.row_number, *(_as_text(column, limits) for column in columns)])
    chosen = ", ".join(map(str, numbers))
    try:
        rows = connection.execute(
            f"SELECT {projection} FROM {table.source} WHERE {table.row_number} IN (SELECT unnest([{chosen}]))"
        ).fetchall()
    except duckdb.Error:
        return None
    return {
        number: {column.name: cell(text, column.native, limits) for column, text in zip(columns, texts, strict=True)}
        for number, *texts in rows
    }


def _as_text(column: Column, limits: Limits) -> str:
    text = f"CAST({column.sql} AS VARCHAR)"
    # Documents of megabytes do not leave the database to be cut.
    return f"left({text}, {limits.sample_characters})" if column.is_text else text


def cell(text: str | None, native: str, limits: Limits) -> Cell:
    """DuckDB's text of a value as JSON has it, cut where it is long."""
    if text is None:
        return None
    if native == "BOOLEAN":
        return text == "true"
    if native.endswith("INT") or native in {"INTEGER", "UINTEGER"}:
        return int(text) if abs(int(text)) <= _SAFE_INTEGER else text
    if native in ("FLOAT", "DOUBLE"):
        number = float(text)
        return number if math.isfinite(number) else number_text(number)
    return (shown(text, native) or "")[: limits.sample_characters]


def file_path(rule_id: str, limits: Limits) -> str | None:
    """Where all failed rows of a rule go; None where nobody asked for them."""
    if limits.failed_rows_dir is None:
        return None
    # By digest: a rule's id may hold what a file's name may not.
    name = hashlib.sha256(rule_id.encode()).hexdigest()[:16]
    return str(Path(limits.failed_rows_dir) / f"failed-{name}.parquet")


def _file(connection: duckdb.DuckDBPyConnection, table: Table, outcome: Outcome, limits: Limits) -> str | None:
    """All failed rows with their numbers and all columns, in the order of the table."""
    path = file_path(outcome.rule.spec.id, limits)
    if path is None:
        return None
    names = {column.name.lower() for column in table.columns}
    number = "row_number"
    while number in names:
        number += "_"
    projection = ", ".join([f"{table.row_number} + 1 AS {quoted(number)}", *(column.sql for column in table.columns)])
    order = f" ORDER BY {table.row_number}" if _failing(outcome).qualify else ""
    connection.execute(
        f"COPY ({_selection(table, outcome, projection)}{order}) TO {literal(path)} (FORMAT parquet, COMPRESSION zstd)"
    ).fetchall()
    return path
