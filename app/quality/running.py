"""A rule on its way from spec to result."""

import re
from dataclasses import dataclass, replace

import duckdb

from app.core.phrases import say
from app.quality import catalogue, conditions, fence, parameters
from app.quality.measures import Measure, Row
from app.quality.problems import Code, NothingToCompare, Problem, RuleProblem
from app.quality.spec import History, RuleError, RuleResult, RuleSpec, RuleStatus
from app.quality.subject import Subject
from app.quality.table import Table

_OTHER = re.compile(r"read_parquet\('(?:[^']|'')*', hive_partitioning = false\)")
_PATH = re.compile(r"[\"']?/[^\s\"']*/[^\s\"']*[\"']?")
"""A path of this machine in words of the database."""

AnySubject = Subject[parameters.Parameters]


@dataclass(frozen=True)
class Compiled:
    """A rule that can be measured."""

    spec: RuleSpec
    subject: AnySubject
    measure: Measure
    condition: conditions.Condition


def compiled(spec: RuleSpec, table: Table, history: History) -> Compiled | RuleResult:
    """The rule ready to run on the table, or the result that it has without running."""
    metric_name = spec.type
    try:
        kind = catalogue.find(spec)
        problems = catalogue.validate(spec)
        if problems:
            return failed_to_run(spec, metric_name, problems[0])
        parsed = parameters.parse(kind.parameters, spec)
        assert not isinstance(parsed, list)  # validated above
        catalogue.check_filter(spec, table)
        subject = kind.subject(spec, parsed, table, history)
        measure = kind.measure(subject)
        condition = measure.condition or conditions.of(spec, kind.default)
        assert condition is not None  # validated above, or found by the type itself
        return Compiled(spec, subject, measure, condition)
    except RuleProblem as problem:
        return failed_to_run(spec, metric_name, problem.problem)
    except NothingToCompare as reason:
        return RuleResult(rule_id=spec.id, status=RuleStatus.SKIPPED, metric_name=metric_name, message=reason.message)


def judged(rule: Compiled, row: Row, *, rows_scanned: int, duration_ms: int) -> RuleResult:
    """The result that follows from what was measured; failed rows are still to be added."""
    measure = rule.measure
    try:
        value = measure.value(row)
    except RuleProblem as problem:
        return replace(failed_to_run(rule.spec, measure.metric_name, problem.problem), expression=_shown(rule))
    if value is None:
        message = say(
            "RULE_NO_VALUE", "{measure} does not exist: there is no value that it could be taken from.", measure=measure.label
        )
        return replace(
            failed_to_run(rule.spec, measure.metric_name, Problem((), message, Code.NO_VALUE)), expression=_shown(rule)
        )
    if measure.only_recorded is not None:
        return RuleResult(
            rule_id=rule.spec.id,
            status=RuleStatus.SKIPPED,
            metric_name=measure.metric_name,
            value=float(value),
            expression=_shown(rule),
            rows_scanned=rows_scanned,
            duration_ms=duration_ms,
            message=say(
                "RULE_RECORDED",
                "{measure} is {value:n}. {reason}",
                measure=measure.label,
                value=value,
                reason=measure.only_recorded,
            ),
        )
    status, bound = rule.condition.judge(value)
    note = measure.note(row)
    told = say(
        "RULE_JUDGED", "{measure} is {value:n}; it has to be {bound}.", measure=measure.label, value=value, bound=bound.words
    )
    return RuleResult(
        rule_id=rule.spec.id,
        status=status,
        metric_name=measure.metric_name,
        value=float(value),
        threshold=bound.threshold,
        upper_threshold=bound.upper,
        operator=bound.operator,
        failed_row_count=measure.failed_rows(row),
        expression=_shown(rule),
        rows_scanned=rows_scanned,
        duration_ms=duration_ms,
        message=say("TOLD_AND_NOTE", "{told} {note}", told=told, note=note) if note else told,
    )


def failed_to_run(spec: RuleSpec, metric_name: str, problem: Problem) -> RuleResult:
    """ERROR, with its reason."""
    return RuleResult(
        rule_id=spec.id,
        status=RuleStatus.ERROR,
        metric_name=metric_name,
        message=problem.message,
        error=RuleError(code=problem.code, message=problem.message),
    )


def crashed(rule: Compiled, error: duckdb.Error) -> RuleResult:
    """ERROR for a rule whose statement the database could not run."""
    code = Code.OUT_OF_MEMORY if isinstance(error, duckdb.OutOfMemoryException) else Code.INVALID_DATA
    if code is Code.OUT_OF_MEMORY:
        message = say("RULE_MEMORY", "The rule needs more memory than a run may take.")
    else:
        lines = str(error).splitlines() or [""]
        reason = _PATH.sub("the file", lines[0].partition("Error: ")[2] or lines[0])
        message = say("RULE_CANNOT_COMPUTE", "The rule cannot be computed on this data: {reason}.", reason=reason.rstrip("."))
    return replace(failed_to_run(rule.spec, rule.measure.metric_name, Problem((), message, code)), expression=_shown(rule))


def _shown(rule: Compiled) -> str | None:
    """The SQL without places of this machine: the table is called `data`, as in SQL of users, any other one `other`."""
    expression = rule.measure.expression
    if expression is None or rule.measure.user_query is not None:
        return expression
    return _OTHER.sub("other", expression.replace(rule.subject.table.source, fence.TABLE))


@dataclass
class Outcome:
    """A rule with its result so far."""

    rule: Compiled
    result: RuleResult


def wants_rows(outcome: Outcome) -> bool:
    """Whether failed rows are to be shown."""
    result = outcome.result
    return (
        result.status in (RuleStatus.FAIL, RuleStatus.WARN)
        and outcome.rule.measure.failing is not None
        and result.failed_row_count != 0
    )
