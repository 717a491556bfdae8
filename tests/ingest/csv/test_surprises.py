"""What a file was made of is said where its owner may have thought of something else."""

import pytest

from app.ingest.csv.aligned import column_count
from app.ingest.job import IngestError
from tests.ingest.conftest import Reading

NAMED = "The file is called {}, but holds neither objects nor an array of JSON: it was read as lines of delimited text."
HEADER = "The only line, '{}', was taken for the header, so that the table has no rows. If it is a row, give 0 header rows."
ROW = "The only line was taken for a row, and columns have numbers for names."
PEOPLE = "name      age  city\nAnn        31  Paris\nBob Smith  42  Rome\nZoe         7  New York\n"


@pytest.mark.parametrize(
    ("name", "text", "warnings"),
    [
        ("x.json", '"hi"', (NAMED.format(".json"), HEADER.format("hi"))),
        ("x.jsonl", "true\n", (NAMED.format(".jsonl"), ROW)),
        ("x.csv", "x", (HEADER.format("x"),)),
        ("x.csv", "a,b\n", (HEADER.format("a, b"),)),
        ("x.csv", "5", (ROW,)),
        ("x.csv", "a,b\n1,2\n", ()),
        (
            "x.txt",
            PEOPLE,
            (
                (
                    "Spaces align what looks like 3 columns, read as one. Only a character between cells delimits them: "
                    "write the file with commas or tabs, then upload it again."
                ),
            ),
        ),
    ],
)
def test_a_file_that_may_be_meant_otherwise_has_a_warning(read: Reading, name: str, text: str, warnings: tuple[str, ...]) -> None:
    assert read(text, name=name).table.warnings == warnings


def test_a_table_aligned_by_spaces_that_fails_names_the_way_out(read: Reading) -> None:
    text = "x,y      price\n" + "".join(f"a{n:03d}{',' * (n % 3)}    {n % 9},5\n" for n in range(60))
    with pytest.raises(IngestError) as caught:
        read(text)
    assert caught.value.hint is not None
    assert "write the file with commas or tabs" in caught.value.hint


@pytest.mark.parametrize(
    ("text", "columns"),
    [(PEOPLE, 3), ("a b\nc d\ne f\n", 0), ("a  b\nc  d\n", 0), ("one  two\nthree four  x\na bbbbbbbbb  y\nccccccccccccc d\n", 0)],
)
def test_columns_that_spaces_align_are_counted(text: str, columns: int) -> None:
    assert column_count(text) == columns
