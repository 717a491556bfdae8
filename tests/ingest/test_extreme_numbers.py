"""Doubles at the ends of what there is: read exactly, and profiled, whatever format they come in."""

import json
import math
import struct
import sys
from itertools import count
from pathlib import Path

import duckdb
import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from pyarrow import feather

from app.ingest import run
from app.ingest.job import IngestJob, IngestResult

GREATEST = sys.float_info.max
LEAST = 5e-324
FINITE = [
    [0.1, GREATEST],
    [0.1, 1.75e308],
    [-GREATEST, GREATEST],
    [-GREATEST, 0.5],
    [0.1, LEAST, 2.2e-308],
    [LEAST, -LEAST],
    [-0.0, 0.5],
    [-0.0, LEAST, 1.5, 1e308],
]
INFINITE = [[0.5, math.inf], [-math.inf, 0.5, GREATEST], [math.nan, 0.5], [math.nan, math.inf, -math.inf, GREATEST, -0.0]]
BINARY = ("parquet", "arrow")


def written(path: Path, values: list[float]) -> Path:
    table = pa.table({"x": pa.array(values, pa.float64())})
    match path.suffix:
        case ".parquet":
            pq.write_table(table, path)
        case ".arrow":
            feather.write_feather(table, str(path), compression="uncompressed")
        case ".csv":
            path.write_text("x\n" + "".join(f"{value!r}\n" for value in values))
        case ".json":
            path.write_text(json.dumps([{"x": value} for value in values]))
        case ".jsonl":
            path.write_text("".join(json.dumps({"x": value}) + "\n" for value in values))
        case ".xlsx":
            book = openpyxl.Workbook()
            for row in [["x"], *([value] for value in values)]:
                book.worksheets[0].append(row)
            book.save(path)
    return path


@pytest.mark.parametrize("format", ["csv", "json", "jsonl", "xlsx", *BINARY])
def test_extreme_doubles_are_read_and_profiled(tmp_path: Path, format: str) -> None:
    numbers = count()
    for given in FINITE + (INFINITE if format in BINARY else []):
        folder = tmp_path / str(next(numbers))
        folder.mkdir()
        # openpyxl writes sixteen digits, and so the greatest double as a number beyond all doubles.
        values = [math.copysign(min(abs(value), 1.75e308), value) for value in given] if format == "xlsx" else given
        source = written(folder / f"t.{format}", values)
        told: list[object] = []
        result = run.run(IngestJob(source_path=str(source), file_name=source.name, output_dir=str(folder)), told.append)
        assert isinstance(result, IngestResult), (values, result)
        (profile,) = result.profile.field_profiles
        finite = [value for value in values if math.isfinite(value)]
        assert sum(part.count for part in profile.histogram) == len(finite), values
        assert all(math.isfinite(edge) for part in profile.histogram for edge in (part.lower, part.upper)), values
        stored = duckdb.connect().execute(f"SELECT x FROM '{result.table_path}'").fetchall()
        if result.fields[0].native_type == "DOUBLE":
            assert [struct.pack("d", value) for (value,) in stored] == [struct.pack("d", value) for value in values], values
        else:
            assert [float(value) for (value,) in stored] == values
