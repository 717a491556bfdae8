"""Rules against a table: one statement for all that can share it, the others one by one, failed rows at the end."""

import time
from collections.abc import Iterator, Sequence

import duckdb

from app.quality import failures, sandbox, table, userqueries
from app.quality.measures import Row
from app.quality.problems import Code, Problem
from app.quality.running import Compiled, Outcome, compiled, crashed, failed_to_run, judged
from app.quality.spec import History, Limits, RuleResult, RuleSpec, TableInfo

STATEMENT_AGGREGATES = 400
"""More go into further statements: planning time grows faster than their number."""


def check(
    checked: TableInfo, specs: Sequence[RuleSpec], history: History | None = None, limits: Limits | None = None
) -> list[RuleResult]:
    """One result for each rule, in their order. What is wrong with one rule makes that one an ERROR and no other.

    Raises:
        Unreadable: the table itself cannot be opened.
    """
    found = {result.rule_id: result for result in check_each(checked, specs, history, limits)}
    return [found[spec.id] for spec in specs]


def check_each(
    checked: TableInfo, specs: Sequence[RuleSpec], history: History | None = None, limits: Limits | None = None
) -> Iterator[RuleResult]:
    """The results as they come: first of rules that need no data, at the end of SQL that users wrote.

    Raises:
        ValueError: two rules have the same id.
        Unreadable: the table itself cannot be opened.
    """
    history, limits = history or History(), limits or Limits()
    if len({spec.id for spec in specs}) < len(specs):
        raise ValueError("two rules have the same id")
    others = [info.path for info in (*history.versions.values(), *history.datasets.values()) if info.path]
    with sandbox.connect(limits, [checked.path or "", *others]) as connection:
        target = table.open_table(connection, checked)
        rules: list[Compiled] = []
        for spec in specs:
            rule = compiled(spec, target, history)
            if isinstance(rule, RuleResult):
                yield rule
            else:
                rules.append(rule)
        rows = target.footer.row_count if target.footer else 0
        measured = list(_measured(connection, target, rules, rows))
        yield from failures.with_rows(connection, target, measured, limits)
    yield from userqueries.run(target, [rule for rule in rules if rule.measure.user_query], limits, rows)


def _measured(
    connection: duckdb.DuckDBPyConnection, target: table.Table, rules: Sequence[Compiled], rows: int
) -> Iterator[Outcome]:
    """Every rule but those of users' SQL."""
    shared = [rule for rule in rules if rule.measure.aggregates]
    for rule in rules:
        if not rule.measure.aggregates and rule.measure.statement is None and rule.measure.user_query is None:
            yield Outcome(rule, judged(rule, (), rows_scanned=0, duration_ms=0))
    for some in _statements(shared):
        yield from _together(connection, target, some, rows)
    for rule in rules:
        if rule.measure.statement is not None:
            yield _alone(connection, rule, rows)


def _statements(rules: Sequence[Compiled]) -> Iterator[list[Compiled]]:
    """Rules that share a statement, neighbours by their columns so that each column is read as seldom as possible."""
    order = {id(rule): min((one.field.ordinal_position for one in rule.subject.columns), default=0) for rule in rules}
    batch: list[Compiled] = []
    count = 0
    for rule in sorted(rules, key=lambda rule: order[id(rule)]):
        if batch and count + len(rule.measure.aggregates) > STATEMENT_AGGREGATES:
            yield batch
            batch, count = [], 0
        batch.append(rule)
        count += len(rule.measure.aggregates)
    if batch:
        yield batch


def _together(connection: duckdb.DuckDBPyConnection, target: table.Table, rules: list[Compiled], rows: int) -> Iterator[Outcome]:
    """The rules by one statement; where it fails, by halves, until those are found that cannot be computed."""
    started = time.monotonic()
    wanted = list(dict.fromkeys(aggregate for rule in rules for aggregate in rule.measure.aggregates))
    try:
        row = connection.execute(f"SELECT {', '.join(wanted)} FROM {target.source}").fetchall()[0]
    except duckdb.Error as error:
        if len(rules) == 1:
            yield Outcome(rules[0], crashed(rules[0], error))
            return
        middle = len(rules) // 2
        yield from _together(connection, target, rules[:middle], rows)
        yield from _together(connection, target, rules[middle:], rows)
        return
    values = dict(zip(wanted, row, strict=True))
    share = round((time.monotonic() - started) * 1000 / len(rules))
    for rule in rules:
        own: Row = [values[aggregate] for aggregate in rule.measure.aggregates]
        yield Outcome(rule, judged(rule, own, rows_scanned=rows, duration_ms=share))


def _alone(connection: duckdb.DuckDBPyConnection, rule: Compiled, rows: int) -> Outcome:
    started = time.monotonic()
    try:
        found = connection.execute(rule.measure.statement or "").fetchall()
    except duckdb.Error as error:
        return Outcome(rule, crashed(rule, error))
    elapsed = round((time.monotonic() - started) * 1000)
    if len(found) != 1:
        problem = Problem((), f"The statement gave {len(found)} rows instead of one.", Code.INVALID_DATA)
        return Outcome(rule, failed_to_run(rule.spec, rule.measure.metric_name, problem))
    return Outcome(rule, judged(rule, found[0], rows_scanned=rows, duration_ms=elapsed))
