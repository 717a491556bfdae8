"""Pages of stored tables, from a real object store."""

import asyncio
import datetime as dt
from collections.abc import AsyncIterator, Awaitable, Callable
from decimal import Decimal
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from pydantic import SecretStr

from app.adapters.storage import S3Storage
from app.adapters.tables import CutCell, S3TableReader
from app.core.errors import InvalidInput, NotFound, Unavailable
from app.core.settings import Settings
from app.embedded.engines import Engines

Put = Callable[[str, Path], Awaitable[object]]


@pytest.fixture
def settings(engines: Engines) -> Settings:
    return Settings(
        s3_endpoint_url=engines.s3_endpoint_url,
        s3_access_key=engines.s3_access_key,
        s3_secret_key=SecretStr(engines.s3_secret_key),
    )


@pytest.fixture
async def put(settings: Settings) -> AsyncIterator[Put]:
    async with S3Storage(settings) as storage:

        async def put(key: str, path: Path) -> object:
            return await storage.put_file(key, str(path), content_type="application/vnd.apache.parquet")

        yield put


def write(path: Path, sql: str, *, group: int = 2_048) -> Path:
    copy = f"COPY ({sql}) TO '{path}' (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE {group})"
    duckdb.connect(config={"threads": "2"}).execute(copy).fetchall()
    return path


async def test_values_keep_their_meaning_in_json(settings: Settings, put: Put, tmp_path: Path) -> None:
    path = write(
        tmp_path / "kinds.parquet",
        """
        SELECT * FROM (VALUES
            (1, 9007199254740991, 9007199254740992, 18446744073709551615::UBIGINT, 0.1::FLOAT, 0.1::DOUBLE, 1.10::DECIMAL(20,2),
             DATE '2024-02-29', TIMESTAMP '2024-02-29 12:30:00.25', TIMESTAMPTZ '2024-02-29 12:30:00+09', TIME '23:59:59.5',
             true, 'text', TIMESTAMP_NS '2024-02-29 00:00:00.000000001'),
            (-1, -9007199254740991, -9007199254740992, 0, 'nan', 'inf', -3, DATE '0001-01-01', TIMESTAMP '1969-12-31 23:59:59.999999',
             TIMESTAMPTZ '1969-12-31 00:00:00+00', TIME '00:00:00', false, '', NULL),
            (NULL, NULL, NULL, NULL, '-inf', NULL, NULL, 'infinity', 'infinity', '-infinity', NULL, NULL, NULL, NULL),
        ) AS t(a, safe, unsafe, u, f, d, dec, day, moment, zoned, clock, flag, words, nanos)
        """,
    )
    await put("tables/kinds.parquet", path)
    page = await S3TableReader(settings).page("tables/kinds.parquet", offset=0, first=10)
    assert page.columns == (
        "a", "safe", "unsafe", "u", "f", "d", "dec", "day", "moment", "zoned", "clock", "flag", "words", "nanos",
    )  # fmt: skip
    assert page.rows == [
        [1, 9007199254740991, "9007199254740992", "18446744073709551615", 0.1, 0.1, "1.10", "2024-02-29", "2024-02-29T12:30:00.25",
         "2024-02-29T03:30:00Z", "23:59:59.5", True, "text", "2024-02-29T00:00:00.000000001"],
        [-1, -9007199254740991, "-9007199254740992", 0, "NaN", "Infinity", "-3.00", "0001-01-01", "1969-12-31T23:59:59.999999",
         "1969-12-31T00:00:00Z", "00:00:00", False, "", None],
        [None, None, None, None, "-Infinity", None, None, "infinity", "infinity", "-infinity", None, None, None, None],
    ]  # fmt: skip
    assert page.cut_cells == ()


async def test_a_page_agrees_with_an_independent_reader(settings: Settings, put: Put, tmp_path: Path) -> None:
    moment = dt.datetime(2020, 2, 28, tzinfo=dt.UTC)
    table = pa.table(
        {
            "day": [dt.date(1900, 1, 1) + dt.timedelta(days=37 * row) for row in range(3_000)],
            "moment": pa.array([moment + dt.timedelta(seconds=row * 86_399) for row in range(3_000)], pa.timestamp("us", "UTC")),
            "amount": pa.array([Decimal(row) / 100 for row in range(3_000)], pa.decimal128(12, 2)),
            "name": [f"name {row}" for row in range(3_000)],
        }
    )
    pq.write_table(table, tmp_path / "t.parquet", row_group_size=500)
    await put("tables/agree.parquet", tmp_path / "t.parquet")
    page = await S3TableReader(settings).page("tables/agree.parquet", offset=1_990, first=1_000)
    assert page.rows == [
        [row["day"].isoformat(), row["moment"].isoformat().replace("+00:00", "Z"), str(row["amount"]), row["name"]]
        for row in table.slice(1_990, 1_000).to_pylist()
    ]


async def test_the_end_of_the_table_is_the_end_of_the_page(settings: Settings, put: Put, tmp_path: Path) -> None:
    await put("tables/end.parquet", write(tmp_path / "t.parquet", "SELECT range AS n FROM range(5000)"))
    reader = S3TableReader(settings)
    assert (await reader.page("tables/end.parquet", offset=4_998, first=10)).rows == [[4_998], [4_999]]
    assert (await reader.page("tables/end.parquet", offset=5_000, first=10)).rows == []
    assert (await reader.page("tables/end.parquet", offset=2_047, first=2)).rows == [[2_047], [2_048]]


async def test_an_empty_table_has_columns_and_no_rows(settings: Settings, put: Put, tmp_path: Path) -> None:
    await put("tables/empty.parquet", write(tmp_path / "t.parquet", "SELECT 1 AS a, 'x' AS b LIMIT 0"))
    page = await S3TableReader(settings).page("tables/empty.parquet", offset=0, first=10)
    assert (page.columns, page.rows) == (("a", "b"), [])


async def test_columns_are_chosen_in_the_order_asked(settings: Settings, put: Put, tmp_path: Path) -> None:
    await put("tables/choice.parquet", write(tmp_path / "t.parquet", "SELECT 1 AS a, 2 AS b, 3 AS c"))
    reader = S3TableReader(settings)
    page = await reader.page("tables/choice.parquet", offset=0, first=1, columns=["c", "a"])
    assert (page.columns, page.rows) == (("c", "a"), [[3, 1]])
    with pytest.raises(InvalidInput):
        await reader.page("tables/choice.parquet", offset=0, first=1, columns=["nope"])


async def test_long_texts_are_cut_and_say_so(settings: Settings, put: Put, tmp_path: Path) -> None:
    sql = "SELECT * FROM (VALUES ('short', repeat('ä', 1000)), (repeat('日', 1001), NULL)) AS t(a, b)"
    await put("tables/long.parquet", write(tmp_path / "t.parquet", sql))
    page = await S3TableReader(settings).page("tables/long.parquet", offset=0, first=10)
    assert page.rows == [["short", "ä" * 1_000], ["日" * 1_000, None]]
    assert page.cut_cells == (CutCell(row=1, column="a", length=1_001),)


async def test_ten_thousand_columns_make_a_page(settings: Settings, put: Put, tmp_path: Path) -> None:
    table = pa.table({f"c{number}": pa.array([number, None], pa.int32()) for number in range(10_000)})
    pq.write_table(table, tmp_path / "wide.parquet")
    await put("tables/wide.parquet", tmp_path / "wide.parquet")
    page = await S3TableReader(settings).page("tables/wide.parquet", offset=0, first=2)
    assert page.rows == [list(range(10_000)), [None] * 10_000]


async def test_what_is_not_there_is_not_found(settings: Settings, put: Put) -> None:
    with pytest.raises(NotFound):
        await S3TableReader(settings).page("tables/none.parquet", offset=0, first=1)


async def test_a_store_that_is_away_is_unavailable(settings: Settings) -> None:
    away = settings.model_copy(update={"s3_endpoint_url": "http://127.0.0.1:1"})
    with pytest.raises(Unavailable):
        await S3TableReader(away).page("tables/none.parquet", offset=0, first=1)


class Counted:
    """A pipe to the store that counts what comes back."""

    def __init__(self, endpoint: str):
        self._host, _, self._port = endpoint.removeprefix("http://").partition(":")
        self.received_bytes = 0

    async def __aenter__(self) -> "Counted":
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        store_reader, store_writer = await asyncio.open_connection(self._host, int(self._port))

        async def pipe(source: asyncio.StreamReader, target: asyncio.StreamWriter, counts: bool) -> None:
            while chunk := await source.read(1 << 16):
                self.received_bytes += len(chunk) * counts
                target.write(chunk)
                await target.drain()
            target.close()

        await asyncio.gather(pipe(reader, store_writer, False), pipe(store_reader, writer, True), return_exceptions=True)


async def test_a_deep_page_reads_the_footer_and_its_row_groups_only(settings: Settings, put: Put, tmp_path: Path) -> None:
    sql = "SELECT range AS n, md5(range::VARCHAR) AS h FROM range(2_000_000)"
    path = write(tmp_path / "deep.parquet", sql, group=61_440)
    await put("tables/deep.parquet", path)
    footer = pq.read_metadata(path)
    group_bytes = max(
        sum(footer.row_group(group).column(column).total_compressed_size for column in range(2))
        for group in range(footer.num_row_groups)
    )
    assert footer.num_row_groups == 33
    async with Counted(settings.s3_endpoint_url) as proxy:
        reader = S3TableReader(settings.model_copy(update={"s3_endpoint_url": proxy.url}))
        page = await reader.page("tables/deep.parquet", offset=1_999_900, first=100)
    assert page.rows[0] == [1_999_900, duckdb.sql("SELECT md5('1999900')").fetchall()[0][0]]
    assert len(page.rows) == 100
    assert proxy.received_bytes < 2 * group_bytes + 4 * footer.serialized_size


async def test_many_pages_at_once_are_all_right(settings: Settings, put: Put, tmp_path: Path) -> None:
    await put("tables/many.parquet", write(tmp_path / "t.parquet", "SELECT range AS n FROM range(20_000)"))
    reader = S3TableReader(settings)
    pages = await asyncio.gather(*(reader.page("tables/many.parquet", offset=1_000 * number, first=3) for number in range(20)))
    assert [page.rows for page in pages] == [[[1_000 * number + row] for row in range(3)] for number in range(20)]
