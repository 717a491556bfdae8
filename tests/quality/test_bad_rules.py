"""Rules that are wrong, and tables that rules are not made for: an answer for each, and the others undisturbed."""

import math
from datetime import date
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from app.quality import catalogue, failures
from app.quality.engine import check
from app.quality.spec import Json, Limits, Operator, RuleSpec, RuleStatus, TableInfo
from app.quality.table import Unreadable
from tests.quality.tables import RECORDED, TYPES, rule, write


def problems(spec: RuleSpec) -> list[tuple[str, str]]:
    """Path and message of all that is wrong with a rule."""
    return [(".".join(problem.path), problem.message) for problem in catalogue.validate(spec)]


@pytest.mark.parametrize(
    ("spec", "path", "message"),
    [
        (rule("nope"), "type", "There is no rule type 'nope'."),
        (rule("nulls"), "fieldPaths", "A rule of type 'nulls' names exactly one field."),
        (rule("nulls", "a", "b"), "fieldPaths", "A rule of type 'nulls' names exactly one field."),
        (rule("compare_fields", "a", "a", comparison="EQUAL"), "fieldPaths", "A field is named twice."),
        (rule("row_count", "a", **RECORDED), "fieldPaths", "A rule of type 'row_count' names no field, because it is about the whole table."),
        (rule("field_count", filter="x", **RECORDED), "filter", "A rule of type 'field_count' has no filter: it does not look at rows one by one."),
        (rule("row_count"), "operator", "This type of rule needs an operator and a threshold."),
        (rule("nulls", "a", threshold=3), "operator", "A threshold needs an operator that says how the value is compared with it."),
        (rule("nulls", "a", operator=Operator.EQUAL), "threshold", "The operator EQUAL needs a threshold."),
        (rule("nulls", "a", operator=Operator.BETWEEN, threshold=3), "upperThreshold", "BETWEEN needs a lower and an upper threshold."),
        (rule("nulls", "a", operator=Operator.BETWEEN, threshold=3, upper_threshold=1), "upperThreshold",
         "The upper threshold 1 is below the lower one, 3."),
        (rule("nulls", "a", operator=Operator.EQUAL, threshold=3, upper_threshold=5), "upperThreshold",
         "An upper threshold belongs to BETWEEN and NOT_BETWEEN, not to EQUAL."),
        (rule("nulls", "a", operator=Operator.LESS_OR_EQUAL, threshold=3, warn_threshold=5), "warnThreshold",
         "The warning would never come: its threshold has to lie below the one that fails."),
        (rule("nulls", "a", operator=Operator.GREATER_THAN, threshold=3, warn_threshold=3), "warnThreshold",
         "The warning would never come: its threshold has to lie above the one that fails."),
        (rule("nulls", "a", operator=Operator.BETWEEN, threshold=1, upper_threshold=5, warn_threshold=0, warn_upper_threshold=4), "warnThreshold",
         "The warning would never come: its threshold has to lie within the one that fails."),
        (rule("nulls", "a", operator=Operator.NOT_EQUAL, threshold=3, warn_threshold=5), "warnThreshold",
         "NOT_EQUAL knows no step between right and wrong: leave one threshold out."),
        (rule("nulls", "a", operator=Operator.LESS_THAN, threshold=float("nan")), "threshold", "A threshold is a finite number."),
        (rule("anomaly", metric="ROW_COUNT", **RECORDED), "operator", "A rule of type 'anomaly' finds its thresholds itself."),
        (rule("range", "a"), "parameters", "A range needs at least one end."),
        (rule("range", "a", min=5, max=1), "parameters", "The least value is above the greatest."),
        (rule("range", "a", min="5"), "parameters.min", None),
        (rule("range", "a", min=1, minn=2), "parameters.minn", "There is no parameter 'minn'; did you mean 'min'?"),
        (rule("anomaly", metric="ROW_COUNT", min_points=5), "parameters.min_points",
         "There is no parameter 'min_points'; did you mean 'minPoints'?"),
        (rule("in_set", "a", values=[]), "parameters.values", None),
        (rule("in_set", "a", values=[None]), "parameters.values.0", None),
        (rule("in_set", "a"), "parameters.values", "Field required."),
        (rule("aggregate", "a", function="QUANTILE", **RECORDED), "parameters", "A quantile belongs to the function QUANTILE, and is needed there."),
        (rule("sequential", "a"), "parameters", "Either a direction or a step is needed."),
        (rule("schema_match", fields_=[{"fieldPath": "a"}, {"fieldPath": "a"}]), "parameters", "A field is expected twice."),
    ],
    ids=range(29),
)  # fmt: skip
def test_a_wrong_rule_says_what_is_wrong(spec: RuleSpec, path: str, message: str | None) -> None:
    found = problems(spec)
    assert path in [one for one, _ in found], found
    if message is not None:
        assert (path, message) in found


@pytest.mark.parametrize("nested", [[1, [2]], {"a": {"b": 1}}, "text", 5, None])
def test_parameters_of_any_shape_are_refused_politely(nested: Json) -> None:
    for name, kind in catalogue.types().items():
        spec = RuleSpec(id="x", type=name, field_paths=(), parameters={"strange": nested})
        assert ("parameters.strange", "There is no parameter 'strange'.") in problems(spec), kind


def statuses(info: TableInfo, *specs: RuleSpec, **limits: object) -> list[str]:
    """Status, or the code of the error, of each rule."""
    found = check(info, [RuleSpec(**{**vars(spec), "id": str(at)}) for at, spec in enumerate(specs)], limits=Limits(**limits))  # type: ignore[arg-type]
    return [result.error.code if result.error else result.status.value for result in found]


def test_one_bad_rule_leaves_the_others_alone(tmp_path: Path) -> None:
    info = write(tmp_path / "t.parquet", {"i": [1, 2, 3], "s": ["1", "x", None]})
    assert statuses(
        info,
        rule("nulls", "i"),
        rule("nulls", "gone"),
        rule("range", "s", min=1),
        rule("in_set", "i", values=["a"]),
        rule("compare_fields", "i", "s", comparison="EQUAL"),
        rule("row_count", filter="s::INTEGER > 0", **RECORDED),
        rule("unique", "i", filter="1 / (i - 1) > 0"),
        rule("sequential", "i", step=1, filter="s::INTEGER > 0"),
        rule("regex", "s", pattern="(a"),
        rule("sql_metric", sql="SELECT max(s::INTEGER) FROM data", **RECORDED),
        rule("sql_metric", sql="SELECT i FROM data", **RECORDED),
        rule("nulls", "s", operator=Operator.EQUAL, threshold=1),
    ) == [
        "PASS", "MISSING_FIELD", "WRONG_TYPE", "WRONG_TYPE", "WRONG_TYPE", "INVALID_DATA", "PASS", "INVALID_DATA", "INVALID_RULE", "INVALID_DATA",
        "INVALID_DATA", "PASS",
    ]  # fmt: skip


def test_the_message_says_what_to_do(tmp_path: Path) -> None:
    info = write(tmp_path / "t.parquet", {"Price": [1]}, {})
    missing, wrong = check(info, [rule("nulls", "price"), rule("in_set", "Price", values=[1, "a"])])
    assert missing.message == "The table has no field 'price'. Did you mean 'Price'?"
    assert wrong.message == "'a' does not suit the field 'Price': its values are INTEGER, so this has to be a whole number."


def test_a_filter_names_columns_and_nothing_else(tmp_path: Path) -> None:
    columns: dict[str, list[object]] = {
        "rowid": [7, 8, 9],
        "data": [{"i": "a"}, {"i": "b"}, None],
        "i": [1, 2, 3],
        "Condition": [4, 5, 6],
    }
    info = write(tmp_path / "t.parquet", columns, {})  # type: ignore[arg-type]
    filters = ["rowid > 7", "data IS NULL", "length(data.i) = 1 AND data.i = 'b'", "condition >= 5"]
    found = check(info, [rule("row_count", id=one, filter=one, **RECORDED) for one in filters])
    assert [(one.rule_id, one.value) for one in found] == list(zip(filters, [2.0, 1.0, 1.0, 2.0], strict=True))
    plain = write(tmp_path / "plain.parquet", {"i": [1, 2, 3]}, {})
    # What has these names in a stored table has them neither in a file nor for people.
    filters = ["rowid > 1", "data IS NOT NULL", "data.i > 1", "condition", '"row" IS NOT NULL']
    assert statuses(plain, *(rule("row_count", filter=one, **RECORDED) for one in filters)) == ["MISSING_FIELD"] * 5


@pytest.mark.parametrize("rows", [0, 5])
def test_empty_and_all_absent_tables(tmp_path: Path, rows: int) -> None:
    info = write(tmp_path / "t.parquet", {name: [None] * rows for name in TYPES})
    some = {"operator": Operator.BETWEEN, "threshold": -1.0, "upper_threshold": 9.0}
    passing = [
        rule("row_count", **some), rule("unique", "s"), rule("unique", "i"), rule("in_set", "s", values=["a", "b", "c"]),
        rule("range", "f", min=0), rule("regex", "s", pattern="a"), rule("length", "s", min=1), rule("json", "s"), rule("distinct_count", "i", **some),
        rule("distinct_count", "s", **some), rule("outliers", "i"), rule("sequential", "i", step=1), rule("castable", "s", type="DATE"),
        rule("compare_fields", "i", "n", comparison="EQUAL"), rule("date_range", "d", min="2024-01-01"), rule("not_regex", "s", pattern="a"),
        rule("sql_failed_rows", sql="SELECT * FROM data WHERE i > 0"), rule("format", "s", format="EMAIL"),
    ]  # fmt: skip
    assert statuses(info, *passing) == ["PASS"] * len(passing)
    without_value = [
        *(
            rule("aggregate", "i", function=function, **RECORDED)
            for function in ("MIN", "MAX", "MEAN", "SUM", "STDDEV", "MEDIAN")
        ),
        rule("freshness", "d", **RECORDED),
        rule("sql_metric", sql="SELECT max(i) FROM data", **RECORDED),
    ]
    assert statuses(info, *without_value) == ["NO_VALUE"] * len(without_value)
    assert statuses(info, rule("nulls", "i"), rule("missing", "s"), rule("primary_key", "i")) == ["FAIL" if rows else "PASS"] * 3
    assert statuses(info, rule("nulls", "i", unit="FRACTION"), rule("duplicate_rows")) == ["FAIL" if rows else "PASS"] * 2


def test_names_that_look_like_sql(tmp_path: Path) -> None:
    names = ['a"b', "select", "x; DROP TABLE data", "ä ö", "file_row_number", "row_number", "?times", "'", "value", "h"]
    table = {name: ["p", "q", "q", "", None] for name in names}
    info = write(tmp_path / "t.parquet", table, {})
    for name in names:
        found = check(
            info,
            [
                rule("unique", name),
                rule("regex", name, pattern="p|q"),
                rule("in_set", name, values=["p", "q", "r"]),
                rule("duplicate_rows", name, names[0]) if name != names[0] else rule("duplicate_rows", name),
                rule("missing", name),
            ],
            limits=Limits(failed_rows_dir=str(tmp_path)),
        )
        assert [(result.value, [row.row for row in result.failed_rows_sample]) for result in found] == [
            (1, [3]), (1, [4]), (1, [4]), (1, [3]), (2, [4, 5]),
        ], name  # fmt: skip
        path = found[0].failed_rows_path
        assert path is not None
        assert duckdb.sql(f"SELECT * FROM '{path}'").fetchall() == [(3, *["q"] * len(names))]
        assert not any(result.partial for result in found), name


def test_two_thousand_columns_and_a_thousand_rules(tmp_path: Path) -> None:
    columns = {f"c{at}": [at, at + 1, None] for at in range(2_000)}
    info = write(tmp_path / "t.parquet", columns, {})
    specs = [
        rule("nulls" if at % 2 else "range", f"c{at}", id=str(at), **({} if at % 2 else {"min": at, "max": at}))
        for at in range(1_000)
    ]
    found = check(info, specs)
    assert [(result.status, result.value, [row.row for row in result.failed_rows_sample]) for result in found] == [
        (RuleStatus.FAIL, 1.0, [3] if at % 2 else [2]) for at in range(1_000)
    ]
    # A thousand samples at once are smaller ones.
    assert {len(result.failed_rows_sample[0].values) for result in found} == {20}


def test_a_table_that_cannot_be_opened(tmp_path: Path) -> None:
    (tmp_path / "t.parquet").write_bytes(b"PAR1 no")
    for name in ("t.parquet", "none.parquet"):
        with pytest.raises(Unreadable):
            check(TableInfo(path=str(tmp_path / name)), [rule("nulls", "a")])


def test_long_texts_are_cut_in_samples(tmp_path: Path) -> None:
    info = write(tmp_path / "t.parquet", {"s": ["x" * 5_000]})
    (found,) = check(info, [rule("length", "s", max=10)], limits=Limits(sample_characters=7))
    assert found.failed_rows_sample[0].values == {"s": "x" * 7}


def test_samples_are_the_first_rows_and_files_hold_all(tmp_path: Path) -> None:
    info = write(tmp_path / "t.parquet", {"i": [at % 3 for at in range(1_000)]})
    specs = [rule("range", "i", max=1), rule("unique", "i"), rule("nulls", "i")]
    outside, repeated, absent = check(info, specs, limits=Limits(sample_rows=4, failed_rows_dir=str(tmp_path)))
    assert [row.row for row in outside.failed_rows_sample] == [3, 6, 9, 12]
    assert [row.row for row in repeated.failed_rows_sample] == [4, 5, 6, 7]
    assert duckdb.sql(f"SELECT count(*), min(row_number), max(row_number) FROM '{outside.failed_rows_path}'").fetchall() == [
        (333, 3, 999)
    ]
    assert duckdb.sql(f"SELECT count(*), min(row_number) FROM '{repeated.failed_rows_path}'").fetchall() == [(997, 4)]
    assert (absent.failed_rows_path, absent.failed_rows_sample) == (None, ())


def test_failed_rows_hold_all_columns(tmp_path: Path) -> None:
    day = date(2024, 2, 29)
    columns = {"s": ["a", "x" * 300, None], "i": [1, 2, None], "f": [0.5, math.nan, 2.0], "d": [day, None, day]}
    info = write(tmp_path / "t.parquet", columns)
    specs = [rule("nulls", "i"), rule("sql_failed_rows", sql="SELECT *, i + 1 AS i FROM data WHERE i > 1")]
    absent, by_sql = check(info, specs, limits=Limits(failed_rows_dir=str(tmp_path)))
    (row,) = absent.failed_rows_sample
    assert (row.row, [*row.values.items()]) == (3, [("i", None), ("s", None), ("f", 2.0), ("d", "2024-02-29")])
    file = duckdb.sql(f"FROM '{absent.failed_rows_path}'")
    assert (file.columns, file.fetchall()) == (["row_number", "s", "i", "f", "d"], [(3, None, None, 2.0, day)])
    (row,) = by_sql.failed_rows_sample
    assert (row.row, row.values) == (0, {"s": "x" * 200, "i": 2, "f": "NaN", "d": None, "i_1": 3})
    file = duckdb.sql(f"SELECT s, i, d, i_1 FROM '{by_sql.failed_rows_path}'")
    assert (file.fetchall(), by_sql.partial) == ([("x" * 300, 2, None, 3)], False)


def test_samples_of_wide_tables_show_the_rule_s_columns_and_some_others(tmp_path: Path) -> None:
    info = write(tmp_path / "t.parquet", {f"c{at}": [None] for at in range(130)}, {})
    (found,) = check(info, [rule("nulls", "c120")], limits=Limits(failed_rows_dir=str(tmp_path)))
    assert [*found.failed_rows_sample[0].values] == ["c120", *(f"c{at}" for at in range(99))]
    assert len(duckdb.sql(f"FROM '{found.failed_rows_path}'").columns) == 131


def test_failed_rows_are_found_among_the_first_rows_behind_them_and_on_both_sides(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(failures, "HEAD_ROWS", 100)
    wrong = {"early": [3, 6, 9, 12, 400], "both": [98, 100, 101, 900, 901], "late": [500, 501], "two": [7, 1_000], "one": [9]}
    info = write(tmp_path / "t.parquet", {name: [int(row in rows) for row in range(1, 1_001)] for name, rows in wrong.items()})
    specs = [rule("in_set", name, id=name, values=[0]) for name in wrong]
    found = {result.rule_id: result for result in check(info, specs, limits=Limits(sample_rows=4))}
    shown = {name: [row.row for row in result.failed_rows_sample] for name, result in found.items()}
    assert shown == {name: rows[:4] for name, rows in wrong.items()}


@pytest.mark.parametrize("dictionary", [True, False])
def test_repeating_texts_are_found_however_they_are_stored(tmp_path: Path, dictionary: bool) -> None:
    texts = [f"text {at}" for at in range(500)]
    for extra, repeated in (([], []), (["text 3", None, "text 499", None], [501, 503])):
        path = tmp_path / "t.parquet"
        pq.write_table(pa.table({"s": [*texts, *extra]}), path, use_dictionary=dictionary, row_group_size=100)
        found = check(
            TableInfo(path=str(path)),
            [
                rule("unique", "s"),
                rule("primary_key", "s"),
                rule("distinct_count", "s", operator=Operator.EQUAL, threshold=500),
                rule("regex", "s", pattern="text [0-4]?[0-9]?[0-9]"),
                rule("unique", "s", id="some", filter="s <> 'text 3'"),
            ],
        )
        assert [result.value for result in found] == [len(repeated), len(extra), 500, 0, len(repeated[1:])]
        assert [row.row for row in found[0].failed_rows_sample] == repeated
        assert [row.row for row in found[1].failed_rows_sample] == list(range(501, 501 + len(extra)))
        assert not any(result.partial for result in found)


def test_rules_that_no_row_has_to_be_read_for(tmp_path: Path) -> None:
    info = write(tmp_path / "t.parquet", {"i": [3, 5, None], "s": ["a", None, None]})
    found = check(
        info,
        [
            rule("row_count", **RECORDED),
            rule("nulls", "s"),
            rule("range", "i", min=3, max=5),
            rule("aggregate", "i", function="MAX", **RECORDED),
        ],
    )
    assert [(result.value, result.rows_scanned, result.expression) for result in found] == [
        (3, 0, None), (2, 0, None), (0, 0, None), (5, 0, None),
    ]  # fmt: skip
