"""Whatever stands above a table, and however few its values tell: its delimiter and its header are found."""

from itertools import product

import pytest

from app.ingest.csv import header
from app.ingest.csv.sniff import guess
from tests.ingest.conftest import Reading

PREAMBLES = {
    "nothing": "",
    "a comment": "# logger three\n",
    "two comments": "# a comment\n# two\n",
    "a comment with marks": "# a,b;c\td|e\n",
    "a long comment": "".join(f"# line {n} of what the logger says\n" for n in range(12)),
    "slashes": "// export\n",
    "a title": "Report\n",
    "two titles": "Report\nGenerated today\n",
    "a title and a blank line": "Report of May\n\n",
    "a date and a name": "Created 2024-05-01\nBy: Ada\n",
}
HEADERS = ("station,reading", "x,y", "id,value", "time,temp", "name,amount", "month,year", "lat,lon", "a,b,c", "id,x,y,z")
VALUES = (
    lambda n, column: str(13 * n * column + n + 1),
    lambda n, column: str((n + 1) * (3 * column + 1) % 5),
    lambda n, column: str(100 + (n * 37 + column * 11) % 900),
    lambda n, column: str(column - n),
    lambda n, column: f"{n}.{column}5",
    lambda n, column: str(n) if column else f"x{n}",
)
LINE_ENDS = ("\n", "\r\n", "\r")


@pytest.mark.parametrize("preamble", PREAMBLES)
def test_the_table_below_a_preamble_is_found(preamble: str) -> None:
    wrong = []
    cases = product(HEADERS, VALUES, ",;\t|", (3, 60))
    for index, (names, value, delimiter, rows) in enumerate(cases):
        columns = names.split(",")
        table = [columns, *([value(n, column) for column in range(len(columns))] for n in range(rows))]
        text = PREAMBLES[preamble] + "".join(delimiter.join(record) + "\n" for record in table)
        text = text.replace("\n", LINE_ENDS[index % 3])
        dialect = guess(text)
        layout = header.find(dialect.records(text), header_rows=None, skipped=None)
        if (dialect.delimiter, layout.header) != (delimiter, tuple(columns)):
            wrong.append((text[:80], rows, dialect.delimiter, layout))
    assert wrong == []


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("# logger three\nstation,reading\n" + "".join(f"{n},{n * 13}\n" for n in range(1, 61)), [(1, 13), (2, 26)]),
        ("Report\nGenerated today\na,b\n" + "".join(f"{n},{n}\n" for n in range(500)), [(0, 0), (1, 1)]),
        ("# a comment\n# two\nname,amount\nx,1\ny,2\n", [("x", 1), ("y", 2)]),
        ("# no header\n1,13\n2,26\n3,39\n", [(1, 13), (2, 26)]),
    ],
)
def test_whole_numbers_below_a_preamble_are_no_decimals(read: Reading, text: str, rows: list[tuple[object, ...]]) -> None:
    result = read(text)
    assert (result.rows[:2], result.table.options.delimiter) == (rows, ",")


@pytest.mark.parametrize("preamble", ["", "# prices\n", "# prices\n# in euros, net\n"])
def test_a_column_of_decimals_below_a_preamble_stays_one(read: Reading, preamble: str) -> None:
    result = read(preamble + "price\n" + "".join(f"{n},{n % 90 + 10}\n" for n in range(60)))
    assert (result.names, result.types, result.rows[1]) == (["price"], ["DOUBLE"], (1.11,))


TITLED = "month,amount\nJan,0\nFeb,100\nMar,200\n"


@pytest.mark.parametrize(
    "title",
    ["Sales, 2024\n", "Sales, 2024\n\n", "Sales, 2024\nRegion, North\n\n", "Report,2024-05-03\n", "Sales,\n"],
)
@pytest.mark.parametrize("delimiter", [",", ";"])
def test_a_title_with_as_many_cells_as_the_table_is_above_it(read: Reading, title: str, delimiter: str) -> None:
    result = read((title + TITLED).replace(",", delimiter))
    assert (result.names, result.types, len(result.rows)) == (["month", "amount"], ["VARCHAR", "BIGINT"], 3)
    assert [warning for warning in result.table.warnings if "above the table" in warning] != []


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("key,2024\nunit,EUR\nx,1\ny,2\nz,4\n", ["key", "2024"]),
        ("id, name, amount\n1,x,2\n2,y,3\n3,z,4\n", ["id", "name", "amount"]),
        ("name, city\nAnn,Paris\nBob,Rome\nZoe,Oslo\n", ["name", "city"]),
        ("time, temp\ns, degC\n0, 1\n1, 2\n2, 5\n", ["time", "temp"]),
        ("country,2023,2024\nDE,1,2\nFR,2,3\nIT,2,3\n", ["country", "2023", "2024"]),
    ],
)
def test_a_header_above_units_or_with_spaces_is_no_title(read: Reading, text: str, names: list[str]) -> None:
    assert read(text).names == names
