"""Values against thresholds."""

from decimal import Decimal

import pytest

from app.quality import conditions
from app.quality.conditions import Bound, number
from app.quality.spec import Operator, RuleStatus
from tests.quality.tables import rule

PASS, WARN, FAIL = RuleStatus.PASS, RuleStatus.WARN, RuleStatus.FAIL


@pytest.mark.parametrize(
    ("operator", "fail", "warn", "expected"),
    [
        (Operator.EQUAL, (2, None), None, [FAIL, FAIL, PASS, FAIL, FAIL]),
        (Operator.NOT_EQUAL, (2, None), None, [PASS, PASS, FAIL, PASS, PASS]),
        (Operator.LESS_THAN, (3, None), (1, None), [PASS, WARN, WARN, FAIL, FAIL]),
        (Operator.LESS_OR_EQUAL, (3, None), (1, None), [PASS, PASS, WARN, WARN, FAIL]),
        (Operator.GREATER_THAN, (1, None), (3, None), [FAIL, FAIL, WARN, WARN, PASS]),
        (Operator.GREATER_OR_EQUAL, (1, None), (3, None), [FAIL, WARN, WARN, PASS, PASS]),
        (Operator.BETWEEN, (1, 3), (2, 3), [FAIL, WARN, PASS, PASS, FAIL]),
        (Operator.NOT_BETWEEN, (1, 2), (1, 3), [PASS, FAIL, FAIL, WARN, PASS]),
        (Operator.LESS_OR_EQUAL, None, (1, None), [PASS, PASS, WARN, WARN, WARN]),
    ],
    ids=str,
)
def test_status_of_zero_to_four(
    operator: Operator,
    fail: tuple[float, float | None] | None,
    warn: tuple[float, float | None] | None,
    expected: list[RuleStatus],
) -> None:
    low, high = fail or (None, None)
    warn_low, warn_high = warn or (None, None)
    spec = rule(
        "nulls",
        "a",
        operator=operator,
        threshold=low,
        upper_threshold=high,
        warn_threshold=warn_low,
        warn_upper_threshold=warn_high,
    )
    assert conditions.problems(spec, has_default=True) == []
    condition = conditions.of(spec, None)
    assert condition is not None
    assert [condition.judge(value)[0] for value in range(5)] == expected


def test_the_bound_that_decided_is_told() -> None:
    spec = rule("nulls", "a", operator=Operator.LESS_OR_EQUAL, threshold=3, warn_threshold=1)
    condition = conditions.of(spec, None)
    assert condition is not None
    fail, warn = Bound(Operator.LESS_OR_EQUAL, 3), Bound(Operator.LESS_OR_EQUAL, 1)
    assert [condition.judge(value) for value in (0, 2, 4)] == [(PASS, fail), (WARN, warn), (FAIL, fail)]


def test_comparisons_do_not_round() -> None:
    most = Bound(Operator.LESS_OR_EQUAL, float(2**53))
    assert [most.holds(value) for value in (2**53, 2**53 + 1, Decimal(2**53) + Decimal("0.1"))] == [True, False, False]
    assert Bound(Operator.EQUAL, 0.05).holds(5 / 100)


def test_numbers_for_people() -> None:
    assert [number(one) for one in (0, 3.0, 1_234_567, 0.05, 1 / 3, -1e300, Decimal("2.50"))] == [
        "0", "3", "1,234,567", "0.05", "0.333333", "-1e+300", "2.50",
    ]  # fmt: skip
    assert str(Bound(Operator.BETWEEN, 1, 2.5).words) == "between 1 and 2.5"
