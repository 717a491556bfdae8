"""SQL of users gives what DuckDB gives for the same SQL on the same table, whatever columns it names or does not name."""

from datetime import date

import duckdb
import pytest

from app.ingest.columns import literal
from app.quality import failures, fence
from app.quality.engine import check
from app.quality.spec import FailedRow, Limits, RuleStatus, TableInfo
from tests.quality.tables import RECORDED, rule, write
from tests.quality.test_fence import GOOD

ROWS = 17
LIMITS = Limits(sample_rows=100_000)
MORE = [
    # The name of a table, where a column's is expected, is a whole row.
    "SELECT count(DISTINCT t) FROM data t", "SELECT count(*) - count(DISTINCT data) FROM data", "SELECT t FROM data t",
    "SELECT count(DISTINCT main.data) FROM data", "SELECT count(DISTINCT memory.main.data) FROM data", "SELECT data FROM data",
    'SELECT count(DISTINCT "DATA") FROM Data', "SELECT unnest(T) FROM data t", "SELECT list(t ORDER BY t) FROM data t",
    "SELECT CAST(data AS VARCHAR) FROM data", "SELECT (data).i FROM data", "SELECT r.s FROM (SELECT data AS r FROM data)",
    "SELECT count(*) FROM data GROUP BY data", "SELECT i FROM data t ORDER BY t", "SELECT count(DISTINCT row(t, 1)) FROM data t",
    "SELECT count(*) FROM data t WHERE t IN (SELECT u FROM data u)", "SELECT w FROM (SELECT i FROM data) w",
    "WITH w AS (FROM data) SELECT count(DISTINCT w) FROM w", "SELECT (SELECT count(DISTINCT t)) FROM data t",
    # Columns that are compared without being named as such, or not named at all.
    "SELECT count(*) FROM data SEMI JOIN data b USING (i)", "SELECT count(*) FROM data ANTI JOIN data b USING (i, s)",
    "SELECT a.s FROM data a JOIN data b USING (I)", "SELECT count(*) FROM data a NATURAL JOIN data b",
    "SELECT count(*) FROM data a ASOF JOIN data b USING (i)", "SELECT count(*) FROM data a POSITIONAL JOIN data b",
    "SELECT max(b) FROM data AS t(a, b)", "SELECT count(DISTINCT b) FROM data AS t(a, b, c)", "SELECT max(#2) FROM data",
    "SELECT COLUMNS('^[is]$') FROM data", "SELECT max(COLUMNS(*)) FROM data", "SELECT * EXCLUDE (s) FROM data",
    "SELECT t.* REPLACE (1 AS i) FROM data t", "SELECT i FROM data UNION ALL BY NAME SELECT s FROM data", "FROM data", "TABLE data",
    "FROM data SELECT i", "SELECT DISTINCT ON (i) i FROM data ORDER BY i", "SELECT i, count(*) FROM data GROUP BY ALL ORDER BY ALL",
    "SELECT count(*) FROM data", "SELECT 1 FROM data", "SELECT count(*) FROM data a, data b", "SELECT 5", "SELECT max(rowid) FROM data",
    "SELECT i FROM data ORDER BY rowid LIMIT 3", "SELECT count(DISTINCT rowid) FROM data WHERE s = 'b'",
    # Names that are columns of something else.
    "SELECT total FROM (SELECT count(*) AS total FROM data)", "SELECT x.n FROM (SELECT count(*) FROM data) x(n)",
    "SELECT i AS s, s AS i FROM data ORDER BY s", "SELECT i AS k FROM data WHERE k > 3", "SELECT d FROM data d", "SELECT d.d FROM data d",
    "WITH w(a) AS (SELECT i FROM data) SELECT sum(a) FROM w", "SELECT s FROM (SELECT i FROM data) s",
    "SELECT count(*) FROM data a WHERE EXISTS (SELECT 1 FROM data b WHERE b.i = a.i AND b.s > a.s)",
    "SELECT list_sum(list_transform([i, 2], lambda s: s + 1)) FROM data", "SELECT max(n) FROM (VALUES (1), (2)) v(n)",
    "SELECT sum(sum(i)) OVER w FROM data GROUP BY s WINDOW w AS (ORDER BY s)", "SELECT i FROM data EXCEPT SELECT 1",
]  # fmt: skip


@pytest.fixture(scope="module")
def info(tmp_path_factory: pytest.TempPathFactory) -> TableInfo:
    columns = {
        "i": [at % 5 if at % 4 else None for at in range(ROWS)],
        "s": ["abc"[at % 3] if at % 7 else None for at in range(ROWS)],
        "d": [date(2024, 1, 1 + at % 2) for at in range(ROWS)],
    }
    return write(tmp_path_factory.mktemp("user-sql") / "t.parquet", columns)


@pytest.fixture(scope="module")
def real(info: TableInfo) -> duckdb.DuckDBPyConnection:
    """DuckDB with the whole table and no fence."""
    connection = duckdb.connect()
    connection.execute(f"CREATE TABLE data AS FROM read_parquet({literal(info.path or '')})")
    return connection


@pytest.mark.parametrize("sql", [*GOOD, *MORE], ids=lambda sql: sql[:60])
def test_a_rule_gives_what_the_sql_gives(info: TableInfo, real: duckdb.DuckDBPyConnection, sql: str) -> None:
    names = [(name, str(kind)) for name, kind, *_ in real.execute(f"DESCRIBE {sql}").fetchall()]
    texts = "SELECT CAST(COLUMNS(*) AS VARCHAR) FROM"
    try:
        expected = [
            {name: failures.cell(text, native, LIMITS) for (name, native), text in zip(names, row, strict=True)}
            for row in real.execute(f"{texts} (\n{sql}\n)").fetchall()
        ]
    except duckdb.ConversionException:
        expected = []
    # Both ways of running it: with other rules' columns beside its own, and with its own alone.
    for others in ([], [rule("sql_metric", id="other", sql="SELECT count(s) FROM data", **RECORDED)]):
        result, *_ = check(info, [rule("sql_failed_rows", sql=sql), *others], limits=LIMITS)
        if sql == "SELECT CAST(s AS INTEGER) FROM data":
            # Let through because it suits the columns; these values it does not.
            assert (result.error and result.error.code) == "INVALID_DATA"
            continue
        assert (result.error, result.value) == (None, len(expected))
        assert _sorted(result.failed_rows_sample) == sorted(expected, key=str)
    ((_, kind), *further) = names
    if len(expected) == 1 and not further and kind in ("BIGINT", "HUGEINT", "INTEGER", "DOUBLE"):
        (number,) = expected[0].values()
        (metric,) = check(info, [rule("sql_metric", sql=sql, **RECORDED)])
        assert (metric.status, metric.value) == (RuleStatus.PASS, number)


def _sorted(rows: tuple[FailedRow, ...]) -> list[object]:
    return sorted((dict(row.values) for row in rows), key=str)


def test_only_the_columns_that_are_named_are_copied_where_that_is_certain() -> None:
    def every(sql: str) -> bool:
        return fence.query(sql, "sql").needs_every_column

    assert not any(map(every, ["SELECT i FROM data", "SELECT count(*) FROM data t WHERE t.i > 3", "SELECT d.d FROM data t"]))
    assert fence.query("SELECT count(*) FROM data SEMI JOIN data b USING (I)", "sql").names == {"i"}
    assert all(
        map(every, ["FROM data", "SELECT t FROM data t", "SELECT #1 FROM data", "SELECT 1 FROM data a NATURAL JOIN data b"])
    )
