"""SQL and patterns of users: what is let through, and that nothing else is."""

from pathlib import Path

import duckdb
import pytest

from app.ingest.job import Field, LogicalType
from app.quality import catalogue, fence, sandbox, table
from app.quality.engine import check
from app.quality.problems import Code, RuleProblem
from app.quality.spec import Limits, Operator, RuleStatus
from tests.quality.tables import RECORDED, rule, write

FIELDS = [
    Field(field_path=name, ordinal_position=at, logical_type=kind, native_type=native, nullable=True)
    for at, (name, kind, native) in enumerate(
        [("i", LogicalType.INTEGER, "BIGINT"), ("s", LogicalType.STRING, "VARCHAR"), ("d", LogicalType.DATE, "DATE")], 1
    )
]

HOSTILE = [
    # Not one SELECT.
    "", " ", "SELECT 1; SELECT 2", "SELECT 1; DROP TABLE data", "DROP TABLE data", "DELETE FROM data", "UPDATE data SET i = 1",
    "INSERT INTO data VALUES (1)", "CREATE TABLE x AS SELECT 1", "CREATE VIEW x AS SELECT 1", "ALTER TABLE data ADD COLUMN x INT",
    "COPY data TO '/tmp/x.csv'", "COPY (SELECT * FROM data) TO 'x' (USE_TMP_FILE false)", "COPY data FROM '/etc/passwd'",
    "EXPORT DATABASE '/tmp/x'", "IMPORT DATABASE '/tmp/x'", "ATTACH '/tmp/x.db'", "DETACH memory", "USE memory", "VACUUM", "CHECKPOINT",
    "INSTALL httpfs", "LOAD httpfs", "SET memory_limit = '1TB'", "RESET memory_limit", "PRAGMA database_list", "PRAGMA show_tables",
    "CALL pragma_version()", "SHOW TABLES", "DESCRIBE data", "SUMMARIZE data", "EXPLAIN SELECT 1", "PREPARE x AS SELECT 1", "EXECUTE x",
    "BEGIN", "COMMIT", "SELECT * FROM (DELETE FROM data RETURNING *)", "WITH x AS (DELETE FROM data RETURNING *) SELECT * FROM x",
    # Reads something else.
    "SELECT * FROM '/etc/passwd'", "SELECT * FROM 'x.csv'", "SELECT * FROM read_csv('/etc/passwd')", "SELECT * FROM read_text('/etc/*')",
    "SELECT * FROM read_blob('/etc/passwd')", "SELECT * FROM read_parquet('t.parquet')", "SELECT * FROM read_json('x')",
    "SELECT * FROM parquet_scan('t.parquet')", "SELECT * FROM parquet_metadata('t.parquet')", "SELECT * FROM glob('/*')",
    "SELECT * FROM sniff_csv('/etc/passwd')", "SELECT content FROM read_text('/proc/self/environ')", "SELECT getenv('HOME')",
    "SELECT * FROM duckdb_settings()", "SELECT * FROM duckdb_secrets()", "SELECT * FROM duckdb_tables()", "SELECT current_setting('threads')",
    "SELECT * FROM information_schema.tables", "SELECT * FROM pg_catalog.pg_tables", "SELECT * FROM sqlite_master", "SELECT * FROM main.data",
    "SELECT * FROM memory.main.data", "SELECT * FROM other", "SELECT * FROM query('SELECT 1')", "SELECT * FROM query_table('data')",
    "FROM 'https://example.org/x.parquet'", "SELECT * FROM read_csv_auto('https://example.org/x')", "TABLE '/etc/passwd'",
    "SELECT (SELECT content FROM read_text('/etc/passwd'))", "SELECT * FROM data WHERE s IN (SELECT content FROM read_text('/etc/passwd'))",
    "SELECT * FROM data, read_text('/etc/passwd')", "SELECT * FROM data JOIN '/etc/passwd' ON true",
    "WITH x AS (SELECT * FROM read_text('/etc/passwd')) SELECT * FROM x", "SELECT * FROM data UNION ALL SELECT * FROM read_text('/etc/passwd')",
    "SELECT * FROM data ORDER BY (SELECT content FROM read_text('/etc/passwd'))", "SELECT max(getenv('HOME')) OVER () FROM data",
    "SELECT count(*) FILTER (WHERE getenv('HOME') = 'x') FROM data", "SELECT list_transform([1], lambda x: getenv('HOME'))",
    "SELECT * FROM data LIMIT (SELECT length(getenv('HOME')))", "SELECT * FROM data GROUP BY getenv('HOME')",
    "SELECT * FROM data QUALIFY getenv('HOME') = 'x'", "VALUES (getenv('HOME'))", "SELECT * FROM generate_series(1, 1000000000000)",
    "SELECT * FROM range(1000000000000)", "SELECT * FROM repeat_row(1, num_rows = 1000000000)",
    "WITH RECURSIVE x AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM x) SELECT * FROM x", "SELECT nextval('x')", "SELECT setseed(0.1)",
    "WITH data AS (SELECT 1 AS i) SELECT * FROM data", "SELECT * FROM data AT (VERSION => 1)", "SELECT $1", "SELECT ?", "SELECT pg_sleep(1)",
    "PIVOT data ON s USING sum(i)", "SELECT * FROM (SHOW TABLES)", "SELECT * FROM (DESCRIBE data)", "SELECT " + "(" * 3000 + "1" + ")" * 3000,
    "SELECT 1 WHERE s = '\0'", "SELECT '" + "x" * 30_000 + "'", "SELECT system.main.getenv('HOME')", "SELECT main.length(s) FROM data",
]  # fmt: skip

GOOD = [
    "SELECT count(*) FROM data", "SELECT avg(i) FROM data WHERE s LIKE 'a%' AND d > DATE '2024-01-01'",
    "WITH x AS (SELECT i FROM data WHERE i > 3) SELECT max(i) FROM x", "SELECT sum(n) FROM (SELECT count(*) AS n FROM data GROUP BY s)",
    "SELECT count(*) FROM data a JOIN data b USING (i)", "SELECT max(i) - min(i) FROM data -- span",
    "SELECT count(*) FILTER (WHERE regexp_matches(s, '^a')) FROM data", "SELECT 1 UNION ALL SELECT 2",
    "SELECT max(r) FROM (SELECT row_number() OVER (PARTITION BY s ORDER BY i) AS r FROM data)",
    "SELECT count(*) FROM data WHERE CASE WHEN i IS NULL THEN false ELSE i BETWEEN 1 AND 2 END",
    "SELECT coalesce(sum(length(trim(s))), 0) FROM data WHERE s IN ('a', 'b') OR date_diff('day', d, current_date) > 3",
    "SELECT count(*) FROM data WHERE i IN (SELECT max(i) FROM data)", "SELECT CAST(s AS INTEGER) FROM data",
]  # fmt: skip


@pytest.mark.parametrize("sql", HOSTILE, ids=range(len(HOSTILE)))
def test_what_is_not_one_select_on_the_table_is_refused(sql: str) -> None:
    for kind in ("sql_metric", "sql_failed_rows"):
        problems = catalogue.validate(rule(kind, sql=sql, **RECORDED), FIELDS)
        assert [problem.path for problem in problems] == [("parameters", "sql")], sql
    assert [problem.path for problem in catalogue.validate(rule("nulls", "i", filter=sql), FIELDS)] == [("filter",)], sql
    # Nor is it saved while nobody knows the columns.
    for kind in ("sql_metric", "sql_failed_rows"):
        assert [problem.path for problem in catalogue.validate(rule(kind, sql=sql, **RECORDED))] == [("parameters", "sql")], sql


@pytest.mark.parametrize("sql", GOOD, ids=range(len(GOOD)))
def test_ordinary_queries_are_let_through(sql: str) -> None:
    assert catalogue.validate(rule("sql_metric", sql=sql, **RECORDED), FIELDS) == []


@pytest.mark.parametrize(
    "text",
    [
        "i) OR (true", "true) GROUP BY ALL HAVING (true", "i > 3 ORDER BY i", "i > 3 LIMIT 1", "i > 3; DROP TABLE data", "i > 3;", "i, s",
        "i AS x", "DISTINCT i", "i FROM data", "true WHERE true", "* ", "COLUMNS('i') > 3", "count(*) > 3", "max(i) > 3",
        "row_number() OVER () = 1", "i IN (SELECT 1)", "EXISTS (SELECT 1)", "i > 3 /*", "getenv('HOME') = 'x'", "'x", "i >", "\0",
        "(SELECT true)", "i > 3 UNION SELECT true", "i > $1", "s ~ '(a'  OR list_transform([1], lambda x: getenv('H')) = [1]",
    ],
)  # fmt: skip
def test_what_is_not_one_condition_is_refused(text: str) -> None:
    with pytest.raises(RuleProblem):
        fence.condition(text, "filter")
    assert {problem.path for problem in catalogue.validate(rule("nulls", "i", filter=text), FIELDS)} == {("filter",)}


@pytest.mark.parametrize(
    "text", ["i > 3", "i > 3 -- comment", "i > 3 AND /* both */ (s = 'x;' OR d IS NULL)", "s LIKE '%)%'", "true"]
)
def test_conditions_are_let_through(text: str) -> None:
    assert catalogue.validate(rule("nulls", "i", filter=text), FIELDS) == []


def test_a_condition_is_tried_on_the_columns() -> None:
    def problem(text: str) -> tuple[str, Code]:
        (found,) = catalogue.validate(rule("nulls", "i", filter=text), FIELDS)
        return found.message, found.code

    message, code = problem("price > 3")
    assert code is Code.MISSING_FIELD
    assert message.startswith('The SQL does not suit the table: Referenced column "price" not found')
    assert problem("i + 1") == ("This gives BIGINT; a condition has to be true or false.", Code.WRONG_TYPE)
    assert problem("d > 5")[1] is Code.WRONG_TYPE


def test_a_metric_is_one_column_of_numbers() -> None:
    (two,) = catalogue.validate(rule("sql_metric", sql="SELECT i, s FROM data", **RECORDED), FIELDS)
    assert two.message == "The SQL has to give one number; it gives i BIGINT, s VARCHAR."
    (text,) = catalogue.validate(rule("sql_metric", sql="SELECT s FROM data", **RECORDED), FIELDS)
    assert text.message == "The SQL has to give one number; it gives s VARCHAR."


@pytest.mark.parametrize(
    "pattern",
    [
        "(a",
        "[z-a]",
        "(?=a)b",
        "(?<!a)b",
        r"(a)\1",
        "a{1001}",
        "((a{100}){100}){100}",
        "*a",
        r"\8",
        "x" * 1_025,
    ],
)
def test_patterns_that_re2_does_not_know_are_refused(pattern: str) -> None:
    for kind in ("regex", "not_regex"):
        problems = catalogue.validate(rule(kind, "s", pattern=pattern), FIELDS)
        assert [problem.path for problem in problems] == [("parameters", "pattern")]


def test_catastrophic_patterns_are_harmless(tmp_path: Path) -> None:
    # Each of them takes a backtracking engine longer than the age of the universe.
    text = "a" * 30_000 + "!"
    found = check(
        write(tmp_path / "t.parquet", {"s": [text]}),
        [
            rule("regex", "s", id=str(at), pattern=pattern)
            for at, pattern in enumerate(["(a+)+b", "(a|aa)+$", "(a*)*c", "(.*a){20}", "^(([a-z])+.)+[A-Z]([a-z])+$"])
        ],
    )
    assert [(result.status, result.value) for result in found] == [(RuleStatus.FAIL, 1.0)] * 5


def test_behind_the_fence_stands_a_database_that_reaches_nothing(tmp_path: Path) -> None:
    info = write(tmp_path / "t.parquet", {"i": [1, 2, 3]})
    before = Path(info.path or "").read_bytes()
    (tmp_path / "scratch").mkdir()
    (tmp_path / "failed").mkdir()
    output = tmp_path / "failed" / "rows.parquet"
    limits = Limits(scratch_dir=str(tmp_path / "scratch"))
    with sandbox.connect(limits, [info.path or ""]) as plain:
        opened = table.open_table(plain, info)
    path = info.path
    escapes = [
        f"COPY data TO '{tmp_path}/x.csv'", f"COPY (SELECT 1) TO '{path}' (USE_TMP_FILE false)", f"SELECT * FROM '{path}'",
        "SELECT * FROM read_text('/etc/passwd')", "SELECT * FROM glob('/*')", f"ATTACH '{tmp_path}/x.db'", "INSTALL httpfs", "LOAD httpfs",
        "SET enable_external_access = true", "SET memory_limit = '9GB'", "SET allowed_directories = ['/']", "RESET lock_configuration",
        f"EXPORT DATABASE '{tmp_path}/x'", "COPY data TO '/dev/stdout'", f"SET temp_directory = '{tmp_path}'",
        f"COPY data TO '{output}.csv'", f"COPY data TO '{output.parent}'",
        f"COPY data TO '{output}/../../t.parquet' (FORMAT parquet, USE_TMP_FILE false)",
        f"COPY data TO '{output}/x' (USE_TMP_FILE false)", f"SELECT * FROM glob('{output.parent}/*')", f"SELECT * FROM '{output}/../../t.parquet'",
        f"COPY data TO '{output.parent}' (FORMAT parquet, PARTITION_BY (i))", f"ATTACH '{output}.db'", f"LOAD '{tmp_path}/x.duckdb_extension'",
        "SET allowed_paths = ['/etc/passwd']", "RESET allowed_paths", "PRAGMA enable_external_access = true",
        "CREATE SECRET (TYPE s3)", "SELECT * FROM read_blob('/proc/self/environ')", "SET VARIABLE x = (SELECT content FROM read_text('/etc/passwd'))",
    ]  # fmt: skip
    with sandbox.connect_for_user(limits, opened, opened.columns, [str(output)]) as connection:
        assert connection.execute("SELECT sum(i) FROM data").fetchall() == [(6,)]
        for sql in escapes:
            with pytest.raises(duckdb.Error):
                connection.execute(sql).fetchall()
    assert Path(info.path or "").read_bytes() == before
    assert sorted(one.name for one in tmp_path.iterdir()) == ["failed", "scratch", "t.parquet"]
    assert [*output.parent.iterdir()] == []


@pytest.mark.parametrize("sql", HOSTILE, ids=range(len(HOSTILE)))
def test_sql_that_slipped_in_writes_nothing(tmp_path: Path, sql: str) -> None:
    """The checks of what is saved left out: what the rule's run does alone."""
    info = write(tmp_path / "t.parquet", {"i": [1, 2, 3], "s": ["a", "b", None]})
    before = Path(info.path or "").read_bytes()
    (tmp_path / "failed").mkdir()
    limits = Limits(failed_rows_dir=str(tmp_path / "failed"))
    (found,) = check(info, [rule("sql_failed_rows", sql=sql)], limits=limits)
    assert (found.status, found.failed_rows_path, found.failed_rows_sample) == (RuleStatus.ERROR, None, ())
    assert Path(info.path or "").read_bytes() == before
    assert sorted(one.name for one in tmp_path.rglob("*")) == ["failed", "t.parquet"]


def test_rules_that_slipped_in_are_refused_when_they_run(tmp_path: Path) -> None:
    info = write(tmp_path / "t.parquet", {"i": [1, 2, 3]})
    found = check(
        info,
        [
            rule("sql_failed_rows", id="1", sql="SELECT * FROM read_text('/etc/passwd')"),
            rule("sql_metric", id="2", sql="COPY data TO '/tmp/x'", operator=Operator.EQUAL, threshold=0),
            rule("row_count", id="3", operator=Operator.EQUAL, threshold=3),
        ],
    )
    assert [(result.status, result.error and result.error.code) for result in found] == [
        (RuleStatus.ERROR, "INVALID_RULE"),
        (RuleStatus.ERROR, "INVALID_RULE"),
        (RuleStatus.PASS, None),
    ]
