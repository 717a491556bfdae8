"""The comparison of a measured value with thresholds."""

from dataclasses import dataclass
from decimal import Decimal

from app.quality.problems import Problem
from app.quality.spec import Operator, RuleSpec, RuleStatus

Number = int | float | Decimal
"""A measured value, exact where its type is: Python compares these three without rounding."""

_WORDS = {
    Operator.EQUAL: "{}",
    Operator.NOT_EQUAL: "other than {}",
    Operator.LESS_THAN: "less than {}",
    Operator.LESS_OR_EQUAL: "at most {}",
    Operator.GREATER_THAN: "greater than {}",
    Operator.GREATER_OR_EQUAL: "at least {}",
    Operator.BETWEEN: "between {} and {}",
    Operator.NOT_BETWEEN: "outside of {} to {}",
}
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

    def __str__(self) -> str:
        """'at most 3'."""
        return _WORDS[self.operator].format(number(self.threshold), number(self.upper or 0.0))


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
        return [Problem(("threshold",), "A threshold is a finite number.")]
    if spec.operator is None:
        if any(one is not None for one in given):
            return [Problem(("operator",), "A threshold needs an operator that says how the value is compared with it.")]
        return [] if has_default else [Problem(("operator",), "This type of rule needs an operator and a threshold.")]
    if spec.threshold is None and spec.warn_threshold is None:
        return [Problem(("threshold",), f"The operator {spec.operator} needs a threshold.")]
    return [*_pairs(spec), *_order(spec)]


def _pairs(spec: RuleSpec) -> list[Problem]:
    found = []
    for name, low, high in (
        ("upperThreshold", spec.threshold, spec.upper_threshold),
        ("warnUpperThreshold", spec.warn_threshold, spec.warn_upper_threshold),
    ):
        if spec.operator in _TWO and (low is None) != (high is None):
            found.append(Problem((name,), f"{spec.operator} needs a lower and an upper threshold."))
        elif spec.operator not in _TWO and high is not None:
            found.append(Problem((name,), f"An upper threshold belongs to BETWEEN and NOT_BETWEEN, not to {spec.operator}."))
        elif low is not None and high is not None and low > high:
            found.append(Problem((name,), f"The upper threshold {number(high)} is below the lower one, {number(low)}."))
    return found


def _order(spec: RuleSpec) -> list[Problem]:
    """A warning must come before the failure, otherwise it never comes."""
    fail, warn = spec.threshold, spec.warn_threshold
    if fail is None or warn is None:
        return []
    high, warn_high = spec.upper_threshold, spec.warn_upper_threshold
    match spec.operator:
        case Operator.LESS_THAN | Operator.LESS_OR_EQUAL:
            wrong, side = warn >= fail, "below"
        case Operator.GREATER_THAN | Operator.GREATER_OR_EQUAL:
            wrong, side = warn <= fail, "above"
        case Operator.BETWEEN:
            wrong, side = warn < fail or (warn_high or 0) > (high or 0) or (warn, warn_high) == (fail, high), "within"
        case Operator.NOT_BETWEEN:
            wrong, side = warn > fail or (warn_high or 0) < (high or 0) or (warn, warn_high) == (fail, high), "around"
        case _:
            return [
                Problem(("warnThreshold",), f"{spec.operator} knows no step between right and wrong: leave one threshold out.")
            ]
    if not wrong:
        return []
    return [Problem(("warnThreshold",), f"The warning would never come: its threshold has to lie {side} the one that fails.")]


def number(value: Number) -> str:
    """For people: 1,234,567 and 0.05, no 3.0."""
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        value = int(value)
    if isinstance(value, int):
        return f"{value:,}"
    return f"{value:.6g}" if isinstance(value, float) else f"{value:,}"
