"""A check as a table for people, or as JSON for programs."""

import sys
from collections import Counter

import orjson
from rich.console import Console
from rich.table import Table

from app.cli.check_run import Report
from app.core.phrases import number
from app.quality.spec import RuleResult, RuleStatus

SHOWN_ROWS = 3
_STYLES = {
    RuleStatus.PASS: "green",
    RuleStatus.WARN: "yellow",
    RuleStatus.FAIL: "bold red",
    RuleStatus.ERROR: "bold magenta",
    RuleStatus.SKIPPED: "dim",
}
_LEAST_WIDTH = 100
"""Where there is no terminal, as in a log, lines are this long at least."""


def print_table(report: Report) -> None:
    """To standard output: a row for each rule, then what is wrong in words."""
    console = Console(file=sys.stdout, highlight=False, markup=False, emoji=False)
    if not console.is_terminal:
        console = Console(file=sys.stdout, highlight=False, markup=False, emoji=False, width=max(_LEAST_WIDTH, console.width))
    console.print(f"{report.file}: {report.table.row_count:,} rows, {len(report.table.fields)} fields", soft_wrap=True)
    if report.table.rejected_row_count:
        console.print(f"{report.table.rejected_row_count:,} records could not be read and were not checked.", soft_wrap=True)
    table = Table("status", "rule", "type", "field", "value", "expected", box=None, pad_edge=False)
    for rule, result in report.results:
        table.add_row(
            result.status.value,
            harmless(rule.name or rule.spec.id),
            harmless(rule.spec.type),
            harmless(", ".join(rule.spec.field_paths)),
            "" if result.value is None else number(result.value),
            _expected(result),
            style=_STYLES[result.status],
        )
    console.print(table)
    for rule, result in report.results:
        if result.status in (RuleStatus.FAIL, RuleStatus.WARN, RuleStatus.ERROR):
            console.print(
                f"\n{result.status.value}  {harmless(rule.name or rule.spec.id)}", style=_STYLES[result.status], soft_wrap=True
            )
            console.print(f"  {harmless(result.message)}", soft_wrap=True)
            for failed in result.failed_rows_sample[:SHOWN_ROWS]:
                place = f"row {failed.row:,}: " if failed.row else ""
                own = failed.own_values(rule.spec.field_paths)
                values = harmless(", ".join(f"{name} = {value!r}" for name, value in own.items()))
                console.print(f"    {place}{values}", soft_wrap=True)
            if result.failed_rows_path:
                console.print(f"    all of them: {result.failed_rows_path}", soft_wrap=True)
    told = {result.message for _, result in report.results}
    for note in report.contract.notes:
        if note in told:
            continue
        console.print(f"note: {harmless(note)}", soft_wrap=True)
    console.print(f"\n{_summary(report)}", soft_wrap=True)


def as_json(report: Report) -> str:
    """One line."""
    return orjson.dumps(
        {
            "file": str(report.file),
            "rowCount": report.table.row_count,
            "rejectedRowCount": report.table.rejected_row_count,
            "summary": {status.lower(): count for status, count in _counts(report).items()},
            "results": [
                {
                    "rule": rule.spec.id,
                    "name": rule.name,
                    "type": rule.spec.type,
                    "fieldPaths": rule.spec.field_paths,
                    "severity": rule.spec.severity,
                    "status": result.status,
                    "metric": result.metric_name,
                    "value": result.value,
                    "operator": result.operator,
                    "threshold": result.threshold,
                    "upperThreshold": result.upper_threshold,
                    "failedRowCount": result.failed_row_count,
                    "failedRows": [{"row": failed.row, "values": failed.values} for failed in result.failed_rows_sample],
                    "failedRowsFile": result.failed_rows_path,
                    "message": result.message,
                    "error": result.error,
                }
                for rule, result in report.results
            ],
            "notes": report.contract.notes,
        }
    ).decode()


def harmless(text: str) -> str:
    """Without what a terminal would obey: names come from files of others."""
    return "".join(character if character.isprintable() else "\ufffd" for character in text)


def _expected(result: RuleResult) -> str:
    if result.operator is None or result.threshold is None:
        return ""
    sign = {
        "LESS_OR_EQUAL": "<=",
        "LESS_THAN": "<",
        "GREATER_OR_EQUAL": ">=",
        "GREATER_THAN": ">",
        "EQUAL": "=",
        "NOT_EQUAL": "!=",
    }
    low = number(result.threshold)
    if result.upper_threshold is None:
        return f"{sign[result.operator]} {low}"
    return f"{'in' if result.operator == 'BETWEEN' else 'not in'} {low} .. {number(result.upper_threshold)}"


def _counts(report: Report) -> dict[RuleStatus, int]:
    counted = Counter(result.status for _, result in report.results)
    return {status: counted[status] for status in RuleStatus}


def _summary(report: Report) -> str:
    words = {
        RuleStatus.PASS: "passed",
        RuleStatus.WARN: "warned",
        RuleStatus.FAIL: "failed",
        RuleStatus.ERROR: "could not run",
        RuleStatus.SKIPPED: "had nothing to compare with",
    }
    counted = _counts(report)
    parts = [f"{count} {words[status]}" for status, count in counted.items() if count]
    return f"{len(report.results)} rules: {', '.join(parts) or 'none'}"
