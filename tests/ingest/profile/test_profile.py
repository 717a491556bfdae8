"""Statistics against an independent library, and where they are easy to get wrong."""

import math
from itertools import pairwise
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import pytest

from app.ingest import columns, engine
from app.ingest.job import FieldProfile, HistogramBin, IngestJob, TableProfile, TopValue
from app.ingest.profile import footer, frequency, median, profiler, sample
from app.ingest.profile.footer import Chunks
from app.ingest.profile.profiler import profile
from app.ingest.profile.spread import Near


@pytest.fixture(params=["small", "wide", "counted", "sampled"], autouse=True)
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Every answer is the same for a small table, for one of many columns and for a large one, whether its footer promises few
    values or does not tell."""
    if request.param == "wide":
        monkeypatch.setattr(profiler, "DIRECT_COLUMNS", 0)
    elif request.param != "small":
        monkeypatch.setattr(profiler, "LARGE_ROWS", 0)
    if request.param == "sampled":
        chunks = footer.chunks

        def untold(connection: duckdb.DuckDBPyConnection, path: str) -> dict[str, Chunks]:
            return {name: Chunks(None, known.plain_bytes) for name, known in chunks(connection, path).items()}

        monkeypatch.setattr(footer, "chunks", untold)
    return str(request.param)


def profiled(tmp_path: Path, sql: str, told: list[float] | None = None) -> TableProfile:
    path = tmp_path / "t.parquet"
    maker = duckdb.connect(config={"threads": "2"})
    maker.execute("SET TimeZone = 'UTC'")
    maker.execute(f"COPY ({sql}) TO '{path}' (FORMAT parquet, ROW_GROUP_SIZE 2048)").fetchall()
    output = tmp_path / "out"
    output.mkdir(exist_ok=True)
    with engine.connect(IngestJob(source_path=str(path), file_name="t", output_dir=str(output))) as connection:
        names = [row[0] for row in connection.execute(f"DESCRIBE SELECT * FROM '{path}'").fetchall()]
        fields = columns.fields(connection, str(path), [None] * len(names), {})
        return profile(connection, str(path), fields, (told if told is not None else []).append)


def of(tmp_path: Path, values: str, kind: str) -> FieldProfile:
    """The profile of one column of the given VALUES."""
    return profiled(tmp_path, f"SELECT CAST(v AS {kind}) AS v FROM (VALUES {values}) AS t(v)").field_profiles[0]


def check_histogram(found: FieldProfile, finite: int) -> None:
    assert sum(known.count for known in found.histogram) == finite
    assert len(found.histogram) <= 20
    assert all(left.upper == right.lower for left, right in pairwise(found.histogram))


def test_integers(tmp_path: Path) -> None:
    assert of(tmp_path, "(3), (1), (1), (NULL), (10)", "BIGINT") == FieldProfile(
        field_path="v",
        null_count=1,
        null_fraction=0.2,
        distinct_count=3,
        distinct_is_approximate=False,
        min="1",
        max="10",
        mean=3.75,
        median=2.0,
        stddev=pytest.approx(4.272001872658765, rel=1e-12),
        min_length=None,
        max_length=None,
        histogram=tuple(
            HistogramBin(lower=number, upper=number + 1, count={1: 2, 3: 1, 10: 1}.get(number, 0)) for number in range(1, 11)
        ),
        top_values=(TopValue(value="1", count=2), TopValue(value="3", count=1), TopValue(value="10", count=1)),
    )


def test_text(tmp_path: Path) -> None:
    found = of(tmp_path, "('b'), ('日本語'), (''), ('b'), (NULL)", "VARCHAR")
    assert (found.null_count, found.distinct_count, found.min, found.max) == (1, 3, "", "日本語")
    assert (found.min_length, found.max_length) == (0, 3)
    assert found.top_values == (TopValue(value="b", count=2), TopValue(value="", count=1), TopValue(value="日本語", count=1))
    assert (found.mean, found.median, found.stddev, found.histogram) == (None, None, None, ())


def test_long_text_is_cut_where_it_is_shown(tmp_path: Path) -> None:
    found = profiled(tmp_path, "SELECT repeat('ä', 5000) AS v").field_profiles[0]
    assert (found.min, found.max, found.max_length) == ("ä" * 200, "ä" * 200, 5_000)
    assert found.top_values == (TopValue(value="ä" * 200, count=1),)


def test_booleans(tmp_path: Path) -> None:
    found = of(tmp_path, "(true), (false), (true), (NULL)", "BOOLEAN")
    assert (found.min, found.max, found.distinct_count, found.mean) == ("false", "true", 2, None)
    assert found.top_values == (TopValue(value="true", count=2), TopValue(value="false", count=1))


def test_not_a_number_is_a_value_but_bears_on_no_statistic(tmp_path: Path) -> None:
    found = of(tmp_path, "('1.0'), ('3.0'), ('nan'), ('nan'), (NULL)", "DOUBLE")
    assert (found.null_count, found.distinct_count, found.min, found.max) == (1, 3, "1.0", "3.0")
    assert (found.mean, found.median, found.stddev) == (2.0, 2.0, pytest.approx(math.sqrt(2), rel=1e-12))
    assert found.top_values[0] == TopValue(value="NaN", count=2)
    check_histogram(found, finite=2)


def test_infinity_is_a_maximum_and_leaves_no_mean(tmp_path: Path) -> None:
    found = of(tmp_path, "('1.0'), ('2.0'), ('inf')", "DOUBLE")
    assert (found.min, found.max, found.mean, found.stddev) == ("1.0", "Infinity", None, None)
    check_histogram(found, finite=2)


def test_only_not_a_number_has_no_statistics(tmp_path: Path) -> None:
    found = of(tmp_path, "('nan'), ('nan')", "DOUBLE")
    assert (found.min, found.max, found.mean, found.median, found.stddev, found.histogram) == (None, None, None, None, None, ())
    assert (found.null_count, found.distinct_count) == (0, 1)


def test_numbers_at_the_end_of_the_range(tmp_path: Path) -> None:
    found = of(tmp_path, "(1.7e308), (-1.7e308), (1.7e308)", "DOUBLE")
    assert (found.min, found.max, found.median, found.stddev) == ("-1.7e+308", "1.7e+308", 1.7e308, None)
    check_histogram(found, finite=3)


def test_exact_numbers_keep_their_digits(tmp_path: Path) -> None:
    found = of(tmp_path, "('99999999999999999999999999999999999.999'), ('0.001'), ('0.002')", "DECIMAL(38,3)")
    assert (found.min, found.max, found.distinct_count) == ("0.001", "99999999999999999999999999999999999.999", 3)
    assert (found.median, found.mean) == (0.002, pytest.approx(1e35 / 3, rel=1e-12))
    check_histogram(found, finite=3)


def test_the_median_of_decimals_lies_between_them(tmp_path: Path) -> None:
    assert of(tmp_path, "('1.0'), ('1.1')", "DECIMAL(4,1)").median == 1.05


def test_large_integers_keep_their_digits(tmp_path: Path) -> None:
    found = of(tmp_path, "(18446744073709551615), (18446744073709551614)", "UBIGINT")
    assert (found.min, found.max, found.distinct_count) == ("18446744073709551614", "18446744073709551615", 2)
    check_histogram(found, finite=2)


def test_dates(tmp_path: Path) -> None:
    found = of(tmp_path, "('2024-01-01'), ('2024-01-03'), ('2024-01-03'), (NULL)", "DATE")
    assert (found.min, found.max, found.mean, found.median) == ("2024-01-01", "2024-01-03", None, None)
    assert found.histogram == (
        HistogramBin(lower=1704067200.0, upper=1704153600.0, count=1),
        HistogramBin(lower=1704153600.0, upper=1704240000.0, count=2),
    )


def test_times_without_end_are_in_no_bin(tmp_path: Path) -> None:
    found = of(tmp_path, "('infinity'), ('2024-01-01 00:00:00'), ('-infinity')", "TIMESTAMP")
    assert (found.min, found.max, found.distinct_count) == ("-infinity", "infinity", 3)
    check_histogram(found, finite=1)


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("TIMESTAMP", "2024-02-29T12:30:00.25"), ("TIMESTAMPTZ", "2024-02-29T12:30:00.25Z"),
        ("TIMESTAMP_NS", "2024-02-29T12:30:00.25"), ("DATE", "2024-02-29"), ("TIME", "12:30:00.25"),
    ],
)  # fmt: skip
def test_times_are_shown_in_iso_8601(tmp_path: Path, kind: str, expected: str) -> None:
    found = of(tmp_path, f"('{'12:30:00.25' if kind == 'TIME' else '2024-02-29 12:30:00.25'}')", kind)
    assert (found.min, found.max, found.top_values) == (expected, expected, (TopValue(value=expected, count=1),))


@pytest.mark.parametrize(
    "kind", ["BIGINT", "DOUBLE", "DECIMAL(10,2)", "VARCHAR", "DATE", "TIMESTAMP", "TIMESTAMPTZ", "BOOLEAN", "TIME"]
)
@pytest.mark.parametrize("rows", ["(NULL), (NULL)", None])
def test_columns_without_values(tmp_path: Path, kind: str, rows: str | None) -> None:
    if rows is None:
        found = profiled(tmp_path, f"SELECT CAST(NULL AS {kind}) AS v LIMIT 0").field_profiles[0]
    else:
        found = of(tmp_path, rows, kind)
    absent = 2 if rows else 0
    assert found == FieldProfile(
        field_path="v", null_count=absent, null_fraction=1.0 if rows else 0.0, distinct_count=0, distinct_is_approximate=False,
        min=None, max=None, mean=None, median=None, stddev=None, min_length=None, max_length=None,
    )  # fmt: skip


def test_one_value(tmp_path: Path) -> None:
    found = of(tmp_path, "(2.5)", "DOUBLE")
    assert (found.mean, found.median, found.stddev, found.min, found.max) == (2.5, 2.5, None, "2.5", "2.5")
    assert found.histogram == (HistogramBin(lower=2.5, upper=2.5, count=1),)


def test_more_than_ten_frequent_values_end_with_the_smallest_of_equals(tmp_path: Path) -> None:
    found = profiled(tmp_path, "SELECT range % 30 AS v FROM range(65)").field_profiles[0]
    assert found.top_values == tuple(TopValue(value=str(number), count=3 if number < 5 else 2) for number in range(10))


def test_a_table_agrees_with_pandas(tmp_path: Path) -> None:
    sql = """
        SELECT range AS id, range * 7919 % 1000 - 500 AS spread, sin(range) * 1000 AS wave, (range % 97 / 7)::DECIMAL(10,3) AS exact,
               CASE WHEN range % 3 = 0 THEN NULL ELSE 'w' || range % 11 END AS word
        FROM range(20_000)
    """
    told: list[float] = []
    found = profiled(tmp_path, sql, told)
    frame = pd.read_parquet(tmp_path / "t.parquet")
    frame["exact"] = frame["exact"].astype(float)
    assert (found.row_count, found.column_count, found.partial) == (20_000, 5, False)
    assert found.size_bytes == (tmp_path / "t.parquet").stat().st_size
    assert told == [0.2, 0.4, 0.6, 0.8, 1.0]
    for known in found.field_profiles:
        column = frame[known.field_path]
        assert (known.null_count, known.distinct_count) == (column.isna().sum(), column.nunique())
        counts = sorted(column.value_counts().items(), key=lambda pair: (-pair[1], pair[0]))[:10]
        assert [top.count for top in known.top_values] == [count for _, count in counts]
        if known.field_path == "word":
            assert [top.value for top in known.top_values] == [value for value, _ in counts]
            continue
        assert (known.mean, known.median, known.stddev) == (
            pytest.approx(column.mean(), rel=1e-9, abs=1e-9), pytest.approx(column.median(), rel=1e-12),
            pytest.approx(column.std(), rel=1e-9),
        )  # fmt: skip
        edges = [known.histogram[0].lower, *(one.upper for one in known.histogram)]
        assert [one.count for one in known.histogram] == np.histogram(column, bins=edges)[0].tolist()
        check_histogram(known, finite=20_000)


def test_the_median_is_found_across_bins_that_are_empty(tmp_path: Path) -> None:
    assert of(tmp_path, "(0), (1), (1000), (1001)", "BIGINT").median == 500.5
    assert of(tmp_path, "(0), (1), (7), (1000), (1001)", "BIGINT").median == 7.0
    assert of(tmp_path, "(0), (0), (0), (NULL), (1000)", "DOUBLE").median == 0.0


def test_long_texts_are_ends_although_a_footer_does_not_keep_them(tmp_path: Path) -> None:
    found = of(tmp_path, "(repeat('a', 9000) || 'b'), (repeat('a', 9000) || 'a'), (repeat('é', 300))", "VARCHAR")
    assert (found.min, found.max) == ("a" * 200, "é" * 200)
    assert (found.min_length, found.max_length, found.distinct_count) == (300, 9_001, 3)


def test_more_values_than_can_be_counted_exactly_are_estimated(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(frequency, "EXACT_DISTINCT", 100)
    sql = """
        SELECT range AS dense, CASE WHEN range < 4000 THEN 'often' ELSE md5(range::VARCHAR) END AS word,
               range // 2 AS pairs, range / 3 AS real, CASE WHEN range % 4 > 0 THEN (range - 5000) * 2 END AS signed
        FROM range(10_000)
    """
    dense, word, pairs, real, signed = profiled(tmp_path, sql).field_profiles
    assert (dense.distinct_count, dense.distinct_is_approximate) == (10_000, False)
    assert dense.top_values == tuple(TopValue(value=str(number), count=1) for number in range(10))
    assert (pairs.distinct_count, pairs.distinct_is_approximate) == (5_000, False)
    assert (signed.distinct_count, signed.distinct_is_approximate, signed.null_count) == (7_500, False, 2_500)
    assert word.distinct_is_approximate
    assert word.distinct_count == pytest.approx(6_001, rel=0.1)
    assert word.top_values[0] == TopValue(value="often", count=4_000)
    assert real.distinct_is_approximate
    assert real.top_values == ()
    assert (dense.median, pairs.median) == (4_999.5, 2_499.5)


def test_most_frequent_among_many_values_are_counted_in_all_rows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(frequency, "EXACT_DISTINCT", 100)
    # The sample holds one row in two; four equal rows are taken for chance, and the counts are those of the table.
    monkeypatch.setattr(frequency, "SAMPLE_ROWS", 5_000)
    monkeypatch.setattr(sample, "SAMPLE_ROWS", 5_000)
    sql = "SELECT CASE WHEN range < 900 THEN 'a' WHEN range < 1500 THEN 'b' WHEN range < 1504 THEN 'c' ELSE md5(range::VARCHAR) END AS v"
    (found,) = profiled(tmp_path, f"{sql} FROM range(10_000)").field_profiles
    assert found.top_values == (TopValue(value="a", count=900), TopValue(value="b", count=600))


def test_medians_by_sorting_equal_those_in_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sql = "SELECT range * 31 % 1001 AS odd, (range * 37 % 1000) / 8 AS fraction FROM range(1_000)"
    expected = [found.median for found in profiled(tmp_path, sql).field_profiles]
    monkeypatch.setattr(median, "MEDIAN_IN_MEMORY", 10)
    assert [found.median for found in profiled(tmp_path, sql).field_profiles] == expected
    assert expected[1] == 62.4375


def test_medians_near_a_sampled_one_equal_those_of_a_pass_of_their_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(frequency, "EXACT_DISTINCT", 100)
    monkeypatch.setattr(median, "LEAST_SAMPLE", 1)
    sql = """
        SELECT hash(range) % 100_003 AS whole, (hash(range, 1) % 100_003) / 7 AS real, -range // 3 AS down,
               CASE WHEN hash(range, 2) % 3 > 0 THEN range * range / 8 END AS gaps, CASE WHEN range % 5 > 1 THEN 0.5 ELSE range END AS tied
        FROM range(6_001)
    """
    # A sample of one row in ten, so that some medians are missed by it.
    monkeypatch.setattr(sample, "SAMPLE_ROWS", 600)
    near = profiled(tmp_path, sql).field_profiles
    whole = duckdb.sql(f"SELECT {', '.join(f'median({one.field_path})' for one in near)} FROM ({sql})").fetchall()[0]
    assert [one.median for one in near] == list(whole)
    monkeypatch.setattr(median, "MOST_NEAR", 0)
    alone = profiled(tmp_path, sql).field_profiles
    assert [(one.median, one.histogram) for one in alone] == [(one.median, one.histogram) for one in near]


@pytest.mark.parametrize(("below", "expected"), [(0, None), (1, None), (2, 4.0), (3, 2.5), (4, None)])
@pytest.mark.parametrize("way", ["small"], indirect=True)
def test_a_median_is_taken_only_from_where_it_is(below: int, expected: float | None) -> None:
    assert median.among(Near(below, (2.0, 3.0, 5.0)), 8) == expected


@pytest.mark.parametrize("way", ["small"], indirect=True)
def test_wide_tables_are_taken_in_batches(tmp_path: Path) -> None:
    wide = ", ".join(f"range * {number} AS c{number}" for number in range(300))
    found = profiled(tmp_path, f"SELECT {wide} FROM range(5)")
    assert [known.field_path for known in found.field_profiles] == [f"c{number}" for number in range(300)]
    assert [known.mean for known in found.field_profiles] == [2.0 * number for number in range(300)]
    assert [known.distinct_count for known in found.field_profiles] == [1] + [5] * 299


@pytest.mark.parametrize("exact", [0, 1_000])
def test_no_name_of_a_column_gets_in_the_way(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, exact: int) -> None:
    monkeypatch.setattr(frequency, "EXACT_DISTINCT", exact)
    names = [
        "value",
        "times",
        "candidate",
        "batch",
        "number",
        "x",
        "d",
        "k",
        "bin",
        "sample",
        "middle",
        'qu"ote',
        "AS TIMESTAMP",
        "counted",
        "count",
        "pass",
        "sampled",
        "sample_0",
        "a0",
        "c0",
        "w",
        "often",
        "upto",
        "rows",
        "file_row_number",
    ]
    found = profiled(
        tmp_path, "SELECT " + ", ".join(f"range % 2 AS {columns.quoted(name)}" for name in names) + " FROM range(10)"
    )
    assert [(known.field_path, known.distinct_count, known.mean) for known in found.field_profiles] == [
        (name, 2, 0.5) for name in names
    ]
    assert {known.top_values for known in found.field_profiles} == {(TopValue(value="0", count=5), TopValue(value="1", count=5))}


@pytest.mark.parametrize("name", ["{x}", "{", "}", "{0}", "${top['ran']=1}", "a''b", "%s", "min"])
def test_names_of_columns_are_no_templates(tmp_path: Path, name: str) -> None:
    (found,) = profiled(tmp_path, f"SELECT v AS \"{name}\" FROM (VALUES ('b'), ('a')) AS t(v)").field_profiles
    assert (found.field_path, found.min, found.max, found.distinct_count) == (name, "a", "b", 2)


class Counting:
    """A connection that counts its statements."""

    def __init__(self, connection: duckdb.DuckDBPyConnection):
        self._connection, self.statements = connection, 0

    def execute(self, sql: str) -> duckdb.DuckDBPyConnection:
        self.statements += 1
        return self._connection.execute(sql)


def test_the_statements_of_a_wide_table_are_as_many_as_its_types(tmp_path: Path, way: str) -> None:
    if way != "wide":
        return
    counts = []
    for width in (70, 900):
        path = tmp_path / f"{width}.parquet"
        names = [f"c{index}" for index in range(width)]
        frame = pd.DataFrame({name: [index, index + 1, index + 3] for index, name in enumerate(names)})
        frame["text"] = ["a", "b", "b"]
        frame.to_parquet(path)
        (tmp_path / str(width)).mkdir()
        with engine.connect(IngestJob(source_path=str(path), file_name="t", output_dir=str(tmp_path / str(width)))) as connection:
            fields = columns.fields(connection, str(path), [None] * (width + 1), {})
            counting = Counting(connection)
            found = profile(counting, str(path), fields, [].append)  # type: ignore[arg-type]
        counts.append(counting.statements)
        assert [known.median for known in found.field_profiles[:width]] == [index + 1 for index in range(width)]
        assert found.field_profiles[-1].top_values == (TopValue(value="b", count=2), TopValue(value="a", count=1))
    assert counts[0] == counts[1]
