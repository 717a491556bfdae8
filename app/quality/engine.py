"""Rules against a table: one statement for all that can share it, the others one by one, failed rows at the end."""

import time
from collections.abc import Iterator, Sequence

import duckdb

from app.core.phrases import say
from app.quality import aggregates, failures, sandbox, table, userqueries
from app.quality.measures import Row
from app.quality.problems import Code, Problem
from app.quality.running import Compiled, Outcome, compiled, crashed, failed_to_run, judged
from app.quality.spec import History, Limits, RuleResult, RuleSpec, TableInfo


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
    checked: TableInfo,
    specs: Sequence[RuleSpec],
    history: History | None = None,
    limits: Limits | None = None,
    on_begin: userqueries.OnBegin = lambda rule_id: None,
) -> Iterator[RuleResult]:
    """The results as they come: first of rules that need no data, at the end of SQL that users wrote.

    Args:
        on_begin: called with the id of each rule of user's SQL before it runs.
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
    yield from userqueries.run(target, [rule for rule in rules if rule.measure.user_query], limits, rows, on_begin)


def _measured(
    connection: duckdb.DuckDBPyConnection, target: table.Table, rules: Sequence[Compiled], rows: int
) -> Iterator[Outcome]:
    """Every rule but those of users' SQL."""
    for rule in rules:
        measure = rule.measure
        if not measure.aggregates and measure.statement is None and measure.user_query is None:
            yield Outcome(rule, judged(rule, (), rows_scanned=0, duration_ms=0))
    shared = [rule for rule in rules if rule.measure.aggregates]
    started = time.monotonic()
    found = aggregates.compute(connection, target.source, [rule.measure.aggregates for rule in _by_column(shared)])
    share = round((time.monotonic() - started) * 1000 / max(1, len(shared)))
    for rule in shared:
        values = [found[one] for one in rule.measure.aggregates]
        error = next((value for value in values if isinstance(value, duckdb.Error)), None)
        if error is not None:
            yield Outcome(rule, crashed(rule, error))
        else:
            own: Row = [value for value in values if not isinstance(value, duckdb.Error)]
            yield Outcome(rule, judged(rule, own, rows_scanned=rows, duration_ms=share))
    for rule in rules:
        if rule.measure.statement is not None:
            yield _alone(connection, rule, rows)


def _by_column(rules: Sequence[Compiled]) -> list[Compiled]:
    """Neighbours look at the same columns, so that each column is read by as few statements as possible."""
    return sorted(rules, key=lambda rule: min((one.field.ordinal_position for one in rule.subject.columns), default=0))


def _alone(connection: duckdb.DuckDBPyConnection, rule: Compiled, rows: int) -> Outcome:
    started = time.monotonic()
    try:
        found = connection.execute(rule.measure.statement or "").fetchall()
    except duckdb.Error as error:
        return Outcome(rule, crashed(rule, error))
    elapsed = round((time.monotonic() - started) * 1000)
    if len(found) != 1:
        problem = Problem(
            (), say("STATEMENT_ROWS", "The statement gave {rows} rows instead of one.", rows=len(found)), Code.INVALID_DATA
        )
        return Outcome(rule, failed_to_run(rule.spec, rule.measure.metric_name, problem))
    return Outcome(rule, judged(rule, found[0], rows_scanned=rows, duration_ms=elapsed))
