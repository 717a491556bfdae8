"""Rows of a stored table in an order and by conditions, compared with plain Python over the same rows."""

import asyncio
import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import duckdb
import polars as pl
import pytest
from pydantic import SecretStr

from app.adapters import row_selection
from app.adapters.row_selection import Selection, Selections, select
from app.adapters.row_views import Combination, Comparison, Condition, Literal, Operator, Order, RowView
from app.adapters.storage import S3Storage
from app.adapters.tables import S3TableReader
from app.core.errors import InvalidInput, NotFound, OperationTimeout
from app.core.settings import Settings
from app.embedded.engines import Engines

COUNT = 30_000
KEY = "tables/views.parquet"


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("views") / "views.parquet"
    duckdb.connect(config={"threads": "2"}).execute(
        f"""COPY (SELECT i AS id, hash(i) % 1000 AS n, CASE WHEN i % 7 = 0 THEN NULL ELSE (hash(i + 1) % 5000) / 100.0 END AS x,
            CASE WHEN i % 5 = 0 THEN NULL ELSE 'Name ' || (hash(i + 2) % 300) END AS name,
            CAST((hash(i + 3) % 100000) / 100.0 AS DECIMAL(12, 2)) AS price, DATE '2020-01-01' + CAST(hash(i) % 900 AS INTEGER) AS day,
            TIMESTAMPTZ '2024-01-01 00:00:00+00' + INTERVAL (i) SECOND AS at, TIME '00:00:00' + INTERVAL (i) SECOND AS clock,
            i % 2 = 0 AS even, (i + 9223372036854775807::HUGEINT)::DECIMAL(38, 0) AS big,
            CASE WHEN i = 5 THEN 'nan'::FLOAT ELSE (i / 10)::FLOAT END AS f
            FROM range({COUNT}) t(i)) TO '{path}' (FORMAT parquet, ROW_GROUP_SIZE 2048)"""
    )
    return path


@pytest.fixture(scope="module")
def rows(file: Path) -> list[dict]:
    return pl.read_parquet(file).to_dicts()


def places(file: Path, view: RowView) -> list[int]:
    found = select(pl.scan_parquet(file), view)
    assert found.total_count >= len(found.places)
    return found.places.to_list()


def one(column: str, operator: Operator, *values: Literal) -> Comparison:
    return Comparison(column, operator, values)


CONDITIONS: list[tuple[str, Condition, Callable[[dict], bool]]] = [
    ("eq integer", one("n", Operator.EQ, 7), lambda row: row["n"] == 7),
    ("eq beyond 64 bits", one("id", Operator.EQ, 2**70), lambda row: False),
    ("lt beyond 64 bits", one("id", Operator.LT, 2**70), lambda row: True),
    ("eq big decimal", one("big", Operator.EQ, 2**63 + 41), lambda row: row["id"] == 42),
    ("ne leaves out what is absent", one("x", Operator.NE, Decimal("1.5")), lambda row: row["x"] is not None and row["x"] != 1.5),
    ("decimal at its scale", one("price", Operator.GTE, Decimal("999.5")), lambda row: row["price"] >= Decimal("999.5")),
    ("single precision as shown", one("f", Operator.EQ, Decimal("0.3")), lambda row: row["id"] == 3),
    ("nan", one("f", Operator.EQ, float("nan")), lambda row: row["id"] == 5),
    ("in", one("name", Operator.IN, "Name 1", "Name 2", "name 3"), lambda row: row["name"] in ("Name 1", "Name 2")),
    ("contains", one("name", Operator.CONTAINS, "ME 29"), lambda row: "me 29" in (row["name"] or "").lower()),
    ("contains no pattern", one("name", Operator.CONTAINS, "Name ."), lambda row: False),
    ("starts with", one("name", Operator.STARTS_WITH, "name 1"), lambda row: (row["name"] or "").lower().startswith("name 1")),
    ("day", one("day", Operator.LTE, dt.date(2020, 2, 1)), lambda row: row["day"] <= dt.date(2020, 2, 1)),
    (
        "moment with zone",
        one("at", Operator.LT, dt.datetime(2024, 1, 1, 1, 0, tzinfo=dt.UTC)),
        lambda row: row["at"] < dt.datetime(2024, 1, 1, 1, 0, tzinfo=dt.UTC),
    ),
    ("time", one("clock", Operator.GT, dt.time(8, 0)), lambda row: row["clock"] > dt.time(8, 0)),
    ("boolean", one("even", Operator.EQ, False), lambda row: not row["even"]),
    ("absent", one("name", Operator.IS_NULL, True), lambda row: row["name"] is None),
    (
        "and of or",
        Combination(
            True,
            (
                Combination(False, (one("n", Operator.LT, 100), one("x", Operator.IS_NULL, True))),
                one("name", Operator.IS_NULL, False),
            ),
        ),
        lambda row: (row["n"] < 100 or row["x"] is None) and row["name"] is not None,
    ),
]


@pytest.mark.parametrize(("condition", "holds"), [case[1:] for case in CONDITIONS], ids=[case[0] for case in CONDITIONS])
def test_a_condition_keeps_the_rows_that_fulfil_it(
    file: Path, rows: list[dict], condition: Condition, holds: Callable[[dict], bool]
) -> None:
    assert places(file, RowView(condition)) == [place for place, row in enumerate(rows) if holds(row)]


@pytest.mark.parametrize("batch", [250_000, 3_000])
@pytest.mark.parametrize(
    "orders",
    [
        (Order("x", False),),
        (Order("x", True),),
        (Order("name", True), Order("n", False)),
        (Order("name", False), Order("price", True)),
    ],
    ids=repr,
)
def test_an_order_is_stable_with_what_is_absent_last(
    file: Path, rows: list[dict], orders: tuple[Order, ...], batch: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The small batches are cut again and again: what is found may not depend on it."""
    monkeypatch.setattr(row_selection, "_BATCH_ROWS", batch)
    monkeypatch.setattr(row_selection, "MOST_ROWS", 500)
    expected = list(range(COUNT))
    for order in reversed(orders):
        present = [place for place in expected if rows[place][order.column] is not None]
        absent = [place for place in expected if rows[place][order.column] is None]
        present.sort(key=lambda place: rows[place][order.column], reverse=order.descending)
        expected = present + absent
    found = select(pl.scan_parquet(file), RowView(None, orders))
    assert found.places.to_list() == expected[:500]
    assert found.total_count == COUNT


@pytest.mark.parametrize("value", [Decimal("1.234"), Decimal("1e37"), float("inf")])
def test_a_value_that_no_cell_can_have_is_refused_where_it_stands(file: Path, value: Literal) -> None:
    condition = Comparison("price", Operator.EQ, (value,), ("filter", "eq"))
    with pytest.raises(InvalidInput) as refused:
        select(pl.scan_parquet(file), RowView(condition))
    assert refused.value.path == ("filter", "eq")


def test_a_search_that_takes_too_long_is_ended(file: Path) -> None:
    with pytest.raises(OperationTimeout, match=r"took longer than 0 s"):
        select(pl.scan_parquet(file), RowView(None, (Order("n", False),)), seconds=0)


async def test_those_who_ask_at_once_share_one_search_and_an_error_is_not_kept() -> None:
    searches, selections, view = [], Selections(), RowView(None, (Order("n", False),))

    def search() -> Selection:
        searches.append(len(searches))
        if len(searches) == 1:
            raise NotFound("No such table.")
        return Selection(pl.Series([1, 2]), 2)

    refused = await asyncio.gather(*(selections.get("a", view, search) for _ in range(3)), return_exceptions=True)
    assert [type(one) for one in refused] == [NotFound] * 3
    found = await asyncio.gather(*(selections.get("a", view, search) for _ in range(3)))
    assert [one.total_count for one in found] == [2, 2, 2]
    await selections.get("a", view, search)
    assert searches == [0, 1]


async def test_pages_of_a_view_come_from_the_store_in_its_order(engines: Engines, file: Path, rows: list[dict]) -> None:
    settings = Settings(
        s3_endpoint_url=engines.s3_endpoint_url,
        s3_access_key=engines.s3_access_key,
        s3_secret_key=SecretStr(engines.s3_secret_key),
    )
    async with S3Storage(settings) as storage:
        await storage.put_file(KEY, str(file), content_type="application/vnd.apache.parquet")
    reader = S3TableReader(settings)
    view = RowView(one("n", Operator.LT, 20), (Order("n", True),))
    expected = sorted((place for place, row in enumerate(rows) if row["n"] < 20), key=lambda place: -rows[place]["n"])
    page = await reader.view(KEY, view, offset=30, first=50, columns=["n", "id"])
    assert page.page.columns == ("n", "id")
    assert page.page.rows == [[rows[place]["n"], place] for place in expected[30:80]]
    assert (page.places, page.total_count, page.reachable_count) == (tuple(expected[30:80]), len(expected), len(expected))
    behind = await reader.view(KEY, view, offset=len(expected), first=50, columns=["n"])
    assert (behind.page.rows, behind.total_count) == ([], len(expected))
    nothing_shown = await reader.view(KEY, view, offset=0, first=2, columns=[])
    assert nothing_shown.page.rows == [[], []]
