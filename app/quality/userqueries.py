"""Rules that are SQL of a user: in a database that holds the table and nothing else."""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import duckdb

from app.core.phrases import say
from app.ingest.columns import literal
from app.quality import fence, sandbox
from app.quality.failures import cell, file_path
from app.quality.problems import Code, Problem
from app.quality.running import Compiled, crashed, failed_to_run, judged
from app.quality.spec import FailedRow, Limits, RuleResult, RuleStatus
from app.quality.table import Column, Table

OnBegin = Callable[[str], None]
"""Called with the id of each rule when its turn has come."""

_SPOILT = (duckdb.OutOfMemoryException, duckdb.FatalException, duckdb.InternalException)
"""After these a database is not asked again; a rule that met one in company is tried with its own columns alone."""


def run(table: Table, rules: Sequence[Compiled], limits: Limits, rows: int, on_begin: OnBegin) -> Iterator[RuleResult]:
    """The results of these rules. The table is copied once for all of them, as far as memory allows."""
    if not rules:
        return
    every = _columns(table, rules)
    shared = _opened(limits, table, every, rules)
    try:
        for rule in rules:
            on_begin(rule.spec.id)
            started = time.monotonic()
            result = None
            try:
                result = None if shared is None else _result(shared, rule, limits, rows)
            except _SPOILT as error:
                assert shared is not None  # it was asked
                shared.close()
                result = crashed(rule, error) if len(rules) == 1 else None
                shared = None
            except duckdb.Error as error:
                result = crashed(rule, error)
            if result is None:
                result = _alone(table, rule, limits, rows)
            yield replace(result, duration_ms=round((time.monotonic() - started) * 1000))
    finally:
        if shared is not None:
            shared.close()


def _opened(
    limits: Limits, table: Table, columns: Sequence[Column], rules: Sequence[Compiled]
) -> duckdb.DuckDBPyConnection | None:
    """The database for all rules; None where it does not fit into memory."""
    try:
        return sandbox.connect_for_user(limits, table, columns, _outputs(rules, limits))
    except duckdb.Error:
        return None


def _alone(table: Table, rule: Compiled, limits: Limits, rows: int) -> RuleResult:
    try:
        with sandbox.connect_for_user(limits, table, _columns(table, [rule]), _outputs([rule], limits)) as connection:
            return _result(connection, rule, limits, rows)
    except duckdb.Error as error:
        return crashed(rule, error)


def _result(connection: duckdb.DuckDBPyConnection, rule: Compiled, limits: Limits, rows: int) -> RuleResult:
    sql = rule.measure.user_query or ""
    # Read again, whatever was done when the rule was saved.
    fence.query(sql, "parameters", "sql")
    if rule.measure.failing is None:
        found = connection.execute(f"SELECT * FROM (\n{sql}\n) LIMIT 2").fetchall()
        if len(found) != 1 or len(found[0]) != 1:
            problem = Problem(
                (), say("SQL_ONE_NUMBER", "The SQL has to give one number: one row with one column."), Code.INVALID_DATA
            )
            return failed_to_run(rule.spec, rule.measure.metric_name, problem)
        return judged(rule, found[0], rows_scanned=rows, duration_ms=0)
    (count,) = connection.execute(f"SELECT count(*) FROM (\n{sql}\n)").fetchall()[0]
    result = judged(rule, [count], rows_scanned=rows, duration_ms=0)
    if result.status is RuleStatus.PASS or not count:
        return result
    result = replace(result, failed_rows_sample=_sample(connection, sql, limits))
    return _with_file(connection, result, sql, limits)


def _outputs(rules: Iterable[Compiled], limits: Limits) -> list[str]:
    """The files of the rules whose SQL gives rows."""
    paths = [file_path(rule.spec.id, limits) for rule in rules if rule.measure.failing is not None]
    return [path for path in paths if path is not None]


def _with_file(connection: duckdb.DuckDBPyConnection, result: RuleResult, sql: str, limits: Limits) -> RuleResult:
    """All rows are in the rule's file, where that was asked for."""
    path = file_path(result.rule_id, limits)
    if path is None:
        return result
    try:
        # No temporary file beside it: that one would be out of reach.
        options = "FORMAT parquet, COMPRESSION zstd, USE_TMP_FILE false"
        connection.execute(f"COPY (SELECT * FROM (\n{sql}\n)) TO {literal(path)} ({options})").fetchall()
    except _SPOILT:
        raise
    except duckdb.Error:
        # Half a file is none; and some types of columns cannot be stored.
        Path(path).unlink(missing_ok=True)
        return replace(result, partial=True)
    return replace(result, failed_rows_path=path)


def _columns(table: Table, rules: Iterable[Compiled]) -> list[Column]:
    """The columns that the rules read: all of them unless each is named as one. Never none: a row has to be there to count."""
    names: set[str] = set()
    for rule in rules:
        reading = fence.query(rule.measure.user_query or "", "parameters", "sql")
        if reading.needs_every_column:
            return list(table.columns)
        names |= reading.names
    return [column for column in table.columns if column.name.lower() in names] or list(table.columns[:1])


def _sample(connection: duckdb.DuckDBPyConnection, sql: str, limits: Limits) -> tuple[FailedRow, ...]:
    described = connection.execute(f"DESCRIBE SELECT * FROM (\n{sql}\n)").fetchall()
    names = [str(name) for name, *_ in described]
    natives = [str(native) for _, native, *_ in described]
    found = connection.execute(f"SELECT CAST(COLUMNS(*) AS VARCHAR) FROM (\n{sql}\n) LIMIT {limits.sample_rows}").fetchall()
    return tuple(
        FailedRow(
            row=0,
            values={name: cell(text, native, limits) for name, native, text in zip(names, natives, texts, strict=True)},
        )
        for texts in found
    )
