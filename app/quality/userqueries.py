"""Rules that are SQL of a user: each in a database of its own that holds the table and nothing else."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import replace

import duckdb

from app.core.phrases import say
from app.quality import fence, sandbox
from app.quality.failures import cell
from app.quality.problems import Code, Problem
from app.quality.running import Compiled, crashed, failed_to_run, judged
from app.quality.spec import FailedRow, Limits, RuleResult, RuleStatus
from app.quality.table import Column, Table


def run(table: Table, rules: Sequence[Compiled], limits: Limits, rows: int) -> Iterator[RuleResult]:
    """The results of these rules."""
    for rule in rules:
        started = time.monotonic()
        try:
            result = _result(table, rule, limits, rows)
        except duckdb.Error as error:
            result = crashed(rule, error)
        yield replace(result, duration_ms=round((time.monotonic() - started) * 1000))


def _result(table: Table, rule: Compiled, limits: Limits, rows: int) -> RuleResult:
    sql = rule.measure.user_query or ""
    # Read again, whatever was done when the rule was saved.
    reading = fence.query(sql, "parameters", "sql")
    with sandbox.connect_for_user(limits, table, _columns(table, reading)) as connection:
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
        return replace(result, failed_rows_sample=_sample(connection, sql, limits))


def _columns(table: Table, reading: fence.Reading) -> list[Column]:
    if reading.has_star:
        return list(table.columns)
    return [column for column in table.columns if column.name.lower() in reading.names]


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
