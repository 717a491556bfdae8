"""Rules about the table itself, and those that compare it with something else."""

import math
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pytest

from app.ingest import columns, engine
from app.ingest.job import IngestJob
from app.ingest.profile.profiler import profile
from app.quality import catalogue
from app.quality.engine import check
from app.quality.ruletype import Needs
from app.quality.spec import PREVIOUS, History, MetricPoint, Operator, RuleResult, RuleSpec, RuleStatus, TableInfo
from tests.quality.tables import RECORDED, Value, rule, write

NOW = datetime(2026, 1, 31, 12, tzinfo=UTC)


def one(info: TableInfo, spec: RuleSpec, **history: object) -> RuleResult:
    """The result of one rule."""
    (found,) = check(info, [spec], History(now=NOW, **history))  # type: ignore[arg-type]
    return found


def profiled(tmp_path: Path, name: str, table: dict[str, list[Value]]) -> TableInfo:
    """A table with its profile, as a stored version has it."""
    info = write(tmp_path / f"{name}.parquet", table)
    path = info.path or ""
    output = tmp_path / f"{name}-out"
    output.mkdir()
    with engine.connect(IngestJob(source_path=path, file_name=name, output_dir=str(output))) as connection:
        fields = columns.fields(connection, path, [None] * len(table), {})
        found = profile(connection, path, fields, lambda fraction: None)
    return TableInfo(path=path, fields=fields, row_count=found.row_count, profile=found)


@pytest.fixture(scope="module")
def letters(tmp_path_factory: pytest.TempPathFactory) -> TableInfo:
    return write(tmp_path_factory.mktemp("letters") / "t.parquet", {"i": [1, 2, 3, None], "s": ["a", "b", "a", None]})


def test_schema_rules(letters: TableInfo) -> None:
    both = [{"fieldPath": "i", "logicalType": "INTEGER"}, {"fieldPath": "s", "logicalType": "STRING"}]
    i, s = both
    cases: list[tuple[RuleSpec, float, str]] = [
        (rule("schema_match", fields_=both), 0, ""),
        (rule("schema_match", fields_=[s, i]), 0, ""),
        (
            rule("schema_match", fields_=[s, i], ordered=True),
            2,
            "'i' stands where 's' is expected; 's' stands where 'i' is expected.",
        ),
        (rule("schema_match", fields_=[i]), 1, "'s' is not expected."),
        (rule("schema_match", fields_=[i], mode="SUPERSET"), 0, ""),
        (rule("schema_match", fields_=[*both, {"fieldPath": "x"}], mode="SUBSET"), 0, ""),
        (rule("schema_match", fields_=[*both, {"fieldPath": "x"}]), 1, "'x' is missing."),
        (rule("schema_match", fields_=[{**i, "logicalType": "DATE"}, s]), 1, "'i' is INTEGER, not DATE."),
        (rule("schema_match", fields_=[{**i, "logicalType": "NUMBER"}, s]), 0, ""),
        (rule("field_exists", "i"), 1, ""),
        (rule("field_exists", "I"), 0, ""),
        (rule("field_count", operator=Operator.EQUAL, threshold=2), 2, ""),
    ]
    for spec, value, note in cases:
        result = one(letters, spec)
        good = result.value == (1 if spec.type == "field_exists" else 2 if spec.type == "field_count" else 0)
        assert (result.value, result.status, result.rows_scanned) == (value, RuleStatus.PASS if good else RuleStatus.FAIL, 0), (
            spec
        )
        assert result.message.endswith(note), result.message


def test_row_count_against_an_earlier_version(letters: TableInfo) -> None:
    fraction = rule("row_count_change", operator=Operator.BETWEEN, threshold=-0.5, upper_threshold=0.5)
    count = rule("row_count_change", unit="COUNT", operator=Operator.GREATER_OR_EQUAL, threshold=0)
    before = {PREVIOUS: TableInfo(row_count=10)}
    found = one(letters, fraction, versions=before)
    assert (found.value, found.status, found.metric_name) == (-0.6, RuleStatus.FAIL, "row_count_change_fraction")
    assert found.message.endswith("There are 4 rows now; there were 10.")
    assert one(letters, count, versions=before).value == -6
    first = one(letters, fraction)
    assert (first.status, first.value, first.is_violation) == (RuleStatus.SKIPPED, None, False)
    assert first.message == "There is no earlier version to compare the number of rows with."
    assert one(letters, fraction, versions={PREVIOUS: TableInfo(row_count=0)}).status is RuleStatus.SKIPPED
    assert catalogue.needs(fraction) == Needs(profiles=frozenset({PREVIOUS}))


def test_row_count_against_another_dataset(letters: TableInfo) -> None:
    spec = rule("row_count_match", dataset="orders")
    assert one(letters, spec, datasets={"orders": TableInfo(row_count=4)}).status is RuleStatus.PASS
    assert one(letters, spec, datasets={"orders": TableInfo(row_count=8)}).value == 0.5
    filtered = RuleSpec(**{**vars(spec), "filter": "s = 'a'"})
    assert one(letters, filtered, datasets={"orders": TableInfo(row_count=4)}).value == 0.5
    empty = one(letters, spec, datasets={"orders": TableInfo(row_count=0)})
    assert (empty.status, empty.error and empty.error.code) == (RuleStatus.ERROR, "NO_VALUE")
    neither = one(letters, RuleSpec(**{**vars(spec), "filter": "false"}), datasets={"orders": TableInfo(row_count=0)})
    assert (neither.status, neither.value) == (RuleStatus.PASS, 1.0)
    absent = one(letters, spec)
    assert (absent.status, absent.error and absent.error.code) == (RuleStatus.ERROR, "MISSING_INPUT")
    assert catalogue.needs(spec) == Needs(row_counts=frozenset({"orders"}))


def test_references(tmp_path: Path, letters: TableInfo) -> None:
    other = write(tmp_path / "o.parquet", {"k": ["a", None, "c"]}, {})
    spec = rule("referential", "s", dataset="o", fieldPath="k")
    found = one(letters, spec, datasets={"o": other})
    assert (found.value, found.failed_row_count, [row.row for row in found.failed_rows_sample]) == (1, 1, [2])
    assert found.failed_rows_sample[0].values == {"s": "b", "i": 2}
    known = 'SELECT "k" FROM other WHERE "k" IS NOT NULL'
    assert found.expression == f'SELECT count_if("s" IS NOT NULL AND "s" NOT IN ({known})), count(*) FROM data'
    missing = one(letters, rule("referential", "s", dataset="o", fieldPath="x"), datasets={"o": other})
    assert (missing.status, missing.error and missing.error.code) == (RuleStatus.ERROR, "INVALID_DATA")
    fraction = RuleSpec(**{**vars(spec), "parameters": {**spec.parameters, "unit": "FRACTION"}, "filter": "i > 1"})
    assert one(letters, fraction, datasets={"o": other}).value == 0.5


def test_new_categories(tmp_path: Path, letters: TableInfo) -> None:
    before = {
        PREVIOUS: write(tmp_path / "p.parquet", {"s": ["b", "c", None]}),
        "v1": write(tmp_path / "v.parquet", {"s": ["a", "b"]}),
    }
    found = one(letters, rule("new_categories", "s"), versions=before)
    assert (found.value, found.failed_row_count, [row.row for row in found.failed_rows_sample]) == (1, 2, [1, 3])
    assert found.message.endswith("New: 'a'.")
    assert one(letters, rule("new_categories", "s", against="v1"), versions=before).status is RuleStatus.PASS
    assert one(letters, rule("new_categories", "s")).status is RuleStatus.SKIPPED
    unknown = one(letters, rule("new_categories", "s", against="v9"), versions=before)
    assert (unknown.status, unknown.error and unknown.error.code) == (RuleStatus.ERROR, "MISSING_INPUT")


def test_freshness(tmp_path: Path) -> None:
    day, moment = date(2026, 1, 30), datetime(2026, 1, 31, 20)
    info = write(tmp_path / "t.parquet", {"d": [day, None, date(2020, 1, 1)], "t": [moment, None, moment - timedelta(days=1)]})
    limit = {"operator": Operator.LESS_OR_EQUAL, "threshold": 3600.0}
    assert one(info, rule("freshness", "d", **limit)).value == 36 * 3600
    assert one(info, rule("freshness", "t", timezone="Asia/Tokyo", **limit)).value == 3600
    assert one(info, rule("freshness", "t", **limit)).value == -8 * 3600
    assert one(info, rule("freshness", "t", filter="d = DATE '2020-01-01'", **limit)).value == 16 * 3600
    created = TableInfo(path=info.path, created_at=NOW - timedelta(minutes=90))
    whole = one(created, rule("freshness", **limit))
    assert (whole.value, whole.status) == (5400, RuleStatus.FAIL)
    nothing = one(info, rule("freshness", "t", filter="d > DATE '2030-01-01'", **limit))
    assert (nothing.status, nothing.error and nothing.error.code) == (RuleStatus.ERROR, "NO_VALUE")
    (wrong,) = catalogue.validate(rule("freshness", timezone="Mars/Olympus", **limit))
    assert wrong.path == ("parameters", "timezone")


def points(*values: float) -> tuple[MetricPoint, ...]:
    return tuple(MetricPoint(value=value, checked_at=NOW + timedelta(days=at)) for at, value in enumerate(values))


def test_anomaly_bands(letters: TableInfo) -> None:
    spec = rule("anomaly", metric="ROW_COUNT", minPoints=5)
    learning = one(letters, spec, metrics={"anomaly": points(100, 101)})
    assert (learning.status, learning.value, learning.metric_name) == (RuleStatus.SKIPPED, 4.0, "row_count")
    assert learning.message == "The row count is 4. It is kept until there are 5 earlier values to compare with; there are 2."
    found = one(letters, spec, metrics={"anomaly": points(100, 104, 98, 101, 97, 103)})
    # Median 100.5, distances 0.5 3.5 2.5 0.5 3.5 2.5, their median 2.5, times 1.4826 and 3.
    assert found.status is RuleStatus.FAIL
    assert (found.threshold, found.upper_threshold) == (pytest.approx(100.5 - 11.1195), pytest.approx(100.5 + 11.1195))
    assert found.message.endswith(
        "The median of 6 earlier values is 100.5, their usual distance from it 3.7065; the band reaches 11.1195 to each side."
    )
    assert one(letters, spec, metrics={"anomaly": points(4, 5, 3, 4, 5)}).status is RuleStatus.PASS
    same = one(letters, spec, metrics={"anomaly": points(*[4] * 9)})
    assert (same.status, same.threshold, same.upper_threshold) == (RuleStatus.PASS, pytest.approx(3.96), pytest.approx(4.04))
    nulls = one(letters, rule("anomaly", "s", metric="NULL_FRACTION", minPoints=3), metrics={"anomaly": points(0.2, 0.25, 0.3)})
    assert (nulls.value, nulls.status) == (0.25, RuleStatus.PASS)
    distinct = one(letters, rule("anomaly", "s", metric="DISTINCT_COUNT", minPoints=3), metrics={"anomaly": points(9, 9, 9)})
    assert (distinct.value, distinct.status) == (2, RuleStatus.FAIL)
    assert catalogue.needs(spec).metrics
    assert [problem.path for problem in catalogue.validate(rule("anomaly", "s", metric="ROW_COUNT"), ())] == [("fieldPaths",)]
    assert one(letters, rule("anomaly", "s", metric="MEAN")).status is RuleStatus.ERROR


def psi(before: list[float], now: list[float]) -> float:
    """By its definition, with pandas."""
    shares = pd.DataFrame({"before": before, "now": now}) / [sum(before), sum(now)]
    shares = shares[(shares > 0).any(axis=1)].clip(lower=1e-4)
    return float(((shares["now"] - shares["before"]) * (shares["now"] / shares["before"]).map(math.log)).sum())


def test_drift(tmp_path: Path) -> None:
    words = ["a"] * 50 + ["b"] * 30 + ["c"] * 20
    before = profiled(
        tmp_path, "before", {"s": [*words], "n": list(range(100)), "d": [date(2024, 1, 1 + at % 10) for at in range(100)]}
    )
    now = write(
        tmp_path / "now.parquet",
        {
            "s": ["a"] * 20 + ["b"] * 30 + ["x"] * 10 + [None] * 40,
            "n": [at * 2 for at in range(100)],
            "d": [date(2024, 1, 1 + at % 10) for at in range(100)],
        },
    )
    versions = {PREVIOUS: before}
    texts = one(now, rule("drift", "s"), versions=versions)
    assert texts.value == pytest.approx(psi([50, 30, 20, 0, 0], [20, 30, 0, 40, 10]), rel=1e-9)
    assert (texts.status, texts.metric_name) == (RuleStatus.FAIL, "psi")
    same = one(now, rule("drift", "d"), versions=versions)
    assert (same.value, same.status) == (0.0, RuleStatus.PASS)
    numbers = one(now, rule("drift", "n"), versions=versions)
    # Bins of five numbers each; every second number is there now, half of them above the old end.
    assert before.profile is not None
    bins = before.profile.field_profiles[1].histogram
    assert len(bins) == 20
    counts = [sum(1 for at in range(100) if bins[k].lower <= at * 2 and (k == 19 or at * 2 < bins[k].upper)) for k in range(20)]
    assert numbers.value == pytest.approx(psi([each.count for each in bins], counts), rel=1e-9)
    slight = one(before, rule("drift", "n"), versions=versions)
    assert (slight.value, slight.status) == (0.0, RuleStatus.PASS)
    assert one(now, rule("drift", "n")).status is RuleStatus.SKIPPED
    many = profiled(tmp_path, "many", {"s": [f"word {at}" for at in range(100)]})
    assert one(now, rule("drift", "s"), versions={PREVIOUS: many}).status is RuleStatus.SKIPPED


FORMATS = {
    "EMAIL": (["a@b.org", "x.y+z@sub.example.co"], ["a@b", "a b@c.org", "@c.org", "a@c.org.", "a..b@c.org", ""]),
    "URL": (
        ["http://a.org", "https://a.org:80/x?y=1#z", "ftp://[::1]/x"],
        ["a.org", "http://", "http://a b.org", "javascript:alert(1)"],
    ),
    "HOSTNAME": (["localhost", "a-b.example"], ["-a.org", "a_b", "a..b", "a" * 64]),
    "IPV4": (["0.0.0.0", "255.255.255.255"], ["256.1.1.1", "1.2.3", "01.2.3.4", "1.2.3.4.5"]),
    "IPV6": (["::", "::1", "2001:db8::8:800:200c:417a", "1:2:3:4:5:6:7:8", "::ffff:1.2.3.4"], [":::", "1:2", "1::2::3", "g::"]),
    "UUID": (["123e4567-e89b-12d3-a456-426614174000"], ["123e4567e89b12d3a456426614174000", "x"]),
    "DATE": (["2024-02-29", "0001-01-01"], ["2023-02-29", "2024-13-01", "2024-1-1", "2024-01-01T00:00:00", "24-01-01"]),
    "TIME": (["00:00", "23:59:59.123456"], ["24:00", "1:00", "12:60"]),
    "TIMESTAMP": (["2024-02-29T12:00:00Z", "2024-02-29 12:00+09:00"], ["2023-02-29T12:00:00", "2024-02-29", "2024-02-29T25:00"]),
    "COUNTRY": (["JP", "GB"], ["UK", "jp", "JPN", "XX"]),
    "COUNTRY3": (["JPN", "GBR"], ["JP", "XXX"]),
    "CURRENCY": (["JPY", "EUR"], ["YEN", "eur"]),
    "PHONE": (["+81312345678"], ["03-1234-5678", "+0123456789", "+12"]),
    "INTEGER": (["0", "-12", "+7"], ["1.0", "1e3", ""]),
    "NUMBER": (["1", "-1.5", ".5", "1e-3", "2."], ["1,5", "e3", "NaN", "."]),
    "HEX_COLOUR": (["#fff", "#00FF00aa"], ["fff", "#ff", "#ggg"]),
}


def test_forms_of_text(tmp_path: Path) -> None:
    from app.quality.formats import Format

    assert set(FORMATS) == set(Format)
    for name, (good, bad) in FORMATS.items():
        info = write(tmp_path / f"{name}.parquet", {"s": [None, *good, *bad]})
        found = one(info, rule("format", "s", format=name))
        assert [row.values["s"] for row in found.failed_rows_sample] == bad, name


def test_not_a_number_is_out_of_every_range(tmp_path: Path) -> None:
    info = write(tmp_path / "t.parquet", {"f": [1.0, math.nan, math.inf, -math.inf, None]})
    found = one(info, rule("range", "f", min=0))
    assert [(row.row, row.values["f"]) for row in found.failed_rows_sample] == [(2, "NaN"), (4, "-Infinity")]
    mean = one(info, rule("aggregate", "f", function="MEAN", **RECORDED))
    assert (mean.status, mean.error and mean.error.code) == (RuleStatus.ERROR, "INVALID_DATA")


def test_numbers_are_exact_beyond_what_a_double_holds(tmp_path: Path) -> None:
    big = 2**60
    info = write(tmp_path / "t.parquet", {"i": [big, big + 1, None]})
    assert one(info, rule("range", "i", max=big)).failed_rows_sample[0].values == {"i": str(big + 1)}
    assert one(info, rule("unique", "i")).status is RuleStatus.PASS
    assert one(info, rule("in_set", "i", values=[big])).value == 1
    assert (
        one(info, rule("aggregate", "i", function="MAX", operator=Operator.LESS_OR_EQUAL, threshold=float(big))).status
        is RuleStatus.FAIL
    )


def test_floats_of_32_bits_are_compared_as_such(tmp_path: Path) -> None:
    info = write(tmp_path / "t.parquet", {"f": [0.1, 0.2, None]}, {"f": pa.float32()})
    assert one(info, rule("in_set", "f", values=[0.1, 0.2])).value == 0
    assert one(info, rule("range", "f", min=0.1, max=0.2)).value == 0
    assert one(info, rule("range", "f", max=1e300)).value == 0
