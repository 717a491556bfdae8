"""The comparison of a measured value with thresholds."""

from dataclasses import dataclass

from app.core.phrases import Number, Phrase, number, say
from app.quality.problems import Problem
from app.quality.spec import Operator, RuleSpec, RuleStatus

_TWO = (Operator.BETWEEN, Operator.NOT_BETWEEN)


@dataclass(frozen=True)
class Bound:
    """One comparison."""

    operator: Operator
    threshold: float
    upper: float | None = None

    def holds(self, value: Number) -> bool:
        """Whether the value is what it must be."""
        low, high = self.threshold, self.threshold if self.upper is None else self.upper
        match self.operator:
            case Operator.EQUAL:
                return value == low
            case Operator.NOT_EQUAL:
                return value != low
            case Operator.LESS_THAN:
                return value < low
            case Operator.LESS_OR_EQUAL:
                return value <= low
            case Operator.GREATER_THAN:
                return value > low
            case Operator.GREATER_OR_EQUAL:
                return value >= low
            case Operator.BETWEEN:
                return low <= value <= high
            case Operator.NOT_BETWEEN:
                return not low <= value <= high

    @property
    def words(self) -> Phrase:
        """'at most 3'."""
        low, high = self.threshold, self.upper or 0.0
        match self.operator:
            case Operator.EQUAL:
                return say("EQUAL", "{threshold:n}", threshold=low)
            case Operator.NOT_EQUAL:
                return say("NOT_EQUAL", "other than {threshold:n}", threshold=low)
            case Operator.LESS_THAN:
                return say("LESS_THAN", "less than {threshold:n}", threshold=low)
            case Operator.LESS_OR_EQUAL:
                return say("LESS_OR_EQUAL", "at most {threshold:n}", threshold=low)
            case Operator.GREATER_THAN:
                return say("GREATER_THAN", "greater than {threshold:n}", threshold=low)
            case Operator.GREATER_OR_EQUAL:
                return say("GREATER_OR_EQUAL", "at least {threshold:n}", threshold=low)
            case Operator.BETWEEN:
                return say("BETWEEN", "between {threshold:n} and {upper:n}", threshold=low, upper=high)
            case Operator.NOT_BETWEEN:
                return say("NOT_BETWEEN", "outside of {threshold:n} to {upper:n}", threshold=low, upper=high)


@dataclass(frozen=True)
class Condition:
    """A value that misses `fail` FAILs, one that misses only `warn` is a WARN."""

    fail: Bound | None
    """At least one of the two is there."""
    warn: Bound | None = None

    def judge(self, value: Number) -> tuple[RuleStatus, Bound]:
        """The status, and the bound that decided it: the missed one, or the one that it would have to miss to FAIL."""
        if self.fail is not None and not self.fail.holds(value):
            return RuleStatus.FAIL, self.fail
        if self.warn is not None and not self.warn.holds(value):
            return RuleStatus.WARN, self.warn
        bound = self.fail or self.warn
        assert bound is not None  # the class's invariant
        return RuleStatus.PASS, bound


def at_most(threshold: float) -> Condition:
    """The condition of rules that count what is wrong."""
    return Condition(Bound(Operator.LESS_OR_EQUAL, threshold))


def of(spec: RuleSpec, default: Condition | None) -> Condition | None:
    """The rule's own condition, otherwise its type's; None where neither has one."""
    if spec.operator is None:
        return default
    fail = None if spec.threshold is None else Bound(spec.operator, spec.threshold, spec.upper_threshold)
    warn = None if spec.warn_threshold is None else Bound(spec.operator, spec.warn_threshold, spec.warn_upper_threshold)
    return Condition(fail, warn)


def problems(spec: RuleSpec, *, has_default: bool) -> list[Problem]:
    """What is wrong with operator and thresholds, as far as it shows without data."""
    given = [spec.threshold, spec.upper_threshold, spec.warn_threshold, spec.warn_upper_threshold]
    if any(one is not None and one - one != 0 for one in given):
        return [Problem(("threshold",), say("THRESHOLD_FINITE", "A threshold is a finite number."))]
    if spec.operator is None:
        if any(one is not None for one in given):
            return [
                Problem(
                    ("operator",),
                    say("THRESHOLD_NEEDS_OPERATOR", "A threshold needs an operator that says how the value is compared with it."),
                )
            ]
        return (
            []
            if has_default
            else [Problem(("operator",), say("RULE_NEEDS_THRESHOLD", "This type of rule needs an operator and a threshold."))]
        )
    if spec.threshold is None and spec.warn_threshold is None:
        return [
            Problem(
                ("threshold",),
                say("OPERATOR_NEEDS_THRESHOLD", "The operator {operator} needs a threshold.", operator=spec.operator),
            )
        ]
    return [*_pairs(spec), *_order(spec)]


def _pairs(spec: RuleSpec) -> list[Problem]:
    found = []
    for name, low, high in (
        ("upperThreshold", spec.threshold, spec.upper_threshold),
        ("warnUpperThreshold", spec.warn_threshold, spec.warn_upper_threshold),
    ):
        if spec.operator in _TWO and (low is None) != (high is None):
            found.append(
                Problem(
                    (name,), say("OPERATOR_NEEDS_TWO", "{operator} needs a lower and an upper threshold.", operator=spec.operator)
                )
            )
        elif spec.operator not in _TWO and high is not None:
            found.append(
                Problem(
                    (name,),
                    say(
                        "UPPER_THRESHOLD",
                        "An upper threshold belongs to BETWEEN and NOT_BETWEEN, not to {operator}.",
                        operator=spec.operator,
                    ),
                )
            )
        elif low is not None and high is not None and low > high:
            found.append(
                Problem(
                    (name,),
                    say(
                        "THRESHOLDS_CROSSED",
                        "The upper threshold {high} is below the lower one, {low}.",
                        high=number(high),
                        low=number(low),
                    ),
                )
            )
    return found


def _order(spec: RuleSpec) -> list[Problem]:
    """A warning must come before the failure, otherwise it never comes."""
    fail, warn = spec.threshold, spec.warn_threshold
    if fail is None or warn is None:
        return []
    high, warn_high = spec.upper_threshold, spec.warn_upper_threshold
    match spec.operator:
        case Operator.LESS_THAN | Operator.LESS_OR_EQUAL:
            wrong, side = warn >= fail, say("SIDE_BELOW", "below")
        case Operator.GREATER_THAN | Operator.GREATER_OR_EQUAL:
            wrong, side = warn <= fail, say("SIDE_ABOVE", "above")
        case Operator.BETWEEN:
            wrong, side = (
                warn < fail or (warn_high or 0) > (high or 0) or (warn, warn_high) == (fail, high),
                say("SIDE_WITHIN", "within"),
            )
        case Operator.NOT_BETWEEN:
            wrong, side = (
                warn > fail or (warn_high or 0) < (high or 0) or (warn, warn_high) == (fail, high),
                say("SIDE_AROUND", "around"),
            )
        case _:
            return [
                Problem(
                    ("warnThreshold",),
                    say(
                        "OPERATOR_ONE_STEP",
                        "{operator} knows no step between right and wrong: leave one threshold out.",
                        operator=spec.operator,
                    ),
                )
            ]
    if not wrong:
        return []
    return [
        Problem(
            ("warnThreshold",),
            say(
                "WARNING_NEVER_COMES",
                "The warning would never come: its threshold has to lie {side} the one that fails.",
                side=side,
            ),
        )
    ]
