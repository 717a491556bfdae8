"""Each rule type against the same rule in plain Python, on generated tables."""

import math
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from app.quality import catalogue
from app.quality.engine import check
from app.quality.spec import PREVIOUS, History, Limits, Operator, RuleResult, RuleSpec, RuleStatus
from tests.quality import reference
from tests.quality.tables import RECORDED, TYPES, Rows, Value, profiled, rule, write

WORDS = st.sampled_from(["a", "b", "ab", "A", "", " ", "N/A", " - ", "日本", "a1", "it's", "12", "-7", "1.5", "1e3", "true",
                         "2024-02-29", "2023-02-29", '{"a": 1}', "[1,", "9223372036854775808", "null"])  # fmt: skip
VALUES: dict[str, st.SearchStrategy[Value]] = {
    "i": st.one_of(st.integers(-3, 3), st.integers(-(2**53), 2**53)),
    "n": st.integers(-5, 5),
    "f": st.one_of(st.sampled_from([0.0, 0.5, 1.0, -2.25]), st.floats(-1e6, 1e6, width=32)),
    "c": st.integers(-500, 500).map(lambda cents: Decimal(cents) / 100),
    "s": WORDS,
    "e": st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=4),
    "d": st.dates(date(2024, 1, 1), date(2024, 1, 9)),
    "t": st.datetimes(datetime(2024, 1, 1), datetime(2024, 1, 3)),
    "b": st.booleans(),
}
ROWS = st.lists(
    st.fixed_dictionaries({name: st.one_of(st.none(), values, values) for name, values in VALUES.items()}), max_size=25
)

FILTERS: list[tuple[str | None, Callable[[dict[str, Value]], bool] | None]] = [
    (None, None),
    ("n > 0", lambda row: row["n"] is not None and row["n"] > 0),  # type: ignore[operator]
    ("s = 'a' OR b -- either", lambda row: row["s"] == "a" or row["b"] is True),
]


def rules(unit: str) -> list[RuleSpec]:
    """Every type that looks at rows, with several parameters."""
    both = {"unit": unit}
    specs = [
        rule("row_count", **RECORDED),
        *(rule("nulls", name, **both) for name in TYPES),
        *(rule("missing", name, **both) for name in ("s", "i")),
        rule("missing", "s", tokens=["A", " ab "], **both),
        *(rule("unique", name, **both) for name in TYPES),
        *(rule("distinct_count", name, **RECORDED) for name in TYPES),
        *(rule("duplicate_rows", *names, **both) for names in ((), ("n",), ("s", "b"), ("d", "n", "c"))),
        *(rule("primary_key", *names, **both) for names in (("i",), ("s",), ("n", "b"))),
        rule("in_set", "s", values=["a", "b", "it's"], **both),
        rule("in_set", "n", values=[1, 2, 2.5], **both),
        rule("in_set", "c", values=[0.1, -1, 2.25], **both),
        rule("in_set", "f", values=[0.5, -2.25], **both),
        rule("in_set", "d", values=["2024-01-01", "2024-01-05"], **both),
        rule("in_set", "b", values=[True], **both),
        rule("in_set", "i", values=list(range(-2, 40)), **both),
        rule("not_in_set", "s", values=["a", *(f"other {at}" for at in range(30))], **both),
        rule("not_in_set", "i", values=[0, -3], **both),
        rule("regex", "s", pattern="[ab]+", **both),
        rule("regex", "s", pattern="[ab]+", wholeValue=False, **both),
        rule("not_regex", "s", pattern="^a", **both),
        rule("not_regex", "e", pattern=".", wholeValue=True, **both),
        rule("range", "i", min=-1, max=2, **both),
        rule("range", "i", min=-(2**60), max=2**60, **both),
        rule("range", "f", min=0.5, exclusiveMin=True, **both),
        rule("range", "f", max=1, **both),
        rule("range", "c", min=0.1, max=2.25, exclusiveMax=True, **both),
        rule("date_range", "d", min="2024-01-03", **both),
        rule("date_range", "t", min="2024-01-01T12:00:00", max="2024-01-02T00:00:00", **both),
        rule("length", "s", min=1, max=2, **both),
        rule("length", "e", max=3, **both),
        rule("json", "s", **both),
        *(rule("castable", "s", type=kind, **both) for kind in ("INTEGER", "NUMBER", "BOOLEAN", "DATE")),
        rule("compare_fields", "i", "n", comparison="LESS_OR_EQUAL", **both),
        rule("compare_fields", "s", "e", comparison="EQUAL", **both),
        rule("compare_fields", "c", "n", comparison="GREATER_THAN", **both),
        rule("sequential", "i", step=1, **both),
        rule("sequential", "d", direction="INCREASING", **both),
        rule("sequential", "c", direction="NOT_INCREASING", **both),
        *(
            rule("aggregate", name, function=function, **RECORDED)
            for name in ("i", "n", "f", "c")
            for function in ("MIN", "MAX", "MEAN", "SUM", "STDDEV", "MEDIAN")
        ),
        rule("aggregate", "n", function="QUANTILE", quantile=0.9, **RECORDED),
        rule("outliers", "n", method="ZSCORE", factor=1.0, **both),
        rule("outliers", "i", method="IQR", factor=1.5, **both),
    ]
    return [rule_with_id(spec, at) for at, spec in enumerate(specs)]


def rule_with_id(spec: RuleSpec, at: int, filter: str | None = None) -> RuleSpec:
    return RuleSpec(**{**vars(spec), "id": f"{at}", "filter": filter or spec.filter})


@pytest.mark.parametrize("unit", ["COUNT", "FRACTION"])
@pytest.mark.parametrize("filtered", range(len(FILTERS)))
@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(rows=ROWS)
@example(rows=[{**dict.fromkeys(VALUES), "c": Decimal("0.10")}])
def test_every_rule_agrees_with_plain_python(tmp_path: Path, rows: Rows, filtered: int, unit: str) -> None:
    text, keeps = FILTERS[filtered]
    specs = [rule_with_id(spec, int(spec.id), text) for spec in rules(unit)]
    table = write(tmp_path / "t.parquet", {name: [row[name] for row in rows] for name in TYPES})
    # What the profile tells already is not computed again; no answer may change by it.
    for info in (table, profiled(table)) if filtered < 2 else (table,):
        for spec, result in zip(specs, check(info, specs, limits=Limits(sample_rows=100)), strict=True):
            agrees(spec, result, *reference.found(spec, rows, keeps))


OTHERS = st.one_of(ROWS, st.just([]), st.just([dict.fromkeys(VALUES)] * 2))
"""Another table: of any values, of no rows, and of absent values alone."""


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(rows=ROWS, other=OTHERS)
@example(rows=[dict.fromkeys(VALUES), {**dict.fromkeys(VALUES), "s": "a"}], other=[])
@example(rows=[dict.fromkeys(VALUES), {**dict.fromkeys(VALUES), "s": "a"}], other=[dict.fromkeys(VALUES)])
def test_values_of_another_table_agree_with_plain_python(tmp_path: Path, rows: Rows, other: Rows) -> None:
    here, there = (write(tmp_path / f"{at}.parquet", {name: [row[name] for row in part] for name in TYPES})
                   for at, part in enumerate((rows, other)))  # fmt: skip
    history = History(versions={PREVIOUS: there}, datasets={"o": there})
    specs = [rule("referential", name, id=f"r-{name}", dataset="o", fieldPath=name) for name in TYPES]
    specs += [rule("referential", name, id=f"f-{name}", dataset="o", fieldPath=name, unit="FRACTION") for name in ("s", "i")]
    specs += [rule("new_categories", name, id=f"n-{name}") for name in TYPES]
    for spec, result in zip(specs, check(here, specs, history, Limits(sample_rows=100)), strict=True):
        (name,) = spec.field_paths
        known = {row[name] for row in other}
        failed = [at for at, row in enumerate(rows, 1) if row[name] is not None and row[name] not in known]
        value = len({rows[at - 1][name] for at in failed}) if spec.type == "new_categories" else len(failed)
        agrees(spec, result, value / max(1, len(rows)) if spec.id.startswith("f-") else value, failed)


def agrees(spec: RuleSpec, result: RuleResult, value: float | None, failed: list[int] | None) -> None:
    """The result says what plain Python found, and its status follows from it."""
    where = f"{spec.type} {spec.field_paths} {dict(spec.parameters)} {spec.filter}: {result}"
    if value is None:
        assert (result.status, result.error and result.error.code) == (RuleStatus.ERROR, "NO_VALUE"), where
        return
    assert result.value is not None, where
    assert "read_parquet" not in (result.expression or ""), where
    assert math.isclose(result.value, value, rel_tol=1e-9, abs_tol=1e-6), where
    if failed is None:
        assert (result.failed_row_count, result.failed_rows_sample) == (None, ()), where
        return
    assert result.failed_row_count == len(failed), where
    assert [row.row for row in result.failed_rows_sample] == failed, where
    assert result.status == (RuleStatus.FAIL if failed else RuleStatus.PASS), where
    assert result.operator is Operator.LESS_OR_EQUAL, where


def test_no_rule_type_is_left_out() -> None:
    elsewhere = {
        "anomaly", "drift", "field_count", "field_exists", "format", "freshness", "new_categories", "referential",
        "row_count_change", "row_count_match", "schema_match", "sql_failed_rows", "sql_metric",
    }  # fmt: skip
    assert {spec.type for spec in rules("COUNT")} | elsewhere == set(catalogue.types())
