"""One real table in every format: every cell as an independent reader has it, in pages and in the Parquet copy."""

from collections.abc import Callable

import pandas as pd
import pytest

from tests.formats import real
from tests.formats.conftest import Shelf

Writer = Callable[[pd.DataFrame], bytes]
TYPES = ["STRING", "STRING", "NUMBER", "NUMBER", "INTEGER", "INTEGER", "STRING", "INTEGER"]
TEXT = {"format": "CSV", "compression": "NONE", "encoding": "utf-8", "delimiter": ",", "headerRows": 1, "decimalSeparator": "."}
OTHER = {"compression": "NONE", "delimiter": None}

WRITERS: dict[str, tuple[Writer, dict[str, object]]] = {
    "penguins.csv": (lambda f: real.csv(f, na_rep="NA"), TEXT),
    "bom.csv": (lambda f: b"\xef\xbb\xbf" + real.csv(f), TEXT),
    "quoted.csv": (lambda f: real.csv(f, quoting=1), {**TEXT, "quote": '"'}),
    "penguins.tsv": (lambda f: real.csv(f, sep="\t", na_rep="NULL"), {**TEXT, "delimiter": "\t"}),
    "pipe.txt": (lambda f: real.csv(f, sep="|", lineterminator="\r\n"), {**TEXT, "delimiter": "|"}),
    "german.csv": (lambda f: real.csv(f, sep=";", decimal=","), {**TEXT, "delimiter": ";", "decimalSeparator": ","}),
    "wide.csv": (lambda f: real.csv(f, encoding="utf-16"), {**TEXT, "encoding": "utf-16-le"}),
    "penguins.csv.gz": (lambda f: real.packed(real.csv(f), "gzip"), {**TEXT, "compression": "GZIP"}),
    "penguins.csv.zst": (lambda f: real.packed(real.csv(f), "zstd"), {**TEXT, "compression": "ZSTD"}),
    "penguins.json": (real.json_array, {**OTHER, "format": "JSON"}),
    "penguins.jsonl": (real.json_lines, {**OTHER, "format": "JSON_LINES"}),
    "penguins.jsonl.gz": (lambda f: real.packed(real.json_lines(f), "gzip"), {"format": "JSON_LINES", "compression": "GZIP"}),
    "penguins.parquet": (real.parquet, {**OTHER, "format": "PARQUET"}),
    "penguins.feather": (real.feather, {**OTHER, "format": "ARROW"}),
    "penguins.arrows": (real.arrow_stream, {**OTHER, "format": "ARROW"}),
    "penguins.xlsx": (real.xlsx, {**OTHER, "format": "XLSX", "sheet": "Sheet1"}),
}

# Near relatives of the others.
LONG = {"bom.csv", "quoted.csv", "pipe.txt", "penguins.jsonl.gz", "penguins.arrows"}


@pytest.mark.parametrize("name", [pytest.param(name, marks=[pytest.mark.full] * (name in LONG)) for name in WRITERS])
async def test_every_cell_is_what_pandas_has(shelf: Shelf, name: str) -> None:
    frame = real.penguins()
    write, options = WRITERS[name]
    version = await shelf.stored(write(frame), name)
    assert (version["rowCount"], version["columnCount"], version["rejectedRowCount"]) == (344, 8, 0)
    assert [field["fieldPath"] for field in version["schemaFields"]] == list(frame.columns)
    assert [field["logicalType"] for field in version["schemaFields"]] == TYPES
    assert [field["nullable"] for field in version["schemaFields"]] == list(frame.isna().any())
    assert {key: version["readOptions"][key] for key in options} == options
    expected = real.cells(frame)
    assert await shelf.rows(version) == expected
    assert await shelf.copy(version) == expected


async def test_a_table_without_header_gets_numbered_columns(shelf: Shelf) -> None:
    frame = real.penguins()
    version = await shelf.stored(real.csv(frame, header=False), "bare.csv")
    assert version["readOptions"]["headerRows"] == 0
    assert [field["fieldPath"] for field in version["schemaFields"]] == [f"column_{n}" for n in range(1, 9)]
    assert await shelf.rows(version) == real.cells(frame)
